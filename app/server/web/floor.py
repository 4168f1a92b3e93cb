"""The floor as it is now: health, agents, queues, calls."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.domain.access import READ_CALLS
from app.domain.records.checking import moment_text
from app.server.storage.calls import CallFilter, NoSuchCall
from app.server.web.asking import (
    Asker,
    excerpt,
    language_of,
    moment_of,
    page_of,
    parameters,
    require,
    services,
)
from app.server.web.errors import ApiError, wrong_fields

router = APIRouter(prefix="/api/v1", tags=["floor"])
CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "direction": frozenset({"in", "out", "internal"}),
    "state": frozenset({"ivr", "queued", "ringing", "talking", "held", "voicemail", "ended"}),
    "outcome": frozenset(
        {
            "answered",
            "self_service",
            "abandoned",
            "voicemail",
            "callback",
            "overflowed",
            "refused",
            "failed",
            "lost",
        }
    ),
}


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """No login. 503 when the status is `down`."""
    here = services(request)
    facts = dict(here.runtime.health())
    well = await here.database.is_well()
    problems = list(facts.get("problems", ()))
    if not well:
        facts["status"] = "down"
        problems.append("database")
    body = {
        "status": "ok", "version": here.version, "started_at": None, "now": moment_text(here.clock()),
        "boards": [], "database": "ok" if well else "down", "recovered": None,
    } | {name: value for name, value in facts.items() if name not in ("database", "now")}  # fmt: skip
    body["problems"] = problems
    return JSONResponse(body, status_code=503 if body["status"] == "down" else 200)


@router.get("/agents")
async def agents(request: Request, user: Asker) -> dict[str, Any]:
    language = language_of(request, user)
    page = page_of(parameters(request, "limit", "cursor", "sort", language=language), language)
    return excerpt(services(request).runtime.agents(), "agent_id", page, language)


@router.get("/queues")
async def queues(request: Request, user: Asker) -> dict[str, Any]:
    language = language_of(request, user)
    page = page_of(parameters(request, "limit", "cursor", "sort", language=language), language)
    return excerpt(services(request).runtime.queues(), "queue_id", page, language)


@router.get("/calls")
async def calls(request: Request, user: Asker) -> dict[str, Any]:
    """Newest first: `since until state number queue agent outcome direction limit cursor sort`."""
    require(user, READ_CALLS)
    language = language_of(request, user)
    same = ("state", "number", "queue", "agent", "outcome", "direction")
    query = parameters(request, "since", "until", *same, "limit", "cursor", "sort", language=language)
    if wrong := {name: "value" for name, known in CHOICES.items() if query.get(name, "") not in known | {""}}:
        raise wrong_fields(language, **wrong)
    wanted = CallFilter(
        since=moment_of(query, "since", language),
        until=moment_of(query, "until", language),
        **{name: query.get(name) for name in same},
    )
    here = services(request)
    items, following = await here.calls.page(wanted, page_of(query, language), here.runtime.live_calls())
    return {"items": items, "next": following}


@router.get("/calls/{call_id}")
async def call(call_id: str, request: Request, user: Asker) -> dict[str, Any]:
    require(user, READ_CALLS)
    here = services(request)
    live = here.runtime.live_call(call_id)
    if live is not None:
        return live | {"work_orders": await here.calls.orders_of(call_id)}
    try:
        return await here.calls.detail(call_id)
    except NoSuchCall:
        raise ApiError("not_found") from None
