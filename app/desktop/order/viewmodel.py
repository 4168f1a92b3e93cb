"""The work order being written during a call: values, what is wrong, its draft, its slip. No widgets.

Fields and checks come from the record's own description; the server decides, this only warns early.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.drafts import DraftFolder
from app.desktop.link import Json
from app.desktop.words import language, weekday
from app.desktop.writing import phone, text_of
from app.domain.records import WORK_ORDER
from app.domain.records.checking import WrongFields, checked

SAVE_AFTER_MS = 1000
VISITS = (("am", 9, 12), ("pm", 13, 18))
CHOICES = ("type", "fault", "warranty", "product_id", "urgent")
CHECKED_EARLY = ("phone", "contact", "address", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Half a day on which an engineer can come."""

    key: str
    day: str
    half: str
    start: str
    end: str


class OrderViewModel(QObject):
    """`changed`: another order; `errors_changed`; `kept_changed`: the draft; `saved`: the order has its number."""

    changed = Signal()
    errors_changed = Signal()
    kept_changed = Signal()
    saved = Signal()

    def __init__(self, desk: Desk, drafts: DraftFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._drafts = drafts
        self.call_id = ""
        self.values: dict[str, Any] = {}
        self._chosen: list[dict[str, Any]] = []  # what each choice replaced, the last one last
        self.errors: dict[str, str] = {}
        self.order: Json | None = None
        self.saving = False
        self.kept_at: datetime | None = None
        self.kept = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.keep_now)
        desk.call_changed.connect(self._call_changed)
        desk.pop_changed.connect(self._fill)

    # ------------------------------------------------------------- from the call

    def _call_changed(self) -> None:
        if self.desk.call_id == self.call_id:
            return
        self.keep_now()
        self.call_id = self.desk.call_id
        self.values, self.errors, self.order, self.kept_at = {}, {}, None, None
        self._chosen.clear()
        draft = self._drafts.load(f"order-{self.call_id}") if self.call_id else None
        if draft is not None:
            self.values = draft
            self.order = self.values.pop("_order", None)
        self._fill()

    def _fill(self) -> None:
        """Put in what the call already tells; never over what was typed."""
        if not self.call_id:
            self.changed.emit()
            return
        pop = self.desk.pop or {}
        customer = pop.get("customer") or {}
        for name, value in (
            ("type", "repair"),
            ("contact", text_of(customer, "name")),
            ("phone", phone(customer.get("phone") or (self.desk.call or {}).get("from"))),
            ("address", text_of(customer, "address")),
            ("customer_id", customer.get("id")),
        ):
            if value and not self.values.get(name):
                self.values[name] = value
        self.changed.emit()

    def use_product(self, product: Json | None) -> None:
        if product is None or self.order is not None or self.values.get("product_id") == product.get("id"):
            return
        self.values["product_id"] = product["id"]
        until = text_of(product, "warranty_until")
        today = self.desk.clock.here().date().isoformat()
        self.values["warranty"] = "unknown" if not until else ("inside" if until >= today else "outside")
        self.changed.emit()

    def products(self) -> list[tuple[str | None, str]]:
        products = (self.desk.pop or {}).get("products") or []
        named = [
            (str(p["id"]), " ".join(x for x in (text_of(p, "name"), text_of(p, "model")) if x))
            for p in products
        ]
        return [*named, (None, self.tr("未登记的产品"))]

    def choices(self, field: str) -> list[tuple[str, str]]:
        return [(c.value, c.label[language()]) for c in WORK_ORDER.field(field).choices]

    def slots(self) -> list[Slot]:
        """The next four working half days, morning and afternoon, in site time."""
        today = self.desk.clock.here().replace(hour=0, minute=0, second=0, microsecond=0)
        words = {"am": self.tr("上午"), "pm": self.tr("下午")}
        made = []
        for ahead in range(1, 5):
            day = today + timedelta(days=ahead)
            title = self.tr("{weekday} {day} 日").format(weekday=weekday(day.weekday()), day=day.day)
            for half, start, end in VISITS:
                made.append(
                    Slot(
                        key=f"{day:%Y-%m-%d}-{half}",
                        day=title,
                        half=words[half],
                        start=_utc(day, start),
                        end=_utc(day, end),
                    )
                )
        return made

    def slot(self) -> str | None:
        return next((s.key for s in self.slots() if s.start == self.values.get("appointment_from")), None)

    def choose_slot(self, key: str | None) -> None:
        chosen = next((s for s in self.slots() if s.key == key), None)
        self._chosen.append(
            {name: self.values.get(name) for name in ("appointment_from", "appointment_until")}
        )
        self.values["appointment_from"] = chosen.start if chosen else None
        self.put("appointment_until", chosen.end if chosen else None)

    # ------------------------------------------------------------- typing

    def undo(self) -> None:
        """Take the last choice back; words are undone by their own field."""
        if self._chosen:
            before = self._chosen.pop()
            self.values.update(before)
            self._timer.start()
            self.changed.emit()

    def put(self, field: str, value: Any) -> None:
        if field in CHOICES and self.values.get(field) != value:
            self._chosen.append({field: self.values.get(field)})
        self.values[field] = value
        if self.errors.pop(field, None) is not None:
            self.errors_changed.emit()
        if not self._timer.isActive():
            self._timer.start()

    def left(self, field: str) -> None:
        """A field was left: keep the draft, and say at once what is wrong with it."""
        self.keep_now()
        if field in CHECKED_EARLY and self.values.get(field):
            wrong = self._wrong(partial=True)
            message = wrong.get(field, "")
            if message != self.errors.get(field, ""):
                self.errors = (
                    {**self.errors, field: message}
                    if message
                    else {k: v for k, v in self.errors.items() if k != field}
                )
                self.errors_changed.emit()

    def keep_now(self) -> None:
        self._timer.stop()
        if not self.call_id or not self.values:
            return
        try:
            self._drafts.save(f"order-{self.call_id}", {**self.values, "_order": self.order})
            self.kept, self.kept_at = True, self.desk.clock.here()
        except OSError:
            self.kept = False
        self.kept_changed.emit()

    def _body(self) -> Json:
        body = {k: v for k, v in self.values.items() if v not in (None, "") and not k.startswith("_")}
        body["call_id"] = self.call_id
        return body

    def _wrong(self, partial: bool = False) -> dict[str, str]:
        try:
            checked(WORK_ORDER, self._body(), role="agent", language=language(), partial=partial)
        except WrongFields as wrong:
            return dict(wrong.fields)
        return {}

    def missing(self) -> int:
        """How many required fields are still empty."""
        return sum(
            1 for f in WORK_ORDER.fields if f.required and f.default is None and not self.values.get(f.name)
        )

    # ------------------------------------------------------------- saving

    def save(self, dispatch: bool = True) -> bool:
        """Send it; False when a field is wrong (the errors then stand at the fields)."""
        if self.saving or not self.call_id:
            return False
        wrong = self._wrong()
        if "customer_id" in wrong:
            wrong["contact"] = self.tr("请先存为客户")
        self.errors = wrong
        self.errors_changed.emit()
        if wrong:
            return False
        self.saving = True
        self.kept_changed.emit()
        body = {**self._body(), "status": "dispatched" if dispatch else "new"}
        path, method = "/api/v1/records/work_order", "POST"
        if self.order is not None:
            path, method = f"{path}/{self.order['id']}", "PUT"
            body["version"] = self.order.get("version")
        call_id = self.call_id
        self.desk.link.post(path, body, lambda reply: self._answered(call_id, reply), method)
        return True

    def _answered(self, call_id: str, reply: Reply) -> None:
        self.saving = False
        if call_id != self.call_id:
            return
        if reply.ok and isinstance(reply.json, dict):
            self.order = reply.json
            self.keep_now()
            self.saved.emit()
            self.changed.emit()
            return
        body = reply.json if isinstance(reply.json, dict) else {}
        self.errors = dict(body.get("fields") or {})
        self.errors_changed.emit()
        self.kept_changed.emit()
        if not self.errors:
            self.desk.refused.emit(
                str(
                    body.get("message") or body.get("reason") or self.tr("工单没有存上，内容还在，请再试一次")
                )
            )


def _utc(day: datetime, hour: int) -> str:
    return day.replace(hour=hour).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
