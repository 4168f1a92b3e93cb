"""The ring and the sound check: what the voice is asked for, what the agent reads."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.desktop.sound.viewmodel import SoundCheckViewModel


@pytest.mark.req("A9")
def test_it_rings_as_loud_as_was_chosen_and_stops_when_answered_or_taken_back(scene):
    made = scene()
    made.show("ringing")
    assert made.voice.rings == [0.6]
    made.story.answer()
    assert made.voice.rings == [0.6, 0.0]
    made.story.end()
    made.story.finish()
    made.preferences["ring_volume"] = "0"
    made.story.ring()
    assert made.voice.rings == [0.6, 0.0], "off is off"


def test_a_call_i_dial_does_not_ring_in_my_ear(scene):
    made = scene()
    made.show("idle")
    made.desk.call = {"call_id": "c9", "direction": "out"}
    made.link.say("AgentStateChanged", agent_id="1024", state="ringing", call_id="c9", limit_s=None)
    assert made.voice.rings == []


@pytest.mark.req("A1")
def test_a_headset_never_tried_asks_for_it_and_one_that_sounds_good_is_known(scene):
    made = scene()
    made.show("login")
    words = made.window.findChild(QLabel, "login_sound_check_words")
    assert words.text() == "这副耳机第一次用，请先试音"
    QTest.mouseClick(made.window.findChild(QAbstractButton, "login_sound_check"), Qt.MouseButton.LeftButton)
    assert made.voice.checks == [3.0] and words.text() == "请说一句话…还有 3 秒"
    sound = made.login.sound
    for step in (("playing", 0.7), ("done", None)):
        made.voice.step = step
        sound.look()
    assert words.text() == "声音正常" and not sound.running
    assert not SoundCheckViewModel(made.voice, made.preferences).is_first_time("Jabra Evolve2 40")


@pytest.mark.parametrize(
    ("level", "step"), [(0.0, "silent"), (0.1, "quiet"), (0.6, "good"), (0.99, "loud"), (None, "failed")]
)
def test_the_verdict_says_what_to_do(scene, level, step):
    made = scene()
    sound = SoundCheckViewModel(made.voice, made.preferences)
    sound.begin("x")
    made.voice.step = ("playing", level) if level is not None else ("refused", None)
    sound.look()
    made.voice.step = ("done", None) if level is not None else made.voice.step
    if sound.running:
        sound.look()
    assert sound.step == step and sound.words()
    assert sound.is_first_time("x") == (step != "good")


def test_a_sound_check_that_says_nothing_is_given_up(scene):
    made = scene()
    sound = SoundCheckViewModel(made.voice, made.preferences)
    sound.begin("x")
    for _ in range(130):
        if sound.running:
            sound.look()
    assert sound.step == "failed"


def test_a_volume_is_chosen_by_ear(scene):
    made = scene()
    made.show("settings")
    made.window._settings.choose_ring("100")
    assert made.voice.rings == [1.0]
