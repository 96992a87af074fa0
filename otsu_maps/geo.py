"""Coordinate systems and measuring. Geometry is stored as lon/lat (x = lon) and measured in the city's plane CRS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np

LON_LAT = 4326  # WGS 84; JGD2011 (EPSG:6668) differs by less than the registers' rounding
"""EPSG code of everything stored and shown."""

JAPAN = (122.0, 20.0, 154.0, 46.0)
"""West, south, east, north of Japan: a coordinate outside is no place of any city here."""


CITY_PLANE_M = 200_000
"""So far east or west of its axis a plane rectangular CRS measures to one in a thousand."""

UTM_NORTH, UTM_SOUTH = 32600, 32700
"""EPSG codes of the zones of UTM (WGS 84), before the number of the zone."""


def in_metres(frame: gpd.GeoDataFrame, plane_epsg: int) -> gpd.GeoDataFrame:
    """The frame in the plane rectangular CRS of its city, where areas are m2 and distances are m."""
    return frame.to_crs(plane_epsg)


def points(lon: object, lat: object) -> gpd.GeoSeries:
    """Points from columns of degrees, in the stored CRS."""
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=LON_LAT)


def to_metres(lon: Sequence[float], lat: Sequence[float], plane_epsg: int) -> list[tuple[float, float]]:
    """Positions in degrees as x (east) and y (north) in metres of the city's plane."""
    moved = points(lon, lat).to_crs(plane_epsg)
    return list(zip(moved.x, moved.y, strict=True))


def to_degrees(x: Sequence[float], y: Sequence[float], plane_epsg: int) -> list[tuple[float, float]]:
    """Positions in metres of the city's plane as lon and lat in degrees."""
    moved = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=plane_epsg).to_crs(LON_LAT)
    return list(zip(moved.x, moved.y, strict=True))


def shapes_in_metres(wkb: Iterable[bytes], plane_epsg: int) -> np.ndarray:
    """Geometries in lon/lat (WKB) as an array of geometries in metres of the city's plane."""
    found = gpd.GeoSeries.from_wkb(list(wkb), crs=LON_LAT).to_crs(plane_epsg)
    return np.asarray(found.array, dtype=object)


def in_degrees(shapes: np.ndarray, plane_epsg: int) -> np.ndarray:
    """Geometries in metres of the city's plane as an array of geometries in lon/lat."""
    return np.asarray(gpd.GeoSeries(shapes, crs=plane_epsg).to_crs(LON_LAT).array, dtype=object)


def shapes_in_degrees(shapes: np.ndarray, plane_epsg: int) -> np.ndarray:
    """Geometries in metres of a plane as geometries in lon/lat."""
    return np.asarray(gpd.GeoSeries(shapes, crs=plane_epsg).to_crs(LON_LAT).array, dtype=object)


def plane_of(lon: float, lat: float, city_epsg: int) -> int:
    """EPSG code of a plane to measure in around a position: that of the city near it, elsewhere the zone of UTM."""
    (x, y) = to_metres([lon], [lat], city_epsg)[0]
    if abs(x) < CITY_PLANE_M and abs(y) < 10 * CITY_PLANE_M:
        return city_epsg
    zone = min(60, int((lon + 180) // 6) + 1)
    return (UTM_NORTH if lat >= 0 else UTM_SOUTH) + zone
