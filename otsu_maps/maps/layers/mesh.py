"""Mesh cells filled by how many people are there."""

from __future__ import annotations

from collections.abc import Sequence

import pydeck as pdk

from otsu_maps import mesh
from otsu_maps.maps import palette


def layers(codes: Sequence[int], steps: Sequence[int], labels: Sequence[str], theme: str) -> list[pdk.Layer]:
    """One polygon a cell. `steps` are places in palette.CROWD, few to many; `labels` are shown on pointing."""
    west, south, east, north = mesh.bounds_of(codes)
    data = [
        {
            "ring": [[w, s], [e, s], [e, n], [w, n]],
            "fill": [*palette.crowd(step, theme), 165],
            "label": label,
        }
        for w, s, e, n, step, label in zip(
            west.round(5).tolist(),
            south.round(5).tolist(),
            east.round(5).tolist(),
            north.round(5).tolist(),
            steps,
            labels,
            strict=True,
        )
    ]
    return [
        pdk.Layer(
            "PolygonLayer",
            data,
            id="mesh",
            pickable=True,
            stroked=True,
            get_polygon="ring",
            get_fill_color="fill",
            get_line_color=[*palette.PAPER, 120],
            line_width_min_pixels=0.5,
        )
    ]
