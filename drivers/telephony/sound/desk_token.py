"""How a desk leg's packets prove whose they are, on both ends of the line.

Knows the latch packet and the keys made from the token; knows no sockets and no
sound. The token (16 bytes, 32 hex digits in `OpenDesk`) itself never travels over
UDP: a latch packet carries a proof of it, so SRTP keys made from the same token
stay secret even where the packet is overheard.

Latch packet, 28 bytes, told from RTP by its first byte (RTP begins 0x80–0xBF,
RFC 7983 leaves 0x5A to nobody):

    0   4   b"ZJDK"
    4   8   counter, big-endian: microseconds since 1970, rises with every packet
    12  16  first half of HMAC-SHA256(token, bytes 0–11)

The desk sends one before its first RTP packet, then one a second. The board sends
to the address the newest valid latch came from and takes sound from there only, so
a changed NAT binding or a restarted `desk_voice` is followed by itself.
"""

import hashlib
import hmac
import struct

MAGIC = b"ZJDK"
LATCH_BYTES = 28
LATCH_EVERY_S = 1.0
_HEAD = struct.Struct(">4sQ")


def _proof(token: bytes, head: bytes) -> bytes:
    return hmac.digest(token, head, "sha256")[:16]


def latch_packet(token: bytes, counter: int) -> bytes:
    """Make one latch packet; `counter` must be larger than in the one before."""
    head = _HEAD.pack(MAGIC, counter)
    return head + _proof(token, head)


def is_latch(packet: bytes) -> bool:
    """Whether this datagram looks like a latch packet (cheap; proves nothing)."""
    return len(packet) == LATCH_BYTES and packet[:4] == MAGIC


def latch_counter(packet: bytes, token: bytes) -> int | None:
    """Check a latch packet.

    Returns:
        Its counter when the proof is right, else None. The caller refuses a counter
        that is not larger than the last one it took: that packet is a replay.
    """
    if not is_latch(packet) or not token:
        return None
    head = packet[:12]
    if not hmac.compare_digest(packet[12:], _proof(token, head)):
        return None
    return int(_HEAD.unpack(head)[1])


def srtp_keys(token: bytes) -> tuple[bytes, bytes]:
    """Master key and salt (16 + 14 bytes) of each direction: (desk to board, board to desk).

    Suite AES_CM_128_HMAC_SHA1_80 (RFC 3711). HKDF-Expand (RFC 5869) with the token
    as the key, one label a direction.
    """
    up = hmac.digest(token, b"zongji desk to board\x01", hashlib.sha256)
    down = hmac.digest(token, b"zongji board to desk\x01", hashlib.sha256)
    return up[:30], down[:30]
