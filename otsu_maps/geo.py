"""Coordinate systems and measuring. Geometry is stored as lon/lat (x = lon) and measured in the city's plane CRS."""

from __future__ import annotations

import geopandas as gpd

LON_LAT = 4326  # WGS 84; JGD2011 (EPSG:6668) differs by less than the registers' rounding
"""EPSG code of everything stored and shown."""

JAPAN = (122.0, 20.0, 154.0, 46.0)
"""West, south, east, north of Japan: a coordinate outside is no place of any city here."""


def in_metres(frame: gpd.GeoDataFrame, plane_epsg: int) -> gpd.GeoDataFrame:
    """The frame in the plane rectangular CRS of its city, where areas are m2 and distances are m."""
    return frame.to_crs(plane_epsg)


def points(lon: object, lat: object) -> gpd.GeoSeries:
    """Points from columns of degrees, in the stored CRS."""
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=LON_LAT)
