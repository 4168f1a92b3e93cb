"""Moves the demo company into an empty database. Nothing here runs at a real site."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.records import CUSTOMER, PRODUCT, WORK_ORDER
from app.domain.records.checking import moment_text
from app.server.storage.bulk import insert_many
from app.server.storage.database import Database
from app.server.storage.projection import PAST
from app.server.storage.records import next_count
from app.server.storage.tables import RECORD_TABLES, call, call_part, record_phone
from resources.demo.company import CHINA, Company, make


async def settle(database: Database, *, now: float, customers: int = 5000) -> bool:
    """Put the demo company in, in one transaction; False when there are customers already."""
    company = make(now, customers)
    async with database.write() as connection:
        table = RECORD_TABLES["customer"]
        if (await connection.execute(select(func.count()).select_from(table))).scalar_one():
            return False
        await _settle(connection, company, now)
    return True


async def _settle(connection: AsyncConnection, company: Company, now: float) -> None:
    long_ago = now - 100 * 86400
    customer_ids = await insert_many(
        connection, CUSTOMER, company.customers, at=[long_ago] * len(company.customers), user="admin"
    )
    products = [values | {"customer_id": customer_ids[owner]} for owner, values in company.products]
    product_ids = await insert_many(
        connection, PRODUCT, products, at=[long_ago] * len(products), user="admin"
    )
    for number, each in enumerate(company.calls, 1):
        each["id"] = f"{PAST}{number}"
    days: Counter[str] = Counter()
    orders = []
    for order in company.orders:
        day = f"{datetime.fromtimestamp(order['at'], CHINA):%Y%m%d}"
        days[day] += 1
        orders.append(_order(order, f"WX-{day}-{days[day]:05}", customer_ids, product_ids))
    await insert_many(
        connection, WORK_ORDER, orders, at=[order["at"] for order in company.orders], user="admin"
    )
    for day, count in days.items():
        await next_count(connection, f"number:{WORK_ORDER.name}:{day}", count)
    await connection.execute(insert(call), [_call(each, customer_ids) for each in company.calls])
    parts = [part for each in company.calls for part in _parts(each)]
    await connection.execute(insert(call_part), parts)


def _order(
    order: dict[str, Any], number: str, customer_ids: list[str], product_ids: list[str]
) -> dict[str, Any]:
    finished = order["finished_at"]
    engineer = order["values"]["engineer"]
    values: dict[str, Any] = order["values"]
    return values | {
        "number": number, "customer_id": customer_ids[order["customer"]],
        "product_id": product_ids[order["product"]], "call_id": order["call"]["id"],
        "taken_by": order["agent"], "appointment_from": moment_text(order["visit"]),
        "appointment_until": moment_text(order["visit"] + 7200), "due_at": moment_text(order["visit"] + 86400),
        "finished_at": moment_text(finished) if finished else None,
        "dispatched_by": "super" if engineer else None,
        "dispatched_at": moment_text(order["at"] + 900) if engineer else None,
    }  # fmt: skip


def _call(each: dict[str, Any], customer_ids: list[str]) -> dict[str, Any]:
    waited = each["ivr_s"] + each["wait_s"]
    answered_at = each["at"] + waited if each["answered"] else None
    return {
        "call_id": each["id"], "direction": "in", "state": "ended",
        "outcome": "answered" if each["answered"] else "abandoned", "from_number": each["from"],
        "to_number": each["to"], "customer_id": customer_ids[each["customer"]], "queue": each["queue"],
        "agent": each["agent"], "started_at": each["at"], "answered_at": answered_at,
        "ended_at": each["at"] + waited + each["talk_s"], "ended_by": "caller", "ivr_s": each["ivr_s"],
        "wait_s": each["wait_s"], "ring_s": each["ring_s"], "talk_s": each["talk_s"], "hold_s": 0.0,
        "wrap_up_s": each["wrap_up_s"], "keys": [{"node": "menu", "digits": "1"}], "summary": each["summary"],
    }  # fmt: skip


def _parts(each: dict[str, Any]) -> list[dict[str, Any]]:
    entered = each["at"] + each["ivr_s"]
    left = entered + each["wait_s"]
    ended = left + each["talk_s"]
    reason = "answered" if each["answered"] else "abandoned"
    segment = {
        "segment_id": f"{each['id']}-1", "place": f"queue:{each['queue']}", "entered_at": moment_text(entered),
        "left_at": moment_text(left), "end_reason": reason, "agent": each["agent"], "offers": int(each["answered"]),
    }  # fmt: skip
    steps = [(each["at"], "offered"), (entered, "queued")]
    steps += [(left, "agent_answered")] if each["answered"] else []
    steps.append((ended, "hung_up"))
    found = [("segment", segment["segment_id"], segment)] + [
        ("step", f"{number:06}", {"seq": number, "at": moment_text(at), "step": step})
        for number, (at, step) in enumerate(steps, 1)
    ]
    return [
        {"call_id": each["id"], "part": part, "part_id": part_id, "place": place, "value": value}
        for place, (part, part_id, value) in enumerate(found)
    ]


async def customer_numbers(database: Database, limit: int = 2000) -> list[str]:
    """Telephone numbers of the first customers, as E.164."""
    async with database.read() as connection:
        found = await connection.execute(
            select(record_phone.c.number).where(record_phone.c.kind == "customer").limit(limit)
        )
        return [str(number) for number in found.scalars()]
