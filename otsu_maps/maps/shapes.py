"""Geometry for the browser: coarse enough to send, fine enough to trust at the zoom of a city."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

MOST_POINTS = 60_000
"""Corners in one layer: about 1 MB of JSON, which a tablet still draws smoothly."""

FINE_DEGREES = 0.00005


def geometries(shapes: Sequence[BaseGeometry]) -> list[dict[str, Any]]:
    """GeoJSON geometries in the order of `shapes`, rounded to 5 decimals, simplified only as far as they need it."""
    tolerance = FINE_DEGREES
    drawn = list(shapes)
    while sum(shapely.get_num_coordinates(shape) for shape in drawn) > MOST_POINTS and tolerance < 0.01:
        drawn = [shape.simplify(tolerance) for shape in shapes]
        tolerance *= 2
    rounded = shapely.set_precision(drawn, 0.00001, mode="pointwise")
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def collection(shapes: Sequence[BaseGeometry], properties: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A FeatureCollection of `shapes` with one dictionary of properties each."""
    pairs = zip(geometries(shapes), properties, strict=True)
    features = [{"type": "Feature", "properties": about, "geometry": geometry} for geometry, about in pairs]
    return {"type": "FeatureCollection", "features": features}
