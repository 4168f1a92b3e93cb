"""Where a line of Chinese with Latin words, figures and part numbers may end.

Pure but for the measuring of glyphs. Rules: no line begins with closing punctuation or
ends with opening punctuation; words, amounts and numbers stay whole, and break after
- / . _ @ only when they are longer than the measure; a last line of under four glyphs
is filled up by narrowing the measure by up to 4 em.
"""

import functools
import unicodedata
from collections.abc import Callable

from reports.layout import fonts

NEVER_FIRST = frozenset("，。、；：！？）》」』】〉”’…·,.;:!?)%°％—")
NEVER_LAST = frozenset("（《「『【〈“‘(¥$#＃￥")
BREAK_AFTER = frozenset("-/._@")
LAST_LINE_GLYPHS = 4
NARROWER_EM = 4

Measure = Callable[[str], float]


def _wide(glyph: str) -> bool:
    return unicodedata.east_asian_width(glyph) in "WF"


def atoms(text: str) -> list[str]:
    """The pieces a line is set from: single Chinese glyphs, whole words, spaces; punctuation stays with
    what it belongs to."""
    pieces: list[str] = []
    word = ""
    for glyph in text:
        if glyph == " " or _wide(glyph):
            if word:
                pieces.append(word)
                word = ""
            pieces.append(glyph)
        else:
            word += glyph
    if word:
        pieces.append(word)
    joined: list[str] = []
    for piece in pieces:
        before = joined[-1] if joined else ""
        if before and piece != " " and before != " " and (
            piece[0] in NEVER_FIRST or before[-1] in NEVER_LAST
        ):  # fmt: skip
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _cut(piece: str, room: float, measure: Measure) -> tuple[str, str]:
    """Cut a piece longer than a whole line: after a mark if one fits, else anywhere."""
    fits = 1
    while fits < len(piece) and measure(piece[: fits + 1]) <= room:
        fits += 1
    for at in range(fits, max(1, fits // 2), -1):
        if piece[at - 1] in BREAK_AFTER:
            return piece[:at], piece[at:]
    return piece[:fits], piece[fits:]


def _set(text: str, room: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in atoms(text):
        if line and measure((line + piece).rstrip(" ")) > room:
            lines.append(line.rstrip(" "))
            line = ""
        if not line and piece == " ":
            continue
        while measure(piece) > room and len(piece) > 1:
            head, piece = _cut(piece, room, measure)
            lines.append(head)
        line += piece
    lines.append(line.rstrip(" "))
    return lines


def break_lines(text: str, room: float, size: float, most: int | None = None) -> list[str]:
    """Set `text` in lines no wider than `room` points at `size` points.

    most: no more lines than this; the last one then ends with an ellipsis.
    Returns at least one line, which may be empty.
    """
    return list(_broken(text, room, size, most))


@functools.lru_cache(maxsize=1024)  # a page is measured several times before it is drawn
def _broken(text: str, room: float, size: float, most: int | None) -> tuple[str, ...]:
    def measure(piece: str) -> float:
        return fonts.width(piece, size)

    lines: list[str] = []
    for paragraph in fonts.printable(text).strip("\n ").split("\n"):
        lines += _filled(paragraph, room, size, measure)
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and measure(last + "…") > room:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip("，。、 ") + "…"]
    return tuple(lines)


def _glyphs(line: str) -> int:
    """How long a line looks: closing punctuation does not fill it."""
    return len(line.rstrip("".join(NEVER_FIRST)))


def _filled(paragraph: str, room: float, size: float, measure: Measure) -> list[str]:
    lines = _set(paragraph, room, measure)
    if len(lines) < 2 or _glyphs(lines[-1]) >= LAST_LINE_GLYPHS:
        return lines
    for em in range(1, 2 * NARROWER_EM + 1):
        narrower = _set(paragraph, room - em / 2 * size, measure)
        if len(narrower) == len(lines) and _glyphs(narrower[-1]) >= LAST_LINE_GLYPHS:
            return narrower
    return lines


def ellipsised(text: str, room: float, size: float) -> str:
    """One line: whole when it fits, else cut with an ellipsis."""
    return break_lines(fonts.printable(text).replace("\n", " "), room, size, most=1)[0]
