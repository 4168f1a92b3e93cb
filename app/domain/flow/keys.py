"""What a collect takes of the keys a caller has pressed."""

from collections.abc import Mapping
from typing import Any


def taken(keys: str, collect: Mapping[str, Any]) -> tuple[str, str]:
    """What a collect takes of keys already pressed, and why it is then over.

    Args:
        collect: the act's `max` and `terminators`.
    Returns:
        The digits, and "terminator", "full" or "" when it wants more.
    """
    terminators, most = str(collect.get("terminators", "")), int(collect.get("max", 1))
    for at, key in enumerate(keys):
        if key in terminators:
            return keys[:at], "terminator"
        if at + 1 == most:
            return keys[: at + 1], "full"
    return keys, ""


def left(keys: str, digits: str, ended: str) -> str:
    """The keys that remain after `taken` took `digits`."""
    return keys[len(digits) + (ended == "terminator") :]
