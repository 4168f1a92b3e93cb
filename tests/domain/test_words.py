"""Every command and agent state is said in both languages, and no refusal shows a program's name."""

import pytest

from app.domain import commands
from app.domain.errors import AgentBusy, NotInThisState
from app.domain.floor.agent import S
from app.domain.words import WORDS, word


@pytest.mark.parametrize("name", [*commands.BY_NAME, *(state.value for state in S)])
def test_every_command_and_state_has_words(name):
    assert name in WORDS
    chinese, english = word(name, "zh_CN"), word(name, "en")
    assert not chinese.isascii() and english.isascii() and "_" not in english


def test_a_refusal_speaks_the_users_language():
    refused = NotInThisState(command="Hold", state="logged_out")
    assert refused.reason_text("zh_CN") == "当前状态“已签退”下不能“保持”"
    assert refused.reason_text("en") == "You cannot hold in state “logged out”"
    assert refused.facts() == {"command": "Hold", "state": "logged_out"}
    assert "通话" in AgentBusy(agent_id="a01", state="talking").reason_text("zh_CN")
