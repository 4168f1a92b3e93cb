"""Mutated and hostile datagrams into a whole board: nothing raises, and calls go on."""

import random

import pytest

from drivers.telephony.sip.message import Response
from tests.drivers.telephony.sip.test_message import mutated
from tests.fakes.board_world import OFFER, World

pytestmark = pytest.mark.req("T1")


def hostile(rng: random.Random, number: int) -> bytes:
    """One datagram: a real message of any method, injured, or a known killer."""
    method = rng.choice(
        ["INVITE"] * 4 + ["ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "REFER", "FOO"]
    )
    body = OFFER.format(port=rng.choice([41000, 0, 65535, 70000])) if method == "INVITE" else ""
    text = World.head(
        method, rng.choice(["9100", "9101", "9110", "9150", "400", ""]), f"h{number}", f"h{number}", rng.choice([1, 2, 2**31]),
        "f", rng.choice(["", "", "zz"]), ("127.0.0.1", rng.choice([5060, 1, 65535])),
    )  # fmt: skip
    kind = "Content-Type: application/sdp\r\n" if body else ""
    data = f"{text}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode()
    killers = [
        lambda d: d.replace(b"Via: SIP/2.0/UDP 127.0.0.1:", b"Via: SIP/2.0/UDP 127.0.0.1:9"),
        lambda d: d.replace(b"Contact: <sip:1001@127.0.0.1:", b"Contact: <sip:1001@127.0.0.1:9"),
        lambda d: d.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 999.0.0.1"),
        lambda d: d.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 0.0.0.0"),
        lambda d: d.replace(b"Max-Forwards: 70", b"Max-Forwards: 0"),
        lambda d: d.replace(b"Max-Forwards: 70", b"Require: 100rel"),
        lambda d: d.replace(b"Max-Forwards: 70", b"Record-Route: <sip:[::1]:99999;lr>"),
        lambda d: d.replace(b"Max-Forwards: 70", b"Session-Expires: 1\r\nSupported: timer"),
        lambda d: d[: rng.randrange(len(d))],
        lambda d: b"",
        lambda d: b"SIP/2.0 200 OK\r\n" + d.partition(b"\r\n")[2],
        lambda d: rng.randbytes(rng.randrange(1, 1500)),
    ]
    return mutated(data, rng) if rng.random() < 0.6 else rng.choice(killers)(data)


def test_two_thousand_hostile_datagrams_then_twenty_calls(make_world):
    world = make_world(channels=40)
    rng = random.Random(7)
    for number in range(2000):
        world.receive(hostile(rng, number), ("127.0.0.1", 30000 + number % 3))
        if number % 20 == 0:
            world.pass_s(0.05)
            world.count_channels()
    world.pass_s(1.0)
    world.count_channels()
    world.sent.clear()
    for number in range(20):
        world.invite("9100", call_id=f"good{number}", branch=f"good{number}", source=("127.0.0.1", 40000))
        world.request(
            "ACK", call_id=f"good{number}", cseq=1, branch=f"ga{number}", to_tag=world.answered_tag()
        )
        world.count_channels()
    answered = {m.call_id for m, _ in world.sent if isinstance(m, Response) and m.status == 200}
    assert answered >= {f"good{number}" for number in range(20)}
    world.pass_s(200)
    world.count_channels()
    assert len(world.board.agent.calls) <= 40
