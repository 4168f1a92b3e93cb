"""Every button of the product: icon, word, key cap, painted from tokens.

A button never grows on focus and never cuts its word: its width comes from what it says.
"""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.ink import (
    draw_focus,
    draw_ground,
    draw_key_cap,
    draw_text,
    key_cap_width,
    text_width,
)


@dataclass(frozen=True, slots=True)
class _Coat:
    fill: str | None
    edge: str | None
    text: str
    hover: str | None


_COATS = {
    "plain": _Coat("surface", "strong", "text", "hover"),
    "primary": _Coat("ink", None, "on_ink", "ink"),
    "ghost": _Coat(None, None, "text2", "hover"),
    "answer": _Coat("ready.fill", None, "white", "ready.fill"),
    "danger": _Coat("broken.fill", None, "white", "broken.fill"),
    "danger_outline": _Coat("surface", "broken.tone", "broken.tone", "broken.soft"),
    "toggle": _Coat("surface", "strong", "text", "hover"),
}
HEIGHTS = {"small": 28, "normal": 36, "foot": 40, "bar": 48, "answer": 52}


class Button(QAbstractButton):
    """A button with its key printed on it.

    `kind` is its coat, `height` one of HEIGHTS; `stacked` puts icon over word over key (68 high, the call keys).
    """

    def __init__(
        self,
        name: str,
        word: str,
        *,
        icon: str = "",
        key: str = "",
        kind: str = "plain",
        height: str = "normal",
        stacked: bool = False,
        tip: str = "",
        chevron: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.icon_name, self.key, self.kind = icon, key, kind
        self._height, self._stacked, self._chevron = HEIGHTS[height], stacked, chevron
        self._wordless = False
        self._tip = tip
        self.setText(word)
        self.setAccessibleName(word or tip)
        self.setAccessibleDescription(key)
        self.setToolTip(tip or (f"{word}  {key}".strip() if not word or stacked else ""))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, word: str, icon: str | None = None) -> None:
        """Change the word (hold → resume); the width is kept by `reserve`."""
        if icon is not None:
            self.icon_name = icon
        if word != self.text():
            self.setText(word)
            self.setAccessibleName(word)
            self.updateGeometry()
        self.update()

    def set_wordless(self, on: bool) -> None:
        """Narrow windows: the icon and key stay, the word goes to the tooltip."""
        self._wordless = on
        if on:
            self.setToolTip(f"{self.text()}  {self.key}")
        self.updateGeometry()

    def set_usable(self, on: bool, why_not: str = "") -> None:
        """Enable, or disable with the reason in the tooltip."""
        self.setEnabled(on)
        if why_not or self._tip or self._stacked:
            self.setToolTip((self._tip or f"{self.text()}  {self.key}") if on else why_not)

    def _word(self) -> str:
        return "" if self._wordless else self.text()

    def _face(self) -> QFont:
        if self.kind in ("primary", "answer", "danger"):
            return font(16 if self._height >= 52 and not self._stacked else 14, 600)
        return font(13 if self._height < 36 else 14, 500)

    def sizeHint(self) -> QSize:
        if self._stacked:
            wide = max(text_width(self._word(), self._face()), text_width(self.key, font(12, 500)))
            return QSize(max(px(44 if self._wordless else 68), int(wide) + 20), px(68))
        icon = px(20) if self.icon_name else 0
        parts = [icon] if icon else []
        if self._word():
            parts.append(int(text_width(self._word(), self._face())) + 1)
        if self.key:
            parts.append(int(key_cap_width(self.key)) + 1)
        if self._chevron:
            parts.append(px(16))
        side = {"small": 10}.get("small" if self._height < 36 else "", 14 if self._height < 52 else 24)
        width = sum(parts) + 8 * (len(parts) - 1) + 2 * side
        return QSize(max(width, px(self._height)), px(self._height))

    minimumSizeHint = sizeHint

    def is_elided(self) -> bool:
        return self.width() < self.sizeHint().width()

    def enterEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.update()
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)

    def _colours(self) -> tuple[QColor | None, QColor | None, QColor]:
        coat = _COATS[self.kind]
        fill = color(coat.fill) if coat.fill else None
        edge = color(coat.edge) if coat.edge else None
        text = color(coat.text)
        if not self.isEnabled():
            return color("sunken") if fill is not None else None, color("border"), color("text3")
        if self.isChecked():
            return color("sel"), color("ink"), color("text")
        if self.isDown():
            return (
                (fill.darker(110) if self.kind in ("primary", "answer", "danger") and fill else color("sel")),
                edge,
                text,
            )
        if self.underMouse() and coat.hover:
            fill = (
                color(coat.hover).lighter(106)
                if self.kind in ("primary", "answer", "danger")
                else color(coat.hover)
            )
        return fill, edge, text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, edge, text = self._colours()
        box = QRectF(self.rect())
        draw_ground(painter, box, 6, fill, edge)
        if self._stacked:
            self._paint_stacked(painter, text)
        else:
            self._paint_row(painter, text)
        if self.hasFocus():
            draw_focus(painter, box)

    def _paint_stacked(self, painter: QPainter, text: QColor) -> None:
        middle = self.width() / 2
        face, small = self._face(), font(12, 500)
        size = px(20)
        if self._wordless:
            paint_icon(painter, self.icon_name, middle - size / 2, px(14), size, text)
            draw_text(painter, middle - text_width(self.key, small) / 2, px(48), self.key, small, text)
            return
        paint_icon(painter, self.icon_name, middle - size / 2, px(8), size, text)
        draw_text(painter, middle - text_width(self.text(), face) / 2, px(39), self.text(), face, text)
        soft = QColor(text)
        if self.kind == "plain" and self.isEnabled():
            soft = color("text2")
        draw_text(painter, middle - text_width(self.key, small) / 2, px(56), self.key, small, soft)

    def _paint_row(self, painter: QPainter, text: QColor) -> None:
        middle = self.height() / 2
        face, size = self._face(), px(20)
        word = self._word()
        parts: list[float] = [size if self.icon_name else 0, text_width(word, face) if word else 0]
        parts += [key_cap_width(self.key) if self.key else 0, px(16) if self._chevron else 0]
        shown = [p for p in parts if p]
        x = (self.width() - sum(shown) - 8 * (len(shown) - 1)) / 2
        if self.icon_name:
            paint_icon(painter, self.icon_name, x, middle - size / 2, size, text)
            x += size + 8
        if word:
            x += draw_text(painter, x, middle, word, face, text) + 8
        if self.key:
            x += draw_key_cap(painter, x, middle, self.key, text) + 8
        if self._chevron:
            paint_icon(painter, "chevron-down", x, middle - px(8), px(16), text)


class Toggle(Button):
    """A toggle chip: one of up to six choices; chosen carries a tick, so hue is never alone."""

    def __init__(self, name: str, word: str, parent: QWidget | None = None) -> None:
        super().__init__(name, word, kind="toggle", parent=parent)
        self._height = 32
        self.setCheckable(True)

    def _face(self) -> QFont:
        return font(13, 500)

    def sizeHint(self) -> QSize:
        tick = px(16) + 4
        return QSize(int(text_width(self.text(), self._face())) + 1 + tick + 20, px(self._height))

    minimumSizeHint = sizeHint

    def _paint_row(self, painter: QPainter, text: QColor) -> None:
        wide = text_width(self.text(), self._face())
        middle, size = self.height() / 2, px(16)
        tick = size + 4 if self.isChecked() else 0
        x = (self.width() - wide - tick) / 2
        if tick:
            paint_icon(painter, "check", x, middle - size / 2, size, text)
        draw_text(painter, x + tick, middle, self.text(), self._face(), text)
