"""What flows may look up in the records. Each returns only what a caller may hear: it goes into the journal."""

import re
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.records import WORK_ORDER
from app.server.lookups import Answering
from app.server.services import Services
from app.server.speech.speaker import Speaker
from app.server.storage.listing import Page

ORDER_DIGITS = re.compile(r"(\d{8})(\d{5})")
SAID_OF_AN_ORDER = ("number", "status", "type", "fault")


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


def answers(services: Services, speaker: Speaker) -> dict[str, Answering]:
    """Every look-up by its name; "speak" makes the sounds of a text."""
    return {"work_order": partial(work_order, services), "speak": speaker.prompts_of}
