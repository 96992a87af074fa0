"""Every colour. States use the JIS Z 9103 safety colours; no state is told by colour alone."""

from __future__ import annotations

RGB = tuple[int, int, int]

RED, ORANGE, YELLOW = (255, 75, 0), (246, 170, 0), (242, 231, 0)
GREEN, BLUE, PURPLE = (0, 176, 107), (25, 113, 255), (153, 0, 153)
GREY, INK, PAPER = (112, 117, 125), (26, 28, 32), (255, 255, 255)

SUITABILITY: dict[str, RGB] = {"yes": GREEN, "part": (0, 122, 140), "unknown": ORANGE, "no": GREY}
PREMISES: dict[str, RGB] = {"site": BLUE, "shelter": (122, 62, 157), "both": (0, 76, 153)}
MARK: dict[str, str] = {
    "yes": "○",
    "part": "△",
    "unknown": "？",
    "no": "×",
    "site": "緊",
    "shelter": "避",
    "both": "両",
}
"""One character a state, drawn on the map and written in the legend."""

BASE: dict[str, dict[str, str]] = {
    "light": {"beyond": "#e9e7e1", "city": "#fbfaf6", "water": "#bcd8ea", "edge": "#8c8577", "rail": "#8f959e"},
    "dark": {"beyond": "#23262b", "city": "#30343b", "water": "#1b3a52", "edge": "#a7adb8", "rail": "#7d8590"},
}
"""Base map by theme: land beyond the city, the city, water, the city's edge, railways."""

LABEL: dict[str, RGB] = {"light": (70, 66, 58), "dark": (214, 218, 224)}
HALO: dict[str, RGB] = {"light": PAPER, "dark": INK}


def css(colour: RGB) -> str:
    """A colour for HTML."""
    return f"rgb{colour}"
