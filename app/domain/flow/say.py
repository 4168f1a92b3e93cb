"""Reads values out: a value of a kind → names of recorded words, in Chinese and English.

Kinds: number, count (a number before a measure word: 两位), digits, phone and
order_number (digits one by one, 1 as 幺), money (yuan), date, day (without the
year), time, datetime, minutes.

Names come without the language ("numbers/21"); `prompts` puts it in front. Knows
no sounds, no clock and no time zone: a time is read as it is written. What cannot
be read as its kind says nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.flow import say_en, say_zh

BIGGEST = 10**12  # numbers from here on are read digit by digit
MOST_DECIMALS = 6
MOST_DIGITS = 40


def words(kind: str, value: Any, language: str) -> list[str]:
    """The names of a value's words; [] when there is nothing to say."""
    reader = KINDS.get(kind)
    if reader is None or value is None or isinstance(value, (dict, list)):
        return []
    return reader(value, say_en if language == "en" else say_zh)


def _number(value: Any, tongue: Any) -> list[str]:
    number = _decimal(value)
    return [] if number is None else _signed(number, tongue, tongue.number)


def _count(value: Any, tongue: Any) -> list[str]:
    number = _decimal(value)
    return [] if number is None else _signed(number, tongue, tongue.count)


def _signed(number: Decimal, tongue: Any, whole: Callable[[int], list[str]]) -> list[str]:
    sign = ["numbers/minus"] if number < 0 else []
    integer, _, fraction = f"{abs(number):f}".partition(".")
    fraction = fraction[:MOST_DECIMALS].rstrip("0")
    if not fraction and not integer.strip("0"):
        sign = []
    spoken = (
        _one_by_one(integer)
        if int(integer) >= BIGGEST
        else (tongue.number if fraction else whole)(int(integer))
    )
    return sign + spoken + (["numbers/point", *_one_by_one(fraction)] if fraction else [])


def _digits(value: Any, tongue: Any) -> list[str]:
    return _one_by_one(_text(value))


def _phone(value: Any, tongue: Any) -> list[str]:
    """Digits for a telephone's ear: in Chinese 1 is yao, so that it is not taken for 7."""
    return [tongue.ONE_ALONE if name == "digits/1" else name for name in _one_by_one(_text(value))]


def _order_number(value: Any, tongue: Any) -> list[str]:
    """Letters and digits one by one; dashes are heard as nothing."""
    return [
        f"letters/{sign.lower()}"
        if sign.isalpha()
        else (tongue.ONE_ALONE if sign == "1" else f"digits/{sign}")
        for sign in _text(value)
        if sign.isascii() and sign.isalnum()
    ]


def _money(value: Any, tongue: Any) -> list[str]:
    """An amount in yuan, rounded to fen."""
    amount = _decimal(value)
    if amount is None or abs(amount) >= BIGGEST:
        return []
    fen = int((abs(amount) * 100).to_integral_value(rounding="ROUND_HALF_UP"))
    sign = ["numbers/minus"] if amount < 0 and fen else []
    spoken: list[str] = tongue.money(*divmod(fen, 100))
    return sign + spoken


def _date(value: Any, tongue: Any) -> list[str]:
    day = _day_of(value)
    return [] if day is None else list(tongue.full_date(day))


def _day(value: Any, tongue: Any) -> list[str]:
    day = _day_of(value)
    return [] if day is None else list(tongue.month_day(day))


def _time(value: Any, tongue: Any) -> list[str]:
    moment = _time_of(value)
    return [] if moment is None else list(tongue.clock(moment))


def _datetime(value: Any, tongue: Any) -> list[str]:
    return _day(value, tongue) + _time(value, tongue)


def _minutes(value: Any, tongue: Any) -> list[str]:
    number = _decimal(value)
    if number is None or not 0 <= number < BIGGEST:
        return []
    return list(tongue.minutes(int(number)))


KINDS: Mapping[str, Callable[[Any, Any], list[str]]] = {
    "number": _number,
    "count": _count,
    "digits": _digits,
    "phone": _phone,
    "order_number": _order_number,
    "money": _money,
    "date": _date,
    "day": _day,
    "time": _time,
    "datetime": _datetime,
    "minutes": _minutes,
}


def _text(value: Any) -> str:
    return str(value)[:MOST_DIGITS]


def _one_by_one(text: str) -> list[str]:
    return [f"digits/{digit}" for digit in text if digit in "0123456789"]


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or len(str(value)) > MOST_DIGITS:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    # An exponent such as 1e999999 would be written out below.
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def _day_of(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _time_of(value: Any) -> time | None:
    text = str(value)
    text = text[11:] if len(text) > 10 else text
    try:
        moment = time.fromisoformat(text) if ":" in text else None
    except ValueError:
        return None
    # With an offset it is not the caller's own time: better silent than hours wrong.
    return None if moment is None or moment.tzinfo else moment
