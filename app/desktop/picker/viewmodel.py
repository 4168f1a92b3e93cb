"""Finding someone: whom to transfer to, whom to dial, which customer it was. No widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from PySide6.QtCore import QObject, QTimer, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.words import language, state_word
from app.desktop.writing import phone, text_of
from app.domain.numbers import plain, spoken, to_e164
from app.domain.records import WORK_ORDER

Purpose = Literal["blind", "consult", "conference", "dial", "find"]
MOST = 8
ASK_AFTER_MS = 200
CALLS_FROM_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Someone or something found; `to` as the commands take it."""

    to: str
    icon: str
    name: str
    detail: str


class PickerViewModel(QObject):
    """`order_wanted`: an order was chosen; its slip is what can be done with it."""

    changed = Signal()
    order_wanted = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.purpose: Purpose = "find"
        self.words = ""
        self._found: dict[str, list[Mapping[str, Any]]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        desk.tables_changed.connect(self.changed)

    def open(self, purpose: Purpose) -> None:
        self.purpose, self.words, self._found = purpose, "", {}
        self.changed.emit()

    def type_words(self, words: str) -> None:
        self.words = words.strip()
        if self.purpose in ("find", "dial"):
            self._timer.start()
        self.changed.emit()

    def _ask(self) -> None:
        """Customers, and for finding also orders and calls; each list comes when it comes."""
        self._found = {}
        if not self.words:
            self.changed.emit()
            return
        q, digits = quote(self.words), plain(self.words)
        self._look("customer", f"/api/v1/records/customer?q={q}&limit={MOST}")
        if self.purpose == "find":
            self._look("order", f"/api/v1/records/work_order?q={q}&limit={MOST}")
            if len(digits) >= CALLS_FROM_DIGITS and digits.lstrip("+").isdigit():
                self._look("call", f"/api/v1/calls?number={quote(digits)}&limit={MOST}")

    def _look(self, kind: str, path: str) -> None:
        words = self.words

        def read(reply: Reply) -> None:
            if reply.ok and isinstance(reply.json, dict) and words == self.words:
                self._found[kind] = list(reply.json.get("items") or [])
                self.changed.emit()

        self.desk.link.get(path, read)

    def targets(self) -> list[Target]:
        """What stands in the list; of several kinds each has room for some."""
        if self.purpose in ("find", "dial"):
            customers, orders, calls = self._found_customers(), self._found_orders(), self._found_calls()
            rest = MOST - min(2, len(orders)) - min(2, len(calls))
            return [*self._typed_number(), *customers[:rest], *orders, *calls][:MOST]
        return [*self._inside(), *self._typed_number()][:MOST]

    def _found_orders(self) -> list[Target]:
        status = {c.value: c.label[language()] for c in WORK_ORDER.field("status").choices}
        return [
            Target(to=f"order:{o['id']}", icon="tool", name=f"{text_of(o, 'number')}  {text_of(o, 'contact')}",
                   detail="  ".join(x for x in (status.get(text_of(o, "status"), ""), text_of(o, "description")) if x))
            for o in self._found.get("order", [])[:4]
        ]  # fmt: skip

    def _found_calls(self) -> list[Target]:
        made = []
        for call in self._found.get("call", [])[:3]:
            out = call.get("direction") == "out"
            number = text_of(call, "to" if out else "from")
            at = self.desk.clock.local(call.get("started_at"))
            word = self.tr("去电") if out else self.tr("来电")
            detail = f"{word}  {at:%m-%d %H:%M}" if at else word
            made.append(
                Target(to=f"number:{number}", icon="history", name=phone(number),
                       detail="  ·  ".join(x for x in (detail, self.desk.queue_name(call.get("queue"))) if x))
            )  # fmt: skip
        return made

    def _typed_number(self) -> list[Target]:
        digits = plain(self.words)
        if len(digits) < 3 or not digits.lstrip("+").isdigit():
            return []
        number = to_e164(self.words) or digits
        return [
            Target(
                to=f"number:{number}",
                icon="phone-outgoing",
                name=spoken(number),
                detail=self.tr("拨这个号码"),
            )
        ]

    def _found_customers(self) -> list[Target]:
        return [
            Target(to=f"number:{c.get('phone')}", icon="user", name=text_of(c, "name"),
                   detail="  ".join(x for x in (phone(c.get("phone")), text_of(c, "region")) if x))
            for c in self._found.get("customer", []) if c.get("phone")
        ]  # fmt: skip

    def _inside(self) -> list[Target]:
        words = self.words.lower()
        agents = [
            Target(to=f"agent:{a['agent_id']}", icon="headset", name=text_of(a, "name") or a["agent_id"],
                   detail=f"{a['agent_id']}  ·  {state_word(str(a.get('state')))}")
            for a in sorted(self.desk.agents.values(), key=lambda a: (a.get("state") != "ready", a["agent_id"]))
            if a["agent_id"] != self.desk.agent_id and a.get("state") not in ("logged_out",)
        ]  # fmt: skip
        queues = [
            Target(to=f"queue:{q['queue_id']}", icon="users", name=self.desk.queue_name(q["queue_id"]),
                   detail=self.tr("队列  ·  {n} 人等待").format(n=len(q.get("waiting") or [])))
            for q in self.desk.queues.values()
            if self.purpose == "blind"  # a queue cannot be asked anything
        ]  # fmt: skip
        return [t for t in (*queues, *agents) if words in f"{t.name} {t.to}".lower()]

    def pick(self, target: Target) -> None:
        """Do what the picker was opened for."""
        if target.to.startswith("order:"):
            self.order_wanted.emit(target.to.partition(":")[2])
        elif self.purpose in ("dial", "find"):
            self.desk.ask("Dial", number=target.to.partition(":")[2])
        else:
            self.desk.transfer(target.to, self.purpose)
