"""Reads the calls the projector wrote, in the shape of `GET /calls`; those still alive come from
the floor and replace their row, which may be a moment behind.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.numbers import comparable, plain
from app.domain.records.checking import moment_text
from app.server.storage.database import Database
from app.server.storage.listing import BadQuery, Page, after_cursor, write_cursor
from app.server.storage.tables import RECORD_TABLES, call, call_part, recording

_work_order = RECORD_TABLES["work_order"]
DETAILS = ("legs", "segments", "steps", "decisions")
HALF_MS_S = 0.0005  # times are shown in whole milliseconds: asked for as shown, a call is found
_SAME = ("state", "outcome", "queue", "agent", "direction")


@dataclass(frozen=True, kw_only=True, slots=True)
class CallFilter:
    """since, until: of `started_at`, POSIX seconds, [since, until)."""

    since: float | None = None
    until: float | None = None
    state: str | None = None
    number: str | None = None
    queue: str | None = None
    agent: str | None = None
    outcome: str | None = None
    direction: str | None = None


class NoSuchCall(Exception):
    pass


async def _at_once() -> None:
    pass


class CallStore:
    def __init__(self, database: Database, country: str = "CN") -> None:
        self._database = database
        self._country = country
        # Awaited before reading: what is in the journal already should be seen (`Projector.caught_up`).
        self.fresh: Callable[[], Awaitable[None]] = _at_once

    async def page(
        self, wanted: CallFilter, page: Page, live: Sequence[Mapping[str, Any]] = ()
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Items and the next cursor. live: detailed rows of calls the floor still has. Raises BadQuery."""
        if page.sort not in (None, "started_at", "-started_at"):
            raise BadQuery(sort="sort")
        await self.fresh()
        down = page.sort != "started_at"
        alive = {row["call_id"]: row for row in live}
        fitting = [call_id for call_id, row in alive.items() if self._fits(row, wanted)]
        query = select(call).where(
            or_(
                call.c.call_id.in_(fitting),
                and_(call.c.call_id.not_in(list(alive)), *self._conditions(wanted)),
            )
            if alive
            else and_(True, *self._conditions(wanted))
        )
        query = after_cursor(query, call.c.started_at, call.c.row, down=down, page=page)
        async with self._database.read() as connection:
            rows: list[Mapping[Any, Any]] = list((await connection.execute(query)).mappings())
            unwritten: list[dict[str, Any]] = []
            if fitting and page.cursor is None and down:
                written = set(
                    (
                        await connection.execute(select(call.c.call_id).where(call.c.call_id.in_(fitting)))
                    ).scalars()
                )
                unwritten = [_item(alive[call_id]) for call_id in fitting if call_id not in written]
                unwritten.sort(key=lambda item: str(item["started_at"]), reverse=True)
                unwritten = unwritten[: page.limit - 1]  # the rest is written before anyone turns the page
            more = len(rows) > page.limit
            room = page.limit - len(unwritten)
            if len(rows) > room or more:
                rows = rows[:room]
                more = True
            items = await self._items(connection, rows)
        items = unwritten + [
            _item(alive[item["call_id"]]) if item["call_id"] in alive else item for item in items
        ]
        following = write_cursor(rows[-1]["started_at"], rows[-1]["row"]) if more and rows else None
        return items, following

    async def detail(self, call_id: str) -> dict[str, Any]:
        """A call that is over. Raises NoSuchCall."""
        await self.fresh()
        async with self._database.read() as connection:
            row = (await connection.execute(select(call).where(call.c.call_id == call_id))).mappings().first()
            if row is None:
                raise NoSuchCall(call_id)
            item = (await self._items(connection, [row]))[0]
            parts = await connection.execute(
                select(call_part.c.part, call_part.c.value)
                .where(call_part.c.call_id == call_id)
                .order_by(call_part.c.place, call_part.c.part_id)
            )
            item |= {name: [] for name in DETAILS}
            for part, value in parts:
                item[f"{part}s"].append(value)
        return item

    async def recording(self, recording_id: str) -> dict[str, Any] | None:
        """file, agent, call_id, duration_s of one recording; the call's agent when it names none."""
        await self.fresh()
        agent = func.coalesce(recording.c.agent, call.c.agent).label("agent")
        columns = [column for column in recording.c if column.name != "agent"]
        query = select(*columns, agent).join_from(
            recording, call, recording.c.call_id == call.c.call_id, isouter=True
        )
        async with self._database.read() as connection:
            row = (
                (await connection.execute(query.where(recording.c.recording_id == recording_id)))
                .mappings()
                .first()
            )
            return dict(row) if row else None

    async def orders_of(self, call_id: str) -> list[str]:
        """Ids of the work orders made for a call."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(_work_order.c.id).where(_work_order.c.call_id == call_id).order_by(_work_order.c.row)
            )
            return list(found.scalars())

    async def _items(
        self, connection: AsyncConnection, rows: Sequence[Mapping[Any, Any]]
    ) -> list[dict[str, Any]]:
        ids = [row["call_id"] for row in rows]
        recordings: dict[str, list[dict[str, Any]]] = defaultdict(list)
        orders: dict[str, list[str]] = defaultdict(list)
        if ids:
            found = await connection.execute(
                select(recording).where(recording.c.call_id.in_(ids)).order_by(recording.c.started_at)
            )
            for one in found.mappings():
                recordings[one["call_id"]].append(recording_item(one))  # type: ignore[arg-type]
            for call_id, order_id in await connection.execute(
                select(_work_order.c.call_id, _work_order.c.id).where(_work_order.c.call_id.in_(ids))
            ):
                orders[call_id].append(order_id)
        return [_from_row(row, recordings[row["call_id"]], orders[row["call_id"]]) for row in rows]

    def _conditions(self, wanted: CallFilter) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [
            call.c[name] == getattr(wanted, name) for name in _SAME if getattr(wanted, name) is not None
        ]
        if wanted.since is not None:
            found.append(call.c.started_at >= wanted.since - HALF_MS_S)
        if wanted.until is not None:
            found.append(call.c.started_at < wanted.until - HALF_MS_S)
        if wanted.number:
            spellings = list({comparable(wanted.number, self._country), plain(wanted.number)})
            found.append(or_(call.c.from_number.in_(spellings), call.c.to_number.in_(spellings)))
        return found

    def _fits(self, row: Mapping[str, Any], wanted: CallFilter) -> bool:
        if any(getattr(wanted, name) not in (None, row.get(name)) for name in _SAME):
            return False
        started = str(row.get("started_at") or "")
        if wanted.since is not None and started < moment_text(wanted.since):
            return False
        if wanted.until is not None and started >= moment_text(wanted.until):
            return False
        if wanted.number:
            number = comparable(wanted.number, self._country)
            return number in {comparable(str(row.get(name) or ""), self._country) for name in ("from", "to")}
        return True


def _item(detailed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detailed.items() if name not in DETAILS}


def recording_item(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "recording_id": row["recording_id"],
        "started_at": moment_text(row["started_at"]),
        "duration_s": row["duration_s"],
        "channels": row["channels"],
        "url": f"/api/v1/recordings/{row['recording_id']}",
    }


def _from_row(row: Mapping[Any, Any], recordings: list[dict[str, Any]], orders: list[str]) -> dict[str, Any]:
    def moment(name: str) -> str | None:
        return None if row[name] is None else moment_text(row[name])

    return {
        "call_id": row["call_id"], "direction": row["direction"], "state": row["state"],
        "outcome": row["outcome"], "from": row["from_number"], "to": row["to_number"],
        "customer_id": row["customer_id"], "queue": row["queue"], "agent": row["agent"],
        "started_at": moment("started_at"), "answered_at": moment("answered_at"),
        "ended_at": moment("ended_at"), "ended_by": row["ended_by"], "ivr_s": row["ivr_s"],
        "wait_s": row["wait_s"], "ring_s": row["ring_s"], "talk_s": row["talk_s"], "hold_s": row["hold_s"],
        "wrap_up_s": row["wrap_up_s"], "keys": row["keys"], "recordings": recordings,
        "summary": row["summary"], "work_orders": orders,
    }  # fmt: skip
