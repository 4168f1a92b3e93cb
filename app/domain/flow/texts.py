"""What of a flow has to be spoken before a caller may hear it."""

from collections.abc import Iterator

from app.domain.flow import prompts
from app.domain.flow.definition import Definition
from app.domain.flow.nodes import TYPES


def fixed_texts(flow: Definition) -> Iterator[tuple[str, str]]:
    """(language, text) of every text part; its sound's name is `prompts.text_name`."""
    for node in flow.nodes.values():
        type = TYPES.get(node.type)
        for field in type.fields if type else ():
            if field.kind == "prompt":
                yield from prompts.fixed_texts(node.fields.get(field.name))
