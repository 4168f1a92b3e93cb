"""What a dispatch slip tells, gathered from the records; drawn by `reports` in a worker process."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from app.domain.access import Language
from app.domain.records import CUSTOMER, PRODUCT, WORK_ORDER
from app.server.storage.listing import Page
from app.server.storage.records import NoSuchRecord

if TYPE_CHECKING:
    from app.server.services import Services

HISTORY_LENGTH = 2


async def slip_facts(services: "Services", order: dict[str, Any]) -> dict[str, Any]:
    """What `slip_from_records` takes, as plain values; the codes' links are this order's own."""
    try:
        customer = await services.records.get(CUSTOMER, order["customer_id"])
    except NoSuchRecord:
        customer = None
    product = await services.records.get(PRODUCT, order["product_id"]) if order["product_id"] else None
    filters = {"customer_id": [order["customer_id"]]}
    earlier, _ = await services.lists.page(WORK_ORDER, filters=filters, page=Page(limit=HISTORY_LENGTH + 10))
    links = await services.paper_links.of_order(order["id"])

    def shown(name: str | None) -> str:
        user = services.users.get(name or "")
        return user.display_name if user else name or ""

    return {
        "order": order
        | {"taken_by": shown(order["taken_by"]), "dispatched_by": shown(order["dispatched_by"])},
        "customer": customer,
        "product": product,
        "history": [
            one for one in earlier if one["id"] != order["id"] and one["created_at"] <= order["created_at"]
        ][:HISTORY_LENGTH],
        "company": {
            "name": services.site.name,
            "engineer_url": f"{services.public_url}/s/{links['e']}",
            "customer_url": f"{services.public_url}/s/{links['c']}",
        },
        "time_zone": services.site.time_zone,
        "printed_at": services.clock(),
    }


def slip_pdf(facts: dict[str, Any], paper: Literal["A5", "A4", "80mm"], language: Language) -> bytes:
    """In a worker process: the PDF of one slip."""
    # Only worker processes carry the weight of ReportLab and its fonts.
    from reports.pages.slip import render_slip, slip_from_records

    printed_at = datetime.fromtimestamp(facts.pop("printed_at"), UTC)
    return render_slip(
        slip_from_records(**facts, language=language, printed_at=printed_at), paper=paper, language=language
    )
