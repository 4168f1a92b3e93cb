"""A slip made of the records as the API gives them (`app.domain.records`)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.numbers import masked, spoken, to_e164
from app.domain.records import WORK_ORDER
from reports.pages.slip_facts import Part, Past, Slip, Step

Record = Mapping[str, Any]


def slip_from_records(
    order: Record,
    customer: Record | None,
    product: Record | None,
    company: Record,
    history: Sequence[Record] = (),
    *,
    language: str = "zh_CN",
    time_zone: str = "Asia/Shanghai",
    printed_at: datetime | None = None,
    print_count: int = 1,
) -> Slip:
    """Gather what the slip says.

    company: `name`, and where known `hotline`, `address`, `engineer_url`, `customer_url`
        (this order's own links; without one its QR code is left out).
    history: earlier work orders of the customer, newest first; two are printed.
    language: of the choices' labels (fault).
    printed_at: with a zone; None: the time is left out.
    """
    zone = ZoneInfo(time_zone)
    customer, product = customer or {}, product or {}
    return Slip(
        company=_text(company, "name"),
        hotline=_hotline(_text(company, "hotline")),
        company_address=_text(company, "address"),
        engineer_url=_text(company, "engineer_url"),
        customer_url=_text(company, "customer_url"),
        number=_text(order, "number"),
        kind=_text(order, "type") or "repair",
        urgent=bool(order.get("urgent")),
        warranty=_text(order, "warranty") or "unknown",
        taken_at=_moment(order.get("created_at"), zone),
        taken_by=_text(order, "taken_by"),
        dispatched_at=_moment(order.get("dispatched_at"), zone),
        dispatched_by=_text(order, "dispatched_by"),
        printed_at=printed_at.astimezone(zone).replace(tzinfo=None) if printed_at else None,
        print_count=print_count,
        appointment_from=_moment(order.get("appointment_from"), zone),
        appointment_until=_moment(order.get("appointment_until"), zone),
        due_at=_moment(order.get("due_at"), zone),
        engineer=_text(order, "engineer"),
        customer=_text(order, "contact") or _text(customer, "name"),
        title=_text(customer, "title") if _text(order, "contact") in ("", _text(customer, "name")) else "",
        phone=masked(_text(order, "phone") or _text(customer, "phone")),
        address=_text(order, "address") or _text(customer, "address"),
        note=_text(order, "notes") or _text(customer, "alert"),
        product=_text(product, "name"),
        model=_text(product, "model"),
        serial=_text(product, "serial"),
        bought_on=_day(product.get("bought_on")),
        bought_at=_text(product, "bought_at"),
        warranty_until=_day(product.get("warranty_until")),
        complaint=_text(order, "description"),
        fault=_choice("fault", order.get("fault"), language),
        fault_code=_text(order, "fault_code"),
        bring=_text(order, "bring"),
        history=tuple(_past(one, zone, language) for one in history),
        steps=tuple(Step(text=line.strip()) for line in _text(order, "steps").splitlines() if line.strip()),
        parts=tuple(_part(line) for line in order.get("parts") or ()),
        labour=_amount(order.get("labour_fee")),
        reduction=_amount(order.get("reduction")),
    )


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value)


def _hotline(number: str) -> str:
    """400-820-5566 when it is a number, else as written."""
    whole = to_e164(number) if number else None
    return spoken(whole).replace(" ", "-") if whole else number


def _moment(value: object, zone: ZoneInfo) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    at = datetime.fromisoformat(value)
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _day(value: object) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def _amount(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _choice(field: str, value: object, language: str) -> str:
    for each in WORK_ORDER.fields:
        if each.name == field:
            for choice in each.choices:
                if choice.value == value:
                    return choice.label[language]
    return ""


def _part(line: Record) -> Part:
    return Part(
        part_no=_text(line, "part_no"),
        description=_text(line, "name"),
        quantity=int(line.get("quantity") or 1),
        unit_price=_amount(line.get("unit_price")),
    )


def _past(order: Record, zone: ZoneInfo, language: str) -> Past:
    at = _moment(order.get("finished_at") or order.get("created_at"), zone)
    rating = order.get("rating")
    work = (
        _text(order, "outcome")
        or _text(order, "fault_code")
        or _choice("fault", order.get("fault"), language)
    )
    return Past(
        on=at.date() if at else None,
        order=_text(order, "number"),
        work=work or _text(order, "description"),
        engineer=_text(order, "engineer"),
        rating=rating if isinstance(rating, int) and 1 <= rating <= 5 else None,
    )
