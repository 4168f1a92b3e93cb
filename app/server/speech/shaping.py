"""Makes speech fit for a telephone line: 8000 Hz, one channel, 16 bit, trimmed, one level.

Samples inside are float64, shape (samples,), full scale ±1. Knows no engine and no text.
"""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
LEVEL_DBFS = -18.0  # RMS of the speaking parts; leaves the peaks 12–15 dB
PEAK_DBFS = -1.5
PAUSE_DB = 36.0  # this far under the loudest 10 ms is not speech; f and s come close to it
LEAD_S, TAIL_S = 0.03, 0.06
FADE_S = 0.005

WaveError = wave.Error
Samples = NDArray[np.float64]


def read_wav(path: Path) -> tuple[Samples, int]:
    """One channel of a 16-bit WAV file, and its rate in Hz."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError(f"{path}: {8 * file.getsampwidth()} bits a sample, 16 expected")
        rate_hz, channels = file.getframerate(), file.getnchannels()
        raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return raw.reshape(-1, channels)[:, 0].astype(np.float64) / 32768.0, rate_hz


def write_wav(path: Path, samples: Samples) -> None:
    """Write 8000 Hz, 16 bit, one channel; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(
            (np.clip(samples, -1.0, 32767 / 32768) * 32768.0)
            .round()
            .clip(-32768, 32767)
            .astype("<i2")
            .tobytes()
        )
    part.replace(path)


def shape(samples: Samples, rate_hz: int) -> Samples:
    """Trimmed, at 8000 Hz and at LEVEL_DBFS; silence stays silence."""
    return level(trim(resample(samples, rate_hz)))


def resample(samples: Samples, rate_hz: int, taps: int = 48) -> Samples:
    """To 8000 Hz by a windowed sinc that stops at 3.7 kHz, `taps` output samples long."""
    if rate_hz == RATE_HZ or samples.size == 0:
        return samples
    ratio = rate_hz / RATE_HZ
    half = int(taps * max(ratio, 1.0) / 2)
    cutoff = 2 * 3700.0 / rate_hz if ratio > 1 else 0.92
    padded = np.concatenate([np.zeros(half), samples, np.zeros(half + 1)])
    centres = np.arange(int(samples.size / ratio)) * ratio
    offsets = np.arange(-half + 1, half + 1)
    out = np.empty(centres.size)
    for begin in range(0, centres.size, RATE_HZ):  # a second at a time bounds the memory
        centre = centres[begin : begin + RATE_HZ, None]
        whole = np.floor(centre).astype(np.int64)
        away = whole + offsets - centre
        window = 0.5 + 0.5 * np.cos(np.pi * np.clip(away / half, -1, 1))
        kernel = cutoff * np.sinc(cutoff * away) * window
        out[begin : begin + RATE_HZ] = (padded[whole + offsets + half] * kernel).sum(axis=1)
    return out


def loudness(samples: Samples) -> NDArray[np.float64]:
    """RMS of each whole 10 ms."""
    step = RATE_HZ // 100
    blocks = samples[: samples.size // step * step].reshape(-1, step)
    level: Samples = np.sqrt((blocks**2).mean(axis=1))
    return level


def trim(samples: Samples) -> Samples:
    """Without silence at both ends, and with fades short enough to be a click's cure only."""
    blocks = loudness(samples)
    if blocks.size == 0 or blocks.max() == 0:
        return samples
    spoken = np.flatnonzero(blocks > blocks.max() * 10 ** (-PAUSE_DB / 20))
    step = RATE_HZ // 100
    begin = max(0, int(spoken[0] * step - LEAD_S * RATE_HZ))
    cut = samples[begin : int((spoken[-1] + 1) * step + TAIL_S * RATE_HZ)].copy()
    fade = min(int(FADE_S * RATE_HZ), cut.size // 2)
    ramp = np.linspace(0.0, 1.0, fade)
    cut[:fade] *= ramp
    cut[cut.size - fade :] *= ramp[::-1]
    return cut


def speech_level_dbfs(samples: Samples) -> float:
    """RMS over the blocks that are speech, dBFS; -inf for silence."""
    blocks = loudness(samples)
    if blocks.size == 0 or blocks.max() == 0:
        return float("-inf")
    spoken = blocks[blocks > blocks.max() * 10 ** (-PAUSE_DB / 20)]
    return float(20 * np.log10(np.sqrt((spoken**2).mean())))


def level(samples: Samples) -> Samples:
    """At LEVEL_DBFS; peaks above PEAK_DBFS are bent down, never cut off."""
    now = speech_level_dbfs(samples)
    if not np.isfinite(now):
        return samples
    louder = samples * 10 ** ((LEVEL_DBFS - now) / 20)
    peak, knee = 10 ** (PEAK_DBFS / 20), 10 ** ((PEAK_DBFS - 6) / 20)
    over = np.abs(louder) > knee
    bent = knee + (peak - knee) * np.tanh((np.abs(louder) - knee) / (peak - knee))
    shaped: Samples = np.where(over, np.sign(louder) * bent, louder)
    return shaped
