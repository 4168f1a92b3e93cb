"""What the desktop knows: me, my call, the tables. The one model under all panels.

It asks through the link and learns only through events: nothing here shows what was asked
for, only what the server says has happened. Knows no widgets and no words.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from app.client.answers import Answer, LinkState, Reply
from app.desktop.clock import Clock
from app.desktop.link import Json, Link
from app.desktop.words import language
from app.desktop.writing import posix

Phase = Literal["idle", "ringing", "talking", "wrap_up"]
_PHASES: Mapping[str, Phase] = {
    "ringing": "ringing",
    "talking": "talking",
    "held": "talking",
    "wrap_up": "wrap_up",
}


class Desk(QObject):
    """Signals say what kind of thing changed; readers take what they need from the attributes.

    state_changed: my state, its timer, my call's own facts (held, muted)
    call_changed: another call, or more is known of this one
    pop_changed: customer, history and products of the call are there
    tables_changed: agents, queues or calls of the floor (at most 10 Hz)
    refused: a sentence to show; sent to the one who asked
    consult_ended: my consultation is over (completed cancelled conference no_answer refused gone)
    """

    state_changed = Signal()
    call_changed = Signal()
    pop_changed = Signal()
    tables_changed = Signal()
    link_changed = Signal()
    refused = Signal(str)
    record_changed = Signal(str, str)
    draft_saved = Signal(str)
    desk_line_changed = Signal()
    broadcast = Signal(str, str)
    consult_ended = Signal(str)

    def __init__(self, link: Link, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.link, self.clock = link, clock
        self.link_state: LinkState = "connecting"
        self.lost_at: float | None = None
        self.user: Json = {}
        self.site: Json = {}
        self.consult: Json | None = None
        self._join_when_answered = False
        self.agent_id = ""
        self.state = "logged_out"
        self.since: float = clock.now()
        self.deadline: float | None = None
        self.limit_s: float | None = None
        self.reason: str | None = None
        self.pending_break: str | None = None
        self.call: Json | None = None
        self.held = False
        self.muted = False
        self.pop: Json | None = None
        self.draft: Json | None = None
        self.desk_line: Json | None = None
        self.agents: dict[str, Json] = {}
        self.queues: dict[str, Json] = {}
        self.calls: dict[str, Json] = {}
        self.logged_in_at: float | None = None
        self.offered_at: str | None = None
        link.on_event = self.on_event
        link.on_state = self.on_link_state

    # ------------------------------------------------------------- reading

    @property
    def phase(self) -> Phase:
        return _PHASES.get(self.state, "idle")

    @property
    def shown_state(self) -> str:
        """The state for the block: being held is a fact of the call, but the agent must see it."""
        if self.consult is not None and self.state == "talking":
            return "conference" if self.consult["state"] == "conference" else "consulting"
        if self.state == "talking" and self.held:
            return "held"
        return self.state

    @property
    def online(self) -> bool:
        return self.link_state == "online"

    @property
    def call_id(self) -> str:
        return str(self.call["call_id"]) if self.call else ""

    @property
    def is_supervisor(self) -> bool:
        role: object = self.user.get("role")
        return role in ("supervisor", "admin")

    @property
    def asks(self) -> bool:
        """Whether the consultation is mine: the one who was asked only talks."""
        return self.consult is not None and self.consult.get("agent_id") == self.agent_id

    def queue_name(self, queue_id: object) -> str:
        """What people call a queue, in the language in force."""
        queue = self.queues.get(str(queue_id or "")) or {}
        title = (queue.get("title") or {}).get(language())
        return str(title or queue.get("name") or queue_id or "")

    def agent_name(self, agent_id: object) -> str:
        row = self.agents.get(str(agent_id or "")) or {}
        return str(row.get("name") or agent_id or "")

    def elapsed_s(self) -> float:
        return max(0.0, self.clock.now() - self.since)

    def left_s(self) -> float | None:
        """Until the ring or wrap-up deadline; negative when it is over; None without one."""
        return None if self.deadline is None else self.deadline - self.clock.now()

    # ------------------------------------------------------------- asking

    def ask(self, command: str, done: Callable[[Answer], None] | None = None, **fields: Any) -> None:
        """Send a command; a refusal is shown, unless the asker takes it himself."""

        def answered(answer: Answer) -> None:
            if answer.refused and done is None:
                self.refused.emit(answer.reason or answer.refused)
            if done is not None:
                done(answer)

        self.link.send(command, fields, answered)

    def transfer(self, to: str, mode: str) -> None:
        """mode: blind, consult, or conference: consult first, all three together when he answers."""

        def answered(answer: Answer) -> None:
            if answer.refused:
                self._join_when_answered = False
                self.refused.emit(answer.reason or answer.refused)

        self._join_when_answered = mode == "conference"
        asked = "blind" if mode == "blind" else "consult"
        self.ask("Transfer", answered, to=to, mode=asked, call_id=self.call_id)

    def join_conference(self) -> None:
        """All three together; while he is still being called, as soon as he answers."""
        if self.consult is not None and self.consult["state"] == "calling":
            self._join_when_answered = True
            self.state_changed.emit()
        else:
            self.ask("JoinConference", call_id=self.call_id)

    @property
    def joins_when_answered(self) -> bool:
        return self._join_when_answered and self.consult is not None

    # ------------------------------------------------------------- learning

    def on_link_state(self, state: LinkState, server_now: float | None) -> None:
        if server_now is not None:
            self.clock.set_server_time(server_now)
        if state == "lost" and self.link_state == "online":
            self.lost_at = self.clock.now()
        if state == "online":
            self.lost_at = None
        if state != self.link_state:
            self.link_state = state
            self.link_changed.emit()

    def on_event(self, event: Json) -> None:
        handler = getattr(self, f"_on_{event.get('event', '')}", None)
        if handler is not None:
            handler(event)

    def _mine(self, event: Json) -> bool:
        return bool(event.get("agent_id", self.agent_id) == self.agent_id)

    def _on_ServerChanged(self, event: Json) -> None:
        self.refused.emit(str(event["reason"]))

    def _on_Snapshot(self, event: Json) -> None:
        self.agents = {row["agent_id"]: row for row in event.get("agents") or []}
        self.queues = {row["queue_id"]: row for row in event.get("queues") or []}
        self.calls = {row["call_id"]: row for row in event.get("calls") or []}
        me = event.get("me") or {}
        self.user = me.get("user") or self.user
        row = me.get("agent")
        self.agent_id = (row or {}).get("agent_id") or str(self.user.get("name", ""))
        self.call, self.pop, self.draft = me.get("call"), me.get("pop"), me.get("draft")
        self.desk_line = me.get("desk")
        self.held = bool(self.call and self.call.get("state") == "held")
        self.muted = bool(me.get("muted"))
        self.consult = me.get("consult")
        self.site = me.get("site") or self.site
        self.clock.set_zone(str(self.site.get("time_zone") or ""))
        if row is not None:
            self.since = posix(row.get("since")) or self.clock.now()
            self._take_state({**row, "limit_s": me.get("limit_s")})
            self.logged_in_at = posix(me.get("logged_in_at")) or self.logged_in_at
            if self.logged_in_at is None and self.state != "logged_out":
                self.logged_in_at = self.clock.now()
        self.tables_changed.emit()
        self.call_changed.emit()
        self.pop_changed.emit()
        self.state_changed.emit()
        self.desk_line_changed.emit()

    def _take_state(self, row: Json) -> None:
        self.state = row["state"]
        self.reason, self.pending_break = row.get("reason"), row.get("pending_break")
        self._take_limit(row.get("limit_s"), posix(row.get("at")) or self.clock.now())

    def _take_limit(self, left_s: float | None, at: float) -> None:
        """left_s: until the ring or wrap-up ends by itself, counted from `at`; extended, it counts from now on."""
        self.deadline = None if left_s is None else at + left_s
        self.limit_s = None if self.deadline is None else self.deadline - self.since

    def _on_AgentStateChanged(self, event: Json) -> None:
        if not self._mine(event):
            return
        before = self.phase
        if event["state"] != self.state:
            self.since = posix(event.get("at")) or self.clock.now()
        self._take_state(event)
        if self.logged_in_at is None and self.state != "logged_out":
            self.logged_in_at = self.clock.now()
        if self.state == "logged_out":
            self.logged_in_at = None
        if self.state == "talking" and self.call is not None and self.call.get("consult"):
            self.call["state"] = "talking"  # who was asked has come; the call is still his colleague's
        if before != "idle" and self.phase == "idle":
            self._forget_call()
        self.state_changed.emit()

    def _forget_call(self) -> None:
        self.call = self.pop = self.draft = None
        self.held = self.muted = False
        self._end_consult()
        self.call_changed.emit()
        self.pop_changed.emit()

    def _end_consult(self) -> None:
        self.consult, self._join_when_answered = None, False

    def _on_ConsultStarted(self, event: Json) -> None:
        if self._of_my_call(event):
            self.consult = {
                "state": "calling", "agent_id": self.agent_id, "to": event.get("to"),
                "with_agent": event.get("with_agent"), "since": posix(event.get("at")) or self.clock.now(),
            }  # fmt: skip
            self.state_changed.emit()

    def _on_ConsultAnswered(self, event: Json) -> None:
        if self._of_my_call(event) and self.consult is not None:
            self.consult["state"] = "talking"
            self.state_changed.emit()
            if self._join_when_answered:
                self._join_when_answered = False
                self.ask("JoinConference", call_id=self.call_id)

    def _on_ConferenceStarted(self, event: Json) -> None:
        if self._of_my_call(event) and self.consult is not None:
            self.consult["state"] = "conference"
            self.held = False
            self.state_changed.emit()

    def _on_ConsultEnded(self, event: Json) -> None:
        if self._of_my_call(event) and self.consult is not None:
            self._end_consult()
            self.held = False
            self.consult_ended.emit(str(event.get("reason") or ""))
            self.state_changed.emit()

    def _on_AgentOffered(self, event: Json) -> None:
        if not self._mine(event):
            return
        if self.call_id != event["call_id"]:
            self.pop = self.draft = None
            self.held = self.muted = False
            self._end_consult()
        self.offered_at = event.get("offered_at") or event.get("at")
        known = {k: v for k, v in event.items() if k not in ("event", "seq", "at", "t", "agent_id")}
        self.call = {"direction": "in", **known, "state": "ringing", "offered_at": self.offered_at}
        self.since = posix(self.offered_at) or self.clock.now()
        self.state = "ringing"
        self._take_limit(event.get("ring_s"), self.since)
        self.call_changed.emit()
        self.pop_changed.emit()
        self.state_changed.emit()

    def _on_OfferEnded(self, event: Json) -> None:
        if self._mine(event) and event.get("call_id") == self.call_id and event.get("reason") != "answered":
            self._forget_call()

    def _on_ScreenPopReady(self, event: Json) -> None:
        if self.call is not None and event.get("call_id") == self.call_id:
            self.pop = event
            if event.get("keys"):
                self.call["keys"] = event["keys"]
            self.pop_changed.emit()

    def _on_CallAnswered(self, event: Json) -> None:
        if not self._of_my_call(event):
            return
        assert self.call is not None
        self.call.update(state="talking", answered_at=event.get("at"), consult=False)
        self.held = self.muted = False
        self.call_changed.emit()
        self.state_changed.emit()
        self._look_again()

    def _of_my_call(self, event: Json) -> bool:
        return self.call is not None and event.get("call_id") == self.call_id and self._mine(event)

    def _on_CallHeld(self, event: Json) -> None:
        if self._of_my_call(event):
            self.held = True
            self.state_changed.emit()

    def _on_CallResumed(self, event: Json) -> None:
        if self._of_my_call(event):
            self.held = False
            self.state_changed.emit()

    def _on_CallMuted(self, event: Json) -> None:
        if self._of_my_call(event):
            self.muted = bool(event.get("muted"))
            self.state_changed.emit()

    def _on_CallEnded(self, event: Json) -> None:
        if self._of_my_call(event):
            assert self.call is not None
            self.call.update(state="ended", ended_at=event.get("at"), ended_by=event.get("ended_by"))
            self.held = self.muted = False
            self._end_consult()
            self.call_changed.emit()
            self.state_changed.emit()
            self._look_again()

    def _on_WrapUpStarted(self, event: Json) -> None:
        if not self._mine(event):
            return
        at = posix(event.get("at")) or self.clock.now()
        if self.state != "wrap_up":
            self.state, self.since = "wrap_up", at
        self._take_limit(event.get("limit_s"), at)
        self.state_changed.emit()

    def _on_WrapUpDraftSaved(self, event: Json) -> None:
        if self._mine(event):
            self.draft_saved.emit(str(event.get("call_id", "")))

    def _on_TablesChanged(self, event: Json) -> None:
        for table, rows, key in (
            (self.agents, event.get("agents"), "agent_id"),
            (self.queues, event.get("queues"), "queue_id"),
            (self.calls, event.get("calls"), "call_id"),
        ):
            for row in rows or []:
                table[row[key]] = row
        for call_id in [k for k, row in self.calls.items() if row.get("state") == "ended"]:
            del self.calls[call_id]
        self.tables_changed.emit()

    def _on_RecordChanged(self, event: Json) -> None:
        self.record_changed.emit(str(event.get("kind")), str(event.get("id")))

    def _on_DeskLineReady(self, event: Json) -> None:
        if self._mine(event):
            self.desk_line = event
            self.desk_line_changed.emit()

    def _on_DeskLineLost(self, event: Json) -> None:
        if self._mine(event):
            self.desk_line = None
            self.desk_line_changed.emit()

    def _on_Broadcast(self, event: Json) -> None:
        self.broadcast.emit(str(event.get("text", "")), str(event.get("by", "")))

    def _look_again(self) -> None:
        """Ask for the call's record: what happened to it beyond my own events (recording, lengths)."""
        call_id = self.call_id

        def read(reply: Reply) -> None:
            if (
                reply.ok
                and isinstance(reply.json, dict)
                and self.call is not None
                and self.call_id == call_id
            ):
                mine = {k: v for k, v in self.call.items() if v is not None}
                fresh = {k: v for k, v in reply.json.items() if v is not None}
                self.call = {**mine, **fresh}
                self.call_changed.emit()

        if call_id:
            self.link.get(f"/api/v1/calls/{call_id}", read)
