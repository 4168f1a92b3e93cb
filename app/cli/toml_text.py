"""Writes plain values as TOML: what a configuration file needs of it, no more."""

import json
from typing import Any


def text(values: dict[str, Any]) -> str:
    """Tables and lists of tables become sections, everything else stays on one line."""
    lines: list[str] = []
    _section(values, "", lines)
    return "\n".join(lines).strip() + "\n"


def _section(values: dict[str, Any], name: str, lines: list[str]) -> None:
    deeper = {key: value for key, value in values.items() if _is_section(value)}
    lines += [f"{key} = {_inline(value)}" for key, value in values.items() if key not in deeper]
    for key, value in deeper.items():
        path = f"{name}.{key}" if name else key
        for item in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{path}]]" if isinstance(value, list) else f"[{path}]"]
            if isinstance(value, list):
                lines += [f"{inner} = {_inline(content)}" for inner, content in item.items()]
            else:
                _section(item, path, lines)


def _is_section(value: Any) -> bool:
    is_table = isinstance(value, dict)
    return is_table or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
