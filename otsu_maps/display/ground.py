"""What lies under the marks of the map: lake and railways, which come with the program: no snapshot is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.config import GEODATA
from otsu_maps.public import svg_map
from otsu_maps.public.svg_map import Bounds


@lru_cache(maxsize=8)
def under(bounds: Bounds) -> str:
    """The drawing that `svg_map.draw` wants; the same places come again and again."""
    return svg_map.backdrop(bounds, _ground())


def around(bounds: Sequence[Bounds]) -> Bounds:
    """The smallest bounds that hold them all."""
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


@cache
def _ground() -> svg_map.Ground:
    return svg_map.Ground(water=_shapes("lake"), rail=_shapes("rail"))


def _shapes(name: str) -> list[BaseGeometry]:
    text = (GEODATA / "basemap" / f"{name}.geojson").read_text("utf-8")
    return list(shapely.get_parts(shapely.from_geojson(text)))
