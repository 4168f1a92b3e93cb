"""Writes what the projector folded, with how far it came, in one transaction. Knows SQL, not events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.server.call_record import CallRecord
from app.server.storage.database import Database
from app.server.storage.tables import (
    call,
    call_part,
    interval_count,
    projection,
    record_phone,
    recording,
    task,
)

NAME = "calls"
# Calls that were not folded from this journal (a demo's or an imported past) carry this prefix.
PAST = "past-"
COUNTS = (
    "offered", "answered", "abandoned", "overflowed", "voicemail", "callback", "left_to_ivr", "lost",
    "in_progress", "answered_in_time", "abandoned_short", "wait_s", "talk_s",
)  # fmt: skip


@dataclass(slots=True)
class Written:
    """One batch.

    recordings, tasks: whole new rows by id; …_changes: some columns of rows, new or written before.
    counts: (queue, begins_at) → what is added.
    """

    calls: dict[str, CallRecord] = field(default_factory=dict)
    recordings: dict[str, dict[str, Any]] = field(default_factory=dict)
    recording_changes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    task_changes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counts: dict[tuple[str, float], dict[str, float]] = field(default_factory=dict)

    def count(self, queue: str, begins_at: float, name: str, by: float = 1) -> None:
        counts = self.counts.setdefault((queue, begins_at), dict.fromkeys(COUNTS, 0))
        counts[name] += by


class Projection:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self) -> int:
        """The last journal entry written; 0: none."""
        async with self._database.read() as connection:
            found = await connection.execute(select(projection.c.seq).where(projection.c.name == NAME))
            return int(found.scalar_one_or_none() or 0)

    async def load(self, call_ids: Iterable[str]) -> dict[str, CallRecord]:
        """Records of calls written earlier, to be folded further."""
        wanted = list(call_ids)
        if not wanted:
            return {}
        async with self._database.read() as connection:
            rows = (await connection.execute(select(call).where(call.c.call_id.in_(wanted)))).mappings()
            records = {
                row["call_id"]: CallRecord({name: value for name, value in row.items() if name != "row"})
                for row in rows
            }
            parts = await connection.execute(
                select(call_part).where(call_part.c.call_id.in_(wanted)).order_by(call_part.c.place)
            )
            for part in parts.mappings():
                key = (part["part"], part["part_id"])
                records[part["call_id"]].parts[key] = (part["place"], part["value"])
        return records

    async def customers_of(self, numbers: Iterable[str]) -> dict[str, str]:
        """number → customer id, for those that are known."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(record_phone.c.number, record_phone.c.record_id)
                .where(record_phone.c.kind == "customer", record_phone.c.number.in_(list(numbers)))
                .order_by(record_phone.c.record_id.desc())
            )
            return {row[0]: row[1] for row in rows}

    async def write(self, batch: Written, seq: int) -> None:
        """All of the batch and the position, or nothing."""
        async with self._database.write(durable=False) as connection:
            await self._upsert(connection, call, [one.row for one in batch.calls.values()], ["call_id"])
            parts = [
                {"call_id": call_id, "part": key[0], "part_id": key[1], "place": one.parts[key][0],
                 "value": one.parts[key][1]}
                for call_id, one in batch.calls.items()
                for key in one.touched
            ]  # fmt: skip
            await self._upsert(connection, call_part, parts, ["call_id", "part", "part_id"])
            for table, rows, changes, key in (
                (recording, batch.recordings, batch.recording_changes, "recording_id"),
                (task, batch.tasks, batch.task_changes, "task_id"),
            ):
                await self._upsert(connection, table, list(rows.values()), [key])
                for one_id, values in changes:
                    await connection.execute(update(table).where(table.c[key] == one_id).values(values))
            for (queue, begins_at), counts in batch.counts.items():
                await self._add(connection, {"queue": queue, "begins_at": begins_at} | counts)
            await self._upsert(connection, projection, [{"name": NAME, "seq": seq}], ["name"])

    async def forget(self) -> None:
        """Empty what `write` wrote, so that the journal can be folded again from its beginning."""
        async with self._database.write() as connection:
            for table in (call, call_part, recording):
                await connection.execute(delete(table).where(table.c.call_id.not_like(f"{PAST}%")))
            for table in (task, interval_count):
                await connection.execute(delete(table))
            await connection.execute(delete(projection).where(projection.c.name == NAME))

    async def _upsert(
        self, connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], key: list[str]
    ) -> None:
        if not rows:
            return
        statement = self._insert(connection, table)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_=changed), list(rows)
        )

    async def _add(self, connection: AsyncConnection, row: Mapping[str, Any]) -> None:
        statement = self._insert(connection, interval_count).values(row)
        sums = {name: interval_count.c[name] + statement.excluded[name] for name in COUNTS}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["queue", "begins_at"], set_=sums)
        )

    @staticmethod
    def _insert(connection: AsyncConnection, table: Table) -> Any:
        return (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(table)
