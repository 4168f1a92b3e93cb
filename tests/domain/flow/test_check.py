"""Everything that may be wrong with a flow has a code, a place and words in two languages."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.flow.check import check
from app.domain.flow.check_fields import Surroundings
from app.domain.flow.definition import NotAFlow, document, parse
from app.domain.flow.migrate import migrate

AROUND = Surroundings(sounds={"zh_CN/welcome", "en/welcome", "zh_CN/bye", "sounds/beep"}, queues={"service", "sales"},
                      boxes={"service"}, flows={"main"})  # fmt: skip
GOOD: dict[str, Any] = {
    "format": 1,
    "id": "t",
    "title": {"zh_CN": "试", "en": "Try"},
    "start": "hello",
    "on_error": "end",
    "on_hang_up": None,
    "variables": {"code": {"type": "digits"}, "order": {"type": "record"}},
    "nodes": {
        "hello": {"type": "play", "prompt": {"name": "welcome"}, "exits": {"next": "menu"}},
        "menu": {
            "type": "menu",
            "prompt": {"text": {"zh_CN": "请按1", "en": "Press 1"}},
            "keys": {"1": "wait"},
            "exits": {"invalid": "test", "timeout": "test"},
        },
        "test": {
            "type": "condition",
            "tests": [{"field": "order.state", "op": "is", "value": "x"}],
            "exits": {"yes": "wait", "no": "end"},
        },
        "wait": {"type": "queue", "queue": "service", "exits": {"overflow": "end"}},
        "end": {"type": "hang_up"},
    },
    "canvas": {},
    "comments": [],
}


def broken(path: str, value: Any) -> dict[str, Any]:
    """GOOD with one place changed; ... removes it."""
    changed = copy.deepcopy(GOOD)
    *way, last = path.split("/")
    place = changed
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return changed


def test_a_good_flow_has_no_problem():
    assert check(GOOD, AROUND) == []


def test_flow_main_has_no_problem(main_document: dict[str, Any]):
    assert check(main_document) == []


@pytest.mark.parametrize(
    ("path", "value", "node", "code", "hint"),
    [
        ("nodez", {}, "", "unknown_key", "nodes"),
        ("nodes/menu/retrys", 3, "menu", "unknown_key", "retries"),
        ("nodes/menu/type", "menü", "menu", "unknown_type", "menu"),
        ("nodes/menu/prompt", ..., "menu", "missing_field", "prompt"),
        ("nodes/menu/retries", 2.5, "menu", "wrong_value", "whole"),
        ("nodes/menu/timeout_s", 600, "menu", "wrong_value", "60"),
        ("nodes/menu/barge_in", "yes", "menu", "wrong_value", "true"),
        ("nodes/menu/count", "both", "menu", "wrong_value", "apart"),
        ("nodes/menu/keys", {}, "menu", "wrong_value", "key"),
        ("nodes/menu/keys/x", "end", "menu", "bad_key", "x"),
        ("nodes/menu/keys/2", "wiat", "menu", "exit_to_nowhere", "wait"),
        ("nodes/menu/exits/timeout", ..., "menu", "missing_exit", "timeout"),
        ("nodes/menu/exits/tiemout", "end", "menu", "unknown_exit", "timeout"),
        ("nodes/hello/exits/next", "meny", "hello", "exit_to_nowhere", "menu"),
        ("start", "helo", "", "exit_to_nowhere", "hello"),
        ("on_error", "ende", "", "exit_to_nowhere", "end"),
        ("on_error", None, "", "no_on_error", "hangs up"),
        ("nodes/lonely", {"type": "hang_up"}, "lonely", "unreachable", ""),
        ("nodes/hello/prompt", {"name": "welcom"}, "hello", "missing_prompt", "welcome"),
        ("nodes/hello/prompt", {"name": "bye"}, "hello", "missing_prompt", "en/bye"),
        ("nodes/hello/prompt", {"name": "../../etc/passwd"}, "hello", "bad_prompt_name", "passwd"),
        ("nodes/hello/prompt", {"name": "/welcome"}, "hello", "bad_prompt_name", ""),
        ("nodes/hello/prompt", [], "hello", "wrong_value", "empty"),
        ("nodes/hello/prompt", "welcome", "hello", "wrong_value", "name"),
        ("nodes/hello/prompt", {"text": {"zh_CN": "你好"}}, "hello", "missing_text", "en"),
        ("nodes/hello/prompt", {"text": {"zh_CN": "{code}", "en": "x"}}, "hello", "text_with_variables", ""),
        ("nodes/hello/prompt", {"say": "digit", "of": "code"}, "hello", "unknown_kind", "digits"),
        ("nodes/hello/prompt", {"say": "digits", "of": "cod"}, "hello", "unknown_variable", "code"),
        ("nodes/wait/queue", "servise", "wait", "unknown_queue", "service"),
        ("nodes/wait/queue", 5, "wait", "wrong_value", ""),
        ("nodes/test/tests", [{"field": "code", "op": "like", "value": 1}], "test", "unknown_operator", ""),
        ("nodes/test/tests", [{"field": "os.system", "op": "is", "value": 1}], "test", "unknown_variable", ""),
        ("nodes/test/tests", [{"field": "code", "op": "is"}], "test", "wrong_value", "missing"),
        ("nodes/test/tests", [], "test", "wrong_value", "test"),
        ("nodes/Bad Name", {"type": "hang_up"}, "Bad Name", "bad_name", ""),
        ("variables/code/type", "digit", "", "wrong_value", "digits"),
        ("variables/caller", {"type": "text"}, "", "bad_name", "caller"),
        ("nodes/end", {"type": "transfer", "to": "queue:servce"}, "end", "unknown_queue", "service"),
        ("nodes/end", {"type": "transfer", "to": "nobody"}, "end", "bad_target", "queue:"),
        ("nodes/end", {"type": "transfer", "to": "number:1;rm"}, "end", "bad_target", ""),
        ("nodes/end", {"type": "set", "variable": "cde", "value": 1, "exits": {"next": "menu"}}, "end",
         "unknown_variable", "code"),
        ("nodes/hello", {"type": "set", "variable": "code", "value": 1, "exits": {"next": "hello"}}, "hello",
         "endless_loop", "hello → hello"),
        ("nodes/menu", 5, "menu", "not_a_flow", ""),
        ("nodes/menu", {}, "menu", "not_a_flow", "type"),
        ("nodes", [], "", "not_a_flow", "nodes"),
        ("format", 7, "", "not_a_flow", "7"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_at_its_place(path: str, value: Any, node: str, code: str, hint: str):
    found = [problem for problem in check(broken(path, value), AROUND) if problem.code == code]
    assert found, [problem.code for problem in check(broken(path, value), AROUND)]
    assert found[0].node == node
    assert hint in found[0].text["en"]
    assert set(found[0].text) == {"zh_CN", "en"}
    assert found[0].line("f.json", "en").startswith(f"f.json:{node}: {code} ")


def test_a_circle_through_several_quick_nodes_is_told_once():
    quick = {
        name: {"type": "set", "variable": "code", "value": 1, "exits": {"next": target}}
        for name, target in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    found = check({**GOOD, "start": "a", "on_error": "a", "nodes": quick})
    assert [problem.code for problem in found] == ["endless_loop"]
    assert "a → b → c → a" in found[0].text["en"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "null", '{"a": NaN}', '{"id": 1, "id": 2}', "[" * 100_000, '"' + "x" * 4_000_001 + '"'],
    ids=["empty", "list", "half", "null", "nan", "twice", "deep", "huge"],
)
def test_a_hostile_file_is_refused_with_a_reason(text: str):
    with pytest.raises(NotAFlow):
        document(text)


def test_many_nodes_are_refused_and_a_long_chain_is_not_recursed():
    chain = {
        f"n{i}": {"type": "set", "variable": "code", "value": 1, "exits": {"next": f"n{i + 1}"}}
        for i in range(1999)
    }
    flow = {**GOOD, "start": "n0", "on_error": "n0", "nodes": {**chain, "n1999": {"type": "hang_up"}}}
    assert check(flow) == []
    flow["nodes"]["n2000"] = {"type": "hang_up"}
    assert [problem.code for problem in check(flow)] == ["too_large"]


def test_only_known_formats_migrate():
    assert migrate({"format": 1}) == {"format": 1}
    for format in (0, 2, "1", True, None):
        with pytest.raises(NotAFlow):
            migrate({"format": format})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PLACES = ["nodes", "start", "variables", "title", "variables/code", "variables/code/type", "nodes/menu", "nodes/menu/type",
          *(f"nodes/{place}" for place in ("menu/keys", "menu/prompt", "menu/retries", "menu/exits", "menu/keys/1",
            "menu/timeout_s", "test/tests", "wait/queue", "wait/priority", "hello/prompt", "hello/exits/next"))]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_no_value_anywhere_breaks_the_check(path: str, value: Any):
    changed = broken(path, value)
    problems = check(changed, AROUND)
    assert all(problem.code and problem.text["zh_CN"] and problem.text["en"] for problem in problems)
    if not any(problem.code == "not_a_flow" for problem in problems):
        parse(json.loads(json.dumps(changed)))
