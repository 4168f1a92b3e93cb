"""Whether one field of a node holds what its kind asks for.

Knows kinds, not node types; `check` walks the nodes and their ways.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.flow import prompts, say
from app.domain.flow.conditions import OPERATORS, WITHOUT_VALUE
from app.domain.flow.definition import LANGUAGES
from app.domain.flow.node import Field
from app.domain.flow.problem import Problem, error, nearest

PROMPT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
PLACE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
TARGETS = ("agent", "queue", "flow", "voicemail", "number")
PART_KEYS = ("name", "sound", "text", "say")
GIVEN = frozenset(
    {"caller", "called", "call_id", "customer_id", "at", "date", "time", "weekday", "language", "error"}
)
"""Variables every call brings along; nobody declares them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the site has. None: not known here, so not checked.

    sounds: names such as "zh_CN/welcome". languages: those the flow must speak.
    """

    sounds: Collection[str] | None = None
    queues: Collection[str] | None = None
    boxes: Collection[str] | None = None
    flows: Collection[str] | None = None
    languages: tuple[str, ...] = LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A field of a node, and what may be named in it."""

    node: str
    type: str
    field: Field
    variables: Collection[str]
    nodes: Collection[str]
    around: Surroundings

    def wrong(self, chinese: str, english: str, code: str = "wrong_value") -> Problem:
        return error(code, self.node, f"{self.field.name}：{chinese}", f"{self.field.name}: {english}")

    def unknown(self, code: str, what: tuple[str, str], name: object, known: Collection[str]) -> Problem:
        zh, en = nearest(str(name), known)
        return self.wrong(f"没有{what[0]}“{name}”{zh}", f"there is no {what[1]} {name!r}{en}", code)


def problems(place: Place, value: Any) -> Iterator[Problem]:
    """Everything wrong with a value that was given."""
    yield from KINDS[place.field.kind](place, value)


def _number(place: Place, value: Any) -> Iterator[Problem]:
    field = place.field
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield place.wrong("应为数字", "must be a number")
    elif field.kind == "count" and not isinstance(value, int):
        yield place.wrong("应为整数", "must be a whole number")
    elif not field.low <= value <= field.high:
        yield place.wrong(
            f"应在 {field.low:g} 到 {field.high:g} 之间", f"must be from {field.low:g} to {field.high:g}"
        )


def _boolean(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield place.wrong("应为 true 或 false", "must be true or false")


def _text(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield place.wrong("应为文字", "must be a text")


def _choice(place: Place, value: Any) -> Iterator[Problem]:
    if value not in place.field.choices:
        listed = ", ".join(place.field.choices)
        yield place.wrong(f"应为其中之一：{listed}", f"must be one of {listed}")


def _variable(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or value not in place.variables:
        yield place.unknown("unknown_variable", ("变量", "variable"), value, place.variables)
    elif value == "language":
        yield place.wrong("用“语言”节点切换语言", "change the language with a language node")


def _reference(place: Place, path: Any) -> Iterator[Problem]:
    """A variable, or a field inside a record."""
    if not isinstance(path, str) or path.split(".")[0] not in {*place.variables, *GIVEN}:
        yield place.unknown("unknown_variable", ("变量", "variable"), path, {*place.variables, *GIVEN})


def _node(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or value not in place.nodes:
        yield place.unknown("exit_to_nowhere", ("节点", "node"), value, place.nodes)


def _keys(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, Mapping) or not value:
        yield place.wrong("至少要有一个按键", "needs at least one key")
        return
    for key, target in value.items():
        if not key or set(key) - set("0123456789*#ABCD"):
            yield place.wrong(f"“{key}”不是电话按键", f"{key!r} is no telephone key", "bad_key")
        yield from _node(place, target)


def _tests(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, list) or not value or not all(isinstance(test, Mapping) for test in value):
        yield place.wrong("至少要有一个条件", "needs a list of at least one test")
        return
    for test in value:
        for key in sorted(set(test) - {"field", "op", "value"}):
            zh, en = nearest(key, ("field", "op", "value"))
            yield place.wrong(f"不认识“{key}”{zh}", f"unknown key {key!r}{en}", "unknown_key")
        yield from _reference(place, test.get("field"))
        op = str(test.get("op"))
        if op not in OPERATORS:
            yield place.unknown("unknown_operator", ("运算", "operator"), op, OPERATORS)
        elif op not in WITHOUT_VALUE and "value" not in test:
            yield place.wrong("缺少比较的值", "a value to compare with is missing")


def _values(place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield place.wrong("应为名称和值", "must map names to values")
        return
    for written in value.values():
        yield from _value(place, written)


def _value(place: Place, value: Any) -> Iterator[Problem]:
    if isinstance(value, (dict, list)):
        yield place.wrong("应为简单的值", "must be a plain value")
    elif isinstance(value, str) and value.startswith("$"):
        yield from _reference(place, value[1:])


def _known(code: str, what: tuple[str, str], listed: str) -> Callable[[Place, Any], Iterator[Problem]]:
    def found(place: Place, value: Any) -> Iterator[Problem]:
        known = getattr(place.around, listed)
        if not isinstance(value, str) or not PLACE_NAME.fullmatch(value):
            yield place.wrong(f"{what[0]}的名称不对", f"is no name of a {what[1]}")
        elif known is not None and value not in known:
            yield place.unknown(code, what, value, known)

    return found


_queue = _known("unknown_queue", ("队列", "queue"), "queues")
_box = _known("unknown_box", ("信箱", "box"), "boxes")
_flow = _known("unknown_flow", ("流程", "flow"), "flows")


def _target(place: Place, value: Any) -> Iterator[Problem]:
    kind, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind not in TARGETS or not colon or not name:
        kinds = " ".join(f"{target}:…" for target in TARGETS)
        yield place.wrong(f"应写作 {kinds}", f"must be one of {kinds}", "bad_target")
    elif kind == "number" and not re.fullmatch(r"\+?[0-9*#]{1,32}", name):
        yield place.wrong(f"“{name}”不是电话号码", f"{name!r} is no telephone number", "bad_target")
    elif kind in ("queue", "voicemail", "flow"):
        yield from {"queue": _queue, "voicemail": _box, "flow": _flow}[kind](place, name)


def _prompt(place: Place, value: Any) -> Iterator[Problem]:
    listed = value if isinstance(value, list) else [value]
    if not listed:
        yield place.wrong("没有内容", "is empty")
    for part in listed:
        kinds = [key for key in PART_KEYS if isinstance(part, Mapping) and key in part]
        if len(kinds) != 1:
            yield place.wrong(
                "每段应为 name、sound、text 或 say 之一", "each part is a name, sound, text or say"
            )
            continue
        yield from {"name": _name, "sound": _sound, "text": _spoken, "say": _say}[kinds[0]](place, part)


def _name(place: Place, part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _only(place, part, ("name",))
    yield from _sounds(place, part["name"], [f"{language}/" for language in place.around.languages])


def _sound(place: Place, part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _only(place, part, ("sound",))
    yield from _sounds(place, part["sound"], ["sounds/"])


def _sounds(place: Place, name: Any, folders: list[str]) -> Iterator[Problem]:
    if not isinstance(name, str) or not PROMPT_NAME.fullmatch(name):
        yield place.wrong(f"“{name}”不是提示音的名称", f"{name!r} is no name of a prompt", "bad_prompt_name")
    elif place.around.sounds is not None:
        for folder in folders:
            if folder + name not in place.around.sounds:
                known = [
                    sound.removeprefix(folder) for sound in place.around.sounds if sound.startswith(folder)
                ]
                zh, en = nearest(name, known)
                yield place.wrong(
                    f"没有提示音 {folder}{name}{zh}", f"no prompt {folder}{name}{en}", "missing_prompt"
                )


def _spoken(place: Place, part: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _only(place, part, ("text",))
    texts = part["text"]
    if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
        yield place.wrong("text 应按语言给出", "text must be given by language")
        return
    for language in place.around.languages:
        text = texts.get(language, "")
        if not text.strip():
            yield place.wrong(f"缺少 {language} 的文字", f"the text in {language} is missing", "missing_text")
        elif len(text) > prompts.LONGEST_TEXT:
            yield place.wrong("文字太长", f"longer than {prompts.LONGEST_TEXT} characters")
        for path in prompts.places(text):
            yield from _reference(place, path)
    if prompts.is_dynamic(part) and place.type != "say":
        yield place.wrong(
            "含变量的文字只能用“播报”节点", "text with {variables} needs a say node", "text_with_variables"
        )


def _say(place: Place, part: Mapping[str, Any]) -> Iterator[Problem]:
    choice = part["say"] == "choice"
    allowed = ("of", "prefix", "known", "else") if choice else ("of", "value", "last")
    yield from _only(place, part, ("say", *allowed))
    kind = str(part["say"])
    if not choice and kind not in say.KINDS:
        yield place.unknown("unknown_kind", ("读法", "way of reading"), kind, [*say.KINDS, "choice"])
    if "value" not in part:
        yield from _reference(place, part.get("of"))
    if choice:
        known = part.get("known")
        if not isinstance(known, list) or not known:
            yield place.wrong("choice 要列出 known", "choice needs the list `known`")
            return
        for name in [
            *(f"{part.get('prefix', '')}{value}" for value in known),
            *filter(None, [part.get("else")]),
        ]:
            yield from _sounds(place, name, [f"{language}/" for language in place.around.languages])


def _only(place: Place, part: Mapping[str, Any], allowed: tuple[str, ...]) -> Iterator[Problem]:
    for key in sorted(set(part) - set(allowed)):
        zh, en = nearest(key, allowed)
        yield place.wrong(f"不认识“{key}”{zh}", f"unknown key {key!r}{en}", "unknown_key")


KINDS: Mapping[str, Callable[[Place, Any], Iterator[Problem]]] = {
    "prompt": _prompt,
    "text": _text,
    "number": _number,
    "count": _number,
    "boolean": _boolean,
    "choice": _choice,
    "language": _choice,
    "variable": _variable,
    "node": _node,
    "keys": _keys,
    "tests": _tests,
    "values": _values,
    "value": _value,
    "queue": _queue,
    "box": _box,
    "target": _target,
}
