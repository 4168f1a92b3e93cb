"""What is shipped can be played on a telephone line, and music does not jump where it loops."""

import math
from pathlib import Path

import numpy as np
import pytest

from app.server.speech import music, shaping

PROMPTS = Path(__file__).parents[3] / "resources" / "prompts"
FILES = sorted(PROMPTS.rglob("*.wav"))


@pytest.mark.req("I16", "I17", "T2")
@pytest.mark.parametrize("folder", ["zh_CN", "en", "sounds"])
def test_every_sound_is_8_khz_at_one_level_and_not_clipped(folder: str):
    files = [file for file in FILES if file.relative_to(PROMPTS).parts[0] == folder]
    assert files
    for file in files:
        samples, rate_hz = shaping.read_wav(file)
        level_dbfs = shaping.speech_level_dbfs(samples)
        assert rate_hz == 8000, file
        assert np.abs(samples).max() < 0.9, file
        assert 0.15 < samples.size / rate_hz < 60, file
        if folder != "sounds":
            assert -19.5 < level_dbfs < -17.5, file
            assert samples.size / rate_hz < 16, file


def test_the_shipped_sounds_stay_small():
    assert sum(file.stat().st_size for file in FILES) < 15_000_000


@pytest.mark.parametrize("name", ["music-spruce", "music-river"])
def test_music_loops_without_a_click_or_a_hole(name: str):
    samples, _ = shaping.read_wav(PROMPTS / f"sounds/{name}.wav")
    seam = abs(samples[0] - samples[-1])
    assert seam <= np.abs(np.diff(samples)).max()
    half_seconds = np.sqrt((samples[: samples.size // 4000 * 4000].reshape(-1, 4000) ** 2).mean(axis=1))
    assert half_seconds.min() > half_seconds.max() * 0.08
    assert -24 < 20 * math.log10(np.sqrt((samples**2).mean())) < -20


def test_the_two_pieces_are_two_pieces():
    assert music.spruce().size != music.river().size


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 24000, 44100])
def test_resampling_keeps_a_tone_and_removes_what_a_line_cannot_carry(rate_hz: int):
    time_s = np.arange(rate_hz) / rate_hz
    tone = shaping.resample(0.5 * np.sin(2 * np.pi * 1000 * time_s), rate_hz)
    assert abs(tone.size - 8000) <= 1
    middle = tone[400:-400]
    assert math.isclose(np.sqrt((middle**2).mean()), 0.5 / math.sqrt(2), rel_tol=0.02)
    if rate_hz >= 16000:
        high = shaping.resample(0.5 * np.sin(2 * np.pi * 6000 * time_s), rate_hz)
        assert np.abs(high[400:-400]).max() < 0.005


def test_shaping_trims_silence_and_sets_the_level():
    time_s = np.arange(8000) / 8000
    quiet = 0.01 * np.sin(2 * np.pi * 440 * time_s)
    shaped = shaping.shape(np.concatenate([np.zeros(8000), quiet, np.zeros(8000)]), 8000)
    assert 1.0 <= shaped.size / 8000 < 1.2
    assert abs(shaping.speech_level_dbfs(shaped) + 18) < 0.2


def test_silence_stays_silence():
    assert not shaping.shape(np.zeros(800), 8000).any()
