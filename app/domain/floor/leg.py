"""A leg: one channel on a board, as the floor knows it."""

from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.floor.wanted import Wanted


@dataclass(slots=True, kw_only=True)
class Leg:
    """state: offered calling ringing early answered. A desk leg is answered when its desk is open."""

    leg_id: str
    board: str
    kind: str  # caller agent external supervisor service
    via: str  # trunk phone guest desk
    direction: str  # in out
    call_id: str | None = None
    agent_id: str | None = None
    trunk: str | None = None
    user: str | None = None
    sip_call_id: str = ""
    from_number: str = ""
    to_number: str = ""
    state: str = "offered"
    codec: str = ""
    started_s: float = 0.0
    answered_s: float | None = None
    host: str = ""
    port: int = 0
    srtp: bool = False
    wanted: Wanted = field(default_factory=Wanted)

    @property
    def is_desk(self) -> bool:
        return self.via == "desk"

    def demanded(self) -> Wanted:
        """What the board should have by now: sound, room and taping only once it is answered."""
        if self.state == "answered":
            return self.wanted
        return replace(self.wanted, sound=None, room=None, taping=None, role="talk", whisper_to=None)


def row(leg: Leg, ended_s: float | None = None, **more: Any) -> dict[str, Any]:
    """A leg as a plain dict, times in floor seconds; `views` makes CONTRACT's shape of it."""
    return {
        "leg_id": leg.leg_id,
        "kind": leg.kind,
        "board": leg.board,
        "trunk": leg.trunk,
        "sip_call_id": leg.sip_call_id or None,
        "codec": leg.codec or None,
        "started_s": leg.started_s,
        "answered_s": leg.answered_s,
        "ended_s": ended_s,
        "cause": None,
        "quality": {"loss_percent": None, "jitter_ms": None, "mos": None},
        **more,
    }
