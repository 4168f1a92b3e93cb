"""The agent bar: my state, who is on the line, and what I can do now. No widgets in here.

The bar never shows what was asked for, only what the server says has happened.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.desktop.desk import Desk
from app.desktop.words import BREAK_REASONS, break_word, ended_by_word, state_word
from app.desktop.writing import bar_timer, phone, posix, text_of
from app.domain.numbers import spoken

ICONS = {
    "ready": "circle-check", "ringing": "phone-incoming", "talking": "headset", "held": "player-pause",
    "wrap_up": "clipboard-text", "on_break": "coffee", "logged_out": "power", "consulting": "users", "conference": "users",
}  # fmt: skip
# Consulting and conference are talking with another icon: the same blue.
HUES = {"consulting": "talking", "conference": "talking"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing I can do now, with the key that does it."""

    name: str
    word: str
    icon: str
    key: str
    kind: str = "plain"
    usable: bool = True
    why_not: str = ""
    menu: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The middle of the bar."""

    name: str = ""
    vip: bool = False
    number: str = ""
    place: str = ""
    line: str = ""
    recording: bool = False
    in_call: bool = False
    queue: str = ""
    other: str = ""
    on_hold: str = ""


class BarViewModel(QObject):
    """`changed`: anything but the timer. The view reads `time()`, `aside()`, `share()` on each tick."""

    changed = Signal()
    keypad_wanted = Signal()
    transfer_wanted = Signal(str)
    dial_wanted = Signal()
    find_wanted = Signal()
    finish_wanted = Signal(bool)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        for signal in (
            desk.state_changed,
            desk.call_changed,
            desk.pop_changed,
            desk.link_changed,
            desk.tables_changed,
        ):
            signal.connect(self.changed)
        self._do: dict[str, Callable[[], None]] = {
            "answer": lambda: self._tell("AnswerCall"),
            "give_back": lambda: self._tell("HangUp"),
            "hold": self._hold,
            "mute": lambda: self._tell("Unmute" if desk.muted else "Mute"),
            "transfer": lambda: self.transfer_wanted.emit("blind"),
            "consult": lambda: self.transfer_wanted.emit("consult"),
            "conference": self._conference,
            "complete": lambda: self._tell("CompleteTransfer"),
            "cancel_consult": lambda: self._tell("CancelTransfer"),
            "keypad": self.keypad_wanted.emit,
            "hang_up": lambda: self._tell("HangUp"),
            "dial": self.dial_wanted.emit,
            "find": self.find_wanted.emit,
            "ready": lambda: desk.ask("EndBreak"),
            "break": lambda: self.take_break(BREAK_REASONS[0]),
            "cancel_break": lambda: desk.ask("EndBreak"),
            "extend": lambda: desk.ask("ExtendWrapUp", by_s=30.0),
            "finish": lambda: self.finish_wanted.emit(False),
            "finish_break": lambda: self.finish_wanted.emit(True),
            "log_in": lambda: desk.ask("LogIn", phone="headset", ready=True),
        }

    # ------------------------------------------------------------- doing

    def do(self, name: str) -> None:
        """Do an action if it stands on the bar now and may be done; a key pressed too early does nothing."""
        action = next((a for a in self.actions() if a.name == name), None)
        if action is not None and action.usable:
            self._do[name]()

    def press(self, key: str) -> None:
        """A key of the table of keys; which action it is depends on the state."""
        action = next((a for a in self.actions() if a.key == key), None)
        if action is not None:
            self.do(action.name)
        elif key == "Shift+F9" and self.desk.phase == "talking":
            self.take_break(BREAK_REASONS[0])

    def take_break(self, reason: str) -> None:
        self.desk.ask("StartBreak", reason=reason)

    def _conference(self) -> None:
        """With somebody asked already: all together. Else: choose whom to ask first."""
        if self.desk.consult is None:
            self.transfer_wanted.emit("conference")
        else:
            self.desk.join_conference()

    def send_digits(self, digits: str) -> None:
        self.desk.ask("SendDigits", digits=digits, call_id=self.desk.call_id)

    def dial(self, number: str) -> None:
        self.desk.ask("Dial", number=number)

    def _tell(self, command: str) -> None:
        self.desk.ask(command, call_id=self.desk.call_id)

    def _hold(self) -> None:
        self._tell("Resume" if self.desk.held else "Hold")

    # ------------------------------------------------------------- showing

    def hue(self) -> str:
        return HUES.get(self.desk.shown_state, self.desk.shown_state)

    def icon(self) -> str:
        if self.desk.call and self.desk.call.get("direction") == "out" and self.desk.state == "ringing":
            return "phone-outgoing"
        return ICONS.get(self.desk.shown_state, "power")

    def word(self) -> str:
        word = state_word(self.desk.shown_state)
        if self.desk.state == "on_break" and self.desk.reason:
            return self.tr("{state} · {reason}").format(state=word, reason=break_word(self.desk.reason))
        return word

    def chip(self) -> str:
        return self.tr("之后小休") if self.desk.pending_break else ""

    def time(self) -> str:
        return bar_timer(self.desk.elapsed_s())

    def aside(self) -> str:
        left = self.desk.left_s()
        if left is None:
            return ""
        if self.desk.phase == "ringing":
            return self.tr("剩 {n} 秒").format(n=max(0, round(left)))
        if self.desk.phase == "wrap_up" and self.desk.limit_s:
            return f"/ {bar_timer(self.desk.limit_s)}"
        return ""

    def share(self) -> float | None:
        """How much of the limit is left, 1.0 … 0.0; None where there is no limit."""
        left = self.desk.left_s()
        if left is None or not self.desk.limit_s:
            return None
        return min(1.0, max(0.0, left / self.desk.limit_s))

    def who(self) -> Who:
        call = self.desk.call
        if self.desk.phase == "idle" or call is None:
            return Who(name=self._idle_title(), line=self._idle_line())
        customer = (self.desk.pop or {}).get("customer") or {}
        number = phone(call.get("from") if call.get("direction") != "out" else call.get("to"))
        name = text_of(customer, "name") or (self.tr("新号码") if self.desk.pop else "")
        return Who(
            name=name,
            vip=customer.get("level") == "vip",
            number=number,
            place=text_of(customer, "region"),
            line=self._call_line(),
            recording=bool(call.get("recordings")) and self.desk.phase == "talking",
            in_call=self.desk.phase == "talking",
            queue=self.queue_name(call.get("queue")),
            other=self._other(),
            on_hold=self._on_hold(),
        )

    def _other(self) -> str:
        """The one in the consultation besides me, and how far it is."""
        consult = self.desk.consult
        if consult is None or self.desk.phase != "talking":
            return ""
        kind, _, name = str(consult.get("to") or "").partition(":")
        if not self.desk.asks:
            return self.tr("{who} 来咨询").format(who=self.desk.agent_name(consult.get("agent_id")))
        who = spoken(name) if kind == "number" else self.desk.agent_name(consult.get("with_agent") or name)
        words = {
            "calling": self.tr("正在叫 {who}"),
            "talking": self.tr("咨询 {who}"),
            "conference": self.tr("三方：{who}"),
        }
        if consult["state"] == "calling" and self.desk.joins_when_answered:
            return self.tr("正在叫 {who}，接起后三方").format(who=who)
        return words.get(str(consult["state"]), "{who}").format(who=who)

    def _on_hold(self) -> str:
        """That the customer hears music, and since when."""
        consult = self.desk.consult
        if consult is None or consult["state"] == "conference" or self.desk.phase != "talking":
            return ""
        since = consult.get("since")
        if since is None:
            return self.tr("客户保持中")
        return self.tr("客户保持中 {t}").format(t=bar_timer(self.desk.clock.now() - since))

    def queue_name(self, queue: object) -> str:
        return self.desk.queue_name(queue)

    def _idle_title(self) -> str:
        if not self.desk.agent_id:
            return text_of(self.desk.user, "display_name")
        titles = {
            "ready": self.tr("等待来电"),
            "on_break": self.tr("小休中，没有来电"),
            "logged_out": self.tr("已签退"),
        }
        return titles.get(self.desk.state, "")

    def _idle_line(self) -> str:
        queues = [q for q in self.desk.queues.values() if q["queue_id"] in self._my_queues()]
        if not queues:
            return ""  # a supervisor who takes no calls
        waiting = [caller for q in queues for caller in q.get("waiting") or []]
        if not waiting:
            return self.tr("您所在的 {n} 个队列没有人等待").format(n=len(queues))
        since = [posix(c.get("since")) for c in waiting]
        longest = max((self.desk.clock.now() - s for s in since if s), default=0.0)
        return self.tr("您所在的 {n} 个队列共 {w} 人等待，最长 {t}").format(
            n=len(queues), w=len(waiting), t=bar_timer(longest)
        )

    def _my_queues(self) -> set[str]:
        row = self.desk.agents.get(self.desk.agent_id) or {}
        return {str(q) for q in row.get("queues") or []}

    def _call_line(self) -> str:
        call = self.desk.call or {}
        parts = []
        if self.desk.phase == "ringing" and call.get("consult"):
            return "  ·  ".join(
                p for p in (self.tr("同事请您听一下这通电话"), self.queue_name(call.get("queue"))) if p
            )
        if self.desk.phase == "wrap_up":
            parts = [
                self.tr("已挂断"),
                self.tr("通话 {t}").format(t=bar_timer(call.get("talk_s") or self._talked_s())),
            ]
            if call.get("hold_s"):
                parts.append(self.tr("保持 {t}").format(t=bar_timer(call["hold_s"])))
            if call.get("ended_by"):
                parts.append(self.tr("{who}先挂").format(who=ended_by_word(call["ended_by"])))
        else:
            parts = [self.queue_name(call.get("queue"))] if call.get("queue") else []
            keys = [str(k.get("digits", "")) for k in call.get("keys") or [] if k.get("digits")]
            if keys:
                parts.append(self.tr("按键 {keys}").format(keys=" → ".join(keys)))
            waited = call.get("waited_s", call.get("wait_s"))
            if waited is not None:
                parts.append(self.tr("已等待 {t}").format(t=bar_timer(waited)))
        return "  ·  ".join(parts)

    def _talked_s(self) -> float:
        call = self.desk.call or {}
        start, end = posix(call.get("answered_at")), posix(call.get("ended_at"))
        return end - start if start and end else 0.0

    def actions(self) -> list[Action]:
        off = "" if self.desk.online else self.tr("连接中断，正在重连")
        made = getattr(self, f"_{self.desk.phase}_actions")()
        if not off:
            return list(made)
        return [
            Action(
                name=a.name,
                word=a.word,
                icon=a.icon,
                key=a.key,
                kind=a.kind,
                usable=False,
                why_not=off,
                menu=a.menu,
            )
            for a in made
        ]

    def _idle_actions(self) -> list[Action]:
        if not self.desk.agent_id or not self.desk.agents.get(self.desk.agent_id, {"x": 1}):
            return []
        find = Action(name="find", word=self.tr("查找"), icon="search", key="Ctrl+K")
        dial = Action(name="dial", word=self.tr("拨号"), icon="phone-outgoing", key="Ctrl+D")
        if self.desk.state == "logged_out":
            return [Action(name="log_in", word=self.tr("签入"), icon="door-enter", key="F9", kind="primary")]
        if self.desk.state == "on_break":
            return [
                find,
                dial,
                Action(name="ready", word=self.tr("示闲"), icon="circle-check", key="F9", kind="primary"),
            ]
        reasons = tuple((r, break_word(r)) for r in BREAK_REASONS)
        return [find, dial, Action(name="break", word=self.tr("示忙"), icon="coffee", key="F9", menu=reasons)]

    def _ringing_actions(self) -> list[Action]:
        return [
            Action(name="give_back", word=self.tr("退回队列"), icon="arrow-back-up", key="Shift+F2"),
            Action(name="transfer", word=self.tr("转接"), icon="arrow-forward-up", key="F5"),
            Action(name="answer", word=self.tr("接听"), icon="phone-call", key="F2", kind="answer"),
        ]

    def _talking_actions(self) -> list[Action]:
        consult = self.desk.consult
        if consult is not None and self.desk.asks:
            return self._consult_actions(str(consult["state"]))
        hold = (self.tr("取回"), "player-play") if self.desk.held else (self.tr("保持"), "player-pause")
        mute = (self.tr("取消静音"), "microphone-off") if self.desk.muted else (self.tr("静音"), "microphone")
        return [
            Action(name="hold", word=hold[0], icon=hold[1], key="F3"),
            Action(name="mute", word=mute[0], icon=mute[1], key="F4"),
            Action(name="transfer", word=self.tr("转接"), icon="arrow-forward-up", key="F5"),
            Action(name="consult", word=self.tr("咨询"), icon="users", key="F6"),
            Action(name="conference", word=self.tr("三方"), icon="user-plus", key="F7"),
            Action(name="keypad", word=self.tr("键盘"), icon="dialpad", key="F8"),
            Action(name="hang_up", word=self.tr("挂断"), icon="phone-off", key="F12", kind="danger"),
        ]

    def _consult_actions(self, state: str) -> list[Action]:
        """The keys of one consultation: mute, hand over, back to the customer, all together."""
        mute = (self.tr("取消静音"), "microphone-off") if self.desk.muted else (self.tr("静音"), "microphone")
        answered, together = state != "calling", state == "conference"
        not_yet = "" if answered else self.tr("对方还没有接听")
        made = [
            Action(name="mute", word=mute[0], icon=mute[1], key="F4"),
            Action(name="complete", word=self.tr("我退出") if together else self.tr("完成转接"),
                   icon="arrow-forward-up", key="F5", usable=answered, why_not=not_yet),
            Action(name="cancel_consult", word=self.tr("请离对方") if together else self.tr("取消咨询"),
                   icon="arrow-back-up", key="F6"),
        ]  # fmt: skip
        if not together:
            made.append(Action(name="conference", word=self.tr("三方"), icon="user-plus", key="F7"))
        hang_up = Action(name="hang_up", word=self.tr("挂断"), icon="phone-off", key="F12", kind="danger")
        keypad = Action(name="keypad", word=self.tr("键盘"), icon="dialpad", key="F8")
        return [*made, keypad, hang_up]

    def _wrap_up_actions(self) -> list[Action]:
        return [
            Action(name="extend", word=self.tr("延长 30 秒"), icon="hourglass-high", key="F3"),
            Action(name="finish_break", word=self.tr("完成后示忙"), icon="coffee", key="Shift+F9"),
            Action(
                name="finish",
                word=self.tr("完成并示闲"),
                icon="circle-check",
                key="Ctrl+Enter",
                kind="primary",
            ),
        ]
