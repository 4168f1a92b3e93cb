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
    assert addresses.latch(5, 2000, 4444) == 1
    addresses.heard[1] = True
    assert addresses.latch(5, 2000, 5555) == 0  # the only one not heard yet
    addresses.heard[0] = True
    assert addresses.latch(5, 2000, 6666) == -1


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
