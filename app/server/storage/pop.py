"""What an agent should see of a caller the moment it rings: who, what he owns, what happened.

Five indexed questions in one go; under 10 ms with 100,000 customers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.numbers import comparable
from app.domain.records import CUSTOMER, OPEN_STATUSES, PRODUCT, WORK_ORDER
from app.domain.records.checking import moment_text
from app.server.storage.database import Database
from app.server.storage.records import from_row
from app.server.storage.tables import RECORD_TABLES, call, record_phone

RECENT_S = 30 * 86400.0
TIMELINE_LENGTH = 20
_customer, _product, _order = (RECORD_TABLES[kind.name] for kind in (CUSTOMER, PRODUCT, WORK_ORDER))

# Built once: SQLAlchemy then only binds values.
_who = (
    select(record_phone.c.record_id)
    .where(record_phone.c.kind == "customer")
    .order_by(record_phone.c.record_id)
    .limit(1)
)


class ScreenPop:
    """clock: UTC now in POSIX seconds."""

    def __init__(self, database: Database, *, clock: Callable[[], float], country: str = "CN") -> None:
        self._database = database
        self._clock = clock
        self._country = country

    async def customer_of(self, number: str) -> str | None:
        """The id of the customer with this number, in any spelling; the oldest one of several."""
        async with self._database.read() as connection:
            return await self._customer_of(connection, comparable(number, self._country))

    async def __call__(self, number: str, customer_id: str | None = None) -> dict[str, Any]:
        """customer (record or None), facts, timeline (newest first), products, open_orders.

        facts: list of `{"fact", "tone", …}`; the desktop words them:
            open_orders {count, orders: [number]} · calls_recently {count: this one included, days} ·
            last_rating {rating, of: 5, at} · vip · alert {text} · new_customer
        timeline: list of `{"at", "what": call | work_order, "id", "title", "text", "status"}`.
        """
        wanted = comparable(number, self._country)
        now = self._clock()
        async with self._database.read() as connection:
            customer_id = customer_id or await self._customer_of(connection, wanted)
            if customer_id is None:
                count, calls = await self._calls(connection, call.c.from_number == wanted, now)
                return {
                    "customer": None,
                    "facts": [{"fact": "new_customer", "tone": "plain"}, *_recently(count)],
                    "timeline": calls,
                    "products": [],
                    "open_orders": [],
                }
            row = (
                (await connection.execute(select(_customer).where(_customer.c.id == customer_id)))
                .mappings()
                .first()
            )
            products = (
                (
                    await connection.execute(
                        select(_product)
                        .where(_product.c.customer_id == customer_id)
                        .order_by(_product.c.bought_on.desc())
                        .limit(50)
                    )
                )
                .mappings()
                .all()
            )
            orders = [
                from_row(WORK_ORDER, each)  # type: ignore[arg-type]
                for each in (
                    await connection.execute(
                        select(_order)
                        .where(_order.c.customer_id == customer_id)
                        .order_by(_order.c.created_at.desc())
                        .limit(50)
                    )
                ).mappings()
            ]
            count, calls = await self._calls(connection, call.c.customer_id == customer_id, now)
        customer = from_row(CUSTOMER, row) if row else None  # type: ignore[arg-type]
        open_orders = [order for order in orders if order["status"] in OPEN_STATUSES]
        timeline = sorted(calls + [_order_item(order) for order in orders], key=lambda item: str(item["at"]))
        return {
            "customer": customer,
            "facts": _facts(customer or {}, orders, open_orders, count),
            "timeline": timeline[::-1][:TIMELINE_LENGTH],
            "products": [from_row(PRODUCT, each) for each in products],  # type: ignore[arg-type]
            "open_orders": open_orders,
        }

    async def _customer_of(self, connection: AsyncConnection, number: str) -> str | None:
        if len(number) < 5:
            return None
        found = await connection.execute(_who.where(record_phone.c.number == number))
        customer_id: str | None = found.scalar_one_or_none()
        return customer_id

    async def _calls(
        self, connection: AsyncConnection, whose: Any, now: float
    ) -> tuple[int, list[dict[str, Any]]]:
        """How many in the last thirty days, and the newest."""
        found = await connection.execute(
            select(call).where(whose).order_by(call.c.started_at.desc()).limit(TIMELINE_LENGTH)
        )
        rows = found.mappings().all()
        count = sum(row["started_at"] >= now - RECENT_S for row in rows)
        if count == TIMELINE_LENGTH:  # there may be more than were read
            recent = select(func.count()).select_from(call).where(whose, call.c.started_at >= now - RECENT_S)
            count = (await connection.execute(recent)).scalar_one()
        return count, [_call_item(row) for row in rows]  # type: ignore[arg-type]


def _call_item(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": moment_text(row["started_at"]), "what": "call", "id": row["call_id"],
        "title": row["queue"] or row["to_number"], "text": (row["summary"] or {}).get("notes") or "",
        "status": row["outcome"] or row["state"], "direction": row["direction"], "agent": row["agent"],
        "talk_s": row["talk_s"],
    }  # fmt: skip


def _order_item(order: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": order["created_at"], "what": "work_order", "id": order["id"], "title": order["number"],
        "text": order["outcome"] or order["description"], "status": order["status"], "type": order["type"],
        "engineer": order["engineer"], "rating": order["rating"],
    }  # fmt: skip


def _recently(before: int) -> list[dict[str, Any]]:
    return [{"fact": "calls_recently", "tone": "near", "count": before + 1, "days": 30}] if before else []


def _facts(
    customer: Mapping[str, Any], orders: list[dict[str, Any]], open_orders: list[dict[str, Any]], calls: int
) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []
    if open_orders:
        numbers = [order["number"] for order in open_orders]
        facts.append({"fact": "open_orders", "tone": "near", "count": len(numbers), "orders": numbers})
    facts += _recently(calls)
    rated = next((order for order in orders if order["rating"]), None)
    if rated:
        tone = "bad" if rated["rating"] <= 2 else "good" if rated["rating"] >= 4 else "plain"
        facts.append({"fact": "last_rating", "tone": tone, "rating": rated["rating"], "of": 5,
                      "at": rated["finished_at"] or rated["created_at"]})  # fmt: skip
    if customer.get("level") == "vip":
        facts.append({"fact": "vip", "tone": "plain"})
    if customer.get("alert"):
        facts.append({"fact": "alert", "tone": "near", "text": customer["alert"]})
    return facts
