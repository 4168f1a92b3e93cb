"""What a kind of record *is*, said once: its fields, labels, checks and rights.

From a `Kind` the storage derives its table, the API its form and checks, the screen its
form and list, the search its words. Knows nothing of any of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

FieldType = Literal[
    "text",  # one line
    "long_text",  # several lines
    "code",  # a number people read out: order, model, serial; searched without its hyphens
    "phone",  # kept as E.164 where it has that form
    "choice",
    "integer",
    "money",  # the site's currency, two decimals
    "date",  # "2026-11-22"
    "time",  # a moment: "2026-11-22T08:15:30.123Z"
    "yes_no",
    "ref",  # the id of another record
    "lines",  # a table inside the record: list of objects described by `columns`
]


def label(zh_CN: str, en: str) -> Mapping[str, str]:
    return {"zh_CN": zh_CN, "en": en}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    value: str
    label: Mapping[str, str]


def choices(**labels: tuple[str, str]) -> tuple[Choice, ...]:
    """`choices(open=("未结", "open"), …)`, in the order they are shown."""
    return tuple(Choice(value=value, label=label(*both)) for value, both in labels.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field.

    read, write: the roles that may; None: all who may read or write the kind.
    given: the server fills it in (order numbers, who took it); a client's value is refused.
    searched: its words are found by `q`.
    max_length: characters of text; minimum, maximum: of an integer or an amount.
    """

    name: str
    type: FieldType
    label: Mapping[str, str]
    required: bool = False
    choices: tuple[Choice, ...] = ()
    ref: str | None = None
    columns: "tuple[Field, ...]" = ()
    personal: bool = False
    searched: bool = False
    given: bool = False
    default: Any = None
    max_length: int = 200
    minimum: float | None = None
    maximum: float | None = None
    read: tuple[str, ...] | None = None
    write: tuple[str, ...] | None = None
    help: Mapping[str, str] | None = None

    def readable_by(self, role: str) -> bool:
        return self.read is None or role in self.read

    def writable_by(self, role: str) -> bool:
        return not self.given and self.readable_by(role) and (self.write is None or role in self.write)


Fill = Callable[[Mapping[str, Any] | None, Mapping[str, Any], str, str], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of record.

    id_prefix: ids are this and a counting number of `id_digits` digits.
    number_rule: how `number_field` is made, gapless a day: `WX-{day:%Y%m%d}-{count:05d}`.
    title_field: what a list calls one of them. sort: the order of a list ("-": newest first).
    fill: gives the `given` fields of a change: (before or None, after, user, now) → values.
    """

    name: str
    label: Mapping[str, str]
    fields: tuple[Field, ...]
    id_prefix: str
    id_digits: int = 7
    title_field: str = "name"
    number_field: str | None = None
    number_rule: str | None = None
    sort: str = "-created_at"
    fill: "Fill | None" = None

    def field(self, name: str) -> Field:
        """Raises KeyError for a field this kind has not."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def field_names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.fields)

    def of_type(self, *types: FieldType) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.type in types)


def described(kind: Kind, role: str) -> dict[str, Any]:
    """The kind as `GET /api/v1/records` shows it to one role: only what that role may read."""
    return {
        "kind": kind.name,
        "label": dict(kind.label),
        "title_field": kind.title_field,
        "sort": kind.sort,
        "fields": [_described(each, role) for each in kind.fields if each.readable_by(role)],
    }


def _described(each: Field, role: str) -> dict[str, Any]:
    return {
        "name": each.name,
        "type": each.type,
        "label": dict(each.label),
        "required": each.required,
        "choices": [{"value": one.value, "label": dict(one.label)} for one in each.choices],
        "ref": each.ref,
        "columns": [_described(column, role) for column in each.columns],
        "personal": each.personal,
        "searched": each.searched,
        "default": each.default,
        "max_length": each.max_length if each.type in ("text", "long_text", "code") else None,
        "minimum": each.minimum,
        "maximum": each.maximum,
        "help": dict(each.help) if each.help else None,
        "rights": {"read": True, "write": each.writable_by(role)},
    }
