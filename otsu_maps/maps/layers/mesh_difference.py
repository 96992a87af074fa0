"""Mesh cells by what changed between two times: two hues, and a sign on each, so that colour is not alone."""

from __future__ import annotations

from collections.abc import Sequence

import pydeck as pdk

from otsu_maps import mesh
from otsu_maps.maps import palette

SIGN_M = 260
"""Height of a sign on the ground: it shows where a cell is large enough on the screen to hold it."""

SIGN_PIXELS = 18


def layers(codes: Sequence[int], steps: Sequence[int | None], labels: Sequence[str], theme: str) -> list[pdk.Layer]:
    """Cells and signs. `steps`: places in palette.MORE_OR_LESS, None: unknown at one of the times."""
    west, south, east, north = (edge.round(5).tolist() for edge in mesh.bounds_of(codes))
    cells, signs = [], []
    for w, s, e, n, step, label in zip(west, south, east, north, steps, labels, strict=True):
        colour = palette.GREY if step is None else palette.MORE_OR_LESS[step]
        cells.append(
            {
                "ring": [[w, s], [e, s], [e, n], [w, n]],
                "fill": [*colour, 60 if step is None else 190],
                "label": label,
            }
        )
        sign = palette.SIGN_UNKNOWN if step is None else palette.MORE_OR_LESS_SIGN[step]
        ink = palette.LABEL[theme] if step is None else palette.ink_on(colour)
        signs.append({"at": [(w + e) / 2, (s + n) / 2], "sign": sign, "ink": [*ink, 255]})
    return [
        pdk.Layer(
            "PolygonLayer",
            cells,
            id="differences",
            pickable=True,
            stroked=True,
            get_polygon="ring",
            get_fill_color="fill",
            get_line_color=[*palette.PAPER, 120],
            line_width_min_pixels=0.5,
        ),
        pdk.Layer(
            "TextLayer",
            signs,
            id="signs",
            get_position="at",
            get_text="sign",
            get_color="ink",
            get_size=SIGN_M,
            size_units=pdk.types.String("meters"),
            size_max_pixels=SIGN_PIXELS,
            font_family=pdk.types.String("sans-serif"),
            character_set=pdk.types.String("auto"),
        ),
    ]
