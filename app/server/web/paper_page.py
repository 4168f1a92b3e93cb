"""What a code on a slip opens on a telephone: the customer's view of his order, or the engineer's.

No login, no script, nothing from elsewhere; a token shows one order only. The engineer's page
places the call, so the number need not be printed.
"""

from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.domain.records import WORK_ORDER
from app.server.web.asking import language_of, services
from app.server.web.errors import say

router = APIRouter()
_CUSTOMERS = ("number", "type", "status", "appointment_from", "engineer", "finished_at")
_ENGINEERS = (
    "number", "type", "status", "urgent", "warranty", "appointment_from", "appointment_until", "due_at", "contact",
    "phone", "address", "description", "fault_code", "bring", "notes",
)  # fmt: skip
_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:0 auto;max-width:32em;padding:1em;color:#16202e}"
    "h1{font-size:1.2em}dt{color:#5b6675;font-size:.85em;margin-top:.7em}dd{margin:0}"
)


@router.get("/s/{token}", include_in_schema=False)
async def paper_page(token: str, request: Request) -> HTMLResponse:
    here, language = services(request), language_of(request)
    found = await here.paper_links.order_of(token)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
               "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}  # fmt: skip
    if found is None:
        return HTMLResponse(_page(language, say("not_found", language), ""), status_code=404, headers=headers)
    reader, order = found
    names = _ENGINEERS if reader == "e" else _CUSTOMERS
    rows = "".join(
        _row(name, order, language, here.site.time_zone) for name in names if order[name] not in (None, False)
    )
    return HTMLResponse(_page(language, here.site.name, f"<dl>{rows}</dl>"), headers=headers)


def _page(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language.replace("_", "-")}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )


def _row(name: str, order: dict[str, Any], language: str, time_zone: str) -> str:
    field = WORK_ORDER.field(name)
    value = order[name]
    if field.type == "choice":
        text = next((one.label[language] for one in field.choices if one.value == value), value)
    elif field.type == "yes_no":
        text = field.label[language]
    elif field.type == "time":
        text = f"{datetime.fromisoformat(value).astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
    else:
        text = str(value)
    shown = f'<a href="tel:{escape(text)}">{escape(text)}</a>' if field.type == "phone" else escape(text)
    return f"<dt>{escape(field.label[language])}</dt><dd>{shown}</dd>"
