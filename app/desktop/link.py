"""What the desktop needs of its line to the server; nothing about sockets or threads.

All methods return at once. Callbacks arrive on the Qt thread, never from inside the call itself.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.client.answers import Answer, LinkState, Reply

Json = dict[str, Any]


class Link(Protocol):
    """One logged-in line to the server, which reconnects and resumes by itself.

    `on_event` gets every event as a flat dict with `event`, `at`, `seq`; a snapshot comes as
    `{"event": "Snapshot", "agents", "queues", "me"}`. `on_state` gets the link's state and, when
    online, the server's present time as POSIX seconds.
    """

    on_event: Callable[[Json], None]
    on_state: Callable[[LinkState, float | None], None]

    def start(self) -> None: ...

    def send(self, command: str, fields: Json, done: Callable[[Answer], None] | None = None) -> None:
        """Ask for a command; sent again with the same id after a lost link, done once."""

    def get(self, path: str, done: Callable[[Reply], None]) -> None: ...

    def post(self, path: str, body: Json, done: Callable[[Reply], None], method: str = "POST") -> None: ...

    def close(self) -> None: ...


class Gate(Protocol):
    """The server before anyone is logged in."""

    def health(self, server: str, done: Callable[[Reply], None]) -> None: ...

    def log_in(self, server: str, user: str, password: str, done: Callable[[Reply], None]) -> None:
        """POST /api/v1/login; the token is in the reply."""

    def new_pin(self, server: str) -> str:
        """How a server is known that was met for the first time and that nobody vouches for; else ""."""

    def open(self, server: str, token: str, language: str) -> Link: ...


class Voice(Protocol):
    """The agent's headset, a process of its own that outlives the window."""

    def devices(self) -> list[Mapping[str, str]]:
        """What can be chosen: `{"id", "name", "kind"}`; empty when this machine has no sound."""

    def choose(self, device_id: str) -> None: ...

    def start(self, host: str, port: int, token: str, codec: str, srtp: bool) -> None: ...

    def stop(self) -> None: ...

    def levels(self) -> tuple[float, float]:
        """How loud now: (from the caller, from the agent), each 0.0 … 1.0."""

    def ring(self, volume: float) -> None:
        """Ring in the ear, 0.0 … 1.0 of the loudest; 0 stops."""

    def sound_check(self, record_s: float) -> None:
        """Record, then play it back."""

    def check_step(self) -> tuple[str, float | None]:
        """Of the last sound check: recording, playing, done or refused, and how loud it was, 0.0 … 1.0."""

    def check(self, on: bool) -> None:
        """Open the microphone for the live level before a shift, or close it again."""
