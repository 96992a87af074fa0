"""Which area holds a point."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from otsu_maps import geo


def points(lon: pd.Series, lat: pd.Series) -> gpd.GeoDataFrame:
    """Points with the index of their columns."""
    return gpd.GeoDataFrame(geometry=list(geo.points(lon, lat)), index=lon.index, crs=geo.LON_LAT)


def shapes(areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """A table with column `geom` (WKB) as a GeoDataFrame of its other columns."""
    named = areas.drop(columns=["geom", "source_id", "file"], errors="ignore")
    geometry = gpd.GeoSeries.from_wkb(list(areas["geom"]), crs=geo.LON_LAT)
    return gpd.GeoDataFrame(named, geometry=geometry.to_list(), crs=geo.LON_LAT)


def inside(lon: pd.Series, lat: pd.Series, areas: pd.DataFrame, column: str) -> pd.Series:
    """The `column` of the first area that holds each point, its edge included; None where none does.

    Points are sorted by longitude, so that each area asks only those within its bounds: several times faster than a
    spatial join for the many points and few areas that occur here (tests/benchmarks/RESULTS.md).
    """
    lons, lats = lon.to_numpy(dtype=float), lat.to_numpy(dtype=float)
    order = np.argsort(lons, kind="stable")
    x, y = lons[order], lats[order]
    first = np.full(len(x), -1)
    outlines = shapely.from_wkb(areas["geom"].to_numpy()) if len(areas) else np.array([])
    shapely.prepare(outlines)
    for number, outline in enumerate(outlines):
        west, south, east, north = outline.bounds
        low, high = np.searchsorted(x, west, "left"), np.searchsorted(x, east, "right")
        near = low + np.flatnonzero((first[low:high] < 0) & (y[low:high] >= south) & (y[low:high] <= north))
        first[near[shapely.intersects_xy(outline, x[near], y[near])]] = number
    found = np.full(len(x), None, dtype=object)
    held = first >= 0
    if held.any():
        found[order[held]] = areas[column].to_numpy(dtype=object)[first[held]]
    return pd.Series(found, index=lon.index, dtype=object)
