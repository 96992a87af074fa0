"""Where the people of the census cells live: each cell cut by land, districts and the outline of the city.

Method: areal weighting (M. F. Goodchild and N. S.-N. Lam 1980, Areal interpolation: a variant of the traditional
spatial problem, Geo-Processing 1, 297-312). The people of a cell are taken for evenly spread over its land; water
carries none, which is the binary dasymetric form (C. L. Eicher and C. A. Brewer 2001, Dasymetric mapping and areal
interpolation, Cartography and Geographic Information Science 28, 125-138). Land, not the whole cell, because floods lie
by the shore: people who are put into the lake would be missing in the zones beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from otsu_maps import geo, mesh
from otsu_maps.analysis import overlay
from otsu_maps.analysis.overlay import Floats, Ints, Shapes

AGES = ("age_65_over_persons", "age_75_over_persons")
COUNTS = ("population_persons", *AGES)

LEAST_LAND = 0.01
"""A cell with less land than this share of it is used whole: its people show that the shore is drawn coarsely."""

NOISE = 1e-9
"""Of the area of a cell: less is the rounding of two edges that mean to be one."""

SLIVER = 1e-4
"""Of the land of a cell: a smaller part is a gap or an overlap of two drawings, its people go to the other parts."""

ELSEWHERE = -1
"""In place of a district: within the city, but in no district."""


@dataclass(frozen=True)
class Residents:
    """Pieces of cells, each in one district, in metres. Made once for a snapshot, used for each of its hazard maps.

    One entry a piece: `shapes`; `cell` and `district` (positions, or ELSEWHERE); `share` of the people of its cell.
    `counts` holds COUNTS by cell, NaN where unknown; `age_unknown` the cells whose ages nobody knows. `districts` is
    what was passed in. `beyond` is the share of each cell that lies outside the city: those people are not counted.
    """

    shapes: Shapes
    cell: Ints
    district: Ints
    share: Floats
    counts: dict[str, Floats]
    age_unknown: npt.NDArray[np.bool_]
    beyond: Floats
    districts: pd.DataFrame
    plane_epsg: int


def residents(
    cells: pd.DataFrame,
    districts: pd.DataFrame,
    plane_epsg: int,
    water: Sequence[bytes] = (),
    outline: bytes | None = None,
) -> Residents:
    """Where the people of `cells` live.

    `cells`: mesh_code, is_suppressed and COUNTS (of one size, no code twice); `districts`: district_id, name_ja,
    name_en, geom (where two overlap, the earlier row has the people); `water` and `outline` (of the city, None: count
    all): WKB. All in lon/lat. A district that is drawn beyond the outline ends there: cells at the border hold people
    of the next city. Raises ValueError for no mesh code.
    """
    west, south, east, north = mesh.bounds_of(cells["mesh_code"].to_numpy("int64"))
    whole = in_metres(shapely.box(west, south, east, north), plane_epsg)
    land = _on_land(whole, in_metres(shapely.from_wkb(list(water)), plane_epsg))
    land_m2, own = overlay.areas(land), land
    if outline is not None:
        city = overlay.clips(land, in_metres(shapely.from_wkb([outline]), plane_epsg))
        own = overlay.unions(city.shape, city.common, len(cells))
    areas = in_metres(shapely.from_wkb(districts["geom"].to_numpy(object)), plane_epsg)
    cell, district, shapes = _pieces(own, areas)
    share = overlay.areas(shapes) / land_m2[cell]
    is_real = share > SLIVER
    cell, district, shapes, share = cell[is_real], district[is_real], shapes[is_real], share[is_real]
    of_city = overlay.areas(own) / land_m2
    share *= (of_city / np.bincount(cell, share, len(cells)).clip(min=SLIVER))[cell]
    counts = {name: _numbers(cells[name]) for name in COUNTS}
    is_merged = cells["is_suppressed"].fillna(False).to_numpy(bool)
    return Residents(
        shapes=shapes,
        cell=cell,
        district=district,
        share=share,
        counts=counts,
        age_unknown=np.isnan(counts[AGES[0]]) & ~is_merged,  # those of a suppressed cell stand where it was merged into
        beyond=np.clip(1 - np.bincount(cell, share, len(cells)), 0, 1),
        districts=districts.reset_index(drop=True),
        plane_epsg=plane_epsg,
    )


def in_metres(shapes: Shapes, plane_epsg: int) -> Shapes:
    """Shapes of lon/lat as valid ones in the plane of the city."""
    if not len(shapes):
        return np.empty(0, object)
    frame = geo.in_metres(gpd.GeoDataFrame(geometry=shapes, crs=geo.LON_LAT), plane_epsg)
    plane: Shapes = np.array(frame.geometry.array, dtype=object)
    broken = ~shapely.is_valid(plane)
    plane[broken] = shapely.make_valid(plane[broken], method="structure", keep_collapsed=False)
    return plane


def _on_land(cells: Shapes, water: Shapes) -> Shapes:
    wet = overlay.clips(cells, overlay.parts(water)[0])
    land = overlay.without(cells, overlay.unions(wet.shape, wet.common, len(cells)))
    is_drowned = overlay.areas(land) < LEAST_LAND * overlay.areas(cells)
    return np.where(is_drowned, cells, land)


def _pieces(land: Shapes, areas: Shapes) -> tuple[Ints, Ints, Shapes]:
    """Cell, district and shape of each piece: each district's part of each cell, then what is in none."""
    cell, district, shapes = overlay.clips(land, areas)
    held, land_m2 = overlay.unions(cell, shapes, len(land)), overlay.areas(land)
    twice = np.bincount(cell, overlay.areas(shapes), len(land)) - overlay.areas(held) > NOISE * land_m2
    for number in np.flatnonzero(twice):
        pieces = np.flatnonzero(cell == number)
        taken = shapes[pieces[0]]
        for piece in pieces[1:]:
            whole = shapes[piece]
            shapes[piece : piece + 1] = overlay.without(shapes[piece : piece + 1], np.array([taken], dtype=object))
            taken = shapely.union(taken, whole)
    rest = overlay.without(land, held)
    left = np.flatnonzero(overlay.areas(rest) > NOISE * land_m2)
    none = np.full(len(left), ELSEWHERE)
    return np.concatenate([cell, left]), np.concatenate([district, none]), np.concatenate([shapes, rest[left]])


def _numbers(column: pd.Series) -> Floats:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
