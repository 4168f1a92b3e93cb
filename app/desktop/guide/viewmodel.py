"""The right column: how the caller came here, what he probably wants, what to say. No widgets."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.desktop.desk import Desk
from app.desktop.link import Json
from app.desktop.words import language
from app.desktop.writing import bar_timer, phone, posix, text_of
from app.domain.numbers import to_e164

KEY_ICONS = {"in": "phone-incoming", "queue": "hourglass-high"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One stop on the way: a key cap or an icon, what it was, what was said."""

    time: str
    key: str = ""
    icon: str = ""
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    name: str
    icon: str
    word: str
    key: str


class GuideViewModel(QObject):
    changed = Signal()
    wanted = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.done_steps: set[str] = set()
        self.order: Json | None = None
        self._for_call = ""
        for signal in (desk.pop_changed, desk.call_changed, desk.state_changed):
            signal.connect(self._refresh)

    def _refresh(self) -> None:
        if self.desk.call_id != self._for_call:
            self._for_call = self.desk.call_id
            self.done_steps = set()
        self.changed.emit()

    # ------------------------------------------------------------- the way here

    def _keys(self) -> list[Json]:
        return list((self.desk.call or {}).get("keys") or [])

    def keys(self) -> list[tuple[str, str]]:
        """(key, word) of the short form while talking."""
        return [self._cap(k) for k in self._keys() if k.get("digits")]

    def _cap(self, key: Json) -> tuple[str, str]:
        digits = text_of(key, "digits")
        word = text_of(key, "choice") or self._node_word(key)
        if len(digits) > 1:
            return "#", f"…{digits.rstrip('#')[-4:]}"
        return digits, word

    def _node_word(self, key: Json) -> str:
        title = text_of(key, "title") or text_of(key, "node")
        words = {"menu": self.tr("主菜单"), "main_menu": self.tr("主菜单"), "order_no": self.tr("工单号")}
        return words.get(title, title)

    def waited(self) -> str:
        call = self.desk.call or {}
        waited = call.get("waited_s", call.get("wait_s"))
        return "" if waited is None else self.tr("等待 {t}").format(t=bar_timer(float(waited)))

    def path(self) -> list[PathStep]:
        call = self.desk.call or {}
        start = posix(call.get("started_at"))
        steps = [
            PathStep(
                time="00:00",
                icon="phone-incoming",
                title=self.tr("进线 {to}").format(
                    to=phone(to_e164(text_of(call, "to")) or text_of(call, "to"))
                ),
            )
        ]
        for key in self._keys():
            at = posix(key.get("at"))
            time = bar_timer(at - start) if at and start else text_of(key, "after")
            cap, word = self._cap(key)
            digits = text_of(key, "digits")
            detail = word if len(digits) > 1 else " ".join(p for p in (digits, text_of(key, "choice")) if p)
            steps.append(PathStep(time=time, key=cap or "·", title=self._node_word(key), detail=detail))
        if call.get("queue"):
            name = self.desk.queue_name(call["queue"])
            steps.append(
                PathStep(
                    time="",
                    icon="hourglass-high",
                    title=self.tr("排队：{queue}").format(queue=name),
                    detail=self.waited(),
                )
            )
        return steps

    # ------------------------------------------------------------- what next

    def likely(self) -> list[Likely]:
        pop = self.desk.pop or {}
        made = []
        orders = pop.get("open_orders") or []
        if orders:
            number = text_of(orders[0], "number")
            made.append(
                Likely(
                    name="chase",
                    icon="bell-ringing",
                    word=self.tr("催 {number}").format(number=number),
                    key="Ctrl+U",
                )
            )
        if self.desk.call is not None:
            made.append(Likely(name="new_order", icon="plus", word=self.tr("新建维修工单"), key="Ctrl+N"))
            made.append(Likely(name="find", icon="search", word=self.tr("查客户、工单"), key="Ctrl+K"))
        return made

    def opening(self) -> str:
        customer = (self.desk.pop or {}).get("customer") or {}
        me = text_of(self.desk.user, "name")
        site = text_of(self.desk.site, "name")
        name = text_of(customer, "name")
        who = {"ms": self.tr("{family}女士"), "mr": self.tr("{family}先生")}.get(
            text_of(customer, "title"), ""
        )
        hello = who.format(family=name[:1] if language() == "zh_CN" else name) if name else ""
        orders = (self.desk.pop or {}).get("open_orders") or []
        if orders and hello:
            return self.tr(
                "“您好，{site}，工号 {me}。{who}，我看到您的工单 {number} 还没有完成，先跟您说声抱歉……”"
            ).format(site=site, me=me, who=hello, number=text_of(orders[0], "number"))
        if hello:
            return self.tr("“您好，{site}，工号 {me}。{who}，请问有什么可以帮您？”").format(
                site=site, me=me, who=hello
            )
        return self.tr("“您好，{site}，工号 {me}。请问怎么称呼您，有什么可以帮您？”").format(site=site, me=me)

    # ------------------------------------------------------------- the script

    def script(self) -> list[tuple[str, str]]:
        """(id, sentence) of the repair call's script, in order."""
        return [
            ("greet", self.tr("问候，核对姓名和地址")),
            ("symptom", self.tr("问清故障现象，什么时候开始")),
            ("checks", self.tr("请客户断电重启一次，问结果")),
            ("visit", self.tr("约上门时间，告知费用")),
            ("repeat", self.tr("复述工单内容，请客户确认")),
        ]

    def tick(self, step: str) -> None:
        self.done_steps ^= {step}
        self.changed.emit()

    # ------------------------------------------------------------- how the call went

    def show_order(self, order: Json | None) -> None:
        """The order written in this call, for the card beside the wrap-up."""
        self.order = order
        self.changed.emit()

    def lengths(self) -> list[tuple[str, str, float]]:
        """(name, hue, seconds) of the call's parts that were longer than nothing."""
        call = self.desk.call or {}
        parts = [
            (self.tr("导航"), "logged_out", call.get("ivr_s")),
            (self.tr("等待"), "ringing", call.get("wait_s", call.get("waited_s"))),
            (self.tr("通话"), "talking", call.get("talk_s")),
            (self.tr("保持"), "held", call.get("hold_s")),
        ]
        return [(name, hue, float(s)) for name, hue, s in parts if s]
