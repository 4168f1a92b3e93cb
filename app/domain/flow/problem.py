"""One thing that is wrong with a flow, told in both languages."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """code: stable, for programs. node: where; "" for the flow itself. A warning does not stop publishing."""

    code: str
    node: str
    text: Mapping[str, str]
    severity: Literal["error", "warning"] = "error"

    def line(self, file: str, language: str) -> str:
        return f"{file}:{self.node}: {self.code} {self.text[language]}"


def error(code: str, node: str, chinese: str, english: str) -> Problem:
    return Problem(code=code, node=node, text={"zh_CN": chinese, "en": english})


def warning(code: str, node: str, chinese: str, english: str) -> Problem:
    return Problem(code=code, node=node, text={"zh_CN": chinese, "en": english}, severity="warning")


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint in both languages when a known name is like this one, else two empty texts."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return (f"，是不是“{close[0]}”？", f"; did you mean {close[0]!r}?") if close else ("", "")
