"""The base map as one self-contained style: Mapbox style v8 with its GeoJSON inside, as a data address.

Made from the outlines in the snapshot, so that every city has one; `geodata/basemap/style.json` says what is drawn in
which order, the palette in which colour.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.config import GEODATA
from otsu_maps.maps import palette

COARSE_DEGREES = 0.0004
"""About 40 m: less than a pixel at the zoom of a city, a tenth of the bytes."""


def style(theme: str, *, city: bytes, water: Iterable[bytes], rail: Iterable[bytes]) -> str:
    """A `map_style` for pydeck; `theme` is light or dark, the outlines are WKB in lon/lat."""
    document = json.loads(_template())
    document["sources"] = {
        "city": _source([city]),
        "water": _source(water),
        "rail": _source(rail),
    }
    colours = palette.BASE[theme]
    for layer in document["layers"]:
        for name, value in layer["paint"].items():
            if isinstance(value, str):
                layer["paint"][name] = colours[value]
    text = json.dumps(document, separators=(",", ":"))
    return "data:application/json;base64," + base64.b64encode(text.encode()).decode()


@cache
def _template() -> str:
    return (GEODATA / "basemap" / "style.json").read_text("utf-8")


def _source(shapes: Iterable[bytes]) -> dict[str, Any]:
    coarse = [_coarse(shapely.from_wkb(shape)) for shape in shapes]
    whole = json.loads(shapely.to_geojson(shapely.GeometryCollection(coarse)))
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in whole["geometries"]]
    return {"type": "geojson", "data": {"type": "FeatureCollection", "features": features}}


def _coarse(shape: BaseGeometry) -> BaseGeometry:
    return shapely.set_precision(shape.simplify(COARSE_DEGREES), 0.0001, mode="pointwise")
