"""What to play where sound is missing: the last voice again, softly going away.

Pure. Repeats the last pitch period (after the idea of ITU-T G.711 Appendix I, without
its buffering delay), full for 10 ms, then fading to silence at 60 ms.
"""

import numpy as np

from drivers.audio.interpolation import Samples

HISTORY_S = 0.04
FULL_S, SILENT_S = 0.010, 0.060
SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.0025, 0.0150
_TEMPLATE_S = 0.008


def pitch_period(history: Samples, rate_hz: int) -> int:
    """Samples after which the end of `history` looks most like itself."""
    template = int(_TEMPLATE_S * rate_hz)
    shortest, longest = int(SHORTEST_PERIOD_S * rate_hz), int(LONGEST_PERIOD_S * rate_hz)
    if len(history) < template + longest:
        return longest
    recent = history[-template:]
    past = history[-template - longest : len(history) - shortest]
    match = np.correlate(past, recent, "valid")
    energy = np.convolve(past * past, np.ones(template, np.float32), "valid")
    best = int(np.argmax(match / np.sqrt(energy + 1.0)))
    return longest - best


class Concealment:
    """One gap, as long as it lasts. history: what was heard before it, at `rate_hz`."""

    def __init__(self, history: Samples, rate_hz: int) -> None:
        period = pitch_period(history, rate_hz)
        self._cycle = history[-period:] if len(history) >= period else np.zeros(period, np.float32)
        self._rate_hz = rate_hz
        self._done = 0

    def more(self, count: int) -> Samples:
        """The next `count` samples."""
        at = np.arange(self._done, self._done + count)
        self._done += count
        fade = (SILENT_S - at / self._rate_hz) / (SILENT_S - FULL_S)
        result: Samples = self._cycle[at % len(self._cycle)] * np.clip(fade, 0, 1).astype(np.float32)
        return result
