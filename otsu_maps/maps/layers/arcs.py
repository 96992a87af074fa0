"""Trips between two places as arcs: the colour runs from where they begin to where they end, more trips are wider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pydeck as pdk

from otsu_maps.maps import palette

NARROW, WIDE = 1.5, 9.0
"""Pixels of the smallest and of the largest pair."""

HEIGHT, TILT = 0.45, 25
"""Of a half circle, and degrees by which an arc leans to one side of its way: there and back lie beside each other."""


def layers(arcs: Sequence[dict[str, Any]], theme: str) -> list[pdk.Layer]:
    """One arc a pair. `arcs`: source and target (lon, lat in degrees), trips (above 0), label (shown on pointing)."""
    most = max((arc["trips"] for arc in arcs), default=1.0)
    drawn = [
        {
            "source": [round(degrees, 5) for degrees in arc["source"]],
            "target": [round(degrees, 5) for degrees in arc["target"]],
            "width": round(NARROW + (WIDE - NARROW) * arc["trips"] / most, 2),
            "label": arc["label"],
        }
        for arc in reversed(arcs)  # most first in the table, on top on the map
    ]
    return [
        pdk.Layer(
            "ArcLayer",
            drawn,
            id="arcs",
            pickable=True,
            get_source_position="source",
            get_target_position="target",
            get_source_color=[*palette.TRIP_FROM, 230],
            get_target_color=[*palette.TRIP_TO[theme], 230],
            get_width="width",
            get_height=HEIGHT,
            get_tilt=TILT,
        )
    ]
