"""Keys in sound and in events: each exactly once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.telephony.exchange.dtmf import DigitSender, EventDigits, EventPackets, InbandDigits
from drivers.telephony.sound.rtp import EVENT_DIGITS, event_payload
from drivers.telephony.sound.tones import COLUMN_HZ, KEYPAD, RATE_HZ, ROW_HZ

LINES = 48


def keyed(on_ms: int, off_ms: int, snr_db: float, deviation: float, twist_db: float):
    """(keys of each line, sound of all lines): 12 keys each, at any phase of the frame."""
    rng = np.random.default_rng(7)
    keys = rng.integers(0, 16, (LINES, 12))
    sound = np.zeros((LINES, 12 * (on_ms + off_ms) * 8 + 1600))
    for line in range(LINES):
        for k, key in enumerate(keys[line]):
            time = np.arange(on_ms * 8) / RATE_HZ
            at = rng.integers(0, 8) + line * 3 % 160 + k * (on_ms + off_ms) * 8 + 320
            low = ROW_HZ[key // 4] * (1 + rng.choice([-deviation, deviation]))
            high = COLUMN_HZ[key % 4] * (1 + rng.choice([-deviation, deviation]))
            wave = np.sin(2 * np.pi * low * time) + 10 ** (-twist_db / 20) * np.sin(2 * np.pi * high * time)
            sound[line, at : at + len(time)] = 4000 * wave
    sound += rng.normal(0, 4000 * 10 ** (-snr_db / 20), sound.shape)
    return [[KEYPAD[k] for k in line] for line in keys], sound.astype(np.float32)


def found(sound: np.ndarray) -> list[list[str]]:
    lines = np.arange(len(sound))
    detector = InbandDigits(len(sound))
    digits: list[list[str]] = [[] for _ in lines]
    for k in range(sound.shape[1] // 160):
        began, codes, _ = detector.tick(sound[:, k * 160 : k * 160 + 160], lines)
        for line, code in zip(began, codes, strict=True):
            digits[line].append(EVENT_DIGITS[code])
    return digits


@pytest.mark.parametrize(
    ("on_ms", "off_ms", "snr_db", "deviation", "twist_db"),
    [
        (60, 60, 40, 0, 0),
        (50, 50, 30, 0, 0),
        (40, 40, 30, 0, 0),
        (60, 60, 15, 0, 0),
        (60, 60, 40, 0.015, 0),
        (60, 60, 40, 0, 6),
        (60, 60, 40, 0, -6),
        (100, 100, 20, 0.015, 3),
        (400, 80, 20, 0, 0),
    ],
)
def test_every_key_is_found_once(on_ms, off_ms, snr_db, deviation, twist_db):
    keys, sound = keyed(on_ms, off_ms, snr_db, deviation, twist_db)
    assert found(sound) == keys


def test_a_tone_far_off_its_frequency_is_no_key():
    _, sound = keyed(60, 60, 40, 0.05, 0)
    assert sum(map(len, found(sound))) == 0


def test_voices_are_not_taken_for_keys():
    rng = np.random.default_rng(3)
    lines = np.arange(40)
    detector = InbandDigits(len(lines))
    pitch = rng.uniform(80, 300, len(lines))
    false = 0
    for k in range(600):  # 8 channel-minutes; 8 hours were tried
        if k % 150 == 0:
            pitch = rng.uniform(80, 300, len(lines))
        time = (k * 160 + np.arange(160)) / RATE_HZ
        moving = pitch * (1 + 0.05 * np.sin(k / 7))
        voice = sum(np.sin(2 * np.pi * np.outer(moving * n, time)) / n for n in range(1, 12))
        loud = 3000 * (0.5 + 0.5 * np.sin(k / 5 + lines))
        began, _, _ = detector.tick((voice * loud[:, None]).astype(np.float32), lines)
        false += len(began)
    assert false == 0


def event(code: int, timestamp: int, duration: int, end: bool = False, ssrc: int = 1) -> EventPackets:
    payload = np.frombuffer(event_payload(code, end=end, duration_samples=duration), np.uint8)
    return EventPackets(np.array([0]), np.array([timestamp]), np.array([ssrc]), payload[None])


class Keys:
    def __init__(self) -> None:
        self.events = EventDigits(1)
        self.heard = ""

    def put(self, packet: EventPackets) -> None:
        _, codes = self.events.put(packet)
        self.heard += "".join(EVENT_DIGITS[c] for c in codes)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_loss_duplication_and_small_reordering_reports_each_key_once(data):
    keys = Keys()
    pressed = data.draw(st.text("0123456789*#ABCD", min_size=1, max_size=8))
    timestamp = data.draw(st.integers(0, 0xFFFFFFFF))
    for digit in pressed:
        code = EVENT_DIGITS.index(digit)
        packets = [event(code, timestamp, 160 * n) for n in range(1, 6)]
        packets += [event(code, timestamp, 800, end=True)] * 3
        kept = data.draw(st.lists(st.sampled_from(range(8)), min_size=1, max_size=12))
        for index in kept:
            keys.put(packets[index])
        for _ in range(4):
            keys.events.tick()
        timestamp = timestamp + 1600 & 0xFFFFFFFF
    assert keys.heard == pressed


def test_stragglers_of_an_earlier_key_are_ignored():
    keys = Keys()
    for packet in (
        event(1, 1000, 160),
        event(2, 3000, 160),
        event(1, 1000, 800, end=True),
        event(2, 3000, 320),
    ):
        keys.put(packet)
    assert keys.heard == "12"


def test_a_sender_that_moves_the_timestamp_during_a_key_presses_it_once():
    keys = Keys()
    for n in range(1, 9):
        keys.put(event(5, 1000 + 160 * n, 160 * n))
    keys.put(event(5, 1000 + 160 * 9, 160 * 9, end=True))
    keys.put(event(5, 9000, 160))
    assert keys.heard == "55"


def test_a_key_held_for_ten_seconds_is_one_key():
    keys = Keys()
    for n in range(1, 500):
        duration = 160 * n
        keys.put(
            event(
                5,
                1000 + (65535 if duration > 65535 else 0),
                duration % 65536 if duration > 65535 else duration,
            )
        )
    assert keys.heard == "5"


def test_a_key_whose_end_packets_are_lost_is_up_after_a_tenth_of_a_second():
    keys = Keys()
    keys.put(event(7, 1000, 160))
    assert keys.events.held[0] == 7
    for _ in range(6):
        keys.events.tick()
    assert keys.events.held[0] == -1


def test_sent_digits_have_growing_durations_three_ends_and_a_pause():
    sender = DigitSender()
    sender.press(3, [1, 2])
    held = np.full(8, -1)
    frames = [sender.tick(held) for _ in range(30)]
    first = [f[0] for f in frames[:7]]
    assert [f.duration_samples for f in first] == [160, 320, 480, 640, 800, 800, 800]
    assert [f.end for f in first] == [False] * 4 + [True] * 3
    assert frames[7] == frames[8] == frames[9] == []
    assert [f[0].code for f in frames if f] == [1] * 7 + [2] * 7


def test_a_relayed_key_lasts_as_long_as_it_is_held():
    sender = DigitSender()
    sender.press(3, [9], held_by=0)
    held = np.full(8, -1)
    held[0] = 9
    for _ in range(20):
        assert not sender.tick(held)[0].end
    held[0] = -1
    assert sender.tick(held)[0].end
