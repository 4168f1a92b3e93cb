"""Records of every kind through one set of endpoints, derived from their description."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.access import DELETE_RECORDS, READ_RECORDS, WRITE_RECORDS
from app.domain.records import KINDS, Kind, described
from app.domain.records.checking import checked
from app.server.storage.records import visible_to
from app.server.web.asking import Asker, json_object, language_of, page_of, require, services
from app.server.web.errors import ApiError, say

router = APIRouter(prefix="/api/v1/records", tags=["records"])
_ANSWERED = ("id", "created_at", "created_by", "updated_at", "updated_by")


def kind_of(name: str) -> Kind:
    try:
        return KINDS[name]
    except KeyError:
        raise ApiError("not_found") from None


@router.get("")
async def kinds(user: Asker) -> dict[str, Any]:
    """Every kind: its fields with name, type, label, required, choices, ref, personal, rights."""
    require(user, READ_RECORDS)
    return {"items": [described(kind, user.role) for kind in KINDS.values()], "next": None}


@router.get("/{kind_name}")
async def page(kind_name: str, request: Request, user: Asker) -> dict[str, Any]:
    """`q` full text, `FIELD=value` (repeated: any of them), `limit cursor sort`."""
    require(user, READ_RECORDS)
    kind = kind_of(kind_name)
    language = language_of(request, user)
    own = ("q", "limit", "cursor", "sort")
    query = {name: value for name, value in request.query_params.items() if name in own and value != ""}
    filters: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in own:
            known = name == "id" or (name in kind.field_names and kind.field(name).readable_by(user.role))
            if not known:
                raise ApiError("wrong_fields", fields={name: say("unknown", language)})
            filters.setdefault(name, []).append(value)
    items, following = await services(request).lists.page(
        kind, q=query.get("q", "")[:200], filters=filters, page=page_of(query, language)
    )
    return {"items": [visible_to(kind, item, user.role) for item in items], "next": following}


@router.post("/{kind_name}", status_code=201)
async def create(kind_name: str, request: Request, user: Asker) -> dict[str, Any]:
    require(user, WRITE_RECORDS)
    kind = kind_of(kind_name)
    here, language = services(request), language_of(request, user)
    values = checked(
        kind, await json_object(request), role=user.role, language=language, country=here.site.country
    )
    record = await here.records.create(kind, values, user=user.name, language=language)
    return visible_to(kind, record, user.role)


@router.get("/{kind_name}/{record_id}")
async def read(kind_name: str, record_id: str, request: Request, user: Asker) -> dict[str, Any]:
    require(user, READ_RECORDS)
    kind = kind_of(kind_name)
    return visible_to(kind, await services(request).records.get(kind, record_id), user.role)


@router.put("/{kind_name}/{record_id}")
async def change(kind_name: str, record_id: str, request: Request, user: Asker) -> dict[str, Any]:
    """`version` as read, and the fields to change; 409 Conflict with `version` and `theirs`."""
    require(user, WRITE_RECORDS)
    kind = kind_of(kind_name)
    here, language = services(request), language_of(request, user)
    body = {name: value for name, value in (await json_object(request)).items() if name not in _ANSWERED}
    version = body.pop("version", None)
    if isinstance(version, bool) or not isinstance(version, int):
        code = "required" if version is None else "type"
        raise ApiError("wrong_fields", fields={"version": say(code, language, detail="int")})
    before = await here.records.get(kind, record_id)
    values = checked(
        kind, body, role=user.role, language=language, country=here.site.country, partial=True, before=before
    )
    record = await here.records.change(kind, record_id, version, values, user=user.name, language=language)
    return visible_to(kind, record, user.role)


@router.delete("/{kind_name}/{record_id}", status_code=204)
async def delete(kind_name: str, record_id: str, request: Request, user: Asker) -> Response:
    require(user, DELETE_RECORDS)
    await services(request).records.delete(kind_of(kind_name), record_id, user=user.name)
    return Response(status_code=204)


@router.get("/{kind_name}/{record_id}/history")
async def history(kind_name: str, record_id: str, request: Request, user: Asker) -> dict[str, Any]:
    """Every change, newest first: who, when, each field's value before and after."""
    require(user, READ_RECORDS)
    kind = kind_of(kind_name)
    hidden = {field.name for field in kind.fields if not field.readable_by(user.role)}
    items = await services(request).records.history(kind, record_id)
    for item in items:
        item["changes"] = {name: both for name, both in item["changes"].items() if name not in hidden}
    return {"items": items, "next": None}
