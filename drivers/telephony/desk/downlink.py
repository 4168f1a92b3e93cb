"""From the board's packets to the headphones' samples. Pure: no sockets, no clock, no threads."""

import numpy as np

from drivers.audio.interpolation import Samples
from drivers.telephony.desk.elastic import Elastic
from drivers.telephony.sound import g711, rtp


class Downlink:
    """Jitter buffer, decoder and rate change of one desk leg.

    to_hz: the headphones' rate.
    """

    def __init__(self, to_hz: int) -> None:
        self._elastic = Elastic(8000, to_hz)
        self._ssrc: int | None = None
        self._timestamp = 0  # newest, as sent
        self._position = 0  # the same, without wrapping
        self.packets = 0

    @property
    def elastic(self) -> Elastic:
        return self._elastic

    def packet(self, packet: bytes, now_s: float) -> bool:
        """Take one datagram; False when it is no G.711 RTP."""
        parts = rtp.parse(packet)
        if parts is None or parts.payload_type not in (g711.PCMU, g711.PCMA) or not parts.payload:
            return False
        if parts.ssrc != self._ssrc:
            # Another source: its timestamps have nothing to do with the last one's.
            self._ssrc = parts.ssrc
            self._position += 1_000_000
        else:
            ahead = (parts.timestamp - self._timestamp) & 0xFFFFFFFF
            self._position += ahead - 0x1_0000_0000 if ahead & 0x80000000 else ahead
        self._timestamp = parts.timestamp
        self.packets += 1
        codes = np.frombuffer(parts.payload, np.uint8)
        samples = g711.decode(codes, parts.payload_type).astype(np.float32)
        self._elastic.put(self._position, samples, now_s)
        return True

    def pull(self, count: int, now_s: float) -> Samples:
        """The next `count` samples for the headphones."""
        return self._elastic.pull(count, now_s)


class Uplink:
    """From the microphone's blocks to encoded frames of 160 samples, one a beat.

    from_hz: the microphone's rate. Its clock and the beat's differ: Elastic between them.
    """

    def __init__(self, from_hz: int) -> None:
        self._elastic = Elastic(from_hz, 8000, start_s=0.01, longest_s=0.15)
        self._position = 0

    @property
    def elastic(self) -> Elastic:
        return self._elastic

    def block(self, samples: Samples, now_s: float) -> None:
        """Take what the microphone gave."""
        self._elastic.put(self._position, samples, now_s)
        self._position += len(samples)

    def frame(self, now_s: float) -> Samples:
        """The next 20 ms at 8000 Hz."""
        return self._elastic.pull(160, now_s)
