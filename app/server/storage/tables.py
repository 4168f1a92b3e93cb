"""Every table. Those of records follow their description; the rest are written here.

Moments are POSIX seconds (double), durations seconds, amounts hundredths. The fixed tables
change through Alembic (`migrations/`); a record's columns are added when its description has
a field the table has not (`growing.py`), which is also how an admin's own fields come live.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from app.domain.records import KINDS, Field, Kind

metadata = MetaData()
# SQLite counts rows by itself only for an INTEGER PRIMARY KEY.
RowNumber = BigInteger().with_variant(Integer, "sqlite")

COLUMN_TYPES: dict[str, Any] = {
    "text": Text,
    "long_text": Text,
    "code": Text,
    "phone": Text,
    "choice": Text,
    "ref": Text,
    "integer": BigInteger,
    "money": BigInteger,
    "date": Text,
    "time": Double,
    "yes_no": Boolean,
    "lines": JSON,
}


def column_type(field: Field) -> TypeEngine[Any]:
    made: TypeEngine[Any] = COLUMN_TYPES[field.type]()
    return made


# Columns that point at something that is no record.
_ALSO_INDEXED = {"work_order": ("call_id",)}


def _record_table(kind: Kind) -> Table:
    table = Table(
        kind.name,
        metadata,
        Column("row", RowNumber, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("version", Integer, nullable=False),
        Column("created_at", Double, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("updated_at", Double, nullable=False),
        Column("updated_by", Text, nullable=False),
        Column("words", Text, nullable=False),
        *(Column(field.name, column_type(field)) for field in kind.fields),
    )
    Index(f"{kind.name}_created_at", table.c.created_at, table.c.row)
    for name in _ALSO_INDEXED.get(kind.name, ()):
        Index(f"{kind.name}_{name}", table.c[name])
    for field in kind.of_type("ref"):
        Index(f"{kind.name}_{field.name}", table.c[field.name], table.c.created_at)
    if kind.number_field:
        Index(f"{kind.name}_{kind.number_field}", table.c[kind.number_field], unique=True)
    return table


RECORD_TABLES: dict[str, Table] = {kind.name: _record_table(kind) for kind in KINDS.values()}

# Every phone number of every record: who is calling is one look-up here.
record_phone = Table(
    "record_phone",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("record_id", String(40), primary_key=True),
)
Index("record_phone_of", record_phone.c.kind, record_phone.c.record_id)

# Counters that never leave a gap: taken in the same transaction as the record they number.
counter = Table(
    "counter",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# What the server keeps about itself, like the key of the links on paper.
setting = Table(
    "setting", metadata, Column("name", String(80), primary_key=True), Column("value", JSON, nullable=False)
)

audit = Table(
    "audit",
    metadata,
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("action", Text, nullable=False),  # created, changed, deleted, imported
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changes", JSON, nullable=False),  # field → [before, after]
)
Index("audit_of", audit.c.kind, audit.c.record_id, audit.c.row)

app_user = Table(
    "app_user",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("queues", JSON, nullable=False),
    Column("skills", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
)

# Only a hash of a token is kept: a stolen database logs nobody in.
token = Table(
    "token",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("user_name", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

# How far a reader of the journal has come; written with what it wrote.
projection = Table(
    "projection",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

call = Table(
    "call",
    metadata,
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("call_id", Text, nullable=False, unique=True),
    Column("direction", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("from_number", Text, nullable=False),
    Column("to_number", Text, nullable=False),
    Column("customer_id", Text),
    Column("queue", Text),
    Column("agent", Text),
    Column("started_at", Double, nullable=False),
    Column("answered_at", Double),
    Column("ended_at", Double),
    Column("ended_by", Text),
    *(
        Column(name, Double, nullable=False)
        for name in ("ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_up_s")
    ),
    Column("keys", JSON, nullable=False),
    Column("summary", JSON, nullable=False),
)
Index("call_started_at", call.c.started_at, call.c.row)
Index("call_from", call.c.from_number, call.c.started_at)
Index("call_to", call.c.to_number, call.c.started_at)
Index("call_customer", call.c.customer_id, call.c.started_at)
Index("call_agent", call.c.agent, call.c.started_at)
Index("call_queue", call.c.queue, call.c.started_at)

# The parts of a call, each as the API shows it; `place` orders them.
call_part = Table(
    "call_part",
    metadata,
    Column("call_id", String(60), primary_key=True),
    Column("part", String(12), primary_key=True),  # leg, segment, step, decision
    Column("part_id", String(80), primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("value", JSON, nullable=False),
)

recording = Table(
    "recording",
    metadata,
    Column("recording_id", String(80), primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("agent", Text),
    Column("file", Text, nullable=False),  # relative to media.recordings
    Column("started_at", Double, nullable=False),
    Column("duration_s", Double),  # null: it still grows
    Column("channels", JSON, nullable=False),
)
Index("recording_call", recording.c.call_id)

task = Table(
    "task",
    metadata,
    Column("task_id", String(80), primary_key=True),
    Column("what", Text, nullable=False),  # callback, lost_call, voicemail …
    Column("call_id", Text),
    Column("number", Text, nullable=False),
    Column("queue", Text),
    Column("reason", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("done_at", Double),
)

# Segments counted where they were entered: queue and quarter of an hour.
interval_count = Table(
    "interval_count",
    metadata,
    Column("queue", String(80), primary_key=True),
    Column("begins_at", Double, primary_key=True),
    *(
        Column(name, Integer, nullable=False)
        for name in (
            "offered", "answered", "abandoned", "overflowed", "voicemail",
            "callback", "left_to_ivr", "lost", "in_progress", "answered_in_time", "abandoned_short",
        )
    ),
    Column("wait_s", Double, nullable=False),
    Column("talk_s", Double, nullable=False),
)  # fmt: skip

FIXED_TABLES = [table for table in metadata.sorted_tables if table.name not in RECORD_TABLES]
