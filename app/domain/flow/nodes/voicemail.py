"""Take a message into a box: words, tone, recording until `#`, silence or the limit."""

from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    prompts = turn.prompts()
    return Wait({"do": "voicemail", "box": turn["box"], "prompts": prompts, "max_s": float(turn["max_s"])})


def resume(turn: Turn, signal: Signal) -> Outcome:
    exit = str(signal.get("exit"))
    return Go(exit if exit in turn.node.exits else "next")


NODE = NodeType(
    name="voicemail",
    label={"zh_CN": "留言", "en": "Voicemail"},
    fields=(
        Field(name="box", kind="box", label={"zh_CN": "信箱", "en": "Box"}, required=True),
        Field(
            name="prompt",
            kind="prompt",
            label={"zh_CN": "提示音", "en": "Prompt"},
            default=[{"name": "leave-message"}, {"sound": "beep"}],
        ),
        Field(
            name="max_s",
            kind="number",
            label={"zh_CN": "最长（秒）", "en": "Longest (s)"},
            default=120,
            low=5,
            high=600,
        ),
    ),
    exits=(
        Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),
        Exit(name="empty", label={"zh_CN": "没有留言", "en": "Nothing said"}, otherwise="next"),
    ),
    enter=enter,
    resume=resume,
)
