"""Playing something that a key may interrupt: what `play` and `say` have in common."""

from app.domain.flow.node import Field, Signal, Turn, Wait

BARGE_IN = Field(
    name="barge_in",
    kind="boolean",
    label={"zh_CN": "按键可打断", "en": "A key interrupts"},
    default=False,
)


def sound(turn: Turn, prompts: list[str]) -> Wait:
    """Play; with barge-in as a collect that asks for nothing: over with the prompt or the first key."""
    if not turn["barge_in"]:
        return Wait({"do": "play", "prompts": prompts, "barge_in": False})
    return Wait(
        {
            "do": "collect",
            "prompts": prompts,
            "barge_in": True,
            "min": 0,
            "max": 1,
            "terminators": "",
            "first_timeout_s": 0.0,
            "next_timeout_s": 0.0,
            "secret": False,
        }
    )


def skipped(turn: Turn) -> bool:
    """Whether a key was pressed before: who keys ahead does not want to listen."""
    return bool(turn.ahead and turn["barge_in"])


def heard(turn: Turn, signal: Signal) -> None:
    """Keep the key that interrupted for the next question."""
    turn.ahead = str(signal.get("digits") or "") + turn.ahead
