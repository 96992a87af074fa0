"""Hazard zones by depth or class, and the edge of where the map speaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk
import shapely

from otsu_maps.maps import palette, shapes

OPACITY = 150


def layers(
    zones: Iterable[Mapping[str, Any]], coverage: Iterable[bytes] = (), opacity: int = OPACITY
) -> list[pdk.Layer]:
    """Filled zones in the order given (the later lies on top) and the edge of the coverage.

    `zones`: geom (WKB), depth_step (analysis.depth), zone_class or None, label (shown on pointing).
    """
    drawn = list(zones)
    filled = shapes.collection(
        [shapely.from_wkb(zone["geom"]) for zone in drawn],
        [{"fill": [*colour(zone), opacity], "label": zone["label"]} for zone in drawn],
    )
    edges = shapes.collection([shapely.from_wkb(geom).boundary for geom in coverage], [{} for _ in coverage])
    return [
        pdk.Layer(
            "GeoJsonLayer",
            filled,
            id="zones",
            pickable=True,
            get_fill_color="properties.fill",
            get_line_color="properties.fill",
            get_line_width=1,
            line_width_units=pdk.types.String("pixels"),
        ),
        pdk.Layer(
            "GeoJsonLayer",
            edges,
            id="coverage",
            get_line_color=[*palette.GREY, 160],
            get_line_width=2,
            line_width_units=pdk.types.String("pixels"),
        ),
    ]


def colour(zone: Mapping[str, Any]) -> palette.RGB:
    """Of a zone: its class for landslides, else its depth."""
    if zone["zone_class"]:
        return palette.ZONE_CLASS[zone["zone_class"]]
    step = zone["depth_step"]
    return palette.DEPTH[step] if step >= 0 else palette.DEPTH_UNKNOWN
