"""How English says numbers, money, days and hours.

Recorded words: numbers/0…99, numbers/100…900 ("three hundred"), numbers/thousand,
million, billion; months, days ("twenty-third") and hours ("three") whole.
"""

from datetime import date, time

ONE_ALONE = "digits/1"

_GROUPS = ((10**9, "numbers/billion"), (10**6, "numbers/million"), (10**3, "numbers/thousand"))


def number(value: int) -> list[str]:
    """0 ≤ value < 10^12."""
    words: list[str] = []
    for size, name in _GROUPS:
        group, value = divmod(value, size)
        if group:
            words += [*_group(group), name]
    return words + _group(value) if value or not words else words


def count(value: int) -> list[str]:
    return number(value)


def _group(value: int) -> list[str]:
    """0 … 999."""
    hundreds, rest = value // 100, value % 100
    words = [f"numbers/{hundreds * 100}"] if hundreds else []
    return [*words, f"numbers/{rest}"] if rest or not words else words


def money(yuan: int, fen: int) -> list[str]:
    words = [*number(yuan), "money/yuan"] if yuan or not fen else []
    return [*words, *number(fen), "money/fen"] if fen else words


def full_date(day: date) -> list[str]:
    return [*month_day(day), *_year(day.year)]


def month_day(day: date) -> list[str]:
    return [f"months/{day.month}", f"days/{day.day}"]


def _year(year: int) -> list[str]:
    """nineteen ninety-nine, two thousand five, twenty oh-five is never said."""
    century, rest = divmod(year, 100)
    if (century % 10 == 0 and rest < 10) or century == 0:
        return number(year)
    if rest == 0:
        return [f"numbers/{century}", "numbers/hundred"]
    return [f"numbers/{century}", *_two_digits(rest)]


def clock(moment: time) -> list[str]:
    """three oh five p m; the full hour is said alone."""
    hour = moment.hour % 12 or 12
    words = [f"numbers/{hour}", *(_two_digits(moment.minute) if moment.minute else [])]
    return [*words, "times/pm" if moment.hour >= 12 else "times/am"]


def _two_digits(value: int) -> list[str]:
    return ["numbers/oh", f"numbers/{value}"] if value < 10 else [f"numbers/{value}"]


def minutes(value: int) -> list[str]:
    return [*number(value), "times/minute" if value == 1 else "times/minutes"]
