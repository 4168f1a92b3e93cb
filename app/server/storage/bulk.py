"""Many new records in one go: the demo's, an import's. The same columns, numbers and audit as one by one.

Everything happens inside the caller's transaction; values are checked by the caller.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.records import Kind
from app.domain.records.searching import words
from app.server.storage.records import next_count, phone_rows, to_row
from app.server.storage.tables import RECORD_TABLES, audit, record_phone


async def insert_many(
    connection: AsyncConnection, kind: Kind, records: Sequence[Mapping[str, Any]], *,
    at: Sequence[float], user: str, action: str = "imported",
) -> list[str]:  # fmt: skip
    """Insert records; at[i] is when record i was made (POSIX s). Returns their ids in the same order."""
    if not records:
        return []
    last = await next_count(connection, f"id:{kind.name}", len(records))
    first = last - len(records) + 1
    ids = [f"{kind.id_prefix}{number:0{kind.id_digits}}" for number in range(first, last + 1)]
    defaults = {field.name: field.default for field in kind.fields}
    rows, phones, trail = [], [], []
    for record_id, given, when in zip(ids, records, at, strict=True):
        values = defaults | dict(given)
        rows.append(
            to_row(kind, values)
            | {"id": record_id, "version": 1, "created_at": when, "created_by": user, "updated_at": when,
               "updated_by": user, "words": words(kind, values)}
        )  # fmt: skip
        phones += phone_rows(kind, record_id, values)
        trail.append(
            {"at": when, "user_name": user, "action": action, "kind": kind.name, "record_id": record_id,
             "version": 1, "changes": {}}
        )  # fmt: skip
    await connection.execute(insert(RECORD_TABLES[kind.name]), rows)
    if phones:
        await connection.execute(insert(record_phone), phones)
    await connection.execute(insert(audit), trail)
    return ids
