"""What two ends with one token say to each other in secret."""

import random

import pytest

from drivers.telephony.desk.srtp_keys import board_end, desk_end
from drivers.telephony.sound.rtp import Packet, build, desk_answer, desk_hello, is_rtcp, parse
from drivers.telephony.sound.srtp import TAG_BYTES

TOKEN = bytes(range(16))
pytestmark = pytest.mark.req("A1")


def packet(seq: int, ssrc: int = 77) -> bytes:
    return build(Packet(8, False, seq & 0xFFFF, seq * 160 & 0xFFFFFFFF, ssrc, bytes([seq & 255]) * 160))


def test_each_end_understands_the_other_and_nobody_else_reads_along():
    desk, board = desk_end(TOKEN), board_end(TOKEN)
    for one, other in ((desk, board), (board, desk)):
        secret = one.protect(packet(5))
        assert len(secret) == 172 + TAG_BYTES and bytes([5]) * 8 not in secret
        assert one.unprotect(secret) is None  # each direction has a key of its own
        assert other.unprotect(secret) == packet(5)
    hello = desk_hello(TOKEN, b"abcdefgh", 77)
    secret = desk.protect(hello)
    assert is_rtcp(secret[1]) and TOKEN not in secret
    assert board.unprotect(secret) == hello
    assert desk.unprotect(board.protect(desk_answer(b"abcdefgh", 9))) == desk_answer(b"abcdefgh", 9)


def test_another_token_a_changed_bit_and_a_second_time_are_refused():
    desk, board = desk_end(TOKEN), board_end(TOKEN)
    secret = desk.protect(packet(5))
    assert board_end(TOKEN[::-1]).unprotect(secret) is None
    for at in range(len(secret)):
        assert board.unprotect(secret[:at] + bytes([secret[at] ^ 1]) + secret[at + 1 :]) is None
    assert board.unprotect(secret) == packet(5)
    assert board.unprotect(secret) is None
    hello = desk.protect(desk_hello(TOKEN, b"abcdefgh", 77))
    assert board.unprotect(hello) is not None and board.unprotect(hello) is None


def test_whatever_arrives_of_any_length_is_refused_in_peace():
    board, rng = board_end(TOKEN), random.Random(4)
    for size in [*range(80), 171, 182, 704, 1490, 1500, 1501, 9000]:
        noise = bytearray(rng.randbytes(size))
        for second in (8, 200, 204):
            for first in (0x80, 0x8F, 0x90, 0xBF):
                noise[:2] = bytes([first, second])[:size]
                assert board.unprotect(bytes(noise)) is None


def test_late_and_lost_packets_do_no_harm():
    desk, board = desk_end(TOKEN), board_end(TOKEN)
    sent = [desk.protect(packet(seq)) for seq in range(65400, 65700)]
    lost = set(random.Random(1).sample(range(300), 60))
    order = [k for k in range(300) if k not in lost]
    for k in range(0, len(order) - 1, 2):
        order[k], order[k + 1] = order[k + 1], order[k]
    heard = [parse(board.unprotect(sent[k])) for k in order]
    assert [p.seq for p in heard] == [(65400 + k) & 0xFFFF for k in order]
    assert {p.ssrc for p in heard} == {77}  # over the turn of the numbers too


@pytest.mark.parametrize("turns", [1, 3])
def test_an_end_that_begins_anew_after_the_numbers_have_turned_understands_at_once(turns):
    desk, board = desk_end(TOKEN), board_end(TOKEN)
    for seq in range(65000, 65536 * turns + 40, 499):
        assert board.unprotect(desk.protect(packet(seq))) == packet(seq)
    anew = board_end(TOKEN)  # media was started again
    first = parse(anew.unprotect(desk.protect(packet(65536 * turns + 41))))
    assert (first.seq, first.ssrc) == (41, 77 + turns)
    assert parse(anew.unprotect(desk.protect(packet(65536 * turns + 42)))).ssrc == first.ssrc


def test_another_sender_with_the_right_key_is_heard_under_its_own_name():
    board = board_end(TOKEN)
    assert parse(board.unprotect(desk_end(TOKEN).protect(packet(5, 77)))).ssrc == 77
    assert parse(board.unprotect(desk_end(TOKEN).protect(packet(5, 4000)))).ssrc == 4000
