"""Districts: thin edges, with their names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk
import shapely

from otsu_maps.maps import palette

COARSE_DEGREES = 0.0004


def layers(districts: Iterable[Mapping[str, Any]], theme: str, chosen: str | None = None) -> list[pdk.Layer]:
    """Edges of all districts, the chosen one stronger, and names. `districts`: district_id, name, geom (WKB)."""
    features, names = [], []
    for district in districts:
        shape = shapely.from_wkb(district["geom"])
        coarse = shapely.set_precision(shape.simplify(COARSE_DEGREES), 0.0001, mode="pointwise")
        width = 3 if district["district_id"] == chosen else 1
        features.append(
            {"type": "Feature", "properties": {"width": width}, "geometry": json.loads(shapely.to_geojson(coarse))}
        )
        inner = shape.representative_point()
        names.append({"at": [round(inner.x, 5), round(inner.y, 5)], "name": district["name"]})
    return [
        pdk.Layer(
            "GeoJsonLayer",
            {"type": "FeatureCollection", "features": features},
            id="districts",
            filled=False,
            stroked=True,
            get_line_color=[*palette.LABEL[theme], 110],
            get_line_width="properties.width",
            line_width_units=pdk.types.String("pixels"),
        ),
        pdk.Layer(
            "TextLayer",
            names,
            id="district-names",
            get_position="at",
            get_text="name",
            get_size=900,
            size_units=pdk.types.String("meters"),  # small districts keep their names until there is room
            size_max_pixels=14,
            get_color=[*palette.LABEL[theme], 255],
            font_family=pdk.types.String("sans-serif"),
            character_set=pdk.types.String("auto"),
        ),
    ]
