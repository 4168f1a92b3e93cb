"""A desk leg opens to the holder of its token only."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.telephony.sound.desk_token import is_latch, latch_counter, latch_packet, srtp_keys

TOKEN = bytes.fromhex("00112233445566778899aabbccddeeff")


@pytest.mark.req("A2")
def test_the_right_token_opens_and_tells_the_counter():
    assert latch_counter(latch_packet(TOKEN, 1_795_000_000_000_000), TOKEN) == 1_795_000_000_000_000


def test_another_token_does_not_open():
    assert latch_counter(latch_packet(os.urandom(16), 7), TOKEN) is None


def test_an_empty_token_opens_nothing():
    assert latch_counter(latch_packet(b"", 7), b"") is None


@given(st.integers(0, 27), st.integers(1, 255))
def test_no_byte_of_the_packet_may_differ(at: int, flip: int):
    packet = bytearray(latch_packet(TOKEN, 7))
    packet[at] ^= flip
    assert latch_counter(bytes(packet), TOKEN) is None


@given(st.binary(max_size=64))
def test_anything_may_arrive(packet: bytes):
    assert latch_counter(packet, TOKEN) is None


def test_rtp_is_never_taken_for_a_latch():
    assert not is_latch(bytes([0x80, 8]) + bytes(26))


def test_the_token_does_not_travel_and_the_two_directions_have_their_own_keys():
    assert TOKEN not in latch_packet(TOKEN, 7)
    up, down = srtp_keys(TOKEN)
    assert len(up) == len(down) == 30
    assert up != down
