"""WAV files as samples at the rate one wants."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drivers.audio.interpolation import convert, to_int16


def read_wav(path: Path, rate_hz: int = 8000) -> npt.NDArray[np.int16]:
    """Read a 16-bit PCM WAV, mix it to mono and bring it to `rate_hz`.

    Raises OSError when it cannot be read, ValueError when it is not 16-bit PCM.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, from_hz = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: not a PCM WAV file ({error})") from error
    if width != 2:
        raise ValueError(f"{path}: {8 * width} bits a sample, 16 wanted")
    frames = np.frombuffer(raw[: len(raw) // (2 * channels) * 2 * channels], "<i2").reshape(-1, channels)
    mono = frames.astype(np.float32).mean(axis=1).astype(np.float32)
    return to_int16(convert(mono, from_hz, rate_hz))


def write_wav(path: Path, samples: npt.NDArray[np.int16], rate_hz: int = 8000) -> None:
    """Write 16-bit mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
