"""Premises as discs with a character on them: what is designated there, or whether it suits a hazard."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk

from otsu_maps.maps import palette

ID = "premises"
"""Layer id, under which a click answers; its objects carry `premises_id`."""

PLAIN = {"get_radius": 130, "radius_min_pixels": 5, "radius_max_pixels": 13}
SIZED = {"get_radius": "radius", "radius_units": pdk.types.String("pixels")}
SMALLEST, LARGEST = 7, 26
"""Pixels of a disc that is sized by people."""


def layers(points: Iterable[Mapping[str, Any]], chosen: str | None = None) -> list[pdk.Layer]:
    """Discs, a ring round the chosen one, and the characters.

    `points`: premises_id, lon, lat, state (a key of palette.MARK), label (shown on pointing). With `people` in them
    (None: unknown) the area of a disc grows with the people. Ordered by premises_id, since a selection knows rows only.
    """
    points = list(points)
    is_sized = any("people" in point for point in points)
    data = [
        {
            "premises_id": point["premises_id"],
            "at": [round(point["lon"], 5), round(point["lat"], 5)],
            **_colours(point["state"]),
            "mark": palette.MARK[point["state"]],
            "label": point["label"],
            **({"radius": _radius(point["people"])} if is_sized else {}),
        }
        for point in sorted(points, key=lambda point: str(point["premises_id"]))
    ]
    ring = [point for point in data if point["premises_id"] == chosen]
    return [
        pdk.Layer(
            "ScatterplotLayer",
            ring,
            id="chosen",
            get_position="at",
            get_radius=1,
            radius_min_pixels=16,
            radius_max_pixels=16,
            get_fill_color=[*palette.RED, 255],
        ),
        pdk.Layer(
            "ScatterplotLayer",
            data,
            id=ID,
            pickable=True,
            auto_highlight=True,
            get_position="at",
            get_fill_color="fill",
            get_line_color="edge",
            stroked=True,
            line_width_min_pixels=1.5,
            **(SIZED if is_sized else PLAIN),
        ),
        pdk.Layer(
            "TextLayer",
            data,
            id="marks",
            get_position="at",
            get_text="mark",
            get_size=170,
            size_units=pdk.types.String("meters"),  # far out the discs overlap: colour alone there, and the table
            size_max_pixels=15,
            get_color="ink",
            font_weight=700,
            font_family=pdk.types.String("sans-serif"),
            character_set=pdk.types.String("auto"),
        ),
    ]


def _radius(people: int | None) -> int:
    return round(min(SMALLEST + math.sqrt(people or 0) * 0.6, LARGEST))


def _colours(state: str) -> dict[str, list[int]]:
    colour, paper = [*palette.STATES[state], 255], [*palette.PAPER, 255]
    if state in palette.HOLLOW:
        return {"fill": paper, "edge": colour, "ink": colour}
    return {"fill": colour, "edge": paper, "ink": paper}
