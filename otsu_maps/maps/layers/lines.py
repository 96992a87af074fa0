"""Lines of buses, trams and trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk
import shapely

from otsu_maps.maps import palette, shapes

WIDTH, CHOSEN_WIDTH = 3, 6
"""Pixels."""


def layers(lines: Iterable[Mapping[str, Any]], chosen: str | None = None) -> list[pdk.Layer]:
    """Lines in their colours; where one is `chosen` the others step back.

    `lines`: geom (WKB), route_id, color (six hexadecimal digits or None), label (shown on pointing).
    """
    drawn = sorted(lines, key=lambda line: line["route_id"] == chosen)
    about = [
        {
            "ink": [*palette.line(line["color"]), 230 if chosen in (None, line["route_id"]) else 70],
            "width": CHOSEN_WIDTH if line["route_id"] == chosen else WIDTH,
            "label": line["label"],
        }
        for line in drawn
    ]
    return [
        pdk.Layer(
            "GeoJsonLayer",
            shapes.collection([shapely.from_wkb(line["geom"]) for line in drawn], about),
            id="lines",
            pickable=True,
            get_line_color="properties.ink",
            get_line_width="properties.width",
            line_width_units=pdk.types.String("pixels"),
        )
    ]
