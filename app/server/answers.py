"""What each command was answered, kept a day: the same command_id gets the same answer and does nothing."""

from collections import OrderedDict
from typing import Any

import msgspec

from app.server.log import stamp

KEEP_S = 24 * 3600.0
Key = tuple[str, str]  # user, command_id
Answer = list[dict[str, Any]]


def event_row(event: Any, seq: int, at_utc: float) -> dict[str, Any]:
    """An event as the API shows it: {"seq", "at", "event", …its fields}."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    fields.pop("desk_token", None)
    fields.pop("token", None)
    return {"seq": seq, "at": stamp(at_utc), "event": type(event).__name__, **fields}


# The floor's own bookkeeping says nothing to an asker.
SILENT = {"TimerSet", "TimerCleared", "LegDirected", "FlowStepped", "LookUpAsked", "TimersMoved"}


class Answers:
    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[float, Answer]] = OrderedDict()

    def keep(self, key: Key, seq: int, at_utc: float, events: list[Any]) -> Answer:
        rows = [event_row(event, seq, at_utc) for event in events if type(event).__name__ not in SILENT]
        self._kept[key] = (at_utc, rows)
        while self._kept and next(iter(self._kept.values()))[0] < at_utc - KEEP_S:
            self._kept.popitem(last=False)
        return rows

    def find(self, key: Key) -> Answer | None:
        kept = self._kept.get(key)
        return kept[1] if kept else None

    def to_plain(self) -> list[Any]:
        return [[*key, at_utc, rows] for key, (at_utc, rows) in self._kept.items()]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> "Answers":
        made = cls()
        for user, command_id, at_utc, rows in plain:
            made._kept[(user, command_id)] = (at_utc, rows)
        return made
