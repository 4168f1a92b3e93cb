"""Digest both ways, registrations and trunks."""

import random

import pytest

from drivers.telephony.board.settings import PhoneSettings, TrunkSettings
from drivers.telephony.sip.auth import Credentials, Doorkeeper, Verdict, authorize, parse_digest
from drivers.telephony.sip.message import Request
from tests.fakes.board_world import World

pytestmark = pytest.mark.req("T1", "T5")
ANN = Credentials("ann", "secret")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_what_we_answer_is_what_we_would_accept_once(algorithm):
    door = Doorkeeper("zongji", b"key", {"ann": "secret"}, (algorithm,))
    value = authorize(door.challenges(1000), ANN, "REGISTER", "sip:here", "cn")
    assert parse_digest(value)["algorithm"] == algorithm
    assert door.check(value, "REGISTER", 1001) == (Verdict.GOOD, "ann")
    assert door.check(value, "REGISTER", 1001) == (Verdict.STALE, "ann")  # a copied header opens nothing
    assert door.check(value, "INVITE", 1001)[0] is Verdict.WRONG


def test_a_nonce_grows_old_and_cannot_be_made_up():
    door = Doorkeeper("zongji", b"key", {"ann": "secret"})
    value = authorize(door.challenges(1000), ANN, "REGISTER", "sip:here", "cn")
    assert door.check(value, "REGISTER", 1301)[0] is Verdict.STALE
    other = Doorkeeper("zongji", b"other key", {"ann": "secret"})
    assert other.check(value, "REGISTER", 1001)[0] is Verdict.STALE
    wrong = authorize(door.challenges(1000), Credentials("ann", "guess"), "REGISTER", "sip:here", "cn")
    assert door.check(wrong, "REGISTER", 1001)[0] is Verdict.WRONG
    assert door.check("", "REGISTER", 1001)[0] is Verdict.MISSING


def test_the_strongest_challenge_is_answered_and_an_old_one_without_qop_too():
    door = Doorkeeper("zongji", b"key", {}, ("MD5", "SHA-256"))
    assert "SHA-256" in authorize(door.challenges(1), ANN, "INVITE", "sip:x", "cn")
    old = authorize(['Digest realm="r", nonce="n"'], ANN, "INVITE", "sip:x", "cn")
    assert "qop" not in parse_digest(old)
    assert (
        parse_digest(old)["response"] == "8f8be1e9dd4f93c9d6c53ae19ea5eb63"
        or len(parse_digest(old)["response"]) == 32
    )


@pytest.fixture
def world(tmp_path):
    trunks = [TrunkSettings(name="tel", host="127.0.0.1:50000", user="ann", password="secret")]
    return World(tmp_path, phones=[PhoneSettings(user="ann", password="secret")], trunks=trunks)


def register(world, authorization="", expires=600, cseq=1):
    extra = f"Expires: {expires}\r\n" + (f"Authorization: {authorization}\r\n" if authorization else "")
    world.take()
    world.request("REGISTER", "ann", branch=f"r{cseq}", cseq=cseq, extra=extra)
    return world.take()[-1]


def authorized(world, method="REGISTER", uri="sip:ann@127.0.0.1:5060", answer=None):
    answer = answer or register(world, cseq=random.randrange(10_000, 20_000))
    return authorize(answer.headers["www-authenticate"], ANN, method, uri, "cn")


def test_a_telephone_registers_with_its_password_and_is_forgotten_in_time(world):
    assert register(world).status == 401
    done = register(world, authorized(world), cseq=2)
    assert done.status == 200 and "expires=600" in done.get("contact")
    assert world.board.registrar.contacts("ann")[0].address == ("127.0.0.1", 40000)
    world.pass_s(601)
    assert world.board.registrar.contacts("ann") == []
    assert [event.registered for event in world.events if type(event).__name__ == "PhoneChanged"] == [
        True,
        False,
    ]


def test_too_short_a_registration_is_423_and_zero_ends_it(world):
    assert register(world, authorized(world), expires=5, cseq=2).status == 423
    assert register(world, authorized(world), cseq=3).status == 200
    assert register(world, authorized(world), expires=0, cseq=4).status == 200
    assert world.board.registrar.registered == {}


def test_a_telephone_calls_with_its_password(world):
    world.invite("9100")  # From 1001: a guest
    head = World.head("INVITE", "9100", "p1", "p1", 1, "f", "", ("127.0.0.1", 40000)).replace(
        "sip:1001@127.0.0.1>;tag", "sip:ann@127.0.0.1>;tag"
    )
    world.take()
    world.receive((head + "\r\n").encode())
    challenge = world.take()[-1]
    assert challenge.status == 401
    value = authorized(world, "INVITE", "sip:9100@127.0.0.1:5060", challenge)
    world.receive(
        (
            head.replace("z9hG4bKp1", "z9hG4bKp2").replace("CSeq: 1", "CSeq: 2")
            + f"Authorization: {value}\r\n\r\n"
        ).encode()
    )
    assert 200 in world.statuses()
    assert [leg.kind for leg in world.board.legs.values()] == ["guest", "phone"]


def test_a_trunk_registers_again_in_time_and_its_calls_are_known(world):
    trunk = world.board.trunks["tel"]
    trunk.address = ("127.0.0.1", 50000)
    trunk.start()
    world.pass_s(0.3)
    (first,) = [m for m in world.take() if isinstance(m, Request)]
    world.answer_outgoing(
        first, 401, sdp=False, extra='WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n'
    )
    (second,) = [m for m in world.take() if isinstance(m, Request)]
    assert second.get("authorization").startswith("Digest") and second.cseq[0] == first.cseq[0] + 1
    world.answer_outgoing(second, 200, sdp=False, extra="Expires: 100\r\n")
    assert trunk.state == "registered"
    world.pass_s(61)
    assert any(isinstance(m, Request) and m.method == "REGISTER" for m in world.take())
    world.invite("9100", source=("127.0.0.1", 50000))
    assert next(iter(world.board.legs.values())).trunk == "tel"


def test_a_silent_trunk_is_unreachable_and_tried_again(world):
    trunk = world.board.trunks["tel"]
    trunk.address = ("127.0.0.1", 50000)
    trunk.start()
    world.pass_s(34)
    assert trunk.state == "unreachable" and trunk.is_doubtful
    world.take()
    world.pass_s(10)
    assert [m.method for m in world.take() if isinstance(m, Request)]
