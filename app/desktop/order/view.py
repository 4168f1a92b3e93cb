"""The work order's form: label above, error at the field, a foot that stays."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QVBoxLayout, QWidget

from app.desktop.order.viewmodel import OrderViewModel, Slot
from app.desktop.theme.current import color, font, px
from app.desktop.widgets.button import Button, Toggle
from app.desktop.widgets.card import clear, row, scrolled
from app.desktop.widgets.chip import Chip
from app.desktop.widgets.field import ChoiceField, Labelled, LineField, NoteField
from app.desktop.widgets.ink import draw_focus, draw_ground, draw_text
from app.desktop.widgets.late import Late
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text
from app.desktop.widgets.toggles import ToggleGroup


class SlotButton(Toggle):
    """Half a day; wide, its word at the left."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(f"slot_{slot.key}", slot.half)
        self.setAccessibleName(f"{slot.day} {slot.half}")
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, px(32))

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen, box = self.isChecked(), QRectF(self.rect())
        draw_ground(
            painter, box, 6, color("sel" if chosen else ("hover" if self.underMouse() else "surface")),
            color("ink" if chosen else "strong"), 2 if chosen else 1,
        )  # fmt: skip
        draw_text(
            painter, 10, self.height() / 2, self.text(), font(13, 600 if chosen else 500), color("text")
        )
        if self.hasFocus():
            draw_focus(painter, box)


class OrderView(QFrame):
    def __init__(self, model: OrderViewModel) -> None:
        super().__init__()
        self.setObjectName("order_panel")
        self.setProperty("kind", "card")
        self._model = model
        self.fields: dict[str, Labelled] = {}
        self._body = QVBoxLayout()
        self._body.setContentsMargins(16, 14, 16, 12)
        self._body.setSpacing(10)
        content = QWidget()
        content.setLayout(self._body)
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 1, 0, 0)
        made.setSpacing(0)
        made.addWidget(scrolled(content), 1)
        made.addWidget(self._foot())
        self._shown_call = ""
        self._late = Late(self, self._changed)
        model.changed.connect(self._late.ask)
        model.errors_changed.connect(self.show_errors)
        model.kept_changed.connect(self.show_kept)
        self.show_all()

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("kind", "foot")
        foot.setFixedHeight(px(60))
        self._kept_icon = Picture("check", 16, "ready.tone")
        self._kept = Text("", 12, 400, "text2", tabular=True, elide=True)
        self._kept.setObjectName("order_state")
        self.slip = Button("order_slip", self.tr("预览派工单"), icon="printer", key="Ctrl+P", height="foot")
        self.commit = Button(
            "order_commit",
            self.tr("保存并派工"),
            icon="send",
            key="Ctrl+Enter",
            kind="primary",
            height="foot",
        )
        self.commit.clicked.connect(lambda: self._model.save())
        foot.setLayout(
            row(self._kept_icon, self._kept, self.slip, self.commit, gap=8, margins=(16, 0, 16, 0))
        )
        return foot

    def _changed(self) -> None:
        """Rebuild for another call; for the same one only put values where the user is not."""
        if self._shown_call != self._model.call_id:
            self.show_all()
            return
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus() and self.isAncestorOf(focused):
            self._put_values(focused)
            self.show_head()
            return
        self.show_all()

    def _put_values(self, focused: QWidget) -> None:
        for name in ("contact", "phone", "address"):
            control = self.fields[name].control
            if control is not focused and isinstance(control, LineField):
                control.setText(str(self._model.values.get(name) or ""))

    def show_all(self) -> None:
        model, values = self._model, self._model.values
        self._shown_call = model.call_id
        clear(self._body)
        self._title = Text("", 16, 600)
        self._number = Chip("", "plain")
        self._hint = Text("", 12, 400, "text2")
        self._body.addLayout(row(self._title, self._number, None, self._hint, gap=10))
        product = ChoiceField("order_product", model.products(), values.get("product_id"))
        product.picked.connect(lambda v: model.put("product_id", v))
        kind = ChoiceField("order_type", [*model.choices("type")], values.get("type") or "repair")
        kind.picked.connect(lambda v: model.put("type", v))
        self._pair(
            self._add("product_id", self.tr("产品"), product),
            self._add("type", self.tr("业务类型"), kind, True),
        )
        fault = ToggleGroup("order_fault", model.choices("fault"), values.get("fault"))
        fault.picked.connect(lambda v: model.put("fault", v))
        self._body.addWidget(self._add("fault", self.tr("故障现象"), fault))
        says = NoteField("order_description", str(values.get("description") or ""), height=64)
        says.textChanged.connect(lambda: model.put("description", says.toPlainText()))
        self._body.addWidget(self._add("description", self.tr("客户怎么说"), says, True))
        self._body.addWidget(self._add("appointment_from", self.tr("上门时间"), self._slots()))
        self._pair(
            self._line("contact", self.tr("联系人"), True),
            self._line("phone", self.tr("联系电话"), True, True),
        )
        self._body.addWidget(self._line("address", self.tr("地址"), True))
        warranty = ChoiceField(
            "order_warranty", [*model.choices("warranty")], values.get("warranty") or "unknown"
        )
        warranty.picked.connect(lambda v: model.put("warranty", v))
        self._pair(
            self._line("engineer", self.tr("工程师")), self._add("warranty", self.tr("保修"), warranty)
        )
        self._body.addStretch(1)
        self.show_head()
        self.show_errors()
        self.show_kept()

    def _add(self, name: str, label: str, control: QWidget, required: bool = False) -> Labelled:
        self.fields[name] = Labelled(label, control, required=required)
        return self.fields[name]

    def _line(self, name: str, label: str, required: bool = False, tabular: bool = False) -> Labelled:
        model = self._model
        control = LineField(f"order_{name}", str(model.values.get(name) or ""), tabular=tabular)
        control.textEdited.connect(lambda v: model.put(name, v))
        control.editingFinished.connect(lambda: model.left(name))
        return self._add(name, label, control, required)

    def _pair(self, left: QWidget, right: QWidget) -> None:
        made = row(left, right, gap=16)
        made.setStretch(0, 1)
        made.setStretch(1, 1)
        self._body.addLayout(made)

    def _slots(self) -> QWidget:
        holder = QWidget()
        holder.setObjectName("order_slots")
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self._slot_group = QButtonGroup(holder)
        chosen = self._model.slot()
        for number, slot in enumerate(self._model.slots()):
            place, half = divmod(number, 2)
            if half == 0:
                grid.addWidget(
                    Text(slot.day, 12, 400, "text2", align=Qt.AlignmentFlag.AlignHCenter), 0, place
                )
                grid.setColumnStretch(place, 1)
            button = SlotButton(slot)
            button.setChecked(slot.key == chosen)
            button.clicked.connect(lambda _=False, key=slot.key: self._model.choose_slot(key))
            self._slot_group.addButton(button)
            grid.addWidget(button, 1 + half, place)
        return holder

    def show_head(self) -> None:
        order = self._model.order
        self._title.show_text(self.tr("工单") if order else self.tr("新工单"))
        self._number.setVisible(order is not None)
        if order:
            self._number.show_as(str(order.get("number") or ""), "ready", "check")
        missing = self._model.missing()
        self._hint.show_text(
            self.tr("* 必填，还差 {n} 项").format(n=missing) if missing else self.tr("* 必填")
        )
        self.slip.set_usable(order is not None, self.tr("先保存，再预览"))

    def show_errors(self) -> None:
        for name, field in self.fields.items():
            field.show_error(self._model.errors.get(name, ""))
        self.show_head()

    def show_kept(self) -> None:
        model = self._model
        self.commit.set_usable(not model.saving and model.desk.online, self.tr("连接中断，正在重连"))
        good = model.kept
        self._kept_icon.show_icon(
            "check" if good else "alert-triangle", "ready.tone" if good else "broken.tone"
        )
        self._kept_icon.setVisible(model.kept_at is not None or not good)
        if not good:
            self._kept.show_text(self.tr("本机磁盘写不进去"))
        elif model.saving:
            self._kept.show_text(self.tr("正在保存…"))
        elif model.kept_at is not None:
            self._kept.show_text(self.tr("草稿已存 {t}").format(t=f"{model.kept_at:%H:%M:%S}"))
        else:
            self._kept.show_text("")
