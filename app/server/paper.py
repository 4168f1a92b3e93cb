"""What a dispatch slip tells, gathered from the records; drawn by `reports` in a worker process."""

import importlib
from typing import TYPE_CHECKING, Any

from app.domain.records import CUSTOMER, PRODUCT, WORK_ORDER
from app.server.storage.listing import Page
from app.server.storage.records import NoSuchRecord

if TYPE_CHECKING:
    from app.server.services import Services

HISTORY_LENGTH = 2


async def slip_facts(services: "Services", order: dict[str, Any]) -> dict[str, Any]:
    """order, customer, product (or None), earlier orders of the customer, company, time_zone."""
    try:
        customer = await services.records.get(CUSTOMER, order["customer_id"])
    except NoSuchRecord:
        customer = None
    product = await services.records.get(PRODUCT, order["product_id"]) if order["product_id"] else None
    filters = {"customer_id": [order["customer_id"]]}
    earlier, _ = await services.lists.page(WORK_ORDER, filters=filters, page=Page(limit=HISTORY_LENGTH + 10))
    return {
        "order": order,
        "customer": customer,
        "product": product,
        "history": [
            one for one in earlier if one["id"] != order["id"] and one["created_at"] <= order["created_at"]
        ][:HISTORY_LENGTH],
        "company": {"name": services.site.name},
        "time_zone": services.site.time_zone,
    }


def slip_pdf(facts: dict[str, Any], paper: str, language: str) -> bytes:
    """In a worker process: the PDF of one slip."""
    pages = importlib.import_module("reports.pages.slip")
    pdf: bytes = pages.render_slip(facts, paper=paper, language=language)
    return pdf
