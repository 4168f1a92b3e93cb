"""End the call, with a last word if there is one."""

from app.domain.flow.node import End, Field, NodeType, Outcome, Signal, Turn, Wait

NORMAL_CLEARING = 16  # Q.850


def enter(turn: Turn) -> Outcome:
    prompts = turn.prompts()
    return Wait({"do": "play", "prompts": prompts, "barge_in": False}) if prompts else _end()


def resume(turn: Turn, signal: Signal) -> Outcome:
    return _end()


def _end() -> End:
    return End({"do": "hang_up", "cause": NORMAL_CLEARING})


NODE = NodeType(
    name="hang_up",
    label={"zh_CN": "挂机", "en": "Hang up"},
    fields=(Field(name="prompt", kind="prompt", label={"zh_CN": "结束语", "en": "Last word"}),),
    enter=enter,
    resume=resume,
)
