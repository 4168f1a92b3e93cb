"""Who asks, in which language, with what body and which parameters: the door of every endpoint."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from app.domain.access import LANGUAGES, User
from app.server.services import Services
from app.server.storage.listing import DEFAULT_LIMIT, MAX_LIMIT, Page
from app.server.storage.users import NotLoggedIn, TokenExpired
from app.server.web.errors import ApiError, wrong_fields

MAX_BODY_BYTES = 1024 * 1024


def services(connection: HTTPConnection) -> Services:
    found: Services = connection.app.state.services
    return found


def language_of(connection: HTTPConnection, user: User | None = None) -> str:
    """Accept-Language when it names one of ours, else the user's, else the site's."""
    for part in connection.headers.get("accept-language", "").split(","):
        primary = part.split(";")[0].strip().replace("-", "_").lower()
        for language in LANGUAGES:
            if primary and primary.split("_")[0] == language.split("_")[0].lower():
                return language
    user = user or getattr(connection.state, "user", None)
    return user.language if user else services(connection).site.language


async def logged_in(request: Request) -> User:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise ApiError("not_logged_in")
    return await user_of_token(request, secret.strip())


async def user_of_token(connection: HTTPConnection, secret: str) -> User:
    try:
        user = await services(connection).users.who(secret)
    except TokenExpired:
        raise ApiError("token_expired") from None
    except NotLoggedIn:
        raise ApiError("not_logged_in") from None
    connection.state.user = user
    return user


Asker = Annotated[User, Depends(logged_in)]


def require(user: User, right: str) -> None:
    if not user.may(right):
        raise ApiError("not_allowed", needs=right)


async def json_object(request: Request, max_bytes: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """The body as a JSON object. Raises ApiError bad_json, too_large."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise ApiError("too_large", max_bytes=max_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise ApiError("too_large", max_bytes=max_bytes)
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise ApiError("bad_json") from None


def parameters(request: Request, *known: str, language: str) -> Mapping[str, str]:
    """The query, where every key is one of `known`; of a repeated key the last counts."""
    unknown = {name: "unknown" for name in request.query_params if name not in known}
    if unknown:
        raise wrong_fields(language, **unknown)
    return {name: value for name, value in request.query_params.items() if value != ""}


def page_of(query: Mapping[str, str], language: str) -> Page:
    limit = query.get("limit", str(DEFAULT_LIMIT))
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit) <= MAX_LIMIT:
        raise wrong_fields(language, limit="limit")
    return Page(limit=int(limit), cursor=query.get("cursor"), sort=query.get("sort"))


def excerpt(rows: list[dict[str, Any]], key: str, page: Page, language: str) -> dict[str, Any]:
    """A page of a list that is in memory, in its own order unless `sort` names a column ("-": falling).

    key: the column that names a row; the cursor is the last one's.
    """
    column = (page.sort or key).removeprefix("-")
    if page.sort:
        if any(not isinstance(row.get(column), str | int | float | None) for row in rows):
            raise wrong_fields(language, sort="sort")
        if rows and column not in rows[0]:
            raise wrong_fields(language, sort="sort")
        falling = page.sort.startswith("-")
        rows = sorted(rows, key=lambda row: (row[column] is not None, row[column]), reverse=falling)
    begin = 0
    if page.cursor is not None:
        at = next((index for index, row in enumerate(rows) if row[key] == page.cursor), None)
        if at is None:
            raise wrong_fields(language, cursor="cursor")
        begin = at + 1
    shown = rows[begin : begin + page.limit]
    more = begin + page.limit < len(rows)
    return {"items": shown, "next": shown[-1][key] if more else None}


def moment_of(query: Mapping[str, str], name: str, language: str) -> float | None:
    """A time parameter as POSIX seconds; a time without a zone is UTC."""
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo else datetime.fromisoformat(text + "+00:00")).timestamp()
    except (ValueError, OverflowError):
        raise wrong_fields(language, **{name: "moment"}) from None
