"""Jitter rings of many channels as arrays: packets in any order, frames out in time.

Knows timestamps, sequence numbers and how late packets are; knows no codecs (samples
come in decoded), no sockets, and does not fill holes (see `concealment.py`).

Each channel has a ring of 10 ms blocks. A packet of 1..6 blocks is laid where its
timestamp says; every tick plays two blocks. The depth adapts: a packet that comes too
late moves play back to it (the hole was concealed already, so nothing is lost and
everything after it is in time); a second with more than 20 ms to spare lets play skip
10 ms, crossfaded, when it is quiet. Bounds: 20 … 200 ms.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .rtp import signed_16, signed_32

BLOCK: Final = 80  # samples: 10 ms
RING: Final = 64  # blocks: 640 ms, a power of two
FIRST_DEPTH: Final = 4  # blocks between arrival and play at the start
MOST_DEPTH: Final = 20
AHEAD: Final = 32  # blocks; a packet further ahead means the sender's clock jumped
SPARE: Final = 2  # blocks every packet should come before it is needed
REVIEW_TICKS: Final = 50
LATE_IN_A_ROW: Final = 3  # then the sender's clock jumped, not the network
STARVED: Final = 20  # blocks without anything: a new start rather than a late packet
QUIET: Final = 400  # peak sample below which 10 ms may go at once
PATIENCE_TICKS: Final = 50  # then 10 ms go although it is loud
NEVER: Final = -(1 << 60)

_FADE_IN = np.linspace(0.0, 1.0, BLOCK, dtype=np.float32)

Ints = NDArray[np.int64]
Samples = NDArray[np.int16]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Arrivals:
    """Packets of sound, at most one of each channel.

    samples: (packets, 160 or more) int16, valid up to blocks * 80.
    arrival: the receiver's clock in timestamp units (8000 a second), any origin.
    """

    channel: Ints
    seq: Ints
    timestamp: Ints
    ssrc: Ints
    marker: Flags
    blocks: Ints
    samples: Samples
    arrival: NDArray[np.float64]


class JitterRings:
    """The rings of channels 0 … channels-1."""

    def __init__(self, channels: int) -> None:
        self._samples = np.zeros((channels, RING, BLOCK), np.int16)
        self._owner = np.full((channels, RING), NEVER, np.int64)  # which block lies in each place
        self._rows = np.arange(channels)
        self.synced = np.zeros(channels, np.bool_)
        self._ssrc = np.zeros(channels, np.int64)
        self._timestamp = np.zeros(channels, np.int64)  # of the packet that _block belongs to
        self._block = np.zeros(channels, np.int64)
        self._play = np.zeros(channels, np.int64)  # next block to be heard
        self._newest = np.full(channels, NEVER, np.int64)  # newest block that arrived
        self._heard = np.full(channels, NEVER, np.int64)  # newest block that was really played
        self.depth = np.full(channels, FIRST_DEPTH, np.int64)
        self._late_run = np.zeros(channels, np.int64)
        self._stretch = np.zeros(channels, np.int64)  # ticks to wait for the sake of reordered packets
        self._spare = np.full(channels, RING, np.int64)  # least spare since the last review
        self._shrink = np.zeros(channels, np.int64)  # blocks to leave out
        self._shrink_wait = np.zeros(channels, np.int64)
        self.received = np.zeros(channels, np.int64)
        self._first_seq = np.zeros(channels, np.int64)
        self._last_seq = np.zeros(channels, np.int64)  # extended
        self._counted_ssrc = np.zeros(channels, np.int64)
        self._expected_before = np.zeros(channels, np.int64)  # from earlier senders of this leg
        self.jitter = np.zeros(channels, np.float64)  # RFC 3550 §6.4.1, in timestamp units
        self._transit = np.zeros(channels, np.float64)
        self._ticks = 0

    def open(self, channel: int) -> None:
        """Forget everything about a channel."""
        self.synced[channel] = False
        self._owner[channel] = NEVER
        self._newest[channel] = self._heard[channel] = NEVER
        self.depth[channel] = FIRST_DEPTH
        for counter in (self._late_run, self._stretch, self._shrink, self.received, self._expected_before):
            counter[channel] = 0
        self.jitter[channel] = 0.0

    def restart(self, channel: int) -> None:
        """The next packet begins anew (another sender); figures go on."""
        self.synced[channel] = False

    def sender(self, channel: int) -> int | None:
        """The SSRC heard last, None: nothing came yet."""
        return int(self._counted_ssrc[channel]) if self.received[channel] else None

    def lost(self, channel: int) -> int:
        """Packets that never came, RFC 3550 §A.3; duplicates make it smaller, never below 0."""
        if not self.received[channel]:
            return 0
        expected = (
            int(self._expected_before[channel] + self._last_seq[channel] - self._first_seq[channel]) + 1
        )
        return max(0, expected - int(self.received[channel]))

    # ------------------------------------------------------------------- in

    def count(self, channel: Ints, seq: Ints, ssrc: Ints) -> None:
        """Count packets (sound and events) for the figures; at most one of each channel."""
        fresh = (self.received[channel] == 0) | (self._counted_ssrc[channel] != ssrc)
        if fresh.any():
            rows = channel[fresh]
            before = np.where(self.received[rows] > 0, self._last_seq[rows] - self._first_seq[rows] + 1, 0)
            self._expected_before[rows] += before
            self._first_seq[rows] = self._last_seq[rows] = seq[fresh]
            self._counted_ssrc[rows] = ssrc[fresh]
        last = self._last_seq[channel]
        self._last_seq[channel] = last + np.maximum(signed_16(seq - (last & 0xFFFF)), 0)
        self.received[channel] += 1

    def put(self, packets: Arrivals) -> None:
        """Lay one packet of each of several channels into the rings."""
        channel = packets.channel
        step = signed_32(packets.timestamp - self._timestamp[channel])
        block = self._block[channel] + (step + BLOCK // 2) // BLOCK
        play = self._play[channel]
        margin = block - play
        same = self.synced[channel] & (self._ssrc[channel] == packets.ssrc)
        duplicate = same & (self._owner[channel, block & RING - 1] == block)
        late = same & ~duplicate & (margin < 0)
        run = np.where(late, self._late_run[channel] + 1, np.where(duplicate, self._late_run[channel], 0))
        starved = play - self._newest[channel] > STARVED
        restart = ~same | (margin > AHEAD)
        restart |= late & (packets.marker | starved | (run >= LATE_IN_A_ROW))
        if restart.any():
            self._begin(channel[restart], packets, restart)
            block = np.where(restart, self._play[channel] + self.depth[channel], block)
            late &= ~restart
            duplicate &= ~restart
            run[restart] = 0
        self._late_run[channel] = run
        if late.any():
            self._wait_for(channel[late], block[late])
        self._note_jitter(packets, same & ~restart)
        self._timestamp[channel] = packets.timestamp
        self._block[channel] = block
        self._newest[channel] = np.maximum(self._newest[channel], block + packets.blocks - 1)
        fresh = ~duplicate
        self._spare[channel] = np.where(
            fresh, np.minimum(self._spare[channel], block - self._play[channel]), self._spare[channel]
        )
        self._lay(channel, block, packets, fresh)

    def _begin(self, channel: Ints, packets: Arrivals, chosen: Flags) -> None:
        self._owner[channel] = NEVER
        self._ssrc[channel] = packets.ssrc[chosen]
        self.synced[channel] = True
        self._newest[channel] = NEVER
        self._spare[channel] = RING
        self._shrink[channel] = 0
        self._stretch[channel] = 0
        # Play may have run far ahead of a silent sender; blocks only ever count upwards.
        self._heard[channel] = self._play[channel] - 1

    def _wait_for(self, channel: Ints, block: Ints) -> None:
        """Late packets: go back to them if nothing after them was heard, else wait a little from now on."""
        back = self._play[channel] - block
        room = self.depth[channel] + back <= MOST_DEPTH
        unheard = (block > self._heard[channel]) & room
        self._play[channel] -= np.where(unheard, back, 0)
        self.depth[channel] += np.where(unheard, back, 0)
        wait = ~unheard & room & (self._stretch[channel] == 0)
        self._stretch[channel] += np.where(wait, (back + 1) // 2, 0)

    def _note_jitter(self, packets: Arrivals, steady: Flags) -> None:
        channel = packets.channel
        moved = signed_32(packets.timestamp - self._timestamp[channel])
        since = packets.arrival - self._transit[channel]
        deviation = np.abs(since - moved)
        # A pause of the sender is no jitter.
        steady &= deviation < 8000
        jitter = self.jitter[channel]
        self.jitter[channel] = jitter + np.where(steady, (deviation - jitter) / 16, 0.0)
        self._transit[channel] = packets.arrival

    def _lay(self, channel: Ints, block: Ints, packets: Arrivals, fresh: Flags) -> None:
        for part in range(int(packets.blocks.max(initial=0))):
            at = block + part
            wanted = fresh & (part < packets.blocks) & (at >= self._play[channel])
            start = part * BLOCK
            if wanted.all():
                place = at & RING - 1
                self._owner[channel, place] = at
                self._samples[channel, place] = packets.samples[:, start : start + BLOCK]
            elif wanted.any():
                rows, place = channel[wanted], at[wanted] & RING - 1
                self._owner[rows, place] = at[wanted]
                self._samples[rows, place] = packets.samples[wanted, start : start + BLOCK]

    # ------------------------------------------------------------------ out

    def take(self, channels: int, out: Samples, have: Flags) -> None:
        """Play one tick of channels 0 … channels-1.

        Args:
            out: (channels, 160) int16, filled where there was sound; elsewhere left-overs.
            have: (channels, 2) bool, filled: which 10 ms halves are sound.
        """
        self._ticks += 1
        self._review(channels)
        if self._shrink[:channels].any():
            self._leave_out(channels)
        rows, play, synced = self._rows[:channels], self._play[:channels], self.synced[:channels]
        step = np.where(synced, 2, 0)
        waiting = self._stretch[:channels] > 0
        for half in (0, 1):
            at = play + half
            place = at & RING - 1
            np.equal(self._owner[rows, place], at, out=have[:, half])
            out[:, half * BLOCK : half * BLOCK + BLOCK] = self._samples[rows, place]
        have &= synced[:, None]
        if waiting.any():
            have[waiting] = False
            step[waiting] = 0
            self._stretch[:channels][waiting] -= 1
            self.depth[:channels][waiting] += 2
        newest = np.where(have[:, 1], play + 1, np.where(have[:, 0], play, self._heard[:channels]))
        self._heard[:channels] = newest
        play += step

    def skip(self, ticks: int) -> None:
        """Time went by without ticks: what should have been heard is not heard any more."""
        self._play[self.synced] += 2 * ticks

    def _review(self, channels: int) -> None:
        """Once a second for each channel, a fiftieth of them each tick."""
        some = slice(self._ticks % REVIEW_TICKS, channels, REVIEW_TICKS)
        excess = self._spare[some] - SPARE
        known = self.synced[some] & (self._spare[some] < RING) & (excess > 0)
        self._shrink[some] = np.where(known, np.where(excess > 4, excess // 2, 1), 0)
        self._spare[some] = RING

    def _leave_out(self, channels: int) -> None:
        """Skip one block of each channel that has too much, crossfading into the next."""
        rows = np.flatnonzero(self._shrink[:channels] > 0)
        first = self._play[rows]
        here, there = first & RING - 1, first + 1 & RING - 1
        whole = (self._owner[rows, here] == first) & (self._owner[rows, there] == first + 1)
        going, coming = self._samples[rows, here], self._samples[rows, there]
        loud = (np.abs(going.astype(np.int32)).max(axis=1, initial=0) > QUIET) & (
            self._shrink_wait[rows] < PATIENCE_TICKS
        )
        self._shrink_wait[rows] += 1
        now = whole & ~loud
        if not now.any():
            return
        rows, there = rows[now], there[now]
        mixed = going[now] * (1 - _FADE_IN) + coming[now] * _FADE_IN
        self._samples[rows, there] = mixed.astype(np.int16)
        self._play[rows] += 1
        self.depth[rows] = np.maximum(self.depth[rows] - 1, SPARE)
        self._shrink[rows] -= 1
        self._shrink_wait[rows] = 0
