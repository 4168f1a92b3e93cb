"""Who is calling: card, warnings, products; or the form for a number nobody knows. No widgets."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.link import Json
from app.desktop.words import language
from app.desktop.writing import phone, text_of
from app.domain.records import CUSTOMER
from app.domain.records.checking import WrongFields, checked

PRODUCT_ICONS = {
    "fridge": "fridge", "washer": "wash-machine", "air": "air-conditioning", "heater": "flame", "hood": "propeller",
    "television": "device-tv",
}  # fmt: skip
NEW_CALLER_FIELDS = ("name", "title", "phone", "region", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    product_id: str
    icon: str
    name: str
    line: str
    chip: str
    hue: str


class CustomerViewModel(QObject):
    """`changed`: another customer or another product chosen; `typed` values outlive a rebuilt view."""

    changed = Signal()
    errors_changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.product_id: str | None = None
        self.new_values: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.saving = False
        self._for_call = ""
        desk.pop_changed.connect(self._pop_changed)

    @property
    def customer(self) -> Json:
        return (self.desk.pop or {}).get("customer") or {}

    @property
    def is_unknown(self) -> bool:
        """True when the server looked and found nobody."""
        return self.desk.pop is not None and not self.customer

    def _pop_changed(self) -> None:
        call_id = self.desk.call_id
        if call_id != self._for_call:
            self._for_call, self.product_id, self.errors = call_id, None, {}
            number = phone((self.desk.call or {}).get("from"))
            self.new_values = {"phone": number} if number else {}
        products = self.products_raw()
        if self.product_id is None and products:
            self.product_id = self._likely(products)
        self.changed.emit()

    def products_raw(self) -> list[Json]:
        return list((self.desk.pop or {}).get("products") or [])

    def _likely(self, products: list[Json]) -> str:
        """The one with an open order, else the first."""
        open_orders = (self.desk.pop or {}).get("open_orders") or []
        wanted = {order.get("product_id") for order in open_orders}
        return str(next((p["id"] for p in products if p["id"] in wanted), products[0]["id"]))

    def choose_product(self, product_id: str) -> None:
        self.product_id = product_id
        self.changed.emit()

    def product(self) -> Json | None:
        return next((p for p in self.products_raw() if p["id"] == self.product_id), None)

    def about(self) -> str:
        customer = self.customer
        titles = {"mr": self.tr("先生"), "ms": self.tr("女士"), "company": self.tr("单位")}
        parts = [titles.get(text_of(customer, "title"), "")]
        since = text_of(customer, "since")
        if since[:4].isdigit():
            years = self.desk.clock.local(f"{since}T00:00:00Z")
            age = int((self.desk.clock.now() - years.timestamp()) / 31_556_952) if years else 0
            parts.append(self.tr("{n} 年老客户").format(n=age) if age >= 1 else self.tr("今年的新客户"))
        parts.append(text_of(customer, "id"))
        return "  ·  ".join(p for p in parts if p)

    def phones(self) -> list[tuple[str, str]]:
        """(number, what it is), the calling one first."""
        calling = (self.desk.call or {}).get("from")
        numbers = [n for n in (self.customer.get("phone"), self.customer.get("phone_other")) if n]
        numbers.sort(key=lambda n: n != calling)
        return [(phone(n), self.tr("本次来电") if n == calling else self.tr("备用")) for n in numbers]

    def products(self) -> list[ProductRow]:
        made = []
        today = local_today(self.desk)
        for each in self.products_raw():
            until = text_of(each, "warranty_until")
            inside = bool(until) and until >= today
            chip = "" if not until else (self.tr("在保") if inside else self.tr("已过保"))
            bought = text_of(each, "bought_on")
            line = "  ·  ".join(
                p
                for p in (text_of(each, "model"), self.tr("购于 {day}").format(day=bought) if bought else "")
                if p
            )
            icon = PRODUCT_ICONS.get(text_of(each, "category"), "package")
            made.append(
                ProductRow(product_id=str(each["id"]), icon=icon, name=text_of(each, "name"), line=line, chip=chip,
                           hue="ready" if inside else "plain")
            )  # fmt: skip
        return made

    def dealings(self) -> list[tuple[str, str]]:
        timeline = (self.desk.pop or {}).get("timeline") or []
        pairs = []
        if self.customer.get("preference"):
            pairs.append((self.tr("偏好"), text_of(self.customer, "preference")))
        for what, label in (("work_order", self.tr("近来工单")), ("call", self.tr("近来来电"))):
            if count := sum(1 for item in timeline if item.get("what") == what):
                pairs.append((label, self.tr("{n} 次").format(n=count)))
        if self.customer.get("email"):
            pairs.append((self.tr("邮箱"), text_of(self.customer, "email")))
        if self.customer.get("notes"):
            pairs.append((self.tr("备注"), text_of(self.customer, "notes").splitlines()[0]))
        return pairs

    # ------------------------------------------------------------- a new caller

    def type_value(self, field: str, value: str) -> None:
        self.new_values[field] = value
        if self.errors.pop(field, None):
            self.errors_changed.emit()

    def save_new(self) -> None:
        values = {k: v for k, v in self.new_values.items() if v.strip()}
        try:
            checked(CUSTOMER, values, role="agent", language=language())
        except WrongFields as wrong:
            self.errors = dict(wrong.fields)
            self.errors_changed.emit()
            return
        self.saving = True
        self.changed.emit()
        call_id = self.desk.call_id

        def saved(reply: Reply) -> None:
            self.saving = False
            if reply.ok and isinstance(reply.json, dict):
                if self.desk.pop is not None and self.desk.call_id == call_id:
                    self.desk.pop["customer"] = reply.json
                    self.desk.pop_changed.emit()
                return
            body = reply.json if isinstance(reply.json, dict) else {}
            self.errors = dict(
                body.get("fields") or {"name": body.get("message") or self.tr("没有存上，请再试一次")}
            )
            self.errors_changed.emit()
            self.changed.emit()

        self.desk.link.post("/api/v1/records/customer", values, saved)


def local_today(desk: Desk) -> str:
    return desk.clock.here().date().isoformat()
