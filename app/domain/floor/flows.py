"""What the floor asks of a flow engine. `app.domain.flow.engine` keeps this promise.

A run is a plain dict (JSON), made and read by the engine alone but for three keys the
floor reads when they are there: `language` (prompts of the queue follow it), `variables`
(shown to the agent) and `node`. The floor stores runs whole, in its events.

Acts (what the run waits for):
    {"do": "play", "prompts": [...], "barge_in": bool}                    → played
    {"do": "collect", "prompts", "min", "max", "terminators", "first_timeout_s",
                      "next_timeout_s", "barge_in"}                       → collected
    {"do": "lookup", "what": str, "args": {}}                             → looked_up | failed
    {"do": "speak", "text": str, "language": str}                         → played | failed
    {"do": "queue", "queue": q, "priority": n}                            → left | failed, or never
    {"do": "voicemail", "box": b}                                         → left
    {"do": "transfer", "to": "queue:service"}                             → left | failed, or never
    {"do": "hang_up"}                                                     never: run is None

Signals (each a dict with `signal`):
    {"signal": "played", "digits": ""}        digits: the key that interrupted a play
    {"signal": "collected", "reason": "full|terminator|timeout|stopped|failed", "digits": "12"}
    {"signal": "looked_up", "value": …}
    {"signal": "left", "reason": "overflow|closed|no_agents|next|…"}      a queue, mailbox or transfer gave the call back
    {"signal": "failed", "reason": "no_prompt|timeout|no_such_queue|…"}
"""

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """run: None when the flow is over. entered: nodes passed, in order. digits: (node, digits)."""

    run: dict[str, Any] | None
    act: dict[str, Any]
    entered: list[str] = field(default_factory=list)
    digits: list[tuple[str, str]] = field(default_factory=list)


class StepLike(Protocol):
    @property
    def run(self) -> dict[str, Any] | None: ...
    @property
    def act(self) -> dict[str, Any]: ...
    @property
    def entered(self) -> list[str]: ...
    @property
    def digits(self) -> list[tuple[str, str]]: ...


class FlowEngine(Protocol):
    """Pure: the same arguments give the same Step; none of them is changed."""

    def start(self, definition: dict[str, Any], variables: dict[str, Any], language: str) -> StepLike: ...

    def resume(self, definition: dict[str, Any], run: dict[str, Any], signal: dict[str, Any]) -> StepLike: ...
