"""Who gets the next call. Strategies are one registry: a function that scores, smaller first.

Order of serving is the waiting list's; a strategy chooses only among free agents.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.events import Candidate
from app.domain.floor.agent import Agent, S
from app.domain.floor.interaction import Call, Waiting
from app.domain.floor.state import State

Score = Callable[[Agent, str], list[float]]


def fewest_today(agent: Agent, queue: str) -> list[float]:
    """Fewest answered calls on the site's day, across queues; then the longest idle."""
    return [float(agent.calls_today), agent.idle_since_s]


def longest_idle(agent: Agent, queue: str) -> list[float]:
    return [agent.idle_since_s]


def least_talk_today(agent: Agent, queue: str) -> list[float]:
    return [round(agent.talk_today_s, 3), agent.idle_since_s]


def most_skilled(agent: Agent, queue: str) -> list[float]:
    """The highest skill named like the queue; then fewest calls today."""
    return [-float(agent.skills.get(queue, 0)), float(agent.calls_today), agent.idle_since_s]


def fixed_order(agent: Agent, queue: str) -> list[float]:
    """The order of ids, always from the first."""
    return []


STRATEGIES: Mapping[str, Score] = {
    "fewest_today": fewest_today,
    "longest_idle": longest_idle,
    "least_talk_today": least_talk_today,
    "most_skilled": most_skilled,
    "fixed_order": fixed_order,
}
DEFAULT = "fewest_today"
WORDS: Mapping[str, tuple[str, str]] = {
    "fewest_today": ("今日接听最少", "fewest calls today"),
    "longest_idle": ("空闲最久", "longest idle"),
    "least_talk_today": ("今日通话时长最短", "least talk today"),
    "most_skilled": ("技能最高", "highest skill"),
    "fixed_order": ("固定顺序", "fixed order"),
    "only_agent": ("指定坐席", "asked for by name"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    agent: Agent
    rule: str
    candidates: list[Candidate]
    text: str


def passed_over(state: State, agent: Agent, call: Call, waiting: Waiting) -> str | None:
    """Why this agent cannot be offered this call now, or None."""
    if agent.state is not S.READY:
        return agent.state.value
    if agent.agent_id in waiting.passed:
        return "refused"
    if agent.link_lost:
        return "link_lost"
    if agent.listening_to is not None:
        return "listening"
    return unreachable(state, agent, call)


def unreachable(state: State, agent: Agent, call: Call) -> str | None:
    """Why no voice would come together."""
    caller = state.legs.get(call.leg_id or "")
    # A board that is just being reconciled will be told with everything else.
    if caller is None or not (state.is_up(caller.board) or state.held_timers):
        return "board_away"
    if agent.phone == "headset":
        desk = state.legs.get(agent.desk_leg or "")
        if desk is None or not agent.heard:
            return "no_voice"
        return None if desk.board == caller.board else "other_board"
    if agent.phone == "sip":
        return None if state.boards[caller.board].phones.get(agent.phone_user, True) else "no_phone"
    return "no_phone"


def members(state: State, waiting: Waiting) -> list[Agent]:
    """Who might be asked at all: those logged in who serve the queue, or the one asked for."""
    if waiting.only_agent is not None:
        one = state.agents.get(waiting.only_agent)
        return [one] if one is not None else []
    return [
        agent
        for agent in state.agents.values()
        if agent.state is not S.LOGGED_OUT and waiting.queue in agent.queues
    ]


def somebody_free(state: State, call: Call) -> bool:
    waiting = call.waiting
    if waiting is None or state.waiting[0] != call.call_id:
        return False
    return any(passed_over(state, agent, call, waiting) is None for agent in members(state, waiting))


def choose(state: State, call: Call) -> Choice | None:
    """The agent for a waiting call, with everything that led to him; None when nobody is free."""
    waiting = call.waiting
    if waiting is None:
        return None
    queue = state.queues.get(waiting.queue or "")
    rule = "only_agent" if waiting.only_agent is not None else queue.strategy if queue else DEFAULT
    score = STRATEGIES.get(rule, fixed_order if rule == "only_agent" else fewest_today)
    found: list[tuple[list[float], str, Agent]] = []
    asked: list[tuple[Agent, str | None]] = []
    for agent in members(state, waiting):
        reason = passed_over(state, agent, call, waiting)
        asked.append((agent, reason))
        if reason is None:
            found.append((score(agent, waiting.queue or ""), agent.agent_id, agent))
    if not found:
        return None
    best = min(found, key=lambda one: (one[0], one[1]))[2]
    candidates = [
        Candidate(agent=agent.agent_id, score=score(agent, waiting.queue or ""), passed_over=reason)
        for agent, reason in asked
    ]
    return Choice(agent=best, rule=rule, candidates=candidates, text=_text(state, rule, best, len(found)))


def _text(state: State, rule: str, agent: Agent, free: int) -> str:
    chinese, english = WORDS.get(rule, (rule, rule))
    if state.settings.language == "zh_CN":
        return f"{agent.agent_id}：{chinese}（空闲 {free} 人，今日已接 {agent.calls_today} 通）"
    return f"{agent.agent_id}: {english} ({free} free, {agent.calls_today} calls today)"
