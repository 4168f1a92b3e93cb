"""Every colour of the product, by name. The only place with hex values on screens."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Hue:
    """A state's colours: `fill` carries white, `tone` is text on `soft` or on a surface."""

    icon: str
    fill: str
    soft: str
    tone: str


_ICONS = {
    "ready": "circle-check",
    "ringing": "phone-incoming",
    "talking": "headset",
    "held": "player-pause",
    "wrap_up": "clipboard-text",
    "on_break": "coffee",
    "logged_out": "power",
    "broken": "alert-triangle",
    "near": "arrow-up",
}
_LIGHT = {
    "ready": ("#1A7A44", "#E1F3E8"),
    "ringing": ("#B83A0B", "#FDEADF"),
    "talking": ("#1D5FD0", "#E4EDFC"),
    "held": ("#0B7285", "#DCF0F4"),
    "wrap_up": ("#5B21B6", "#EEE7FB"),
    "on_break": ("#6B4D36", "#F1EAE3"),
    "logged_out": ("#5B6675", "#E8ECF1"),
    "broken": ("#C0262D", "#FBE4E5"),
    "near": ("#8F5F00", "#FBF0D6"),
}
_DARK = {
    "ready": ("#1F8149", "#14301F", "#74DDA2"),
    "ringing": ("#C4480F", "#3A2015", "#FF9B66"),
    "talking": ("#2F6BDA", "#172A4A", "#7FAEFF"),
    "held": ("#127A8F", "#0F2F37", "#5CC8DD"),
    "wrap_up": ("#7A43D6", "#2A2047", "#D0B8FF"),
    "on_break": ("#8A694E", "#312720", "#C4A484"),
    "logged_out": ("#65728A", "#262F3B", "#A0ADBD"),
    "broken": ("#CB343B", "#3C1A1E", "#FF8C8C"),
    "near": ("#94670A", "#362A10", "#EFBF5A"),
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme: hues of states and the neutrals of the chrome."""

    name: str
    hues: Mapping[str, Hue]
    neutrals: Mapping[str, str]

    def hex(self, name: str) -> str:
        """Look up "ink", "surface", "broken.tone", "ready.fill" … KeyError for an unknown name."""
        hue, _, part = name.partition(".")
        if part:
            return str(getattr(self.hues[hue], part))
        return self.neutrals[name]


LIGHT = Tokens(
    "light",
    MappingProxyType({k: Hue(_ICONS[k], f, s, f) for k, (f, s) in _LIGHT.items()}),
    MappingProxyType(
        {
            "bg": "#E9EDF2",
            "surface": "#FFFFFF",
            "sunken": "#F4F6F9",
            "raised": "#FFFFFF",
            "border": "#D5DCE5",
            "strong": "#74829A",
            "text": "#18212F",
            "text2": "#445168",
            "text3": "#59667C",
            "ink": "#22304A",
            "on_ink": "#FFFFFF",
            "sel": "#E2EAF6",
            "hover": "#EEF2F7",
            "focus": "#2563EB",
            "rail": "#1C2638",
            "rail_on": "#33415C",
            "rail_text": "#C3CDDB",
            "white": "#FFFFFF",
        }
    ),
)
DARK = Tokens(
    "dark",
    MappingProxyType({k: Hue(_ICONS[k], f, s, t) for k, (f, s, t) in _DARK.items()}),
    MappingProxyType(
        {
            "bg": "#0E131B",
            "surface": "#19212D",
            "sunken": "#131A24",
            "raised": "#222C3A",
            "border": "#2D3848",
            "strong": "#6F7E95",
            "text": "#E9EEF5",
            "text2": "#B5C0CF",
            "text3": "#93A0B4",
            "ink": "#DDE6F3",
            "on_ink": "#131A25",
            "sel": "#27364C",
            "hover": "#222D3B",
            "focus": "#79A9FF",
            "rail": "#0A0E15",
            "rail_on": "#26334A",
            "rail_text": "#B5C0CF",
            "white": "#FFFFFF",
        }
    ),
)
THEMES: Mapping[str, Tokens] = MappingProxyType({"light": LIGHT, "dark": DARK})

# The wall is always dark, read from five metres, and has colours of its own.
WALL: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#0A0F16",
        "tile": "#141C27",
        "text": "#F2F6FB",
        "label": "#B7C3D3",
        "amber": "#FFC247",
        "red_text": "#FF6B6B",
        "red_tile": "#8E1F25",
        "line": "#2B3645",
        "ready": "#2FB36B",
        "talking": "#5B98FF",
        "wrap_up": "#AB86F5",
        "on_break": "#C9A07C",
    }
)
