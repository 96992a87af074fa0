"""Areas filled by a class of a figure; one whose figure is unknown is drawn as such."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk
import shapely

from otsu_maps.maps import palette
from otsu_maps.maps.layers.districts import COARSE_DEGREES


def layers(areas: Iterable[Mapping[str, Any]], theme: str) -> list[pdk.Layer]:
    """One layer. `areas`: geom (WKB, lon/lat), step (a place in palette.CROWD, None: unknown), label."""
    features = []
    for area in areas:
        coarse = shapely.set_precision(
            shapely.from_wkb(area["geom"]).simplify(COARSE_DEGREES), 0.0001, mode="pointwise"
        )
        fill = palette.DEPTH_UNKNOWN if area["step"] is None else palette.crowd(area["step"], theme)
        properties = {"fill": [*fill, 170], "label": area["label"]}
        features.append(
            {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(coarse))}
        )
    return [
        pdk.Layer(
            "GeoJsonLayer",
            {"type": "FeatureCollection", "features": features},
            id="areas",
            pickable=True,
            stroked=True,
            get_fill_color="properties.fill",
            get_line_color=[*palette.LABEL[theme], 140],
            get_line_width=1,
            line_width_units=pdk.types.String("pixels"),
        )
    ]
