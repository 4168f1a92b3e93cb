"""Keeps records of every kind: made, read, changed with a version, deleted; each change audited.

Knows the descriptions and the tables. What a person may do is checked before (`checking`,
`access`); here only what needs the database is refused: a missing reference, a lost race.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.records import KINDS, Kind
from app.domain.records.checking import WrongFields, moment_text, say
from app.domain.records.searching import words
from app.server.storage.database import Database
from app.server.storage.tables import RECORD_TABLES, audit, counter, record_phone

Notify = Callable[[str, str, int], None]


class NoSuchRecord(Exception):
    pass


class Conflict(Exception):
    """Somebody else changed it meanwhile. theirs: the record as it now stands."""

    def __init__(self, theirs: dict[str, Any]) -> None:
        super().__init__(f"{theirs['id']} is at version {theirs['version']}")
        self.theirs = theirs


class StillReferred(Exception):
    """It cannot be deleted: records of these kinds name it."""

    def __init__(self, kind: str, count: int) -> None:
        super().__init__(f"{count} × {kind}")
        self.kind = kind
        self.count = count


def to_row(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the API has them → columns."""
    row: dict[str, Any] = {}
    for field in kind.fields:
        if field.name not in values:
            continue
        value = values[field.name]
        if value is not None and field.type == "money":
            value = round(value * 100)
        elif value is not None and field.type == "time":
            value = datetime.fromisoformat(value).timestamp()
        row[field.name] = value
    return row


def from_row(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns → the record as the API shows it, every key present."""
    record: dict[str, Any] = {
        "id": row["id"],
        "version": row["version"],
        "created_at": moment_text(row["created_at"]),
        "created_by": row["created_by"],
        "updated_at": moment_text(row["updated_at"]),
        "updated_by": row["updated_by"],
    }
    for field in kind.fields:
        value = row[field.name]
        if value is not None and field.type == "money":
            value = value / 100
        elif value is not None and field.type == "time":
            value = moment_text(value)
        record[field.name] = value
    return record


def visible_to(kind: Kind, record: Mapping[str, Any], role: str) -> dict[str, Any]:
    """The record without the fields this role may not read."""
    hidden = {field.name for field in kind.fields if not field.readable_by(role)}
    return {name: value for name, value in record.items() if name not in hidden}


class RecordStore:
    """All kinds of records in one database.

    clock: UTC now in POSIX seconds. notify: called with (kind, id, version) after each commit.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], float], time_zone: str = "Asia/Shanghai",
        notify: Notify = lambda kind, record_id, version: None,
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._zone = ZoneInfo(time_zone)
        self._notify = notify

    async def get(self, kind: Kind, record_id: str) -> dict[str, Any]:
        """Raises NoSuchRecord."""
        async with self._database.read() as connection:
            return await self._get(connection, kind, record_id)

    async def create(
        self, kind: Kind, values: Mapping[str, Any], *, user: str, language: str = "zh_CN"
    ) -> dict[str, Any]:
        """Keep a new record of checked values; ids and numbers are taken in the same transaction.

        Raises:
            WrongFields: a referred record does not exist.
        """
        now = self._clock()
        full = {field.name: field.default for field in kind.fields} | dict(values)
        if kind.fill:
            full |= kind.fill(None, full, user, moment_text(now))
        async with self._database.write() as connection:
            await self._check_references(connection, kind, full, language)
            full |= await self._number(connection, kind, now)
            record_id = (
                f"{kind.id_prefix}{await self._count(connection, f'id:{kind.name}'):0{kind.id_digits}}"
            )
            row = to_row(kind, full) | {
                "id": record_id, "version": 1, "created_at": now, "created_by": user,
                "updated_at": now, "updated_by": user, "words": words(kind, full),
            }  # fmt: skip
            await connection.execute(insert(RECORD_TABLES[kind.name]).values(row))
            await self._keep_phones(connection, kind, record_id, full)
            changes = {name: [None, value] for name, value in full.items() if value is not None}
            await self._audit(connection, now, user, "created", kind, record_id, 1, changes)
        self._notify(kind.name, record_id, 1)
        return from_row(kind, row)

    async def change(
        self, kind: Kind, record_id: str, version: int, values: Mapping[str, Any],
        *, user: str, language: str = "zh_CN",
    ) -> dict[str, Any]:  # fmt: skip
        """Change the fields given.

        Raises:
            NoSuchRecord. Conflict: it is no longer at `version`. WrongFields: a missing reference.
        """
        now = self._clock()
        table = RECORD_TABLES[kind.name]
        async with self._database.write() as connection:
            before = await self._get(connection, kind, record_id, lock=True)
            if before["version"] != version:
                raise Conflict(before)
            after = before | dict(values)
            given = kind.fill(before, after, user, moment_text(now)) if kind.fill else {}
            changes = {
                name: [before[name], value]
                for name, value in (dict(values) | given).items()
                if before[name] != value
            }
            if not changes:
                return before
            await self._check_references(
                connection, kind, {name: both[1] for name, both in changes.items()}, language
            )
            after |= given
            await connection.execute(
                update(table)
                .where(table.c.id == record_id)
                .values(
                    to_row(kind, {name: both[1] for name, both in changes.items()})
                    | {
                        "version": version + 1,
                        "updated_at": now,
                        "updated_by": user,
                        "words": words(kind, after),
                    }
                )
            )
            if any(field.name in changes for field in kind.of_type("phone")):
                await self._forget_phones(connection, kind, record_id)
                await self._keep_phones(connection, kind, record_id, after)
            await self._audit(connection, now, user, "changed", kind, record_id, version + 1, changes)
            record = await self._get(connection, kind, record_id)
        self._notify(kind.name, record_id, version + 1)
        return record

    async def delete(self, kind: Kind, record_id: str, *, user: str) -> None:
        """Raises NoSuchRecord, StillReferred."""
        now = self._clock()
        table = RECORD_TABLES[kind.name]
        async with self._database.write() as connection:
            before = await self._get(connection, kind, record_id, lock=True)
            for other in KINDS.values():
                for field in other.of_type("ref"):
                    if field.ref == kind.name:
                        column = RECORD_TABLES[other.name].c[field.name]
                        rows = (
                            await connection.execute(select(column).where(column == record_id).limit(100))
                        ).all()
                        if rows:
                            raise StillReferred(other.name, len(rows))
            await connection.execute(delete(table).where(table.c.id == record_id))
            await self._forget_phones(connection, kind, record_id)
            changes = {
                field.name: [before[field.name], None]
                for field in kind.fields
                if before[field.name] is not None
            }
            await self._audit(
                connection, now, user, "deleted", kind, record_id, before["version"] + 1, changes
            )
        self._notify(kind.name, record_id, before["version"] + 1)

    async def history(self, kind: Kind, record_id: str) -> list[dict[str, Any]]:
        """Every change of one record, newest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(audit)
                .where(audit.c.kind == kind.name, audit.c.record_id == record_id)
                .order_by(audit.c.row.desc())
            )
            return [
                {"at": moment_text(row["at"]), "user": row["user_name"], "action": row["action"],
                 "version": row["version"], "changes": row["changes"]}
                for row in rows.mappings()
            ]  # fmt: skip

    # ------------------------------------------------------------ inside one transaction

    async def _get(
        self, connection: AsyncConnection, kind: Kind, record_id: str, *, lock: bool = False
    ) -> dict[str, Any]:
        table = RECORD_TABLES[kind.name]
        query = select(table).where(table.c.id == record_id)
        if lock and not self._database.is_sqlite:
            query = query.with_for_update()
        row = (await connection.execute(query)).mappings().first()
        if row is None:
            raise NoSuchRecord(record_id)
        return from_row(kind, row)  # type: ignore[arg-type]

    async def _count(self, connection: AsyncConnection, name: str) -> int:
        return await next_count(connection, name, 1)

    async def _number(self, connection: AsyncConnection, kind: Kind, now: float) -> dict[str, str]:
        if not kind.number_field or not kind.number_rule:
            return {}
        day: date = datetime.fromtimestamp(now, self._zone).date()
        count = await self._count(connection, f"number:{kind.name}:{day:%Y%m%d}")
        return {kind.number_field: kind.number_rule.format(day=day, count=count)}

    async def _check_references(
        self, connection: AsyncConnection, kind: Kind, values: Mapping[str, Any], language: str
    ) -> None:
        wrong: dict[str, str] = {}
        for field in kind.of_type("ref"):
            value = values.get(field.name)
            if value is None or field.ref is None:
                continue
            column = RECORD_TABLES[field.ref].c.id
            if (await connection.execute(select(column).where(column == value))).first() is None:
                wrong[field.name] = say("no_such", language, kind=KINDS[field.ref].label[language])
        if wrong:
            raise WrongFields(wrong)

    async def _keep_phones(
        self, connection: AsyncConnection, kind: Kind, record_id: str, values: Mapping[str, Any]
    ) -> None:
        rows = phone_rows(kind, record_id, values)
        if rows:
            await connection.execute(insert(record_phone), rows)

    async def _forget_phones(self, connection: AsyncConnection, kind: Kind, record_id: str) -> None:
        await connection.execute(
            delete(record_phone).where(
                record_phone.c.kind == kind.name, record_phone.c.record_id == record_id
            )
        )

    async def _audit(
        self, connection: AsyncConnection, now: float, user: str, action: str, kind: Kind,
        record_id: str, version: int, changes: Mapping[str, Sequence[Any]],
    ) -> None:  # fmt: skip
        await connection.execute(
            insert(audit).values(
                at=now, user_name=user, action=action, kind=kind.name, record_id=record_id,
                version=version, changes=changes,
            )
        )  # fmt: skip


def phone_rows(kind: Kind, record_id: str, values: Mapping[str, Any]) -> list[dict[str, str]]:
    numbers: Iterable[str] = dict.fromkeys(
        values[field.name] for field in kind.of_type("phone") if values.get(field.name)
    )
    return [{"number": number, "kind": kind.name, "record_id": record_id} for number in numbers]


async def next_count(connection: AsyncConnection, name: str, how_many: int) -> int:
    """Take `how_many` numbers of a counter; the last one taken is returned. Inside a transaction
    nobody else can take one until it ends, so none is ever left out."""
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = (
        make(counter)
        .values(name=name, value=how_many)
        .on_conflict_do_update(index_elements=["name"], set_={"value": counter.c.value + how_many})
        .returning(counter.c.value)
    )
    return int((await connection.execute(statement)).scalar_one())
