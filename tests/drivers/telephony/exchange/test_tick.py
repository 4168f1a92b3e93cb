"""The tick as a whole: packets in, packets out."""

import numpy as np
import pytest

from drivers.telephony.exchange import control as c
from drivers.telephony.sound import g711
from drivers.telephony.sound.rtp import desk_answer, desk_hello, parse
from drivers.telephony.sound.tones import digit_frames
from tests.fakes.exchange_lines import IP, Lines, level, packets, tone


@pytest.mark.req("T17")
def test_two_joined_legs_hear_each_other_unchanged():
    lines = Lines(2)
    lines.join(0, 1)
    lines.speak({0: tone(440, 60), 1: tone(1000, 60)})
    assert level(lines.sound(1, 40), 440) == pytest.approx(8000, rel=0.03)
    assert level(lines.sound(1, 40), 1000) < 20
    assert level(lines.sound(0, 40), 1000) == pytest.approx(8000, rel=0.03)


def test_a_bridge_of_one_codec_is_transparent_to_the_bit():
    lines = Lines(2)
    lines.join(0, 1)
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 256, (40, 160)).astype(np.uint8)
    for frame in codes:
        lines.from_leg(0, frame.tobytes())
        lines.tick()
    heard = np.concatenate(lines.heard[1])
    said = g711.decode(codes, g711.PCMA).reshape(-1)
    # the very first 20 ms fade in
    assert said[160 : 160 * 30].tobytes() in heard.tobytes()


def test_alaw_and_ulaw_understand_each_other():
    lines = Lines(2)
    lines.remote(1, payload=g711.PCMU)
    lines.join(0, 1)
    lines.speak({0: tone(440, 40)})
    assert level(lines.sound(1, 20), 440) == pytest.approx(8000, rel=0.03)


def test_whoever_is_connected_gets_a_packet_every_tick_although_nobody_speaks():
    lines = Lines(2)
    for _ in range(100):
        lines.tick()
    assert [len(h) for h in lines.heard[:2]] == [100, 100]
    assert not lines.sound(0, 100).any() or np.abs(lines.sound(0, 100)).max() <= 8


def test_headers_count_on_and_the_first_packet_is_marked():
    lines = Lines(1)
    sent = []
    for _ in range(5):
        lines.tick()
        sent.append(parse(lines.outgoing.rows[0, : lines.outgoing.length[0]].tobytes()))
    assert [p.marker for p in sent] == [True, False, False, False, False]
    assert [(p.seq - sent[0].seq) & 0xFFFF for p in sent] == [0, 1, 2, 3, 4]
    assert [(p.timestamp - sent[0].timestamp) & 0xFFFFFFFF for p in sent] == [0, 160, 320, 480, 640]
    assert len({p.ssrc for p in sent}) == 1


def test_skipped_ticks_move_the_clock_not_the_sequence():
    lines = Lines(1)
    lines.tick()
    before = parse(lines.outgoing.rows[0].tobytes())
    after = parse(lines.exchange.tick(packets([]), skipped=3).rows[0].tobytes())
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 640
    assert (after.seq - before.seq) & 0xFFFF == 1


@pytest.mark.req("T21")
@pytest.mark.parametrize("asleep", [3, 10, 20, 25])
def test_a_key_in_the_sound_is_found_although_the_machine_slept_over_it(asleep):
    lines = Lines(1)
    lines.speak({0: tone(440, 10, 0)})
    waiting = []
    for tick in range(asleep + 1):
        age = tick - asleep // 2 + 2
        pressed = digit_frames(np.array([5]), np.array([age]))[0] if 0 <= age < 5 else np.zeros(160)
        lines.from_leg(0, g711.encode(pressed.astype(np.int16), g711.PCMA).tobytes())
        lines.timestamp[0] += 160
        waiting.append(lines.exchange.ticks * 0.02 + tick * 0.02)
    slept = packets(lines.extra)
    slept.at_s[:] = waiting
    lines.extra = []
    ticks = lines.exchange.ticks
    lines.exchange.tick(slept, skipped=asleep)
    assert lines.exchange.ticks == ticks + asleep + 1
    lines.speak({0: tone(440, 10, 0)})
    assert lines.digits() == [(0, "5", "inband")]


def test_a_listener_hears_both_and_is_heard_by_none_a_whisperer_by_one():
    lines = Lines(4)
    lines.join(0, 1)
    lines.join(2, talk=False)
    lines.join(3, whisper_to=1)
    lines.speak({0: tone(440, 60), 1: tone(1000, 60), 2: tone(1500, 60), 3: tone(2000, 60)})
    customer, agent, listener, whisperer = (lines.sound(i, 40) for i in range(4))
    assert level(customer, 1000) > 7000 and level(customer, 1500) < 30 and level(customer, 2000) < 30
    assert level(agent, 440) > 7000 and level(agent, 2000) > 7000 and level(agent, 1500) < 30
    assert level(listener, 440) > 7000 and level(listener, 1000) > 7000 and level(listener, 2000) < 30
    assert level(whisperer, 440) > 7000 and level(whisperer, 1000) > 7000


def test_ten_in_a_conference_hear_all_but_themselves():
    lines = Lines(10)
    lines.join(*range(10))
    lines.speak({i: tone(300 + 200 * i, 60, 1500) for i in range(10)})
    heard = lines.sound(4, 40)
    for i in range(10):
        assert level(heard, 300 + 200 * i) == pytest.approx(0 if i == 4 else 1500, abs=60)


def test_a_shouting_conference_is_limited_without_wrapping():
    lines = Lines(6)
    lines.join(*range(6))
    lines.speak({i: tone(400, 60, 20000) for i in range(6)})
    heard = lines.sound(0, 20)
    assert 25000 < np.abs(heard).max() <= 32767
    assert level(heard, 400) > 25000


def test_echo_hears_itself():
    lines = Lines(1)
    lines.join(0, room=7, echo=True)
    lines.speak({0: tone(440, 60)})
    assert level(lines.sound(0, 40), 440) == pytest.approx(8000, rel=0.03)


def test_levels_are_heard():
    lines = Lines(2)
    lines.join(0, 1)
    lines.obey(c.SetGain(ch=0, gen=1, gain_db=-6.02))
    lines.speak({0: tone(440, 60)})
    assert level(lines.sound(1, 40), 440) == pytest.approx(4000, rel=0.03)


def test_hold_sends_nothing_or_hears_nothing_as_the_sdp_says():
    lines = Lines(2)
    lines.join(0, 1)
    lines.remote(0, send=False)
    lines.speak({1: tone(440, 10)})
    assert not lines.heard[0] and len(lines.heard[1]) == 10
    lines.remote(0, receive=False)
    lines.speak({0: tone(440, 30)})
    assert level(lines.sound(1, 20), 440) < 20


# ------------------------------------------------------------------- digits


def press(lines: Lines, ch: int, code: int, ticks: int = 5) -> None:
    start = lines.timestamp[ch]
    for n in range(1, ticks + 1):
        lines.event_from(ch, code, 160 * n, end=n == ticks)
        lines.extra[-1] = (*lines.extra[-1][:3], _stamped(lines.extra[-1][3], start))
        lines.tick()
    for _ in range(2):
        lines.event_from(ch, code, 160 * ticks, end=True)
        lines.extra[-1] = (*lines.extra[-1][:3], _stamped(lines.extra[-1][3], start))
        lines.tick()


def _stamped(datagram: bytes, timestamp: int) -> bytes:
    return datagram[:4] + timestamp.to_bytes(4, "big") + datagram[8:]


@pytest.mark.req("T21")
def test_an_event_is_one_digit_and_goes_on_as_one_event():
    lines = Lines(2, event=101)
    lines.join(0, 1)
    lines.speak({0: tone(440, 10), 1: tone(500, 10)})
    press(lines, 0, 5)
    for _ in range(15):
        lines.tick()
    assert lines.digits() == [(0, "5", "rfc4733")]
    relayed = lines.events[1]
    assert len({p.timestamp for p in relayed}) == 1
    assert {p.payload[0] for p in relayed} == {5}
    assert [p.marker for p in relayed] == [True] + [False] * (len(relayed) - 1)
    assert sum(p.payload[1] >> 7 for p in relayed) == 3


@pytest.mark.req("T21")
def test_an_event_is_heard_as_a_tone_where_events_are_not_understood():
    lines = Lines(2, event=101)
    lines.remote(1, event=-1)
    lines.join(0, 1)
    lines.speak({0: tone(440, 10)})
    press(lines, 0, 5)
    sound = np.concatenate(lines.heard[1]).astype(float)
    assert max(level(sound[k : k + 160], 770) for k in range(0, len(sound), 160)) > 5000
    assert not lines.events[1]


@pytest.mark.req("T21")
def test_an_inband_key_is_reported_once_muted_and_relayed_as_an_event():
    lines = Lines(2, event=-1)
    lines.remote(1, event=101)
    lines.join(0, 1)
    key = digit_frames(np.full(10, 8), np.arange(10)).astype(np.int16).reshape(-1)
    said = np.concatenate([tone(300, 20), key, tone(300, 20)])
    lines.speak({0: said})
    assert lines.digits() == [(0, "8", "inband")]
    assert {p.payload[0] for p in lines.events[1]} == {8}
    heard = np.concatenate(lines.heard[1]).astype(float)
    bursts = [k for k in range(0, len(heard) - 80, 80) if level(heard[k : k + 80], 852) > 3000]
    assert len(bursts) <= 2  # at most 20 ms slip through, too short for any detector
    assert level(heard[-160 * 8 :], 300) > 7000


def test_nothing_is_looked_for_in_the_sound_of_a_leg_that_sends_events():
    lines = Lines(1, event=101)
    lines.speak({0: digit_frames(np.full(20, 8), np.arange(20)).astype(np.int16).reshape(-1)})
    assert lines.digits() == []


def test_sent_digits_leave_as_events_with_the_negotiated_type():
    lines = Lines(1, event=97)
    lines.obey(c.SendDtmf(ch=0, gen=1, digits="12#"))
    for _ in range(60):
        lines.tick()
    starts = [p for p in lines.events[0] if p.marker]
    assert [p.payload[0] for p in starts] == [1, 2, 11]
    assert {p.payload_type for p in lines.events[0]} == {97}


# --------------------------------------------------------------- prompts


def test_a_prompt_is_heard_to_its_end_and_reported_once():
    lines = Lines(1)
    lines.exchange.memory = np.concatenate([tone(600, 10), tone(900, 10)])
    lines.obey(c.AddSound(sound=0, start=0, length=1600), c.AddSound(sound=1, start=1600, length=1555))
    lines.obey(c.PlaySounds(ch=0, gen=1, op=4, sounds=[0, 1]))
    for _ in range(30):
        lines.tick()
    assert [r for r in lines.reports if isinstance(r, c.PlayDone)] == [c.PlayDone(ch=0, gen=1, op=4)]
    heard = np.concatenate(lines.heard[0]).astype(float)
    assert level(heard[:1600], 600) == pytest.approx(8000, rel=0.03)
    assert level(heard[1600:3040], 900) == pytest.approx(8000, rel=0.03)
    assert np.abs(heard[3155:]).max() <= 8


def test_a_stopped_or_replaced_prompt_is_not_reported_and_fades():
    lines = Lines(1)
    lines.exchange.memory = tone(600, 50)
    lines.obey(c.AddSound(sound=0, start=0, length=8000), c.PlaySounds(ch=0, gen=1, op=4, sounds=[0]))
    for _ in range(5):
        lines.tick()
    lines.obey(c.StopPlay(ch=0, gen=1, op=99))
    lines.tick()
    assert level(lines.sound(0, 1), 600) > 7000
    lines.obey(c.StopPlay(ch=0, gen=1, op=4))
    for _ in range(60):
        lines.tick()
    assert not [r for r in lines.reports if isinstance(r, c.PlayDone)]
    fading = np.abs(lines.heard[0][6].astype(float))
    assert fading[:40].max() > 4 * fading[-40:].max()
    assert np.abs(lines.heard[0][7]).max() <= 8


@pytest.mark.req("T2")
def test_music_loops_and_is_unheard_by_who_talks_in_a_room():
    lines = Lines(2)
    lines.exchange.memory = tone(600, 4)
    lines.obey(c.AddSound(sound=0, start=0, length=640))
    lines.obey(c.PlaySounds(ch=0, gen=1, op=1, sounds=[0], loop=True))
    for _ in range(50):
        lines.tick()
    assert level(lines.sound(0, 40), 600) == pytest.approx(8000, rel=0.03)
    lines.join(0, 1)
    for _ in range(10):
        lines.tick()
    assert level(lines.sound(0, 5), 600) < 20
    lines.join(0, room=0)
    for _ in range(10):
        lines.tick()
    assert level(lines.sound(0, 5), 600) > 7000


def test_the_ringback_tone_has_the_cadence_of_china():
    lines = Lines(1)
    lines.obey(c.PlayTone(ch=0, gen=1, op=1, tone="ringback"))
    for _ in range(300):
        lines.tick()
    assert level(np.concatenate(lines.heard[0][2:48]).astype(float), 450) > 3000
    assert np.abs(np.concatenate(lines.heard[0][52:248])).max() <= 8
    assert level(np.concatenate(lines.heard[0][252:298]).astype(float), 450) > 3000


# ------------------------------------------------------- senders and lives


def test_a_far_end_behind_a_nat_is_followed_to_its_real_port():
    lines = Lines(1)
    lines.from_leg(0, bytes([0xD5]) * 160)
    lines.extra = [(0, IP, 6123, lines.extra[0][3])]
    lines.tick()
    assert (lines.exchange.addresses.ip[0], lines.exchange.addresses.port[0]) == (IP, 6123)
    assert c.Heard(ch=0, gen=1, heard=True) in lines.reports


def test_an_unknown_source_that_could_be_two_legs_or_a_heard_one_is_dropped():
    lines = Lines(2)
    lines.from_leg(0, bytes(160))
    stray = lines.extra[0][3]
    lines.extra = [(0, IP, 6123, stray), (0, 0x0B000001, 7000, stray)]
    lines.tick()
    assert lines.exchange.addresses.port[:2].tolist() == [5000, 5001]
    lines.speak({0: tone(440, 3), 1: tone(440, 3)})
    lines.extra = [(0, IP, 6123, stray)]
    lines.tick()
    assert lines.exchange.addresses.port[:2].tolist() == [5000, 5001]


def test_a_desk_is_found_by_its_token_answered_and_followed():
    lines = Lines(1)
    token = bytes(range(16))
    lines.obey(c.OpenChannel(ch=3, gen=5, sock=0, kind="desk", token=token))
    lines.obey(c.SetRemote(ch=3, gen=5, host="", port=0))
    lines.extra = [(0, IP, 7000, desk_hello(token[::-1], b"........"))]
    lines.tick()
    assert lines.outgoing.answers == []
    for port in (7000, 7001):
        lines.extra = [(0, IP, port, desk_hello(token, b"abcdefgh"))]
        lines.tick()
        assert lines.outgoing.answers == [(0, IP, port, desk_answer(b"abcdefgh"))]
        assert lines.exchange.addresses.port[3] == port
        assert 3 in lines.outgoing.channels
    assert c.Heard(ch=3, gen=5, heard=True) in lines.reports


def test_three_seconds_of_nothing_are_reported_and_so_is_the_return():
    lines = Lines(1)
    lines.speak({0: tone(440, 5)})
    for _ in range(155):
        lines.tick()
    lines.speak({0: tone(440, 2)})
    assert [r.heard for r in lines.reports if isinstance(r, c.Heard)] == [True, False, True]


def test_an_order_for_an_earlier_life_of_the_channel_changes_nothing():
    lines = Lines(1)
    lines.obey(c.CloseChannel(ch=0, gen=1), c.OpenChannel(ch=0, gen=2, sock=0))
    lines.obey(c.SetRemote(ch=0, gen=1, host="10.0.0.9", port=9), c.CloseChannel(ch=0, gen=1))
    lines.tick()
    assert lines.exchange.open_channels == 1
    assert lines.heard[0] == []
    assert [type(r) for r in lines.reports] == [c.ChannelStats]


def test_closing_reports_what_was_received():
    lines = Lines(1)
    for k in range(50):
        if k % 10 == 5:
            lines.seq[0] += 1
            lines.tick()
        else:
            lines.tick({0: tone(440, 1)})
    lines.obey(c.CloseChannel(ch=0, gen=1))
    lines.tick()
    (stats,) = [r for r in lines.reports if isinstance(r, c.ChannelStats)]
    assert (stats.received, stats.lost) == (45, 5)


@pytest.mark.parametrize("seed", range(3))
def test_ten_thousand_hostile_datagrams_break_nothing(seed):
    lines = Lines(4, event=101)
    lines.join(0, 1, 2)
    rng = np.random.default_rng(seed)
    for _ in range(100):
        for _ in range(30):
            ch = int(rng.integers(0, 4))
            raw = bytearray(rng.integers(0, 256, int(rng.integers(0, 900))).astype(np.uint8).tobytes())
            if raw and rng.random() < 0.8:
                raw[0] = 0x80 | raw[0] & 0x3F
            if len(raw) > 1 and rng.random() < 0.6:
                raw[1] = int(rng.choice([0, 8, 101, 13, 228]))
            source = 5000 + ch if rng.random() < 0.9 else int(rng.integers(1, 65536))
            lines.extra.append((0, IP, source, bytes(raw)))
        lines.tick()
    assert [len(h) + len(e) for h, e in zip(lines.heard[:4], lines.events[:4], strict=True)] == [100] * 4
    lines.speak({0: tone(440, 80)})
    assert level(lines.sound(1, 20), 440) > 7000
