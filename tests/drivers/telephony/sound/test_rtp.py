"""RTP headers as bytes and as arrays say the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drivers.telephony.sound import rtp

WIDTH = 400


def row_of(datagram: bytes) -> np.ndarray:
    row = np.zeros((1, WIDTH), np.uint8)
    row[0, : len(datagram)] = np.frombuffer(datagram, np.uint8)
    return row


@given(st.binary(max_size=WIDTH))
def test_arrays_and_single_packets_agree_on_any_bytes(datagram):
    rows = row_of(datagram)
    headers = rtp.parse_rows(rows, np.array([len(datagram)]))
    packet = rtp.parse(datagram)
    assert bool(headers.good[0]) == (packet is not None)
    if packet is not None:
        assert headers.payload_type[0] == packet.payload_type
        assert headers.marker[0] == packet.marker
        assert (headers.seq[0], headers.timestamp[0], headers.ssrc[0]) == (
            packet.seq,
            packet.timestamp,
            packet.ssrc,
        )
        size = int(headers.payload_bytes[0])
        assert rows[0, 12 : 12 + size].tobytes() == packet.payload


@given(st.binary(min_size=12, max_size=WIDTH).map(lambda d: bytes([0x80 | d[0] & 0x3F]) + d[1:]))
def test_extensions_padding_and_sources_are_cut_off_alike(datagram):
    test_arrays_and_single_packets_agree_on_any_bytes.hypothesis.inner_test(datagram)


def test_built_packets_are_parsed_again():
    packet = rtp.Packet(101, True, 65535, 0xFFFFFFFF, 1, b"abcd")
    assert rtp.parse(rtp.build(packet)) == packet


def test_counters_differ_the_short_way_round():
    assert rtp.signed_16(np.array([0 - 65535]))[0] == 1
    assert rtp.signed_32(np.array([5 - 0xFFFFFFFF]))[0] == 6
    assert rtp.signed_32(np.array([0xFFFFFFFF - 5]))[0] == -6


def test_a_hello_is_never_taken_for_sound():
    hello = rtp.desk_hello(bytes(range(16)), b"12345678", 7)
    assert rtp.read_desk_hello(hello) == (bytes(range(16)), b"12345678")
    assert rtp.read_desk_answer(rtp.desk_answer(b"12345678")) == b"12345678"
    assert rtp.parse(hello) is None
    assert rtp.read_desk_hello(rtp.desk_answer(b"12345678")) is None
