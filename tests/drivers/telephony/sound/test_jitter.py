"""Whatever the network does to packets, what is heard is what was said, in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.telephony.sound.jitter import Arrivals, JitterRings

BLOCK = 80


def arrival(number: int, blocks: int = 2, *, ssrc: int = 9, seq0: int = 0, ts0: int = 0, channel: int = 0):
    """Packet `number`, whose blocks hold their own block numbers + 1."""
    first = number * blocks
    samples = np.zeros((1, max(blocks, 2) * BLOCK), np.int16)
    for part in range(blocks):
        samples[0, part * BLOCK : part * BLOCK + BLOCK] = first + part + 1
    return Arrivals(
        channel=np.array([channel]),
        seq=np.array([seq0 + number & 0xFFFF]),
        timestamp=np.array([ts0 + first * BLOCK & 0xFFFFFFFF]),
        ssrc=np.array([ssrc]),
        marker=np.array([False]),
        blocks=np.array([blocks]),
        samples=samples,
        arrival=np.array([float(first * BLOCK)]),
    )


class Line:
    def __init__(self) -> None:
        self.rings = JitterRings(1)
        self.out = np.zeros((1, 160), np.int16)
        self.have = np.zeros((1, 2), np.bool_)
        self.heard: list[int] = []  # block numbers + 1, 0: concealed

    def put(self, packet: Arrivals) -> None:
        self.rings.count(packet.channel, packet.seq, packet.ssrc)
        self.rings.put(packet)

    def tick(self) -> None:
        self.rings.take(1, self.out, self.have)
        for half in (0, 1):
            block = self.out[0, half * BLOCK : half * BLOCK + BLOCK]
            self.heard.append(int(block[-1]) if self.have[0, half] else 0)

    @property
    def said(self) -> list[int]:
        return [block for block in self.heard if block]


def is_whole(said: list[int]) -> bool:
    """Everything in order, but for the two blocks by which a calm line may shrink."""
    return said == sorted(set(said)) and len(said) >= said[-1] - 2


@pytest.mark.parametrize("ts0", [0, 0xFFFFFFFF - 4000, 0x7FFFFFFF - 4000])
@pytest.mark.parametrize("seq0", [0, 65530])
def test_a_steady_sender_is_heard_whole_across_wraps(ts0, seq0):
    line = Line()
    for number in range(60):
        line.put(arrival(number, ts0=ts0, seq0=seq0))
        line.tick()
    assert is_whole(line.said)
    assert len(line.said) >= 112
    assert line.rings.lost(0) == 0
    assert line.rings.jitter[0] == 0.0


@pytest.mark.parametrize("blocks", [1, 2, 3, 4, 6])
def test_other_packet_times_are_heard_whole(blocks):
    line = Line()
    sent = 0
    for tick in range(100):
        while sent * blocks <= tick * 2:
            line.put(arrival(sent, blocks))
            sent += 1
        line.tick()
    assert is_whole(line.said)
    assert len(line.said) >= 190


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from([False, False, False, True])),
        min_size=20,
        max_size=60,
    )
)
def test_any_delay_loss_and_duplication_plays_in_order_and_never_twice(fates):
    """(delay in ticks, sent twice, lost) of each packet."""
    line = Line()
    arriving: dict[int, list[int]] = {}
    for number, (delay, twice, lost) in enumerate(fates):
        if not lost:
            arriving.setdefault(number + delay, []).append(number)
            if twice:
                arriving.setdefault(number + delay + 1, []).append(number)
    for tick in range(len(fates) + 40):
        for number in arriving.get(tick, []):
            line.put(arrival(number))
        line.tick()
    assert line.said == sorted(set(line.said))
    arrived = {2 * n + part + 1 for n, (_, _, lost) in enumerate(fates) if not lost for part in (0, 1)}
    assert set(line.said) <= arrived


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(3)), st.integers(0, 30))
def test_once_settled_small_reordering_loses_nothing(order, start):
    line = Line()
    # Three packets held up and then delivered in any order are within the first depth of 40 ms.
    for number in range(start + 20):
        line.put(arrival(number))
        line.tick()
    base = start + 20
    for _ in range(2):
        line.tick()
    for offset in order:
        line.put(arrival(base + offset))
    line.tick()
    for number in range(base + 3, base + 23):
        line.put(arrival(number))
        line.tick()
    for _ in range(10):
        line.tick()
    assert is_whole(line.said)
    assert line.said[-1] == 2 * (base + 23)


def test_a_late_network_makes_the_depth_grow_and_calm_makes_it_shrink():
    line = Line()
    for number in range(20):
        line.put(arrival(number))
        line.tick()
    for _ in range(5):  # 100 ms of nothing, then all at once
        line.tick()
    for number in range(20, 25):
        line.put(arrival(number))
    line.tick()
    grown = int(line.rings.depth[0])
    assert grown > 4
    assert line.said == sorted(line.said)
    for number in range(25, 1200):
        line.put(arrival(number))
        line.tick()
    assert line.rings.depth[0] < grown
    assert line.said == sorted(set(line.said))


def test_a_new_ssrc_begins_at_once_and_counts_no_loss():
    line = Line()
    for number in range(30):
        line.put(arrival(number))
        line.tick()
    for number in range(30):
        line.put(arrival(number, ssrc=10, seq0=40000, ts0=123456789))
        line.tick()
    last = line.heard[-40:]
    assert [b for b in last if b] == list(range(60 - 40 - 4 + 1, 57)) or last[-1] >= 50
    assert line.rings.lost(0) == 0


def test_a_sender_whose_clock_jumps_back_is_heard_again_within_three_packets():
    line = Line()
    for number in range(30):
        line.put(arrival(number, ts0=1_000_000))
        line.tick()
    for number in range(30, 60):
        line.put(arrival(number, ts0=500_000))
        line.tick()
    assert line.said[-1] > 100


def test_a_pause_of_the_sender_does_not_break_the_line():
    line = Line()
    for number in range(30):
        line.put(arrival(number))
        line.tick()
    for _ in range(200):
        line.tick()
    for number in range(30, 60):  # its clock stood still
        line.put(arrival(number))
        line.tick()
    assert is_whole(line.said)
    assert line.said[-1] >= 112


def test_loss_is_counted():
    line = Line()
    for number in range(100):
        if number % 10:
            line.put(arrival(number))
        line.tick()
    # the very first packet was not sent, so nobody can know of it
    assert line.rings.lost(0) == 9
    assert line.rings.received[0] == 90


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=20, max_size=45))
def test_delays_that_the_first_depth_covers_lose_nothing(delays):
    """Up to 40 ms later than the first packet, in any order: every block is heard, none concealed."""
    line = Line()
    arriving: dict[int, list[int]] = {}
    for number, delay in enumerate([0, *delays]):
        arriving.setdefault(number + delay, []).append(number)
    for tick in range(len(delays) + 1):
        for number in arriving.get(tick, []):
            line.put(arrival(number))
        line.tick()
    first = line.heard.index(1)
    assert line.heard[first:] == list(range(1, len(line.heard) - first + 1))
