"""Turns the `prompt` of a node into names of sounds, in one language.

A prompt is one part or a list of parts:
    {"name": "welcome"}                        zh_CN/welcome, en/welcome
    {"sound": "beep"}                          sounds/beep, in every language the same
    {"text": {"zh_CN": "…", "en": "…"}}        made by speech once: zh_CN/text/HASH
    {"say": KIND, "of": "order.fee"}           read out by `say`; or "value": 12; "last": 5 signs
    {"say": "choice", "of": "order.state", "prefix": "order-state-", "known": […], "else": "…"}
A text with {variables} in braces can only be made while the call waits: see `spoken`.

Knows names only; whether a sound exists is the board's business and `check`'s.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.flow import say

Part = Mapping[str, Any]
_PLACE = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")
LONGEST_TEXT = 1000  # characters one speak act may have


def parts(prompt: Any) -> list[Part]:
    """The parts of a prompt field, however it was written."""
    if prompt is None:
        return []
    listed = [prompt] if isinstance(prompt, Mapping) else prompt
    return [part for part in listed if isinstance(part, Mapping)] if isinstance(listed, Sequence) else []


def text_name(language: str, text: str) -> str:
    """The name under which a spoken text is kept: the same text, the same name."""
    return f"{language}/text/{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def in_language(text: Any, language: str) -> str:
    """One language of a text; another one rather than silence."""
    if isinstance(text, str):
        return text
    if not isinstance(text, Mapping):
        return ""
    return str(text.get(language) or next(iter(text.values()), ""))


def is_dynamic(part: Part) -> bool:
    """Whether the sound can only be made during the call."""
    texts = part.get("text")
    values = texts.values() if isinstance(texts, Mapping) else [texts]
    return any(isinstance(text, str) and _PLACE.search(text) for text in values)


def places(text: str) -> list[str]:
    """The variables a text names in braces."""
    return _PLACE.findall(text)


def fixed_texts(prompt: Any) -> Iterable[tuple[str, str]]:
    """(language, text) of every part that must be spoken before the flow is used."""
    for part in parts(prompt):
        texts = part.get("text")
        if isinstance(texts, Mapping) and not is_dynamic(part):
            yield from ((str(language), str(text)) for language, text in texts.items())


def names(prompt: Any, variables: Mapping[str, Any], language: str) -> list[str]:
    """Names of sounds, one after the other. An unknown or empty value says nothing."""
    return [name for part in parts(prompt) for name in _part(part, variables, language)]


def spoken(prompt: Any, variables: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """The parts of a speak act: {"prompt": name}, with "text" where it may have to be made."""
    found: list[dict[str, str]] = []
    for part in parts(prompt):
        if "text" in part:
            text = fill(in_language(part["text"], language), variables, language)[:LONGEST_TEXT].strip()
            if text:
                found.append({"prompt": text_name(language, text), "text": text})
        else:
            found.extend({"prompt": name} for name in _part(part, variables, language))
    return found


def fill(text: str, variables: Mapping[str, Any], language: str) -> str:
    """Put values into their braces, once: a value with braces in it is not looked into."""

    def value(place: re.Match[str]) -> str:
        found = value_of(variables, language, place[1])
        return "" if found is None or isinstance(found, (dict, list)) else str(found)

    return _PLACE.sub(value, text)


def value_of(variables: Mapping[str, Any], language: str, path: str) -> Any:
    """A variable by its path ("order.state"); None when there is none."""
    if path == "language":
        return language
    if path in variables:
        return variables[path]
    found: Any = variables
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _part(part: Part, variables: Mapping[str, Any], language: str) -> list[str]:
    if "name" in part:
        return [f"{language}/{part['name']}"]
    if "sound" in part:
        return [f"sounds/{part['sound']}"]
    if "text" in part:
        text = in_language(part["text"], language)
        return [text_name(language, text)] if text else []
    if "say" in part:
        value = part["value"] if "value" in part else value_of(variables, language, str(part.get("of", "")))
        if part["say"] == "choice":
            return _choice(part, value, language)
        if isinstance(part.get("last"), int) and value is not None:
            value = str(value)[-part["last"] :]
        return [f"{language}/{name}" for name in say.words(str(part["say"]), value, language)]
    return []


def _choice(part: Part, value: Any, language: str) -> list[str]:
    if value in part.get("known", ()):
        return [f"{language}/{part.get('prefix', '')}{value}"]
    return [f"{language}/{part['else']}"] if part.get("else") else []
