"""The left column: who it is, what was sold to him, what to mind; a form when nobody knows the number."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.customer.viewmodel import NEW_CALLER_FIELDS, CustomerViewModel, ProductRow
from app.desktop.theme.current import color, font, px
from app.desktop.theme.icons import paint_icon
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import Card, clear, column, row
from app.desktop.widgets.chip import chip_colours, chip_width, draw_chip
from app.desktop.widgets.field import Labelled, LineField
from app.desktop.widgets.ink import draw_focus, draw_ground, draw_text, elided
from app.desktop.widgets.late import Late
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text
from app.desktop.widgets.toggles import ToggleGroup

WIDTH = 316


class ProductButton(QAbstractButton):
    """One appliance, 56 high; the chosen one has the selection's ground and an ink edge."""

    def __init__(self, product: ProductRow, chosen: bool) -> None:
        super().__init__()
        self._product = product
        self.setObjectName(f"product_{product.product_id}")
        self.setAccessibleName(f"{product.name} {product.chip}")
        self.setText(product.name)
        self.setCheckable(True)
        self.setChecked(chosen)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(px(58))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, px(58))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, product, chosen = QRectF(self.rect()), self._product, self.isChecked()
        if chosen:
            draw_ground(painter, box, 6, color("sel"), color("ink"), 1.5)
        elif self.underMouse():
            draw_ground(painter, box, 6, color("hover"))
        side, middle = px(38), box.height() / 2
        draw_ground(
            painter, QRectF(8, middle - side / 2, side, side), 6, color("surface" if chosen else "sunken")
        )
        paint_icon(painter, product.icon, 8 + (side - px(20)) / 2, middle - px(10), px(20), color("text2"))
        left, right = 8 + side + 10, box.width() - 8
        room = right - left
        if product.chip:
            wide = chip_width(product.chip)
            ground, tone = chip_colours(product.hue)
            draw_chip(painter, right - wide, px(19), product.chip, "surface" if chosen else ground, tone)
            room -= wide + 8
        face = font(14, 600)
        draw_text(painter, left, px(19), elided(product.name, face, room), face, color("text"))
        face = font(12, 400)
        draw_text(painter, left, px(40), elided(product.line, face, right - left), face, color("text2"))
        if self.hasFocus():
            draw_focus(painter, box)


class CustomerView(QWidget):
    def __init__(self, model: CustomerViewModel) -> None:
        super().__init__()
        self.setObjectName("customer_column")
        self._model = model
        self._fields: dict[str, Labelled] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._late = Late(self, self.show_all)
        model.changed.connect(self._late.ask)
        model.errors_changed.connect(self.show_errors)
        self.show_all()

    def show_all(self) -> None:
        clear(self._column)
        self._fields = {}
        model = self._model
        if model.is_unknown:
            self._column.addWidget(self._new_caller())
        else:
            self._column.addWidget(self._card())
            if model.products_raw():
                self._column.addWidget(self._products())
            if model.dealings():
                self._column.addWidget(self._dealings())
        self._column.addStretch(1)

    def _card(self) -> Card:
        model = self._model
        card = Card(self.tr("客户"), "customer_card", gap=6)
        if not model.customer:
            card.setMinimumHeight(px(200))
            card.add(None)
            return card
        card.add(Text(model.about(), 13, 400, "text2", elide=True))
        alert = model.customer.get("alert")
        if alert:
            strip = QFrame()
            strip.setProperty("kind", "warning")
            words = Text(str(alert), 13, 500, "near.tone", wrap=True)
            words.setObjectName("customer_alert")
            inside = row(Picture("alert-triangle", 18, "near.tone"), words, gap=8, margins=(10, 7, 10, 7))
            inside.setStretch(1, 1)
            strip.setLayout(inside)
            card.add(strip)
        for number, what in model.phones():
            card.add(
                row(
                    Picture("phone", 16),
                    Text(number, 14, 500, tabular=True),
                    Text(what, 12, 400, "text2"),
                    None,
                )
            )
        if model.customer.get("address"):
            pin = Picture("map-pin", 16)
            address = Text(str(model.customer["address"]), 13, 400, "text", wrap=True)
            holder = row(column(3, pin, None, gap=0), address)
            holder.setStretch(1, 1)
            card.add(holder)
        return card

    def _products(self) -> Card:
        model = self._model
        card = Card(self.tr("产品"), "products_card", count=str(len(model.products_raw())), gap=4)
        card.body.setContentsMargins(8, 12, 8, 8)
        assert card.head is not None
        card.head.setContentsMargins(8, 0, 8, 0)
        for product in model.products():
            button = ProductButton(product, product.product_id == model.product_id)
            button.clicked.connect(lambda _=False, key=product.product_id: model.choose_product(key))
            card.add(button)
        return card

    def _dealings(self) -> Card:
        card = Card(self.tr("往来"), "dealings_card", gap=6)
        for name, value in self._model.dealings():
            right = Text(value, 13, 400, "text", tabular=False, elide=True, align=Qt.AlignmentFlag.AlignRight)
            card.add(row(Text(name, 13, 400, "text2"), 12, right))
        return card

    def _new_caller(self) -> Card:
        model = self._model
        card = Card(self.tr("新客户"), "new_caller_card", gap=10)
        labels = {
            "name": self.tr("姓名"), "title": self.tr("称呼"), "phone": self.tr("电话"), "region": self.tr("地区"),
            "address": self.tr("地址"),
        }  # fmt: skip
        for name in NEW_CALLER_FIELDS:
            value = model.new_values.get(name, "")
            control: QWidget
            if name == "title":
                group = ToggleGroup(
                    "new_title",
                    [("ms", self.tr("女士")), ("mr", self.tr("先生")), ("company", self.tr("单位"))],
                    value or None,
                )
                group.picked.connect(lambda v: model.type_value("title", v or ""))
                control = group
            else:
                line = LineField(f"new_{name}", value, tabular=name == "phone")
                line.textEdited.connect(lambda v, name=name: model.type_value(name, v))
                control = line
            self._fields[name] = Labelled(labels[name], control, required=name in ("name", "phone"))
            card.add(self._fields[name])
        save = Button("save_customer", self.tr("存为客户"), icon="device-floppy", key="Ctrl+S", height="foot")
        save.set_usable(not model.saving)
        save.clicked.connect(model.save_new)
        card.add(row(None, save))
        self.show_errors()
        return card

    def show_errors(self) -> None:
        for name, field in self._fields.items():
            field.show_error(self._model.errors.get(name, ""))
