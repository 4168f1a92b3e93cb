"""Who a datagram belongs to."""

import numpy as np
import pytest

from drivers.telephony.exchange.addresses import Addresses, ip_number


def find(addresses: Addresses, sock: int, ip: int, port: int) -> int:
    return int(addresses.find(*(np.array([n]) for n in (sock, ip, port)))[0])


def test_the_same_remote_address_on_two_sockets_is_two_legs():
    addresses = Addresses(4)
    for ch, sock in ((0, 5), (1, 6)):
        addresses.open(ch, sock, b"")
        addresses.set(ch, 1000, 4000)
    assert [find(addresses, s, 1000, 4000) for s in (5, 6, 7)] == [0, 1, -1]
    addresses.close(0)
    assert find(addresses, 5, 1000, 4000) == -1


def test_the_leg_with_the_same_host_is_preferred_and_a_heard_one_never_moved():
    addresses = Addresses(4)
    for ch, ip in ((0, 1000), (1, 2000)):
        addresses.open(ch, 5, b"")
        addresses.set(ch, ip, 4000)
    assert addresses.latch(5, 2000, 4444, 1, 0) == 1
    addresses.heard[1] = True
    assert addresses.latch(5, 2000, 5555, 2, 0) == 0  # the only one not heard yet
    addresses.heard[0] = True
    assert addresses.latch(5, 2000, 6666, 3, 0) == -1


def test_the_last_packets_of_an_ended_leg_do_not_take_the_next_one_over():
    addresses = Addresses(4)
    addresses.open(0, 5, b"")
    addresses.tell(0, 1000, 4000)
    addresses.close(0, ssrc=77, tick=10)
    addresses.open(1, 5, b"")
    addresses.tell(1, 1000, 4002)
    assert addresses.latch(5, 1000, 4000, 77, 11) == -1
    assert find(addresses, 5, 1000, 4002) == 1
    # another sender there, or long afterwards, is somebody behind a NAT
    assert addresses.latch(5, 1000, 4000, 78, 11) == 1


def test_a_telephone_that_never_changes_its_ssrc_is_heard_again_after_five_seconds():
    addresses = Addresses(4)
    addresses.open(0, 5, b"")
    addresses.tell(0, 1000, 4000)
    addresses.close(0, ssrc=77, tick=10)
    addresses.open(0, 5, b"")
    addresses.tell(0, 3000, 4000)  # what it says of itself behind its NAT
    assert [addresses.latch(5, 1000, 4000, 77, tick) for tick in (11, 259, 260)] == [-1, -1, 0]


def test_the_address_that_the_description_names_wins_over_a_latched_one():
    addresses = Addresses(4)
    addresses.open(0, 5, b"")
    addresses.tell(0, 1000, 4000)
    assert addresses.latch(5, 1000, 4444, 1, 0) == 0
    addresses.heard[0] = True
    assert addresses.latch(5, 1000, 5555, 2, 0) == -1
    assert addresses.latch(5, 1000, 4000, 3, 0) == 0
    assert find(addresses, 5, 1000, 4000) == 0


def test_a_description_said_again_leaves_a_latched_address_alone():
    addresses = Addresses(4)
    addresses.open(0, 5, b"")
    addresses.tell(0, 3000, 4000)
    assert addresses.latch(5, 1000, 4444, 1, 0) == 0
    addresses.tell(0, 3000, 4000)
    assert find(addresses, 5, 1000, 4444) == 0
    addresses.tell(0, 3000, 4002)
    assert find(addresses, 5, 3000, 4002) == 0


@pytest.mark.parametrize(
    ("host", "number"),
    [
        ("127.0.0.1", 0x7F000001),
        ("", 0),
        ("0.0.0.0", 0),
        ("example.com", 0),
        ("::1", 0),
        ("1.2.3", 0),
        ("256.1.1.1", 0),
    ],
)
def test_only_ipv4_addresses_are_addresses(host, number):
    assert ip_number(host) == number
