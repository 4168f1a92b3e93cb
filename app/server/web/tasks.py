"""What is left to do: callers who were not served, one task a number."""

from typing import Any

from fastapi import APIRouter, Request

from app.domain.access import READ_CALLS
from app.server.storage.tasks import TaskFilter
from app.server.web.asking import Asker, language_of, page_of, parameters, require, services

router = APIRouter(prefix="/api/v1", tags=["floor"])


@router.get("/tasks")
async def tasks(request: Request, user: Asker) -> dict[str, Any]:
    """Newest first: `state` (`open`, `done`) `number queue call limit cursor`.

    An item: `{"task_id", "kind": "missed_call|voicemail", "state", "number", "queue", "call_id",
    "reason": "abandoned|overflowed|lost|failed|voicemail", "created_at", "done_at"}`.
    """
    require(user, READ_CALLS)
    language = language_of(request, user)
    same = ("state", "number", "queue", "call")
    query = parameters(request, *same, "limit", "cursor", "sort", language=language)
    wanted = TaskFilter(**{name: query.get(name) for name in same})
    items, following = await services(request).tasks.page(wanted, page_of(query, language))
    return {"items": items, "next": following}
