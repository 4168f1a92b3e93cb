"""Prompts, music and tones of all channels: rows of sound to add to what a channel hears.

Knows sounds as ranges of one sample memory, playlists, loops and levels; knows no files.
The tick gathers every playing channel's next 160 samples at once; only a channel at a
boundary between two sounds costs Python.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 160
_RISE = np.arange(1, FRAME + 1, dtype=np.float32) / FRAME

Samples = NDArray[np.int16]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples [start, start + length) of one memory."""

    memory: Samples
    start: int
    length: int


@dataclass(slots=True)
class _Play:
    op: int
    sounds: list[Sound]
    loop: bool
    gain: float
    at: int = 0  # which sound
    offset: int = 0  # sample in it
    fading: bool = False  # stopped: one last frame, fading

    def next_frame(self) -> Samples | None:
        """160 samples across any number of boundaries; None at the end."""
        frame = np.zeros(FRAME, np.int16)
        filled = 0
        while filled < FRAME:
            if self.at == len(self.sounds):
                if not self.loop:
                    break
                self.at = 0
            sound = self.sounds[self.at]
            size = min(FRAME - filled, sound.length - self.offset)
            begin = sound.start + self.offset
            frame[filled : filled + size] = sound.memory[begin : begin + size]
            filled += size
            self.offset += size
            if self.offset == sound.length:
                self.at, self.offset = self.at + 1, 0
        return frame if filled else None


class Player:
    """What plays on which channel."""

    def __init__(self) -> None:
        self._plays: dict[int, _Play] = {}
        self._last: dict[int, _Play] = {}  # replaced or stopped: heard for one more frame

    def play(self, channel: int, op: int, sounds: list[Sound], *, loop: bool, gain_db: float) -> None:
        """Replace what plays. Empty sounds end at the next tick."""
        self.stop(channel, None)
        whole = [sound for sound in sounds if sound.length > 0]
        self._plays[channel] = _Play(op, whole, loop and bool(whole), 10 ** (min(gain_db, 24.0) / 20))

    def stop(self, channel: int, op: int | None) -> None:
        """Stop `op` (None: whatever plays), fading over one frame."""
        current = self._plays.get(channel)
        if current is not None and (op is None or current.op == op):
            del self._plays[channel]
            self._last[channel] = current

    def close(self, channel: int) -> None:
        """The channel is gone."""
        self._plays.pop(channel, None)
        self._last.pop(channel, None)

    def __len__(self) -> int:
        return len(self._plays)

    def tick(self, out: Floats, muted_music: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """Add 20 ms of everything to out (channels, 160).

        muted_music: channels whose looped play goes on unheard.
        Returns: (channel, op) of the plays that ended by themselves.
        """
        ended: list[tuple[int, int]] = []
        whole: list[_Play] = []
        channels: list[int] = []
        for channel, play in self._plays.items():
            if play.at < len(play.sounds) and play.sounds[play.at].length - play.offset > FRAME:
                channels.append(channel)
                whole.append(play)
                continue
            frame = play.next_frame()
            if frame is None:
                ended.append((channel, play.op))
            elif not (play.loop and muted_music[channel]):
                out[channel] += frame * np.float32(play.gain)
        for channel, play in zip(channels, whole, strict=True):
            sound = play.sounds[play.at]
            begin = sound.start + play.offset
            play.offset += FRAME
            if play.loop and muted_music[channel]:
                continue
            frame = sound.memory[begin : begin + FRAME]
            out[channel] += frame if play.gain == 1.0 else frame * np.float32(play.gain)
        for channel, _ in ended:
            del self._plays[channel]
        for channel, play in self._last.items():
            frame = play.next_frame()
            if frame is not None and not (play.loop and muted_music[channel]):
                out[channel] += frame * (np.float32(play.gain) * _RISE[::-1])
        self._last.clear()
        return ended
