"""Straight-line distances on a sphere, for feeds anywhere: a city's plane would not do for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EARTH_M = 6_371_000.0
"""Mean radius of the earth (IUGG)."""


def metres(lon: Floats, lat: Floats, other_lon: Floats | float, other_lat: Floats | float) -> Floats:
    """Metres between positions in degrees (haversine formula), NaN where one is unknown."""
    lat_r, other_r = np.radians(lat), np.radians(other_lat)
    across = np.sin((lat_r - other_r) / 2) ** 2
    along = np.cos(lat_r) * np.cos(other_r) * np.sin(np.radians(lon - other_lon) / 2) ** 2
    found: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(across + along, 0, 1)))
    return found
