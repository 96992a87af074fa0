"""Plain points: stops, stations, events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk

from otsu_maps.maps import palette


def layers(
    layer_id: str, points: Iterable[Mapping[str, Any]], colour: palette.RGB, *, radius_m: int = 60, pixels: int = 4
) -> list[pdk.Layer]:
    """One disc a point. `points`: lon, lat, label (shown on pointing)."""
    data = [{"at": [round(point["lon"], 5), round(point["lat"], 5)], "label": point["label"]} for point in points]
    return [
        pdk.Layer(
            "ScatterplotLayer",
            data,
            id=layer_id,
            pickable=True,
            auto_highlight=True,
            get_position="at",
            get_fill_color=[*colour, 230],
            get_line_color=[*palette.PAPER, 255],
            stroked=True,
            line_width_min_pixels=1,
            get_radius=radius_m,
            radius_min_pixels=pixels,
            radius_max_pixels=pixels * 3,
        )
    ]
