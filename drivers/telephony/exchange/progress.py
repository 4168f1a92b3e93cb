"""Call-progress tones of China: 450 Hz in the cadences of GB/T 3380 (YD/T 1071).

One whole cadence each, to be played in a loop.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..sound.tones import RATE_HZ, silence, sine

CHINA_HZ = 450.0


def _cadence(*seconds: float) -> NDArray[np.int16]:
    parts = [sine(CHINA_HZ, s) if i % 2 == 0 else silence(s) for i, s in enumerate(seconds)]
    return np.concatenate(parts)


def progress_tones() -> Mapping[str, tuple[NDArray[np.int16], bool]]:
    """Name → (samples, whether it loops)."""
    # 2 s hold a whole number of 450 Hz periods: the dial tone loops without a seam.
    time = np.arange(2 * RATE_HZ)
    dial = (7336 * np.sin(2 * np.pi * CHINA_HZ * time / RATE_HZ)).astype(np.int16)
    return {
        "ringback": (_cadence(1.0, 4.0), True),
        "busy": (_cadence(0.35, 0.35), True),
        "congestion": (_cadence(0.7, 0.7), True),
        "dial": (dial, True),
        "beep": (sine(1000.0, 0.3), False),
    }
