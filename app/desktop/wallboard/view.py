"""The wall's window: always dark, one unit scaled to the screen, painted whole.

Drawn on a 1920×1080 sheet; the unit scales with the window. Nothing under 52 on the sheet.
"""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.desktop.theme.current import wall_font
from app.desktop.theme.icons import paint_icon
from app.desktop.theme.tokens import WALL
from app.desktop.wallboard.viewmodel import Hero, WallboardViewModel, WallRow
from app.desktop.widgets.ink import CAP_HEIGHT, text_width, write
from app.desktop.words import state_word

SHEET = (1920, 1080)
SMALLEST = 52
HERO = 216
MARGIN, GAP, PAD = 32, 24, 36
ICONS = {"ready": "circle-check", "talking": "headset", "wrap_up": "clipboard-text", "on_break": "coffee"}


class WallboardView(QWidget):
    """Readers hear the heroes as the window's description."""

    def __init__(self, model: WallboardViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("wallboard")
        self.setWindowTitle(self.tr("大屏"))
        self.setAccessibleName(self.tr("大屏"))
        self.resize(1280, 720)
        self._model = model
        model.changed.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        self.setAccessibleDescription("，".join(f"{h.label} {h.value}" for h in self._model.heroes()))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(WALL["bg"]))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        scale = min(self.width() / SHEET[0], self.height() / SHEET[1])
        painter.translate((self.width() - SHEET[0] * scale) / 2, (self.height() - SHEET[1] * scale) / 2)
        painter.scale(scale, scale)
        lost = self._model.lost_since()
        if lost:
            painter.setOpacity(0.35)
        self._head(painter)
        width = (SHEET[0] - 2 * MARGIN - 2 * GAP) / 3
        for number, hero in enumerate(self._model.heroes()):
            self._hero(painter, QRectF(MARGIN + number * (width + GAP), 108, width, 404), hero)
        bottom = QRectF(MARGIN, 536, 2 * width + GAP, 512)
        self._queues(painter, bottom)
        self._agents(painter, QRectF(bottom.right() + GAP, 536, width, 512))
        if lost:
            painter.setOpacity(1.0)
            band = QRectF(0, SHEET[1] / 2 - 60, SHEET[0], 120)
            painter.fillRect(band, QColor(WALL["red_tile"]))
            face = wall_font(60, 700)
            self._text(
                painter, (SHEET[0] - text_width(lost, face)) / 2, band.center().y(), lost, face, "text"
            )

    def _text(self, painter: QPainter, x: float, middle: float, text: str, face: QFont, colour: str) -> float:
        painter.setPen(QColor(WALL[colour]))
        return write(painter, round(x), round(middle + face.pixelSize() * CAP_HEIGHT / 2), text, face)

    def _right(
        self, painter: QPainter, right: float, middle: float, text: str, face: QFont, colour: str
    ) -> None:
        self._text(painter, right - text_width(text, face), middle, text, face, colour)

    def _head(self, painter: QPainter) -> None:
        plain, bold = wall_font(SMALLEST, 400), wall_font(SMALLEST, 700)
        right = SHEET[0] - MARGIN
        time = self._model.time()
        clock = wall_font(60, 700, True)
        self._right(painter, right, 56, time, clock, "text")
        date, left_of_date = self._model.date(), right - text_width(time, clock) - 24
        self._right(painter, left_of_date, 56, date, plain, "label")
        room = left_of_date - text_width(date, plain) - 40
        x = MARGIN + self._text(painter, MARGIN, 56, self._model.title(), bold, "text") + 72
        for label, value in self._model.headline():
            wide = text_width(label, plain) + 16 + text_width(value, bold)
            if x + wide > room:
                break
            x += self._text(painter, x, 56, label, plain, "label") + 16
            x += self._text(painter, x, 56, value, bold, "text") + 32

    def _hero(self, painter: QPainter, box: QRectF, hero: Hero) -> None:
        broken, near = hero.state == "broken", hero.state == "near"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(WALL["red_tile" if broken else "tile"]))
        painter.drawRoundedRect(box, 16, 16)
        if near:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(WALL["amber"]), 8))
            painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), 14, 14)
        soft = "text" if broken else "label"
        icon = "alert-triangle" if broken else ("arrow-up" if near else "circle-check")
        tone = WALL["text"] if not near else WALL["amber"]
        paint_icon(painter, icon, box.right() - PAD - 64, box.y() + 24, 64, tone)
        label = self._fit(hero.label, SMALLEST, 700, box.width() - 2 * PAD - 76)
        self._text(painter, box.x() + PAD, box.y() + 58, hero.label, label, soft)
        value = self._fit(hero.value, HERO, 700, box.width() - 2 * PAD)
        self._text(painter, box.x() + PAD - 6, box.y() + 196, hero.value, value, "amber" if near else "text")
        goal = self._fit(hero.goal, SMALLEST, 400, box.width() - 2 * PAD)
        self._text(painter, box.x() + PAD, box.y() + 358, hero.goal, goal, soft)

    def _fit(self, text: str, size: int, weight: int, room: float) -> QFont:
        """The size asked for, narrower letters before smaller ones, never under 44."""
        face = wall_font(size, weight, size >= HERO)
        wide = text_width(text, face)
        if wide <= room:
            return face
        return wall_font(max(44, int(size * room / wide)), weight, size >= HERO)

    def _queues(self, painter: QPainter, box: QRectF) -> None:
        self._tile(painter, box)
        plain, bold = wall_font(SMALLEST, 400), wall_font(60, 600, True)
        head = wall_font(SMALLEST, 700)
        right = box.right() - PAD
        columns = (box.x() + 640, box.x() + 900, right)
        y = box.y() + 50
        self._text(painter, box.x() + PAD, y, self.tr("队列"), head, "label")
        for x, word in zip(columns, (self.tr("等待"), self.tr("最长"), self.tr("服务水平")), strict=True):
            self._right(painter, x, y, word, plain, "label")
        for number, row in enumerate(self._model.rows()):
            top = box.y() + 84 + number * 84
            painter.fillRect(QRectF(box.x() + PAD, top, box.width() - 2 * PAD, 2), QColor(WALL["line"]))
            self._row(painter, box, top + 43, row, columns, bold)
        page, pages = self._model.pages()
        if pages > 1:
            for dot in range(pages):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(WALL["text" if dot == page else "line"]))
                painter.drawEllipse(
                    QRectF(box.center().x() + dot * 24 - pages * 12, box.bottom() - 14, 10, 10)
                )

    def _row(
        self,
        painter: QPainter,
        box: QRectF,
        middle: float,
        row: WallRow,
        columns: tuple[float, float, float],
        face: QFont,
    ) -> None:
        icon = {"broken": ("alert-triangle", "red_text"), "near": ("arrow-up", "amber")}.get(row.state)
        if icon:
            paint_icon(painter, icon[0], box.x() + PAD, middle - 24, 48, WALL[icon[1]])
        room = columns[0] - text_width(row.waiting, face) - 32 - (box.x() + PAD + 66)
        self._text(painter, box.x() + PAD + 66, middle, row.name, self._fit(row.name, 56, 600, room), "text")
        tones = {"calm": "text", "near": "amber", "broken": "red_text"}
        self._right(painter, columns[0], middle, row.waiting, face, "text")
        self._right(painter, columns[1], middle, row.longest, face, tones[row.longest_state])
        self._right(painter, columns[2], middle, row.level, face, tones[row.level_state])

    def _agents(self, painter: QPainter, box: QRectF) -> None:
        self._tile(painter, box)
        states = self._model.states()
        total = sum(n for _, n in states)
        plain, head = wall_font(SMALLEST, 400), wall_font(SMALLEST, 700)
        self._text(painter, box.x() + PAD, box.y() + 50, self.tr("坐席"), head, "label")
        self._right(
            painter, box.right() - PAD, box.y() + 50, self.tr("{n} 人在线").format(n=total), plain, "label"
        )
        x, room = box.x() + PAD, box.width() - 2 * PAD - 3 * 6
        for state, number in states:
            wide = room * number / total if total else 0
            if wide:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(WALL[state]))
                painter.drawRoundedRect(QRectF(x, box.y() + 92, wide, 36), 6, 6)
                x += wide + 6
        for place, (state, number) in enumerate(states):
            left = box.x() + PAD + (place % 2) * (box.width() - 2 * PAD) * 0.55
            top = box.y() + 154 + (place // 2) * 178
            paint_icon(painter, ICONS[state], left, top + 54, 52, WALL[state])
            self._text(painter, left + 64, top + 48, str(number), wall_font(84, 700), "text")
            word = state_word(state)
            self._text(
                painter,
                left + 64,
                top + 126,
                word,
                self._fit(word, SMALLEST, 400, box.width() / 2 - 72),
                state,
            )

    def _tile(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(WALL["tile"]))
        painter.drawRoundedRect(box, 12, 12)
