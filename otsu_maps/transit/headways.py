"""How often something comes: departures, first and last one, usual and longest time between two, by stop or line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit import services
from otsu_maps.transit.departures import Departures
from otsu_maps.transit.services import Day
from otsu_maps.transit.timetable import NONE, Timetable

PEAK = (7 * 3600, 9 * 3600)
"""The hours of the morning in which most people go to work and school, seconds from and until."""

Longs = npt.NDArray[np.int64]


def headways(
    timetable: Timetable,
    found: Departures,
    by: Sequence[str] = ("stop",),
    from_s: int = 0,
    until_s: int | None = None,
) -> pd.DataFrame:
    """A row for each group that has a departure in the time band, `from_s` included, `until_s` not.

    `by`: of `stop`, `route`, `direction` (positions; direction_id, NONE where it is not known), or none of them: all
    together. Columns: those, then departures, by_headway (those of them that follow a headway, not a time), first_s,
    last_s, median_headway_s and longest_gap_s. The last two are between one departure and the next within the band;
    two at the same moment are one for them, and NaN where there is only one moment.
    """
    inside = found.at_s >= from_s
    if until_s is not None:
        inside &= found.at_s < until_s
    held = found if inside.all() else found.chosen(inside)
    trips = timetable.trips
    keys = {
        "stop": lambda: held.stop,
        "route": lambda: trips["route"].to_numpy()[held.trip],
        "direction": lambda: _directions(timetable)[held.trip],
    }
    columns = {name: np.asarray(keys[name](), np.int64) for name in by}
    return _grouped(columns, held.at_s, held.is_by_headway)


def lines(timetable: Timetable, on: Day, peak: tuple[int, int] = PEAK) -> pd.DataFrame:
    """Lines by how often they run on a day, the most frequent one first: a row for each line and direction that runs.

    route, direction, departures (of whole trips, at their first call), by_headway, first_s, last_s, median_headway_s,
    longest_gap_s, peak_departures, peak_headway_s (median, NaN: fewer than two in the peak).
    """
    trips = services.trips_on(timetable, on)
    first = timetable.calls.first[trips]
    rows, shift, is_by_headway = timetable.repeats.expanded(trips)
    at = timetable.calls.departure_s[first][rows] + shift
    starts = Departures(
        first[rows], trips[rows], timetable.calls.stop[first][rows], at, is_by_headway, np.zeros(len(rows), np.int8)
    )
    by = ["route", "direction"]
    day, busy = headways(timetable, starts, by), headways(timetable, starts, by, *peak)
    busy = busy.set_index(by)[["departures", "median_headway_s"]].add_prefix("peak_")
    table = day.join(busy.rename(columns={"peak_median_headway_s": "peak_headway_s"}), on=by)
    table["peak_departures"] = table["peak_departures"].fillna(0).astype(np.int64)
    return table.sort_values(["departures", "route", "direction"], ascending=[False, True, True], ignore_index=True)


def _directions(timetable: Timetable) -> Longs:
    return timetable.trips["direction_id"].to_numpy(np.int64, na_value=NONE)


def _grouped(keys: dict[str, Longs], at_s: Longs, is_by_headway: npt.NDArray[np.bool_]) -> pd.DataFrame:
    order = np.lexsort((at_s, *reversed(keys.values()))) if keys else np.argsort(at_s, kind="stable")
    at, by_headway = at_s[order], is_by_headway[order]
    columns = {name: key[order] for name, key in keys.items()}
    is_new = np.zeros(len(at), bool)
    is_new[:1] = True
    for key in columns.values():
        is_new[1:] |= key[1:] != key[:-1]
    start = np.flatnonzero(is_new)
    end = np.append(start[1:], len(at))[: len(start)]
    group = np.cumsum(is_new) - 1
    gap = np.diff(at, prepend=0)
    is_gap = ~is_new & (gap > 0)
    median, longest = _median_and_most(group[is_gap], gap[is_gap], len(start))
    return pd.DataFrame(
        {name: key[start] for name, key in columns.items()}
        | {
            "departures": end - start,
            "by_headway": np.bincount(group, by_headway, len(start)).astype(np.int64),
            "first_s": at[start],
            "last_s": at[end - 1],
            "median_headway_s": median,
            "longest_gap_s": longest,
        }
    )


def _median_and_most(
    group: Longs, values: Longs, count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of each group, NaN where it has no value."""
    order = np.lexsort((values, group))
    values = values[order]
    sizes = np.bincount(group, minlength=count)
    has = sizes > 0
    first = (np.cumsum(sizes) - sizes)[has]
    middle = (values[first + (sizes[has] - 1) // 2] + values[first + sizes[has] // 2]) / 2
    median, most = np.full(count, np.nan), np.full(count, np.nan)
    median[has], most[has] = middle, values[first + sizes[has] - 1]
    return median, most
