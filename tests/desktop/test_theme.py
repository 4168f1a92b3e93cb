"""Every pair of colours that meet on a screen keeps its floor of contrast (WCAG 2.2)."""

import re
from pathlib import Path

import pytest

from app.desktop.theme.current import Look
from app.desktop.theme.sheet import style_sheet
from app.desktop.theme.tokens import DARK, LIGHT, WALL

ROOT = Path(__file__).resolve().parents[2]
THEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]
TEXT = [
    (text, ground)
    for ground in ("bg", "surface", "sunken", "raised", "sel", "hover")
    for text in ("text", "text2", "text3")
] + [("on_ink", "ink"), ("rail_text", "rail"), ("rail_text", "rail_on"), ("white", "rail_on")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.req("A22")
@pytest.mark.parametrize("tokens", THEMES)
def test_text_is_readable_on_every_ground_it_stands_on(tokens):
    for text, ground in TEXT:
        assert contrast(tokens.hex(text), tokens.hex(ground)) >= 4.5, (text, ground)


@pytest.mark.parametrize("tokens", THEMES)
def test_states_are_readable_solid_soft_and_on_cards(tokens):
    for name, hue in tokens.hues.items():
        assert contrast("#FFFFFF", hue.fill) >= 4.5, name
        assert contrast(hue.tone, hue.soft) >= 4.5, name
        assert contrast(hue.tone, tokens.hex("surface")) >= 4.5, name


@pytest.mark.parametrize("tokens", THEMES)
def test_edges_of_controls_and_the_focus_ring_are_seen(tokens):
    for ground in ("surface", "bg", "sunken"):
        assert contrast(tokens.hex("strong"), tokens.hex(ground)) >= 3.0, ground
        assert contrast(tokens.hex("focus"), tokens.hex(ground)) >= 3.0, ground


def test_the_wall_is_readable_on_its_tiles():
    for text in ("text", "label", "amber", "red_text"):
        assert contrast(WALL[text], WALL["tile"]) >= 4.5, text
    assert contrast(WALL["text"], WALL["red_tile"]) >= 4.5


def test_hex_colours_stand_in_the_theme_only():
    allowed = {
        "tokens.py",
        "cord_board.py",
        "rail.py",
    }  # the one ornament, and the rail that is dark in both themes
    for path in (ROOT / "app" / "desktop").rglob("*.py"):
        if path.name not in allowed:
            assert not re.search(r"[\"']#[0-9A-Fa-f]{6}", path.read_text("utf-8")), path


def test_the_style_sheet_knows_every_name_it_uses():
    for tokens in (LIGHT, DARK):
        sheet = style_sheet(Look(tokens=tokens))
        assert "@" not in sheet and "#" in sheet


def test_only_the_icons_in_use_are_shipped_and_all_in_use_are_there():
    shipped = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "app" / "desktop").rglob("*.py"))
    named = set(re.findall(r"\"([a-z][a-z0-9-]*)\"", source))
    assert not shipped - named, "shipped but used nowhere"
