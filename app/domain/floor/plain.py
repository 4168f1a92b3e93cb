"""State to plain JSON values and back, by the dataclasses' own types."""

import dataclasses
import hashlib
import json
import types
import typing
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return {name: to_plain(getattr(value, name)) for name in _hints(type(value))}


def from_plain(kind: type[T], plain: dict[str, Any]) -> T:
    """Make a dataclass of what `to_plain` gave; a missing key takes its default."""
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], value) for name, value in plain.items() if name in hints})


def digest(plain: Any) -> str:
    """SHA-256 of the canonical JSON; dict order is part of the floor's state only where lists say so."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_KNOWN: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    """Field names and types of a dataclass, in order; worked out once."""
    known = _KNOWN.get(kind)
    if known is None:
        hints = typing.get_type_hints(kind)
        known = _KNOWN[kind] = {item.name: hints[item.name] for item in dataclasses.fields(kind)}
    return known


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        rest = [part for part in typing.get_args(hint) if part is not type(None)]
        return _value(rest[0], value) if len(rest) == 1 else value
    if origin is list:
        return [_value(typing.get_args(hint)[0], item) for item in value]
    if origin is dict:
        return {key: _value(typing.get_args(hint)[1], item) for key, item in value.items()}
    if isinstance(hint, type):
        if dataclasses.is_dataclass(hint):
            return from_plain(hint, value)
        if issubclass(hint, Enum):
            return hint(value)
    return value
