"""Asking a colleague while the customer is on hold: what the bar shows and what its keys ask for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.client.answers import Answer

ABOUT = {"call_id": "c417"}


def press(made, key):
    QTest.keyClick(QApplication.focusWidget() or made.window, key)
    made.settle()


def names(made):
    return [action.name for action in made.shift.bar.actions() if action.usable]


@pytest.mark.req("A3")
def test_a_consultation_says_whom_and_who_waits_and_has_its_keys(scene):
    made = scene()
    made.show("talking")
    made.story.consult(since_s=31.0)
    made.settle()
    bar = made.window.shell.bar
    assert (bar.block._word, bar.block._hue) == ("咨询", "talking")
    assert (bar.who.other.text(), bar.who.on_hold.text()) == ("正在叫 高婷", "客户保持中 00:31")
    assert bar.who.other.isVisible() and bar.who.on_hold.isVisible()
    assert "complete" not in names(made) and not bar.buttons["complete"].isEnabled()
    press(made, Qt.Key.Key_F5)
    assert "CompleteTransfer" not in made.link.commands()
    press(made, Qt.Key.Key_F6)
    assert made.link.sent[-1] == ("CancelTransfer", ABOUT)
    made.story.consulted()
    made.settle()
    assert bar.who.other.text() == "咨询 高婷" and bar.buttons["complete"].isEnabled()
    press(made, Qt.Key.Key_F5)
    assert made.link.sent[-1] == ("CompleteTransfer", ABOUT)
    press(made, Qt.Key.Key_F7)
    assert made.link.sent[-1] == ("JoinConference", ABOUT)
    made.link.say("ConferenceStarted", call_id="c417", agent_id="1024", with_agent="1003")
    made.settle()
    assert bar.block._word == "三方" and not bar.who.on_hold.isVisible()
    made.link.say("ConsultEnded", call_id="c417", agent_id="1024", reason="gone", with_agent="1003")
    made.settle()
    assert bar.block._word == "通话" and "hold" in names(made) and not bar.who.other.isVisible()


@pytest.mark.req("A3")
def test_a_conference_without_a_consultation_asks_first_and_joins_on_the_answer(scene):
    made = scene()
    made.show("talking")
    press(made, Qt.Key.Key_F7)
    targets = made.shift.picker.targets()
    assert targets and not [t for t in targets if t.to.startswith("queue:")]
    QTest.keyClicks(QApplication.focusWidget(), "1003")
    made.settle()
    press(made, Qt.Key.Key_Return)
    assert made.link.sent[-1] == ("Transfer", {"to": "agent:1003", "mode": "consult", "call_id": "c417"})
    made.story.consult()
    assert made.shift.bar.who().other == "正在叫 高婷，接起后三方"
    assert "JoinConference" not in made.link.commands()
    made.story.consulted()
    assert made.link.sent[-1] == ("JoinConference", ABOUT)


def test_a_refused_conference_joins_nobody_later(scene):
    made = scene()
    made.show("talking")
    made.link.refusals["Transfer"] = Answer(refused="AgentBusy", reason="对方忙")
    made.desk.transfer("agent:1003", "conference")
    made.story.consult()
    made.story.consulted()
    assert "JoinConference" not in made.link.commands()


def test_who_is_asked_sees_who_asks_and_has_no_keys_over_the_customer(scene):
    made = scene()
    made.story.log_in()
    made.window.show_shift(made.shift)
    consult = {"state": "talking", "agent_id": "1001", "to": "agent:1024", "with_agent": "1024"}
    call = {"call_id": "c417", "from": "+8613800004417", "state": "held", "queue": "service"}
    me = {"user": made.desk.user, "agent": made.story.me("talking"), "call": call, "consult": consult,
          "pop": None, "draft": None, "desk": None}  # fmt: skip
    made.link.say("Snapshot", agents=made.story.agents(), queues=made.story.queues(), me=me)
    assert made.shift.bar.who().other == "周敏 来咨询"
    assert "complete" not in names(made) and "hang_up" in names(made)
