"""Makes the journal's decisions again, from nothing but the journal, and compares.

Decides where recovery only folds: the same code, the same inputs, the same floor time
must give the same events, bit for bit, whatever the process's hash seed is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from app.domain.errors import Refused
from app.domain.floor.floor import Floor
from app.server.journal import codec, history


@dataclass
class Difference:
    seq: int
    input: str
    written: list[Any]
    again: list[Any]


@dataclass
class Replayed:
    records: int = 0
    events: int = 0
    state_hash: str = ""
    differences: list[Difference] = field(default_factory=list)
    picked: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Pick:
    """Which records to show: those about one call, or of one civil day of the site."""

    call: str | None = None
    day: str | None = None
    time_zone: str = "Asia/Shanghai"

    def wants(self, record: codec.Record, events: list[Any]) -> bool:
        if self.call is not None:
            about = [record.input, *events]
            return any(getattr(thing, "call_id", None) == self.call for thing in about)
        if self.day is not None:
            zone = ZoneInfo(self.time_zone)
            return datetime.fromtimestamp(record.at_utc, zone).date().isoformat() == self.day
        return False


def replay(folder: Path, pick: Pick) -> Replayed:
    """Raises JournalDamaged or Gap."""
    floor, result = Floor(), Replayed()
    for record in history.records(folder, may_cut=False):
        again = _again(floor, record)
        result.records += 1
        result.events += len(again)
        if not _same(again, record.events):
            result.differences.append(
                Difference(record.seq, type(record.input).__name__, _plain(record.events), _plain(again))
            )
        if pick.wants(record, again):
            result.picked.append(_row(record, again))
    result.state_hash = floor.state_hash()
    return result


def _again(floor: Floor, record: codec.Record) -> list[Any]:
    if record.bug:  # its handler failed then: what it had folded is what happened
        for event in record.events:
            floor.apply(event, record.now_s, record.seq)
        return record.events
    try:
        return list(floor.handle(record.input, record.now_s, record.seq).events)
    except Refused as refused:
        return [refused]


def _plain(events: list[Any]) -> list[Any]:
    return [
        [type(event).__name__, msgspec.to_builtins(event)]
        for event in events
        if not isinstance(event, Refused)
    ]


def _same(again: list[Any], written: list[Any]) -> bool:
    return _plain(again) == _plain(written) and len(again) == len(written)


def _row(record: codec.Record, events: list[Any]) -> dict[str, Any]:
    return {
        "seq": record.seq,
        "now_s": record.now_s,
        "input": type(record.input).__name__,
        "events": _plain(events),
    }


def lines(result: Replayed) -> Iterator[dict[str, Any]]:
    yield from result.picked
    for difference in result.differences[:20]:
        yield {"difference": msgspec.to_builtins(difference)}
    yield {
        "records": result.records,
        "events": result.events,
        "differences": len(result.differences),
        "state_hash": result.state_hash,
    }
