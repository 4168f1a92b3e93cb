"""Reads the tasks the projector wrote: numbers that touched a line and were not served.

A task is made once for a number, merged when he calls again, closed when he is reached.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from app.domain.numbers import comparable, plain
from app.domain.records.checking import moment_text
from app.server.storage.database import Database
from app.server.storage.listing import BadQuery, Page, read_cursor, write_cursor
from app.server.storage.tables import task

STATES = ("open", "done")


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskFilter:
    """state: `open` or `done`. number: in any spelling."""

    state: str | None = None
    number: str | None = None
    queue: str | None = None
    call: str | None = None


async def _at_once() -> None:
    pass


class TaskList:
    def __init__(self, database: Database, country: str = "CN") -> None:
        self._database, self._country = database, country
        # Awaited before reading: what is in the journal already should be seen (`Projector.caught_up`).
        self.fresh: Callable[[], Awaitable[None]] = _at_once

    async def page(self, wanted: TaskFilter, page: Page) -> tuple[list[dict[str, Any]], str | None]:
        """Items, newest first, and the next cursor. Raises BadQuery."""
        if page.sort not in (None, "-created_at"):
            raise BadQuery(sort="sort")
        if wanted.state not in (None, *STATES):
            raise BadQuery(state="value")
        query = select(task).order_by(task.c.created_at.desc(), task.c.task_id.desc()).limit(page.limit + 1)
        if wanted.state is not None:
            query = query.where(task.c.done_at.is_(None) == (wanted.state == "open"))
        if wanted.number:
            spellings = {comparable(wanted.number, self._country), plain(wanted.number), wanted.number}
            query = query.where(task.c.number.in_(sorted(spellings)))
        if wanted.queue is not None:
            query = query.where(task.c.queue == wanted.queue)
        if wanted.call is not None:
            query = query.where(task.c.call_id == wanted.call)
        if page.cursor:
            at, last = read_cursor(page.cursor, str)
            query = query.where(
                or_(task.c.created_at < at, and_(task.c.created_at == at, task.c.task_id < last))
            )
        await self.fresh()
        async with self._database.read() as connection:
            rows = list((await connection.execute(query)).mappings())
        following = None
        if len(rows) > page.limit:
            rows = rows[: page.limit]
            following = write_cursor(rows[-1]["created_at"], rows[-1]["task_id"])
        return [_item(row) for row in rows], following


def _item(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "task_id": row["task_id"], "kind": row["what"], "state": "open" if row["done_at"] is None else "done",
        "number": row["number"], "queue": row["queue"], "call_id": row["call_id"], "reason": row["reason"],
        "created_at": moment_text(row["created_at"]),
        "done_at": None if row["done_at"] is None else moment_text(row["done_at"]),
    }  # fmt: skip
