"""Takes configuration into the state; the shapes are told in `app.domain.inputs`."""

import hashlib
import json
from typing import Any

from app.domain import errors
from app.domain.floor.agent import Agent, S
from app.domain.floor.queue import Queue
from app.domain.floor.state import Board, State

QUEUE_FIELDS = (
    "name",
    "title",
    "strategy",
    "service_goal_s",
    "short_abandon_s",
    "music",
    "ring_s",
    "wrap_up_s",
    "max_wait_s",
    "max_length",
    "announce_every_s",
    "record",
    "priority",
    "overflow",
)


def take(state: State, key: str, value: Any) -> None:
    """Fold one key. An unknown kind of key is not the floor's and changes nothing."""
    kind, _, name = key.partition(":")
    match kind:
        case "site":
            state.settings.site = dict(value or {})
        case "outgoing":
            state.settings.outgoing = list(value or [])
        case "emergency":
            state.settings.emergency = [str(number) for number in value or []]
        case "number":
            _put(state.settings.numbers, name, value)
        case "trunk":
            _put(state.settings.trunks, name, value)
        case "voicemail":
            _put(state.settings.boxes, name, value)
        case "flow":
            _take_flow(state, name, value)
        case "board":
            state.boards.setdefault(name, Board(name=name)).configured = value is not None
        case "queue":
            _take_queue(state, name, value)
        case "user":
            _take_user(state, name, value)


def _put(table: dict[str, dict[str, Any]], name: str, value: Any) -> None:
    if value is None:
        table.pop(name, None)
    else:
        table[name] = dict(value)


def _take_flow(state: State, name: str, value: Any) -> None:
    """Calls keep the definition they began with; one nobody walks any more is dropped."""
    settings = state.settings
    if value is None:
        settings.flows.pop(name, None)
    else:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
        key = f"{name}@{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        settings.flows[name] = key
        settings.definitions[key] = value
    used = set(settings.flows.values())
    used.update(call.flow.definition for call in state.calls.values() if call.flow)
    settings.definitions = {key: one for key, one in settings.definitions.items() if key in used}


def _take_queue(state: State, name: str, value: Any) -> None:
    if value is None:
        state.queues.pop(name, None)
        return
    given = {field: value[field] for field in QUEUE_FIELDS if value.get(field) is not None}
    closed = value.get("closed")
    queue = Queue(**{"queue_id": name, "name": name, **given})
    queue.is_closed = bool(value.get("is_closed"))
    queue.closed_to = closed if isinstance(closed, str) else ""
    state.queues[name] = queue
    state.counts_of(name)


def _take_user(state: State, name: str, value: Any) -> None:
    """A user taken away stays while he is logged in; then his agent goes with the next change."""
    agent = state.agents.get(name)
    if value is None:
        if agent is not None:
            agent.queues = []
            if agent.state is S.LOGGED_OUT:
                del state.agents[name]
        return
    if agent is None:
        agent = state.agents[name] = Agent(agent_id=name)
    agent.name = str(value.get("display_name") or name)
    agent.role = str(value.get("role") or "agent")
    agent.queues = list(value.get("queues") or [])
    agent.skills = dict(value.get("skills") or {})
    agent.configured_phone = str(value.get("phone_user") or "")


def check(key: str, value: Any) -> None:
    """Refuse what could not be taken, before it is in the journal for ever.

    Raises:
        WrongFields: the value's shape is wrong for its key.
    """
    try:
        take(State(), key, value)
    except (TypeError, ValueError, AttributeError, KeyError) as fault:
        raise errors.WrongFields(fields={key: str(fault)}) from fault
