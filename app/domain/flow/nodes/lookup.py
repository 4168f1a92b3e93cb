"""Look a record up without asking the caller anything (by his number, by a variable)."""

from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    by = turn.named_values("by")
    return Wait({"do": "lookup", "what": turn["what"], "by": by, "timeout_s": float(turn["timeout_s"])})


def resume(turn: Turn, signal: Signal) -> Outcome:
    if signal.get("error"):
        turn.variables["error"] = str(signal["error"])
        return Go("error")
    turn.variables[turn["into"]] = signal.get("value")
    return Go("not_found" if signal.get("value") is None else "found")


NODE = NodeType(
    name="lookup",
    label={"zh_CN": "查询", "en": "Look up"},
    fields=(
        Field(name="what", kind="text", label={"zh_CN": "查询", "en": "Look up"}, required=True),
        Field(name="by", kind="values", label={"zh_CN": "条件", "en": "By"}, required=True),
        Field(name="into", kind="variable", label={"zh_CN": "结果存入", "en": "Result into"}, required=True),
        Field(
            name="timeout_s",
            kind="number",
            label={"zh_CN": "查询时限（秒）", "en": "Limit (s)"},
            default=5,
            high=60,
        ),
    ),
    exits=(
        Exit(name="found", label={"zh_CN": "找到", "en": "Found"}, required=True),
        Exit(name="not_found", label={"zh_CN": "未找到", "en": "Not found"}, required=True),
        Exit(name="error", label={"zh_CN": "查询出错", "en": "Look-up failed"}, otherwise="not_found"),
    ),
    enter=enter,
    resume=resume,
)
