"""How times, lengths and numbers are written: pure functions of values, no Qt, no language.

Words around them belong to the views.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.numbers import spoken


def posix(moment: str | None) -> float | None:
    """`2026-11-22T08:15:30.123Z` as POSIX seconds; None for none or nonsense."""
    if not moment:
        return None
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return None


def bar_timer(seconds: float) -> str:
    """mm:ss under an hour, h:mm:ss above: the agent bar's."""
    whole = max(0, int(seconds))
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 60:02}:{whole % 60:02}"


def timer(seconds: float) -> str:
    """m:ss under an hour, h:mm:ss above."""
    whole = max(0, int(seconds))
    if whole >= 3600:
        return bar_timer(whole)
    return f"{whole // 60}:{whole % 60:02}"


def phone(number: str | None) -> str:
    return spoken(number) if number else ""


def percent(share: float | None, digits: int = 1) -> str:
    """0.842 → 84.2%; an en dash when nothing was offered yet."""
    return "–" if share is None else f"{share * 100:.{digits}f}%"


def thousands(number: float) -> str:
    return f"{number:,.0f}"


def text_of(values: Mapping[str, Any], name: str) -> str:
    """A record's field as text; empty for null."""
    value = values.get(name)
    return "" if value is None else str(value)
