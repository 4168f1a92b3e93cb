"""The floor as others see it: plain dicts in the shapes of CONTRACT. Changes nothing."""

from collections import Counter
from typing import Any

from app.domain import calendar
from app.domain.floor.agent import Agent, S
from app.domain.floor.interaction import Call, Recording, Segment
from app.domain.floor.leg import row
from app.domain.floor.queue import ENDS, Counts, Queue
from app.domain.floor.state import State

FORMULA = "answered_in_time / offered"


class Views:
    """Looks at one state at one moment of floor time."""

    def __init__(self, state: State, now_s: float) -> None:
        self.state = state
        self.now_s = now_s

    def at(self, floor_s: float | None) -> str | None:
        return None if floor_s is None else calendar.iso_utc(floor_s + self.state.utc_offset_s)

    # -------------------------------------------------------------- calls

    def call_item(self, call: Call) -> dict[str, Any]:
        return {
            "call_id": call.call_id,
            "direction": call.direction,
            "state": call.phase,
            "outcome": call.outcome,
            "from": call.from_number,
            "to": call.to_number,
            "customer_id": call.customer_id,
            "queue": call.queue,
            "agent": call.agent_id or (call.segments[-1].agent_id if call.segments else None),
            "started_at": self.at(call.started_s),
            "answered_at": self.at(call.answered_s),
            "ended_at": self.at(call.ended_s),
            "ended_by": call.ended_by,
            **{
                name: call.time_in(name, self.now_s)
                for name in ("ivr_s", "wait_s", "ring_s", "talk_s", "hold_s", "wrap_up_s")
            },
            "keys": [dict(key) for key in call.keys],
            "recordings": [self._recording(tape) for tape in call.recordings],
            "summary": dict(call.summary),
            "work_orders": [],
        }

    def call_view(self, call: Call) -> dict[str, Any]:
        live = [row(self.state.legs[leg_id]) for leg_id in call.legs if leg_id in self.state.legs]
        return {
            **self.call_item(call),
            "legs": [self._leg(leg) for leg in [*call.gone_legs, *live]],
            "segments": [self._segment(segment) for segment in call.segments],
            "steps": [self._dated(step) for step in call.steps],
            "decisions": [self._dated(decision) for decision in call.decisions],
        }

    def _dated(self, entry: dict[str, Any]) -> dict[str, Any]:
        return {("at" if key == "at_s" else key): self.at(value) if key == "at_s" else value
                for key, value in entry.items()}  # fmt: skip

    def _leg(self, leg: dict[str, Any]) -> dict[str, Any]:
        times = {"started_s": "started_at", "answered_s": "answered_at", "ended_s": "ended_at"}
        return {times.get(key, key): self.at(value) if key in times else value for key, value in leg.items()}

    def _segment(self, segment: Segment) -> dict[str, Any]:
        return {
            "segment_id": segment.segment_id,
            "place": segment.place,
            "entered_at": self.at(segment.entered_s),
            "left_at": self.at(segment.left_s),
            "end_reason": segment.end_reason,
            "agent": segment.agent_id,
            "offers": segment.offers,
        }

    def _recording(self, tape: Recording) -> dict[str, Any]:
        duration_s = tape.duration_s
        if duration_s is None and tape.state in ("running", "paused"):
            duration_s = round(self.now_s - tape.started_s, 3)
        return {
            "recording_id": tape.recording_id,
            "started_at": self.at(tape.started_s),
            "duration_s": duration_s,
            "channels": list(tape.channels),
            "url": f"/api/v1/recordings/{tape.recording_id}",
        }

    # ------------------------------------------------------------- agents

    def agent_row(self, agent: Agent) -> dict[str, Any]:
        call = self.state.calls.get(agent.call_id or "")
        present_s = (
            self.now_s - call.joined_s
            if call is not None and agent.state is S.TALKING and call.agent_id == agent.agent_id
            else 0.0
        )
        return {
            "agent_id": agent.agent_id,
            "name": agent.name,
            "state": agent.state.value,
            "since": self.at(agent.since_s),
            "reason": agent.reason,
            "pending_break": agent.pending_break,
            "connected": agent.connected,
            "phone": agent.phone if agent.state is not S.LOGGED_OUT else None,
            "queues": list(agent.queues),
            "skills": dict(agent.skills),
            "call_id": agent.call_id,
            "calls_today": agent.calls_today,
            "talk_today_s": round(agent.talk_today_s + present_s, 3),
        }

    def me(self, agent: Agent) -> dict[str, Any]:
        call = self.state.calls.get(agent.call_id or "")
        desk = self.state.legs.get(agent.desk_leg or "")
        left_s = None if agent.limit_at_s is None else max(0.0, round(agent.limit_at_s - self.now_s, 3))
        return {
            "agent": self.agent_row(agent),
            "call": self.call_view(call) if call is not None else None,
            "draft": dict(agent.draft) if agent.draft is not None else None,
            "desk": {
                "host": desk.host,
                "port": desk.port,
                "token": agent.desk_token,
                "codec": desk.codec or "PCMA",
                "srtp": desk.srtp,
            }
            if desk is not None and desk.port
            else None,
            "limit_s": left_s,
            "logged_in_at": self.at(agent.logged_in_s),
            "pending_log_out": agent.pending_log_out,
            "muted": bool(call is not None and call.muted),
            "consult": self._consult(call),
        }

    def _consult(self, call: Call | None) -> dict[str, Any] | None:
        """Who asks whom while the customer is on hold. state: calling talking conference."""
        if call is None or call.consult is None:
            return None
        consult = call.consult
        return {
            "state": consult.state,
            "agent_id": consult.agent_id,
            "to": consult.to,
            "with_agent": consult.with_agent,
        }

    # ------------------------------------------------------------- queues

    def _title(self, queue: Queue) -> str:
        """What people call it, in the site's language."""
        language = str(self.state.settings.site.get("language") or "zh_CN")
        return queue.title.get(language) or queue.name

    def queue_row(self, queue_id: str) -> dict[str, Any]:
        queue = self.state.queues[queue_id]
        serving = [agent for agent in self.state.agents.values() if queue_id in agent.queues]
        present = [one for one in serving if one.state not in (S.LOGGED_OUT, S.ON_BREAK)]
        handling_s = self.state.counts_of(queue_id).handling_s
        waiting: list[dict[str, Any]] = []
        for call_id in self.state.waiting:
            call = self.state.calls[call_id]
            if call.waiting is None or call.waiting.queue != queue_id:
                continue
            position = len(waiting) + 1
            waiting.append(
                {
                    "call_id": call_id,
                    "from": call.from_number,
                    "since": self.at(call.waiting.entered_s),
                    "position": position,
                    "expected_wait_s": round(position * handling_s / len(present), 1) if present else None,
                    "priority": call.waiting.priority,
                }
            )
        states = Counter(agent.state.value for agent in serving)
        return {
            "queue_id": queue_id,
            "name": self._title(queue),
            "title": dict(queue.title),
            "strategy": queue.strategy,
            "service_goal_s": queue.service_goal_s,
            "waiting": waiting,
            "agents": {state.value: states.get(state.value, 0) for state in S},
            "today": of_today(self.state.counts_of(queue_id)),
        }


def of_today(counts: Counts) -> dict[str, Any]:
    """One queue's counters; offered is always the sum of the ends and in_progress."""
    level = counts.answered_in_time / counts.offered if counts.offered else None
    return {
        "offered": counts.offered,
        **{end: getattr(counts, end) for end in ENDS},
        "in_progress": counts.in_progress,
        "answered_in_time": counts.answered_in_time,
        "abandoned_short": counts.abandoned_short,
        "service_level": None if level is None else round(level, 4),
        "formula": FORMULA,
    }
