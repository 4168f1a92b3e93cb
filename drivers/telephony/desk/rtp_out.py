"""The packets a desk sends: RTP of one codec, and a latch packet when it is due.

Pure: makes bytes, knows neither sockets nor clocks. RFC 3550 §5.1 header, payload
types of RFC 3551; 160 samples (20 ms at 8000 Hz) a packet.
"""

import struct

from drivers.telephony.sound.desk_token import LATCH_EVERY_S, latch_packet
from drivers.telephony.sound.g711 import PCMA, PCMU

PAYLOAD_TYPE = {"PCMU": PCMU, "PCMA": PCMA}
FRAME_SAMPLES = 160
FRAME_S = 0.02
_HEADER = struct.Struct(">BBHII")


class RtpOut:
    """Numbers the packets of one desk leg.

    ssrc, seq, timestamp: where to begin (random, RFC 3550 §8), given by the caller.
    """

    def __init__(self, token: bytes, codec: str, ssrc: int, seq: int, timestamp: int) -> None:
        self._token = token
        self._payload_type = PAYLOAD_TYPE[codec]
        self._ssrc = ssrc & 0xFFFFFFFF
        self._seq = seq & 0xFFFF
        self._timestamp = timestamp & 0xFFFFFFFF
        self._latch_due_s = float("-inf")
        self._latch_counter = 0

    def latch(self, now_s: float, utc_s: float) -> bytes | None:
        """The latch packet when one is due: first of all, then once a second."""
        if now_s < self._latch_due_s:
            return None
        self._latch_due_s = now_s + LATCH_EVERY_S
        self._latch_counter = max(self._latch_counter + 1, int(utc_s * 1e6))
        return latch_packet(self._token, self._latch_counter)

    def packet(self, payload: bytes, *, marker: bool = False) -> bytes:
        """The next RTP packet; `payload` is one frame, one byte a sample."""
        kind = self._payload_type | (0x80 if marker else 0)
        header = _HEADER.pack(0x80, kind, self._seq, self._timestamp, self._ssrc)
        self._seq = (self._seq + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        return header + payload


def payload_of(packet: bytes) -> tuple[int, int, int, bytes] | None:
    """Take an RTP packet apart: (payload type, sequence, timestamp, payload); None when it is none."""
    if len(packet) < 12 or packet[0] >> 6 != 2:
        return None
    first, second, seq, timestamp, _ssrc = _HEADER.unpack_from(packet)
    begin = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if len(packet) < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(packet[begin + 2 : begin + 4], "big")
    end = len(packet)
    if first & 0x20:
        end -= packet[-1]
    return (second & 0x7F, seq, timestamp, packet[begin:end]) if begin < end else None
