"""The map: lake and railways under the marks come with the program, no snapshot is read."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache, lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.config import GEODATA
from otsu_maps.maps import palette
from otsu_maps.public import svg_map
from otsu_maps.public.svg_map import Bounds

TALLEST = 560
"""Units of the picture, half those of a page: letters and marks are twice as large, to be read from 5 m."""


@lru_cache(maxsize=8)
def under(bounds: Bounds) -> str:
    """The drawing that `svg_map.draw` wants; the same places come again and again."""
    return svg_map.backdrop(bounds, _ground(), tallest=TALLEST)


def picture(drawn: str) -> str:
    """A drawing of `svg_map` as the address of an image, with its colours: Streamlit lets no SVG into its pages."""
    whole = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    whole = whole.replace(">", f"><style>{_colours()}{svg_map.STYLE}</style>", 1)
    return "data:image/svg+xml;base64," + base64.b64encode(whole.encode()).decode()


def around(bounds: Sequence[Bounds]) -> Bounds:
    """The smallest bounds that hold them all."""
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


def _colours() -> str:
    base = palette.BASE["light"]
    told = {"beyond": base["city"], "land": base["city"], "water": base["water"], "rail": base["rail"]}
    told |= {"edge": base["edge"], "ink": palette.css(palette.INK), "paper": palette.css(palette.PAPER)}
    return ":root {" + "".join(f"--{name}: {value};" for name, value in told.items()) + "}"


@cache
def _ground() -> svg_map.Ground:
    return svg_map.Ground(water=_shapes("lake"), rail=_shapes("rail"))


def _shapes(name: str) -> list[BaseGeometry]:
    text = (GEODATA / "basemap" / f"{name}.geojson").read_text("utf-8")
    return list(shapely.get_parts(shapely.from_geojson(text)))
