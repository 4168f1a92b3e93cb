"""Play a prompt and go on. With barge-in a key interrupts it and counts for the next question."""

from app.domain.flow import sounding
from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Signal, Turn


def enter(turn: Turn) -> Outcome:
    prompts = turn.prompts()
    return Go("next") if not prompts or sounding.skipped(turn) else sounding.sound(turn, prompts)


def resume(turn: Turn, signal: Signal) -> Outcome:
    sounding.heard(turn, signal)
    return Go("next")


NODE = NodeType(
    name="play",
    label={"zh_CN": "播放", "en": "Play"},
    fields=(
        Field(name="prompt", kind="prompt", label={"zh_CN": "提示音", "en": "Prompt"}, required=True),
        sounding.BARGE_IN,
    ),
    exits=(Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),),
    enter=enter,
    resume=resume,
)
