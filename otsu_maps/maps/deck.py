"""Put layers on the base map, with a view that shows all of them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pydeck as pdk
from pydeck.bindings.json_tools import default_serialize

TOOLTIP_STYLE = {"fontSize": "14px", "maxWidth": "320px"}


def deck(
    layers: Sequence[pdk.Layer], base: str, bounds: tuple[float, float, float, float], tooltip: str = ""
) -> pdk.Deck:
    """A map of `bounds` (west, south, east, north in degrees). `tooltip` is a template such as `{name}`."""
    return pdk.Deck(
        layers=list(layers),
        map_style=base,
        map_provider="mapbox",
        initial_view_state=view(bounds),
        tooltip={"text": tooltip, "style": TOOLTIP_STYLE} if tooltip else False,
    )


class Drawn(pdk.Deck):
    """A map that is finished and shown to many: written as JSON once, which is most of the work."""

    def __init__(self, made: pdk.Deck) -> None:
        self.__dict__.update(made.__dict__)
        # Not pydeck's own writing, which indents, and so takes six times as long.
        self._written = json.dumps(made, sort_keys=True, default=default_serialize)

    def to_json(self) -> str:
        """What is sent to browsers."""
        return self._written


def view(bounds: tuple[float, float, float, float], pixels: int = 480) -> pdk.ViewState:
    """A view that holds `bounds` in a square of `pixels` (Web Mercator, tiles of 512 pixels)."""
    west, south, east, north = bounds
    lat = (south + north) / 2
    high = math.asinh(math.tan(math.radians(north))) - math.asinh(math.tan(math.radians(south)))
    share = max((east - west) / 360, high / (2 * math.pi), 1e-6)
    zoom = min(math.log2(pixels / 512 / share), 16.0)
    return pdk.ViewState(
        longitude=(west + east) / 2, latitude=lat, zoom=math.floor(zoom * 100) / 100, min_zoom=7, max_zoom=18
    )
