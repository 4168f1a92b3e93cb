"""The datagrams of one tick: what came in, what goes out, as arrays. Knows sizes; knows no sockets."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..sound.rtp import FRAME_SAMPLES, HEADER_BYTES
from ..sound.srtp import TAG_BYTES

PACKET_BYTES: Final = HEADER_BYTES + FRAME_SAMPLES
SEALED_BYTES: Final = PACKET_BYTES + TAG_BYTES  # room for what SRTP adds
ROW_BYTES: Final = HEADER_BYTES + 8 * 80 + 52  # the longest datagram that is read: 80 ms and an extension

Ints = NDArray[np.int64]
Answer = tuple[int, int, int, bytes]
"""sock, ip, port, datagram"""


@dataclass(slots=True)
class Packets:
    """Datagrams of one tick. rows: (n, ROW_BYTES) uint8, scratch of the tick from here on.

    sock: control's number; ip: IPv4 as a number; at_s: arrival, any monotonic origin.
    """

    rows: NDArray[np.uint8]
    length: Ints
    sock: Ints
    ip: Ints
    port: Ints
    at_s: NDArray[np.float64]

    def where(self, chosen: NDArray[np.bool_]) -> "Packets":
        """Some of them, in the same order."""
        return Packets(
            self.rows[chosen],
            self.length[chosen],
            self.sock[chosen],
            self.ip[chosen],
            self.port[chosen],
            self.at_s[chosen],
        )


@dataclass(slots=True)
class Outgoing:
    """What a tick sends: row c of `rows` to channel c's address, for c in `channels`."""

    channels: Ints
    rows: NDArray[np.uint8]
    length: Ints
    answers: list[Answer]
