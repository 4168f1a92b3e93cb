"""Other rates to and from 8000 Hz, for files and sound cards.

Knows a windowed-sinc polyphase filter; knows no devices. Whole sounds with `resample`,
endless streams frame by frame with `Resampler` (no seam between frames).
"""

import math
import wave
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 8000
_ZEROS: Final = 16  # zero crossings either side: the band is flat to 0.85 of the lower Nyquist

Samples = NDArray[np.int16]
Floats = NDArray[np.float64]


def _filter(up: int, down: int) -> Floats:
    """Low-pass at the lower of both Nyquist frequencies, at the rate up * from."""
    ratio = max(up, down)
    half = _ZEROS * ratio
    time = np.arange(-half, half + 1) / ratio
    taps = np.sinc(time * 0.92) * np.kaiser(2 * half + 1, 8.0)
    scaled: Floats = taps * (up / taps.sum())
    return scaled


class Resampler:
    """A stream of mono samples from one rate to another."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        divisor = math.gcd(from_hz, to_hz)
        self._up, self._down = to_hz // divisor, from_hz // divisor
        taps = _filter(self._up, self._down)
        self._length = -(-len(taps) // self._up)
        # Phase p holds taps p, p + up, p + 2 up …, newest sample first.
        padded = np.zeros(self._length * self._up)
        padded[: len(taps)] = taps
        self._phases = padded.reshape(self._length, self._up).T[:, ::-1].copy()
        self._past = np.zeros(self._length - 1)
        self._next = 0  # position of the next output, in steps of 1/up input samples

    @property
    def delay_samples(self) -> int:
        """Input samples between a sound's arrival and its coming out."""
        return self._length // 2

    def feed(self, samples: NDArray[np.int16] | Floats) -> Floats:
        """Everything that can be said after these samples; any number in, any number out."""
        line = np.concatenate([self._past, samples])
        end = len(samples) * self._up
        at = np.arange(self._next, end, self._down)
        self._next = (self._next + len(at) * self._down) - end
        self._past = line[len(line) - self._length + 1 :]
        if not len(at):
            return np.zeros(0)
        windows = np.lib.stride_tricks.sliding_window_view(line, self._length)[at // self._up]
        out: Floats = np.einsum("ij,ij->i", windows, self._phases[at % self._up])
        return out


def resample(samples: Samples, from_hz: int, to_hz: int = RATE_HZ) -> Samples:
    """A whole mono sound at another rate, in time with the original (no delay)."""
    if from_hz == to_hz or not len(samples):
        return samples
    stream = Resampler(from_hz, to_hz)
    tail = np.zeros(stream.delay_samples + 1)
    out = stream.feed(np.concatenate([samples, tail]))
    skip = round(stream.delay_samples * to_hz / from_hz)
    length = round(len(samples) * to_hz / from_hz)
    return np.clip(np.rint(out[skip : skip + length]), -32768, 32767).astype(np.int16)


def read_wav(path: Path) -> Samples:
    """A PCM WAV of 8, 16, 24 or 32 bits, any rate and channels, as mono int16 at 8000 Hz.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no PCM WAV.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: {error}") from error
    raw = raw[: len(raw) - len(raw) % (width * channels)]
    octets = np.frombuffer(raw, np.uint8).reshape(-1, width)
    if width == 1:
        samples = (octets[:, 0].astype(np.int16) - 128) << 8
    else:
        samples = octets[:, -2:].copy().view("<i2")[:, 0].astype(np.int16)
    mono = samples.reshape(-1, channels).mean(axis=1).astype(np.int16) if channels > 1 else samples
    return resample(mono, rate)


def write_wav(path: Path, samples: NDArray[np.int16], rate_hz: int = RATE_HZ) -> None:
    """(samples,) mono or (samples, channels) int16 as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1] if samples.ndim > 1 else 1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.ascontiguousarray(samples, "<i2").tobytes())
