"""The style sheet: one short template in `resources/styles`, tokens put in by name."""

import re
from pathlib import Path

from app.desktop.theme.current import Look

TEMPLATE = Path(__file__).parents[3] / "resources" / "styles" / "desktop.qss"
ICONS = TEMPLATE.parent.parent / "icons"


def style_sheet(chosen: Look) -> str:
    """`@ink` and `@broken.tone` become colours, `@px(36)` a length grown by the text factor."""
    text = TEMPLATE.read_text("utf-8")
    text = re.sub(r"@px\((\d+)\)", lambda m: f"{round(int(m[1]) * chosen.factor)}px", text)
    return re.sub(r"@([a-z_0-9]+(?:\.[a-z]+)?)", lambda m: chosen.tokens.hex(m[1]), text)
