"""A flow as its author wrote it, taken from the JSON of a `*.flow.json` file.

Knows the file's shape only: not what a node type means (`nodes/`), not whether the
flow makes sense (`check.py`), not how it runs (`engine.py`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = 1
MAX_FILE_CHARS = 4_000_000  # a flow of 2,000 nodes with texts is about 1 MB
LANGUAGES = ("zh_CN", "en")
FILE_KEYS = (
    "format",
    "id",
    "title",
    "start",
    "on_error",
    "on_hang_up",
    "variables",
    "nodes",
    "canvas",
    "comments",
)


class NotAFlow(ValueError):
    """The document cannot be read as a flow at all. `where` names the place ("nodes.menu")."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.where = where
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node: its type, its own fields, and where each exit leads."""

    name: str
    type: str
    fields: Mapping[str, Any]
    exits: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A declared variable.

    type: text, digits, number, money, date, time, boolean or record.
    secret: never shown or logged; its digits appear as `*`.
    """

    type: str = "text"
    secret: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A flow ready to run. version: given by whoever publishes it; 1 for a bare file."""

    id: str
    start: str
    nodes: Mapping[str, Node]
    version: int = 1
    title: Mapping[str, str] = field(default_factory=dict)
    on_error: str | None = None
    on_hang_up: str | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)

    def label(self, language: str) -> str:
        return self.title.get(language) or next(iter(self.title.values()), self.id)


def read(text: str, version: int = 1) -> Definition:
    """Read the text of a flow file.

    Raises:
        NotAFlow: too long, not JSON, or not shaped like a flow.
    """
    return parse(document(text), version)


def document(text: str) -> dict[str, Any]:
    """The JSON object in a flow file, unparsed but surely an object.

    Raises:
        NotAFlow: too long, not JSON, nested too deeply, a key given twice, or no object.
    """
    if len(text) > MAX_FILE_CHARS:
        raise NotAFlow("", f"longer than {MAX_FILE_CHARS} characters")
    try:
        value = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotAFlow("", f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, NotAFlow):
            raise
        raise NotAFlow("", str(error) or "nested too deeply") from error
    if not isinstance(value, dict):
        raise NotAFlow("", "the file is not one JSON object")
    return value


def parse(document: Mapping[str, Any], version: int = 1) -> Definition:
    """Take a document of the current format (older ones go through `migrate` first).

    Raises:
        NotAFlow: naming the place that has the wrong shape.
    """
    if document.get("format", FORMAT) != FORMAT:
        raise NotAFlow("format", f"this program reads format {FORMAT}, not {document.get('format')!r}")
    nodes = _mapping(document, "nodes")
    return Definition(
        id=_text(document, "id"),
        start=_text(document, "start"),
        version=version,
        title={key: str(value) for key, value in _mapping(document, "title").items()},
        on_error=_optional_text(document, "on_error"),
        on_hang_up=_optional_text(document, "on_hang_up"),
        variables={name: _variable(name, value) for name, value in _mapping(document, "variables").items()},
        nodes={name: _node(name, value) for name, value in nodes.items()},
    )


def _node(name: str, value: Any) -> Node:
    where = f"nodes.{name}"
    if not isinstance(value, dict):
        raise NotAFlow(where, "a node is a JSON object")
    if not isinstance(value.get("type"), str):
        raise NotAFlow(where, "the node has no type")
    exits = value.get("exits", {})
    if not isinstance(exits, dict) or not all(isinstance(target, str) for target in exits.values()):
        raise NotAFlow(f"{where}.exits", "exits map a name to the name of a node")
    fields = {key: part for key, part in value.items() if key not in ("type", "exits")}
    return Node(name=name, type=value["type"], fields=fields, exits=exits)


def _variable(name: str, value: Any) -> Variable:
    if not isinstance(value, dict):
        raise NotAFlow(f"variables.{name}", "a variable is a JSON object")
    return Variable(
        type=str(value.get("type", "text")),
        secret=value.get("secret") is True,
        default=value.get("default"),
    )


def _mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise NotAFlow(key, "must be a JSON object")
    return value


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise NotAFlow(key, "must be a text")
    return value


def _optional_text(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise NotAFlow(key, "must be the name of a node or null")
    return value


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotAFlow(key, "the key stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise NotAFlow("", f"{name} is not JSON")
