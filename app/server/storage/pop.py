"""What an agent should see of a caller the moment it rings: who, what he owns, what happened.

Five indexed questions in one go; under 10 ms with 100,000 customers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from app.domain.numbers import comparable
from app.domain.records import CUSTOMER, OPEN_STATUSES, PRODUCT, WORK_ORDER, Kind
from app.domain.records.checking import moment_text
from app.server.storage.database import Database
from app.server.storage.records import from_row
from app.server.storage.tables import RECORD_TABLES, call, record_phone

RECENT_S = 30 * 86400.0
TIMELINE_LENGTH = 20
MOST_SHOWN = 50
SHORTEST_NUMBER = 5  # 110 and extensions belong to nobody's record
_customer, _product, _order = (RECORD_TABLES[kind.name] for kind in (CUSTOMER, PRODUCT, WORK_ORDER))

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
        wanted = comparable(number, self._country)
        return await self._database.ask(lambda connection: _customer_of(connection, wanted))

    async def __call__(self, number: str, customer_id: str | None = None) -> dict[str, Any]:
        """customer (record or None), facts, timeline (newest first), products, open_orders.

        facts: list of `{"fact", "tone", …}`; the desktop words them:
            open_orders {count, orders: [number]} · calls_recently {count: this one included, days} ·
            last_rating {rating, of: 5, at} · vip · alert {text} · new_customer
        timeline: list of `{"at", "what": call | work_order, "id", "title", "text", "status"}`.
        """
        wanted = comparable(number, self._country)
        now = self._clock()
        return await self._database.ask(lambda connection: _told(connection, wanted, customer_id, now))


def _told(connection: Connection, number: str, customer_id: str | None, now: float) -> dict[str, Any]:
    customer_id = customer_id or _customer_of(connection, number)
    if customer_id is None:
        count, calls = _calls(connection, call.c.from_number == number, now)
        facts = [{"fact": "new_customer", "tone": "plain"}, *_recently(count)]
        return {"customer": None, "facts": facts, "timeline": calls, "products": [], "open_orders": []}
    customer = _records(connection, CUSTOMER, select(_customer).where(_customer.c.id == customer_id))
    owned = select(_product).where(_product.c.customer_id == customer_id)
    products = _records(connection, PRODUCT, owned.order_by(_product.c.bought_on.desc()).limit(MOST_SHOWN))
    made = select(_order).where(_order.c.customer_id == customer_id)
    orders = _records(connection, WORK_ORDER, made.order_by(_order.c.created_at.desc()).limit(MOST_SHOWN))
    count, calls = _calls(connection, call.c.customer_id == customer_id, now)
    open_orders = [order for order in orders if order["status"] in OPEN_STATUSES]
    timeline = sorted(calls + [_order_item(order) for order in orders], key=lambda item: str(item["at"]))
    return {
        "customer": customer[0] if customer else None,
        "facts": _facts(customer[0] if customer else {}, orders, open_orders, count),
        "timeline": timeline[::-1][:TIMELINE_LENGTH],
        "products": products,
        "open_orders": open_orders,
    }


def _records(connection: Connection, kind: Kind, query: Select[Any]) -> list[dict[str, Any]]:
    return [from_row(kind, row) for row in connection.execute(query).mappings()]  # type: ignore[arg-type]


def _customer_of(connection: Connection, number: str) -> str | None:
    if len(number) < SHORTEST_NUMBER:
        return None
    customer_id: str | None = connection.execute(
        _who.where(record_phone.c.number == number)
    ).scalar_one_or_none()
    return customer_id


def _calls(
    connection: Connection, whose: ColumnElement[bool], now: float
) -> tuple[int, list[dict[str, Any]]]:
    """How many in the last thirty days, and the newest."""
    newest = select(call).where(whose).order_by(call.c.started_at.desc()).limit(TIMELINE_LENGTH)
    rows = connection.execute(newest).mappings().all()
    count = sum(row["started_at"] >= now - RECENT_S for row in rows)
    if count == TIMELINE_LENGTH:  # there may be more than were read
        recent = select(func.count()).select_from(call).where(whose, call.c.started_at >= now - RECENT_S)
        count = connection.execute(recent).scalar_one()
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
