"""Brings documents of older formats to the current one, a step a format."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.flow.definition import FORMAT, NotAFlow

Document = dict[str, Any]

# format → what makes the next one of it. Released steps stay for ever.
STEPS: Mapping[int, Callable[[Document], Document]] = {}


def migrate(document: Document) -> Document:
    """The document in the current format; the given one is left as it was.

    Raises:
        NotAFlow: of a newer format than this program knows, or of none at all.
    """
    format = document.get("format", FORMAT)
    if not isinstance(format, int) or isinstance(format, bool) or not 1 <= format <= FORMAT:
        raise NotAFlow("format", f"this program reads formats 1 to {FORMAT}, not {format!r}")
    for step in range(format, FORMAT):
        document = STEPS[step]({**document, "format": step + 1})
    return document
