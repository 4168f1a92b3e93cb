"""A whole call by keys alone, a text field having the focus all the time."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from app.desktop.widgets.button import Toggle


def press(made, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget() or made.window, key, modifiers)
    made.settle()


@pytest.mark.req("A1", "A3", "A4", "A9", "A13")
def test_a_call_is_worked_from_ring_to_ring_without_the_mouse(scene):
    made = scene()
    made.show("ringing")
    made.window.activateWindow()
    press(made, Qt.Key.Key_F2)
    assert made.link.commands()[-1] == "AnswerCall"
    made.story.answer()
    made.settle()
    press(made, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    says = QApplication.focusWidget()
    assert isinstance(says, QPlainTextEdit) and says.objectName() == "order_description"
    QTest.keyClicks(says, "no cooling")
    press(made, Qt.Key.Key_F3)
    assert made.link.commands()[-1] == "Hold"
    made.link.say("CallHeld", call_id="c417", agent_id="1024")
    assert made.window.shell.bar.block._hue == "held"
    press(made, Qt.Key.Key_F3)
    assert made.link.commands()[-1] == "Resume"
    made.link.say("CallResumed", call_id="c417", agent_id="1024")
    press(made, Qt.Key.Key_F4)
    assert made.link.commands()[-1] == "Mute"
    press(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    path, body, _ = made.link.posted[-1]
    assert path == "/api/v1/records/work_order" and body["description"] == "no cooling"
    assert body["customer_id"] == "K-0083217" and body["product_id"] == "P-1" and body["call_id"] == "c417"
    assert body["warranty"] == "inside" and body["status"] == "dispatched"
    press(made, Qt.Key.Key_F12)
    assert made.link.commands()[-1] == "HangUp"
    made.story.end()
    made.settle()
    assert QApplication.focusWidget().objectName() == "wrap_notes"
    QTest.keyClicks(QApplication.focusWidget(), "done")
    chips = made.window.shell.wrap_up.groups["type"].chips
    next(iter(chips.values())).setFocus()
    press(made, Qt.Key.Key_2)
    assert made.shift.wrap_up.values["type"] == "chase"
    press(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    command, fields = made.link.sent[-1]
    assert command == "FinishWrapUp" and fields["notes"] == "done" and fields["status"] == "dispatched"
    assert fields["business_line"] == "fridge" and fields["call_id"] == "c417"


def test_keys_of_another_state_do_nothing(scene):
    made = scene()
    made.show("idle")
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F12, Qt.Key.Key_F5):
        press(made, key)
    assert made.link.commands() == []
    press(made, Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier)
    assert made.link.commands() == ["StartBreak"]


def test_the_application_s_keys_win_over_the_text_field_s_own(scene):
    made = scene()
    made.show("talking")
    made.settle()
    says = made.window.findChild(QPlainTextEdit, "order_description")
    says.setFocus()
    before = says.toPlainText()
    press(made, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert made.window._panel.objectName() == "picker" and says.toPlainText() == before
    press(made, Qt.Key.Key_Escape)
    assert made.window._panel is None


@pytest.mark.req("A3")
def test_a_transfer_takes_a_name_and_enter(scene):
    made = scene()
    made.show("talking")
    press(made, Qt.Key.Key_F5)
    QTest.keyClicks(QApplication.focusWidget(), "1003")
    made.settle()
    press(made, Qt.Key.Key_Return)
    assert made.link.sent[-1] == ("Transfer", {"to": "agent:1003", "mode": "blind", "call_id": "c417"})


def test_the_keypad_sends_what_the_keyboard_types(scene):
    made = scene()
    made.show("talking")
    press(made, Qt.Key.Key_F8)
    press(made, Qt.Key.Key_7)
    assert made.link.sent[-1] == ("SendDigits", {"digits": "7", "call_id": "c417"})


def test_finishing_with_a_choice_missing_says_which(scene):
    made = scene()
    made.show("wrap_up")
    made.shift.wrap_up.put("status", None)
    made.settle()
    press(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "FinishWrapUp" not in made.link.commands()
    assert made.window.shell.wrap_up._labelled["status"]._error.isVisible()


def test_toggles_say_their_number(scene):
    made = scene()
    made.show("wrap_up")
    chips = made.window.shell.wrap_up.findChildren(Toggle)
    assert chips[0].accessibleDescription() == "1"
