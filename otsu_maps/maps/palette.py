"""Every colour. States use the JIS Z 9103 safety colours; no state is told by colour alone."""

from __future__ import annotations

RGB = tuple[int, int, int]

RED, ORANGE, YELLOW = (255, 75, 0), (246, 170, 0), (242, 231, 0)
GREEN, BLUE = (0, 176, 107), (25, 113, 255)
GREY, INK, PAPER = (112, 117, 125), (26, 28, 32), (255, 255, 255)

SUITABILITY: dict[str, RGB] = {"yes": GREEN, "part": (0, 122, 140), "unknown": ORANGE, "no": GREY}
PREMISES: dict[str, RGB] = {"site": BLUE, "shelter": (122, 62, 157), "both": (0, 76, 153)}
AGAINST_ZONES: dict[str, RGB] = {"inside": RED, "outside": BLUE, "uncovered": ORANGE}
"""A place against a hazard map. Outside is no green: damage reaches beyond zones."""

OFFERS: dict[str, RGB] = {"offered": GREEN, "fit": GREEN, "fit_unknown": ORANGE, "unfit": GREY}
"""Where people may be sent now; valid but closed, full or not for all; unknown; invalid."""

BANDS: dict[str, RGB] = {"band_free": BLUE, "band_crowded": ORANGE, "band_full": RED, "band_unknown": GREY}
"""How full an open shelter is."""

OPENNESS: dict[str, RGB] = {
    "is_open": BLUE,
    "is_always_open": (0, 122, 140),
    "is_paused": ORANGE,
    "is_closed": GREY,
    "is_disputed": RED,
    "is_unknown": GREY,
}
"""Open is no green: whether a shelter is valid is another question."""

SERVICE: dict[str, RGB] = {"served": (66, 146, 198), "gap": ORANGE, "unknown": (200, 200, 203)}
"""People within reach of service, in a gap (with an edge, so that colour is not alone), and a number nobody knows."""

CHANGES: dict[str, RGB] = {"loses": RED, "gains": BLUE, "stays": GREY, "one_side": ORANGE}
"""Departures of a stop after a change against before; one_side: no such stop in the other timetable."""

PUBLIC_STATES: dict[str, RGB] = {
    "offered": (0, 100, 90),
    "full": (180, 0, 0),
    "closed": (125, 130, 138),
    "unsuitable": INK,
    "unknown": (220, 100, 0),
}
"""What the public is told of a place, apart for every eye; only edges have these colours, words stand on paper."""

LEVELS: dict[int, RGB] = {
    5: (12, 0, 12),
    4: (170, 0, 170),
    3: (255, 40, 0),
    2: (242, 231, 0),
    1: (255, 255, 255),
    0: (200, 200, 203),
}
"""Alert levels 5 to 1, and none (内閣府・気象庁「避難情報等と防災気象情報の配色」)."""

STATES: dict[str, RGB] = SUITABILITY | PREMISES | AGAINST_ZONES | OFFERS | BANDS | OPENNESS | CHANGES
MARK: dict[str, str] = {
    "yes": "○",
    "part": "△",
    "unknown": "？",
    "no": "×",
    "site": "緊",
    "shelter": "避",
    "both": "両",
    "inside": "内",
    "outside": "外",
    "uncovered": "不",
    "offered": "可",
    "fit": "適",
    "fit_unknown": "？",
    "unfit": "×",
    "band_free": "空",
    "band_crowded": "混",
    "band_full": "満",
    "band_unknown": "？",
    "is_open": "●",
    "is_always_open": "◎",
    "is_paused": "▲",
    "is_closed": "■",
    "is_disputed": "◆",
    "is_unknown": "？",
    "loses": "－",
    "gains": "＋",
    "stays": "＝",
    "one_side": "？",
}
"""One character a state, drawn on the map and written in the legend."""

HOLLOW = frozenset(
    {"unknown", "no", "outside", "uncovered", "fit", "fit_unknown", "unfit", "band_unknown", "is_closed", "is_unknown"}
)
"""States drawn as a ring: where the character is too small to read, full or hollow still tells them apart."""

BASE: dict[str, dict[str, str]] = {
    "light": {"beyond": "#e9e7e1", "city": "#fbfaf6", "water": "#bcd8ea", "edge": "#8c8577", "rail": "#8f959e"},
    "dark": {"beyond": "#23262b", "city": "#30343b", "water": "#1b3a52", "edge": "#a7adb8", "rail": "#7d8590"},
}
"""Base map by theme: land beyond the city, the city, water, the city's edge, railways."""

LABEL: dict[str, RGB] = {"light": (70, 66, 58), "dark": (214, 218, 224)}


def ink_on(colour: RGB) -> RGB:
    """Black or white, whichever reads better on a colour (the higher contrast by WCAG)."""
    return max((INK, PAPER), key=lambda text: contrast(text, colour))


def contrast(one: RGB, other: RGB) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: RGB) -> float:
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def css(colour: RGB) -> str:
    """A colour for HTML."""
    return f"rgb{colour}"


DEPTH: tuple[RGB, ...] = (
    (247, 245, 169),
    (255, 216, 192),
    (255, 183, 183),
    (255, 145, 145),
    (242, 133, 201),
    (220, 122, 220),
)
"""Water depth by step (analysis.depth), as the national flood hazard map manual colours it."""

DEPTH_UNKNOWN: RGB = (170, 190, 210)
ZONE_CLASS: dict[str, RGB] = {"warning": (255, 226, 60), "special": (225, 60, 60)}
"""Landslide warning zones (yellow) and special warning zones (red)."""

CROWD: tuple[RGB, ...] = ((222, 235, 247), (158, 202, 225), (66, 146, 198), (8, 81, 156), (8, 48, 107))
"""People present, few to many: one hue, so that more is darker for every eye."""


def crowd(step: int, theme: str) -> RGB:
    """The colour of a class of people: more stands out more, darker on a light map, lighter on a dark one."""
    return CROWD[step] if theme == "light" else CROWD[len(CROWD) - 1 - step]


MORE_OR_LESS: tuple[RGB, ...] = ((230, 97, 1), (253, 184, 99), (235, 235, 235), (178, 171, 210), (94, 60, 153))
"""Much less, less, the same, more, much more than before (ColorBrewer PuOr, safe for every eye)."""

MORE_OR_LESS_SIGN = ("－－", "－", "＝", "＋", "＋＋")
SIGN_UNKNOWN = "？"

TRIP_FROM: RGB = ORANGE
TRIP_TO: dict[str, RGB] = {"light": (8, 48, 107), "dark": (158, 202, 225)}
"""Where an arc begins, and by theme where it ends: both stand out from the ground."""

EVENT: RGB = (200, 60, 0)
LINE: RGB = (0, 98, 160)
"""A line whose feed names no colour."""

STOP: RGB = (60, 64, 72)
STATION: RGB = (153, 0, 153)

TOO_PALE = 600
"""Red, green and blue together: a paler line would vanish on a light map."""


def line(code: str | None) -> RGB:
    """The colour of a line: as its feed says in six hexadecimal digits, unless it could not be seen."""
    if not code:
        return LINE
    red, green, blue = bytes.fromhex(code)
    return (red, green, blue) if red + green + blue <= TOO_PALE else LINE
