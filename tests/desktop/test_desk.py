"""What the desktop knows comes from events alone; drafts survive whatever dies."""

import os
import time
from datetime import UTC, datetime

import pypdfium2
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtPrintSupport import QPrinter

from app.client.answers import Answer, Reply
from app.desktop.clock import Clock
from app.desktop.desk import Desk
from app.desktop.drafts import DraftFolder
from app.desktop.shift import Shift
from app.desktop.slip.view import print_on
from app.desktop.slip.viewmodel import PRINT_DPI, pages
from app.desktop.wallboard.viewmodel import least_px
from app.desktop.widgets.application import speak
from tests.fakes.desk_link import NOW, FakeLink, Story, at


@pytest.fixture
def world(qapp, tmp_path):
    speak("zh_CN")
    link = FakeLink()
    desk = Desk(link, Clock(lambda: NOW))
    shift = Shift(desk, DraftFolder(tmp_path / "drafts"))
    story = Story(link)
    story.log_in()
    return link, desk, shift, story


def talk_and_end(story):
    story.ring()
    story.pop()
    story.answer()
    story.end()


def test_asking_changes_nothing_until_the_server_says_so(world):
    _, desk, shift, story = world
    story.ring()
    shift.bar.press("F2")
    assert desk.state == "ringing"
    story.answer()
    assert desk.state == "talking"


def test_a_refusal_is_shown_in_the_server_s_words(world):
    link, desk, shift, story = world
    said = []
    desk.refused.connect(said.append)
    link.refusals["AnswerCall"] = Answer(refused="NotInThisState", reason="电话已经被接走")
    story.ring()
    shift.bar.press("F2")
    assert said == ["电话已经被接走"]


def test_events_of_other_agents_and_calls_are_not_mine(world):
    link, desk, _, story = world
    story.ring()
    link.say("AgentStateChanged", agent_id="1007", state="talking", at=at(NOW), limit_s=None)
    link.say("CallHeld", call_id="another", agent_id="1007")
    link.say("ScreenPopReady", call_id="another", customer=None)
    assert desk.state == "ringing" and not desk.held and desk.pop is None


def test_a_missed_offer_leaves_nothing_behind(world):
    link, desk, _, story = world
    story.ring()
    story.pop()
    link.say("OfferEnded", agent_id="1024", call_id="c417", reason="missed")
    link.say(
        "AgentStateChanged", agent_id="1024", state="on_break", reason="no_answer", at=at(NOW), limit_s=None
    )
    assert desk.call is None and desk.pop is None and desk.phase == "idle"


def test_ring_and_wrap_up_run_out_from_the_server_s_stamp(world):
    link, desk, shift, story = world
    story.ring()
    assert shift.bar.time() == "00:06" and shift.bar.share() == pytest.approx(0.7)
    story.answer()
    story.end()
    assert shift.bar.aside() == "/ 00:45" and desk.left_s() == pytest.approx(27)
    link.say("AgentStateChanged", agent_id="1024", state="wrap_up", at=at(NOW), limit_s=57.0, call_id="c417")
    assert (
        desk.left_s() == pytest.approx(57) and shift.bar.aside() == "/ 01:15" and shift.bar.time() == "00:18"
    )


def test_a_window_that_starts_in_the_middle_of_a_call_knows_it(world):
    link, desk, shift, story = world
    me = {
        "user": desk.user, "agent": {**story.me("talking"), "call_id": "c9"},
        "call": {"call_id": "c9", "from": "+8613800004417", "state": "held", "queue": "service"},
        "pop": {"call_id": "c9", "customer": story.customer(), "timeline": [], "facts": [], "products": []},
        "draft": {"notes": "还没写完", "type": "repair"}, "desk": None,
    }  # fmt: skip
    link.say("Snapshot", agents=story.agents(), queues=story.queues(), me=me)
    assert desk.shown_state == "held" and shift.bar.who().name == "陈淑芬"
    assert shift.wrap_up.values["notes"] == "还没写完"


@pytest.mark.req("A12", "T22")
def test_a_draft_outlives_the_desktop(world, tmp_path):
    _, _, shift, story = world
    talk_and_end(story)
    shift.wrap_up.put("type", "chase")
    shift.wrap_up.put("notes", "写到一半")
    again_link = FakeLink()
    again = Shift(Desk(again_link, Clock(lambda: NOW)), DraftFolder(tmp_path / "drafts"))
    story.link = again_link
    story.log_in()
    talk_and_end(story)
    assert again.wrap_up.values["notes"] == "写到一半" and again.wrap_up.values["type"] == "chase"
    again.wrap_up._send()
    command, fields = again_link.sent[-1]
    assert command == "SaveWrapUpDraft" and fields["notes"] == "写到一半"


def test_a_draft_written_while_the_link_is_away_is_sent_when_it_is_back(world):
    link, _, shift, story = world
    talk_and_end(story)
    link.lose()
    shift.wrap_up.put("notes", "断线")
    shift.wrap_up._send()
    assert "SaveWrapUpDraft" not in link.commands()
    link.come_back()
    assert shift.wrap_up._timer.isActive()
    shift.wrap_up._send()
    assert link.sent[-1][0] == "SaveWrapUpDraft" and shift.wrap_up.kept_there


def test_a_finished_summary_leaves_no_draft_and_a_refused_one_keeps_it(world, tmp_path):
    link, _, shift, story = world
    talk_and_end(story)
    for field, value in (
        ("type", "repair"),
        ("status", "solved"),
        ("business_line", "fridge"),
        ("notes", "好"),
    ):
        shift.wrap_up.put(field, value)
    link.refusals["FinishWrapUp"] = Answer(refused="NotInThisState")
    assert shift.wrap_up.finish(False)
    assert DraftFolder(tmp_path / "drafts").load("wrap_up-c417")
    link.refusals.clear()
    shift.wrap_up.finish(then_break=True)
    assert link.commands()[-2:] == ["StartBreak", "FinishWrapUp"]
    assert DraftFolder(tmp_path / "drafts").load("wrap_up-c417") is None


def test_a_broken_draft_file_counts_as_none_and_files_are_private(tmp_path):
    drafts = DraftFolder(tmp_path)
    drafts.save("a/b", {"x": 1})
    (file,) = tmp_path.glob("*.json")
    assert os.stat(file).st_mode & 0o077 == 0 and drafts.load("a/b") == {"x": 1}
    file.write_text("{broken")
    assert drafts.load("a/b") is None


@pytest.mark.req("A13", "D1")
def test_an_order_s_errors_stand_at_their_fields(world):
    link, _, shift, story = world
    story.ring()
    story.pop()
    story.answer()
    shift.order.put("phone", "138 0000 441")
    shift.order.left("phone")
    assert shift.order.errors == {"phone": "手机号少 1 位"}
    assert not shift.order.save() and "description" in shift.order.errors and not link.posted
    shift.order.put("phone", "138 0000 4417")
    shift.order.put("description", "不制冷")
    link.replies = {"/api/v1/records/work_order": Reply(status=422, json={"error": "wrong_fields", "message": "x", "fields": {"address": "没有这个区"}})}  # fmt: skip
    assert shift.order.save() and shift.order.errors == {"address": "没有这个区"}
    link.replies = {"/api/v1/records/work_order": Reply(status=0)}
    said = []
    shift.desk.refused.connect(said.append)
    shift.order.save()
    assert len(said) == 1 and shift.order.values["description"] == "不制冷" and shift.order.order is None


def test_slots_are_site_time_and_kept_as_moments(world):
    _, _, shift, story = world
    story.ring()
    slots = shift.order.slots()
    assert len(slots) == 8 and slots[0].half == "上午"
    shift.order.choose_slot(slots[1].key)
    start = datetime.fromisoformat(shift.order.values["appointment_from"])
    assert start.tzinfo == UTC and (start.hour + 8) % 24 == 13 and shift.order.slot() == slots[1].key


def test_timers_turn_together_on_the_server_s_whole_second(qapp):
    now = [1000.25]
    clock = Clock(lambda: now[0])
    clock.set_server_time(5000.75)
    heard = []
    clock.ticked.connect(lambda: heard.append("one"))
    clock.ticked.connect(lambda: heard.append("other"))
    clock.start()
    assert 240 <= clock._timer.interval() <= 260
    now[0] += 0.25
    clock._tick()
    assert heard == ["one", "other"] and clock.now() == pytest.approx(5001.0)
    assert 990 <= clock._timer.interval() <= 1005


def test_the_wall_s_smallest_type_follows_the_distance():
    inch_m = 0.0254 * 16 / (16**2 + 9**2) ** 0.5
    for inches, wanted in ((43, 65), (50, 56), (55, 52), (65, 44), (75, 38)):
        assert least_px(5.0, inches * inch_m) == pytest.approx(wanted, abs=2)


def test_the_wall_says_what_is_broken_in_more_than_colour(world):
    _, _, shift, story = world
    story.log_in(busy=True)
    heroes = shift.wallboard.heroes()
    assert [h.state for h in heroes] == ["near", "broken", "calm"]
    assert heroes[1].value == "2:14" and "1:30" in heroes[1].goal
    assert shift.wallboard.rows()[0].state == "broken"


@pytest.mark.req("D4")
def test_a_slip_is_shown_and_printed_at_its_true_size(qapp, tmp_path):
    document = pypdfium2.PdfDocument.new()
    for _ in range(2):
        document.new_page(420, 595)
    document.save(tmp_path / "slip.pdf")
    pictures = pages((tmp_path / "slip.pdf").read_bytes(), PRINT_DPI)
    assert len(pictures) == 2 and pictures[0].width() == pytest.approx(420 / 72 * PRINT_DPI, abs=2)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    print_on(printer, pictures)
    printed = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    assert len(printed) == 2 and printed[0].get_width() == pytest.approx(420, abs=3)
    with pytest.raises(ValueError):
        pages(b"not a pdf", 100)
    QCoreApplication.processEvents()


def test_each_action_and_each_key_stands_once_on_the_bar(world):
    link, _, shift, story = world

    def once() -> None:
        actions = shift.bar.actions()
        assert len({a.name for a in actions}) == len({a.key for a in actions}) == len(actions) > 0

    once()
    link.say("AgentStateChanged", agent_id="1024", state="on_break", at=at(NOW), limit_s=None)
    once()
    for step in (story.ring, story.answer, story.end):
        step()
        once()


@pytest.mark.req("X2")
def test_every_time_on_screen_is_the_site_s_wherever_the_machine_stands(world):
    _link, desk, shift, _story = world
    assert shift.wallboard.time() == "11:03" and shift.idle.calls()[0].time == "10:58"
    desk.clock.set_zone("America/New_York")
    assert shift.wallboard.time() == "22:03"
    desk.clock.set_zone("Nowhere/At_All")
    assert desk.clock.here().hour == 22


def test_people_read_titles_not_the_names_machines_use(world):
    link, _desk, shift, story = world
    title = {"zh_CN": "维修服务", "en": "Repairs"}
    link.say("TablesChanged", queues=[{**story.queues()[0], "title": title, "name": "维修服务"}])
    story.ring()
    assert shift.bar.who().line.startswith("维修服务")
    assert shift.status.queues()[0][0] == "维修服务" == shift.idle.queues()[0].name
    speak("en")
    assert shift.status.queues()[0][0] == "Repairs" and shift.bar.queue_name("service") == "Repairs"
    speak("zh_CN")
    assert shift.wallboard.title() == "云杉电器"


def test_drafts_that_nobody_came_back_to_for_a_week_are_forgotten(tmp_path):
    folder = DraftFolder(tmp_path)
    folder.save("order-c1", {"description": "旧"})
    folder.save("order-c2", {"description": "新"})
    (old,) = (path for path in tmp_path.iterdir() if "c1" in path.name)
    os.utime(old, (time.time() - 8 * 86400,) * 2)
    again = DraftFolder(tmp_path)
    assert again.load("order-c1") is None
    assert again.load("order-c2") == {"description": "新"}
