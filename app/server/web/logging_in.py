"""Login: a name and a password for a token. Guessing is slowed down per name and address."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from fastapi import APIRouter, Request

from app.domain.records.checking import moment_text
from app.server import log
from app.server.passwords import LONGEST
from app.server.web.asking import json_object, language_of, logged_in, services
from app.server.web.errors import ApiError, say

router = APIRouter(prefix="/api/v1", tags=["login"])
WRONG_ALLOWED, WITHIN_S = 5, 60.0
WRONG_FROM_ONE_ADDRESS = 50
MOST_REMEMBERED = 10_000


class Guesses:
    """Wrong passwords of the last minute. clock: any steady seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: dict[str, deque[float]] = defaultdict(deque)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, key: str) -> asyncio.Lock:
        """The lock of this key, as long as somebody holds or awaits it."""
        lock = self._turns.get(key)
        if lock is None:
            lock = self._turns[key] = asyncio.Lock()
        return lock

    def retry_s(self, key: str, allowed: int) -> int:
        """Seconds until this key may try again; 0: now."""
        times = self._wrong.get(key)
        if times is None:
            return 0
        now = self._clock()
        while times and times[0] <= now - WITHIN_S:
            times.popleft()
        if not times:
            del self._wrong[key]
            return 0
        return 0 if len(times) < allowed else max(1, round(times[-allowed] + WITHIN_S - now + 0.5))

    def add(self, key: str) -> None:
        if len(self._wrong) >= MOST_REMEMBERED:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[key].append(self._clock())

    def forget(self, key: str) -> None:
        self._wrong.pop(key, None)


@router.post("/login")
async def login(request: Request) -> dict[str, Any]:
    """`{"user", "password"}` → `{"token", "expires_at"}`. Five wrong passwords a minute: 429."""
    language = language_of(request)
    body = await json_object(request, max_bytes=8192)
    wrong = {name: say("unknown", language) for name in body if name not in ("user", "password")}
    for name in ("user", "password"):
        if name not in body:
            wrong[name] = say("required", language)
        elif not isinstance(body[name], str):
            wrong[name] = say("type", language, detail="text")
    if wrong:
        raise ApiError("wrong_fields", fields=wrong)
    name, password = body["user"], body["password"][:LONGEST]
    here = services(request)
    guesses: Guesses = request.app.state.guesses
    address = request.client.host if request.client else ""
    own, from_there = f"{name[:80]}@{address}", f"@{address}"
    # One check at a time a name: guesses sent at once count as much as one after the other.
    async with guesses.turn(own):
        retry_s = max(
            guesses.retry_s(own, WRONG_ALLOWED), guesses.retry_s(from_there, WRONG_FROM_ONE_ADDRESS)
        )
        if retry_s:
            log.log("warning", "login_failed", user=name[:80], why="too_many", source=address)
            raise ApiError("too_many", retry_s=retry_s)
        known = await here.users.password_hash(name)
        if not await here.workers.run("check_password", password=password, password_hash=known):
            guesses.add(own)
            guesses.add(from_there)
            log.log("warning", "login_failed", user=name[:80], why="wrong_password", source=address)
            raise ApiError("wrong_password")
        guesses.forget(own)
    token, expires_at = await here.users.issue_token(name)
    return {"token": token, "expires_at": moment_text(expires_at)}


@router.post("/logout", status_code=200)
async def logout(request: Request) -> dict[str, Any]:
    """Ends this token."""
    await logged_in(request)
    await services(request).users.forget_token(request.headers["authorization"].partition(" ")[2].strip())
    return {}
