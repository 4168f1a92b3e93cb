"""Play a prompt and go on. With barge-in a key interrupts it and counts for the next question."""

from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    prompts = turn.prompts()
    if not prompts or (turn.ahead and turn["barge_in"]):
        return Go("next")
    if not turn["barge_in"]:
        return Wait({"do": "play", "prompts": prompts, "barge_in": False})
    # A collect that asks for nothing: over with the prompt, or with the first key.
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


def resume(turn: Turn, signal: Signal) -> Outcome:
    turn.ahead = str(signal.get("digits") or "") + turn.ahead
    return Go("next")


NODE = NodeType(
    name="play",
    label={"zh_CN": "播放", "en": "Play"},
    fields=(
        Field(name="prompt", kind="prompt", label={"zh_CN": "提示音", "en": "Prompt"}, required=True),
        Field(
            name="barge_in",
            kind="boolean",
            label={"zh_CN": "按键可打断", "en": "A key interrupts"},
            default=False,
        ),
    ),
    exits=(Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),),
    enter=enter,
    resume=resume,
)
