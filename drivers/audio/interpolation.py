"""The value of a sampled signal between its samples.

One windowed-sinc kernel serves every change of rate here: WAV files, the headset's
rate to 8000 Hz and back, and the few parts per million between two clocks. Knows no
buffers and no time.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
PHASES = 256


class Kernel:
    """A band-limited interpolator for one ratio of rates.

    from_hz, to_hz: the nominal rates. Everything above 0.45 of the lower one is
        filtered out, so going down does not alias and going up makes no images.
    reach: samples needed on each side of a position.
    """

    def __init__(self, from_hz: int, to_hz: int, zero_crossings: int = 8) -> None:
        cutoff = 0.9 * min(1.0, to_hz / from_hz)
        self.reach = int(np.ceil(zero_crossings / min(1.0, to_hz / from_hz)))
        offsets = np.arange(1 - self.reach, self.reach + 1)
        phases = np.arange(PHASES + 1) / PHASES
        x = offsets[None, :] - phases[:, None]
        window = np.i0(8.0 * np.sqrt(np.clip(1 - (x / self.reach) ** 2, 0, None))) / np.i0(8.0)
        table = cutoff * np.sinc(cutoff * x) * window
        table /= table.sum(axis=1, keepdims=True)  # silence stays silent, DC stays DC
        self._table: Samples = table.astype(np.float32)
        self._offsets = offsets

    def at(self, samples: Samples, positions: npt.NDArray[np.float64]) -> Samples:
        """Interpolate. Each position p needs samples[floor(p) + 1 - reach … floor(p) + reach]."""
        base = np.floor(positions).astype(np.int64)
        phase = np.rint((positions - base) * PHASES).astype(np.int64)
        taps = samples[base[:, None] + self._offsets]
        result: Samples = np.einsum("ij,ij->i", taps, self._table[phase])
        return result


def convert(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """A whole recording at another rate."""
    if from_hz == to_hz or len(samples) == 0:
        return samples
    kernel = Kernel(from_hz, to_hz)
    padded = np.pad(samples, kernel.reach)
    count = int(len(samples) * to_hz / from_hz)
    positions = np.arange(count, dtype=np.float64) * (from_hz / to_hz) + kernel.reach
    parts = [kernel.at(padded, positions[i : i + 8192]) for i in range(0, len(positions), 8192)]
    return np.concatenate(parts)


def to_int16(samples: Samples) -> npt.NDArray[np.int16]:
    """Round and limit."""
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
