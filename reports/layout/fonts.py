"""The one family of type, registered once a process, and what to do where it lacks a glyph.

Micro Hei on Linux, Microsoft YaHei on Windows; embedded as a subset by ReportLab. Bold
does not exist in Micro Hei: the sheet fills and strokes the same glyphs. Knows nothing
of pages.
"""

import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

FAMILY = "CJK"
MISSING = "〓"
FIRST_CHOICES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
)
FALLBACKS = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "C:/Windows/Fonts/simsunb.ttf",
    "C:/Windows/Fonts/seguisym.ttf",
)


class NoChineseFont(Exception):
    """No font of ours is installed; str() says which package to install."""


@functools.lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Register the fonts found; the first is the family, the others stand in for single glyphs."""
    first = next((path for path in FIRST_CHOICES if Path(path).exists()), None)
    if first is None:
        raise NoChineseFont("no Chinese font: install fonts-wqy-microhei")
    names = [_register(FAMILY, first)]
    for number, path in enumerate(FALLBACKS):
        if Path(path).exists():
            try:
                names.append(_register(f"{FAMILY}{number}", path))
            except TTFError:
                continue  # CFF outlines: ReportLab cannot embed them
    return tuple(names)


def _register(name: str, path: str) -> str:
    pdfmetrics.registerFont(TTFont(name, path, subfontIndex=0))
    return name


@functools.lru_cache(maxsize=8192)
def font_of(glyph: str) -> str | None:
    """The registered font that has it, None when none has."""
    for name in families():
        if ord(glyph) in pdfmetrics.getFont(name).face.charToGlyph:
            return name
    return None


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Cut printable text into (font, piece); glyphs nobody has become 〓."""
    font, piece = "", ""
    for glyph in text:
        found = font_of(glyph)
        glyph, found = (glyph, found) if found else (MISSING, families()[0])
        if found != font:
            if piece:
                yield font, piece
            font, piece = found, ""
        piece += glyph
    if piece:
        yield font, piece


def lacking(text: str) -> set[str]:
    """Glyphs that will be printed as 〓: the printing user is warned."""
    return {glyph for glyph in printable(text) if font_of(glyph) is None}


def width(text: str, size: float) -> float:
    """In points, at `size` points."""
    return float(sum(pdfmetrics.stringWidth(piece, font, size) for font, piece in runs(text)))


def printable(text: str) -> str:
    """What may reach paper: no controls, no marks that turn the writing direction, no invisible ones."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ").replace("\r", "\n"))
    return "".join(
        glyph
        for glyph in text
        if glyph == "\n" or unicodedata.category(glyph) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
