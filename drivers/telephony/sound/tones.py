"""Waves of tones: digits by two frequencies, call-progress tones by frequency and cadence.

Knows frequencies and cadences; knows no channels. int16 samples at 8000 Hz.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .rtp import EVENT_DIGITS

RATE_HZ: Final = 8000
FRAME: Final = 160
ROW_HZ: Final = (697, 770, 852, 941)
COLUMN_HZ: Final = (1209, 1336, 1477, 1633)
KEYPAD: Final = "123A456B789C*0#D"
"""Row by row, as ITU-T Q.23 lays them."""

# -8 dBm0 the lower, -6 dBm0 the upper tone; full scale of a sine is +3.14 dBm0.
_LOW, _HIGH = 32767 * 10 ** (-11.14 / 20), 32767 * 10 ** (-9.14 / 20)
_OMEGA = np.array(
    [
        [
            2 * np.pi * ROW_HZ[KEYPAD.index(d) // 4] / RATE_HZ,
            2 * np.pi * COLUMN_HZ[KEYPAD.index(d) % 4] / RATE_HZ,
        ]
        for d in EVENT_DIGITS
    ]
)
_TIME = np.arange(FRAME)


def digit_frames(codes: NDArray[np.int64], age_ticks: NDArray[np.int64]) -> NDArray[np.float32]:
    """The `age`th 20 ms of each digit's tone; codes as in RFC 4733. (rows,) → (rows, 160)."""
    time = age_ticks[:, None] * FRAME + _TIME
    omega = _OMEGA[codes]
    low, high = np.sin(omega[:, :1] * time), np.sin(omega[:, 1:] * time)
    wave: NDArray[np.float32] = (_LOW * low + _HIGH * high).astype(np.float32)
    return wave


def sine(frequency_hz: float, duration_s: float, level_dbm0: float = -13.0) -> NDArray[np.int16]:
    """A sine without clicks at its ends: 5 ms rise and fall."""
    count = round(duration_s * RATE_HZ)
    wave = (
        32767
        * 10 ** ((level_dbm0 - 3.14) / 20)
        * np.sin(2 * np.pi * frequency_hz * np.arange(count) / RATE_HZ)
    )
    edge = min(40, count // 2)
    ramp = np.arange(edge) / max(edge, 1)
    wave[:edge] *= ramp
    wave[count - edge :] *= ramp[::-1]
    return wave.astype(np.int16)


def silence(duration_s: float) -> NDArray[np.int16]:
    """Nothing, for so long."""
    return np.zeros(round(duration_s * RATE_HZ), np.int16)
