"""What is wanted of a leg: the floor's side of every board, as values.

A decision never commands a board. It says what is wanted of a leg from now on; the
commands are the difference between two `Wanted` (see `floor.reconcile`), whether the
first comes from a moment ago or from a board's snapshot after an outage.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Sound:
    """One Play or Collect. `op` names it once and for all."""

    op: str
    kind: Literal["play", "collect"] = "play"
    prompts: list[str] = field(default_factory=list)
    loop: bool = False
    min_digits: int = 1
    max_digits: int = 1
    terminators: str = "#"
    first_timeout_s: float = 5.0
    next_timeout_s: float = 3.0
    barge_in: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """How a leg of ours comes to be: a call out, or an agent's desk."""

    kind: Literal["call", "desk"]
    to: str = ""
    trunks: list[str] = field(default_factory=list)
    caller_id: str = ""
    display: str = ""
    timeout_s: float = 60.0
    user: str = ""
    token: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taping:
    """A recording that runs on a leg."""

    recording: str
    file: str
    paused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Everything wanted of one leg.

    answer: accept an offered leg.   end: Q.850 cause to end it with, None to keep it.
    sound, room, taping: wanted as soon as the leg is answered, not before.
    away: its policy while no server is there.
    """

    opening: Opening | None = None
    ring: bool = False
    answer: bool = False
    end: int | None = None
    sound: Sound | None = None
    room: str | None = None
    role: str = "talk"
    whisper_to: str | None = None
    taping: Taping | None = None
    away: str = ""
    away_prompts: list[str] = field(default_factory=list)
