"""Lists of records: full-text, filters by field, any order, a page at a time without counting.

A cursor is where the last page ended (its sort value and row), so a page costs the same
however far down it is, and new records do not shift it.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    cast,
    column,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.domain.numbers import comparable, national_digits
from app.domain.records import Kind
from app.domain.records.searching import terms
from app.server.storage.database import Database
from app.server.storage.records import from_row
from app.server.storage.tables import RECORD_TABLES

MAX_LIMIT = 1000
DEFAULT_LIMIT = 50
SORTABLE = ("created_at", "updated_at", "id")


class BadQuery(Exception):
    """fields: parameter → which of the messages `texts` has for it."""

    def __init__(self, **fields: str) -> None:
        super().__init__(str(fields))
        self.fields = fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    sort: str | None = None


def write_cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(cursor: str, last: type = int) -> Sequence[Any]:
    """Sort value and row (of type `last`). Raises BadQuery."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        place = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[str | int | float | None])
    except (binascii.Error, msgspec.DecodeError, ValueError):
        raise BadQuery(cursor="cursor") from None
    if len(place) != 2 or not isinstance(place[1], last):
        raise BadQuery(cursor="cursor")
    return place


def after_cursor(
    query: Select[Any], key: ColumnElement[Any], row: ColumnElement[int], *, down: bool, page: Page
) -> Select[Any]:
    """Order by (key, row), begin behind the cursor, take one more than a page to see whether one follows."""
    if page.cursor:
        value, at = read_cursor(page.cursor)
        beyond = key < value if down else key > value
        beyond_row = row < at if down else row > at
        query = query.where(or_(beyond, and_(key == value, beyond_row)))
    order = (key.desc(), row.desc()) if down else (key.asc(), row.asc())
    return query.order_by(*order).limit(page.limit + 1)


class RecordLists:
    def __init__(self, database: Database, country: str = "CN") -> None:
        self._database = database
        self._country = country

    async def page(
        self, kind: Kind, *, q: str = "", filters: Mapping[str, Sequence[str]] | None = None, page: Page
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The records of one page and the cursor of the next, or None.

        filters: field → values, any of which; a phone in any spelling. Raises BadQuery.
        """
        table = RECORD_TABLES[kind.name]
        sort = page.sort or kind.sort
        name = sort.removeprefix("-")
        if name not in SORTABLE and (name not in kind.field_names or kind.field(name).type == "lines"):
            raise BadQuery(sort="sort")
        sorted_by = table.c[name]
        empty: Any = -1 if name in kind.field_names and _is_number(kind, name) else ""
        key = sorted_by if name in SORTABLE else func.coalesce(sorted_by, empty)
        query = select(table, key.label("sort_key"))
        for field_name, wanted in (filters or {}).items():
            query = query.where(self._matches(kind, table, field_name, wanted))
        if q.strip():
            query = query.where(found_by(self._database, kind, table, q))
        query = after_cursor(query, key, table.c.row, down=sort.startswith("-"), page=page)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        following = None
        if len(rows) > page.limit:
            rows = rows[: page.limit]
            following = write_cursor(rows[-1]["sort_key"], rows[-1]["row"])
        return [from_row(kind, row) for row in rows], following  # type: ignore[arg-type]

    def _matches(self, kind: Kind, table: Table, name: str, wanted: Sequence[str]) -> ColumnElement[bool]:
        if name == "id":
            return table.c.id.in_(wanted)
        if name not in kind.field_names:
            raise BadQuery(**{name: "unknown"})
        field = kind.field(name)
        try:
            match field.type:
                case "phone":
                    values: list[Any] = [comparable(one, self._country) for one in wanted]
                case "integer":
                    values = [int(one) for one in wanted]
                case "money":
                    values = [round(float(one) * 100) for one in wanted]
                case "yes_no":
                    values = [{"true": True, "false": False}[one] for one in wanted]
                case "time" | "lines":
                    raise BadQuery(**{name: "unknown"})
                case _:
                    values = list(wanted)
        except (ValueError, KeyError):
            raise BadQuery(**{name: "value"}) from None
        return table.c[name].in_(values)


def _is_number(kind: Kind, name: str) -> bool:
    return kind.field(name).type in ("integer", "money", "time", "yes_no")


def found_by(database: Database, kind: Kind, table: Table, q: str) -> ColumnElement[bool]:
    """Rows every term of `q` begins a word of."""
    wanted = terms(q)
    if not wanted:
        return false()
    if len(wanted) == 1 and wanted[0].isdigit():
        wanted = [national_digits(comparable(wanted[0]))]
    if database.is_sqlite:
        match = " AND ".join(f'"{term}"*' for term in wanted)
        search = column("rowid", Integer)
        inner = select(search).select_from(text(f"{kind.name}_search"))
        return table.c.row.in_(inner.where(text(f"{kind.name}_search MATCH :match").bindparams(match=match)))
    match = " & ".join(f"'{term}':*" for term in wanted)
    lexemes = func.array_to_tsvector(func.string_to_array(table.c.words, " "))
    return lexemes.bool_op("@@")(cast(match, TSQUERY))
