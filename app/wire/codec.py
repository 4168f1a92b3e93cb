"""Text ↔ messages. The server decodes only `AnyUp`, a client only `AnyDown` and events.

Every field's type is checked here, before anything reaches the floor or a window.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_type_hints

import msgspec

from app.wire import events, messages

_encoder: Final = msgspec.json.Encoder()
_up: Final[msgspec.json.Decoder[messages.AnyUp]] = msgspec.json.Decoder(messages.AnyUp)
_down: Final[msgspec.json.Decoder[messages.AnyDown]] = msgspec.json.Decoder(messages.AnyDown)
_event: Final[msgspec.json.Decoder[events.KnownEvent]] = msgspec.json.Decoder(events.KnownEvent)
_fields: Final = msgspec.json.Decoder(dict[str, Any])
EVENT_NAMES: Final = frozenset(kind.__name__ for kind in get_args(events.KnownEvent))

T = TypeVar("T")


class WireError(ValueError):
    """Not a message of this link; the text says where."""


class WrongFields(ValueError):
    """A command's fields are not what the command takes. fields: name → what is wrong."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {why}" for name, why in wrong.items()))
        self.fields = wrong


class _Head(msgspec.Struct):
    t: str
    event: str = ""


_head: Final = msgspec.json.Decoder(_Head)


def encode(message: messages.AnyUp | messages.AnyDown | events.KnownEvent) -> str:
    """One message as the text of one frame."""
    return _encoder.encode(message).decode()


def encode_event(seq: int, at: str, name: str, payload: Mapping[str, Any]) -> str:
    """An event of any name, for those that are not structs here. payload: its own fields."""
    return _encoder.encode({"t": "event", "event": name, "seq": seq, "at": at, **payload}).decode()


def decode_up(text: str | bytes) -> messages.AnyUp:
    """What a client said. Raises WireError, also for a key the server does not know."""
    try:
        return _up.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WireError(str(error)) from None


def decode_down(text: str | bytes) -> messages.AnyDown | events.AnyEvent:
    """What the server said. An event of another version becomes OtherEvent, never an error."""
    try:
        head = _head.decode(text)
        if head.t != "event":
            return _down.decode(text)
        if head.event in EVENT_NAMES:
            try:
                return _event.decode(text)
            except msgspec.ValidationError:
                pass  # known by name, but not in this shape
        return _other_event(_fields.decode(text))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WireError(str(error)) from None


def _other_event(flat: dict[str, Any]) -> events.OtherEvent:
    seq, at, name = flat.pop("seq", None), flat.pop("at", ""), flat.pop("event")
    flat.pop("t")
    if not isinstance(seq, int) or not isinstance(at, str):
        raise WireError(f"event {name} without seq and at")
    return events.OtherEvent(seq=seq, at=at, event=name, fields=flat)


def event_name(event: events.AnyEvent) -> str:
    """ "AgentOffered" for an AgentOffered."""
    return event.event if isinstance(event, events.OtherEvent) else type(event).__name__


def event_fields(event: events.AnyEvent) -> dict[str, Any]:
    """The event's own fields under their names on the wire, without t, event, seq and at."""
    if isinstance(event, events.OtherEvent):
        return dict(event.fields)
    flat: dict[str, Any] = msgspec.to_builtins(event)
    for name in ("t", "event", "seq", "at"):
        flat.pop(name, None)
    return flat


def convert_fields(kind: type[T], given: Mapping[str, Any], aliases: Mapping[str, str] | None = None) -> T:
    """A command's dataclass from what a client sent; unknown, missing and wrong fields are all told.

    Args:
        kind: a dataclass of plain types.
        aliases: name on the wire → field of the dataclass, where they differ ("from").
    Raises:
        WrongFields: with each wrong field's name; the command must not be done.
    """
    if not is_dataclass(kind):
        raise TypeError(f"{kind!r} is no dataclass")
    aliases = aliases or {}
    values = {aliases.get(name, name): value for name, value in given.items()}
    known = {f.name: f for f in fields(kind)}
    wrong = {name: "unknown" for name in values if name not in known}
    for name, field in known.items():
        if name in values:
            try:
                msgspec.convert(values[name], _hints(kind)[name])
            except msgspec.ValidationError as error:
                wrong[name] = str(error)
        elif field.default is MISSING and field.default_factory is MISSING:
            wrong[name] = "required"
    if wrong:
        raise WrongFields(wrong)
    converted: T = msgspec.convert(values, kind)
    return converted


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)
