"""Prompts, music and tones of all channels: rows of sound to add to what a channel hears.

Knows sounds as ranges of one sample memory, playlists, loops and levels; knows no files.
The tick gathers every playing channel's next 160 samples at once; only a channel at the
end of a sound, or just stopped, costs Python.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 160
_STEPS = np.arange(FRAME)
_FALL = np.arange(FRAME, 0, -1, dtype=np.float32) / FRAME

Samples = NDArray[np.int16]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples [start, start + length) of the memory."""

    start: int
    length: int


@dataclass(slots=True)
class _Play:
    op: int
    sounds: list[Sound]
    loop: bool
    at: int = 0  # the sound that is playing


class Player:
    """What plays on channels 0 … channels-1."""

    def __init__(self, channels: int) -> None:
        self._plays: dict[int, _Play] = {}
        self.music = np.zeros(channels, np.bool_)  # a looped play
        self._next = np.zeros(channels, np.int64)  # next sample in the memory
        self._end = np.zeros(channels, np.int64)  # where this sound ends
        self._gain = np.ones(channels, np.float32)
        self._fading: list[tuple[int, Samples, float]] = []  # channel, its next 20 ms, gain
        self._playing = np.zeros(0, np.int64)
        self._dirty = False

    def play(
        self, channel: int, op: int, sounds: list[Sound], memory: Samples, *, loop: bool, gain_db: float
    ) -> None:
        """Replace what plays. Empty sounds end at the next tick."""
        self.stop(channel, None, memory)
        whole = [sound for sound in sounds if sound.length > 0]
        self._plays[channel] = _Play(op, whole, loop and bool(whole))
        self._begin(channel, whole[0] if whole else Sound(0, 0))
        self.music[channel] = loop
        self._gain[channel] = 10 ** (min(gain_db, 24.0) / 20)
        self._dirty = True

    def stop(self, channel: int, op: int | None, memory: Samples) -> None:
        """Stop `op` (None: whatever plays), fading over one frame."""
        play = self._plays.get(channel)
        if play is None or (op is not None and play.op != op):
            return
        rest = memory[self._next[channel] : min(self._end[channel], self._next[channel] + FRAME)]
        self._fading.append((channel, rest, float(self._gain[channel])))
        self._forget(channel)

    def close(self, channel: int) -> None:
        """The channel is gone."""
        if channel in self._plays:
            self._forget(channel)

    def tick(self, out: Floats, memory: Samples, unheard: Flags) -> list[tuple[int, int]]:
        """Add 20 ms of everything to out (channels, 160).

        unheard: channels whose play goes on without being heard.
        Returns: (channel, op) of the plays that ended by themselves.
        """
        for channel, rest, gain in self._fading:
            if channel < len(out) and not unheard[channel]:
                out[channel, : len(rest)] += rest * _FALL[: len(rest)] * np.float32(gain)
        self._fading.clear()
        if self._dirty:
            self._playing = np.array(sorted(self._plays), np.int64)
            self._dirty = False
        playing = self._playing
        if not playing.size:
            return []
        whole = self._next[playing] + FRAME <= self._end[playing]
        self._add_whole(out, memory, playing[whole & ~unheard[playing]])
        self._next[playing[whole]] += FRAME
        ended: list[tuple[int, int]] = []
        for channel in playing[~whole].tolist():
            play = self._plays[channel]
            frame, over = self._across(channel, play, memory)
            if not unheard[channel]:
                out[channel, : len(frame)] += frame * self._gain[channel]
            if over:
                ended.append((channel, play.op))
                self._forget(channel)
        return ended

    def _add_whole(self, out: Floats, memory: Samples, channels: NDArray[np.int64]) -> None:
        frames = memory[self._next[channels, None] + _STEPS].astype(np.float32)
        frames *= self._gain[channels, None]
        out[channels] += frames

    def _across(self, channel: int, play: _Play, memory: Samples) -> tuple[Samples, bool]:
        """The next 160 samples over any number of ends; fewer, and True, when it is over."""
        parts: list[Samples] = []
        wanted = FRAME
        while wanted:
            start, end = int(self._next[channel]), int(self._end[channel])
            size = min(wanted, end - start)
            parts.append(memory[start : start + size])
            self._next[channel] += size
            wanted -= size
            if start + size == end:
                play.at += 1
                if play.at >= len(play.sounds) and play.loop:
                    play.at = 0
                if play.at >= len(play.sounds):
                    return np.concatenate(parts), True
                self._begin(channel, play.sounds[play.at])
        return np.concatenate(parts), False

    def _begin(self, channel: int, sound: Sound) -> None:
        self._next[channel], self._end[channel] = sound.start, sound.start + sound.length

    def _forget(self, channel: int) -> None:
        del self._plays[channel]
        self.music[channel] = False
        self._dirty = True
