"""Desk legs that talk SRTP, in an exchange without sockets."""

import numpy as np
import pytest

from drivers.telephony.desk.rtp_out import RtpOut
from drivers.telephony.desk.srtp_keys import board_end, desk_end
from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.secured import MOST_A_TICK
from drivers.telephony.sound import g711
from drivers.telephony.sound.rtp import Packet, build, desk_answer, desk_hello, parse
from drivers.telephony.sound.srtp import Srtp
from tests.fakes.exchange_lines import IP, Lines, level, packets, tone

TOKEN = bytes(range(16))
DESK, CALLER = 3, 0
SOCK = 1  # a desk has a socket to itself
pytestmark = pytest.mark.req("A1")


class Headset:
    """The desk's end: says a tone in secret and keeps what it can read."""

    def __init__(self, lines: Lines, token: bytes = TOKEN, *, ssrc: int = 50, seq: int = 9) -> None:
        self._lines, self.port = lines, 7000
        self.srtp: Srtp = desk_end(token)
        self.out = RtpOut(token, "PCMA", ssrc=ssrc, seq=seq, timestamp=seq * 160, nonce=0)
        self.heard: list[np.ndarray] = []
        self.keys: list[Packet] = []
        self.answers = self.unread = 0

    def packet(self, samples: np.ndarray) -> bytes:
        codes = g711.encode(np.ascontiguousarray(samples, np.int16), g711.PCMA)
        return self.srtp.protect(self.out.packet(codes.tobytes()))

    def tick(self, samples: np.ndarray | None = None) -> None:
        """Say 20 ms (or nothing) and listen."""
        now_s = self._lines.exchange.ticks * 0.02
        if samples is not None:
            if hello := self.out.hello(now_s):
                self.send(self.srtp.protect(hello))
            self.send(self.packet(samples))
        self._lines.tick()
        self.listen(now_s)

    def send(self, datagram: bytes) -> None:
        self._lines.extra.append((SOCK, IP, self.port, datagram))

    def listen(self, now_s: float = 0.0) -> None:
        outgoing = self._lines.outgoing
        assert outgoing is not None
        for sock, ip, port, answer in outgoing.answers:
            assert (sock, ip, port) == (SOCK, IP, self.port)
            self.answers += self.out.answered(self.srtp.unprotect(answer), now_s)
        if DESK not in outgoing.channels or self._lines.exchange.addresses.port[DESK] != self.port:
            return
        secret = outgoing.rows[DESK, : outgoing.length[DESK]].tobytes()
        plain = self.srtp.unprotect(secret)
        self.unread += plain is None
        if plain is not None:
            packet = parse(plain)
            if packet.payload_type == g711.PCMA:
                self.heard.append(g711.decode(np.frombuffer(packet.payload, np.uint8), g711.PCMA))
            else:
                self.keys.append(packet)

    def speak(self, samples: np.ndarray, caller: np.ndarray | None = None) -> None:
        for at in range(0, len(samples), 160):
            if caller is not None:
                codes = g711.encode(caller[at : at + 160], g711.PCMA).tobytes()
                self._lines.from_leg(CALLER, codes)
            self.tick(samples[at : at + 160])


def a_desk(channels: int = 16) -> Lines:
    """A caller in the clear on channel 0 and an agent in secret on channel 3, in one room."""
    lines = Lines(1, channels=channels)
    lines.obey(
        c.OpenChannel(ch=DESK, gen=5, sock=SOCK, kind="desk", token=TOKEN, srtp=True),
        c.SetRemote(ch=DESK, gen=5, host="", port=0, event=101),
        c.SetRoom(ch=CALLER, gen=1, room=1),
        c.SetRoom(ch=DESK, gen=5, room=1),
    )
    return lines


def faintest(frames: list[np.ndarray], hz: float) -> float:
    """How loud the tone is in the 20 ms that have least of it."""
    return min(level(frame.astype(float), hz) for frame in frames)


def test_the_caller_hears_the_agent_and_the_agent_the_caller():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 60), tone(440, 60))
    assert level(lines.sound(CALLER, 40), 600) == pytest.approx(8000, rel=0.03)
    assert level(np.concatenate(headset.heard[-40:]).astype(float), 440) == pytest.approx(8000, rel=0.03)
    assert headset.answers == 1 and headset.unread == 0
    assert lines.exchange.secured.refused == 0
    assert c.Heard(ch=DESK, gen=5, heard=True) in lines.reports


def test_what_leaves_is_not_what_a_telephone_would_understand():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 10), tone(440, 10))
    lines.tick()
    row, size = lines.outgoing.rows[DESK], lines.outgoing.length[DESK]
    assert size == 172 + 10
    codes = np.frombuffer(parse(row[:size].tobytes()).payload[:160], np.uint8)
    assert len(set(codes.tolist())) > 60  # noise, where silence would be one value


def test_a_wrong_key_is_silent_and_moves_nothing():
    lines = a_desk()
    stranger = Headset(lines, TOKEN[::-1])
    stranger.speak(tone(600, 30))
    assert np.abs(lines.sound(CALLER, 20)).max() <= 8
    assert lines.exchange.addresses.port[DESK] == 0 and DESK not in lines.outgoing.channels
    assert lines.exchange.secured.refused >= 30
    assert stranger.heard == [] and stranger.answers == 0


def test_the_token_in_the_clear_opens_nothing():
    lines = a_desk()
    lines.extra = [(SOCK, IP, 7000, desk_hello(TOKEN, b"abcdefgh"))]
    lines.tick()
    assert lines.outgoing.answers == [] and lines.exchange.addresses.port[DESK] == 0
    plain = RtpOut(TOKEN, "PCMA", ssrc=1, seq=1, timestamp=1, nonce=0)
    headset = Headset(lines)
    headset.speak(tone(600, 10))
    for k in range(30):  # from the very address of the headset
        lines.extra.append((SOCK, IP, 7000, plain.packet(g711.encode(tone(900, 1), g711.PCMA).tobytes())))
        headset.tick(tone(600, 40)[k * 160 : k * 160 + 160])
    assert level(lines.sound(CALLER, 20), 900) < 20
    assert level(lines.sound(CALLER, 20), 600) > 7000
    assert lines.exchange.secured.refused == 31


def test_a_changed_packet_is_dropped_and_the_rest_is_heard():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 20))
    received = int(lines.exchange.rings.received[DESK])
    secret = bytearray(headset.packet(np.zeros(160)))
    secret[100] ^= 4
    headset.send(bytes(secret))
    lines.tick()
    assert lines.exchange.secured.refused == 1
    assert lines.exchange.rings.received[DESK] == received
    headset.speak(tone(600, 20))
    assert lines.exchange.rings.received[DESK] == received + 20


def test_a_packet_heard_before_is_dropped_from_wherever_it_comes():
    lines = a_desk()
    headset = Headset(lines)
    hello = headset.srtp.protect(desk_hello(TOKEN, b"abcdefgh", 50))
    sound = headset.packet(tone(600, 1))
    headset.send(hello)
    headset.send(sound)
    headset.tick(tone(600, 1))
    received = int(lines.exchange.rings.received[DESK])
    for port in (7000, 6666):
        for again in (hello, sound):
            lines.extra.append((SOCK, IP, port, again))
    lines.tick()
    assert lines.exchange.secured.refused == 4
    assert lines.exchange.rings.received[DESK] == received
    assert lines.exchange.addresses.port[DESK] == 7000
    assert lines.outgoing.answers == []


def test_the_next_signed_packet_of_another_address_is_followed_at_once():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 20), tone(440, 20))
    headset.port = 7001  # the NAT forgot; no hello is due
    heard = len(headset.heard)
    headset.tick(tone(600, 1))
    assert lines.exchange.addresses.port[DESK] == 7001
    assert len(headset.heard) == heard + 1


def test_a_restarted_voice_and_a_restarted_media_are_understood_after_the_numbers_have_turned():
    lines = a_desk()
    headset = Headset(lines, seq=65520)
    lines.exchange._seq[DESK] = 65515
    headset.speak(tone(600, 60), tone(440, 60))
    assert headset.unread == 0 and lines.exchange.secured.refused == 0
    again = Headset(lines, ssrc=4711)
    again.speak(tone(600, 60), tone(440, 60))
    assert again.unread == 0 and lines.exchange.secured.refused == 0
    assert faintest(again.heard[-30:], 440) > 4000  # 10 ms are crossfaded away somewhere
    fresh = a_desk()
    fresh.exchange._ssrc[DESK] = 1234  # the real one is never the same
    headset._lines = fresh
    headset.speak(tone(600, 60), tone(440, 60))
    assert fresh.exchange.secured.refused == 0 and headset.unread == 0
    assert faintest(fresh.heard[CALLER][-30:], 600) > 4000


def test_nobody_hears_the_numbers_turn():
    lines = a_desk()
    headset = Headset(lines, seq=65510)
    lines.exchange._seq[DESK] = 65510
    said = tone(600, 80)
    headset.speak(said, tone(440, 80))
    assert headset.unread == 0
    assert faintest(lines.heard[CALLER][-60:], 600) > 7500
    assert faintest(headset.heard[-60:], 440) > 7500
    assert lines.exchange.rings.lost(DESK) == 0


def test_a_key_of_the_caller_reaches_the_agent_as_an_event():
    lines = a_desk()
    lines.remote(CALLER, event=101)
    headset = Headset(lines)
    headset.speak(tone(600, 10))
    for age in range(6):
        lines.event_from(CALLER, 5, 160 * (age + 1), end=age > 4)
        headset.tick(np.zeros(160))
    for _ in range(10):
        headset.tick(np.zeros(160))
    assert headset.keys and all(p.payload_type == 101 and p.payload[0] == 5 for p in headset.keys)
    assert headset.unread == 0


def test_a_flood_of_forgeries_costs_no_more_than_a_tick_may():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 5))
    tried = []
    leg = lines.exchange.secured._legs[DESK]
    leg.srtp, true = _Counting(leg.srtp, tried), leg.srtp
    for k in range(500):
        lines.extra.append((SOCK, IP, 7000, bytes(182)))
        lines.extra.append((SOCK, IP, 8000 + k, b"\x80\xcc" + bytes(48)))
    lines.tick()
    assert len(tried) <= 2 * MOST_A_TICK
    assert lines.exchange.secured.refused == 1000
    leg.srtp = true
    headset.speak(tone(600, 20))
    assert level(lines.sound(CALLER, 10), 600) > 7000


class _Counting:
    def __init__(self, srtp: Srtp, tried: list[bytes]) -> None:
        self._srtp, self._tried = srtp, tried

    def unprotect(self, datagram: bytes) -> bytes | None:
        self._tried.append(datagram)
        return self._srtp.unprotect(datagram)

    def protect(self, datagram: bytes) -> bytes:
        return self._srtp.protect(datagram)


def test_sound_of_a_sleep_is_opened_in_its_order():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 20))
    for k in range(11):
        headset.send(headset.packet(tone(600, 11)[k * 160 : k * 160 + 160]))
    slept = packets(lines.extra)
    slept.at_s[:] = [lines.exchange.ticks * 0.02 + k * 0.02 for k in range(11)]
    lines.extra = []
    received = int(lines.exchange.rings.received[DESK])
    lines.exchange.tick(slept, skipped=10)
    assert lines.exchange.rings.received[DESK] == received + 11
    assert lines.exchange.secured.refused == 0


def test_a_closed_leg_is_known_no_more_and_its_channel_may_be_a_plain_one():
    lines = a_desk()
    headset = Headset(lines)
    headset.speak(tone(600, 10))
    lines.obey(c.CloseChannel(ch=DESK, gen=5))
    assert not lines.exchange.secured
    headset.tick(tone(600, 1))
    assert DESK not in lines.outgoing.channels
    lines.obey(
        c.OpenChannel(ch=DESK, gen=6, sock=SOCK, kind="desk", token=TOKEN),
        c.SetRemote(ch=DESK, gen=6, host="", port=0),
    )
    lines.extra = [(SOCK, IP, 7000, desk_hello(TOKEN, b"abcdefgh"))]
    lines.tick()
    assert lines.outgoing.answers == [(SOCK, IP, 7000, desk_answer(b"abcdefgh"))]
    assert lines.outgoing.length[DESK] == 172


def test_signed_rtcp_that_is_no_hello_is_neither_answered_nor_heard():
    lines = a_desk()
    headset = Headset(lines)
    headset.send(headset.srtp.protect(b"\x80\xc9\x00\x01\x00\x00\x00\x07" + bytes(4)))
    headset.send(headset.srtp.protect(desk_hello(TOKEN[::-1], b"abcdefgh", 50)))
    lines.tick()
    assert lines.outgoing.answers == []
    assert lines.exchange.rings.received[DESK] == 0
    reader = board_end(TOKEN)
    assert reader.unprotect(headset.srtp.protect(build(Packet(8, False, 1, 1, 50, b"x")))) is not None


def test_a_plain_leg_on_the_same_socket_is_untouched():
    lines = a_desk()
    lines.obey(
        c.OpenChannel(ch=5, gen=7, sock=SOCK),
        c.SetRemote(ch=5, gen=7, host="10.0.0.1", port=6000),
        c.SetRoom(ch=5, gen=7, room=1),
    )
    headset = Headset(lines)
    at = np.arange(20) * 160
    for k in at.tolist():
        codes = g711.encode(tone(900, 20)[k : k + 160], g711.PCMA).tobytes()
        lines.extra.append((SOCK, IP, 6001, build(Packet(8, False, k // 160, k, 9, codes))))  # behind a NAT
        headset.tick(tone(600, 20)[k : k + 160])
    assert lines.exchange.addresses.port[[DESK, 5]].tolist() == [7000, 6001]
    assert lines.outgoing.length[5] == 172 and parse(lines.outgoing.rows[5, :172].tobytes()) is not None
    assert level(lines.sound(CALLER, 10), 900) > 7000 and level(lines.sound(CALLER, 10), 600) > 7000
