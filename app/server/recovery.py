"""From the journal back to a living floor. Folds; never decides again.

A snapshot of the folded state is only a cache: any doubt about it and everything is
folded from the first record.
"""

import hashlib
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from app.domain import inputs
from app.domain.floor.floor import Floor
from app.server import log
from app.server.answers import Answers
from app.server.journal import codec, history
from app.server.live import KEPT, Told, told_of

SNAPSHOT_EVERY = 10_000
FORMAT = 1


@dataclass
class Recovered:
    """acked: newest journaled event of each boot of each board. configuration: a
    fingerprint of the last value of each key. told: the last live events, for clients
    that come back."""

    floor: Floor
    last_seq: int = 0
    last_now_s: float = 0.0
    last_at_utc: float | None = None
    acked: dict[str, dict[str, int]] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    configuration: dict[str, str] = field(default_factory=dict)
    told: deque[Told] = field(default_factory=lambda: deque(maxlen=KEPT))

    def fold(self, record: codec.Record) -> None:
        for event in record.events:
            self.floor.apply(event, record.now_s, record.seq)
            live = self.floor.live(event, record.now_s)
            if live is not None:
                self.told.append(told_of(record.seq, record.at_utc, *live))
        if isinstance(record.input, inputs.ConfigurationChanged):
            self.configuration[record.input.key] = fingerprint(record.input.value)
        self.last_seq, self.last_now_s, self.last_at_utc = record.seq, record.now_s, record.at_utc
        if record.board:
            name, boot, number = record.board
            self.acked.setdefault(name, {})[boot] = number
        if record.command:
            self.answers.keep(record.command, record.seq, record.at_utc, record.events)


def fingerprint(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]


def recover(folder: Path) -> Recovered:
    """Raises JournalDamaged or Gap: the server must not start."""
    state = _from_snapshot(folder) or Recovered(floor=Floor())
    for record in history.records(folder, state.last_seq):
        state.fold(record)
    return state


# ------------------------------------------------------------- snapshots


def snapshot_path(folder: Path) -> Path:
    return folder / "snapshot.json"


def take(state: Recovered) -> Callable[[Path], None]:
    """Copy the state now; the returned function writes it once its last record is safe."""
    body = {
        "format": FORMAT,
        "last_seq": state.last_seq,
        "last_now_s": state.last_now_s,
        "last_at_utc": state.last_at_utc,
        "acked": state.acked,
        "answers": state.answers.to_plain(),
        "configuration": state.configuration,
        "floor": state.floor.to_dict(),
    }
    data = msgspec.json.encode(body)

    def write(folder: Path) -> None:
        path = snapshot_path(folder)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(b"%08x" % zlib.crc32(data) + data)
        fresh.replace(path)

    return write


def _from_snapshot(folder: Path) -> Recovered | None:
    path = snapshot_path(folder)
    if not path.exists():
        return None
    data = path.read_bytes()
    try:
        if int(data[:8], 16) != zlib.crc32(data[8:]):
            raise ValueError("its check sum is wrong")
        plain: dict[str, Any] = json.loads(data[8:])
        if plain["format"] != FORMAT:
            raise ValueError("another release wrote it")
        return Recovered(
            floor=Floor.from_dict(plain["floor"]),
            last_seq=plain["last_seq"],
            last_now_s=plain["last_now_s"],
            last_at_utc=plain["last_at_utc"],
            acked=plain["acked"],
            answers=Answers.from_plain(plain["answers"]),
            configuration=plain["configuration"],
        )
    except (ValueError, KeyError, TypeError) as error:
        log.log("warning", "snapshot_ignored", path=str(path), reason=str(error))
        return None
