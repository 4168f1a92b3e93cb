"""The login at a server that was never met, and at one that became another."""

import pytest
from PySide6.QtWidgets import QWidget

from app.client.answers import Reply
from app.client.trust import CHANGED, ServerChanged
from app.wire.fingerprint import words

PIN = "sha256:" + bytes(range(32)).hex()
REFUSAL = ServerChanged(CHANGED, "office:8080", PIN, "/home/ann/.config/zongji/known_servers")
REPLY = Reply(
    status=0,
    json={"error": "certificate_changed", "message": str(REFUSAL), "sentences": REFUSAL.sentences},
)


def said(made, name):
    found = made.window.findChild(QWidget, name)
    return found.text() if found.isVisible() else ""


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_new_servers_words_are_shown_until_it_is_known(scene, language):
    made = scene(language)
    made.show("login")
    assert said(made, "login_new_server") == ""
    made.login._gate.pin = PIN
    made.login.look_at_server()
    made.settle()
    assert words(PIN, language) in said(made, "login_new_server")
    made.login._gate.pin = ""
    made.login.look_at_server()
    assert said(made, "login_new_server") == ""


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_server_that_became_another_is_one_sentence_in_his_language(scene, language):
    made = scene(language)
    made.show("login")
    gate = made.login._gate
    gate.health_reply = REPLY
    made.login.look_at_server()
    assert said(made, "login_error") == REFUSAL.sentences[language]
    gate.log_in = lambda _server, _user, _password, done: done(REPLY)
    opened = []
    made.login.opened.connect(lambda *who: opened.append(who))
    made.login.log_in()
    assert said(made, "login_error") == REFUSAL.sentences[language] and opened == []
    gate.health_reply = Reply(status=200, json={"status": "ok"})
    made.login.set_server("office.example:8080")
    assert made.login.server == "https://office.example:8080"
    made.settle()
    assert said(made, "login_error") == ""


def test_in_the_middle_of_a_shift_it_is_said_too(scene):
    made = scene()
    made.show("idle")
    told = []
    made.shift.desk.refused.connect(told.append)
    made.link.on_event({"event": "ServerChanged", "reason": REFUSAL.sentences["zh_CN"]})
    assert told == [REFUSAL.sentences["zh_CN"]]
