"""The dispatch slip of a work order: an engineer reads it, a customer signs it.

`render_slip` gives the PDF of a `Slip` on A4, A5 or the 80 mm roll, in Chinese or English,
for a laser printer or (mono) for dot matrix and thermal ones. Deterministic: the same
slip is the same bytes. Knows reports.layout and its own words; no records, no server.
"""

import io
from dataclasses import dataclass
from typing import Any, Literal

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from reports.layout import fonts
from reports.layout.sheet import Mark
from reports.pages.slip_facts import Part, Past, Slip, Step
from reports.pages.slip_look import A4, A5
from reports.pages.slip_records import slip_from_records
from reports.pages.slip_roll import RollSlip
from reports.pages.slip_sheet import SheetSlip
from reports.pages.slip_words import Language, Words

Paper = Literal["A5", "A4", "80mm"]
Profile = Literal["laser", "mono"]
PAPERS: tuple[Paper, ...] = ("A5", "A4", "80mm")
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")

__all__ = ["LANGUAGES", "PAPERS", "DrawnSlip", "Part", "Past", "Slip", "Step", "draw_slip", "render_slip", "slip_from_records"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnSlip:
    """pdf; every box drawn; glyphs no font has (printed as 〓: warn whoever prints)."""

    pdf: bytes
    marks: tuple[Mark, ...]
    lacking: frozenset[str]


def draw_slip(
    slip: Slip, paper: Paper = "A5", language: Language = "zh_CN", profile: Profile = "laser"
) -> DrawnSlip:
    """Draw a slip.

    Raises:
        ValueError: for another paper, language or profile.
        NoChineseFont: when the font package is not installed.
    """
    if paper not in PAPERS or language not in LANGUAGES or profile not in ("laser", "mono"):
        raise ValueError(f"no such slip: {paper}, {language}, {profile}")
    words = Words(language)
    family = fonts.families()[0]
    out = io.BytesIO()

    def canvas(width: float, height: float) -> Any:
        # initialFontName: or Helvetica, not embedded, is named in every PDF.
        made = Canvas(
            out,
            pagesize=(width * mm, height * mm),
            initialFontName=family,
            invariant=1,
            pageCompression=1,
            lang=language[:2],
        )
        made.setTitle(f"{words(f'title.{slip.kind}')} {slip.number}")
        made.setAuthor(fonts.printable(slip.company))
        return made

    page: SheetSlip | RollSlip
    if paper == "80mm":
        page = RollSlip(slip, words)
        made = canvas(page.sheet.width, page.sheet.height)
        page.draw(made)
    else:
        look = A4 if paper == "A4" else A5
        made = canvas(look.width, look.height)
        page = SheetSlip(slip, look, words, profile == "mono", made)
        page.draw()
    made.save()
    return DrawnSlip(out.getvalue(), tuple(page.sheet.marks), frozenset(page.sheet.lacking))


def render_slip(
    slip: Slip, paper: Paper = "A5", language: Language = "zh_CN", profile: Profile = "laser"
) -> bytes:
    """The PDF alone; for a worker process (everything here is picklable)."""
    return draw_slip(slip, paper, language, profile).pdf
