"""A hole is filled with the voice that was there, and only for 60 ms."""

import numpy as np
import pytest

from drivers.telephony.sound.concealment import Concealment, pitch_lags

RATE = 8000


def voice(samples: int, hz: float = 125.0) -> np.ndarray:
    time = np.arange(samples) / RATE
    return (2000 * sum(np.sin(2 * np.pi * hz * k * time) / k for k in range(1, 8))).astype(np.int16)


def run(sound: np.ndarray, lost: set[int], channels: int = 1) -> np.ndarray:
    concealment = Concealment(channels)
    out = []
    for k in range(len(sound) // 160):
        frame = np.repeat(sound[None, k * 160 : k * 160 + 160], channels, axis=0)
        have = np.array([[2 * k not in lost, 2 * k + 1 not in lost]] * channels)
        frame[~np.repeat(have, 80, axis=1)] = 12345  # left-overs that must never be heard
        concealment.fill(frame, have, np.zeros(channels, np.bool_))
        out.append(frame[-1].copy())
    return np.concatenate(out)


@pytest.mark.parametrize("hz", [60.0, 100.0, 125.0, 160.0, 190.0])
def test_the_pitch_is_found(hz):
    (lag,) = pitch_lags(voice(320, hz)[None].astype(np.float32))
    periods = lag * hz / RATE
    assert abs(periods - round(periods)) < 0.05


@pytest.mark.parametrize("lost", [{20}, {21}, {20, 21}, {20, 24, 25}])
def test_a_short_hole_in_a_steady_voice_is_hardly_different(lost):
    said = voice(160 * 20)
    heard = run(said, lost)
    error = (heard.astype(float) - said).std()
    assert error < 0.1 * said.std()


def test_without_loss_nothing_changes():
    said = voice(160 * 20)
    assert np.array_equal(run(said, set())[160:], said[160:])


def test_a_long_hole_fades_to_silence_and_comes_back_without_a_click():
    said = voice(160 * 40)
    heard = run(said, set(range(20, 40)))
    hole = heard[20 * 80 : 40 * 80].astype(float)
    loudness = [hole[i : i + 80].std() for i in range(0, 1600, 80)]
    assert loudness[0] > 0.9 * said.std()
    assert loudness[3] < loudness[1]
    assert max(loudness[6:]) == 0.0
    steepest = np.abs(np.diff(said.astype(float))).max()
    assert np.abs(np.diff(heard.astype(float)))[160:].max() < 2.5 * steepest


def test_a_hundred_channels_losing_at_once_all_hear_something():
    said = voice(160 * 20)
    heard = run(said, {20, 21}, channels=100)
    assert heard[1600:1760].std() > 0.3 * said.std()
