"""Small safe questions about variables: `[{"field", "op", "value"}, …]`. No expressions, no eval.

Numbers are compared as numbers when both sides are numbers (also written as text),
else as text; a missing value is empty and is never ≥ anything.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Test = Mapping[str, Any]


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _same(one: Any, other: Any) -> bool:
    # Only true numbers meet as numbers: "0071" and "71" are two order numbers.
    if isinstance(one, (int, float)) or isinstance(other, (int, float)):
        left, right = _number(one), _number(other)
        if left is not None and right is not None:
            return left == right
    return _text(one) == _text(other)


def _order(one: Any, other: Any) -> int | None:
    """-1, 0, 1; None when there is nothing to compare."""
    if _empty(one) or _empty(other):
        return None
    left, right = _number(one), _number(other)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    return (_text(one) > _text(other)) - (_text(one) < _text(other))


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": _same,
    "is_not": lambda one, other: not _same(one, other),
    "empty": lambda one, other: _empty(one),
    "not_empty": lambda one, other: not _empty(one),
    "one_of": lambda one, other: any(_same(one, each) for each in _listed(other)),
    "not_one_of": lambda one, other: not any(_same(one, each) for each in _listed(other)),
    "at_least": lambda one, other: _order(one, other) in (0, 1),
    "at_most": lambda one, other: _order(one, other) in (0, -1),
    "more_than": lambda one, other: _order(one, other) == 1,
    "less_than": lambda one, other: _order(one, other) == -1,
    "starts_with": lambda one, other: (
        not _empty(one) and any(_text(one).startswith(_text(each)) for each in _listed(other) if _text(each))
    ),
}
WITHOUT_VALUE = ("empty", "not_empty")


def holds(test: Test, value: Callable[[str], Any]) -> bool:
    """Whether one test is true. An unknown operator is never true (`check` names it)."""
    operator = OPERATORS.get(str(test.get("op")))
    return operator is not None and operator(value(str(test.get("field"))), test.get("value"))


def hold(tests: Any, match: str, value: Callable[[str], Any]) -> bool:
    """match: "all" or "any". No tests at all: true."""
    found = [holds(test, value) for test in tests if isinstance(test, Mapping)] if tests else []
    return (any(found) if match == "any" else all(found)) if found else True
