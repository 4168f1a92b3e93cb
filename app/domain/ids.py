"""Names of things, made from the journal's position, so that a replay makes the same ones."""

from typing import Literal

Kind = Literal["call", "segment", "leg", "op", "recording", "task", "request"]
LETTERS: dict[Kind, str] = {
    "call": "c",
    "segment": "s",
    "leg": "l",
    "op": "o",
    "recording": "r",
    "task": "t",
    "request": "q",
}


def name(kind: Kind, seq: int, index: int) -> str:
    """`c12` for the first call made by journal entry 12, `c12-1` for its second.

    Args:
        seq: the entry's position in the journal, from 1.
        index: how many of this kind the same entry has made already, from 0.
    """
    return f"{LETTERS[kind]}{seq}" if index == 0 else f"{LETTERS[kind]}{seq}-{index}"
