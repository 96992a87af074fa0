"""Lines in a disaster: those that touch a zone bold, those out of service grey with a mark, the others thin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk
import shapely

from otsu_maps.maps import palette, shapes

CROSSING, OFF, OTHER = "crossing", "off", "other"
STATES = (OTHER, CROSSING, OFF)
"""In the order in which they are drawn."""

WIDTH = {CROSSING: 6, OFF: 6, OTHER: 2}
"""Pixels."""

MARK = "×"
MARKS = (0.2, 0.5, 0.8)
"""Where along each way that is out of service its mark stands, as shares of its length."""


def layers(lines: Iterable[Mapping[str, Any]]) -> list[pdk.Layer]:
    """`lines`: geom (WKB), state (STATES), color (six hexadecimal digits or None), label (shown on pointing).

    A line out of service is grey with a white heart and a mark: the colour does not say it alone.
    """
    drawn = sorted(lines, key=lambda line: STATES.index(line["state"]))
    ways = [shapely.from_wkb(line["geom"]) for line in drawn]
    gone = [(way, line["label"]) for way, line in zip(ways, drawn, strict=True) if line["state"] == OFF]
    about = [
        {
            "ink": [*(palette.GREY if line["state"] == OFF else palette.line(line["color"])), _strength(line["state"])],
            "width": WIDTH[line["state"]],
            "label": line["label"],
        }
        for line in drawn
    ]
    hearts = [{"ink": [*palette.PAPER, 255], "width": 2, "label": label} for _, label in gone]
    marks = [
        {"at": [round(point.x, 5), round(point.y, 5)], "mark": MARK}
        for way, _ in gone
        for part in shapely.get_parts(way)
        for point in (part.interpolate(share, normalized=True) for share in MARKS)
        if not part.is_empty
    ]
    return [
        _ways("disrupted", ways, about),
        _ways("hearts", [way for way, _ in gone], hearts),
        pdk.Layer(
            "TextLayer",
            marks,
            id="off",
            get_position="at",
            get_text="mark",
            get_size=26,
            get_color=[*palette.INK, 255],
            outline_width=4,
            outline_color=[*palette.PAPER, 255],
            font_settings={"sdf": True},
            character_set=pdk.types.String("auto"),
            font_family=pdk.types.String("sans-serif"),
            font_weight=700,
        ),
    ]


def _strength(state: str) -> int:
    return 130 if state == OTHER else 230


def _ways(layer_id: str, ways: list[Any], about: list[dict[str, Any]]) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer",
        shapes.collection(ways, about),
        id=layer_id,
        pickable=True,
        get_line_color="properties.ink",
        get_line_width="properties.width",
        line_width_units=pdk.types.String("pixels"),
        line_cap_rounded=True,
        line_joint_rounded=True,
    )
