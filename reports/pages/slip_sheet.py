"""The dispatch slip on A4 and A5: one or more pages, measured dry, then drawn.

Everything above the parts table stays on page one; the table runs over pages with its
head repeated and the running amount carried; sums, outcome, signatures and conditions
stay together under at least one row; the tear-off stands at the foot of the last page.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.layout.breaking import break_lines, ellipsised
from reports.layout.sheet import HEAD, HEAVY, MM_A_POINT, ROW, SECTION, Align, Sheet
from reports.pages.slip_facts import Part, Slip
from reports.pages.slip_look import Look
from reports.pages.slip_words import Words

LONGEST = {
    "complaint": 12,
    "address": 5,
    "note": 4,
    "bring": 3,
    "name": 2,
    "other": 2,
}  # lines; then an ellipsis
EDGE = 1.2  # figures end this far inside the ruled edge


@dataclass(slots=True)
class Plan:
    """What the page gives way in, and which rows stand on which page."""

    blanks: int
    history: int
    pages: list[range]
    closing_alone: bool = False


class SheetSlip:
    """Draws one slip on sheets of one size."""

    def __init__(self, slip: Slip, look: Look, words: Words, mono: bool, canvas: Any) -> None:
        self.slip, self.look, self.words = slip, look, words
        self.sheet = Sheet(look.width, look.height, mono=mono, canvas=None)
        self._canvas = canvas
        self.bar_right = look.right - (look.qr_ink + look.code_gap if slip.engineer_url else 0)

    # ---------------------------------------------------------------- whole

    def draw(self) -> None:
        """Measure, choose what gives way, then draw every page."""
        plan = self._plan()
        self.sheet.canvas = self._canvas
        count = len(plan.pages)
        carried = Decimal(0)
        for number, rows in enumerate(plan.pages, 1):
            self.sheet.page = number
            last = number == count
            y = self._front(plan.history) if number == 1 else self._head_again()
            if len(rows) or last:
                y = self._table_head(y)
                if number > 1 and rows.start > 0:
                    y = self._running(y, "carried", carried)
                for index in rows:
                    y = self._table_row(y, index, ends=last and plan.blanks == 0 and index == rows.stop - 1)
                    carried += self.slip.parts[index].amount or Decimal(0)
            if last:
                y = self._blank_rows(y, plan.blanks)
                self._closing(y, self._signature_height(y))
                self._tear_off()
            elif len(rows):
                self._running(y, "subtotal", carried, bold=True)
            self._page_number(number, count, last)
            self._canvas.showPage()

    def _plan(self) -> Plan:
        """Blank rows give way 2 → 1 → 0, then history 2 → 1; then a second page."""
        everything = range(len(self.slip.parts))
        wanted = min(2, len(self.slip.history))
        for history in range(wanted, min(1, wanted) - 1, -1):
            top = self._table_head(self._front(history))
            for blanks in (2, 1, 0):
                if blanks == 0 and not len(everything):
                    continue
                if self._fits(top, everything, blanks):
                    return Plan(blanks, history, [everything])
        return self._over_pages(wanted)

    def _fits(self, top: float, rows: range, blanks: int) -> bool:
        y = top + sum(self._row_height(index) for index in rows) + blanks * self.look.blank_row
        return self._signature_height(y) >= self.look.sign_least

    def _over_pages(self, history: int) -> Plan:
        """Fill page after page; the last one keeps room for the closing part."""
        look = self.look
        foot = look.height - look.bottom - 6.5 - look.table_row  # page number, subtotal
        pages: list[range] = []
        start, total = 0, len(self.slip.parts)
        top = self._table_head(self._front(history))
        while True:
            rest = range(start, total)
            if pages:
                top = self._table_head(self._head_again()) + (look.table_row if start else 0)
                for blanks in (2, 1, 0):
                    if self._fits(top, rest, blanks) and (len(rest) or blanks):
                        return Plan(blanks, history, [*pages, rest])
            y, stop = top, start
            while stop < total and y + self._row_height(stop) <= foot:
                y += self._row_height(stop)
                stop += 1
            if stop == total and stop > start:  # the rows fit, the closing part does not: it takes two along
                stop = max(start + 1, total - 2) if total - start > 1 else start
            elif total - stop == 1 and stop - start > 2:
                stop -= 1  # never one row alone
            if stop - start < 2 and not pages:
                stop = start  # nor on the first page: the table begins on the next
            if stop == start and pages:
                stop = min(total, start + 1)  # a row may be as tall as it likes: go on
            pages.append(range(start, stop))
            start = stop

    # ----------------------------------------------------------------- page one

    def _front(self, history: int) -> float:
        """Everything above the parts table; returns where that begins."""
        self._head()
        y = self._strip()
        y = self._customer_and_product(y)
        y = self._order(y, history)
        return self._steps(y)

    def _line(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        room: float,
        *,
        bold: bool = False,
        label: bool = False,
        align: Align = "left",
    ) -> None:
        """A single-line field: may shrink by a tenth, then ends with an ellipsis."""
        for smaller in (size, size * 0.95, size * 0.9):
            if self.sheet.text_width(text, smaller) <= room:
                self.sheet.text(x, y, text, smaller, bold=bold, label=label, align=align)
                return
        self.sheet.text(
            x,
            y,
            ellipsised(text, room / MM_A_POINT, size * 0.9),
            size * 0.9,
            bold=bold,
            label=label,
            align=align,
        )

    def _head(self) -> None:
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        left, top = look.left, look.top
        sheet.emblem(left, top, look.logo)
        tags = self._tags()
        beside = left + look.logo + 3.2 * look.logo / 13
        top += self._company(beside, top + look.company_at, tags - 3 - beside)
        under = self.bar_right - beside
        if slip.hotline:
            self._line(beside, top + look.hotline_at, words("hotline", slip.hotline), look.small, under)
        self._line(beside, top + look.address_at, slip.company_address, look.small, under, label=True)
        top = look.top
        bar_left = self._bar(top + look.bar_at, self.bar_right, look.bar_ink, look.bar_height)
        room = bar_left - 4 - left
        self._line(left, top + look.title_at, words(f"title.{slip.kind}"), look.title, room, bold=True)
        taken, sent = words.origin(slip)
        self._line(left, top + look.taken_at, taken, look.small, room, label=True)
        self._line(left, top + look.dispatched_at, sent, look.small, room, label=True)
        if slip.engineer_url:
            begin = sheet.qr(look.right, top, slip.engineer_url, look.qr_ink)
            middle = begin + look.qr_ink / 2
            for number, line in enumerate(words("scan").split("\n")):
                y = top + look.qr_ink + sheet.under_qr(look.qr_ink, look.note) + number * 2.5
                self._line(middle, y, line, look.note, look.qr_ink, align="center")

    def _company(self, x: float, y: float, room: float) -> float:
        """The company's name in one line, or two smaller ones; returns how much that pushes down."""
        look = self.look
        if self.sheet.text_width(self.slip.company, look.company * 0.9) <= room:
            self._line(x, y, self.slip.company, look.company, room, bold=True)
            return 0.0
        size = look.company * 0.8
        leading = size * 0.37
        end = self.sheet.paragraph(x, y - 0.5, self.slip.company, size, room, leading, bold=True, most=2)
        return max(0.0, end - y - 0.6)

    def _bar(self, y: float, right: float, ink: float, height: float) -> float:
        """The bar code with its number beneath; returns the left end of its ink."""
        left = self.sheet.bar_code(right, y, self.slip.number, ink, height)
        middle = (left + right) / 2
        self.sheet.text(
            middle, y + height + 3.6, self.slip.number, 10, bold=True, align="center", tracking=0.6
        )
        return left

    def _tags(self) -> float:
        """Urgent and warranty, flush right with the bar code; returns their left end."""
        right = self.bar_right
        for text, solid in reversed(self._tag_words()):
            right -= self.sheet.tag_width(text, self.look.small + 1)
            self.sheet.tag(right, self.look.top + self.look.tag_at, text, self.look.small + 1, solid=solid)
            right -= 1.5
        return right

    def _tag_words(self) -> list[tuple[str, bool]]:
        tags = [(self.words("urgent"), True)] if self.slip.urgent else []
        return [*tags, (self.words(f"warranty.{self.slip.warranty}"), False)]

    def _strip(self) -> float:
        """When, who, until when: the one heavy box."""
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        top = look.top + look.strip_at
        bottom = top + look.strip
        wide = look.right - look.left
        sheet.frame(look.left, top, look.right, bottom, HEAVY)
        edges = [look.left, look.left + 0.5 * wide, look.left + 0.76 * wide, look.right]
        when = (
            words.appointment(slip.appointment_from, slip.appointment_until) if slip.appointment_from else ""
        )
        due = words.deadline(slip.due_at) if slip.due_at else ""
        cells = (
            ("appointment", when, look.when),
            ("engineer", slip.engineer, look.who),
            ("due", due, look.who),
        )
        inset = 0.19 * look.strip
        for number, (key, value, size) in enumerate(cells):
            x = edges[number] + inset
            if number:
                sheet.rule(edges[number], top + 1.5, edges[number], bottom - 1.5, HEAD)
            sheet.text(x, top + 0.3 * look.strip, words(key), look.label, label=True)
            self._line(x, top + 0.79 * look.strip, value, size, edges[number + 1] - x - 1, bold=True)
        return bottom

    def _label_room(self, *keys: str) -> float:
        return (
            max(self.sheet.text_width(self.words(key), self.look.label) for key in keys) + self.look.label_gap
        )

    def _pair(
        self,
        x: float,
        y: float,
        key: str,
        value: str,
        labels: float,
        room: float,
        *,
        bold: bool = False,
        fill: bool = False,
    ) -> float:
        """Label and value; returns the baseline of the next pair. Empty: a writing line or nothing."""
        look = self.look
        if not value and not fill:
            return y
        self.sheet.text(x, y, self.words(key), look.label, label=True)
        if not value:
            self.sheet.rule(x + labels, y + 0.8, x + min(room, labels + 45), y + 0.8, HEAD)
            return y + look.row
        most = LONGEST.get(key, LONGEST["other"])
        end = self.sheet.paragraph(
            x + labels, y, value, look.body, room - labels, look.leading, bold=bold, most=most
        )
        return end + look.row

    def _customer_and_product(self, y: float) -> float:
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        wide = look.right - look.left
        divider = look.left + 0.53 * wide
        begun = y + 3.0 * look.body / 9.5
        y += look.under_rule if look.headings else 4.7
        second = divider + 3.0
        if look.headings:
            sheet.text(look.left, y, words("customer_block"), 9, bold=True)
            sheet.text(second, y, words("product_block"), 9, bold=True)
            y += look.row
        left_room, right_room = divider - 3.0 - look.left, look.right - second
        labels = self._label_room("name", "phone", "address", "note")
        phone = words("phone_hint", slip.phone) if slip.phone and slip.engineer_url else slip.phone
        a = self._pair(look.left, y, "name", words.customer(slip), labels, left_room, bold=True)
        a = self._pair(look.left, a, "phone", phone or "—", labels, left_room)
        a = self._pair(look.left, a, "address", slip.address or "—", labels, left_room)
        a = self._pair(look.left, a, "note", slip.note, labels, left_room)
        labels = self._label_room("product", "model", "serial", "bought", "warranty")
        b = self._pair(second, y, "product", slip.product or "—", labels, right_room, bold=True)
        b = self._pair(second, b, "model", slip.model, labels, right_room, fill=True)
        b = self._pair(second, b, "serial", slip.serial, labels, right_room, fill=True)
        b = self._pair(second, b, "bought", words.bought(slip), labels, right_room)
        b = self._pair(second, b, "warranty", words.warranty(slip), labels, right_room, bold=True)
        end = max(a, b) - look.row + look.over_rule
        sheet.rule(divider, begun, divider, end - 1.6, HEAD)
        sheet.rule(look.left, end, look.right, end, SECTION)
        return end

    def _order(self, y: float, history: int) -> float:
        look, slip = self.look, self.slip
        keys = ("complaint", "fault_code", "bring", "history")
        labels = max(
            self._label_room(*keys), self._label_room("outcome", "payment", "rating") if look.headings else 0
        )
        room = look.right - look.left
        y += look.under_rule
        y = self._pair(look.left, y, "complaint", slip.complaint or "—", labels, room)
        y = self._pair(
            look.left,
            y,
            "fault_code",
            " ".join(filter(None, [slip.fault_code, slip.fault])),
            labels,
            room,
            fill=True,
        )
        y = self._pair(look.left, y, "bring", slip.bring, labels, room, bold=True)
        if history:
            y = self._history(y, history, labels)
        end = y - look.row + look.over_rule
        self.sheet.rule(look.left, end, look.right, end, SECTION)
        return end

    def _history(self, y: float, count: int, labels: float) -> float:
        """Date, order, work, engineer, rating in columns as wide as their longest."""
        look, sheet = self.look, self.sheet
        ratings = self.words.choices("ratings")
        sheet.text(look.left, y, self.words("history"), look.label, label=True)
        lines = [
            (self.words.day(past.on) if past.on else "", past.order, past.work, past.engineer,
             ratings[5 - past.rating] if past.rating else "")
            for past in self.slip.history[:count]
        ]  # fmt: skip
        widths = [max(sheet.text_width(line[column], look.small) for line in lines) for column in range(5)]
        most = (look.right - look.left) * 0.2
        rating_at = look.right - min(widths[4], most)
        engineer_at = rating_at - min(widths[3], most) - 4
        order_at = look.left + labels + widths[0] + 4
        work_at = order_at + widths[1] + 4
        for line in lines:
            sheet.text(look.left + labels, y, line[0], look.small)
            self._line(order_at, y, line[1], look.small, widths[1] + 1)
            self._line(work_at, y, line[2], look.small, engineer_at - 3 - work_at)
            self._line(engineer_at, y, line[3], look.small, rating_at - 2 - engineer_at)
            self._line(rating_at, y, line[4], look.small, look.right - rating_at + 0.1)
            y += look.small_leading
        return y - look.small_leading + look.row

    def _steps(self, y: float) -> float:
        """Boxes to tick in the most columns whose texts all fit; readings get a line of 12 mm or more."""
        look, sheet, words = self.look, self.sheet, self.words
        steps = words.steps(self.slip)
        y += look.under_rule - (0.8 if look.headings else 0)
        left = look.left
        if look.headings:
            sheet.text(left, y, words("steps"), 9, bold=True)
            y += look.step_row
        else:
            sheet.text(left, y, words("steps_short"), look.label, label=True)
            left += self._label_room("complaint", "fault_code", "bring", "history", "steps_short")
        size = (look.body + look.small) / 2 if look.headings else look.body

        def room_for(columns: int) -> float:
            return (look.right - left) / columns

        def needs(text: str, unit: str) -> float:
            reading = 14.0 + sheet.text_width(unit, size) + 2 if unit else 0
            return self.look.box + 1.4 + sheet.text_width(text, size) + reading + 3

        columns = look.step_columns
        while columns > 1 and any(needs(step.text, step.unit) > room_for(columns) for step in steps):
            columns -= 1
        room = room_for(columns)
        for number, step in enumerate(steps):
            x = left + number % columns * room
            if number and number % columns == 0:
                y += look.step_row
            sheet.check_box(x, y, self.look.box)
            begin = x + self.look.box + 1.4
            unit = sheet.text_width(step.unit, size)
            end = x + room - 3
            line = min(begin + sheet.text_width(step.text, size) + 1.5, end - unit - 14)
            if columns > 1 or step.unit:
                self._line(begin, y, step.text, size, (line if step.unit else end) - begin)
            else:
                y = sheet.paragraph(begin, y, step.text, size, end - begin, look.leading, most=3)
            if step.unit:
                stop = end - unit - 1.5
                if look.headings and columns == look.step_columns:
                    stop = min(stop, line + 16.5)
                sheet.rule(line, y + 0.8, stop, y + 0.8, HEAD)
                sheet.text(stop + 1.5, y, step.unit, size)
        return y + look.over_rule + 0.8

    # -------------------------------------------------------------------- table

    def _cells(self) -> list[tuple[str, float, Align]]:
        look = self.look
        number, part, text, old, quantity, price = look.columns
        amount = look.right - look.left - EDGE
        places: list[tuple[str, float, Align]] = [
            ("no", number, "center"), ("part_no", part, "left"), ("description", text, "left"),
            ("old", old, "center"), ("quantity", quantity, "right"), ("unit_price", price, "right"),
            ("amount", amount, "right"),
        ]  # fmt: skip
        return [(key, look.left + x, align) for key, x, align in places]

    def _table_head(self, y: float) -> float:
        look = self.look
        self.sheet.rule(look.left, y, look.right, y, SECTION)
        size = look.small + 0.5
        for key, x, align in self._cells():
            self.sheet.text(x, y + 0.7 * look.head_row, self.words(key), size, bold=True, align=align)
        y += look.head_row
        self.sheet.rule(look.left, y, look.right, y, HEAD)
        return y

    @property
    def _table_size(self) -> float:
        return self.look.body - 0.5 if self.look.headings else self.look.body

    def _row_lines(self, part: Part) -> tuple[list[str], list[str]]:
        _, number, text, old, _, _ = self.look.columns
        size = self._table_size
        no = break_lines(part.part_no, (text - number - 2) / MM_A_POINT, size, most=3)
        description = break_lines(part.description, (old - text - 7) / MM_A_POINT, size, most=2)
        return no, description

    def _row_height(self, index: int) -> float:
        lines = max(len(column) for column in self._row_lines(self.slip.parts[index]))
        return self.look.table_row + (lines - 1) * self.look.small_leading

    def _table_row(self, y: float, index: int, ends: bool) -> float:
        look, sheet, words = self.look, self.sheet, self.words
        part, size = self.slip.parts[index], self._table_size
        number, description = self._row_lines(part)
        base = y + 0.67 * look.table_row
        places = {key: (x, align) for key, x, align in self._cells()}
        values = {
            "no": str(index + 1), "quantity": str(part.quantity),
            "unit_price": words.amount(part.unit_price), "amount": words.amount(part.amount),
        }  # fmt: skip
        room = {"unit_price": look.columns[5] - look.columns[4] - 1.5, "amount": self._amount_room}
        for key, value in values.items():
            x, align = places[key]
            self._figure(x, base, value, size, room.get(key, 8.0), align=align)
        for lines, key in ((number, "part_no"), (description, "description")):
            for offset, line in enumerate(lines):
                sheet.text(places[key][0], base + offset * look.small_leading, line, size)
        sheet.check_box(places["old"][0] - self.look.box / 2, base, self.look.box)
        y += self._row_height(index)
        sheet.rule(look.left, y, look.right, y, SECTION if ends else ROW)
        return y

    def _blank_rows(self, y: float, count: int) -> float:
        look = self.look
        old = self._cells()[3][1]
        for number in range(count):
            y += look.blank_row
            self.sheet.check_box(old - self.look.box / 2, y - 0.32 * look.blank_row, self.look.box)
            self.sheet.rule(look.left, y, look.right, y, SECTION if number == count - 1 else ROW)
        return y

    def _running(self, y: float, key: str, amount: Decimal, bold: bool = False) -> float:
        """`Subtotal, continued` and `brought forward`."""
        look = self.look
        base, size = y + 0.67 * look.table_row, self._table_size
        places = {name: x for name, x, _ in self._cells()}
        if bold:
            self.sheet.rule(look.left, y, look.right, y, SECTION)
        self.sheet.text(places["description"], base, self.words(key), size, bold=bold)
        room = self._amount_room
        self._figure(places["amount"], base, self.words.amount(amount), size, room, bold=bold)
        y += look.table_row
        if not bold:
            self.sheet.rule(look.left, y, look.right, y, ROW)
        return y

    @property
    def _amount_room(self) -> float:
        return self.look.right - self.look.left - EDGE - self.look.columns[5] - 1.5

    def _figure(
        self,
        x: float,
        y: float,
        value: str,
        size: float,
        room: float,
        *,
        bold: bool = False,
        align: Align = "right",
    ) -> float:
        """A figure is never cut or wrapped: one too long for its column is set smaller."""
        wide = self.sheet.text_width(value, size)
        fitting = size if wide <= room else size * room / wide
        return self.sheet.text(x, y, value, fitting, bold=bold, align=align)

    # ------------------------------------------------------------------ closing

    def _closing(self, y: float, sign: float) -> float:
        """Sums, choices, signatures and conditions; returns the last baseline."""
        look, sheet = self.look, self.sheet
        y = max(self._choices(y), self._sums(y))
        sheet.frame(look.left, y, look.right, y + sign, SECTION)
        wide = look.right - look.left
        x = look.left
        for share, key in ((0.46, "sign_customer"), (0.27, "sign_engineer"), (0.27, "sign_time")):
            if x > look.left:
                sheet.rule(x, y, x, y + sign, HEAD)
            self._line(x + 1.8, y + 3.2, self.words(key), look.label, share * wide - 3, label=True)
            x += share * wide
        y += sign + 3.3
        return sheet.paragraph(
            look.left, y, self.words.conditions(self.slip), look.note, wide, look.note * 0.41, most=3
        )

    def _signature_height(self, y: float) -> float:
        """What is left for it between the table's end at y and the foot; may be less than the least."""
        canvas, self.sheet.canvas = self.sheet.canvas, None
        used = self._closing(y, 0.0)
        self.sheet.canvas = canvas
        free = self.look.cut - 4.2 * self.look.small / 8 - 1.2 - used
        return min(free, self.look.sign_most)

    def _choices(self, y: float) -> float:
        """Outcome, payment, rating: boxes and circles on one line each, two where it does not fit."""
        look, sheet, words = self.look, self.sheet, self.words
        labels = self._label_room("outcome", "payment", "rating")
        size = (look.body + look.small) / 2
        right = look.right - look.sums - 4
        y += look.under_rule - 0.9
        for key, options in (("outcome", "outcomes"), ("payment", "payments"), ("rating", "ratings")):
            sheet.text(look.left, y, words(key), look.label, label=True)
            texts = words.choices(options)
            taken = sum(self.look.box + 1.0 + sheet.text_width(text, size) for text in texts)
            x = look.left + labels
            gap = min((right - x - taken) / max(1, len(texts) - 1), 6.0)
            for text in texts:
                needed = self.look.box + 1.0 + sheet.text_width(text, size)
                if gap < 1.2 and x + needed > right and x > look.left + labels:
                    x = look.left + labels
                    y += look.choice_row
                (sheet.circle if key == "rating" else sheet.check_box)(x, y, self.look.box)
                sheet.text(x + self.look.box + 1.0, y, text, size)
                x += needed + max(gap, 2.0 if gap < 1.2 else gap)
            y += look.choice_row
        return y - look.choice_row + look.over_rule

    def _sums(self, y: float) -> float:
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        left, right = look.right - look.sums, look.right - EDGE
        y += look.under_rule - 1.2
        rows = [
            ("parts", slip.parts_total),
            ("labour", slip.labour if slip.labour is not None else Decimal(0)),
        ]
        if slip.reduction:
            rows.append(("reduction.inside" if slip.warranty == "inside" else "reduction", -slip.reduction))
        for key, value in rows:
            sheet.text(left, y, words(key), look.label, label=True)
            room = look.sums - EDGE - sheet.text_width(words(key), look.label) - 2
            self._figure(right, y, words.amount(value), look.body, room)
            y += look.sum_row
        y -= look.sum_row - 2.6 * look.body / 9.5
        sheet.rule(left, y, look.right, y, SECTION)
        y += 5.4 * look.body / 9.5
        amount = words.amount(slip.total)
        size = look.total + 1.5
        label = sheet.text(left, y, words("total"), look.body + 1, bold=True)
        room = look.sums - EDGE - label - 4 - sheet.text_width(words("currency"), look.body)
        wide = self._figure(right, y, amount, size, room, bold=True)
        sheet.text(right - wide - 1.6, y, words("currency"), look.body, align="right")
        return y + 3.2 * look.body / 9.5

    # ----------------------------------------------------------- further pages

    def _head_again(self) -> float:
        """Small logo, company, what this is about, the bar code; returns where the table begins."""
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        logo = look.tear_logo
        sheet.emblem(look.left, look.top, logo)
        bar = look.bar_ink * 0.88
        bar_left = self._bar(look.top, look.right, bar, 7.0)
        x = look.left + logo + 2.0
        room = bar_left - 4 - x
        self._line(x, look.top + 0.4 * logo, slip.company, look.body, room, bold=True)
        about = " · ".join(
            filter(None, [words(f"title.{slip.kind}"), words.customer(slip), slip.model or slip.product])
        )
        self._line(x, look.top + 0.88 * logo, about, look.small, room, label=True)
        return look.top + 13.0

    def _page_number(self, number: int, count: int, last: bool) -> None:
        look = self.look
        y = look.cut - 1.3 if last else look.height - look.bottom - 0.5
        self.sheet.text(
            look.right, y, self.words("page", number, count), look.small, label=True, align="right"
        )
        if not last and number == 1:
            self.sheet.text(look.left, y, self.slip.number, look.small, label=True)

    def _tear_off(self) -> None:
        """The customer's receipt under the cut line, with a code of his own."""
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        cut = look.cut
        text = words("tear")
        half = sheet.text_width(text, look.small) / 2 + 2.5
        middle = (look.left + look.right) / 2
        for x0, x1 in ((4.0, middle - half), (middle + half, look.width - 4.0)):
            sheet.rule(x0, cut, x1, cut, 0.6, dash=(3, 2))
        sheet.scissors(10 if look.headings else 6.5, cut)
        sheet.text(middle, cut + 0.9, text, look.small, label=True, align="center")
        top = cut + look.tear_logo * 0.52
        sheet.emblem(look.left, top, look.tear_logo)
        right = look.right
        if slip.customer_url:
            begin = sheet.qr(right, top, slip.customer_url, look.tear_qr)
            y = top + look.tear_qr + sheet.under_qr(look.tear_qr, look.note)
            self._line(
                begin + look.tear_qr / 2,
                y,
                words("scan_customer"),
                look.note,
                look.tear_qr + 2,
                align="center",
            )
            right = begin - 4.2
        x = look.left + look.tear_logo + 2.0
        note_room = (right - x) * 0.55
        note = sheet.text_width(words("receipt_note"), look.small * 0.9)
        heading = look.total
        self._line(x, top + 0.42 * look.tear_logo, words("receipt"), heading, (right - x) * 0.42, bold=True)
        self._line(
            right,
            top + 0.36 * look.tear_logo,
            words("receipt_note"),
            look.small * 0.95,
            max(note, note_room),
            align="right",
        )
        line = slip.company + (f"  {words('hotline', slip.hotline)}" if slip.hotline else "")
        self._line(x, top + 0.97 * look.tear_logo, line, look.small, right - x, label=True)
        self._receipt_rows(
            top + 0.97 * look.tear_logo + look.tear_row + (1.0 if look.headings else 0.2), right
        )

    def _receipt_rows(self, y: float, right: float) -> None:
        look, sheet, slip, words = self.look, self.sheet, self.slip, self.words
        lines_at = look.left + look.tear_lines
        labels = self._label_room("order_no", "product_block", "fault", "engineer")
        rows = (
            ("order_no", slip.number, True), ("product_block", slip.model or slip.product or "—", False),
            ("fault", words.fault_shortly(slip) or "—", False), ("engineer", slip.engineer, False),
        )  # fmt: skip
        for number, (key, value, bold) in enumerate(rows):
            at = y + number * look.tear_row
            sheet.text(look.left, at, words(key), look.label, label=True)
            self._line(look.left + labels, at, value, look.body, look.tear_lines - labels - 3, bold=bold)
        labels = self._label_room("paid", "finished_on", "sign_engineer") - 1.2
        for number, key in enumerate(("paid", "finished_on", "sign_engineer")):
            at = y + 0.6 + number * look.tear_row * 1.38
            sheet.text(lines_at, at, words(key), look.label, label=True)
            sheet.rule(lines_at + labels, at + 1.0, right, at + 1.0, HEAD)
