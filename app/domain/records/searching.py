"""The words by which a record is found: one- and two-character grams of Chinese, whole words of
Latin, every ending of a number.

Full-text indexes split at blanks, and a trigram index cannot find 王芳; so the words are made
here, the same for SQLite and PostgreSQL. A query matches when each of its terms begins a word.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from app.domain.numbers import national_digits, plain
from app.domain.records.description import Kind

_RUNS = re.compile(r"([㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+)|([0-9a-z]+)")
_LOOKS_LIKE_NUMBER = re.compile(r"[+()（）\d\s\-.]{3,}")
SHORTEST_ENDING = 3


def words(kind: Kind, values: Mapping[str, Any]) -> str:
    """All words of a record, blank between them, without repetition."""
    found: dict[str, None] = {}
    for field in kind.fields:
        value = values.get(field.name)
        if not field.searched or not isinstance(value, str):
            continue
        if field.type == "phone":
            found.update(dict.fromkeys(_endings(national_digits(value))))
        elif field.type == "code":
            found.update(dict.fromkeys(_endings("".join(re.findall(r"[0-9a-z]+", value.lower())))))
            found.update(dict.fromkeys(_grams(value)))
        else:
            found.update(dict.fromkeys(_grams(value)))
    return " ".join(found)


def terms(query: str) -> list[str]:
    """What every match must have a word beginning with; [] when the query has nothing to look for."""
    if _LOOKS_LIKE_NUMBER.fullmatch(query.strip()):
        digits = plain(query).removeprefix("+86").removeprefix("0086").removeprefix("+")
        return [digits] if digits else []
    found: dict[str, None] = {}
    for chinese, latin in _RUNS.findall(query.lower()):
        if latin:
            found[latin] = None
        elif len(chinese) == 1:
            found[chinese] = None
        else:
            found.update(dict.fromkeys(a + b for a, b in pairwise(chinese)))
    return list(found)[:16]


def _grams(text: str) -> Iterable[str]:
    for chinese, latin in _RUNS.findall(text.lower()):
        if latin:
            yield latin
        # Each pair begins with its first character, so a one-character query finds it by prefix.
        yield from (chinese[at : at + 2] for at in range(len(chinese)))


def _endings(digits: str) -> Iterable[str]:
    yield from (digits[at:] for at in range(max(1, len(digits) - SHORTEST_ENDING + 1)))
