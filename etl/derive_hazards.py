"""Each site and shelter against each hazard map: inside a zone, outside within its coverage, or unknown."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from etl import lookup
from etl.derive import Context
from otsu_maps import geo

KEY = ["source_id", "hazard", "scale"]
BESIDE_M = 5.0
"""A point is taken for inside a zone up to this far from its edge: registers are rounded, buildings are wide."""


def coverage(context: Context) -> dict[str, pd.DataFrame]:
    """hazard_coverage: where each source speaks: for the whole city where its card says so, else only for its zones."""
    zones = context.frames["hazard_zone"]
    zones["zone_id"] = range(1, len(zones) + 1)
    rows = []
    for source_id, hazard, scale in _distinct(zones, KEY):
        part = zones[(zones["source_id"] == source_id) & _is_map(zones, hazard, scale)]
        is_city = source_id in context.covers_city
        shapes = context.frames["boundary"] if is_city else part
        geom = shapely.to_wkb(shapely.union_all(shapely.from_wkb(shapes["geom"].to_list())))
        rows.append((source_id, hazard, scale, "city" if is_city else "zones", geom))
    return {"hazard_coverage": pd.DataFrame(rows, columns=[*KEY, "basis", "geom"])}


def places(context: Context) -> dict[str, pd.DataFrame]:
    """place_hazard: one row for every place and every hazard map (hazard and scale), over all its sources."""
    found = pd.concat([_ids(context.frames["site"], "site_id"), _ids(context.frames["shelter"], "shelter_id")])
    zones, covered = context.frames["hazard_zone"], context.frames["hazard_coverage"]
    rows = []
    for hazard, scale in _distinct(covered, ["hazard", "scale"]):
        of_map, speaks = zones[_is_map(zones, hazard, scale)], covered[_is_map(covered, hazard, scale)]
        against = _against(found, of_map, speaks, context.city.plane_epsg)
        rows.append(against.assign(hazard=hazard, scale=[scale] * len(against)))
    return {"place_hazard": pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()}


def _distinct(frame: pd.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    """Combinations that occur, NULL as None."""
    rows = frame[columns].drop_duplicates().itertuples(index=False, name=None)
    return [tuple(None if pd.isna(value) else value for value in row) for row in rows]


def _is_map(frame: pd.DataFrame, hazard: str, scale: str | None) -> pd.Series:
    is_scale = frame["scale"].isna() if scale is None else frame["scale"] == scale
    return (frame["hazard"] == hazard) & is_scale


def _ids(places: pd.DataFrame, column: str) -> pd.DataFrame:
    return places[[column, "lon", "lat"]].rename(columns={column: "place_id"})


def _against(places: pd.DataFrame, zones: pd.DataFrame, covered: pd.DataFrame, plane_epsg: int) -> pd.DataFrame:
    places = places.reset_index(drop=True)
    points = geo.in_metres(lookup.points(places["lon"], places["lat"]), plane_epsg)
    points["geometry"] = points.buffer(BESIDE_M)
    graver = _gravest(gpd.sjoin(points, geo.in_metres(lookup.shapes(_with_source(zones)), plane_epsg)))
    whole = geo.in_metres(lookup.shapes(covered.rename(columns={"source_id": "of"})), plane_epsg)
    speaks = gpd.sjoin(points, whole)
    speaks = speaks[~speaks.index.duplicated()]["of"]
    result = places[["place_id"]].join(graver)
    is_inside = result["zone_count"].notna()
    result["state"] = "unknown"
    result.loc[result.index.isin(speaks.index), "state"] = "outside"
    result.loc[is_inside, "state"] = "inside"
    result["source_id"] = (
        result["of"].where(is_inside, speaks.reindex(result.index)).fillna(covered["source_id"].iloc[0])
    )
    return result.assign(zone_count=result["zone_count"].fillna(0).astype(int)).drop(columns="of")


def _with_source(zones: pd.DataFrame) -> pd.DataFrame:
    return zones[["source_id", "zone_class", "depth_min_m", "depth_max_m", "geom"]].rename(columns={"source_id": "of"})


def _gravest(pairs: pd.DataFrame) -> pd.DataFrame:
    """By place: how many zones hold it, and the gravest of them: special before warning, the deepest water first.

    An open-ended depth is deeper than any number; an unknown one comes last.
    """
    deepest = pairs["depth_max_m"].where(pairs["depth_max_m"].notna() | pairs["depth_min_m"].isna(), float("inf"))
    ordered = pairs.assign(is_special=pairs["zone_class"] == "special", deepest=deepest.fillna(-1.0))
    ordered = ordered.sort_values(["is_special", "deepest"], ascending=False, kind="stable")
    first = ordered[~ordered.index.duplicated()][["of", "zone_class", "depth_min_m", "depth_max_m"]]
    return first.assign(zone_count=pairs.index.value_counts())
