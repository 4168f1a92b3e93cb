"""The ring in the headset: two soft notes and a pause, made in code.

Knows samples; not why it rings. Louder sound from the line simply adds to it.
"""

from functools import cache

import numpy as np

from drivers.audio.interpolation import Samples

NOTES_HZ = (523.25, 659.25)  # a rising major third: asks, does not alarm
NOTE_S, NEXT_S, PERIOD_S = 0.9, 0.22, 3.0
ATTACK_S, DECAY_S = 0.012, 0.22
LOUDEST = 13000.0  # peak of volume 1.0, in 16-bit samples (-8 dBFS)
LONGEST_S = 60.0  # the window that asked may have died: no desk rings for ever


@cache
def period(rate_hz: int) -> Samples:
    """One ring and the pause after it, peak 1.0."""
    sound = np.zeros(int(PERIOD_S * rate_hz))
    at_s = np.arange(int(NOTE_S * rate_hz)) / rate_hz
    shape = np.minimum(at_s / ATTACK_S, 1.0) * np.exp(-at_s / DECAY_S)
    for number, hz in enumerate(NOTES_HZ):
        start = int(number * NEXT_S * rate_hz)
        tone = np.sin(2 * np.pi * hz * at_s) + 0.15 * np.sin(4 * np.pi * hz * at_s)
        sound[start : start + len(at_s)] += shape * tone
    made: Samples = (sound / np.abs(sound).max()).astype(np.float32)
    return made


class Ringing:
    """volume: 0.0 … 1.0 of the loudest; ends by itself after LONGEST_S."""

    def __init__(self, volume: float) -> None:
        self.volume = volume
        self._at = 0

    def pull(self, count: int, rate_hz: int) -> Samples:
        """The next samples at this rate; silence when it has rung long enough."""
        whole = period(rate_hz)
        if self._at > LONGEST_S * rate_hz:
            return np.zeros(count, np.float32)
        places = (self._at + np.arange(count)) % len(whole)
        self._at += count
        # A loudness of one half should sound like half: the ear follows the power roughly.
        made: Samples = (whole[places] * np.float32(LOUDEST * self.volume**2)).astype(np.float32)
        return made
