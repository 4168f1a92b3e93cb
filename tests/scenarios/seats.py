"""Agents whose every move a test decides: commands over HTTP, events over `/ws`, a tone as voice."""

import asyncio
import itertools
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from drivers.telephony.caller import PhoneCall
from drivers.telephony.desk.headless import HeadlessVoice
from tests.scenarios.harness import Centre
from tests.scenarios.people import RATE_HZ, tone_wav

_ids = itertools.count(1)
WINDOW = RATE_HZ // 2
LOUD = 900.0  # of 6000 said; the leak of another tone in half a second is below 50
WAV_HEADER_BYTES = 44


def loudness(sound: NDArray[Any], hz: float) -> float:
    """Amplitude of this tone in the last half second."""
    piece = sound[-WINDOW:].astype(float)
    if len(piece) < WINDOW:
        return 0.0
    return float(2 * abs((piece * np.exp(-2j * np.pi * hz * np.arange(WINDOW) / RATE_HZ)).sum()) / WINDOW)


class Link:
    """A bare live link: says what it is told, keeps what it hears."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, centre: Centre, user: str | None, **more: Any) -> "Link":
        """Hello as this user (None: say nothing yet)."""
        link = cls(await connect(centre.facts["ws"], proxy=None, max_size=None))
        if user is not None:
            token = await asyncio.to_thread(centre.token, user)
            await link.say({"t": "hello", "v": 1, "token": token, "client": "test", **more})
        return link

    async def say(self, message: Any) -> None:
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def next(self, within_s: float = 5.0, after: int = 0, **wanted: Any) -> dict[str, Any]:
        """The first message from `after` on that has these keys."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    self._news.clear()
                    for row in self.heard[after:]:
                        if all(row.get(key) == value for key, value in wanted.items()):
                            return row
                    await self._news.wait()
        except TimeoutError:
            last = [{key: row.get(key) for key in ("t", "event", "state", "id")} for row in self.heard[-12:]]
            raise AssertionError(f"never heard {wanted}; lately {last}") from None

    async def command(self, name: str, command_id: str = "", **fields: Any) -> dict[str, Any]:
        command_id = command_id or f"t{next(_ids)}"
        after = len(self.heard)
        await self.say({"t": "command", "id": command_id, "command": name, "fields": fields})
        return await self.next(id=command_id, after=after)

    async def closed(self, within_s: float = 5.0) -> None:
        async with asyncio.timeout(within_s):
            await self.socket.wait_closed()
            await self._reader

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.socket:
                self.heard.append(json.loads(text))
                self._news.set()


class Person:
    """A user of the HTTP API."""

    def __init__(self, centre: Centre, name: str) -> None:
        self.centre, self.name = centre, name

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await asyncio.to_thread(self.centre.request, method, path, self.name, **more)

    async def get(self, path: str) -> Any:
        return await asyncio.to_thread(self.centre.get, path, self.name)

    async def do(self, name: str, **fields: Any) -> list[dict[str, Any]]:
        answer = await self.ask("POST", f"/api/v1/commands/{name}", json=fields)
        assert answer.status_code == 200, f"{name} {fields}: {answer.status_code} {answer.text}"
        events: list[dict[str, Any]] = answer.json()["events"]
        return events

    async def refused(self, name: str, **fields: Any) -> str:
        """What it is refused as."""
        answer = await self.ask("POST", f"/api/v1/commands/{name}", json=fields)
        assert answer.status_code == 409, f"{name} {fields}: {answer.status_code} {answer.text}"
        body = answer.json()
        assert body["reason"], body
        return str(body["refused"])


class Seat(Person):
    """An agent with a live link and a voice that says one tone."""

    def __init__(self, centre: Centre, name: str, hz: float, folder: Path) -> None:
        super().__init__(centre, name)
        self.hz = hz
        self._store = folder / f"{name}-{next(_ids)}.wav"
        self.voice = HeadlessVoice(tone_wav(folder / f"{hz}.wav", hz, 2.0), self._store)
        self.link: Link

    async def sit_down(self, ready: bool = True) -> "Seat":
        self.link = await Link.open(self.centre, self.name)
        await self.link.next(t="snapshot")
        await self.do("LogIn", phone="headset", ready=ready)
        line = await self.link.next(event="DeskLineReady")
        await self.voice.connect(line["host"], line["port"], line["token"], line["codec"], line["srtp"])
        return self

    async def get_up(self) -> None:
        with suppress(AssertionError, httpx.HTTPError):
            await self.do("HangUp")
        for _ in range(2):
            with suppress(AssertionError, httpx.HTTPError):
                await self.do("FinishWrapUp")
            with suppress(AssertionError, httpx.HTTPError):
                await self.do("LogOut")
        await self.voice.close()
        await self.link.close()

    async def rung(self, within_s: float = 8.0, after: int = 0) -> str:
        offer = await self.link.next(within_s, after, event="AgentOffered", agent_id=self.name)
        return str(offer["call_id"])

    async def is_in(self, state: str, within_s: float = 5.0) -> dict[str, Any]:
        """Wait until the list of agents says so."""
        row: dict[str, Any] = {}
        for _ in range(int(within_s / 0.05)):
            row = await self.row()
            if row["state"] == state:
                return row
            await asyncio.sleep(0.05)
        raise AssertionError(f"{self.name} is {row['state']}, never {state}")

    async def row(self) -> dict[str, Any]:
        rows = (await self.get("/api/v1/agents"))["items"]
        found: dict[str, Any] = next(row for row in rows if row["agent_id"] == self.name)
        return found

    def sound(self) -> NDArray[Any]:
        if not self._store.exists():
            return np.zeros(0, np.int16)
        return np.frombuffer(self._store.read_bytes()[WAV_HEADER_BYTES:][: 1 << 30], "<i2")


class Customer:
    """A caller that says one tone."""

    def __init__(self, call: PhoneCall, hz: float) -> None:
        self.call, self.hz = call, hz

    def sound(self) -> NDArray[Any]:
        return self.call.sound.heard(2.0)


async def hear(who_hears: dict[Any, set[float]], all_hz: set[float], within_s: float = 5.0) -> None:
    """Until each hears exactly these tones. Whoever says one hears no echo of it."""
    state: dict[str, Any] = {}
    for _ in range(int(within_s / 0.1)):
        state = {
            getattr(who, "name", "customer"): (
                {hz for hz in all_hz if loudness(who.sound(), hz) > LOUD},
                wanted,
            )
            for who, wanted in who_hears.items()
        }
        if all(heard == wanted for heard, wanted in state.values()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"heard, wanted: {state}")


def music_for(who: Any, all_hz: set[float]) -> bool:
    """Something is heard, and it is none of the voices."""
    piece = who.sound()[-WINDOW:].astype(float)
    return bool(len(piece) and np.sqrt((piece**2).mean()) > 100) and not any(
        loudness(piece, hz) > LOUD for hz in all_hz
    )


async def music(who: Any, all_hz: set[float], within_s: float = 5.0) -> None:
    for _ in range(int(within_s / 0.1)):
        if music_for(who, all_hz):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no music")
