"""The SRTP of one desk leg, whichever end: protect what goes out, unprotect what comes in.

RFC 3711 by libsrtp, replay protection on; a hello or its answer travels as SRTCP. Knows
keys and headers; knows no sockets, no clock and no addresses.

Each turn of the 16-bit sequence number is a source of its own on the wire: SSRC + number
of turns. A receiver that begins in the middle (a restarted media process, a restarted
voice) cannot know how often the numbers have turned (RFC 3711 §3.3.1), and would be deaf
from then on; so here they never turn. `unprotect` gives the packets their first SSRC
back, and whoever plays them sees one source that goes on.
"""

import pylibsrtp

from .rtp import HEADER_BYTES, is_rtcp

TAG_BYTES = 10
"""What protecting adds to an RTP packet (AES_CM_128_HMAC_SHA1_80)."""

_TURN = 1 << 32


class Srtp:
    """One end. out_key, in_key: master key and salt of each direction, 16 + 14 octets."""

    def __init__(self, out_key: bytes, in_key: bytes) -> None:
        policy = pylibsrtp.Policy
        self._out = pylibsrtp.Session(policy(out_key, policy.SSRC_ANY_OUTBOUND))
        self._in = pylibsrtp.Session(policy(in_key, policy.SSRC_ANY_INBOUND))
        self._sent_seq = 0
        self._turns = 0
        self._on_wire: int | None = None  # the SSRC heard last, as it came
        self._heard = 0  # and as it is given on

    def protect(self, datagram: bytes) -> bytes:
        """An RTP or RTCP datagram made secret and signed.

        RTP is of one source and in order; sequence numbers may leave some out, not go back.
        """
        if is_rtcp(datagram[1]):
            return bytes(self._out.protect_rtcp(datagram))
        seq = int.from_bytes(datagram[2:4], "big")
        self._turns += seq < self._sent_seq
        self._sent_seq = seq
        if self._turns:
            ssrc = (int.from_bytes(datagram[8:12], "big") + self._turns) % _TURN
            datagram = datagram[:8] + ssrc.to_bytes(4, "big") + datagram[12:]
        return bytes(self._out.protect(datagram))

    def unprotect(self, datagram: bytes) -> bytes | None:
        """The datagram in the clear; None: not signed with our key, seen before, or no RTP at all."""
        if len(datagram) < HEADER_BYTES:
            return None
        try:
            if is_rtcp(datagram[1]):
                return bytes(self._in.unprotect_rtcp(datagram))
            return self._as_one_source(bytes(self._in.unprotect(datagram)))
        except (pylibsrtp.Error, ValueError):  # ValueError: longer than libsrtp takes
            return None

    def _as_one_source(self, packet: bytes) -> bytes:
        ssrc = int.from_bytes(packet[8:12], "big")
        turned = None if self._on_wire is None else (ssrc - self._on_wire) % _TURN
        if turned == 1:  # one turn further
            self._on_wire = ssrc
        elif turned not in (0, _TURN - 1):  # another sender; -1: a straggler of the turn before
            self._on_wire = self._heard = ssrc
        return packet if ssrc == self._heard else packet[:8] + self._heard.to_bytes(4, "big") + packet[12:]
