"""Who may do what: roles, their rights, and the right each command and record act needs.

Knows names of rights only; whether a person *is* who he says is the server's business.
A right absent from a role is refused: there is no "else allowed".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")

AGENT, SUPERVISOR, ADMIN = "agent", "supervisor", "admin"

# Rights, as they stand in a 403's `needs`.
TAKE_CALLS, SUPERVISE, CONFIGURE = "take_calls", "supervise", "configure"
READ_RECORDS, WRITE_RECORDS, DELETE_RECORDS = "read_records", "write_records", "delete_records"
READ_CALLS = "read_calls"
HEAR_OWN, HEAR_ALL = "hear_own_recordings", "hear_all_recordings"

_AGENT_RIGHTS = frozenset({TAKE_CALLS, READ_RECORDS, WRITE_RECORDS, READ_CALLS, HEAR_OWN})
_SUPERVISOR_RIGHTS = _AGENT_RIGHTS | {SUPERVISE, HEAR_ALL, DELETE_RECORDS}

RIGHTS: Mapping[str, frozenset[str]] = {
    AGENT: _AGENT_RIGHTS,
    SUPERVISOR: _SUPERVISOR_RIGHTS,
    ADMIN: _SUPERVISOR_RIGHTS | {CONFIGURE},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A person who has logged in. `name` is his id, and his agent's id."""

    name: str
    role: str
    display_name: str = ""
    language: Language = "zh_CN"
    queues: tuple[str, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)

    def may(self, right: str) -> bool:
        return right in RIGHTS.get(self.role, frozenset())


def missing_for_command(user: User, needs: str | None, agent_id: str | None) -> str | None:
    """The right that `user` lacks for a command about `agent_id`, or None when he may.

    needs: the command's own (`Command.needs`). Anyone with TAKE_CALLS commands his own agent;
    another's agent needs SUPERVISE.
    """
    needed = needs or TAKE_CALLS
    if not user.may(needed):
        return needed
    if agent_id not in (None, "", user.name) and not user.may(SUPERVISE):
        return SUPERVISE
    return None
