"""Answers the flows' look-ups from the records, and asks the records who calls.

Each look-up is one small function of its arguments; what it returns goes into the
journal, so it returns only what a caller may hear.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.effects import LookUp
from app.domain.events import CallStarted
from app.domain.inputs import CustomerFound, LookupAnswered
from app.domain.records import WORK_ORDER
from app.server import log
from app.server.bus import Bus, Entry
from app.server.services import Services
from app.server.storage.listing import Page

ORDER_DIGITS = re.compile(r"(\d{8})(\d{5})")
SAID_OF_AN_ORDER = ("number", "status", "type", "fault")
Answering = Callable[[Services, dict[str, Any]], Awaitable[Any]]


async def work_order(services: Services, by: dict[str, Any]) -> dict[str, Any] | None:
    """An order by its keyed digits: all thirteen, or the last ones of an order of the caller's own."""
    digits = re.sub(r"\D", "", str(by.get("number", "")))
    whole = ORDER_DIGITS.fullmatch(digits)
    if whole:
        orders, _ = await services.lists.page(
            WORK_ORDER, filters={"number": [f"WX-{whole[1]}-{whole[2]}"]}, page=Page(limit=1)
        )
        return _said(orders[0], services.site.time_zone) if orders else None
    customer_id = await services.pop.customer_of(str(by.get("caller") or ""))
    if customer_id is None or len(digits) < 3:
        return None
    orders, _ = await services.lists.page(
        WORK_ORDER, filters={"customer_id": [customer_id]}, page=Page(limit=100)
    )
    fitting = [order for order in orders if re.sub(r"\D", "", order["number"]).endswith(digits)]
    return _said(fitting[0], services.site.time_zone) if fitting else None


def _said(order: dict[str, Any], time_zone: str) -> dict[str, Any]:
    """What a caller may hear; visit_at in the site's own time, because it is read out as it is written."""
    visit_at = order.get("appointment_from")
    if visit_at:
        local = datetime.fromisoformat(visit_at).astimezone(ZoneInfo(time_zone))
        visit_at = local.strftime("%Y-%m-%dT%H:%M")
    return {**{name: order.get(name) for name in SAID_OF_AN_ORDER}, "visit_at": visit_at}


LOOK_UPS: dict[str, Answering] = {"work_order": work_order}


class Lookups:
    """Listens for look-ups and new calls; answers as inputs."""

    def __init__(self, bus: Bus, services: Services) -> None:
        self._bus, self._services = bus, services
        self._tasks: set[asyncio.Task[None]] = set()
        bus.listen(self._on_entry)

    def _on_entry(self, entry: Entry) -> None:
        for effect in entry.effects:
            if isinstance(effect, LookUp):
                self._begin(self._answer(effect))
        for event in entry.events:
            if isinstance(event, CallStarted) and event.direction == "in" and event.from_number:
                self._begin(self._recognise(event))

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, asked: LookUp) -> None:
        value, error = None, ""
        try:
            answering = LOOK_UPS.get(asked.what)
            if answering is None:
                error = "unknown"
            else:
                value = await answering(self._services, asked.args)
        except Exception as problem:
            log.internal_error(problem, f"lookup {asked.what}")
            error = "failed"
        self._bus.put(
            LookupAnswered(call_id=asked.call_id, request_id=asked.request_id, value=value, error=error)
        )

    async def _recognise(self, call: CallStarted) -> None:
        try:
            customer_id = await self._services.pop.customer_of(call.from_number)
        except Exception as problem:
            log.internal_error(problem, "customer_of")
            return
        if customer_id is not None:
            self._bus.put(CustomerFound(call_id=call.call_id, customer_id=customer_id))
