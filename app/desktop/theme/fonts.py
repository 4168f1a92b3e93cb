"""Brings the bundled Latin face in, and says when no Chinese face is on the machine."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QFontDatabase

from app.desktop.theme.current import FAMILIES

FONTS = Path(__file__).parents[3] / "resources" / "fonts"


def load_fonts() -> None:
    for face in sorted(FONTS.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(face))


@lru_cache(maxsize=1)
def chinese_has_bold() -> bool:
    """Whether the first installed SC face has a weight over regular of its own."""
    families = set(QFontDatabase.families())
    face = next((name for name in FAMILIES[1:] if name in families), "")
    return any(QFontDatabase.weight(face, style) > 500 for style in QFontDatabase.styles(face))


def has_chinese() -> bool:
    """True when one of the named SC faces is installed, or any face that writes simplified Chinese."""
    families = set(QFontDatabase.families())
    if families & set(FAMILIES[1:]):
        return True
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
