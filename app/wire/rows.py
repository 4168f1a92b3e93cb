"""Rows of the tables a desktop shows: agents, queues, calls. The same as the HTTP API's items.

Knows field names and types of CONTRACT.md; unknown keys are ignored by whoever decodes.
Times are "2026-11-22T08:15:30.123Z", durations seconds.
"""

from typing import Any

from msgspec import Struct, field


class Row(Struct, frozen=True, kw_only=True):
    """A row of a live table."""


class AgentRow(Row, frozen=True, kw_only=True):
    agent_id: str
    name: str = ""
    state: str = "logged_out"  # logged_out ready ringing talking wrap_up on_break
    since: str | None = None
    reason: str | None = None
    pending_break: bool | str | None = None
    connected: bool = False
    phone: str | None = None  # headset sip none
    queues: list[str] = []
    skills: dict[str, int] = {}
    call_id: str | None = None
    calls_today: int = 0
    talk_today_s: float = 0.0


class WaitingRow(Row, frozen=True, kw_only=True):
    call_id: str
    from_number: str | None = field(name="from", default=None)
    since: str | None = None
    position: int = 0  # 1 is next
    expected_wait_s: float | None = None
    priority: int = 0


class QueueRow(Row, frozen=True, kw_only=True):
    queue_id: str
    name: str = ""  # its title in the site's language
    title: dict[str, str] = {}  # by language: zh_CN, en
    strategy: str = ""
    service_goal_s: float | None = None
    waiting: list[WaitingRow] = []
    agents: dict[str, int] = {}  # how many in each state
    today: dict[str, Any] = {}  # offered, answered, answered_in_time, abandoned, …, service_level, formula


class CallRow(Row, frozen=True, kw_only=True):
    """An item of GET /calls: a call without its legs, segments, steps and decisions."""

    call_id: str
    direction: str = "in"  # in out internal
    state: str = ""  # ivr queued ringing talking held voicemail ended
    outcome: str | None = None
    from_number: str | None = field(name="from", default=None)
    to: str | None = None
    customer_id: str | None = None
    queue: str | None = None
    agent: str | None = None
    started_at: str | None = None
    answered_at: str | None = None
    ended_at: str | None = None
    ended_by: str | None = None
    ivr_s: float | None = None
    wait_s: float | None = None
    ring_s: float | None = None
    talk_s: float | None = None
    hold_s: float | None = None
    wrap_up_s: float | None = None
    keys: list[dict[str, Any]] = []  # {"node", "digits"}
    recordings: list[dict[str, Any]] = []  # {"recording_id", "started_at", "duration_s", "channels", "url"}
    summary: dict[str, Any] = {}
    work_orders: list[Any] = []


class CallDetail(CallRow, frozen=True, kw_only=True):
    """GET /calls/ID."""

    legs: list[dict[str, Any]] = []
    segments: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
