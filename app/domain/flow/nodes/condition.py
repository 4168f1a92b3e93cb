"""Go one way or the other by what the variables hold."""

from app.domain.flow.conditions import hold
from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Turn


def enter(turn: Turn) -> Outcome:
    return Go("yes" if hold(turn["tests"], turn["match"], turn.value) else "no")


NODE = NodeType(
    name="condition",
    label={"zh_CN": "条件", "en": "Condition"},
    fields=(
        Field(name="tests", kind="tests", label={"zh_CN": "条件", "en": "Tests"}, required=True),
        Field(
            name="match",
            kind="choice",
            label={"zh_CN": "满足", "en": "Match"},
            default="all",
            choices=("all", "any"),
        ),
    ),
    exits=(
        Exit(name="yes", label={"zh_CN": "是", "en": "Yes"}, required=True),
        Exit(name="no", label={"zh_CN": "否", "en": "No"}, required=True),
    ),
    enter=enter,
)
