"""Every screen, both languages: nothing cut, everything named, the same place for the same thing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.desktop.widgets.text import Text

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)
INSIDE = {"qt_spinbox_lineedit", "qt_scrollarea_viewport"}


def cut(made):
    """What has not the room for its words, and is not meant to be elided."""
    return [
        (type(w).__name__, w.objectName(), w.text())
        for w in made.window.findChildren(QWidget)
        if w.isVisible()
        and hasattr(w, "is_elided")
        and w.is_elided()
        and not (isinstance(w, Text) and w._elide)
    ]


def nameless(made):
    """Controls that a test, or a reader, could not name."""
    found = []
    for control in made.window.findChildren(QWidget):
        if not isinstance(control, CONTROLS) or not control.isVisible() or control.objectName() in INSIDE:
            continue
        inside_a_combo = isinstance(control.parentWidget(), QComboBox) or "Combo" in type(control).__name__
        if inside_a_combo and not isinstance(control, QComboBox):
            continue
        if not control.objectName() or not control.accessibleName():
            found.append((type(control).__name__, control.objectName()))
    return found


@pytest.mark.req("A22", "X2")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_through_a_whole_shift_nothing_is_cut_and_every_control_has_its_names(scene, language):
    made = scene(language)
    seen = []
    for screen in made.walk():
        assert (screen, cut(made)) == (screen, [])
        assert (screen, nameless(made)) == (screen, [])
        seen.append(screen)
    assert len(seen) == 10


@pytest.mark.req("A22", "X2")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("screen", ["unknown", "login", "floor", "bar_only"])
def test_on_the_other_screens_too(scene, screen, language):
    made = scene(language)
    made.show(screen)
    made.settle()
    assert cut(made) == [] and nameless(made) == []


def test_nothing_is_cut_on_the_small_screen_either(scene):
    made = scene("en", size=(1280, 720))
    for screen in made.walk():
        assert (screen, cut(made)) == (screen, [])


def test_the_floor_is_not_cut_on_the_small_screen(scene):
    made = scene("en", size=(1280, 720))
    made.show("floor")
    made.settle()
    assert cut(made) == []


def test_columns_keep_their_place_in_all_states(scene):
    made = scene()
    made.show("ringing")
    ringing = made.window.shell.customer.mapTo(made.window, made.window.shell.customer.rect().topLeft())
    made.story.answer()
    made.settle()
    talking = made.window.shell.customer.mapTo(made.window, made.window.shell.customer.rect().topLeft())
    made.story.end()
    made.settle()
    after = made.window.shell.customer.mapTo(made.window, made.window.shell.customer.rect().topLeft())
    assert ringing == talking == after


@pytest.mark.parametrize("width", [1440, 1280, 1100, 960])
def test_narrow_windows_fold_and_never_cut_answer_or_hang_up(scene, width):
    made = scene("en", size=(width, 540))
    made.show("ringing")
    made.settle()
    shell = made.window.shell
    assert shell.bar.buttons["answer"].geometry().right() <= shell.width()
    assert shell._tabs.tabs["guide"].isVisible() == (width < 1360)
    assert shell._strip.isVisible() == (width < 1180)
    made.story.answer()
    made.settle()
    hang_up = shell.bar.buttons["hang_up"]
    assert hang_up.mapTo(shell, hang_up.rect().topRight()).x() <= shell.width()
    assert shell.bar.block.width() == 236


def test_another_language_and_theme_keep_what_was_typed_where_it_was(scene):
    made = scene()
    made.show("talking")
    made.settle()
    address = made.window.findChild(QLineEdit, "order_address")
    address.setFocus()
    address.setText("文三路 99 号")
    address.textEdited.emit("文三路 99 号")
    address.setCursorPosition(3)
    made.window._settings.other_language()
    made.window._settings.other_theme()
    made.settle()
    again = made.window.findChild(QLineEdit, "order_address")
    assert again is not address and again.text() == "文三路 99 号"
    assert QApplication.focusWidget() is again and again.cursorPosition() == 3
    assert made.window.shell.tab == "order"
    assert made.window.shell.bar.buttons["hang_up"].text() == "Hang up"


def test_an_unknown_number_gets_a_form_with_the_number_filled_in(scene):
    made = scene()
    made.show("unknown")
    made.settle()
    assert made.window.findChild(QLineEdit, "new_phone").text() == "139 5550 0123"
    made.shift.customer.save_new()
    assert "name" in made.shift.customer.errors and not made.link.posted
    made.shift.customer.type_value("name", "王芳")
    made.shift.customer.save_new()
    path, body, method = made.link.posted[-1]
    assert (path, method) == ("/api/v1/records/customer", "POST") and body["name"] == "王芳"
    made.settle()
    assert made.shift.customer.customer["id"] == "K-0083217"


def test_a_lost_link_greys_the_call_keys_and_leaves_the_form_alone(scene):
    made = scene()
    made.show("talking")
    made.link.lose()
    made.settle()
    assert made.window.shell.lost.isVisible()
    assert not made.window.shell.bar.buttons["hold"].isEnabled()
    says = made.window.findChild(QPlainTextEdit, "order_description")
    says.setPlainText("断线时写的")
    assert made.shift.order.values["description"] == "断线时写的"
    made.link.come_back()
    made.settle()
    assert not made.window.shell.lost.isVisible() and made.window.shell.bar.buttons["hold"].isEnabled()


def test_nothing_lies_over_a_call_that_rings(scene):
    made = scene()
    made.show("settings")
    made.settle()
    made.story.ring()
    made.settle()
    assert made.window._panel is None


@pytest.mark.req("A7")
def test_the_screen_pop_is_logged_once_after_it_was_painted(scene, capsys):
    made = scene()
    made.show("ringing")
    made.settle()
    made.story.pop()
    made.settle()
    lines = [line for line in capsys.readouterr().err.splitlines() if "screen_pop_shown" in line]
    assert len(lines) == 1 and '"call_id": "c417"' in lines[0] and '"offered_at"' in lines[0]


def test_wrong_password_stands_at_the_field(scene):
    made = scene()
    made.show("login")
    made.login.password = "wrong"
    made.login.log_in()
    made.settle()
    assert made.window.findChild(QWidget, "login_password_error").text() == "工号或密码不对"
    made.login.password = "secret"
    opened = []
    made.login.opened.connect(lambda token, user: opened.append(user))
    made.login.log_in()
    assert opened == ["1024"] and made.login.password == ""


def test_a_supervisor_sees_the_floor_and_a_call_brings_his_desk_back(scene):
    made = scene()
    made.show("floor")
    made.settle()
    shell = made.window.shell
    assert shell.floor.isVisible() and made.shift.floor.rowCount() == 17
    talking = next(t for t in made.shift.floor._tiles if t.state == "talking")
    made.shift.floor.choose(talking.agent_id)
    made.shift.floor.supervise("Listen")
    assert made.link.sent[-1] == ("Listen", {"agent_id": talking.agent_id})
    assert made.shift.floor.who_hears_whom() == f"正在监听 {talking.name}：双方听不到您"
    made.shift.floor.supervise("StopListening")
    assert made.shift.floor.who_hears_whom() == ""
    made.story.ring()
    made.settle()
    assert not shell.floor.isVisible() and shell.history.isVisible()


@pytest.mark.req("R4", "P7")
def test_a_supervisor_sees_why_this_agent_got_the_call_and_what_happened(scene):
    made = scene()
    made.show("floor")
    made.settle()
    floor, view = made.shift.floor, made.window.shell.floor
    assert floor.call.why() == "何秀英：今日接听最少，当时空闲 2 人"
    assert [(c.name, c.count, c.why_not) for c in floor.call.candidates()] == [
        ("何秀英", "31 通", ""), ("刘洋", "34 通", ""), ("梁宇", "12 通", "小休"), ("吴迪", "29 通", "通话"),
    ]  # fmt: skip
    steps = [(s.time, s.words) for s in floor.call.steps()]
    assert steps[:4] == [
        ("0:00", "来电"),
        ("0:00", "系统应答"),
        ("0:09", "按键 1"),
        ("0:10", "排入 冰箱报修"),
    ]
    assert ("0:46", "何秀英 接听") in steps and steps[-1] == ("1:32", "取回")
    assert [row.result for row in floor.call_rows()] == ["排队", "振铃", "通话", "保持"]
    assert view._table.currentIndex().row() == 2, "the chosen agent's call is marked"
    view._table.selectRow(0)
    assert floor.call.call_id == "f4" and floor.chosen == ""


def test_ending_somebody_s_call_wants_a_second_press(scene):
    made = scene()
    made.show("floor")
    made.settle()
    end = made.window.findChild(QAbstractButton, "floor_end_call")
    end.click()
    assert end.text() == "再按一次确认" and "ForceHangUp" not in made.link.commands()
    end.click()
    assert (
        made.link.sent[-1] == ("ForceHangUp", {"agent_id": "1006", "call_id": "f1"}) and end.text() == "强拆"
    )


def test_the_tiles_fill_their_row(scene):
    made = scene()
    made.show("floor")
    made.settle()
    tiles = made.window.shell.floor._tiles
    columns = tiles.viewport().width() // tiles.gridSize().width()
    assert tiles.viewport().width() - columns * tiles.gridSize().width() < columns + 3


@pytest.mark.req("A22")
def test_only_the_bar_and_back_and_a_ring_opens_it_as_was_chosen(scene):
    made = scene()
    made.show("idle")
    size = made.window.size()
    QTest.keyClick(
        made.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    made.settle()
    shell = made.window.shell
    assert made.window.height() < 100 and shell.bar.isVisible() and not shell.status.isVisible()
    assert made.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    made.story.ring()
    made.settle()
    assert made.window.size() == size and shell.history.isVisible()
    made.preferences["opens_on_ring"] = "false"
    made.window.show_bar_only(True)
    made.story.answer()
    made.story.end()
    made.story.finish()
    made.story.ring()
    made.settle()
    assert made.window.height() < 100 and shell.bar.buttons["answer"].isVisible()


def test_the_last_choice_is_undone_and_words_by_their_own_field(scene):
    made = scene()
    made.show("wrap_up")
    made.window.setFocus()
    made.shift.wrap_up.put("type", "complaint")
    made.window._undo()
    assert made.shift.wrap_up.values["type"] == "chase"
    notes = made.window.findChild(QPlainTextEdit, "wrap_notes")
    before = notes.toPlainText()
    notes.setFocus()
    QTest.keyClicks(notes, "abc")
    QTest.keyClick(notes, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert notes.toPlainText() == before and made.shift.wrap_up.values["type"] == "chase"


def test_a_slot_chosen_by_mistake_is_taken_back(scene):
    made = scene()
    made.show("talking")
    order = made.shift.order
    first = order.slot()
    order.choose_slot(order.slots()[4].key)
    made.window.setFocus()
    made.window.shell.setFocus()
    made.window._undo()
    assert order.slot() == first


@pytest.mark.req("P7")
def test_the_mark_stays_with_the_agent_when_the_tiles_change_places(scene):
    made = scene()
    made.show("floor")
    made.settle()
    floor, tiles = made.shift.floor, made.window.shell.floor._tiles
    tiles.setCurrentIndex(floor.index(floor.row_of("1008")))
    assert floor.chosen == "1008"
    rows = [{**made.desk.agents[a], "state": "ready"} for a in ("1010", "1011")]
    before = tiles.currentIndex().row()
    made.link.say("TablesChanged", agents=[*rows, {**made.desk.agents["1008"], "call_id": "f2"}])
    made.settle()
    assert tiles.currentIndex().row() != before and tiles.currentIndex().row() == floor.row_of("1008")
    floor.supervise("Listen")
    assert made.link.sent[-1] == ("Listen", {"agent_id": "1008"}) and floor.call.call_id == "f2"
