"""The dispatch slip on the 80 mm roll: one column, as long as it needs, every ink black."""

from decimal import Decimal
from typing import Any

from reports.layout.breaking import ellipsised
from reports.layout.sheet import HEAD, MM_A_POINT, SECTION, Sheet
from reports.pages.slip_facts import Slip
from reports.pages.slip_words import Words

WIDTH, SIDE, TOP, BOTTOM = 80.0, 4.0, 5.0, 6.0
LEFT, RIGHT = SIDE, WIDTH - SIDE
BODY, SMALL, LABEL, TITLE = 9.8, 8.5, 9.0, 18.0
LEADING, ROW = 4.8, 5.6
LABELS_AT_LEAST = 16.0
BOX = 3.2
BAR_INK, BAR_HEIGHT = 63.0, 10.0
QR_INK, QR_TEAR = 23.5, 20.5
DASH = (3.0, 2.0)
LONGEST = 24  # lines of one value; a roll has room


class RollSlip:
    """Measured when made (`sheet.height`), drawn by `draw`."""

    def __init__(self, slip: Slip, words: Words) -> None:
        self.slip, self.words = slip, words
        self.sheet = Sheet(WIDTH, 3000.0, mono=True)
        keys = ("name", "address", "complaint", "fault_code", "bring", "serial", "warranty")
        self.labels = max(LABELS_AT_LEAST, *(self.sheet.text_width(words(key), LABEL) + 2.5 for key in keys))
        self.sheet.height = self._run() + BOTTOM

    def draw(self, canvas: Any) -> None:
        self.sheet.canvas = canvas
        self._run()
        canvas.showPage()

    def _run(self) -> float:
        """Everything, top to bottom; returns where it ends."""
        y = self._head(TOP)
        y = self._appointment(y)
        y = self._facts(y)
        y = self._steps(y)
        y = self._parts(y)
        y = self._sums(y)
        y = self._choices(y)
        y = self._signatures(y)
        y = self._code_and_conditions(y)
        return self._receipt(y)

    def _line(self, x: float, y: float, text: str, size: float, room: float, **more: Any) -> float:
        for smaller in (size, size * 0.95, size * 0.9):
            if self.sheet.text_width(text, smaller) <= room:
                return self.sheet.text(x, y, text, smaller, **more)
        return self.sheet.text(x, y, ellipsised(text, room / MM_A_POINT, size * 0.9), size * 0.9, **more)

    def _figure(self, y: float, value: str, size: float, room: float, *, bold: bool = False) -> float:
        """On the right edge; one too long for its place is set smaller, never cut."""
        wide = self.sheet.text_width(value, size)
        fitting = size if wide <= room else size * room / wide
        return self.sheet.text(RIGHT, y, value, fitting, bold=bold, align="right")

    def _rule(self, y: float, *, dashed: bool = False) -> float:
        self.sheet.rule(LEFT, y, RIGHT, y, HEAD if dashed else SECTION, DASH if dashed else None)
        return y + 5.0

    def _head(self, y: float) -> float:
        sheet, slip, words = self.sheet, self.slip, self.words
        sheet.emblem(LEFT, y, 9.0)
        room = RIGHT - LEFT - 11.5
        if sheet.text_width(slip.company, 11 * 0.9) <= room:
            self._line(LEFT + 11.5, y + 3.9, slip.company, 11, room, bold=True)
        else:  # two smaller lines
            y = sheet.paragraph(LEFT + 11.5, y + 3.4, slip.company, 9.5, room, 3.9, bold=True, most=2) - 3.9
        hotline = words("hotline_short", slip.hotline) if slip.hotline else ""
        self._line(LEFT + 11.5, y + 8.2, hotline, SMALL + 0.5, room)
        y += 19.0
        tags = [(words("urgent"), True)] if slip.urgent else []
        tags.append((words(f"warranty.{slip.warranty}"), False))
        x = RIGHT
        for text, solid in reversed(tags):
            x -= sheet.tag_width(text, LABEL)
            sheet.tag(x, y - 0.4, text, LABEL, solid=solid)
            x -= 1.5
        title = words(f"title.{slip.kind}")
        room = x - 1.5 - LEFT
        if (
            sheet.text_width(title, TITLE * 0.9) > room
        ):  # long title: the tags keep their line, it takes the next
            y += 8.0
            room = RIGHT - LEFT
        self._line(LEFT, y, title, TITLE, room, bold=True)
        y += 4.0
        middle = WIDTH / 2
        sheet.bar_code(middle + BAR_INK / 2, y, slip.number, BAR_INK, BAR_HEIGHT)
        sheet.text(middle, y + BAR_HEIGHT + 3.9, slip.number, 10, bold=True, align="center", tracking=0.6)
        y += BAR_HEIGHT + 9.0
        taken, sent = words.origin(slip)
        for line in filter(None, (taken, sent)):
            self._line(LEFT, y, line, SMALL, RIGHT - LEFT)
            y += 3.9
        return y - 0.8

    def _appointment(self, y: float) -> float:
        slip, words = self.slip, self.words
        y = self._rule(y)
        self.sheet.text(LEFT, y, words("appointment"), LABEL)
        y += 5.9
        when = (
            words.appointment(slip.appointment_from, slip.appointment_until) if slip.appointment_from else ""
        )
        self._line(LEFT, y, when, 14, RIGHT - LEFT, bold=True)
        y += 5.9
        due = words("due_short", words.deadline(slip.due_at)) if slip.due_at else ""
        wide = self.sheet.text(RIGHT, y, due, BODY, align="right")
        self._line(LEFT, y, f"{words('engineer')} {slip.engineer}".strip(), BODY, RIGHT - LEFT - wide - 3)
        return self._rule(y + 2.6)

    def _pair(self, y: float, key: str, value: str, *, bold: bool = False, fill: bool = False) -> float:
        if not value and not fill:
            return y
        self.sheet.text(LEFT, y, self.words(key), LABEL)
        if not value:
            self.sheet.rule(LEFT + self.labels, y + 0.9, RIGHT, y + 0.9, HEAD)
            return y + ROW
        room = RIGHT - LEFT - self.labels
        return (
            self.sheet.paragraph(LEFT + self.labels, y, value, BODY, room, LEADING, bold=bold, most=LONGEST)
            + ROW
        )

    def _facts(self, y: float) -> float:
        slip, words = self.slip, self.words
        y = self._pair(y, "name", words.customer(slip), bold=True)
        y = self._pair(y, "phone", slip.phone or "—")
        y = self._pair(y, "address", slip.address or "—")
        y = self._pair(y, "note", slip.note)
        y = self._rule(y - ROW + 2.2, dashed=True)
        y = self._pair(y, "product", slip.product or "—", bold=True)
        y = self._pair(y, "model", slip.model, fill=True)
        y = self._pair(y, "serial", slip.serial, fill=True)
        y = self._pair(y, "bought", words.bought(slip))
        y = self._pair(y, "warranty", words.warranty(slip), bold=True)
        y = self._rule(y - ROW + 2.2, dashed=True)
        y = self._pair(y, "complaint", slip.complaint or "—")
        y = self._pair(y, "fault_code", " ".join(filter(None, [slip.fault_code, slip.fault])), fill=True)
        y = self._pair(y, "bring", slip.bring, bold=True)
        for number, past in enumerate(slip.history[:2]):
            on = words.day(past.on)[2 if words.language == "zh_CN" else 0 :] + " " if past.on else ""
            if number == 0:
                self.sheet.text(LEFT, y, words("history"), LABEL)
            room = RIGHT - LEFT - self.labels
            y = self.sheet.paragraph(LEFT + self.labels, y, on + past.work, BODY, room, LEADING, most=3) + ROW
        return self._rule(y - ROW + 2.6)

    def _steps(self, y: float) -> float:
        for step in self.words.steps(self.slip):
            self.sheet.check_box(LEFT, y, BOX)
            x = LEFT + BOX + 1.8
            unit = self.sheet.text_width(step.unit, BODY)
            room = RIGHT - x - (14 + unit + 3 if step.unit else 0)
            end = self.sheet.paragraph(x, y, step.text, BODY, room, LEADING, most=4)
            if step.unit:
                line = x + min(room, self.sheet.text_width(step.text, BODY)) + 2
                self.sheet.rule(line, y + 0.9, RIGHT - unit - 2, y + 0.9, HEAD)
                self.sheet.text(RIGHT, y, step.unit, BODY, align="right")
            y = end + 6.0
        return self._rule(y - 6.0 + 2.6, dashed=True) - 0.8

    def _parts(self, y: float) -> float:
        sheet, words = self.sheet, self.words
        quantity = RIGHT - 20.0
        sheet.text(LEFT, y, words("parts"), BODY, bold=True)
        sheet.text(quantity, y, words("quantity"), LABEL, align="right")
        sheet.text(RIGHT, y, words("amount"), LABEL, align="right")
        y += 5.2
        for part in self.slip.parts:
            room = quantity - sheet.text_width(str(part.quantity), BODY) - 2 - LEFT
            sheet.text(quantity, y, str(part.quantity), BODY, align="right")
            self._figure(y, words.amount(part.amount), BODY, RIGHT - quantity - 1.5)
            y = sheet.paragraph(LEFT, y, part.description, BODY, room, LEADING, most=4) + 4.4
            sheet.check_box(RIGHT - BOX, y, BOX)
            old = sheet.text(RIGHT - BOX - 1.2, y, words("old"), LABEL, align="right")
            y = sheet.paragraph(LEFT, y, part.part_no, SMALL, RIGHT - LEFT - BOX - old - 5, 4.0, most=3) + 5.3
        for _ in range(2):
            y += 6.5
            sheet.rule(LEFT, y - 2.4, RIGHT, y - 2.4, HEAD)
        return y + 2.6

    def _sums(self, y: float) -> float:
        sheet, slip, words = self.sheet, self.slip, self.words
        rows = [
            ("parts", slip.parts_total),
            ("labour", slip.labour if slip.labour is not None else Decimal(0)),
        ]
        if slip.reduction:
            rows.append(("reduction.inside" if slip.warranty == "inside" else "reduction", -slip.reduction))
        for key, value in rows:
            sheet.text(LEFT, y, words(key), BODY)
            self._figure(y, words.amount(value), BODY, RIGHT - LEFT - sheet.text_width(words(key), BODY) - 3)
            y += 5.0
        y -= 2.0
        sheet.rule(LEFT, y, RIGHT, y, SECTION)
        y += 6.4
        total = f"{words('currency')} {words.amount(slip.total)}"
        label = sheet.text(LEFT, y, words("total"), 12, bold=True)
        self._figure(y, total, 14, RIGHT - LEFT - label - 3, bold=True)
        return self._rule(y + 3.0)

    def _choices(self, y: float) -> float:
        sheet, words = self.sheet, self.words
        for options in ("outcomes", "payments"):
            x = LEFT
            for text in words.choices(options):
                wide = BOX + 0.8 + sheet.text_width(text, LABEL)
                if x + wide > RIGHT:
                    x = LEFT
                    y += 5.6
                sheet.check_box(x, y, BOX)
                sheet.text(x + BOX + 0.8, y, text, LABEL)
                x += wide + 2.2
            y += 6.2
        sheet.text(LEFT, y, words("rating"), LABEL)
        y += 6.6
        texts = words.choices("ratings")
        cell = (RIGHT - LEFT) / len(texts)
        for number, text in enumerate(texts):
            middle = LEFT + (number + 0.5) * cell
            sheet.circle(middle - 2.0, y, 4.0)
            self._line(middle, y + 4.4, text, SMALL, cell - 0.5, align="center")
        return y + 7.5

    def _signatures(self, y: float) -> float:
        sheet, words = self.sheet, self.words
        high, low = 19.0, 12.0
        sheet.frame(LEFT, y, RIGHT, y + high + low, SECTION)
        sheet.rule(LEFT, y + high, RIGHT, y + high, HEAD)
        half = LEFT + (RIGHT - LEFT) / 2
        sheet.rule(half, y + high, half, y + high + low, HEAD)
        self._line(LEFT + 1.6, y + 3.9, words("sign_customer_short"), LABEL, RIGHT - LEFT - 3)
        self._line(LEFT + 1.6, y + high + 3.9, words("sign_engineer"), LABEL, half - LEFT - 3)
        self._line(half + 1.6, y + high + 3.9, words("sign_time_short"), LABEL, RIGHT - half - 3)
        return y + high + low

    def _code_and_conditions(self, y: float) -> float:
        sheet, slip, words = self.sheet, self.slip, self.words
        y += 5.0
        if slip.engineer_url:
            middle = WIDTH / 2
            sheet.qr(middle + QR_INK / 2, y + 1.5, slip.engineer_url, QR_INK)
            y += QR_INK + 1.5 + sheet.under_qr(QR_INK, LABEL)
            self._line(middle, y, words("scan_line"), LABEL, RIGHT - LEFT, align="center")
            y += 5.0
        return (
            sheet.paragraph(LEFT, y, words.conditions_shortly(slip), SMALL, RIGHT - LEFT, 4.0, most=8) + 6.5
        )

    def _receipt(self, y: float) -> float:
        """The part the customer tears off."""
        sheet, slip, words = self.sheet, self.slip, self.words
        sheet.scissors(1.0, y)
        sheet.rule(5.2, y, WIDTH - 2, y, 0.6, DASH)
        y += 6.0
        wide = sheet.text(RIGHT, y, words("tear_short"), SMALL, align="right")
        self._line(LEFT, y, words("receipt"), 12, RIGHT - LEFT - wide - 3, bold=True)
        top = y + 4.5
        right = RIGHT
        if slip.customer_url:
            right = sheet.qr(RIGHT, top, slip.customer_url, QR_TEAR) - 4
            self._line(
                RIGHT - QR_TEAR / 2,
                top + QR_TEAR + sheet.under_qr(QR_TEAR, SMALL),
                words("scan_customer_short"),
                SMALL,
                QR_TEAR,
                align="center",
            )
        y += 6.5
        for value in (slip.number, slip.model or slip.product, slip.engineer):
            self._line(LEFT, y, value, BODY, right - LEFT)
            y += 5.2
        y += 2.4
        labels = max(sheet.text_width(words(key), LABEL) for key in ("paid_short", "finished_on_short")) + 2.5
        for key in ("paid_short", "finished_on_short"):
            sheet.text(LEFT, y, words(key), LABEL)
            sheet.rule(LEFT + labels, y + 1.2, right, y + 1.2, HEAD)
            y += 7.6
        return max(y - 6.0, top + QR_TEAR + 6.5 if slip.customer_url else 0)
