"""How a journal record is written: JSON that names every type, so that years later it still folds.

A record is *input + the events it caused + the names of its effects*. Types are named
`Name` (version 1) or `Name@2`; `UPCASTERS` turns the fields of an older version into
the present one. Knows the domain's types; knows nothing of files.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from app.domain import commands, events, inputs

# (name as written) → (present name, fields → fields)
UPCASTERS: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
VERSIONS: dict[str, int] = {}  # of types beyond version 1

Named = tuple[str, msgspec.Raw]


class Written(Struct, kw_only=True, omit_defaults=True):
    """One record as it stands in the file. `seq` is first: the reader of torn files looks for it.

    now_s: floor time; at_utc: POSIX seconds, for people. board: (name, boot_id, number of
    the board's event). command: the asker's command_id. bug: the handler failed after
    these events.
    """

    seq: int
    now_s: float
    at_utc: float
    input: Named
    events: list[Named] = []
    effects: list[str] = []
    board: tuple[str, str, int] | None = None
    command: tuple[str, str] | None = None  # (user, command_id)
    bug: str = ""


class Record(Struct, kw_only=True):
    """The same, decoded."""

    seq: int
    now_s: float
    at_utc: float
    input: Any
    events: list[Any]
    effects: list[str]
    board: tuple[str, str, int] | None
    command: tuple[str, str] | None
    bug: str


def _types(kinds: Iterable[type]) -> dict[str, type]:
    return {kind.__name__: kind for kind in kinds}


INPUTS = _types((*inputs.ALL, *commands.ALL))
EVENTS = _types(events.ALL)

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(Written)
_by_type: dict[type, msgspec.json.Decoder[Any]] = {}


def _named(thing: Any) -> Named:
    name = type(thing).__name__
    version = VERSIONS.get(name, 1)
    return (name if version == 1 else f"{name}@{version}", msgspec.Raw(_encoder.encode(thing)))


def _thing(named: Named, known: dict[str, type]) -> Any:
    name, raw = named
    if name in UPCASTERS:
        name, upcast = UPCASTERS[name]
        return msgspec.convert(upcast(msgspec.json.decode(raw)), known[name])
    kind = known[name.partition("@")[0]]
    if kind not in _by_type:
        _by_type[kind] = msgspec.json.Decoder(kind)
    return _by_type[kind].decode(raw)


def encode(
    *,
    seq: int,
    now_s: float,
    at_utc: float,
    entry: Any,
    caused: list[Any],
    effects: list[Any],
    board: tuple[str, str, int] | None = None,
    command: tuple[str, str] | None = None,
    bug: str = "",
) -> bytes:
    return _encoder.encode(
        Written(
            seq=seq,
            now_s=now_s,
            at_utc=at_utc,
            input=_named(entry),
            events=[_named(event) for event in caused],
            effects=[type(effect).__name__ for effect in effects],
            board=board,
            command=command,
            bug=bug,
        )
    )


_SEQ = len(b'{"seq":')


def seq_of(payload: bytes) -> int:
    """The number alone, for who skips records. Raises ValueError for what is no record."""
    return int(payload[_SEQ : payload.index(b",", _SEQ)])


def decode(payload: bytes) -> Record:
    """Raises msgspec.DecodeError or KeyError for what no release has written."""
    row = _decoder.decode(payload)
    return Record(
        seq=row.seq,
        now_s=row.now_s,
        at_utc=row.at_utc,
        input=_thing(row.input, INPUTS),
        events=[_thing(event, EVENTS) for event in row.events],
        effects=row.effects,
        board=row.board,
        command=row.command,
        bug=row.bug,
    )
