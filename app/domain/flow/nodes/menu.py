"""A menu: one key, one way. Wrong keys and silence are answered and asked again.

`retries` is how often it asks again: with 2 the third wrong key (or silence) leaves.
They are counted apart, silence by `timeout_retries` where that is given, unless
`count` is "together".
"""

from app.domain.flow import keys, prompts
from app.domain.flow.node import (
    Exit,
    Failed,
    Field,
    Go,
    GoTo,
    NodeType,
    Outcome,
    Signal,
    Turn,
    Wait,
)


def enter(turn: Turn) -> Outcome:
    return _ask(turn, [])


def _ask(turn: Turn, before: list[str]) -> Outcome:
    """Ask, or take the key that was pressed while something else was said."""
    longest = max((len(key) for key in turn["keys"]), default=1)
    act = {
        "do": "collect",
        "prompts": [] if turn.ahead else before + turn.prompts(),
        "barge_in": bool(turn["barge_in"]),
        "min": 1,
        "max": longest,
        "terminators": "#" if longest > 1 and "#" not in turn["keys"] else "",
        "first_timeout_s": float(turn["timeout_s"]),
        "next_timeout_s": float(turn["next_timeout_s"]),
        "secret": False,
    }
    digits, ended = keys.taken(turn.ahead, act)
    if ended:
        turn.ahead = keys.left(turn.ahead, digits, ended)
        return resume(turn, {"got": "collected", "reason": ended, "digits": digits})
    return Wait(act)


def resume(turn: Turn, signal: Signal) -> Outcome:
    pressed = str(signal.get("digits") or "")
    if pressed:
        turn.hear(pressed)
        target = turn["keys"].get(pressed)
        return GoTo(target) if target else _again(turn, "invalid")
    if signal.get("reason") == "failed":
        return Failed("the prompt could not be played")
    return _again(turn, "timeout")


def _again(turn: Turn, what: str) -> Outcome:
    apart = turn.count(what)
    together = sum(int(turn.tries.get(kind, 0)) for kind in ("invalid", "timeout"))
    allowed = turn["timeout_retries"] if what == "timeout" else None
    allowed = turn["retries"] if allowed is None else allowed
    if (together if turn["count"] == "together" else apart) > allowed:
        return Go(what)
    return _ask(turn, prompts.names(turn[f"{what}_prompt"], turn.variables, turn.language))


NODE = NodeType(
    name="menu",
    label={"zh_CN": "菜单", "en": "Menu"},
    fields=(
        Field(name="prompt", kind="prompt", label={"zh_CN": "提示音", "en": "Prompt"}, required=True),
        Field(name="keys", kind="keys", label={"zh_CN": "按键", "en": "Keys"}, required=True),
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
            name="retries",
            kind="count",
            label={"zh_CN": "重试次数", "en": "Retries"},
            default=2,
            high=20,
        ),
        Field(
            name="timeout_retries",
            kind="count",
            label={"zh_CN": "无按键重试次数", "en": "Retries after silence"},
            high=20,
        ),
        Field(
            name="count",
            kind="choice",
            label={"zh_CN": "按错与无按键", "en": "Wrong keys and silence"},
            default="apart",
            choices=("apart", "together"),
        ),
        Field(
            name="invalid_prompt",
            kind="prompt",
            label={"zh_CN": "按错提示", "en": "After a wrong key"},
            default={"name": "invalid-key"},
        ),
        Field(
            name="timeout_prompt",
            kind="prompt",
            label={"zh_CN": "无按键提示", "en": "After silence"},
            default={"name": "no-key"},
        ),
        Field(
            name="barge_in",
            kind="boolean",
            label={"zh_CN": "按键可打断", "en": "A key interrupts"},
            default=True,
        ),
    ),
    exits=(
        Exit(name="invalid", label={"zh_CN": "多次按错", "en": "Wrong too often"}, required=True),
        Exit(name="timeout", label={"zh_CN": "无按键", "en": "No key"}, required=True),
    ),
    enter=enter,
    resume=resume,
)
