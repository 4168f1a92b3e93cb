"""RTP (RFC 3550), telephone-event (RFC 4733) and the desk's hello, as bytes and as arrays.

Knows headers; knows no sockets, no jitter, no keys. The array functions work on
(packets, width) uint8 rows, one datagram a row, and never loop over packets.
"""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

HEADER_BYTES: Final = 12
EVENT_BYTES: Final = 4
FRAME_SAMPLES: Final = 160  # 20 ms at 8000 Hz
EVENT_DIGITS: Final = "0123456789*#ABCD"
"""Index = event code (RFC 4733 §3.2)."""

Rows = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet taken apart."""

    payload_type: int
    marker: bool
    seq: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(datagram: bytes) -> Packet | None:
    """None for whatever is not RTP version 2 with a complete header and payload."""
    if len(datagram) < HEADER_BYTES or datagram[0] >> 6 != 2 or is_rtcp(datagram[1]):
        return None
    first, second, seq, timestamp, ssrc = struct.unpack_from("!BBHII", datagram)
    start = HEADER_BYTES + 4 * (first & 15)
    if first & 0x10:
        if len(datagram) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    end = len(datagram) - (datagram[-1] if first & 0x20 else 0)
    if start > end:
        return None
    return Packet(second & 127, bool(second & 128), seq, timestamp, ssrc, datagram[start:end])


def build(packet: Packet) -> bytes:
    """The datagram of a packet without CSRC, extension or padding."""
    second = packet.payload_type | (128 if packet.marker else 0)
    return struct.pack("!BBHII", 0x80, second, packet.seq, packet.timestamp, packet.ssrc) + packet.payload


def is_rtcp(second_octet: int) -> bool:
    """RFC 5761 §4: 192..223 in the second octet is RTCP on the same port."""
    return 192 <= second_octet <= 223


def event_payload(code: int, *, end: bool, duration_samples: int, volume: int = 10) -> bytes:
    """RFC 4733 §2.3. volume: 0..63, -dBm0. duration: 0..65535 timestamp units."""
    return struct.pack("!BBH", code, volume | (0x80 if end else 0), min(duration_samples, 0xFFFF))


# ------------------------------------------------------------------ whole arrays


@dataclass(slots=True)
class Headers:
    """The fields of many packets; `good` marks rows that are RTP with a payload."""

    good: NDArray[np.bool_]
    payload_type: Ints
    marker: NDArray[np.bool_]
    seq: Ints
    timestamp: Ints
    ssrc: Ints
    payload_bytes: Ints


def parse_rows(rows: Rows, lengths: Ints) -> Headers:
    """Read all headers, and move payloads that do not begin at octet 12 to there (in place).

    Args:
        rows: (packets, width) uint8; C-contiguous.
        lengths: datagram lengths in octets; a length over the width means a cut datagram, not good.
    """
    words = rows[:, :HEADER_BYTES].copy().view(">u4").astype(np.int64)
    first = words[:, 0]
    good = (first >> 30 == 2) & (lengths >= HEADER_BYTES) & (lengths <= rows.shape[1])
    second = first >> 16 & 0xFF
    good &= (second < 192) | (second > 223)
    payload_bytes = lengths - HEADER_BYTES
    odd = good & (first >> 24 & 0x3F != 0)
    if odd.any():
        for row in np.flatnonzero(odd):
            packet = parse(rows[row, : lengths[row]].tobytes())
            if packet is None:
                good[row] = False
                continue
            size = len(packet.payload)
            rows[row, HEADER_BYTES : HEADER_BYTES + size] = np.frombuffer(packet.payload, np.uint8)
            payload_bytes[row] = size
    return Headers(
        good=good,
        payload_type=second & 127,
        marker=second >= 128,
        seq=first & 0xFFFF,
        timestamp=words[:, 1],
        ssrc=words[:, 2],
        payload_bytes=payload_bytes,
    )


def write_headers(rows: Rows, payload_type: Ints, seq: Ints, timestamp: Ints, ssrc: Ints) -> None:
    """Fill the first 12 octets of every row; payload_type carries the marker as bit 7."""
    words = np.empty((len(rows), 3), ">u4")
    words[:, 0] = 0x8000_0000 | payload_type << 16 | seq
    words[:, 1] = timestamp
    words[:, 2] = ssrc
    rows[:, :HEADER_BYTES] = words.view(np.uint8)


def signed_32(difference: Ints) -> Ints:
    """A difference of two 32-bit counters, taken the short way round: -2^31 … 2^31-1."""
    return (difference + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000


def signed_16(difference: Ints) -> Ints:
    """A difference of two 16-bit counters, taken the short way round: -32768 … 32767."""
    return (difference + 0x8000 & 0xFFFF) - 0x8000


# --------------------------------------------------------------- the desk's hello
# An RTCP APP packet (RFC 3550 §6.7) named ZJDK on the RTP port, so it can never be
# taken for sound and becomes SRTCP as it is. Subtype 0: the desk's hello, token and
# nonce; subtype 1: media's answer, the nonce alone (the token is never sent back).

TOKEN_BYTES: Final = 16
NONCE_BYTES: Final = 8
_APP: Final = 204
_NAME: Final = b"ZJDK"


def desk_hello(token: bytes, nonce: bytes, ssrc: int = 0) -> bytes:
    """What a desk sends with its first packets until answered, then every 2 s. 36 octets."""
    if len(token) != TOKEN_BYTES or len(nonce) != NONCE_BYTES:
        raise ValueError("a token has 16 octets, a nonce 8")
    return struct.pack("!BBHI", 0x80, _APP, 8, ssrc) + _NAME + token + nonce


def read_desk_hello(datagram: bytes) -> tuple[bytes, bytes] | None:
    """(token, nonce), or None when it is no hello."""
    if len(datagram) != 36 or datagram[:4] != b"\x80\xcc\x00\x08" or datagram[8:12] != _NAME:
        return None
    return datagram[12:28], datagram[28:36]


def desk_answer(nonce: bytes, ssrc: int = 0) -> bytes:
    """What media sends back: this address is now heard. 20 octets."""
    return struct.pack("!BBHI", 0x81, _APP, 4, ssrc) + _NAME + nonce


def read_desk_answer(datagram: bytes) -> bytes | None:
    """The nonce of the hello that was heard, or None when it is no answer."""
    if len(datagram) != 20 or datagram[:4] != b"\x81\xcc\x00\x04" or datagram[8:12] != _NAME:
        return None
    return datagram[12:]
