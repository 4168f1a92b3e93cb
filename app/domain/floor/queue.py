"""A queue's rules as configured, and what it counts today."""

from dataclasses import dataclass, field

ENDS = ("answered", "abandoned", "overflowed", "voicemail", "callback", "left_to_ivr", "lost")
USUAL_HANDLING_S = 120.0  # before there is experience of the day
MEMORY = 0.1  # how much the newest call weighs in the expected handling time


@dataclass(slots=True, kw_only=True)
class Queue:
    """max_wait_s, max_length 0: no limit. overflow, closed: a `to`, used when no flow waits."""

    queue_id: str
    name: str = ""
    title: dict[str, str] = field(default_factory=dict)
    strategy: str = "fewest_today"
    service_goal_s: float = 20.0
    short_abandon_s: float = 5.0
    music: str = ""
    ring_s: float = 20.0
    wrap_up_s: float = 30.0
    max_wait_s: float = 0.0
    max_length: int = 0
    announce_every_s: float = 30.0
    record: bool = True
    priority: int = 0
    overflow: str = ""
    closed_to: str = ""
    is_closed: bool = False


@dataclass(slots=True, kw_only=True)
class Counts:
    """One queue's segments that were entered today."""

    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    overflowed: int = 0
    voicemail: int = 0
    callback: int = 0
    left_to_ivr: int = 0
    lost: int = 0
    handling_s: float = USUAL_HANDLING_S  # talk and wrap-up, a moving mean

    @property
    def in_progress(self) -> int:
        ended: int = sum(getattr(self, end) for end in ENDS)
        return self.offered - ended
