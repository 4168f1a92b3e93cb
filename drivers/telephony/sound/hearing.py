"""What a telephone in software makes of what it hears: is this the tone I know?

Knows samples; knows no calls. int16, 8000 Hz.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 8000
QUIETEST = 200.0  # root mean square below which nothing is heard


def tone_now(heard: NDArray[Any], hz: float) -> float:
    """The tone's part of the energy, 0 … 1; 0 for silence or less than a quarter of a second.

    Cheap: it is asked many times a second, beside telephones that must not be late.
    """
    signal = heard.astype(float)
    energy = float((signal**2).sum())
    if len(signal) < RATE_HZ // 4 or energy < len(signal) * QUIETEST**2:
        return 0.0
    turning = np.exp(-2j * np.pi * hz * np.arange(len(signal)) / RATE_HZ)
    return float(2 * abs((signal * turning).sum()) ** 2 / len(signal) / energy)


def tone(hz: float, seconds: float, level: int = 6000) -> NDArray[np.int16]:
    """A sine of this peak; loops without a click when it fits a whole number of times."""
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.int16)
