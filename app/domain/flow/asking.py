"""Asking for several digits: what `collect` and `verify` have in common."""

from app.domain.flow import keys, prompts
from app.domain.flow.node import Field, Go, Signal, Turn, Wait

QUESTION = (
    Field(name="prompt", kind="prompt", label={"zh_CN": "提示音", "en": "Prompt"}, required=True),
    Field(
        name="variable",
        kind="variable",
        label={"zh_CN": "存入变量", "en": "Into variable"},
        required=True,
    ),
    Field(name="min", kind="count", label={"zh_CN": "最少位数", "en": "Fewest digits"}, default=1, high=64),
    Field(
        name="max", kind="count", label={"zh_CN": "最多位数", "en": "Most digits"}, default=20, low=1, high=64
    ),
    Field(name="terminators", kind="text", label={"zh_CN": "结束键", "en": "Ends with"}, default="#"),
    Field(
        name="timeout_s",
        kind="number",
        label={"zh_CN": "等待按键（秒）", "en": "Wait for a key (s)"},
        default=5,
        high=60,
    ),
    Field(
        name="next_timeout_s",
        kind="number",
        label={"zh_CN": "按键间隔（秒）", "en": "Between keys (s)"},
        default=3,
        high=60,
    ),
    Field(
        name="barge_in",
        kind="boolean",
        label={"zh_CN": "按键可打断", "en": "A key interrupts"},
        default=True,
    ),
    Field(
        name="invalid_prompt",
        kind="prompt",
        label={"zh_CN": "按错提示", "en": "After a wrong entry"},
        default={"name": "invalid-entry"},
    ),
    Field(
        name="timeout_prompt",
        kind="prompt",
        label={"zh_CN": "无按键提示", "en": "After silence"},
        default={"name": "no-key"},
    ),
)


def ask(turn: Turn, before: list[str]) -> Wait | tuple[str, str]:
    """Ask, or take what was keyed ahead: then (digits, reason)."""
    act = {
        "do": "collect",
        "prompts": [] if turn.ahead else before + turn.prompts(),
        "barge_in": bool(turn["barge_in"]),
        "min": int(turn["min"]),
        "max": int(turn["max"]),
        "terminators": str(turn["terminators"]),
        "first_timeout_s": float(turn["timeout_s"]),
        "next_timeout_s": float(turn["next_timeout_s"]),
        "secret": turn.secret(turn["variable"]),
    }
    digits, ended = keys.taken(turn.ahead, act)
    if not ended:
        return Wait(act)
    turn.ahead = keys.left(turn.ahead, digits, ended)
    return digits, ended


def accepted(turn: Turn, signal: Signal) -> str | None:
    """Digits of the right number and kind, kept in the variable; None for anything else."""
    digits = str(signal.get("digits") or "")
    if digits:
        turn.hear(digits, turn.secret(turn["variable"]))
    # With a fixed length, silence ends an entry as well as a terminator does.
    if not digits.isdigit() or not int(turn["min"]) <= len(digits) <= int(turn["max"]):
        return None
    turn.variables[turn["variable"]] = digits
    return digits


def refused(turn: Turn, signal: Signal, retries: int) -> Go | list[str]:
    """Leave after too many tries, or what to say before asking again."""
    what = "invalid" if signal.get("digits") or signal.get("reason") == "terminator" else "timeout"
    if turn.count(what) > retries:
        return Go(what)
    return prompts.names(turn[f"{what}_prompt"], turn.variables, turn.language)
