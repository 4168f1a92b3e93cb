"""An event loop that jumps to its next timer: hours cost nothing, sockets inside the process work."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NothingWillHappen(RuntimeError):
    """Everybody waits, no timer is set, no socket has anything: in real time this would hang."""


class _JumpingSelector:
    """Never waits: when no socket is ready, the loop's time moves on by what it would have waited.

    grace_s: real seconds a socket may take before time moves, for TCP within this process.
    """

    def __init__(self, grace_s: float) -> None:
        self._sockets = selectors.DefaultSelector()
        self._grace_s = grace_s
        self.now_s = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        ready = self._sockets.select(0 if timeout == 0 else self._grace_s)
        if not ready and timeout is None:
            raise NothingWillHappen
        if not ready and timeout is not None and timeout > 0:
            self.now_s += timeout
        return ready

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sockets, name)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, grace_s: float = 0.0) -> None:
        selector = _JumpingSelector(grace_s)
        super().__init__(selector)  # type: ignore[arg-type]
        self._jumping = selector

    def time(self) -> float:
        return self._jumping.now_s


def run_virtual(story: Coroutine[Any, Any, T], *, grace_s: float = 0.0) -> T:
    """`asyncio.run` in virtual time."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(grace_s)) as runner:
        return runner.run(story)
