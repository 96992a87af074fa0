"""Which area holds a point."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

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
    """The `column` of the first area that holds each point, None where none does."""
    if not len(areas) or not len(lon):
        return pd.Series([None] * len(lon), index=lon.index, dtype=object)
    joined = gpd.sjoin(points(lon, lat), shapes(areas), predicate="intersects", how="left")
    found = joined[~joined.index.duplicated()][column].reindex(lon.index)
    return found.astype(object).where(found.notna(), None)
