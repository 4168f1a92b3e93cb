"""What a board does while no server is there, and what it remembers across its own death."""

import os

import pytest

from drivers.protocol import telephony as t
from drivers.telephony.board.admission import Admission
from drivers.telephony.board.ports import NoPort, PortPool
from drivers.telephony.exchange import control as c
from drivers.telephony.sip.message import Request
from tests.drivers.telephony.board.test_board_calls import answered_leg
from tests.fakes.board_world import World

pytestmark = pytest.mark.req("T1")


def test_a_new_caller_hears_ringing_then_music_and_is_kept_for_the_server(world):
    world.invite("400")
    assert world.statuses() == [100, 180]
    assert len(world.told(t.LegOffered)) == 1
    world.pass_s(8.1)
    tag = world.answered_tag()
    world.request("ACK", "400", cseq=1, branch="a", to_tag=tag)
    assert world.media(c.PlaySounds)[-1].loop
    world.board.server_is(True)
    leg = world.told(t.LegOffered)[0].leg
    world.do(t.Accept, leg=leg)  # is answered already: nothing happens
    assert world.board.snapshot(0, 0).legs[0].state == "answered"


def test_nobody_waits_alone_longer_than_two_minutes(world):
    world.invite("400")
    world.pass_s(8.1)
    world.request("ACK", "400", cseq=1, branch="a", to_tag=world.answered_tag())
    world.pass_s(112)
    world.count_channels()
    assert world.told(t.LegEnded)[0].cause == 41


def test_each_policy_is_followed_when_the_server_goes(world):
    talk, music, moment, end = (answered_leg(world, f"c{n}") for n in range(4))
    for leg, away in ((talk, "talk"), (music, "music"), (moment, "moment"), (end, "end")):
        world.do(t.SetPolicy, leg=leg, away=away, prompts=["b"])
    world.do(t.Join, leg=talk, room="r")
    world.do(t.Play, leg=moment, op="p", prompts=["a"])
    prompt = world.media(c.PlaySounds)[-1]
    world.board.server_is(False)
    world.count_channels()
    assert [e.leg for e in world.told(t.LegEnded)] == [end]
    plays = world.media(c.PlaySounds)
    assert [p.loop for p in plays] == [False, True]  # the music began, the prompt goes on
    world.report(c.PlayDone(ch=prompt.ch, gen=prompt.gen, op=prompt.op))
    assert world.media(c.PlaySounds)[-1].loop and world.media(c.PlaySounds)[-1].ch == prompt.ch
    assert {leg.leg for leg in world.board.snapshot(0, 0).legs} == {talk, music, moment}
    world.board.server_is(True)
    world.pass_s(3.1)
    assert len(world.media(c.StopPlay)) == 2  # the server said nothing: our own music ends


def test_services_are_served_without_a_server(world):
    world.board.server_is(False)
    tag = world.establish("9103")
    world.request("BYE", "9103", to_tag=tag)
    world.count_channels()
    assert len(world.told(t.ServiceEnded)) == 1


def test_a_killed_boards_dialogs_get_their_bye_from_the_next(tmp_path):
    first = World(tmp_path, dialogs=tmp_path / "dialogs")
    assert first.dialogs.open() == []
    first.establish("9100", "stays")
    tag = first.establish("9100", "ends")
    first.request("BYE", call_id="ends", branch="bye", to_tag=tag)
    first.dialogs.close()
    second = World(tmp_path, dialogs=tmp_path / "dialogs")
    second.board.send_left_byes(second.dialogs.open())
    (bye,) = second.take()
    assert isinstance(bye, Request) and (bye.method, bye.call_id) == ("BYE", "stays")
    assert bye.cseq[0] > 1000
    second.dialogs.close()


def test_a_torn_dialog_line_is_left_out(tmp_path):
    path = tmp_path / "dialogs"
    path.write_bytes(b'{"leg": "x", "call')
    assert World(tmp_path, dialogs=path).dialogs.open() == []


def test_two_legs_share_a_socket_only_while_their_remotes_differ():
    handed = []
    pool = PortPool("127.0.0.1", 24000, 24200, lambda number, port, fd: handed.append(port), most_shared=2)
    a, b = ("192.0.2.1", 4000), ("192.0.2.2", 4000)
    first, second = pool.for_remote(a), pool.for_remote(a)
    assert first is not second
    third = pool.for_remote(b)
    assert third in (first, second)
    assert pool.for_remote(a) not in (first, second)  # both have this remote already
    lonely = pool.alone()
    assert pool.for_remote(("192.0.2.3", 1)) is not lonely
    pool.settle(lonely, ("192.0.2.9", 9))
    assert not pool.move(third, b, a)
    pool.release(third, b)
    assert len(handed) == len(pool.sockets) == 4 and all(port % 2 == 0 for port in handed)


def test_a_range_without_a_free_port_says_so():
    kept = []
    pool = PortPool("127.0.0.1", 24300, 24300, lambda number, port, fd: kept.append(os.dup(fd)))
    pool.alone()
    with pytest.raises(NoPort):
        pool.alone()
    os.close(kept[0])


def test_admission_forgets_what_is_settled():
    admission = Admission(2)
    far = ("192.0.2.1", 5060)
    for key in ("a", "b"):
        admission.answered(key, far, 0.0)
    assert admission.crowded(far) and admission.overdue(0.1, far) is None
    assert admission.overdue(0.6, far) == "a"
    admission.settled("a")
    assert not admission.crowded(far) and admission.overdue(0.6) == "b"
