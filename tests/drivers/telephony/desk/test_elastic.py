"""Sound crosses two clocks without a gap."""

import heapq
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.telephony.desk.elastic import Elastic

FRAME = (5000 * np.sin(np.arange(160) * 2 * np.pi * 500 / 8000)).astype(np.float32)


def run(
    ppm: float, minutes: float, to_hz: int = 16000, jitter_s: float = 0.0, lost: float = 0.0, seed: int = 1
) -> tuple[Elastic, list[np.ndarray], float]:
    """The board sends a tone every 20 ms; the sound card, `ppm` slow, takes 20 ms blocks.

    Returns the buffer, the last minute's sound, and the longest delay after half a minute.
    """
    rng = random.Random(seed)
    elastic = Elastic(8000, to_hz)
    on_the_way: list[tuple[float, int]] = []
    heard, longest_s, sent, now_s = [], 0.0, 0, 0.0
    while now_s < minutes * 60:
        now_s += 0.02 * (1 + ppm * 1e-6)
        while sent * 0.02 <= now_s:
            if rng.random() >= lost:
                heapq.heappush(on_the_way, (sent * 0.02 + jitter_s * rng.random(), sent))
            sent += 1
        while on_the_way and on_the_way[0][0] <= now_s:
            at_s, number = heapq.heappop(on_the_way)
            elastic.put(number * 160, FRAME, at_s)
        sound = elastic.pull(to_hz // 50, now_s)
        if now_s > minutes * 60 - 60:
            heard.append(sound)
        if now_s > 30:
            longest_s = max(longest_s, elastic.delay_s)
    return elastic, heard, longest_s


@pytest.mark.req("A1")
@pytest.mark.parametrize(("ppm", "minutes"), [(100, 30), (-100, 8)])
def test_a_sound_clock_100_ppm_off_makes_no_gap_in_30_minutes(ppm: int, minutes: int):
    elastic, heard, longest_s = run(ppm, minutes)
    assert elastic.longest_gap_samples == 0
    assert elastic.concealed_samples == 0
    assert elastic.cuts == 0
    assert longest_s < 0.03
    assert elastic.bend == pytest.approx(ppm * 1e-6, abs=2e-5)
    loud = np.abs(np.concatenate(heard)).reshape(-1, 160).max(axis=1)
    assert loud.min() > 4000  # no 10 ms of the last minute are weak


def test_a_tone_comes_out_clean_at_48_khz():
    _, heard, _ = run(50, 1.1, to_hz=48000)
    sound = np.concatenate(heard)[48000 : 48000 * 11]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / 48000)
    tone = spectrum[np.abs(hz - 500) < 5].sum()
    assert 10 * np.log10(tone / (spectrum.sum() - tone)) > 50


def test_jitter_of_30_ms_is_taken_in_and_the_delay_stays_small():
    elastic, heard, longest_s = run(0, 2, jitter_s=0.03)
    assert elastic.concealed_samples < 0.06 * 16000
    assert longest_s < 0.06
    assert np.abs(np.concatenate(heard)).reshape(-1, 160).max(axis=1).min() > 4000


def test_two_per_cent_of_loss_is_concealed():
    elastic, heard, _ = run(100, 1.5, lost=0.02)
    assert elastic.longest_gap_samples <= 0.061 * 16000
    weak = np.abs(np.concatenate(heard)).reshape(-1, 160).max(axis=1) < 2000
    assert weak.mean() < 0.005


def test_after_a_second_without_sound_it_does_not_play_the_hole():
    elastic = Elastic(8000, 8000)
    for number in range(300):
        now_s = number * 0.02
        if not 100 <= number < 150:
            elastic.put(number * 160, FRAME, now_s)
        elastic.pull(160, now_s + 0.01)
    assert elastic.delay_s < 0.08


def test_a_burst_after_a_stall_does_not_become_delay_for_ever():
    elastic = Elastic(8000, 8000)
    for number in range(1500):
        now_s = number * 0.02
        if number == 100:
            for late in range(50, 100):
                elastic.put(late * 160, FRAME, now_s)
        if not 50 <= number < 100:
            elastic.put(number * 160, FRAME, now_s)
        elastic.pull(160, now_s + 0.01)
    assert elastic.delay_s < 0.06


def test_another_beginning_of_the_numbers_is_a_new_stream():
    elastic = Elastic(8000, 8000)
    for start in (0, 5_000_000, 100):
        for number in range(20):
            elastic.put(start + number * 160, FRAME, number * 0.02)
            sound = elastic.pull(160, number * 0.02 + 0.01)
        assert np.abs(sound).max() > 4000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-3000, 60000), st.integers(0, 400), st.integers(0, 1200), st.integers(0, 100)),
        max_size=60,
    ),
    st.sampled_from([8000, 16000, 44100, 48000]),
)
def test_whatever_arrives_whenever_every_pull_is_whole(acts, to_hz: int):
    elastic = Elastic(8000, to_hz)
    now_s = 0.0
    for position, length, count, wait_ms in acts:
        now_s += wait_ms / 1000
        elastic.put(position, np.full(length, 1000, np.float32), now_s)
        sound = elastic.pull(count, now_s)
        assert len(sound) == count
        assert np.isfinite(sound).all()
        assert np.abs(sound).max(initial=0) < 4000
        assert elastic.delay_s <= 0.31 + 400 / 8000
