"""The first release's fixed tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _row() -> sa.Column[int]:
    return sa.Column("row", _ROW, primary_key=True, autoincrement=True)


def _texts(*names: str, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=null) for name in names]


def _seconds(*names: str, null: bool = False) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=null) for name in names]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON, nullable=False) for name in names]


def _key(name: str, length: int = 80) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), primary_key=True)


def upgrade() -> None:
    op.create_table("record_phone", _key("number", 40), _key("kind", 40), _key("record_id", 40))
    op.create_index("record_phone_of", "record_phone", ["kind", "record_id"])
    op.create_table("counter", _key("name"), sa.Column("value", sa.BigInteger, nullable=False))
    op.create_table("setting", _key("name"), *_json("value"))
    op.create_table(
        "audit", _row(), *_seconds("at"), *_texts("user_name", "action", "kind", "record_id"),
        sa.Column("version", sa.Integer, nullable=False), *_json("changes"),
    )  # fmt: skip
    op.create_index("audit_of", "audit", ["kind", "record_id", "row"])
    op.create_table(
        "app_user", _key("name"), *_texts("display_name", "role", "language", "password_hash"),
        *_json("queues", "skills"), sa.Column("active", sa.Boolean, nullable=False),
    )  # fmt: skip
    op.create_table("token", _key("hash", 64), *_texts("user_name"), *_seconds("created_at", "expires_at"))
    op.create_table("projection", _key("name", 40), sa.Column("seq", sa.BigInteger, nullable=False))
    op.create_table(
        "call", _row(), sa.Column("call_id", sa.Text, nullable=False, unique=True),
        *_texts("direction", "state"), *_texts("outcome", null=True), *_texts("from_number", "to_number"),
        *_texts("customer_id", "queue", "agent", null=True), *_seconds("started_at"),
        *_seconds("answered_at", "ended_at", null=True), *_texts("ended_by", null=True),
        *_seconds("ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_up_s"), *_json("keys", "summary"),
    )  # fmt: skip
    op.create_index("call_started_at", "call", ["started_at", "row"])
    for name, column in (
        ("call_from", "from_number"), ("call_to", "to_number"), ("call_customer", "customer_id"),
        ("call_agent", "agent"), ("call_queue", "queue"),
    ):  # fmt: skip
        op.create_index(name, "call", [column, "started_at"])
    op.create_table(
        "call_part", _key("call_id", 60), _key("part", 12), _key("part_id"),
        sa.Column("place", sa.BigInteger, nullable=False), *_json("value"),
    )  # fmt: skip
    op.create_table(
        "recording", _key("recording_id"), *_texts("call_id"), *_texts("agent", null=True), *_texts("file"),
        *_seconds("started_at"), *_seconds("duration_s", null=True), *_json("channels"),
    )  # fmt: skip
    op.create_index("recording_call", "recording", ["call_id"])
    op.create_table(
        "task", _key("task_id"), *_texts("what"), *_texts("call_id", null=True), *_texts("number"),
        *_texts("queue", null=True), *_texts("reason"), *_seconds("created_at"), *_seconds("done_at", null=True),
    )  # fmt: skip
    counts = (
        "offered", "answered", "abandoned", "overflowed", "voicemail", "callback", "left_to_ivr", "lost",
        "in_progress", "answered_in_time", "abandoned_short",
    )  # fmt: skip
    op.create_table(
        "interval_count", _key("queue"), sa.Column("begins_at", sa.Double, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts), *_seconds("wait_s", "talk_s"),
    )  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("an older release reads a backup taken before the upgrade")
