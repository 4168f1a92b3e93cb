"""The agent's voice: obeys a window's messages, tells every window what happens.

Joins one headset and one line. Knows the control messages as dictionaries; how they
travel is `control.py`'s affair. Runs on one asyncio loop; the headset's threads hop
onto it. Which call is up, who the agent is, what a lost headset means for his state:
the server's affair.

Messages in (`do`), each answered by the state or by `refused {do, reason}`:

    state                                     → state
    connect {host, port, token, codec, srtp}    talk to this desk leg (the same one again: nothing happens)
    disconnect
    mute {muted}
    devices                                   → devices {devices: [{name, inputs, outputs, rate_hz, …}]}
    choose {microphone, headphones}             by name; null: the system's default (again: nothing happens)
    levels {on}                               → levels {microphone_dbfs, headphones_dbfs} ten times a second
    sound_check {record_s}                    → sound_check {step: recording|playing|done, level_dbfs}
    ring {volume}                               0.0 … 1.0 in the ear until volume 0, a minute at most
    quit                                        end the process

Events besides: `state` (whole, after each change), `headset_lost {device, reason}`,
`headset_back {…}`, `line_heard {}`, `line_lost {silent_s}`.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from drivers.protocol.audio import SoundCard
from drivers.protocol.errors import DeviceError
from drivers.telephony.desk.headset import Headset
from drivers.telephony.desk.line import Line
from drivers.telephony.sound.rtp import TOKEN_BYTES

LEVEL_EVERY_S = 0.1
WATCH_EVERY_S = 0.5
LONGEST_CHECK_S = 10.0

Event = dict[str, object]


class WrongMessage(Exception):
    """The window sent something that cannot be obeyed; str() says why."""


def _field(message: Mapping[str, Any], name: str, kind: type, default: object = None) -> Any:
    value = message.get(name, default)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise WrongMessage(f"{name}: {kind.__name__} wanted")
    return value


class DeskVoice:
    """One desk. tell: given every event, on the loop's thread."""

    def __init__(self, card: SoundCard, tell: Callable[[Event], None]) -> None:
        self._card = card
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._headset = Headset(card, self._from_thread)
        self._line: Line | None = None
        self._leg: tuple[object, ...] | None = None
        self._muted = False
        self._levels = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self.ended = asyncio.Event()

    def start(self, microphone: str | None = None, headphones: str | None = None) -> None:
        """Open the headset and begin to watch it."""
        self._headset.open(microphone, headphones)
        self._keep(self._watch())
        self._keep(self._meter())

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        if self._line:
            self._line.close()
            self._line = None
        await asyncio.to_thread(self._headset.close)

    @property
    def in_use(self) -> bool:
        """Whether a board sends us sound: then the process must live, window or not."""
        return self._line is not None and self._line.state != "lost"

    def state(self) -> Event:
        line = self._line
        return {
            "event": "state",
            "pid": os.getpid(),
            "line": line.state if line else "none",
            "packets_sent": line.packets_sent if line else 0,
            "packets_heard": line.packets_heard if line else 0,
            "muted": self._muted,
            "headset": self._headset.present,
            "microphone": self._headset.microphone,
            "headphones": self._headset.headphones,
            "checking": self._headset.checking,
        }

    async def handle(self, message: Mapping[str, Any]) -> Event:
        """Obey one message; what it returns goes to the asker only."""
        do = message.get("do")
        try:
            match do:
                case "state":
                    return self.state()
                case "connect":
                    await self._connect(message)
                case "disconnect":
                    self._disconnect()
                case "mute":
                    self._mute(_field(message, "muted", bool))
                case "devices":
                    return await self._devices()
                case "choose":
                    await self._choose(message)
                case "levels":
                    self._levels = _field(message, "on", bool)
                case "sound_check":
                    self._check(_field(message, "record_s", float, 3.0))
                case "ring":
                    self._ring(_field(message, "volume", float))
                case "quit":
                    self.ended.set()
                case _:
                    raise WrongMessage(f"do: {do!r} is not known")
        except WrongMessage as error:
            return {"event": "refused", "do": do, "reason": str(error)}
        return self.state()

    # ------------------------------------------------------------ the messages

    async def _connect(self, message: Mapping[str, Any]) -> None:
        host, port = _field(message, "host", str), _field(message, "port", int)
        codec, srtp = _field(message, "codec", str, "PCMA"), _field(message, "srtp", bool, False)
        try:
            token = bytes.fromhex(_field(message, "token", str))
        except ValueError as error:
            raise WrongMessage("token: hexadecimal digits wanted") from error
        if len(token) != TOKEN_BYTES:
            raise WrongMessage(f"token: {2 * TOKEN_BYTES} hexadecimal digits wanted")
        leg = (host, port, token, codec, srtp)
        if self._line and leg == self._leg:
            return  # a new window repeats what the old one said: the voice must not stumble
        self._disconnect()
        line = Line(self._headset, self._event, muted=self._muted)
        try:
            await line.open(host, port, token, codec, srtp)
        except KeyError as error:
            raise WrongMessage(f"codec: {codec} is not known") from error
        except (OSError, OverflowError) as error:
            raise WrongMessage(f"no way to {host}:{port}: {error}") from error
        self._line, self._leg = line, leg
        self._tell(self.state())

    def _disconnect(self) -> None:
        if self._line:
            self._line.close()
            self._line = self._leg = None
            self._tell(self.state())

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        if self._line:
            self._line.muted = muted
        self._tell(self.state())

    async def _devices(self) -> Event:
        try:
            found = await asyncio.to_thread(self._card.devices)
        except DeviceError as error:
            raise WrongMessage(str(error)) from error
        return {"event": "devices", "devices": [msgspec.to_builtins(device) for device in found]}

    async def _choose(self, message: Mapping[str, Any]) -> None:
        names = [message.get("microphone"), message.get("headphones")]
        if any(name is not None and not isinstance(name, str) for name in names):
            raise WrongMessage("microphone, headphones: a name or null wanted")
        if self._headset.present and names == [self._headset.microphone, self._headset.headphones]:
            return  # a new window repeats the choice: the sound must not stumble
        await asyncio.to_thread(self._headset.open, *names)
        self._tell(self.state())

    def _check(self, record_s: float) -> None:
        if not 0.1 <= record_s <= LONGEST_CHECK_S:
            raise WrongMessage(f"record_s: 0.1 to {LONGEST_CHECK_S:.0f} wanted")
        if not self._headset.check(record_s):
            raise WrongMessage("no headset")

    def _ring(self, volume: float) -> None:
        if not 0.0 <= volume <= 1.0:
            raise WrongMessage("volume: 0 to 1 wanted")
        self._headset.ring(volume)

    # ---------------------------------------------------------------- events

    def _from_thread(self, event: str, facts: dict[str, object]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._event, event, facts)
        except RuntimeError:
            pass  # the loop has ended before the thread

    def _event(self, event: str, facts: dict[str, object]) -> None:
        self._tell({"event": event, **facts})
        self._tell(self.state())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            self._headset.watch(self._loop.time())

    async def _meter(self) -> None:
        while True:
            await asyncio.sleep(LEVEL_EVERY_S)
            if self._levels:
                levels = self._headset.levels()
                self._tell({"event": "levels", **{f"{side}_dbfs": at for side, at in levels.items()}})

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
