"""Ask for digits and keep them in a variable."""

from app.domain.flow.asking import QUESTION, accepted, ask, refused
from app.domain.flow.node import Exit, Failed, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    return _ask(turn, [])


def _ask(turn: Turn, before: list[str]) -> Outcome:
    asked = ask(turn, before)
    if isinstance(asked, Wait):
        return asked
    digits, reason = asked
    return resume(turn, {"got": "collected", "reason": reason, "digits": digits})


def resume(turn: Turn, signal: Signal) -> Outcome:
    if signal.get("reason") == "failed":
        return Failed("the prompt could not be played")
    if accepted(turn, signal) is not None:
        return Go("next")
    again = refused(turn, signal, int(turn["retries"]))
    return again if isinstance(again, Go) else _ask(turn, again)


NODE = NodeType(
    name="collect",
    label={"zh_CN": "收号", "en": "Collect digits"},
    fields=(
        *QUESTION,
        Field(
            name="retries",
            kind="count",
            label={"zh_CN": "重试次数", "en": "Retries"},
            default=2,
            high=20,
        ),
    ),
    exits=(
        Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),
        Exit(name="invalid", label={"zh_CN": "多次输错", "en": "Wrong too often"}, required=True),
        Exit(name="timeout", label={"zh_CN": "无按键", "en": "No key"}, otherwise="invalid"),
    ),
    enter=enter,
    resume=resume,
)
