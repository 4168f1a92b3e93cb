"""Ask for a number and look it up: an order, an identity, a customer's own number.

Each entry that is not found, is too short or does not come is one attempt; after
`attempts` of them the caller leaves by `failed` (or `timeout` when silence was the
last). The record found lies in the variable `into`, in fields ("order.state").
A records side that does not answer leaves by `error` and costs no attempt.
"""

from app.domain.flow import prompts
from app.domain.flow.asking import QUESTION, accepted, ask
from app.domain.flow.node import Exit, Failed, Field, Go, NodeType, Outcome, Signal, Turn, Wait


def enter(turn: Turn) -> Outcome:
    return _ask(turn, [])


def _ask(turn: Turn, before: list[str]) -> Outcome:
    asked = ask(turn, before)
    if isinstance(asked, Wait):
        return asked
    digits, reason = asked
    return _keyed(turn, {"got": "collected", "reason": reason, "digits": digits})


def resume(turn: Turn, signal: Signal) -> Outcome:
    return _keyed(turn, signal) if signal.get("got") == "collected" else _looked_up(turn, signal)


def _keyed(turn: Turn, signal: Signal) -> Outcome:
    if signal.get("reason") == "failed":
        return Failed("the prompt could not be played")
    digits = accepted(turn, signal)
    if digits is None:
        wrong = signal.get("digits") or signal.get("reason") == "terminator"
        return _again(turn, "invalid" if wrong else "timeout")
    by = {**turn.named_values("by"), str(turn["key"]): digits}
    return Wait(
        {"do": "lookup", "what": turn["what"], "by": by, "timeout_s": float(turn["lookup_timeout_s"])}
    )


def _looked_up(turn: Turn, signal: Signal) -> Outcome:
    if signal.get("error"):
        turn.variables["error"] = str(signal["error"])
        return Go("error")
    if signal.get("value") is None:
        return _again(turn, "not_found")
    turn.variables[turn["into"]] = signal["value"]
    return Go("verified")


def _again(turn: Turn, what: str) -> Outcome:
    if turn.count("tries") >= int(turn["attempts"]):
        return Go("timeout" if what == "timeout" else "failed")
    return _ask(turn, prompts.names(turn[f"{what}_prompt"], turn.variables, turn.language))


NODE = NodeType(
    name="verify",
    label={"zh_CN": "核对", "en": "Verify"},
    fields=(
        *QUESTION,
        Field(name="what", kind="text", label={"zh_CN": "查询", "en": "Look up"}, required=True),
        Field(name="key", kind="text", label={"zh_CN": "按字段", "en": "By field"}, default="number"),
        Field(name="by", kind="values", label={"zh_CN": "其他条件", "en": "And by"}, default={}),
        Field(name="into", kind="variable", label={"zh_CN": "结果存入", "en": "Result into"}, required=True),
        Field(
            name="attempts",
            kind="count",
            label={"zh_CN": "允许次数", "en": "Attempts"},
            default=3,
            low=1,
            high=20,
        ),
        Field(
            name="not_found_prompt",
            kind="prompt",
            label={"zh_CN": "未找到提示", "en": "When not found"},
            default={"name": "not-found"},
        ),
        Field(
            name="lookup_timeout_s",
            kind="number",
            label={"zh_CN": "查询时限（秒）", "en": "Look-up limit (s)"},
            default=5,
            high=60,
        ),
    ),
    exits=(
        Exit(name="verified", label={"zh_CN": "通过", "en": "Verified"}, required=True),
        Exit(name="failed", label={"zh_CN": "未通过", "en": "Failed"}, required=True),
        Exit(name="timeout", label={"zh_CN": "无按键", "en": "No key"}, otherwise="failed"),
        Exit(name="error", label={"zh_CN": "查询出错", "en": "Look-up failed"}, otherwise="failed"),
    ),
    enter=enter,
    resume=resume,
)
