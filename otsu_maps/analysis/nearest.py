"""How far people are from the nearest of some places, in a straight line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from otsu_maps import geo
from otsu_maps.analysis.overlay import Floats
from otsu_maps.analysis.residents import Residents


def metres_to_nearest(people: Residents, places: Sequence[tuple[float, float]]) -> Floats:
    """By piece of `people`, from its middle to the nearest of `places` (lon, lat); inf: there is none."""
    middles = shapely.centroid(people.shapes)
    if not places or not len(middles):
        return np.full(len(middles), np.inf)
    lon, lat = zip(*places, strict=True)
    at = [shapely.Point(x, y) for x, y in geo.to_metres(lon, lat, people.plane_epsg)]
    _, found = shapely.STRtree(at).query_nearest(middles, return_distance=True, all_matches=False)
    metres: Floats = found
    return metres
