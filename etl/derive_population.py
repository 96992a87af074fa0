"""Population by district, from the mesh cells that a district cuts."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from etl import lookup
from etl.derive import Context
from otsu_maps import geo, mesh

COUNTS = ["population_persons", "age_65_over_persons", "age_75_over_persons"]


def by_district(context: Context) -> dict[str, pd.DataFrame]:
    """population_cell with the areas that hold the middle of each cell, and district_population.

    A cell gives each district the share of its people that its share of the area is (area weighting): people are taken
    for evenly spread within a cell. Where several sizes of cells are loaded, the finest counts.
    """
    cells = context.frames["population_cell"].reset_index(drop=True)
    if not len(cells):
        return {"population_cell": cells, "district_population": pd.DataFrame()}
    west, south, east, north = mesh.bounds_of(cells["mesh_code"].astype("int64"))
    lon, lat = pd.Series((west + east) / 2), pd.Series((south + north) / 2)
    cells["district_id"] = lookup.inside(lon, lat, context.frames["district"], "district_id")
    cells["warning_area_code"] = lookup.inside(lon, lat, context.frames["warning_area"], "area_code")
    boxes = gpd.GeoDataFrame(cells, geometry=shapely.box(west, south, east, north), crs=geo.LON_LAT)
    finest = boxes[boxes["size_m"] == boxes["size_m"].min()]
    return {"population_cell": cells, "district_population": _shares(finest, context)}


def _shares(cells: gpd.GeoDataFrame, context: Context) -> pd.DataFrame:
    districts = context.frames["district"]
    if not len(districts):
        return pd.DataFrame()
    in_metres = geo.in_metres(cells[["mesh_code", "size_m", *COUNTS, "geometry"]], context.city.plane_epsg)
    in_metres["cell_m2"] = in_metres.area
    areas = geo.in_metres(lookup.shapes(districts)[["district_id", "geometry"]], context.city.plane_epsg)
    parts = gpd.overlay(in_metres, areas, how="intersection", keep_geom_type=True)
    share = parts.area / parts["cell_m2"]
    weighted = pd.DataFrame({name: pd.to_numeric(parts[name], errors="coerce") * share for name in COUNTS})
    weighted = weighted.assign(district_id=parts["district_id"], is_unknown=parts["population_persons"].isna())
    grouped = weighted.groupby("district_id", sort=True)
    table = grouped[COUNTS].sum(min_count=1)  # no known cell at all: unknown, not zero
    table = table.assign(cell_count=grouped.size(), unknown_cell_count=grouped["is_unknown"].sum())
    return table.reset_index().assign(size_m=int(cells["size_m"].iloc[0]))
