"""Hand the call over: to an agent, a queue, a flow, a box or a number.

Without a `failed` exit the flow is over at once; with one it goes on when the far
side is busy or does not answer.
"""

from app.domain.flow.node import End, Exit, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    act = {"do": "transfer", "to": turn["to"]}
    return Wait(act) if "failed" in turn.node.exits else End(act)


def resume(turn: Turn, signal: Signal) -> Outcome:
    return End({"do": "end"}) if signal.get("exit") == "answered" else Go("failed")


NODE = NodeType(
    name="transfer",
    label={"zh_CN": "转接", "en": "Transfer"},
    fields=(Field(name="to", kind="target", label={"zh_CN": "转到", "en": "To"}, required=True),),
    exits=(Exit(name="failed", label={"zh_CN": "未接通", "en": "Not reached"}),),
    enter=enter,
    resume=resume,
)
