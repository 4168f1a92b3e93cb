"""What a node type is: its fields, its exits, and what it does with a turn.

A node type is one file in `nodes/` that ends in `NODE = NodeType(…)`; nothing else
has to be told about it. Knows no particular type, and nothing of boards or floors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.flow import prompts
from app.domain.flow.definition import Definition
from app.domain.flow.definition import Node as Node

Act = dict[str, Any]
Signal = Mapping[str, Any]
Both = Mapping[str, str]  # a text in both languages

FieldKind = Literal[
    "prompt",  # one part or a list of parts, see `prompts`
    "text",
    "number",
    "count",  # a whole number from 0
    "boolean",
    "choice",
    "variable",  # the name of a declared variable
    "node",
    "keys",  # {key: node}
    "tests",  # [{"field", "op", "value"}], see `conditions`
    "values",  # {name: text, number or "$variable"}
    "value",  # any plain value
    "queue",
    "box",
    "target",  # agent:ID queue:ID flow:ID voicemail:ID number:DIGITS
    "language",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a node type. low, high: for numbers and counts, inclusive."""

    name: str
    kind: FieldKind
    label: Both
    required: bool = False
    default: Any = None
    choices: Sequence[str] = ()
    low: float = 0
    high: float = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A way out. otherwise: the exit taken when the author left this one open."""

    name: str
    label: Both
    required: bool = False
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """Leave by an exit of the node."""

    exit: str


@dataclass(frozen=True, slots=True)
class GoTo:
    """Leave straight to a node (a menu's key)."""

    node: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask the floor for something and wait for its signal."""

    act: Act


@dataclass(frozen=True, slots=True)
class End:
    """The flow is over; `act` is its last wish."""

    act: Act


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot go on here: the flow's on_error takes over."""

    reason: str


Outcome = Go | GoTo | Wait | End | Failed


@dataclass(slots=True, kw_only=True)
class Turn:
    """What a node sees and may change of a run while it is on turn.

    tries: the node's own counters, empty when it is entered anew.
    ahead: keys pressed before anybody asked for them, oldest first.
    heard: (node, digits) to keep in the call's `keys`; secrets as `*`.
    """

    definition: Definition
    node: Node
    type: "NodeType"
    variables: dict[str, Any]
    language: str
    tries: dict[str, Any] = field(default_factory=dict)
    ahead: str = ""
    heard: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        """The node's field, or its default."""
        value = self.node.fields.get(name)
        return self.type.field(name).default if value is None else value

    def value(self, path: str) -> Any:
        """A variable by name; "order.state" looks into a record. None when there is none."""
        return prompts.value_of(self.variables, self.language, path)

    def prompts(self, name: str = "prompt") -> list[str]:
        """The prompt names of a field, in the run's language."""
        return prompts.names(self[name], self.variables, self.language)

    def plain(self, written: Any) -> Any:
        """A written value: "$name" is the variable's, everything else stands for itself."""
        is_reference = isinstance(written, str) and written.startswith("$")
        return self.value(written[1:]) if is_reference else written

    def named_values(self, name: str) -> dict[str, Any]:
        """A `values` field with its variables put in."""
        return {key: self.plain(written) for key, written in self[name].items()}

    def secret(self, variable: str | None) -> bool:
        declared = self.definition.variables.get(variable or "")
        return declared is not None and declared.secret

    def hear(self, digits: str, secret: bool = False) -> None:
        self.heard.append((self.node.name, "*" * len(digits) if secret else digits))

    def count(self, what: str) -> int:
        """Count one more `what` of this visit and return how many there were."""
        self.tries[what] = int(self.tries.get(what, 0)) + 1
        return int(self.tries[what])


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeType:
    """One kind of node.

    enter: what to do on arriving. resume: what to do with the signal of a wait;
    None for a type that never waits. problems: further rules of `check`, as
    (code, text in both languages).
    """

    name: str
    label: Both
    enter: Callable[[Turn], Outcome]
    resume: Callable[[Turn, Signal], Outcome] | None = None
    fields: Sequence[Field] = ()
    exits: Sequence[Exit] = ()
    problems: Callable[[Node], list[tuple[str, Both]]] = lambda node: []

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @property
    def exit_names(self) -> tuple[str, ...]:
        return tuple(exit.name for exit in self.exits)

    @property
    def ends(self) -> bool:
        """Nothing has to come after it."""
        return not any(exit.required for exit in self.exits) and "keys" not in {
            field.kind for field in self.fields
        }
