"""Who lives inside the zones of a hazard map, by district and by depth or class, and what the shelters can hold.

Where no map speaks the danger is unknown: those people are `uncovered`, never outside. The method of spreading people
is in `residents`: figures are estimates, good for districts and useless for a single house.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from otsu_maps.analysis import by_district, depth, overlay
from otsu_maps.analysis.by_district import CITY, DISTRICT, NAMES, NO_DISTRICT
from otsu_maps.analysis.overlay import Clips, Floats, Ints, Shapes
from otsu_maps.analysis.residents import AGES, COUNTS, NOISE, SLIVER, Residents, in_metres

STEPS = ("depth_unknown", "warning", *(f"step_{number}" for number in range(len(depth.STEPS_M))), "special")
"""What a zone says, from the least to the gravest: steps of `depth`, classes of landslide zones."""

HALF_A_PERSON = 0.5
"""Fewer people are the rounding of edges."""

_OUTSIDE = -1
"""Rank below all STEPS: a map speaks, and no zone lies there."""


def exposure(residents: Residents, zones: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """People by district against one hazard map.

    `zones`: zone_class, depth_min_m, depth_max_m, geom; `coverage`: basis, geom (WKB, lon/lat); of one hazard and
    scale. One row a district (`row` = district), one for what lies in none (no_district, where there is any), and their
    sum (city). Columns: row, district_id, name_ja, name_en; population_persons = inside_persons + outside_persons +
    uncovered_persons; inside_persons is the sum of `<step>_persons`, one for each of STEPS that the map has: where
    zones overlap, the gravest counts and nobody counts twice. age_65_over_persons, age_75_over_persons, and the same
    with `inside_`. cell_count: cells that touch it; unknown_cell_count: those without a known population, in no figure
    of people; inside_unknown_cell_count: of these, cells that a zone touches; age_unknown_cell_count likewise for ages.
    People are NaN where no cell is known.
    """
    rank, found = _ranks(zones)
    shares = _shares(residents, zones, rank, coverage)
    inside, outside = shares[:_OUTSIDE].sum(axis=0), shares[_OUTSIDE]
    parts = {
        "population_persons": residents.share,
        "inside_persons": inside,
        "outside_persons": outside,
        "uncovered_persons": np.clip(residents.share - inside - outside, 0, None),
        **{f"{step}_persons": shares[STEPS.index(step)] for step in found},
    }
    columns = by_district.labels(residents) | {
        name: by_district.people(residents, COUNTS[0], part) for name, part in parts.items()
    }
    for age in AGES:
        columns |= {
            age: by_district.people(residents, age, residents.share),
            f"inside_{age}": by_district.people(residents, age, inside),
        }
    is_unknown = np.isnan(residents.counts[COUNTS[0]])[residents.cell]
    columns["cell_count"] = by_district.cells(residents, np.ones(len(residents.cell), dtype=bool))
    columns["unknown_cell_count"] = by_district.cells(residents, is_unknown)
    columns["inside_unknown_cell_count"] = by_district.cells(residents, is_unknown & (inside > SLIVER))
    columns["age_unknown_cell_count"] = by_district.cells(residents, residents.age_unknown[residents.cell])
    frame = pd.DataFrame(columns)
    return frame[(frame["row"] != NO_DISTRICT) | (frame["cell_count"] > 0)].reset_index(drop=True)


def steps(exposed: pd.DataFrame) -> list[str]:
    """Those of STEPS that a frame of `exposure` has columns for, the gravest first."""
    return [step for step in reversed(STEPS) if f"{step}_persons" in exposed]


def shortfall(exposed: pd.DataFrame, capacity_by_district: Mapping[str | None, int | None]) -> pd.DataFrame:
    """Whether the valid shelters of each district hold the people of its zones: row, district_id, name_ja, name_en,
    inside_persons, capacity_persons, shortfall_persons (0: all find room), is_at_least.

    `capacity_by_district`: places in valid shelters by district_id, None as key for shelters in no district. A district
    that is not there, or has None, has an unknown capacity, and so has the city; a shortfall is NaN where one of its
    terms is unknown. The city compares the sums: people of one district may go to another. `is_at_least`: people in
    uncovered parts or in cells of unknown population may come on top.
    """
    rows = exposed[["row", *NAMES, "inside_persons"]].copy()
    places = {where: np.nan if number is None else float(number) for where, number in capacity_by_district.items()}
    is_district, is_city = exposed["row"] == DISTRICT, exposed["row"] == CITY
    of_districts = exposed["district_id"].map(lambda where: places.get(where, np.nan)).astype(float)
    elsewhere = places.get(None, np.nan)
    capacity = of_districts.where(is_district, elsewhere)
    whole = of_districts[is_district].sum(skipna=False) + places.get(None, 0.0)  # none named: no shelter lies there
    rows["capacity_persons"] = capacity.mask(is_city, whole)
    rows["shortfall_persons"] = (rows["inside_persons"] - rows["capacity_persons"]).clip(lower=0)
    rows["is_at_least"] = (exposed["uncovered_persons"] >= HALF_A_PERSON) | (exposed["unknown_cell_count"] > 0)
    return rows


def drawable(exposed: pd.DataFrame, districts: pd.DataFrame) -> list[dict[str, Any]]:
    """What a map draws, one a district: district_id, name_ja, name_en, geom (WKB, lon/lat, from `districts`),
    population_persons, inside_persons, uncovered_persons, inside_share, uncovered_share (0 to 1); None where unknown.
    """
    shapes = dict(zip(districts["district_id"], districts["geom"], strict=True))
    drawn = []
    for row in exposed[exposed["row"] == DISTRICT].to_dict("records"):
        people = row["population_persons"]
        about = {name: row[name] for name in NAMES}
        about |= {f"{name}_persons": _known(row[f"{name}_persons"]) for name in ("population", "inside", "uncovered")}
        for name in ("inside", "uncovered"):
            about[f"{name}_share"] = min(row[f"{name}_persons"] / people, 1.0) if people > 0 else None
        drawn.append({**about, "geom": shapes[row["district_id"]]})
    return drawn


def _ranks(zones: pd.DataFrame) -> tuple[Ints, list[str]]:
    """Position in STEPS of each zone, and the steps that occur, the gravest first."""
    said = zones[["zone_class", "depth_min_m", "depth_max_m"]].itertuples(index=False, name=None)
    found = [_step(*(None if pd.isna(value) else value for value in row)) for row in said]
    return np.array([STEPS.index(step) for step in found], np.int64), [step for step in STEPS[::-1] if step in found]


def _step(zone_class: str | None, depth_min_m: float | None, depth_max_m: float | None) -> str:
    if zone_class in STEPS:
        return str(zone_class)
    number = depth.step(depth_min_m, depth_max_m)
    return STEPS[0] if number == depth.UNKNOWN else f"step_{number}"


def _shares(residents: Residents, zones: pd.DataFrame, rank: Ints, coverage: pd.DataFrame) -> Floats:
    """By rank and piece, _OUTSIDE last: the share of the people of its cell."""
    shapes, of = _parts(zones["geom"], residents.plane_epsg)
    inside = overlay.clips(residents.shapes, shapes)
    inside = inside._replace(other=rank[of[inside.other]])
    # A source that speaks only inside its zones says nothing that they do not say themselves.
    speaks, _ = _parts(coverage.loc[coverage["basis"] != "zones", "geom"], residents.plane_epsg)
    covered = overlay.clips(residents.shapes, speaks)
    whole_m2 = overlay.areas(residents.shapes)
    by_rank, held = _by_rank(inside, whole_m2)
    m2 = np.vstack([by_rank, _around(covered, held, whole_m2)])
    return np.asarray(np.clip(m2 / whole_m2, 0, 1) * residents.share, dtype=np.float64)


def _by_rank(clips: Clips, whole_m2: Floats) -> tuple[Floats, Shapes]:
    """Area by rank and piece, and the union of the clips of each piece (None: none). `other` of a clip is its rank.

    From the gravest down, the union of all clips of a rank and of those above it is measured: a rank has what it adds.
    """
    found, count = np.zeros((len(STEPS), len(whole_m2))), len(whole_m2)
    held, held_m2 = np.full(count, None, dtype=object), np.zeros(count)
    for rank in range(len(STEPS))[::-1]:
        is_full = held_m2 >= (1 - NOISE) * whole_m2
        own = np.flatnonzero((clips.other == rank) & ~is_full[clips.shape])
        met = np.unique(clips.shape[own])
        old = met[~shapely.is_missing(held[met])]
        group, shapes = np.concatenate([clips.shape[own], old]), np.concatenate([clips.common[own], held[old]])
        held[met] = overlay.unions(group, shapes, count)[met]
        found[rank, met] = np.clip(overlay.areas(held[met]) - held_m2[met], 0, None)
        held_m2[met] += found[rank, met]
    return found, held


def _around(covered: Clips, held: Shapes, whole_m2: Floats) -> Floats:
    """m2 of each piece where a map speaks and no zone (`held`: their union) lies."""
    held_m2, count = overlay.areas(held), len(whole_m2)
    is_whole = np.zeros(count, dtype=bool)
    is_whole[covered.shape[overlay.areas(covered.common) >= (1 - NOISE) * whole_m2[covered.shape]]] = True
    cut = np.flatnonzero(~is_whole[covered.shape])
    near = np.flatnonzero(np.isin(np.arange(count), covered.shape[cut]) & ~shapely.is_missing(held))
    group = np.concatenate([covered.shape[cut], near])
    both = overlay.unions(group, np.concatenate([covered.common[cut], held[near]]), count)
    found = np.where(shapely.is_missing(both), 0.0, overlay.areas(both) - held_m2)
    return np.clip(np.where(is_whole, whole_m2 - held_m2, found), 0, None)


def _parts(geoms: pd.Series, plane_epsg: int) -> tuple[Shapes, Ints]:
    """Small polygons in metres, and the position of the row that each is of."""
    return overlay.parts(in_metres(shapely.from_wkb(geoms.to_numpy(object)), plane_epsg))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
