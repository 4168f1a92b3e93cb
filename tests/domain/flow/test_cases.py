"""The runner of golden conversations finds what went otherwise."""

from typing import Any

import pytest

from app.domain.flow import cases
from app.domain.flow.definition import Definition

GOOD: dict[str, Any] = {
    "flow": "main",
    "title": "x",
    "steps": [{"hear": "welcome"}, {"hear": "main-menu"}, {"press": "1"}],
    "end": {"queue": "service", "language": "zh_CN", "node": "repair", "keys": [["main_menu", "1"]]},
}


def test_a_conversation_that_goes_as_written_passes(main_flow: Definition):
    assert cases.run(main_flow, GOOD).place == ("queue", "service")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": [{"hear": "goodbye"}]}, "step 1: 'goodbye' is not heard"),
        ({"steps": [{"hear": "main-menu"}, {"hear": "welcome"}]}, "step 2"),
        ({"end": {"queue": "sales"}}, "queue is 'service' and not 'sales'"),
        ({"end": {"voicemail": "service"}}, "voicemail is None"),
        ({"end": {"transfer": "queue:service"}}, "transfer is"),
        ({"end": {"hang_up": True}}, "hang_up is"),
        ({"end": {"language": "en"}}, "language is 'zh_CN'"),
        ({"end": {"keys": []}}, "keys is"),
        ({"end": {"node": "bye"}}, "node is 'repair'"),
    ],
)
def test_what_goes_otherwise_is_told_with_the_story(main_flow: Definition, change: dict[str, Any], says: str):
    with pytest.raises(cases.CaseFailed, match=says.replace("(", r"\(")) as failed:
        cases.run(main_flow, {**GOOD, **change})
    assert "entered welcome" in str(failed.value)


@pytest.mark.parametrize(
    "change",
    [
        {"step": []},
        {"steps": None},
        {"steps": ["press 1"]},
        {"steps": [{"press": "1", "hear": "x"}]},
        {"steps": [{"say": "1"}]},
        {"end": {}},
        {"end": {"agent": "a01"}},
    ],
)
def test_a_case_that_is_none_is_refused(main_flow: Definition, change: dict[str, Any]):
    with pytest.raises(ValueError):
        cases.run(main_flow, {**GOOD, **change})


@pytest.mark.req("I4")
def test_a_handler_that_fails_brings_the_caller_to_people(main_flow: Definition):
    case = {**GOOD, "given": {"lookups": {}, "queues": {"service": "overflow"}, "voicemail": "failed"}}
    assert cases.run(main_flow, {**case, "end": {"voicemail": "service"}}).place == ("hung_up", "flow")
