"""The dispatch slip of a work order as PDF, drawn in a worker process."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.access import READ_RECORDS
from app.domain.records import WORK_ORDER
from app.server.paper import slip_facts
from app.server.web.asking import Asker, language_of, parameters, require, services
from app.server.web.errors import wrong_fields

router = APIRouter(prefix="/api/v1/records/work_order", tags=["records"])
PAPERS = ("A5", "A4", "80mm")


@router.get("/{record_id}/slip.pdf")
async def slip(record_id: str, request: Request, user: Asker) -> Response:
    """`paper=A5|A4|80mm` (A5)."""
    require(user, READ_RECORDS)
    language = language_of(request, user)
    paper = parameters(request, "paper", language=language).get("paper", "A5")
    if paper not in PAPERS:
        raise wrong_fields(language, paper="paper")
    here = services(request)
    facts = await slip_facts(here, await here.records.get(WORK_ORDER, record_id))
    pdf = await here.workers.run("slip_pdf", facts=facts, paper=paper, language=language)
    name = f"{facts['order']['number']}-{paper}.pdf"
    return Response(
        pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
