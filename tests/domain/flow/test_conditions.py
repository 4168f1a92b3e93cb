"""Small questions about variables."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.flow.conditions import OPERATORS, hold, holds


@pytest.mark.req("T21")
@pytest.mark.parametrize(
    ("field", "op", "value", "true"),
    [
        ("done", "is", "done", True),
        (3, "is", "3", True),
        ("0071", "is", "71", False),
        (None, "is", "", True),
        (True, "is", True, True),
        (True, "is", 1, False),
        ("a", "is_not", "b", True),
        (None, "empty", None, True),
        (0, "empty", None, False),
        ("", "not_empty", None, False),
        ("b", "one_of", ["a", "b"], True),
        ("c", "not_one_of", ["a", "b"], True),
        ("10", "at_least", "9", True),
        ("10.0", "at_most", 10, True),
        (None, "at_least", 0, False),
        (None, "less_than", 5, False),
        ("2026-11-23", "more_than", "2026-11-22", True),
        ("+8613800138000", "starts_with", ["+86138", "+86139"], True),
        ("", "starts_with", "1", False),
        ("x", "starts_with", "", False),
        ("x", "no_such_operator", "x", False),
    ],
)
def test_the_table_of_operators(field: Any, op: str, value: Any, true: bool):
    assert holds({"field": "f", "op": op, "value": value}, {"f": field}.get) is true


def test_all_any_and_none():
    yes, no = {"field": "f", "op": "is", "value": 1}, {"field": "f", "op": "is", "value": 2}
    value = {"f": 1}.get
    assert not hold([yes, no], "all", value)
    assert hold([yes, no], "any", value)
    assert hold([], "all", value)


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()),
                  st.dictionaries(st.text(), st.text()), st.sampled_from(["NaN", "1e999", "Infinity"]))  # fmt: skip


@given(PLAIN, st.sampled_from(sorted(OPERATORS)), PLAIN)
def test_no_value_breaks_a_condition(field: Any, op: str, value: Any):
    assert holds({"field": "f", "op": op, "value": value}, lambda _: field) in (True, False)
