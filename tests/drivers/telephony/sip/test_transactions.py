"""Every timer of RFC 3261 table 4 (and L, M of RFC 6026), in virtual time."""

import pytest

from drivers.telephony.sip.layer import TransactionLayer
from drivers.telephony.sip.message import parse
from drivers.telephony.sip.timers import Wheel
from drivers.telephony.sip.transaction import Outgoing, State

pytestmark = pytest.mark.req("T1")
FAR = ("127.0.0.1", 5062)


class Core:
    def __init__(self):
        self.requests, self.acks, self.cancels, self.strays, self.rejected = [], [], [], [], []

    def on_request(self, transaction):
        self.requests.append(transaction)

    def on_ack(self, request, source):
        self.acks.append(request)

    def on_cancel(self, invite):
        self.cancels.append(invite)

    def on_stray_response(self, response, source):
        self.strays.append(response)

    def on_rejected(self, reason, source):
        self.rejected.append(reason)


class User:
    def __init__(self):
        self.statuses, self.timeouts = [], 0

    def on_response(self, response):
        self.statuses.append(response.status)

    def on_timeout(self):
        self.timeouts += 1


@pytest.fixture
def line():
    return Line()


class Line:
    """A layer; `times` are the moments something was sent since the last look, from the start."""

    def __init__(self):
        self.wheel, self.core, self.sent = Wheel(0.0), Core(), []
        self.layer = TransactionLayer(
            self.wheel, lambda data, to: self.sent.append((self.wheel.now_s, data)), self.core
        )
        self.user = User()

    def ask(self, method):
        request = Outgoing(
            method, "sip:x@127.0.0.1", destination=FAR, sent_by="127.0.0.1:5060", branch="z9hG4bKours",
            from_="<sip:a@b>;tag=1", to="<sip:x@127.0.0.1>", call_id="c", cseq=1,
        )  # fmt: skip
        return self.layer.request(request, self.user)

    def reply(self, status, method="INVITE"):
        self.layer.receive(
            f"SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKours\r\nFrom: <sip:a@b>;tag=1\r\n"
            f"To: <sip:x@127.0.0.1>;tag=2\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\r\n".encode(),
            FAR,
        )

    def receive(self, method, branch="z9hG4bKtheirs", extra=""):
        self.layer.receive(
            f"{method} sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch={branch}{extra}\r\n"
            f"From: <sip:a@b>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\r\n".encode(),
            FAR,
        )

    def answer(self, status):
        transaction = self.core.requests[-1]
        transaction.answer(status, transaction.request.response(status, to_tag="t"))

    def times(self):
        found = [round(at * 2) / 2 for at, _ in self.sent]  # the wheel may be 10 ms late
        self.sent.clear()
        return found

    def pass_s(self, seconds):
        self.wheel.advance(self.wheel.now_s + seconds)


def test_a_invite_is_sent_with_doubling_pauses_and_b_gives_up_after_32_s(line):
    line.ask("INVITE")
    line.pass_s(40)
    assert line.times() == [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert line.user.timeouts == 1 and line.layer.alive == 0


def test_a_provisional_answer_stops_a_and_b(line):
    line.ask("INVITE")
    line.reply(180)
    line.pass_s(100)
    assert line.times() == [0.0] and line.user.timeouts == 0


def test_d_acknowledges_every_copy_of_a_refusal_for_32_s(line):
    line.ask("INVITE")
    line.reply(486)
    line.reply(486)
    acks = [data for _, data in line.sent if data.startswith(b"ACK")]
    assert len(acks) == 2 and acks[0] == acks[1] and b"tag=2" in acks[0]
    assert line.user.statuses == [486]
    line.pass_s(31.9)
    assert line.layer.alive == 1
    line.pass_s(0.2)
    assert line.layer.alive == 0


def test_m_hands_up_every_further_2xx_for_32_s(line):
    transaction = line.ask("INVITE")
    line.reply(200)
    assert transaction.state is State.ACCEPTED
    line.reply(200)
    assert line.user.statuses == [200, 200]
    line.pass_s(32.1)
    line.reply(200)
    assert len(line.core.strays) == 1


def test_e_resends_up_to_every_4_s_and_f_gives_up_after_32_s(line):
    line.ask("BYE")
    line.pass_s(40)
    assert line.times() == [0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert line.user.timeouts == 1


def test_e_is_4_s_after_a_provisional_answer(line):
    line.ask("BYE")
    line.reply(100, "BYE")
    line.pass_s(9)
    assert line.times() == [0.0, 0.5, 4.5, 8.5]


def test_k_absorbs_copies_of_a_final_answer_for_5_s(line):
    line.ask("BYE")
    line.reply(200, "BYE")
    line.reply(200, "BYE")
    assert line.user.statuses == [200]
    line.pass_s(5.1)
    assert line.layer.alive == 0 and line.times() == [0.0]


def test_g_resends_a_refusal_until_h_when_no_ack_comes(line):
    line.receive("INVITE")
    line.answer(486)
    line.pass_s(40)
    assert line.times() == [0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert line.layer.alive == 0


def test_an_ack_stops_g_and_i_absorbs_further_acks_for_5_s(line):
    line.receive("INVITE")
    line.answer(486)
    line.receive("ACK")
    line.receive("ACK")
    line.pass_s(4.9)
    assert line.times() == [0.0] and line.layer.alive == 1 and line.core.acks == []
    line.pass_s(0.2)
    assert line.layer.alive == 0


def test_l_keeps_a_2xx_transaction_so_copies_of_the_invite_make_no_new_call(line):
    line.receive("INVITE")
    line.answer(200)
    line.receive("INVITE")
    assert len(line.core.requests) == 1 and line.times() == [0.0]
    line.receive("ACK")
    assert len(line.core.acks) == 1
    line.pass_s(32.1)
    assert line.layer.alive == 0


def test_j_repeats_the_answer_to_copies_for_32_s(line):
    line.receive("OPTIONS")
    line.answer(200)
    line.receive("OPTIONS")
    assert len(line.times()) == 2 and len(line.core.requests) == 1
    line.pass_s(32.1)
    line.receive("OPTIONS")
    assert len(line.core.requests) == 2


def test_a_cancel_finds_its_invite_and_a_stray_one_is_481(line):
    line.receive("CANCEL")
    assert parse(line.sent[-1][1]).status == 481
    line.receive("INVITE", branch="z9hG4bKother")
    line.receive("CANCEL", branch="z9hG4bKother")
    assert parse(line.sent[-1][1]).status == 200 and len(line.core.cancels) == 1


def test_the_answer_goes_where_rport_says_and_tells_what_was_seen(line):
    line.receive("OPTIONS", extra=";rport")
    assert line.core.requests[-1].reply_to == FAR
    via = line.core.requests[-1].request.get("via")
    assert "rport=5062" in via and "received=127.0.0.1" in via


def test_an_old_branch_is_matched_by_the_fields_of_rfc_2543(line):
    line.receive("INVITE", branch="1")
    line.receive("INVITE", branch="1")
    assert len(line.core.requests) == 1


def test_keep_alives_and_noise_are_not_answered(line):
    for noise in (b"\r\n\r\n", b"\0\0\0\0", b"hello world, this is noise\r\n\r\n"):
        line.layer.receive(noise, FAR)
    assert line.sent == [] and len(line.core.rejected) == 1
