"""Who is served: pieces of census cells by state, and stops that lose or gain departures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pydeck as pdk
from shapely.geometry.base import BaseGeometry

from otsu_maps.maps import palette, shapes

DRAWN = ("served", "gap", "unknown")
"""States of pieces that are drawn; where nobody lives the base map shows."""


STAYS = "stays"
"""A state of stops that is drawn small and without a mark, so that the others are seen."""


def pieces(drawn: Sequence[BaseGeometry], states: Sequence[str], labels: Sequence[str]) -> list[pdk.Layer]:
    """Areas (lon/lat) filled by state, those in a gap with an edge. `labels` are shown on pointing."""
    wanted = [place for place, state in enumerate(states) if state in DRAWN]
    properties = [
        {
            "fill": [*palette.SERVICE[states[place]], 150],
            "edge": [*palette.INK, 110 if states[place] == "gap" else 0],
            "label": labels[place],
        }
        for place in wanted
    ]
    return [
        pdk.Layer(
            "GeoJsonLayer",
            shapes.collection([drawn[place] for place in wanted], properties),
            id="pieces",
            pickable=True,
            stroked=True,
            get_fill_color="properties.fill",
            get_line_color="properties.edge",
            get_line_width=1,
            line_width_units=pdk.types.String("pixels"),
        )
    ]


def changes(stops: Iterable[Mapping[str, Any]]) -> list[pdk.Layer]:
    """A disc with its mark a stop. `stops`: lon, lat, state (a key of palette.CHANGES), label (shown on pointing)."""
    data = [
        {
            "at": [round(stop["lon"], 5), round(stop["lat"], 5)],
            "fill": [*palette.CHANGES[stop["state"]], 240],
            "ink": [*palette.ink_on(palette.CHANGES[stop["state"]]), 255],
            "mark": "" if stop["state"] == STAYS else palette.MARK[stop["state"]],
            "radius": 3 if stop["state"] == STAYS else 8,
            "label": stop["label"],
        }
        for stop in stops
    ]
    return [
        pdk.Layer(
            "ScatterplotLayer",
            data,
            id="changes",
            pickable=True,
            auto_highlight=True,
            get_position="at",
            get_fill_color="fill",
            get_line_color=[*palette.PAPER, 255],
            stroked=True,
            line_width_min_pixels=1,
            get_radius="radius",
            radius_units=pdk.types.String("pixels"),
        ),
        pdk.Layer(
            "TextLayer",
            data,
            id="marks",
            get_position="at",
            get_text="mark",
            get_color="ink",
            get_size=13,
            character_set=pdk.types.String("auto"),
            font_family=pdk.types.String("sans-serif"),
            font_weight=pdk.types.String("bold"),
        ),
    ]
