"""People who may log in, and their tokens. A token is kept only as its hash.

Does not check passwords (a worker process does) nor rights (`app.domain.access`).
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update

from app.domain.access import User
from app.server.storage.database import Database
from app.server.storage.tables import app_user, token

TOKEN_LIVES_S = 12 * 3600.0


class NotLoggedIn(Exception):
    pass


class TokenExpired(NotLoggedIn):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class NewUser:
    """A user as the configuration or the demo gives him."""

    name: str
    password_hash: str
    role: str = "agent"
    display_name: str = ""
    language: str = "zh_CN"
    queues: tuple[str, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)


class UserStore:
    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._users: dict[str, User] = {}
        self._tokens: dict[str, tuple[str, float]] = {}

    async def load(self) -> None:
        """Read everyone into memory; at start and after each change."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(app_user).where(app_user.c.active))).mappings().all()
        self._users = {row["name"]: _user(row) for row in rows}

    async def seed(self, users: Iterable[NewUser]) -> int:
        """Put these in when there is nobody yet; how many were put in."""
        async with self._database.write() as connection:
            if (await connection.execute(select(func.count()).select_from(app_user))).scalar_one():
                return 0
            rows = [
                {"name": one.name, "display_name": one.display_name or one.name, "role": one.role,
                 "language": one.language, "password_hash": one.password_hash, "queues": list(one.queues),
                 "skills": dict(one.skills), "active": True}
                for one in users
            ]  # fmt: skip
            if rows:
                await connection.execute(insert(app_user), rows)
        await self.load()
        return len(rows)

    def everyone(self) -> list[User]:
        return [self._users[name] for name in sorted(self._users)]

    def get(self, name: str) -> User | None:
        return self._users.get(name)

    async def password_hash(self, name: str) -> str | None:
        async with self._database.read() as connection:
            found = await connection.execute(
                select(app_user.c.password_hash).where(app_user.c.name == name, app_user.c.active)
            )
            value: str | None = found.scalar_one_or_none()
            return value

    async def set_language(self, name: str, language: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(app_user).where(app_user.c.name == name).values(language=language)
            )
        await self.load()

    async def issue_token(self, name: str) -> tuple[str, float]:
        """A new token for a user who has shown his password, and when it ends (POSIX s)."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        expires_at = now + TOKEN_LIVES_S
        async with self._database.write() as connection:
            await connection.execute(delete(token).where(token.c.expires_at < now - 86400))
            await connection.execute(
                insert(token).values(
                    hash=_hash(secret), user_name=name, created_at=now, expires_at=expires_at
                )
            )
        self._tokens[_hash(secret)] = (name, expires_at)
        return secret, expires_at

    async def who(self, secret: str) -> User:
        """Whose token it is. Raises NotLoggedIn, TokenExpired."""
        hashed = _hash(secret)
        known = self._tokens.get(hashed)
        if known is None:
            async with self._database.read() as connection:
                found = await connection.execute(
                    select(token.c.user_name, token.c.expires_at).where(token.c.hash == hashed)
                )
                row = found.first()
            if row is None:
                raise NotLoggedIn
            known = self._tokens[hashed] = (row[0], row[1])
        name, expires_at = known
        if expires_at <= self._clock():
            self._tokens.pop(hashed, None)
            raise TokenExpired
        user = self._users.get(name)
        if user is None:
            raise NotLoggedIn
        return user

    async def forget_token(self, secret: str) -> None:
        self._tokens.pop(_hash(secret), None)
        async with self._database.write() as connection:
            await connection.execute(delete(token).where(token.c.hash == _hash(secret)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _user(row: RowMapping) -> User:
    columns: Mapping[Any, Any] = row
    return User(
        name=columns["name"], role=columns["role"], display_name=columns["display_name"],
        language="en" if columns["language"] == "en" else "zh_CN", queues=tuple(columns["queues"]),
        skills=columns["skills"],
    )  # fmt: skip
