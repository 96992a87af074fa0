"""Lines: bus routes and railways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pydeck as pdk

from otsu_maps.maps import palette


def layers(layer_id: str, lines: Iterable[Mapping[str, Any]], pixels: int = 3) -> list[pdk.Layer]:
    """One path a line. `lines`: path (list of [lon, lat]), colour (RGB or None), label (shown on pointing)."""
    data = [
        {
            "path": [[round(lon, 5), round(lat, 5)] for lon, lat in line["path"]],
            "colour": [*(line["colour"] or palette.ROUTE), 210],
            "label": line["label"],
        }
        for line in lines
    ]
    return [
        pdk.Layer(
            "PathLayer",
            data,
            id=layer_id,
            pickable=True,
            auto_highlight=True,
            get_path="path",
            get_color="colour",
            get_width=pixels,
            width_units=pdk.types.String("pixels"),
        )
    ]
