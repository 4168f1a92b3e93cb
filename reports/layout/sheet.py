"""One page to draw on, in millimetres from its top left corner.

Draws, and records the box of everything it draws, so that a test can see overlaps; a dry
sheet does neither, so the same code measures. Knows type, rules, boxes and codes; does
not know what they mean. Every change of the canvas's state is undone before returning.
"""

import functools
from dataclasses import dataclass, field
from typing import Any, Literal

from reportlab.graphics.barcode import qrencoder
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm

from reports.layout import fonts
from reports.layout.breaking import break_lines

BLACK, LABEL, WHITE = HexColor("#000000"), HexColor("#4a4a4a"), HexColor("#ffffff")
HEAVY, SECTION, HEAD, ROW = 1.2, 0.8, 0.5, 0.4  # rules, points; nothing thinner survives 180 dpi
MM_A_POINT = 25.4 / 72
ABOVE, BELOW = 0.82, 0.16  # of the size: how far ink reaches from the baseline
QUIET_QR, QUIET_BAR = 4, 10  # modules
NARROWEST_BAR = 0.25  # millimetres a module; 0.22 did not scan at 200 dpi
FEWEST_MODULES = 29  # of a side: version 3 takes a short URL at level M; a longer one has smaller modules
Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn: its box in millimetres, y downwards."""

    kind: Literal["text", "rule", "box", "tag", "code", "picture"]
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    text: str = ""


@dataclass(slots=True)
class Sheet:
    """canvas None: dry, nothing is drawn or recorded. mono: every ink black."""

    width: float
    height: float
    mono: bool = False
    canvas: Any = None
    page: int = 1
    marks: list[Mark] = field(default_factory=list)
    lacking: set[str] = field(default_factory=set)

    # ------------------------------------------------------------------ type

    def text_width(self, text: str, size: float, tracking: float = 0.0) -> float:
        """Millimetres."""
        return (fonts.width(text, size) + tracking * max(0, len(text) - 1)) * MM_A_POINT

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        label: bool = False,
        align: Align = "left",
        tracking: float = 0.0,
        ink: Color | None = None,
    ) -> float:
        """Set one line with its baseline at y; returns its width. label: in the labels' grey."""
        text = fonts.printable(text).replace("\n", " ")
        wide = self.text_width(text, size, tracking)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        if self.canvas is None or not text:
            return wide
        self.lacking |= fonts.lacking(text)
        colour = ink or (LABEL if label and not self.mono else BLACK)
        self.canvas.saveState()
        self.canvas.setFillColor(colour)
        self.canvas.setStrokeColor(colour)
        out = self.canvas.beginText(left * mm, (self.height - y) * mm)
        out.setCharSpace(tracking)
        if bold:
            self.canvas.setLineWidth(size * (0.030 if size >= 12 else 0.024 if size >= 9.5 else 0.018))
            out.setTextRenderMode(2)
        for font, piece in fonts.runs(text):
            out.setFont(font, size)
            out.textOut(piece)
        out.setTextRenderMode(0)
        out.setCharSpace(0)
        self.canvas.drawText(out)
        self.canvas.restoreState()
        em = size * MM_A_POINT
        self._mark("text", left, y - ABOVE * em, left + wide, y + BELOW * em, text)
        return wide

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        room: float,
        leading: float,
        *,
        bold: bool = False,
        label: bool = False,
        most: int | None = None,
    ) -> float:
        """Wrapped text whose first baseline is y; returns the last baseline."""
        lines = break_lines(text, room / MM_A_POINT, size, most)
        for number, line in enumerate(lines):
            self.text(x, y + number * leading, line, size, bold=bold, label=label)
        return y + (len(lines) - 1) * leading

    # ---------------------------------------------------------- rules and boxes

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        weight: float,
        dash: tuple[float, float] | None = None,
    ) -> None:
        """A straight line; weight in points, dash (on, off) in points."""
        if self.canvas is None:
            return
        self.canvas.saveState()
        self.canvas.setStrokeColor(BLACK)
        self.canvas.setLineWidth(weight)
        if dash:
            self.canvas.setDash(*dash)
        self.canvas.line(x0 * mm, (self.height - y0) * mm, x1 * mm, (self.height - y1) * mm)
        self.canvas.restoreState()
        self._mark("rule", x0, y0, x1, y1)

    def frame(self, x0: float, y0: float, x1: float, y1: float, weight: float) -> None:
        """A box around something: its four sides are rules, its inside is free."""
        if self.canvas is None:
            return
        self.canvas.saveState()
        self.canvas.setStrokeColor(BLACK)
        self.canvas.setLineWidth(weight)
        self.canvas.rect(x0 * mm, (self.height - y1) * mm, (x1 - x0) * mm, (y1 - y0) * mm, stroke=1, fill=0)
        self.canvas.restoreState()
        for side in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            self._mark("rule", *side)

    def check_box(self, x: float, y: float, size: float = 2.9) -> None:
        """A box to tick, standing on the baseline y (a little below, as glyphs do)."""
        if self.canvas is None:
            return
        bottom = y + 0.13 * size
        self.canvas.saveState()
        self.canvas.setStrokeColor(BLACK)
        self.canvas.setLineWidth(HEAD)
        self.canvas.rect(x * mm, (self.height - bottom) * mm, size * mm, size * mm, stroke=1, fill=0)
        self.canvas.restoreState()
        self._mark("box", x, bottom - size, x + size, bottom)

    def circle(self, x: float, y: float, size: float = 2.9) -> None:
        """A circle to tick, placed as a check box."""
        if self.canvas is None:
            return
        bottom = y + 0.13 * size
        self.canvas.saveState()
        self.canvas.setStrokeColor(BLACK)
        self.canvas.setLineWidth(HEAD)
        middle = (x + size / 2) * mm, (self.height - bottom + size / 2) * mm
        self.canvas.circle(*middle, size / 2 * mm, stroke=1, fill=0)
        self.canvas.restoreState()
        self._mark("box", x, bottom - size, x + size, bottom)

    def tag_width(self, text: str, size: float) -> float:
        return self.text_width(text, size) + 2 * 0.45 * size * MM_A_POINT

    def tag(self, x: float, y: float, text: str, size: float, *, solid: bool) -> float:
        """A word in a rounded box, baseline y: white on black when solid. Returns its width."""
        em = size * MM_A_POINT
        wide = self.tag_width(text, size)
        top, bottom = y - 1.12 * em, y + 0.42 * em
        if self.canvas is not None:
            self.canvas.saveState()
            self.canvas.setLineWidth(0.7)
            self.canvas.setStrokeColor(BLACK)
            self.canvas.setFillColor(BLACK if solid else WHITE)
            self.canvas.roundRect(
                x * mm,
                (self.height - bottom) * mm,
                wide * mm,
                (bottom - top) * mm,
                0.2 * em * mm,
                fill=int(solid),
            )
            self.canvas.restoreState()
            self._mark("tag", x, top, x + wide, bottom, text)
        self.text(x + 0.45 * em, y, text, size, bold=solid, ink=WHITE if solid else None)
        return wide

    # ------------------------------------------------------------------ codes

    def bar_code(self, right: float, y: float, value: str, ink_width: float, height: float) -> float:
        """Code 128 whose last bar ends at `right`; returns the left end of its ink. y: its top.

        A number with other than ASCII letters and figures, or too long to be scanned at this
        width, gets no bars: half a code would name another order.
        """
        plain = value.replace("-", "")
        if not plain or not plain.isascii() or not plain.isprintable():
            return right - ink_width
        module = ink_width / Code128(plain, barWidth=1, quiet=False).width
        if module < NARROWEST_BAR:
            return right - ink_width
        code = Code128(plain, barWidth=module * mm, barHeight=height * mm, quiet=False)
        left = right - code.width / mm
        if self.canvas is not None:
            self.canvas.saveState()
            self.canvas.setFillColor(BLACK)  # Code128 inherits both from whatever was drawn before
            self.canvas.setStrokeColor(BLACK)
            code.drawOn(self.canvas, left * mm, (self.height - y - height) * mm)
            self.canvas.restoreState()
            quiet = QUIET_BAR * module
            self._mark("code", left - quiet, y, right + quiet, y + height, plain)
        return float(left)

    def qr(self, right: float, y: float, value: str, ink: float, level: Literal["M", "Q"] = "M") -> float:
        """A QR code whose ink ends at `right` and begins at y; one path. Returns its left end."""
        code = _qr(value, level)
        count = code.getModuleCount()
        module = ink / count
        left = right - ink
        if self.canvas is not None:
            path = self.canvas.beginPath()
            for row in range(count):
                column = 0
                while column < count:
                    length = 0
                    while column + length < count and code.isDark(row, column + length):
                        length += 1
                    if length:
                        bottom = self.height - y - (row + 1) * module
                        path.rect(
                            (left + column * module) * mm, bottom * mm, length * module * mm, module * mm
                        )
                    column += length + 1
            self.canvas.saveState()
            self.canvas.setFillColor(BLACK)
            self.canvas.drawPath(path, stroke=0, fill=1)
            self.canvas.restoreState()
            quiet = QUIET_QR * module
            self._mark("code", left - quiet, y - quiet, right + quiet, y + ink + quiet, value)
        return left

    @staticmethod
    def under_qr(ink: float, size: float) -> float:
        """From the lower end of a code's ink to the baseline of a caption outside its quiet zone."""
        return QUIET_QR * ink / FEWEST_MODULES + ABOVE * size * MM_A_POINT + 0.05

    # --------------------------------------------------------------- pictures

    def emblem(self, x: float, y: float, size: float) -> None:
        """The built-in mark: a spruce, white on a black tile (redrawn, so it prints on anything)."""
        if self.canvas is None:
            return
        self.canvas.saveState()
        self.canvas.translate(x * mm, (self.height - y - size) * mm)
        self.canvas.scale(size * mm / 100, size * mm / 100)
        self.canvas.setFillColor(BLACK)
        self.canvas.roundRect(0, 0, 100, 100, 12, stroke=0, fill=1)
        self.canvas.setFillColor(WHITE)
        path = self.canvas.beginPath()
        for top, bottom, half in ((88, 62, 17), (72, 42, 25), (54, 22, 33)):
            path.moveTo(50, top)
            path.lineTo(50 + half, bottom)
            path.lineTo(50 - half, bottom)
            path.close()
        path.rect(45, 11, 10, 12)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self.canvas.restoreState()
        self._mark("picture", x, y, x + size, y + size)

    def scissors(self, x: float, y: float, size: float = 3.6) -> None:
        """On a cut line, pointing right; drawn, because no font of ours has them."""
        if self.canvas is None:
            return
        self.canvas.saveState()
        self.canvas.translate(x * mm, (self.height - y) * mm)
        self.canvas.scale(size * mm / 100, size * mm / 100)
        self.canvas.setStrokeColor(BLACK)
        self.canvas.setFillColor(WHITE)
        self.canvas.setLineWidth(11)
        for side in (1, -1):
            self.canvas.line(30, side * 17, 100, side * -22)
            self.canvas.circle(16, side * 22, 15, stroke=1, fill=1)
        self.canvas.restoreState()
        self._mark("picture", x, y - size * 0.37, x + size, y + size * 0.37)

    def _mark(self, kind: Any, x0: float, y0: float, x1: float, y1: float, text: str = "") -> None:
        self.marks.append(Mark(kind, self.page, x0, y0, x1, y1, text))


@functools.lru_cache(maxsize=64)
def _qr(value: str, level: str) -> Any:
    """The smallest code of at least version 3 (29 modules) that holds `value`."""
    for version in (3, None):
        code = qrencoder.QRCode(version, getattr(qrencoder.QRErrorCorrectLevel, level))
        code.addData(value)
        try:
            code.make()
        except Exception as error:  # ReportLab raises nothing narrower
            if "overflow" not in str(error):
                raise
            continue
        return code
    raise ValueError(f"too long for a QR code: {len(value)} characters")
