"""Between calls: who to call back, whom the recent calls were with, finding anything."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.client.answers import Reply
from tests.fakes.desk_link import NOW, at


@pytest.mark.req("A8")
def test_the_most_urgent_caller_stands_first_and_one_key_dials_him(scene):
    made = scene()
    made.show("idle")
    rows = made.shift.idle.tasks.rows()
    assert [(r.title, r.hue) for r in rows] == [
        ("回拨 陈淑芬  139 0000 2051", "broken"),
        ("回拨 137 0000 2066", "near"),
        ("回拨 0571 5550 7733", "plain"),
    ]
    assert rows[0].detail == "冰箱报修  ·  排队时挂断  ·  10:31" and rows[0].due == "应于 11:01 前"
    assert made.window.shell.idle._tasks.count.text() == "3", "another queue's task is not mine"
    QTest.keyClick(made.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert made.link.sent[-1] == ("Dial", {"number": "+8613900002051"})
    button = made.window.findChild(QAbstractButton, "call_back_t2")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert made.link.sent[-1] == ("Dial", {"number": "+8613700002066"})


def test_nobody_is_called_back_during_a_call_and_a_served_one_leaves_the_list(scene):
    made = scene()
    made.show("talking")
    QTest.keyClick(
        QApplication.focusWidget() or made.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier
    )
    assert "Dial" not in made.link.commands()
    made.link.replies["/api/v1/tasks"] = Reply(status=200, json={"items": [], "next": None})
    made.story.end()
    made.story.finish()
    made.settle()
    assert made.window.shell.idle._no_tasks.isVisible() and not made.shift.idle.tasks.rows()


def test_somebody_lost_in_a_queue_lets_the_tasks_be_asked_again(scene):
    made = scene()
    made.show("idle")
    tasks = made.shift.idle.tasks
    assert not tasks._timer.isActive()
    row = made.desk.queues["service"]
    made.link.say("TablesChanged", queues=[{**row, "today": {**row["today"], "abandoned": 99}}])
    assert tasks._timer.isActive()


def test_recent_calls_say_the_customer_s_name(scene):
    made = scene()
    made.show("idle")
    assert [c.who for c in made.shift.idle.calls()][:2] == ["赵国强", "钱慧"]


@pytest.mark.req("A8")
def test_one_field_finds_customers_orders_and_calls(scene):
    made = scene()
    made.show("idle")
    picker = made.shift.picker
    made.link.replies["/api/v1/calls?number"] = Reply(
        status=200,
        json={"items": [{"call_id": "c1", "direction": "in", "from": "+8613800004417", "queue": "service", "started_at": at(NOW - 60)}]},
    )  # fmt: skip
    made.link.replies = dict(sorted(made.link.replies.items(), key=lambda kept: -len(kept[0])))
    made.window.open_picker("find")
    picker.type_words("13800004417")
    picker._ask()
    found = [(t.to, t.icon) for t in picker.targets()]
    assert ("number:+8613800004417", "phone-outgoing") in found and ("number:+8613800004417", "user") in found
    assert ("order:W-0000418", "tool") in found and ("number:+8613800004417", "history") in found
    assert picker.targets()[-1].detail == "来电  11-22 11:02  ·  冰箱报修"
    order = next(t for t in picker.targets() if t.to.startswith("order:"))
    assert order.name == "WX-20261122-00418  陈淑芬"
    made.window._panel._take(order)
    made.settle()
    assert made.window._panel.objectName() == "slip" and made.shift.slip.order_id == "W-0000418"
