"""Give a variable a value: a plain one, or "$other" for another variable's."""

from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Turn


def enter(turn: Turn) -> Outcome:
    turn.variables[turn["variable"]] = turn.plain(turn["value"])
    return Go("next")


NODE = NodeType(
    name="set",
    label={"zh_CN": "赋值", "en": "Set"},
    fields=(
        Field(name="variable", kind="variable", label={"zh_CN": "变量", "en": "Variable"}, required=True),
        Field(name="value", kind="value", label={"zh_CN": "值", "en": "Value"}),
    ),
    exits=(Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),),
    enter=enter,
)
