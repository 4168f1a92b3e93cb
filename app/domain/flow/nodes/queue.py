"""Wait for an agent in a queue. The floor keeps the caller; the flow goes on only if nobody answers."""

from app.domain.flow.node import End, Exit, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    return Wait({"do": "queue", "queue": turn["queue"], "priority": int(turn["priority"])})


def resume(turn: Turn, signal: Signal) -> Outcome:
    exit = str(signal.get("exit"))
    if exit == "answered" and "answered" not in turn.node.exits:
        return End({"do": "end"})
    return Go(exit if exit in turn.type.exit_names else "overflow")


NODE = NodeType(
    name="queue",
    label={"zh_CN": "排队", "en": "Queue"},
    fields=(
        Field(name="queue", kind="queue", label={"zh_CN": "队列", "en": "Queue"}, required=True),
        Field(
            name="priority",
            kind="count",
            label={"zh_CN": "优先级", "en": "Priority"},
            default=0,
            high=10,
        ),
    ),
    exits=(
        Exit(name="overflow", label={"zh_CN": "溢出", "en": "Overflow"}, required=True),
        Exit(name="closed", label={"zh_CN": "非服务时间", "en": "Closed"}, otherwise="overflow"),
        Exit(name="no_agents", label={"zh_CN": "无坐席", "en": "No agents"}, otherwise="overflow"),
        Exit(name="answered", label={"zh_CN": "通话结束", "en": "After the talk"}),
    ),
    enter=enter,
    resume=resume,
)
