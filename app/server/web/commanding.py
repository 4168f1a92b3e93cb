"""Commands: checked field by field and right by right, then handed to the floor.

The same check serves `POST /api/v1/commands/NAME` and the live link.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request

from app.domain import errors as floor_errors
from app.domain.access import User, missing_for_command
from app.domain.commands import BY_NAME
from app.server.web.asking import Asker, json_object, language_of, services
from app.server.web.errors import ApiError, say
from app.wire import codec

router = APIRouter(prefix="/api/v1", tags=["commands"])
# Fields of the command classes that only the server fills in.
SERVERS_OWN = frozenset({"by", "role", "desk_token"})
LONGEST_COMMAND_ID = 200


def checked_command(name: str, given: Mapping[str, Any], user: User, language: str) -> dict[str, Any]:
    """The fields that may go to the floor.

    Raises:
        ApiError: not_found for an unknown command, wrong_fields, not_allowed.
    """
    kind = BY_NAME.get(name)
    if kind is None:
        raise ApiError("not_found")
    fields = {
        key: value for key, value in given.items() if not (key in ("agent_id", "call_id") and value is None)
    }
    wrong = {key: say("unknown", language) for key in fields if key in SERVERS_OWN}
    try:
        codec.convert_fields(kind, {key: value for key, value in fields.items() if key not in SERVERS_OWN})
    except codec.WrongFields as error:
        for key, why in error.fields.items():
            code = why if why in ("unknown", "required") else "type"
            wrong[key] = say(code, language, detail=why)
    if wrong:
        raise ApiError("wrong_fields", fields=wrong)
    missing = missing_for_command(user, kind.needs, fields.get("agent_id"))
    if missing:
        raise ApiError("not_allowed", needs=missing)
    return fields


def command_id_of(given: dict[str, Any], language: str) -> str:
    """Take `command_id` out of the fields; "" when there is none."""
    command_id = given.pop("command_id", None)
    if command_id is None:
        return ""
    if not isinstance(command_id, str) or not 1 <= len(command_id) <= LONGEST_COMMAND_ID:
        raise ApiError("wrong_fields", fields={"command_id": say("type", language, detail="text, 1–200")})
    return command_id


def refusal(error: floor_errors.Refused, language: str) -> dict[str, Any]:
    return {"refused": error.kind, "reason": error.reason_text(language)} | {
        name: value for name, value in error.facts().items() if name not in ("refused", "reason")
    }


@router.post("/commands/{name}")
async def command(name: str, request: Request, user: Asker) -> dict[str, Any]:
    """Obeyed: `{"events": [{"seq", "at", "event", …}]}`. The same `command_id` within 24 h answers
    as the first and does nothing."""
    language = language_of(request, user)
    if name not in BY_NAME:
        raise ApiError("not_found")
    given = await json_object(request)
    command_id = command_id_of(given, language)
    fields = checked_command(name, given, user, language)
    return {"events": list(await services(request).runtime.command(name, fields, user, command_id))}
