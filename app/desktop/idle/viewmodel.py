"""Between calls: my figures, recent calls, my queues, my team now. No widgets."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.client.answers import Reply
from app.desktop.desk import Desk
from app.desktop.idle.names import CustomerNames
from app.desktop.idle.tasks import TasksViewModel
from app.desktop.link import Json
from app.desktop.writing import phone, posix, text_of, timer

RECENT = 8
ON_TIME_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    label: str
    value: str
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    name: str
    waiting: int
    longest: str
    hue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    time: str
    icon: str
    who: str
    what: str
    result: str
    hue: str
    length: str


class IdleViewModel(QObject):
    """`changed`: tables moved; `calls_changed`: the list of my recent calls."""

    changed = Signal()
    calls_changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._calls: list[Json] = []
        self._names = CustomerNames(desk.link, self)
        self._names.learnt.connect(self.calls_changed)
        self.tasks = TasksViewModel(desk, self._names, self)
        self._names.learnt.connect(self.tasks.changed)
        desk.tables_changed.connect(self.changed)
        desk.state_changed.connect(self._state_changed)
        self._was = ""

    def _state_changed(self) -> None:
        phase = self.desk.phase
        if phase == "idle" and self._was != "idle" and self.desk.agent_id:
            self.look_up()
        self._was = phase

    def look_up(self) -> None:
        def read(reply: Reply) -> None:
            if reply.ok and isinstance(reply.json, dict):
                self._calls = list(reply.json.get("items") or [])
                self.calls_changed.emit()

        self.tasks.look_up()
        self.desk.link.get(f"/api/v1/calls?agent={self.desk.agent_id}&limit={RECENT}", read)

    def figures(self) -> list[Figure]:
        me = self.desk.agents.get(self.desk.agent_id) or {}
        mates = [a for a in self.desk.agents.values() if a.get("state") != "logged_out"]
        calls = int(me.get("calls_today") or 0)
        talk = float(me.get("talk_today_s") or 0)
        all_calls = [int(a.get("calls_today") or 0) for a in mates]
        mean = round(sum(all_calls) / len(all_calls)) if all_calls else 0
        ended = [c for c in self._calls if c.get("wrap_up_s")]
        wrap = sum(float(c["wrap_up_s"]) for c in ended) / len(ended) if ended else None
        online = self.desk.clock.now() - self.desk.logged_in_at if self.desk.logged_in_at else 0
        return [
            Figure(label=self.tr("今日接听"), value=str(calls), goal=self.tr("全组平均 {n}").format(n=mean)),
            Figure(
                label=self.tr("平均通话"),
                value=timer(talk / calls) if calls else "–",
                goal=self.tr("目标 4:30 以内"),
            ),
            Figure(
                label=self.tr("平均小结"),
                value=timer(wrap) if wrap is not None else "–",
                goal=self.tr("目标 0:45 以内"),
            ),
            Figure(label=self.tr("通话总时长"), value=timer(talk), goal=self.tr("今日")),
            Figure(label=self.tr("在线"), value=timer(online), goal=self.tr("本次登录")),
        ]

    def queues(self) -> list[QueueRow]:
        mine = {str(q) for q in (self.desk.agents.get(self.desk.agent_id) or {}).get("queues") or []}
        made = []
        for row in self.desk.queues.values():
            if mine and row["queue_id"] not in mine:
                continue
            waiting = row.get("waiting") or []
            starts = [s for s in (posix(w.get("since")) for w in waiting) if s]
            longest = self.desk.clock.now() - min(starts) if starts else 0.0
            goal = float(row.get("service_goal_s") or ON_TIME_S)
            hue = "broken" if longest > 3 * goal else ("near" if longest > goal else "plain")
            made.append(
                QueueRow(name=self.desk.queue_name(row["queue_id"]), waiting=len(waiting),
                         longest=timer(longest) if waiting else "", hue=hue)
            )  # fmt: skip
        return made

    def mates_ready(self) -> int:
        mine = {str(q) for q in (self.desk.agents.get(self.desk.agent_id) or {}).get("queues") or []}
        others = (
            a
            for a in self.desk.agents.values()
            if a["agent_id"] != self.desk.agent_id and a.get("state") == "ready"
        )
        return sum(1 for a in others if mine & {str(q) for q in a.get("queues") or []})

    def team(self) -> list[tuple[str, int]]:
        """(state, how many) of the four states a colleague cares about."""
        count = dict.fromkeys(("ready", "talking", "wrap_up", "on_break"), 0)
        for agent in self.desk.agents.values():
            state = {"ringing": "talking"}.get(str(agent.get("state")), str(agent.get("state")))
            if state in count:
                count[state] += 1
        return list(count.items())

    def calls(self) -> list[CallRow]:
        return [self._call(c) for c in self._calls[:RECENT]]

    def _call(self, call: Json) -> CallRow:
        at = self.desk.clock.local(call.get("started_at"))
        out = call.get("direction") == "out"
        number = phone(call.get("to") if out else call.get("from"))
        summary = call.get("summary") or {}
        result, hue = self._result(call, summary)
        what = (
            text_of(summary, "notes").splitlines()[0]
            if summary.get("notes")
            else self.desk.queue_name(call.get("queue"))
        )
        return CallRow(
            time=self._when(at), icon="phone-outgoing" if out else "phone-incoming",
            who=self._names.of_id(call.get("customer_id")) or number, what=what, result=result, hue=hue,
            length=timer(float(call.get("talk_s") or 0)),
        )  # fmt: skip

    def _when(self, at: datetime | None) -> str:
        if at is None:
            return ""
        today = self.desk.clock.here().date()
        return f"{at:%H:%M}" if at.date() == today else f"{at:%m-%d %H:%M}"

    def _result(self, call: Json, summary: Json) -> tuple[str, str]:
        words = {
            "dispatched": (self.tr("已派工"), "ready"), "solved": (self.tr("电话解决"), "ready"),
            "passed_on": (self.tr("转他部门"), "plain"), "call_back": (self.tr("待回电"), "near"),
        }  # fmt: skip
        outcomes = {
            "answered": (self.tr("已接听"), "plain"), "abandoned": (self.tr("放弃"), "broken"), "lost": (self.tr("中断"), "broken"),
        }  # fmt: skip
        status = text_of(summary, "status")
        return (
            words.get(status) or outcomes.get(text_of(call, "outcome")) or (text_of(call, "outcome"), "plain")
        )
