"""The packets a desk sends: RTP of one codec, and the hello when it is due.

Pure: makes bytes, knows neither sockets nor clocks. 160 samples (20 ms at 8000 Hz) a
packet; headers and hello are those of `drivers.telephony.sound.rtp`.
"""

from drivers.telephony.sound.g711 import PCMA, PCMU
from drivers.telephony.sound.rtp import FRAME_SAMPLES, Packet, build, desk_hello, read_desk_answer

PAYLOAD_TYPE = {"PCMU": PCMU, "PCMA": PCMA}
FRAME_S = 0.02
HELLO_UNTIL_ANSWERED_S = 0.1
HELLO_AGAIN_S = 2.0


class RtpOut:
    """Numbers the packets of one desk leg.

    ssrc, seq, timestamp, nonce: where to begin (random, RFC 3550 §8), given by the caller.
    """

    def __init__(self, token: bytes, codec: str, *, ssrc: int, seq: int, timestamp: int, nonce: int) -> None:
        self._token = token
        self._payload_type = PAYLOAD_TYPE[codec]
        self._ssrc = ssrc & 0xFFFFFFFF
        self._seq = seq & 0xFFFF
        self._timestamp = timestamp & 0xFFFFFFFF
        self._nonce = nonce & 0xFFFFFFFFFFFFFFFF
        self._hello_due_s = float("-inf")

    def hello(self, now_s: float) -> bytes | None:
        """The hello when one is due: first of all, quickly until answered, then every two seconds.

        So a changed NAT binding and a restarted media process are followed by themselves.
        """
        if now_s < self._hello_due_s:
            return None
        self._hello_due_s = now_s + HELLO_UNTIL_ANSWERED_S
        self._nonce = (self._nonce + 1) & 0xFFFFFFFFFFFFFFFF
        return desk_hello(self._token, self._nonce.to_bytes(8, "big"), self._ssrc)

    def answered(self, datagram: bytes, now_s: float) -> bool:
        """Whether this is the answer to the last hello; then the next one has time."""
        nonce = read_desk_answer(datagram)
        if nonce is None or int.from_bytes(nonce, "big") != self._nonce:
            return False
        self._hello_due_s = now_s + HELLO_AGAIN_S
        return True

    def packet(self, payload: bytes, *, marker: bool = False) -> bytes:
        """The next RTP packet; `payload` is one frame, one byte a sample."""
        packet = Packet(self._payload_type, marker, self._seq, self._timestamp, self._ssrc, payload)
        self._seq = (self._seq + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        return build(packet)
