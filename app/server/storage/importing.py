"""Customers from a CSV file, in a worker process, in batches short enough that nobody waits for them.

Knows the file's spelling (UTF-8 or GB 18030, names or labels as heads) and the batches' rhythm;
what a value must be is the description's. A row that does not fit is told with its reason and
left out; a customer whose number is known already is left as he is.
"""

import asyncio
import csv
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.records import CUSTOMER, Kind
from app.domain.records.checking import WrongFields, checked
from app.server.storage.bulk import insert_many
from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.tables import record_phone

BATCH_ROWS = 200
# Between batches the database is everybody's for at least as long as the batch had it.
SHORTEST_PAUSE_S = 0.01
ERRORS_TOLD = 1000
LONGEST_FIELD = 10_000
Progress = Callable[[dict[str, Any]], None]


class FileRefused(Exception):
    """One sentence why nothing of this file was taken."""


def import_customers(
    url: str, file: str, *, country: str = "CN", user: str = "admin", language: str = "zh_CN",
    progress: Progress = lambda facts: None,
) -> dict[str, Any]:  # fmt: skip
    """Take the file into the database at `url`.

    Returns:
        {"rows", "taken", "known", "wrong": [{"row", "fields"}] (the first 1,000), "wrong_rows", "took_s"}
    Raises:
        FileRefused: no such file, no head with name and phone, not text.
    """
    return asyncio.run(_import(url, Path(file), country, user, language, progress))


async def _import(
    url: str, file: Path, country: str, user: str, language: str, progress: Progress
) -> dict[str, Any]:
    began = time.monotonic()
    told: dict[str, Any] = {"rows": 0, "taken": 0, "known": 0, "wrong": [], "wrong_rows": 0}
    database = Database(url, durable=False)
    try:
        await prepare(database)
        batch: list[dict[str, Any]] = []
        for row, values in _rows(file, CUSTOMER):
            told["rows"] += 1
            try:
                batch.append(checked(CUSTOMER, values, role="admin", language=language, country=country))
            except WrongFields as error:
                told["wrong_rows"] += 1
                if len(told["wrong"]) < ERRORS_TOLD:
                    told["wrong"].append({"row": row, "fields": error.fields})
            if len(batch) >= BATCH_ROWS:
                await _take(database, batch, user, told)
                batch = []
                progress({name: told[name] for name in ("rows", "taken", "known", "wrong_rows")})
        if batch:
            await _take(database, batch, user, told)
    finally:
        await database.close()
    return told | {"took_s": round(time.monotonic() - began, 3)}


async def _take(database: Database, batch: list[dict[str, Any]], user: str, told: dict[str, Any]) -> None:
    began = time.monotonic()
    async with database.write() as connection:
        fresh = await _unknown(connection, batch)
        now = time.time()
        await insert_many(connection, CUSTOMER, fresh, at=[now] * len(fresh), user=user)
    told["taken"] += len(fresh)
    told["known"] += len(batch) - len(fresh)
    await asyncio.sleep(max(SHORTEST_PAUSE_S, time.monotonic() - began))


async def _unknown(connection: AsyncConnection, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = [values["phone"] for values in batch]
    found = await connection.execute(
        select(record_phone.c.number).where(
            record_phone.c.kind == CUSTOMER.name, record_phone.c.number.in_(numbers)
        )
    )
    taken = set(found.scalars())
    fresh = []
    for values in batch:
        if values["phone"] not in taken:
            taken.add(values["phone"])
            fresh.append(values)
    return fresh


def _rows(file: Path, kind: Kind) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, values by field name) of every row that is not empty."""
    csv.field_size_limit(LONGEST_FIELD)
    with _opened(file) as text:
        reader = csv.reader(text)
        try:
            head = next(reader, [])
            names = _fields_of(head, kind)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, _values(names, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise FileRefused(f"{file.name}: line {reader.line_num}: {error}") from None


def _values(names: Mapping[int, str], row: list[str]) -> dict[str, Any]:
    # A cell like ="+1" or @SUM is kept as text; what leaves again is guarded at the export.
    return {names[at]: cell for at, cell in enumerate(row) if at in names and cell.strip()}


def _opened(file: Path) -> TextIO:
    try:
        with file.open("rb") as raw:
            beginning = raw.read(1 << 20)
        encoding = "utf-8-sig"
        try:
            beginning.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(beginning) - 4:
                encoding = "gb18030"
        return file.open(encoding=encoding, newline="")
    except OSError as error:
        raise FileRefused(f"{file}: {error.strerror}") from None


def _fields_of(head: list[str], kind: Kind) -> dict[int, str]:
    """Column → field, by name or by label in either language; other columns are passed over."""
    spelled = {field.name: field.name for field in kind.fields}
    for field in kind.fields:
        spelled |= {label.lower(): field.name for label in field.label.values()}
    found = {
        at: spelled[cell.strip().lower()] for at, cell in enumerate(head) if cell.strip().lower() in spelled
    }
    missing = [field.name for field in kind.fields if field.required and field.name not in found.values()]
    if missing:
        raise FileRefused(f"the first line names no column {', '.join(missing)}")
    return found
