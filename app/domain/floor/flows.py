"""What the floor asks of a flow engine: `app.domain.flow.engine`, whose docstring lists acts and signals.

A run is a plain dict (JSON), made and read by the engine alone but for `language`, which
the queue's announcements follow. The floor stores runs whole, in its events.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.domain.flow import definition, engine
from app.domain.flow.definition import Definition

MOST_PARSED = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """run: None when the flow is over. entered: nodes passed, in order. digits: (node, digits)."""

    run: dict[str, Any] | None
    act: dict[str, Any]
    entered: list[str] = field(default_factory=list)
    digits: list[tuple[str, str]] = field(default_factory=list)


class FlowEngine(Protocol):
    """Pure: the same arguments give the same Step; none of them is changed."""

    def start(self, flow: Mapping[str, Any], variables: dict[str, Any], language: str) -> Step: ...

    def resume(self, flow: Mapping[str, Any], run: dict[str, Any], signal: dict[str, Any]) -> Step: ...


class ParsedFlows:
    """The flow engine for definitions as plain dicts, each parsed once."""

    def __init__(self) -> None:
        self._parsed: dict[int, tuple[Mapping[str, Any], Definition]] = {}

    def start(self, flow: Mapping[str, Any], variables: dict[str, Any], language: str) -> Step:
        return _plain(engine.start(self._definition(flow), variables, language))

    def resume(self, flow: Mapping[str, Any], run: dict[str, Any], signal: dict[str, Any]) -> Step:
        return _plain(engine.resume(self._definition(flow), run, signal))

    def _definition(self, flow: Mapping[str, Any]) -> Definition:
        known = self._parsed.get(id(flow))
        if known is None:
            if len(self._parsed) >= MOST_PARSED:
                self._parsed.clear()
            known = self._parsed[id(flow)] = (flow, definition.parse(flow))
        return known[1]


def _plain(step: engine.Step) -> Step:
    return Step(run=step.run, act=dict(step.act), entered=list(step.entered), digits=list(step.digits))
