"""What happened before, newest first: date, icon on a thread, title, detail, a chip with the result.

A list view with one delegate, so arrows and readers reach each row.
"""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.chip import chip_colours, chip_width, draw_chip
from app.desktop.widgets.ink import draw_focus, draw_ground, draw_text, elided, text_width

Index = QModelIndex | QPersistentModelIndex
ROW = 66
# The model's role for a row: a mapping with day, time, icon, hue, title, detail, chip, chip_hue.
ENTRY = Qt.ItemDataRole.UserRole + 1


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        last = index.row() == index.model().rowCount() - 1
        dates = px(70)
        centre_x, first, second = box.x() + dates + px(22), box.y() + px(20), box.y() + px(43)
        radius = px(15)
        thread = color("border")
        if index.row() > 0:
            painter.fillRect(QRectF(centre_x - 1, box.y(), 2, first - radius - box.y()), thread)
        if not last:
            painter.fillRect(
                QRectF(centre_x - 1, first + radius, 2, box.bottom() - first - radius + 1), thread
            )
        bold, small = font(13, 600, True), font(13, 400, True)
        right = box.x() + dates
        if entry["day"]:
            draw_text(
                painter,
                right - text_width(entry["day"], bold),
                box.y() + px(15),
                entry["day"],
                bold,
                color("text"),
            )
            draw_text(
                painter,
                right - text_width(entry["time"], small),
                box.y() + px(33),
                entry["time"],
                small,
                color("text2"),
            )
        else:
            draw_text(
                painter, right - text_width(entry["time"], small), first, entry["time"], small, color("text2")
            )
        hue = entry["hue"]
        ground, tone = (f"{hue}.soft", f"{hue}.tone") if hue else ("sunken", "text2")
        draw_ground(
            painter,
            QRectF(centre_x - radius, first - radius, 2 * radius, 2 * radius),
            radius,
            color(ground),
            color("border"),
        )
        paint_icon(painter, entry["icon"], centre_x - px(8), first - px(8), px(16), color(tone))
        left = centre_x + px(24)
        room = box.right() - left - 16
        if entry["chip"]:
            wide = chip_width(entry["chip"])
            draw_chip(painter, box.right() - wide, first, entry["chip"], *chip_colours(entry["chip_hue"]))
            room -= wide
        face = font(14, 600)
        draw_text(painter, left, first, elided(entry["title"], face, room), face, color("text"))
        face = font(13)
        draw_text(
            painter, left, second, elided(entry["detail"], face, box.right() - left - 8), face, color("text2")
        )
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus(painter, QRectF(left - 8, box.y() + 2, box.right() - left + 8, px(ROW) - 8))
        painter.restore()


class Timeline(QListView):
    def __init__(
        self, model: QAbstractListModel, name: str, label: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setUniformItemSizes(True)
