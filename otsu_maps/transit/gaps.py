"""Who lives in a transport gap (交通空白地): beyond reach of every stop with service enough and of every station.

No one distance is the rule. https://kotsutorisetsu.com/20200525-3 (read; the papers it names were not) tells of three:
1 km of a stop or station in the terms of the ministry's subsidies (地域公共交通確保維持改善事業費補助金交付要綱); in
its handbook (地域公共交通づくりハンドブック) 300 m of a stop and 500 m of a station in well-served cities, 500 m and
1,000 m in the country. The defaults, 300 m and 800 m, are the walking distances of its handbook on urban structure
(都市構造の評価に関するハンドブック, 2014), not verified at the source. That the time of day matters and not the line on
a map: https://kotsutorisetsu.com/20220925-1/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.analysis import by_district
from otsu_maps.analysis.by_district import NO_DISTRICT
from otsu_maps.analysis.nearest import metres_to_nearest
from otsu_maps.analysis.residents import AGES, COUNTS, Residents

SERVED, GAP, UNKNOWN, EMPTY = "served", "gap", "unknown", "empty"
"""What a map says of a piece of a cell: people in reach, people in a gap, a number nobody knows, nobody there."""


@dataclass(frozen=True)
class Rule:
    """When a place is served: a stop with so many departures so near, or a station so near, metres straight."""

    stop_m: float = 300.0
    station_m: float = 800.0
    departures: int = 1


@dataclass(frozen=True)
class Gaps:
    """`table`: see `gaps`. `is_served` by piece of the residents. `unplaced`: rows of the stops without a position
    that have departures enough: whom they serve is unknown, so a gap may be smaller than it is counted here."""

    table: pd.DataFrame
    is_served: npt.NDArray[np.bool_]
    unplaced: pd.DataFrame


def gaps(people: Residents, stops: pd.DataFrame, stations: Sequence[tuple[float, float]], rule: Rule = Rule()) -> Gaps:
    """Residents in a gap, by district and age group.

    `stops`: lon, lat (degrees, NaN: unknown), departures (in the band of time that is asked about); further columns are
    kept in `unplaced`. `stations`: lon, lat; each counts as served, for it has no timetable here. A piece of a census
    cell lies where its middle lies.

    Rows of `table`: a district each, what lies in none (where there is any), the city. Columns: row, district_id,
    name_ja, name_en; COUNTS (residents, 65 and over, 75 and over) and the same with `gap_`, persons, NaN where no cell
    is known; unknown_cell_count and age_unknown_cell_count: cells whose people or ages nobody knows, which are in no
    figure, and the same with `gap_` for those of them that reach into a gap. Districts add up to the city.
    """
    is_often = stops["departures"].to_numpy(float) >= rule.departures
    is_placed = stops[["lon", "lat"]].notna().all(axis=1).to_numpy(bool)
    served = stops[is_often & is_placed]
    places = list(zip(served["lon"], served["lat"], strict=True))
    is_served = metres_to_nearest(people, places) <= rule.stop_m
    is_served |= metres_to_nearest(people, stations) <= rule.station_m
    table = _table(people, is_served)
    return Gaps(table, is_served, stops[is_often & ~is_placed].reset_index(drop=True))


def states(people: Residents, is_served: npt.NDArray[np.bool_], counted: str = COUNTS[0]) -> npt.NDArray[np.object_]:
    """SERVED, GAP, UNKNOWN or EMPTY by piece, for one of COUNTS."""
    number = people.counts[counted][people.cell]
    found = np.where(is_served, SERVED, GAP).astype(object)
    found[number == 0] = EMPTY
    found[np.isnan(number)] = UNKNOWN
    if counted in AGES:  # the ages of a suppressed cell are counted in another one
        found[np.isnan(number) & ~people.age_unknown[people.cell]] = EMPTY
    return found


def share_in_gap(row: pd.Series, counted: str = COUNTS[0]) -> float | None:
    """Of the known people of a row of `Gaps.table`, 0 to 1; None: nobody lives there, or nobody knows."""
    whole = row[counted]
    return float(row[f"gap_{counted}"] / whole) if whole > 0 else None


def _table(people: Residents, is_served: npt.NDArray[np.bool_]) -> pd.DataFrame:
    in_gap = np.where(is_served, 0.0, people.share)
    columns = by_district.labels(people)
    for counted in COUNTS:
        columns[counted] = by_district.people(people, counted, people.share)
        columns[f"gap_{counted}"] = by_district.people(people, counted, in_gap)
    is_unknown = np.isnan(people.counts[COUNTS[0]])[people.cell]
    for name, which in (
        ("unknown_cell_count", is_unknown),
        ("age_unknown_cell_count", people.age_unknown[people.cell]),
    ):
        columns[name] = by_district.cells(people, which)
        columns[f"gap_{name}"] = by_district.cells(people, which & ~is_served)
    frame = pd.DataFrame(columns)
    is_there = by_district.cells(people, np.ones(len(people.cell), bool)) > 0
    return frame[(frame["row"] != NO_DISTRICT) | is_there].reset_index(drop=True)
