"""Recorders: frames of both sides into a ring of shared memory, for the writer process.

Knows the ring's layout and which recorder takes which channel; knows no files. One
producer (media), one consumer (writer), no lock: the producer alone moves `head`, the
consumer alone moves `tail`, both 64-bit and aligned. A slow writer never delays a tick:
when the ring is full the tick's frames are dropped and counted.

Layout, from the start: 8 int64 words (magic, recorders, slots, head, tail, 0, 0, 0), then
`slots` slots: tick number int64, rows int64, `recorders` ids int64, `recorders` flags
int64, `recorders` frames of (160, 2) int16, left what the channel says, right what it hears.
"""

import mmap
import os
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 160
MAGIC: Final = 0x5A4A524543303031
HEAD, TAIL = 3, 4
WORDS: Final = 8
SLOTS: Final = 150  # 3 s

SOUND: Final = 1  # the row holds a frame
END: Final = 2  # the recorder is stopped; no further rows

Ints = NDArray[np.int64]


def _slot_type(recorders: int) -> np.dtype[np.void]:
    return np.dtype(
        [
            ("tick", np.int64),
            ("rows", np.int64),
            ("ids", np.int64, (recorders,)),
            ("flags", np.int64, (recorders,)),
            ("frames", np.int16, (recorders, FRAME, 2)),
        ]
    )


def make_ring(recorders: int, slots: int = SLOTS) -> int:
    """A new shared ring for so many recorders at once; returns its file descriptor.

    Memory is used only as far as recorders are: 640 octets a recorder and slot.
    """
    fd = os.memfd_create("zongji-recorder")
    os.ftruncate(fd, WORDS * 8 + slots * _slot_type(recorders).itemsize)
    header = np.array([MAGIC, recorders, slots, 0, 0, 0, 0, 0], np.int64)
    os.pwrite(fd, header.tobytes(), 0)
    return fd


class Ring:
    """One end of the shared ring."""

    def __init__(self, fd: int) -> None:
        self._map = mmap.mmap(fd, 0)
        self._words = np.frombuffer(self._map, np.int64, WORDS)
        if self._words[0] != MAGIC:
            raise ValueError("this is no recorder ring")
        self.recorders = int(self._words[1])
        self.slots = int(self._words[2])
        self._slots = np.frombuffer(self._map, _slot_type(self.recorders), self.slots, WORDS * 8)
        # Field views made once: making them in every tick costs more than filling them.
        self._tick, self._rows = self._slots["tick"], self._slots["rows"]
        self._ids, self._flags = self._slots["ids"], self._slots["flags"]
        self._frames = self._slots["frames"]

    def offer(
        self, tick: int, ids: Ints, flags: Ints, left: NDArray[np.int16], right: NDArray[np.int16]
    ) -> bool:
        """Producer: one tick's rows; False when the ring is full and they are lost."""
        head = int(self._words[HEAD])
        if head - int(self._words[TAIL]) >= self.slots:
            return False
        at, rows = head % self.slots, len(ids)
        self._tick[at], self._rows[at] = tick, rows
        self._ids[at, :rows] = ids
        self._flags[at, :rows] = flags
        self._frames[at, :rows, :, 0] = left
        self._frames[at, :rows, :, 1] = right
        self._words[HEAD] = head + 1
        return True

    def waiting(self) -> int:
        """Consumer: slots that can be read."""
        return int(self._words[HEAD] - self._words[TAIL])

    def peek(self, ahead: int) -> tuple[int, Ints, Ints, NDArray[np.int16]]:
        """Consumer: (tick, ids, flags, frames) of a waiting slot; views, valid until `release`."""
        at = (int(self._words[TAIL]) + ahead) % self.slots
        rows = int(self._rows[at])
        return int(self._tick[at]), self._ids[at, :rows], self._flags[at, :rows], self._frames[at, :rows]

    def release(self, slots: int) -> None:
        """Consumer: these slots may be written again."""
        self._words[TAIL] += slots


class Recorders:
    """Which recorder takes which channel, as arrays for the tick."""

    def __init__(self, ring: Ring | None) -> None:
        self._ring = ring
        self._order: dict[int, list[int]] = {}  # rec → [channel, paused, samples]
        self._ending: list[int] = []
        self._ids = self._channels = self._paused = np.zeros(0, np.int64)
        self._dirty = False
        self.dropped = 0  # frames since the last look

    def start(self, rec: int, channel: int, tick: int) -> None:
        """Take this channel from the next tick on."""
        if rec not in self._order and (self._ring is None or len(self._order) < self._ring.recorders):
            self._order[rec] = [channel, 0, tick]
            self._dirty = True

    def pause(self, rec: int, paused: bool) -> None:
        """A paused recorder writes silence."""
        if rec in self._order:
            self._order[rec][1] = int(paused)
            self._dirty = True

    def stop(self, rec: int, tick: int) -> int | None:
        """End a recorder; the samples it lasted, None when there is none."""
        entry = self._order.pop(rec, None)
        if entry is None:
            return None
        self._ending.append(rec)
        self._dirty = True
        return (tick - entry[2]) * FRAME

    def of_channel(self, channel: int) -> list[int]:
        """The recorders that take a channel."""
        return [rec for rec, entry in self._order.items() if entry[0] == channel]

    def tick(self, tick: int, said: NDArray[np.int16], heard: NDArray[np.int16]) -> None:
        """Hand this tick's frames to the writer. said, heard: (channels, 160) int16."""
        if self._dirty:
            self._ids = np.array(list(self._order), np.int64)
            entries = np.array(list(self._order.values()), np.int64).reshape(-1, 3)
            self._channels, self._paused = entries[:, 0], np.flatnonzero(entries[:, 1])
            self._dirty = False
        if self._ring is None:
            self._ending.clear()
            return
        if self._ids.size:
            left, right = said[self._channels], heard[self._channels]
            if self._paused.size:
                left[self._paused] = 0
                right[self._paused] = 0
            if not self._ring.offer(tick, self._ids, np.full(len(self._ids), SOUND), left, right):
                self.dropped += len(self._ids)
        if self._ending:
            ids = np.array(self._ending[: self._ring.recorders], np.int64)
            nothing = np.zeros((len(ids), FRAME), np.int16)
            if self._ring.offer(tick, ids, np.full(len(ids), END), nothing, nothing):
                del self._ending[: len(ids)]
