"""Go on in another language."""

from app.domain.flow.definition import LANGUAGES
from app.domain.flow.node import Exit, Field, Go, NodeType, Outcome, Turn


def enter(turn: Turn) -> Outcome:
    turn.language = str(turn["language"])
    return Go("next")


NODE = NodeType(
    name="language",
    label={"zh_CN": "语言", "en": "Language"},
    fields=(
        Field(
            name="language",
            kind="language",
            label={"zh_CN": "语言", "en": "Language"},
            required=True,
            choices=LANGUAGES,
        ),
    ),
    exits=(Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),),
    enter=enter,
)
