"""What is heard when nothing came: the last pitch period again, fading within 60 ms.

Knows samples and which 10 ms of them are missing; knows no packets. Works on all
channels' frames at once, and costs nothing where nothing is missing. After ITU-T
G.711 Appendix I, simplified: no overlap at the onset (the period fits by choice of
lag), a crossfade of 5 ms back into the real sound.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 80  # samples: 10 ms
HISTORY: Final = 320
SHORTEST_LAG: Final = 40  # 200 Hz
LONGEST_LAG: Final = 160  # 50 Hz
FADED: Final = 6  # blocks until silence
SEARCHES: Final = 48  # pitch searches a tick; more channels at once repeat the last 20 ms
OVERLAP: Final = 40

_GAIN = np.array([1.0, 1.0, 0.8, 0.6, 0.4, 0.2, 0.0, 0.0], np.float32)
_RAMP = np.arange(BLOCK, dtype=np.float32) / BLOCK
_BACK = np.arange(1, OVERLAP + 1, dtype=np.float32) / (OVERLAP + 1)

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def pitch_lags(history: Floats) -> Ints:
    """The lag in samples (40..160) at which the end of each row repeats best; (rows, 320) → (rows,)."""
    lately = history[:, -BLOCK:]
    windows = np.lib.stride_tricks.sliding_window_view(history, BLOCK, axis=1)
    # windows[k] begins k samples in; lag = 240 - k
    earlier = windows[:, HISTORY - BLOCK - LONGEST_LAG : HISTORY - BLOCK - SHORTEST_LAG + 1]
    likeness = np.einsum("rwk,rk->rw", earlier, lately, optimize=False)
    energy = np.einsum("rwk,rwk->rw", earlier, earlier, optimize=False)
    best = np.argmax(likeness / np.sqrt(energy + 1.0), axis=1)
    lags: Ints = LONGEST_LAG - best.astype(np.int64)
    return lags


class Concealment:
    """The memory of channels 0 … channels-1; `fill` is called once a tick."""

    def __init__(self, channels: int) -> None:
        self._past = np.zeros((2, channels, 2 * BLOCK), np.int16)  # the last two frames as heard
        self._newest = 0
        self._age = np.full(channels, FADED, np.int64)  # blocks concealed in a row
        self._period = np.zeros((channels, LONGEST_LAG), np.float32)
        self._lag = np.full(channels, LONGEST_LAG, np.int64)
        self._phase = np.zeros(channels, np.int64)

    def open(self, channel: int) -> None:
        """Forget everything about a channel."""
        self._past[:, channel] = 0
        self._age[channel] = FADED

    def fill(self, frames: NDArray[np.int16], have: Flags, silent: Flags) -> None:
        """Fill the missing halves of all frames, in place.

        Args:
            frames: (channels, 160) int16.
            have: (channels, 2), which halves are real.
            silent: (channels,), rows whose holes are meant (a key is held): silence at once.
        """
        count = len(frames)
        if not have.all():
            frames.reshape(count, 2, BLOCK)[~have] = 0
        age = self._age[:count]
        if silent.any():
            age[silent & ~have.any(axis=1)] = FADED
        whole = have.all(axis=1)
        work = np.flatnonzero((~whole & (age < FADED)) | ((age > 0) & have.any(axis=1)))
        if work.size:
            self._work(frames, have, work)
        self._newest ^= 1
        self._past[self._newest, :count] = frames

    def _work(self, frames: NDArray[np.int16], have: Flags, rows: Ints) -> None:
        older, newer = self._past[self._newest ^ 1, rows], self._past[self._newest, rows]
        sound = np.concatenate([older, newer, frames[rows]], axis=1).astype(np.float32)
        for half in (0, 1):
            start = HISTORY + half * BLOCK
            real, age = have[rows, half], self._age[rows]
            onset = np.flatnonzero(~real & (age == 0))
            if onset.size:
                self._learn(rows[onset], sound[onset, start - HISTORY : start])
            invented = self._invent(rows, age)
            block = sound[:, start : start + BLOCK]
            missing = ~real
            block[missing] = invented[missing]
            back = real & (age > 0)
            if back.any():
                overlap = block[back, :OVERLAP] * _BACK + invented[back, :OVERLAP] * (1 - _BACK)
                block[back, :OVERLAP] = overlap
            self._age[rows] = np.where(real, 0, np.minimum(age + 1, FADED))
            self._phase[rows] += BLOCK
        frames[rows] = sound[:, HISTORY:].astype(np.int16)

    def _learn(self, rows: Ints, history: Floats) -> None:
        lags = np.full(len(rows), LONGEST_LAG, np.int64)
        lags[:SEARCHES] = pitch_lags(history[:SEARCHES])
        at = HISTORY - lags[:, None] + np.arange(LONGEST_LAG)
        self._period[rows] = np.take_along_axis(history, np.minimum(at, HISTORY - 1), axis=1)
        self._lag[rows] = lags
        self._phase[rows] = 0

    def _invent(self, rows: Ints, age: Ints) -> Floats:
        at = (self._phase[rows, None] + np.arange(BLOCK)) % self._lag[rows, None]
        start, end = _GAIN[age], _GAIN[np.minimum(age + 1, FADED)]
        gain = start[:, None] + (end - start)[:, None] * _RAMP
        gain[age >= FADED] = 0.0
        invented: Floats = np.take_along_axis(self._period[rows], at, axis=1) * gain.astype(np.float32)
        return invented
