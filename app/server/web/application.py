"""Puts the HTTP API and the live link together, and answers every error in one form."""

import time

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from app.domain import errors as floor_errors
from app.domain.records import KINDS
from app.domain.records.checking import WrongFields
from app.server import log
from app.server.services import Services
from app.server.storage.listing import BadQuery
from app.server.storage.records import Conflict, NoSuchRecord, StillReferred, visible_to
from app.server.web import (
    commanding,
    floor,
    live_link,
    logging_in,
    metrics,
    paper_page,
    recordings,
    records,
    schema,
    slips,
    tasks,
)
from app.server.web.asking import language_of
from app.server.web.errors import ApiError, say, wrong_fields
from app.server.workers import JobTooSlow, WorkerLost


def create_app(services: Services) -> FastAPI:
    """The ASGI application of one server. OpenAPI at /api/openapi.json, its pages at /api/docs offline."""
    app: FastAPI = FastAPIOffline(
        docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json", title="总机 Zongji",
        version=services.version, static_url="/api/docs-files", swagger_ui_oauth2_redirect_url="/api/docs/oauth2",
    )  # fmt: skip
    app.state.services = services
    app.state.guesses = logging_in.Guesses(time.monotonic)
    # slips before records: their path is one of a record's sub-paths
    for module in (
        logging_in,
        commanding,
        floor,
        tasks,
        slips,
        records,
        recordings,
        metrics,
        live_link,
        paper_page,
    ):
        app.include_router(module.router)
    _answer_errors(app)
    schema.describe(app)
    return app


def _answer_errors(app: FastAPI) -> None:
    def answer(request: Request, error: ApiError) -> JSONResponse:
        headers = {"Retry-After": str(error.facts["retry_s"])} if "retry_s" in error.facts else None
        return JSONResponse(error.body(language_of(request)), status_code=error.status, headers=headers)

    def refused(request: Request, error: floor_errors.Refused) -> JSONResponse:
        if isinstance(error, floor_errors.WrongFields):
            return answer(request, ApiError("wrong_fields", fields=error.fields))
        return JSONResponse(commanding.refusal(error, language_of(request)), status_code=409)

    def conflict(request: Request, error: Conflict) -> JSONResponse:
        kind = KINDS[request.path_params["kind_name"]]
        theirs = visible_to(kind, error.theirs, request.state.user.role)
        reason = say("Conflict", language_of(request))
        body = {"refused": "Conflict", "reason": reason, "version": error.theirs["version"], "theirs": theirs}
        return JSONResponse(body, status_code=409)

    def still_referred(request: Request, error: StillReferred) -> JSONResponse:
        language = language_of(request)
        reason = say("StillReferred", language, kind=KINDS[error.kind].label[language])
        body = {"refused": "StillReferred", "reason": reason, "kind": error.kind, "count": error.count}
        return JSONResponse(body, status_code=409)

    def bug(request: Request, error: Exception) -> JSONResponse:
        log.internal_error(error, request.url.path, request.path_params.get("name"))
        return answer(request, ApiError("internal"))

    def unavailable(request: Request, error: Exception) -> JSONResponse:
        log.log("error", "unavailable", where=request.url.path, why=str(error))
        return answer(request, ApiError("unavailable"))

    def http(request: Request, error: HTTPException) -> JSONResponse:
        response = answer(request, ApiError("not_found"))
        response.status_code = error.status_code if error.status_code in (404, 405) else 404
        return response

    app.add_exception_handler(ApiError, answer)  # type: ignore[arg-type]
    app.add_exception_handler(floor_errors.Refused, refused)  # type: ignore[arg-type]
    app.add_exception_handler(Conflict, conflict)  # type: ignore[arg-type]
    app.add_exception_handler(StillReferred, still_referred)  # type: ignore[arg-type]
    app.add_exception_handler(NoSuchRecord, lambda request, _: answer(request, ApiError("not_found")))
    app.add_exception_handler(
        WrongFields,
        lambda request, error: answer(request, ApiError("wrong_fields", fields=error.fields)),
    )
    app.add_exception_handler(
        BadQuery,
        lambda request, error: answer(request, wrong_fields(language_of(request), **error.fields)),
    )
    app.add_exception_handler(WorkerLost, unavailable)
    app.add_exception_handler(JobTooSlow, unavailable)
    app.add_exception_handler(HTTPException, http)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, bug)
