"""The engine: from wait to wait, whatever callers, records and devices do."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.flow import engine
from app.domain.flow.definition import Definition, parse
from app.domain.flow.engine import Step, resume, start
from app.domain.flow.nodes import TYPES

END = {"type": "hang_up"}
DIGITS = {"code": {"type": "digits"}, "pin": {"type": "digits", "secret": True}, "found": {"type": "record"}}


def flow(nodes: dict[str, Any], **more: Any) -> Definition:
    written = {
        "format": 1,
        "id": "t",
        "start": next(iter(nodes)),
        "variables": DIGITS,
        "nodes": nodes,
        **more,
    }
    return parse(written)


def go(definition: Definition, step: Step, *signals: dict[str, Any]) -> Step:
    for signal in signals:
        assert step.run is not None
        step = resume(definition, step.run, signal)
    return step


def collected(digits: str = "", reason: str = "full") -> dict[str, Any]:
    return {"got": "collected", "reason": reason if digits else "timeout", "digits": digits}


MENU: dict[str, Any] = {
    "menu": {
        "type": "menu",
        "prompt": {"name": "menu"},
        "keys": {"1": "one", "12": "twelve"},
        "exits": {"invalid": "wrong", "timeout": "silent"},
    },
    "one": {"type": "hang_up", "prompt": {"name": "one"}},
    "twelve": {"type": "hang_up", "prompt": {"name": "twelve"}},
    "wrong": {"type": "transfer", "to": "queue:wrong"},
    "silent": {"type": "transfer", "to": "queue:silent"},
}


def menu(**changes: Any) -> Definition:
    keys = changes.pop("keys", {"1": "one"})
    return flow({**MENU, "menu": {**MENU["menu"], "keys": keys, **changes}})


@pytest.mark.req("T21", "I3")
def test_a_key_leads_to_its_node_and_stands_in_the_steps_digits():
    definition = menu()
    step = go(definition, start(definition, {}, "en"), collected("1"))
    assert (step.entered, step.digits, step.act["prompts"]) == (["one"], [("menu", "1")], ["en/one"])


@pytest.mark.parametrize(
    ("signal", "place"), [(collected("7"), "queue:wrong"), (collected(), "queue:silent")]
)
def test_a_menu_gives_up_after_its_retries(signal: dict[str, Any], place: str):
    definition = menu(retries=2)
    step = go(definition, start(definition, {}, "en"), signal, signal)
    assert step.act["do"] == "collect"
    assert step.act["prompts"][-1] == "en/menu"
    assert len(step.act["prompts"]) == 2
    step = go(definition, step, signal)
    assert (step.run, step.act["to"]) == (None, place)


def test_wrong_keys_and_silence_are_counted_apart_or_together():
    apart, together = menu(retries=1), menu(retries=1, count="together")
    assert go(apart, start(apart, {}, "en"), collected("7"), collected()).run is not None
    assert go(together, start(together, {}, "en"), collected("7"), collected()).act["to"] == "queue:silent"


def test_a_menu_visited_again_counts_from_nothing():
    definition = flow({**MENU, "menu": {**MENU["menu"], "retries": 0, "keys": {"1": "back"}},
                       "back": {"type": "play", "prompt": {"name": "x"}, "exits": {"next": "menu"}}})  # fmt: skip
    step = go(definition, start(definition, {}, "en"), collected("1"), {"got": "played"})
    assert step.run is not None
    assert step.run["attempts"] == {}


def test_a_menu_with_longer_keys_waits_for_them():
    definition = menu(keys={"1": "one", "12": "twelve"})
    step = start(definition, {}, "en")
    assert (step.act["max"], step.act["terminators"]) == (2, "#")
    assert go(definition, step, collected("12")).entered == ["twelve"]
    assert go(definition, step, collected("1", "timeout")).entered == ["one"]


def test_a_late_key_is_counted_once_and_before_the_next():
    definition = flow({
        "ask": {"type": "collect", "prompt": {"name": "a"}, "variable": "code", "min": 4, "max": 4,
                "exits": {"next": "end", "invalid": "end"}},
        "end": END,
    })  # fmt: skip
    step = go(definition, start(definition, {}, "en"), {"got": "pressed", "digit": "1"})
    assert step.act["do"] == "wait"
    step = go(definition, step, collected("234"))
    assert step.digits == [("ask", "1234")]
    step = go(definition, start(definition, {}, "en"), *[{"got": "pressed", "digit": key} for key in "1234"])
    assert step.digits == [("ask", "1234")]


def test_keys_pressed_before_a_question_answer_it_without_a_word():
    definition = flow({**MENU, "hello": {"type": "play", "prompt": {"name": "hi"}, "exits": {"next": "menu"}}},
                      start="hello")  # fmt: skip
    step = go(
        definition,
        start(definition, {}, "en"),
        {"got": "pressed", "digit": "1"},
        {"got": "pressed", "digit": "2"},
    )
    step = go(definition, step, {"got": "played"})
    assert step.entered == ["menu", "twelve"]


@pytest.mark.req("I5")
def test_a_secret_never_shows_its_digits():
    definition = flow({
        "ask": {"type": "collect", "prompt": {"name": "a"}, "variable": "pin", "exits": {"next": "end", "invalid": "end"}},
        "end": END,
    })  # fmt: skip
    step = start(definition, {}, "en")
    assert step.act["secret"] is True
    assert go(definition, step, collected("4711")).digits == [("ask", "****")]


@pytest.mark.req("I5", "I8")
@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"value": {"state": "ok"}, "error": None}, "verified"),
        ({"value": None, "error": "timeout"}, "error"),
        ({"value": None, "error": ""}, None),
    ],
)
def test_verify_asks_looks_up_and_keeps_the_record(answer: dict[str, Any], place: str | None):
    definition = verify()
    step = go(definition, start(definition, {"caller": "+86138"}, "en"), collected("55"))
    assert step.act["do"] == "lookup"
    assert (step.act["what"], step.act["by"]) == ("card", {"number": "55", "phone": "+86138"})
    step = go(definition, step, {"got": "looked_up", **answer})
    if place:
        assert step.entered == [place]
    else:
        assert step.act["prompts"] == ["en/not-found", "en/ask"]
    if place == "verified":
        assert step.run is not None
        assert step.run["variables"]["found"] == {"state": "ok"}


def test_a_failed_lookup_is_an_error_of_the_records_and_not_of_the_flow():
    definition = verify()
    step = go(
        definition, start(definition, {}, "en"), collected("55"), {"signal": "failed", "reason": "timeout"}
    )
    assert step.entered == ["error"]


def test_verify_locks_out_after_its_attempts():
    definition = verify()
    step = start(definition, {}, "en")
    for _ in range(3):
        step = go(definition, step, collected("55"), {"got": "looked_up", "value": None})
    assert step.entered == ["failed"]


def verify() -> Definition:
    exits = {name: name for name in ("verified", "failed", "error")}
    stop = {"type": "play", "prompt": {"name": "x"}, "exits": {"next": "end"}}
    return flow({
        "ask": {"type": "verify", "prompt": {"name": "ask"}, "variable": "code", "what": "card", "into": "found",
                "by": {"phone": "$caller"}, "exits": exits},
        **dict.fromkeys(exits, stop), "end": END,
    })  # fmt: skip


@pytest.mark.parametrize(
    "signal",
    [
        {"got": "failed", "reason": "no_prompt"},
        {"got": "played"},
        {"got": "nonsense"},
        {},
        {"got": "collected", "reason": "failed"},
    ],
)
def test_what_cannot_go_on_goes_to_on_error(signal: dict[str, Any]):
    definition = flow({**MENU, "sorry": {"type": "transfer", "to": "queue:service"}}, on_error="sorry")
    assert go(definition, start(definition, {}, "en"), signal).act["to"] == "queue:service"


def test_without_a_handler_an_error_hangs_up_and_says_why():
    step = go(menu(), start(menu(), {}, "en"), {"got": "failed", "reason": "no_prompt"})
    assert (step.run, step.act["do"], step.act["error"]) == (None, "hang_up", "no_prompt")


def test_an_error_handler_that_fails_too_ends_the_call():
    definition = flow(
        {"sorry": {"type": "play", "prompt": {"name": "x"}, "exits": {"next": "sorry"}}}, on_error="sorry"
    )
    step = start(definition, {}, "en")
    for _ in range(10):
        if step.run is None:
            break
        step = go(definition, step, {"got": "failed", "reason": "no_prompt"})
    assert step.act["do"] == "hang_up"


def test_a_circle_without_a_wait_is_broken():
    circle = {"a": {"type": "set", "variable": "code", "value": 1, "exits": {"next": "a"}}}
    assert start(flow(circle), {}, "en").act["error"] == "too many nodes without a wait"
    handled = flow({**circle, "b": {"type": "transfer", "to": "queue:q"}}, on_error="b")
    assert start(handled, {}, "en").act["to"] == "queue:q"
    doubly = flow(circle, on_error="a")
    assert start(doubly, {}, "en").act["do"] == "hang_up"


def test_a_field_of_a_wrong_type_is_an_error_of_the_flow_and_no_crash():
    definition = flow({"a": {**MENU["menu"], "retries": "many", "timeout_s": "x"}})
    assert "ValueError" in start(definition, {}, "en").act["error"]


def test_a_document_that_is_no_flow_hangs_up():
    assert start({"format": 99}, {}, "en").act["do"] == "hang_up"


def test_hanging_up_runs_the_handler_without_sounds():
    definition = flow(
        {**MENU, "note": {"type": "lookup", "what": "note", "by": {"id": "$code"}, "into": "found",
                          "exits": {"found": "one", "not_found": "one"}}},
        on_hang_up="note",
    )  # fmt: skip
    step = go(definition, start(definition, {"code": "5"}, "en"), {"got": "hung_up"})
    assert (step.act["do"], step.act["by"]) == ("lookup", {"id": "5"})
    step = go(definition, step, {"got": "looked_up", "value": {}})
    assert (step.run, step.act["do"]) == (None, "end")
    assert go(menu(), start(menu(), {}, "en"), {"got": "hung_up"}).act["do"] == "end"


@pytest.mark.req("I15")
def test_free_text_is_spoken_and_then_played():
    definition = flow({"a": {"type": "say", "prompt": [{"name": "dear"}, {"text": {"en": "{name} and {code}"}}],
                             "exits": {"next": "end"}}, "end": END})  # fmt: skip
    step = start(definition, {"name": "{code}", "code": 7}, "en")
    assert step.act["text"] == "{code} and 7"
    assert step.act["parts"][0] == {"prompt": "en/dear"}
    played = go(definition, step, {"got": "spoken", "prompts": ["en/dear", "en/text/x"]})
    assert played.act["prompts"] == ["en/dear", "en/text/x"]
    assert go(definition, played, {"got": "played"}).act["do"] == "hang_up"
    assert go(definition, step, {"signal": "played"}).act["do"] == "hang_up"


@pytest.mark.req("T21", "I4")
@pytest.mark.parametrize(
    ("exit", "entered"),
    [
        ("overflow", ["one"]),
        ("closed", ["one"]),
        ("no_agents", ["one"]),
        ("answered", []),
        ("strange", ["one"]),
    ],
)
def test_a_queue_gives_the_call_back(exit: str, entered: list[str]):
    definition = flow(
        {"q": {"type": "queue", "queue": "service", "exits": {"overflow": "one"}}, "one": MENU["one"]}
    )
    step = start(definition, {}, "en")
    assert (step.act["queue"], step.act["priority"]) == ("service", 0)
    assert go(definition, step, {"got": "left", "exit": exit}).entered == entered
    assert go(definition, step, {"signal": "left", "reason": exit}).entered == entered


def test_a_transfer_that_fails_may_go_on():
    definition = flow(
        {"t": {"type": "transfer", "to": "number:110", "exits": {"failed": "one"}}, "one": MENU["one"]}
    )
    assert go(definition, start(definition, {}, "en"), {"got": "left", "exit": "busy"}).entered == ["one"]
    assert go(definition, start(definition, {}, "en"), {"got": "left", "exit": "answered"}).run is None


def test_each_node_type_is_a_file_and_has_a_label_in_both_languages():
    for name, type in TYPES.items():
        labels = [type.label, *(field.label for field in type.fields), *(exit.label for exit in type.exits)]
        assert all(set(label) == {"zh_CN", "en"} for label in labels), name
    assert {"play", "menu", "collect", "say", "condition", "verify", "queue", "voicemail", "transfer", "hang_up",
            "lookup", "language", "set"} <= set(TYPES)  # fmt: skip


ANY_SIGNAL = st.one_of(
    st.builds(collected, st.text("0123456789*#", max_size=25), st.sampled_from(["full", "terminator", "timeout"])),
    st.builds(lambda digit: {"got": "pressed", "digit": digit}, st.sampled_from("0123456789*#")),
    st.sampled_from([{"got": "played"}, {"got": "failed"}, {"got": "spoken", "prompts": []}, {"got": "hung_up"}, {}]),
    st.builds(lambda value: {"got": "looked_up", "value": value},
              st.one_of(st.none(), st.integers(), st.dictionaries(st.text(), st.none() | st.integers() | st.text()))),
    st.builds(lambda exit: {"got": "left", "exit": exit}, st.sampled_from(["overflow", "closed", "answered", "x"])),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_SIGNAL, max_size=30))
def test_no_caller_and_no_device_can_break_flow_main(main_flow: Definition, signals: list[dict[str, Any]]):
    step = start(main_flow, {"caller": "1"}, "zh_CN")
    for signal in signals:
        if step.run is None:
            assert step.act["do"] in ("hang_up", "transfer", "end")
            break
        before = copy.deepcopy(step.run)
        after = resume(main_flow, step.run, signal)
        assert step.run == before
        # What lies in a journal comes back and goes on the same way.
        assert resume(main_flow, json.loads(json.dumps(step.run)), signal) == after
        step = after


NAMES = ["a", "b", "c", "d"]
TARGET = st.sampled_from([*NAMES, "nowhere"])
ANY_NODE = st.one_of(
    st.builds(lambda t: {"type": "play", "prompt": {"name": "x"}, "barge_in": True, "exits": {"next": t}}, TARGET),
    st.builds(lambda t, u: {"type": "menu", "prompt": {"name": "x"}, "keys": {"1": t}, "exits": {"invalid": u}}, TARGET, TARGET),
    st.builds(lambda t: {"type": "set", "variable": "code", "value": "$a.b", "exits": {"next": t}}, TARGET),
    st.builds(lambda t, u: {"type": "condition", "tests": [{"field": "code", "op": "at_least", "value": 3}],
                            "exits": {"yes": t, "no": u}}, TARGET, TARGET),
    st.builds(lambda t: {"type": "collect", "prompt": {"name": "x"}, "variable": "code", "exits": {"next": t}}, TARGET),
    st.builds(lambda t: {"type": "language", "language": "en", "exits": {"next": t}}, TARGET),
    st.just({"type": "hang_up"}),
    st.just({"type": "unheard_of"}),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(ANY_NODE, min_size=4, max_size=4),
    st.sampled_from([None, *NAMES]),
    st.lists(ANY_SIGNAL, max_size=15),
)
def test_no_flow_can_hang_or_crash_the_engine(
    nodes: list[dict[str, Any]], on_error: str | None, signals: list[dict[str, Any]]
):
    definition = flow(dict(zip(NAMES, nodes, strict=True)), on_error=on_error)
    step = start(definition, {}, "en")
    for signal in signals:
        if step.run is None:
            break
        step = resume(definition, step.run, signal)
    assert len(step.entered) <= engine.MOST_NODES_WITHOUT_A_WAIT * (engine.MOST_ERRORS + 2)
