"""Group commit: one write and fdatasync in flight, what arrives meanwhile is the next.

Knows when bytes are safe, and what to do while they are not: over SLOW_S an alarm;
over STUCK_S, or when the disk is full, *calls first*: effects leave, entries stay in
memory and are written as soon as the disk takes them. Does not know what they say.

The only thread of the server's loop lives here; it does nothing but write and sync.
"""

import asyncio
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.server.journal.segments import SEGMENT_BYTES, framed, segment_path

SLOW_S = 0.25
STUCK_S = 2.0
RETRY_S = 1.0

Then = Callable[[], None]


def _sync(fd: int) -> None:
    if hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


class SegmentFile:
    """The open segment. Used by the writing thread only, after its making."""

    def __init__(self, folder: Path, first_seq: int) -> None:
        self.folder = folder
        self._open(first_seq)

    def _open(self, first_seq: int) -> None:
        path = segment_path(self.folder, first_seq)
        self.file = path.open("ab", buffering=0)
        self.good_bytes = self.file.tell()
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.folder, os.O_DIRECTORY)
            os.fsync(folder)
            os.close(folder)

    def write(self, first_seq: int, data: bytes) -> None:
        """Append and sync; after an error the file is cut back to what was safe."""
        if self.good_bytes + len(data) > SEGMENT_BYTES and self.good_bytes:
            self.file.close()
            self._open(first_seq)
        try:
            left = memoryview(data)
            while left:
                left = left[self.file.write(left) :]
            _sync(self.file.fileno())
        except OSError:
            self.file.truncate(self.good_bytes)
            raise
        self.good_bytes += len(data)


@dataclass
class _Batch:
    first_seq: int
    data: list[bytes] = field(default_factory=list)
    thens: list[Then] = field(default_factory=list)


class Commits:
    """Entries in, `then` called on the loop, in order, once each entry is on the disk.

    on_commit(took_s): after each commit. on_state(state, reason): "ok", "slow", "stuck".
    """

    def __init__(
        self,
        folder: Path,
        next_seq: int,
        on_commit: Callable[[float], None],
        on_state: Callable[[str, str], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._file = SegmentFile(folder, next_seq)
        self._on_commit, self._on_state = on_commit, on_state
        self._next: _Batch | None = None
        self._flying: _Batch | None = None
        self._work: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._watch: list[asyncio.TimerHandle] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self.state = "ok"
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._thread.start()

    def add(self, seq: int, payload: bytes, then: Then) -> None:
        if self._next is None:
            self._next = _Batch(seq)
        self._next.data.append(framed(payload))
        if self.state == "stuck":
            then()  # calls first: the entry waits in memory, its effects do not
        else:
            self._next.thens.append(then)
        if self._flying is None:
            # Everything of this turn of the loop goes into one commit.
            self._idle.clear()
            self._loop.call_soon(self._fly)

    async def close(self) -> None:
        """Wait for what is under way, at most a few seconds, and end the thread."""
        try:
            await asyncio.wait_for(self._idle.wait(), 5.0)
        except TimeoutError:
            pass
        self._work.put(None)
        await asyncio.to_thread(self._thread.join, 5.0)

    def _fly(self) -> None:
        if self._flying is not None or self._next is None:
            return
        self._flying, self._next = self._next, None
        self._idle.clear()
        self._watch = [
            self._loop.call_later(SLOW_S, self._late, "slow", "the disk takes over 250 ms a commit"),
            self._loop.call_later(STUCK_S, self._late, "stuck", "the disk does not take the journal"),
        ]
        self._work.put(self._flying)

    def _late(self, state: str, reason: str) -> None:
        if self.state != "stuck":
            self._set(state, reason)
        if state == "stuck":
            self._release()

    def _set(self, state: str, reason: str) -> None:
        if state != self.state:
            self.state = state
            self._on_state(state, reason)

    def _release(self) -> None:
        for batch in (self._flying, self._next):
            if batch is not None:
                thens, batch.thens = batch.thens, []
                for then in thens:
                    then()

    def _write_all(self) -> None:
        try:
            self._write_batches()
        finally:
            self._file.file.close()

    def _write_batches(self) -> None:
        """The thread: write, sync, tell the loop; on an error tell it and try again."""
        while (batch := self._work.get()) is not None:
            data = b"".join(batch.data)
            while True:
                began = time.perf_counter()
                try:
                    self._file.write(batch.first_seq, data)
                    break
                except OSError as error:
                    if not self._tell(self._failed, str(error)):
                        return
                    time.sleep(RETRY_S)
            if not self._tell(self._landed, time.perf_counter() - began):
                return

    def _tell(self, what: Callable[..., None], value: object) -> bool:
        try:
            self._loop.call_soon_threadsafe(what, value)
        except RuntimeError:  # the loop has ended
            return False
        return True

    def _failed(self, reason: str) -> None:
        self._set("stuck", reason)
        self._release()

    def _landed(self, took_s: float) -> None:
        for watch in self._watch:
            watch.cancel()
        batch, self._flying = self._flying, None
        self._on_commit(took_s)
        for then in batch.thens if batch else []:
            then()
        if self._next is not None:
            self._fly()
            return
        self._idle.set()
        if took_s < SLOW_S:
            self._set("ok", "")
