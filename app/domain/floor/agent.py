"""An agent's state: one table, one deadline.

Held, consulting and muted are facts of a call, not states of an agent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain import errors


class S(StrEnum):
    LOGGED_OUT = "logged_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    ON_BREAK = "on_break"


# What may happen in which state, and where it leads. Capitalised like commands, because most are.
TRANSITIONS: Mapping[S, Mapping[str, S]] = {
    S.LOGGED_OUT: {"LogIn": S.READY},
    S.READY: {
        "Offer": S.RINGING,
        "StartBreak": S.ON_BREAK,
        "LogOut": S.LOGGED_OUT,
        "Dial": S.TALKING,
        "PickUp": S.TALKING,
    },
    # An unanswered offer means an empty chair: do not ring it again by itself.
    S.RINGING: {
        "AnswerCall": S.TALKING,
        "HangUp": S.READY,
        "OfferGone": S.READY,
        "OfferMissed": S.ON_BREAK,
        "LogOut": S.LOGGED_OUT,
    },
    S.TALKING: {"CallOver": S.WRAP_UP},
    S.WRAP_UP: {
        "FinishWrapUp": S.READY,
        "StartBreak": S.ON_BREAK,
        "LogOut": S.LOGGED_OUT,
    },
    S.ON_BREAK: {
        "EndBreak": S.READY,
        "StartBreak": S.ON_BREAK,
        "LogOut": S.LOGGED_OUT,
        "Dial": S.TALKING,
        "PickUp": S.TALKING,
    },
}
# A timeout obeys the same table.
ON_TIMEOUT: Mapping[S, str] = {S.RINGING: "OfferMissed", S.WRAP_UP: "FinishWrapUp"}


def following(state: S, trigger: str) -> S:
    """The state `trigger` leads to.

    Raises:
        NotInThisState: the table has no such way.
    """
    leads = TRANSITIONS[state].get(trigger)
    if leads is None:
        raise errors.NotInThisState(command=trigger, state=state.value)
    return leads


def may(state: S, trigger: str) -> bool:
    return trigger in TRANSITIONS[state]


@dataclass(slots=True, kw_only=True)
class Agent:
    agent_id: str
    name: str = ""
    role: str = "agent"
    queues: list[str] = field(default_factory=list)
    skills: dict[str, int] = field(default_factory=dict)
    state: S = S.LOGGED_OUT
    since_s: float = 0.0
    idle_since_s: float = 0.0  # since when without a call, for "longest idle"
    logged_in_s: float | None = None
    reason: str = ""
    pending_break: str | None = None
    pending_log_out: bool = False
    connected: bool = False
    link_lost: bool = False  # it had a link and lost it
    phone: str = "none"
    phone_user: str = ""
    configured_phone: str = ""
    desk_token: str = ""
    desk_leg: str | None = None
    phone_leg: str | None = None
    heard: bool = False
    call_id: str | None = None
    limit_at_s: float | None = None
    listening_to: str | None = None
    calls_today: int = 0
    talk_today_s: float = 0.0
    draft: dict[str, Any] | None = None

    @property
    def leg_id(self) -> str | None:
        """The leg by which he talks, if there is one."""
        return self.desk_leg if self.phone == "headset" else self.phone_leg
