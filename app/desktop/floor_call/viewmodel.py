"""The call a supervisor has chosen: who, where it is, why this agent got it, what happened so far. No widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.link import Json
from app.desktop.words import call_state_word, state_word
from app.desktop.writing import phone, posix, text_of, timer

ICONS = {
    "offered": "phone-incoming", "answered": "phone-call", "node": "circle", "digits": "dialpad", "queued": "hourglass-high",
    "announced": "message-circle", "agent_offered": "bell-ringing", "offer_missed": "phone-off", "agent_answered": "headset",
    "held": "player-pause", "resumed": "player-play", "transferred": "arrow-forward-up", "conference": "users",
    "supervisor_joined": "user-plus", "recording": "circle-dot", "wrapped_up": "clipboard-text", "hung_up": "phone-off",
    "link_lost": "plug-connected-x", "server_lost": "plug-connected-x", "board_lost": "plug-connected-x",
}  # fmt: skip
QUIET = ("node", "announced", "left_queue")  # many, and of little use to who looks at one call


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    time: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One who could have got the call; why not, unless he did."""

    name: str
    count: str
    why_not: str
    chosen: bool


class ChosenCall(QObject):
    """`changed`: another call, or more has happened to it."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.call_id = ""
        self.call: Json = {}
        self._row: Json = {}
        desk.tables_changed.connect(self._look_again)

    def choose(self, call_id: str) -> None:
        if call_id != self.call_id:
            self.call_id, self.call, self._row = call_id, {}, {}
            self._look_again()
            self.changed.emit()

    def _look_again(self) -> None:
        """Its row moved in the tables: something happened to it."""
        row = self.desk.calls.get(self.call_id) or {}
        if not self.call_id or (self.call and self._same(row)):
            return
        self._row = row
        call_id = self.call_id

        def read(reply: Reply) -> None:
            if reply.ok and isinstance(reply.json, dict) and call_id == self.call_id:
                self.call = reply.json
                self.changed.emit()

        self.desk.link.get(f"/api/v1/calls/{call_id}", read)

    def _same(self, row: Json) -> bool:
        names = ("state", "agent", "queue", "keys")
        return all(row.get(name) == self._row.get(name) for name in names) and bool(row) == bool(self._row)

    # ------------------------------------------------------------- showing

    def title(self) -> str:
        return phone(text_of(self.call, "to" if self.call.get("direction") == "out" else "from"))

    def about(self) -> str:
        parts = [call_state_word(text_of(self.call, "state")), self.desk.queue_name(self.call.get("queue"))]
        if self.call.get("agent"):
            parts.append(self.desk.agent_name(self.call["agent"]))
        return "  ·  ".join(p for p in parts if p)

    def why(self) -> str:
        """Why this agent: the last decision in words."""
        decision = self._decision()
        if decision is None:
            return ""
        if decision.get("rule") != "fewest_today":
            return text_of(decision, "text")
        name = self.desk.agent_name(decision.get("chosen"))
        free = sum(1 for one in decision.get("candidates") or [] if not one.get("passed_over"))
        return self.tr("{name}：今日接听最少，当时空闲 {n} 人").format(name=name, n=free)

    def candidates(self) -> list[Candidate]:
        """Who could have got it, the chosen first, then by what counted."""
        decision = self._decision()
        if decision is None:
            return []
        chosen = decision.get("chosen")
        found = sorted(
            decision.get("candidates") or [],
            key=lambda one: (
                one.get("agent") != chosen,
                bool(one.get("passed_over")),
                one.get("score") or [],
            ),
        )
        return [self._candidate(one, text_of(decision, "rule"), chosen) for one in found]

    def _candidate(self, one: Mapping[str, Any], rule: str, chosen: object) -> Candidate:
        score = one.get("score") or []
        counts = rule == "fewest_today" and score
        return Candidate(
            name=self.desk.agent_name(one.get("agent")), chosen=one.get("agent") == chosen,
            count=self.tr("{n} 通").format(n=int(score[0])) if counts else "",
            why_not=state_word(text_of(one, "passed_over")),
        )  # fmt: skip

    def _decision(self) -> Json | None:
        decisions = self.call.get("decisions") or []
        return decisions[-1] if decisions else None

    def steps(self) -> list[Step]:
        start = posix(self.call.get("started_at")) or 0.0
        made = []
        for step in self.call.get("steps") or []:
            name = text_of(step, "step")
            if name in QUIET:
                continue
            at = posix(step.get("at")) or start
            made.append(
                Step(
                    time=timer(at - start), icon=ICONS.get(name, "circle-dot"), words=self._words(name, step)
                )
            )
        return made

    def _words(self, name: str, step: Mapping[str, Any]) -> str:
        who = self.desk.agent_name(step.get("agent_id"))
        words = {
            "offered": self.tr("来电"), "answered": self.tr("系统应答"), "held": self.tr("保持"), "resumed": self.tr("取回"),
            "conference": self.tr("三方通话"), "wrapped_up": self.tr("小结完成"), "hung_up": self.tr("挂断"),
            "link_lost": self.tr("坐席断线"), "server_lost": self.tr("服务器重启"), "board_lost": self.tr("话务板中断"),
            "digits": self.tr("按键 {keys}").format(keys=text_of(step, "digits")),
            "queued": self.tr("排入 {queue}").format(queue=self.desk.queue_name(step.get("queue"))),
            "agent_offered": self.tr("振铃 {who}").format(who=who), "offer_missed": self.tr("{who} 未接").format(who=who),
            "agent_answered": self.tr("{who} 接听").format(who=who),
            "transferred": self.tr("转接 {to}").format(to=self._place(text_of(step, "to"))),
            "supervisor_joined": self.tr("班长加入"),
            "recording": self.tr("录音"),
        }  # fmt: skip
        return words.get(name, name)

    def _place(self, to: str) -> str:
        kind, _, name = to.partition(":")
        if kind == "agent":
            return self.desk.agent_name(name)
        return self.desk.queue_name(name) if kind == "queue" else phone(name) or name
