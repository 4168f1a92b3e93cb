"""One call after another: what becomes of callers, agents and queues."""

import pytest

from app.domain import commands as c
from app.domain import effects as f
from app.domain import errors
from app.domain import events as e
from app.domain import inputs as i
from tests.domain.floor.centre import Centre


def to_queue(centre: Centre, leg: str) -> str:
    """A caller who has chosen 1 at the menu of 400."""
    call_id = centre.call(leg)
    centre.play_over(leg)
    centre.press(leg, "1")
    return call_id


def steps(centre: Centre, call_id: str) -> list[str]:
    return [one.step for one in centre.events(e.StepTaken) if one.call_id == call_id]


@pytest.mark.req("T21", "I2", "I3", "I4", "R1", "R4")
def test_a_call_goes_through_the_menu_to_an_agent_and_is_recorded():
    centre = Centre()
    call_id = to_queue(centre, "x0001")
    centre.do(c.AnswerCall(agent_id="a01"))
    assert centre.board.legs["x0001"].room == call_id
    assert [leg.room for leg in centre.board.legs.values() if leg.user == "a01"] == [call_id]
    (tape,) = centre.board.recordings.values()
    assert tape.leg == "x0001" and tape.file == f"2026/11/22/{call_id}-1.wav"
    centre.wait(7)
    view = centre.floor.call_view(call_id, centre.now_s)
    assert view is not None and view["state"] == "talking" and view["talk_s"] == 7.0
    assert view["keys"] == [{"node": "menu", "digits": "1"}]
    centre.hang_up("x0001")
    assert centre.state("a01") == "wrap_up"
    centre.do(c.FinishWrapUp(agent_id="a01", notes="ok"))
    assert centre.state("a01") == "ready"
    assert call_id not in centre.floor.state.calls
    (ended,) = centre.events(e.CallEnded)
    assert (ended.outcome, ended.ended_by, ended.agent_id, ended.talk_s) == ("answered", "caller", "a01", 7.0)
    assert steps(centre, call_id)[:4] == ["offered", "node", "answered", "node"]


@pytest.mark.req("T1", "T22")
def test_an_agent_who_logs_in_at_noon_starts_at_nothing_and_gets_the_next_calls():
    centre = Centre(agents=2)
    centre.do(c.LogOut(agent_id="a02"))
    for number in range(3):
        leg = f"x000{number}"
        centre.call(leg, "9120")
        centre.do(c.AnswerCall(agent_id="a01"))
        centre.hang_up(leg)
        centre.do(c.FinishWrapUp(agent_id="a01"))
    centre.do(c.LogIn(agent_id="a02", desk_token="0" * 32))
    for number in range(3, 6):
        leg = f"x000{number}"
        centre.call(leg, "9120")
        assert centre.ringing() == ["a02"]
        centre.do(c.AnswerCall(agent_id="a02"))
        centre.hang_up(leg)
        centre.do(c.FinishWrapUp(agent_id="a02"))
    assert [row["calls_today"] for row in centre.floor.agent_rows()] == [3, 3]
    chosen = centre.events(e.DecisionMade)[-1]
    assert chosen.rule == "fewest_today" and [one.agent for one in chosen.candidates] == ["a01", "a02"]


@pytest.mark.req("T1")
def test_ties_go_to_the_longest_idle():
    centre = Centre(agents=3)
    centre.do(c.StartBreak(agent_id="a01", reason="tea"))
    for leg, agent in (("x0001", "a02"), ("x0002", "a03"), ("x0003", "a02")):
        centre.call(leg, "9120")
        centre.do(c.AnswerCall(agent_id=agent))
        centre.wait(5)
        centre.hang_up(leg)
        centre.do(c.FinishWrapUp(agent_id=agent))
    centre.call("x0004", "9120")
    assert centre.ringing() == ["a03"]


@pytest.mark.req("T1")
def test_a_new_day_starts_at_nothing():
    centre = Centre(agents=1)
    centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    centre.take(i.DayStarted(date="2026-11-23"))
    row = centre.floor.agent_rows()[0]
    assert (row["calls_today"], row["talk_today_s"]) == (0, 0.0)
    assert all(one["today"]["offered"] == 0 for one in centre.floor.queue_rows())


@pytest.mark.req("T15")
def test_nobody_answers_the_agent_gets_a_break_and_the_caller_keeps_his_place():
    centre = Centre(agents=2)
    centre.do(c.StartBreak(agent_id="a02", reason="tea"))
    first = centre.call("x0001", "9120")
    second = centre.call("x0002", "9120")
    centre.wait(20)
    assert centre.state("a01") == "on_break"
    assert centre.floor.agent_rows()[0]["reason"] == "no_answer"
    assert centre.floor.state.waiting == [first, second]
    centre.do(c.EndBreak(agent_id="a02"))
    offer = centre.events(e.AgentOffered)[-1]
    assert (offer.call_id, offer.agent_id, offer.waited_s) == (first, "a02", 20.0)


def test_a_call_given_back_goes_to_somebody_else_and_not_again_to_the_same():
    centre = Centre(agents=2)
    centre.call("x0001", "9120")
    assert centre.ringing() == ["a01"]
    centre.do(c.HangUp(agent_id="a01"))
    assert (centre.state("a01"), centre.ringing()) == ("ready", ["a02"])
    assert centre.events(e.DecisionMade)[-1].candidates[0].passed_over == "refused"
    centre.do(c.HangUp(agent_id="a02"))
    assert centre.ringing() == []
    centre.wait(16)
    assert centre.ringing() == ["a01"], "everybody gave it back: somebody is asked once more"


def test_a_caller_who_hangs_up_while_it_rings_leaves_the_agent_ready():
    centre = Centre(agents=1)
    centre.call("x0001", "9120")
    centre.hang_up("x0001")
    assert centre.state("a01") == "ready"
    (ended,) = centre.events(e.CallEnded)
    assert ended.outcome == "abandoned"
    assert [task.number for task in centre.events(e.TaskMade)] == ["13800000001"]


@pytest.mark.req("X6")
def test_a_number_not_served_is_one_task_until_it_is_reached():
    centre = Centre(agents=1)
    centre.do(c.StartBreak(agent_id="a01", reason="tea"))
    for leg in ("x0001", "x0002"):
        centre.call(leg, "9120", "13811112222")
        centre.hang_up(leg)
    assert len(centre.events(e.TaskMade)) == 1 and len(centre.events(e.TaskMerged)) == 1
    centre.do(c.EndBreak(agent_id="a01"))
    centre.call("x0003", "9120", "13811112222")
    centre.do(c.AnswerCall(agent_id="a01"))
    assert [task.number for task in centre.events(e.TaskClosed)] == ["13811112222"]


@pytest.mark.req("T2", "T4", "T5", "T6")
def test_a_waiting_caller_hears_position_and_wait_then_music_and_again():
    centre = Centre(agents=1)
    centre.call("x0001", "9120")
    to_queue(centre, "x0002")
    sound = centre.board.legs["x0002"].sound
    assert sound is not None and not sound.loop
    said = centre.events(e.StepTaken)[-1]
    assert said.step == "announced" and said.detail == {"position": 1, "expected_wait_s": 120.0}
    centre.play_over("x0002")
    sound = centre.board.legs["x0002"].sound
    assert sound is not None and sound.loop
    centre.wait(30)
    assert [one.step for one in centre.events(e.StepTaken)].count("announced") == 2


@pytest.mark.req("T15")
def test_who_waits_too_long_leaves_by_the_flows_overflow_and_leaves_a_message():
    centre = Centre(agents=0, settings={"queue:service": {"max_wait_s": 30.0}})
    call_id = to_queue(centre, "x0001")
    centre.play_over("x0001")
    centre.wait(31)
    assert centre.floor.state.calls[call_id].phase == "voicemail"
    centre.play_over("x0001")
    assert [tape.leg for tape in centre.board.recordings.values()] == ["x0001"]
    centre.press("x0001", "", "terminator")
    (ended,) = centre.events(e.CallEnded)
    assert ended.outcome == "voicemail"
    (task,) = centre.events(e.TaskMade)
    assert task.kind == "voicemail" and task.recording_id
    today = centre.floor.queue_rows()[0]["today"]
    assert (today["offered"], today["overflowed"]) == (1, 1)


def test_break_and_log_out_wait_for_the_end_of_the_call():
    centre = Centre(agents=2)
    centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    centre.do(c.StartBreak(agent_id="a01", reason="lunch"))
    assert centre.state("a01") == "talking"
    centre.do(c.HangUp(agent_id="a01"))
    assert "x0001" not in centre.board.legs
    centre.do(c.LogOut(agent_id="a01"))
    assert centre.state("a01") == "wrap_up"
    centre.wait(31)
    assert centre.state("a01") == "logged_out"
    assert not [leg for leg in centre.board.legs.values() if leg.user == "a01"], "the desk is closed"
    (finished,) = centre.events(e.WrapUpFinished)
    assert finished.by == "timeout"


def test_thirty_seconds_more_are_thirty_seconds_more():
    centre = Centre(agents=1)
    centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    centre.do(c.SaveWrapUpDraft(agent_id="a01", notes="typed"))
    centre.hang_up("x0001")
    centre.wait(20)
    centre.do(c.ExtendWrapUp(agent_id="a01"))
    centre.wait(39)
    assert centre.state("a01") == "wrap_up"
    centre.wait(2)
    assert centre.state("a01") == "ready"
    (finished,) = centre.events(e.WrapUpFinished)
    assert finished.summary["notes"] == "typed", "what was typed is not lost"


@pytest.mark.req("A4")
def test_a_held_caller_hears_music_and_comes_back():
    centre = Centre(agents=1)
    call_id = centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    centre.do(c.Hold(agent_id="a01"))
    leg = centre.board.legs["x0001"]
    assert leg.room is None and leg.sound is not None and leg.sound.loop
    centre.wait(4)
    with pytest.raises(errors.NotInThisState):
        centre.do(c.Hold(agent_id="a01"))
    centre.do(c.Resume(agent_id="a01"))
    leg = centre.board.legs["x0001"]
    assert leg.room == call_id and leg.sound is None
    view = centre.floor.call_view(call_id)
    assert view is not None and view["hold_s"] == 4.0


@pytest.mark.req("A3")
def test_a_blind_transfer_to_a_queue_is_a_new_segment_there():
    centre = Centre(agents=2)
    call_id = centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    centre.do(c.Transfer(agent_id="a01", to="queue:service"))
    assert (centre.state("a01"), centre.ringing()) == ("wrap_up", ["a02"])
    centre.do(c.AnswerCall(agent_id="a02"))
    places = [segment.place for segment in centre.floor.state.calls[call_id].segments]
    assert places == ["queue:bench", "agent:a01", "queue:service", "agent:a02"]
    assert [tape.file[-6:] for tape in centre.board.recordings.values()] == ["-2.wav"]


@pytest.mark.req("A3")
def test_a_transfer_to_an_agent_who_does_not_take_it_comes_back_to_the_queue():
    centre = Centre(agents=3)
    call_id = centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    with pytest.raises(errors.AgentBusy):
        centre.do(c.Transfer(agent_id="a01", to="agent:a01"))
    centre.do(c.Transfer(agent_id="a01", to="agent:a03"))
    assert centre.ringing() == ["a03"]
    centre.wait(21)
    assert centre.state("a03") == "on_break"
    assert centre.ringing() == ["a02"]
    assert centre.floor.state.calls[call_id].queue == "bench"


@pytest.mark.req("A3", "T28")
def test_a_consultation_is_completed_cancelled_or_made_a_conference():
    centre = Centre(agents=2)
    call_id = centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    centre.do(c.Transfer(agent_id="a01", to="agent:a02", mode="consult"))
    assert centre.board.legs["x0001"].sound is not None
    assert centre.floor.me("a01")["logged_in_at"] is not None
    asked = {"state": "calling", "agent_id": "a01", "to": "agent:a02", "with_agent": "a02"}
    assert centre.floor.me("a01")["consult"] == asked
    with pytest.raises(errors.NotInThisState):
        centre.do(c.CompleteTransfer(agent_id="a01"))
    centre.do(c.AnswerCall(agent_id="a02"))
    assert centre.floor.me("a02")["consult"] == {**asked, "state": "talking"}
    rooms = {leg.user or leg.leg: leg.room for leg in centre.board.legs.values()}
    assert rooms == {"x0001": None, "a01": f"{call_id}.consult", "a02": f"{call_id}.consult"}
    centre.do(c.CancelTransfer(agent_id="a01"))
    assert (centre.state("a02"), centre.board.legs["x0001"].room) == ("wrap_up", call_id)
    assert centre.floor.me("a01")["consult"] is None
    centre.do(c.FinishWrapUp(agent_id="a02"))
    centre.do(c.Transfer(agent_id="a01", to="agent:a02", mode="consult"))
    centre.do(c.AnswerCall(agent_id="a02"))
    centre.do(c.JoinConference(agent_id="a01"))
    assert {leg.room for leg in centre.board.legs.values()} == {call_id}
    centre.do(c.HangUp(agent_id="a01"))
    assert (centre.state("a01"), centre.state("a02")) == ("wrap_up", "talking")
    assert centre.floor.state.calls[call_id].agent_id == "a02"
    centre.hang_up("x0001")
    assert centre.state("a02") == "wrap_up"


@pytest.mark.req("A5")
def test_dialling_out_follows_the_rules_and_emergency_goes_before_them():
    centre = Centre(agents=1)
    for number, refusal in (
        ("0085212345678", errors.NotAllowedNumber),
        ("9", errors.NotAllowedNumber),
        ("", errors.WrongFields),
    ):
        with pytest.raises(refusal):
            centre.do(c.Dial(agent_id="a01", number=number))
    outcome = centre.do(c.Dial(agent_id="a01", number="+86 138-1111-2222"))
    (call,) = [one for one in outcome.effects if isinstance(one, f.Call)]
    assert (call.to, call.trunks, call.caller_id) == ("number:13811112222", ["t0"], "02100000000")
    centre.board.answer(call.leg)
    centre.feed()
    assert centre.state("a01") == "talking"
    centre.do(c.HangUp(agent_id="a01"))
    (ended,) = centre.events(e.CallEnded)
    assert (ended.outcome, ended.ended_by) == ("answered", "agent")
    assert centre.floor.agent_rows()[0]["calls_today"] == 0
    centre.do(c.FinishWrapUp(agent_id="a01"))
    outcome = centre.do(c.Dial(agent_id="a01", number="110"))
    assert [one.to for one in outcome.effects if isinstance(one, f.Call)] == ["number:110"]


@pytest.mark.req("A6", "P6")
def test_a_colleague_picks_up_what_rings_elsewhere():
    centre = Centre(agents=2)
    call_id = centre.call("x0001", "9120")
    assert centre.ringing() == ["a01"]
    centre.do(c.PickUp(agent_id="a02", call_id=call_id))
    assert (centre.state("a01"), centre.state("a02")) == ("ready", "talking")


@pytest.mark.req("P1", "P4")
def test_a_supervisor_listens_whispers_barges_and_leaves():
    centre = Centre(agents=2)
    call_id = centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    desk = centre.floor.state.agents["a01"].desk_leg
    for kind, role, to in ((c.Listen, "listen", None), (c.Whisper, "whisper", desk), (c.Barge, "talk", None)):
        centre.do(kind(agent_id="a01", by="a02"))
        (leg,) = [leg for leg in centre.board.legs.values() if leg.user == "a02"]
        assert (leg.room, leg.role, leg.whisper_to) == (call_id, role, to)
    centre.call("x0002", "9120")
    assert centre.ringing() == [], "who listens is not asked to take calls"
    centre.do(c.StopListening(agent_id="a01", by="a02"))
    assert centre.ringing() == ["a02"]


def test_a_silent_headset_means_one_moment_for_the_caller_and_a_break_after():
    centre = Centre(agents=1)
    call_id = centre.call("x0001", "9120")
    centre.do(c.AnswerCall(agent_id="a01"))
    desk = centre.floor.state.agents["a01"].desk_leg or ""
    centre.board.heard(desk, False)
    centre.feed()
    leg = centre.board.legs["x0001"]
    assert leg.room is None and leg.sound is not None and not leg.sound.loop
    centre.play_over("x0001")
    assert centre.board.legs["x0001"].sound is not None
    centre.board.heard(desk, True)
    centre.feed()
    assert centre.board.legs["x0001"].room == call_id
    assert centre.floor.agent_rows()[0]["pending_break"] is None


def test_an_agent_whose_link_stays_lost_gets_no_more_calls():
    centre = Centre(agents=1)
    centre.take(i.AgentLinkChanged(agent_id="a01", connected=True))
    centre.take(i.AgentLinkChanged(agent_id="a01", connected=False))
    centre.call("x0001", "9120")
    assert centre.ringing() == []
    centre.take(i.AgentLinkChanged(agent_id="a01", connected=True))
    assert centre.ringing() == ["a01"]
    centre.take(i.AgentLinkChanged(agent_id="a01", connected=False))
    centre.wait(4)
    assert (centre.state("a01"), centre.floor.agent_rows()[0]["reason"]) == ("on_break", "link_lost")


def test_a_telephone_rings_is_lifted_and_put_down():
    centre = Centre(agents=0, settings={"user:p1": {"queues": ["bench"], "phone_user": "801"}})
    centre.do(c.LogIn(agent_id="p1", phone="sip"))
    call_id = centre.call("x0001", "9120")
    (phone,) = [leg for leg in centre.board.legs.values() if leg.to_number == "phone:801"]
    with pytest.raises(errors.NotInThisState):
        centre.do(c.AnswerCall(agent_id="p1"))
    centre.board.answer(phone.leg)
    centre.feed()
    assert centre.state("p1") == "talking"
    assert centre.board.legs[phone.leg].room == call_id
    centre.hang_up(phone.leg)
    assert centre.state("p1") == "wrap_up" and "x0001" not in centre.board.legs


@pytest.mark.req("T24")
def test_a_refused_and_an_unknown_number_are_refused():
    centre = Centre(agents=0)
    centre.call("x0001", "9199")
    centre.call("x0002", "12345")
    assert [(one.outcome, one.cause) for one in centre.events(e.CallEnded)] == [
        ("refused", 21),
        ("refused", 1),
    ]
    assert [one.cause for one in centre.board.obeyed if isinstance(one, f.Refuse)] == [21, 1]
    assert not centre.floor.state.calls


@pytest.mark.parametrize(
    "command",
    [
        c.AnswerCall(agent_id="a01"),
        c.HangUp(agent_id="a01"),
        c.Hold(agent_id="a01"),
        c.Resume(agent_id="a01"),
        c.Mute(agent_id="a01"),
        c.SendDigits(agent_id="a01", digits="1"),
        c.Transfer(agent_id="a01", to="queue:service"),
        c.CompleteTransfer(agent_id="a01"),
        c.CancelTransfer(agent_id="a01"),
        c.JoinConference(agent_id="a01"),
        c.PickUp(agent_id="a01", call_id="c0"),
        c.FinishWrapUp(agent_id="a01"),
        c.SaveWrapUpDraft(agent_id="a01"),
        c.ExtendWrapUp(agent_id="a01"),
        c.StartRecording(agent_id="a01"),
        c.EndBreak(agent_id="a01"),
        c.LogIn(agent_id="a01"),
        c.LogIn(agent_id="nobody"),
        c.Listen(agent_id="a02", by="a01"),
        c.StopListening(agent_id="a02", by="a01"),
        c.ForceHangUp(agent_id="a01"),
        c.ForceTransfer(agent_id="a01", to="queue:service"),
        c.MoveAgent(agent_id="a01", queues=["nowhere"]),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_refused_command_changes_nothing_and_says_why(command: c.Command):
    centre = Centre(agents=2)
    before = centre.floor.state_hash()
    with pytest.raises(errors.Refused) as refusal:
        centre.do(command)
    assert centre.floor.state_hash() == before
    assert refusal.value.reason_text("zh_CN") and refusal.value.reason_text("en")


@pytest.mark.req("I5", "I7")
def test_a_look_up_is_answered_and_late_answers_are_not_heard():
    flow = {
        "format": 1, "id": "find", "title": {"zh_CN": "查", "en": "Find"}, "start": "look",
        "on_error": None, "on_hang_up": None,
        "variables": {"order": {"type": "record"}},
        "nodes": {
            "look": {"type": "lookup", "what": "order", "by": {"number": "1"}, "into": "order",
                     "exits": {"found": "to", "missing": "bye", "failed": "bye"}},
            "to": {"type": "queue", "queue": "service", "exits": {"overflow": "bye"}},
            "bye": {"type": "hang_up"},
        },
        "canvas": {}, "comments": [],
    }  # fmt: skip
    centre = Centre(agents=0, settings={"flow:find": flow, "number:401": {"flow": "find"}})
    outcome = centre.board.offer("x0001", "401", "138") or centre.take(centre.board.said[-1], from_board=True)
    (asked,) = [one for one in outcome.effects if isinstance(one, f.LookUp)]
    centre.kill()
    again = centre.floor.state.calls[asked.call_id].flow
    assert again is not None and again.handle == asked.request_id, "asked again under its old name"
    centre.take(i.LookupAnswered(call_id=asked.call_id, request_id=asked.request_id, value={"state": "open"}))
    assert centre.floor.state.waiting == [asked.call_id]
    late = i.LookupAnswered(call_id=asked.call_id, request_id=asked.request_id, value=None)
    assert centre.take(late).events == []


def test_a_queue_is_called_by_its_title_in_the_site_s_language():
    title = {"zh_CN": "维修服务", "en": "Repairs"}
    centre = Centre(agents=1, settings={"queue:service": {"title": title}})
    rows = {row["queue_id"]: row for row in centre.floor.queue_rows()}
    assert rows["service"]["name"] == "维修服务" and rows["service"]["title"] == title
    assert rows["bench"]["name"] == "bench"
