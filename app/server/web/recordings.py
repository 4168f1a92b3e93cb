"""Recordings as WAV, whole or a range; those still growing end where the file ends now."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.domain.access import HEAR_ALL, HEAR_OWN
from app.server.web.asking import Asker, require, services
from app.server.web.errors import ApiError

router = APIRouter(prefix="/api/v1/recordings", tags=["recordings"])
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
CHUNK_BYTES = 256 * 1024


@router.get("/{recording_id}")
async def recording(recording_id: str, request: Request, user: Asker) -> Response:
    require(user, HEAR_OWN)
    here = services(request)
    found = await here.calls.recording(recording_id)
    if found is None:
        raise ApiError("not_found")
    if found["agent"] != user.name:
        require(user, HEAR_ALL)
    folder = here.recordings.resolve()
    path = (folder / found["file"]).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise ApiError("not_found")
    size = path.stat().st_size
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    wanted = _wanted(request.headers.get("range"), size)
    if wanted is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    first, last, partial = wanted
    headers["Content-Length"] = str(last - first + 1)
    if partial:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingResponse(
        _bytes(path, first, last),
        status_code=206 if partial else 200,
        headers=headers,
        media_type="audio/wav",
    )


def _wanted(header: str | None, size: int) -> tuple[int, int, bool] | None:
    """First byte, last byte, whether it is a part; None: outside the file. A header that is not
    one range of bytes is ignored (RFC 9110 §14.2)."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return 0, size - 1, False
    begin, end = match.groups()
    if not begin:
        length = min(int(end), size)
        return (size - length, size - 1, True) if length else None
    first, last = int(begin), min(int(end) if end else size - 1, size - 1)
    return (first, last, True) if first <= last else None


async def _bytes(path: Path, first: int, last: int) -> AsyncIterator[bytes]:
    left = last - first + 1
    file = await run_in_threadpool(path.open, "rb")
    try:
        file.seek(first)
        while left > 0:
            chunk = await run_in_threadpool(file.read, min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
    finally:
        file.close()
