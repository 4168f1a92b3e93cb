"""Read out values and free text; text with {variables} is made by speech while the caller waits."""

from app.domain.flow import prompts, sounding
from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    if sounding.skipped(turn):
        return Go("next")
    written = turn["prompt"]
    if any(prompts.is_dynamic(part) for part in prompts.parts(written)):
        parts = prompts.spoken(written, turn.variables, turn.language)
        return Wait({"do": "speak", "parts": parts, "text": _text(parts)}) if parts else Go("next")
    names = turn.prompts()
    return sounding.sound(turn, names) if names else Go("next")


def resume(turn: Turn, signal: Signal) -> Outcome:
    if signal.get("got") == "spoken" and signal.get("prompts"):
        return sounding.sound(turn, [str(name) for name in signal["prompts"]])
    sounding.heard(turn, signal)
    return Go("next")


def _text(parts: list[dict[str, str]]) -> str:
    return " ".join(part["text"] for part in parts if "text" in part)


NODE = NodeType(
    name="say",
    label={"zh_CN": "播报", "en": "Say"},
    fields=(
        Field(name="prompt", kind="prompt", label={"zh_CN": "内容", "en": "What"}, required=True),
        sounding.BARGE_IN,
    ),
    exits=(Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),),
    enter=enter,
    resume=resume,
)
