"""The floor's whole state: plain, mutable, changed only by `fold`."""

from dataclasses import dataclass, field
from typing import Any

from app.domain.floor.agent import Agent
from app.domain.floor.interaction import Call
from app.domain.floor.leg import Leg
from app.domain.floor.queue import Counts, Queue


@dataclass(slots=True, kw_only=True)
class Board:
    name: str
    boot_id: str = ""
    connected: bool = False
    configured: bool = False
    trunks: dict[str, str] = field(default_factory=dict)
    phones: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Timer:
    due_s: float
    order: int


@dataclass(slots=True, kw_only=True)
class OpenTask:
    task_id: str
    kind: str
    calls: int = 1


@dataclass(slots=True, kw_only=True)
class Settings:
    """Configuration the floor decides by, whole values by key."""

    site: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    trunks: dict[str, dict[str, Any]] = field(default_factory=dict)
    boxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)  # flow id → key of its newest definition
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    outgoing: list[dict[str, Any]] = field(default_factory=list)
    emergency: list[str] = field(default_factory=list)

    @property
    def language(self) -> str:
        return str(self.site.get("language") or "zh_CN")


@dataclass(slots=True, kw_only=True)
class State:
    day: str = ""
    utc_offset_s: float = 0.0
    held_timers: bool = False  # after a start, until the boards are reconciled
    orders: int = 0  # how many timers and queue places were ever given
    settings: Settings = field(default_factory=Settings)
    boards: dict[str, Board] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)  # call ids, in the order of serving
    timers: dict[str, Timer] = field(default_factory=dict)
    tasks: dict[str, OpenTask] = field(default_factory=dict)  # by the caller's number

    def is_up(self, board: str) -> bool:
        known = self.boards.get(board)
        return known is not None and known.connected

    def counts_of(self, queue: str) -> Counts:
        return self.counts.setdefault(queue, Counts())


@dataclass(slots=True)
class Touched:
    """Whose rows changed since they were last asked for. No part of the state."""

    agents: dict[str, None] = field(default_factory=dict)
    queues: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
