"""Stop times as arrays by trip, with the times that a feed leaves open between its time points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit.timetable import NONE, Calls, Flags, Positions

NO_CALLS, ONE_CALL, NO_TIMES, BACKWARDS = "no_calls", "one_call", "no_times", "times_decrease"
"""Why a trip is left out: it calls nowhere, at one stop only, its first or last time is unknown, or time runs back."""

Floats = npt.NDArray[np.float64]


def calls(
    stop_times: pd.DataFrame, trips: Positions, stops: Positions, headsigns: Positions, trip_count: int
) -> tuple[Calls, list[str]]:
    """The calls of all trips that can carry somebody, and for each trip why it is left out, '' where it is not.

    `stop_times`: stop_sequence, arrival_s, departure_s, pickup_type, drop_off_type, shape_dist_traveled; in any order.
    `trips`, `stops`, `headsigns`: positions for each of its rows (`headsigns` may be empty); a row without trip or stop
    is passed over. The answer counts only the trips that are not left out, in their order.

    A blank time is interpolated between the nearest known ones: by shape_dist_traveled where it is known at both ends
    and there, else evenly by calls (GTFS Schedule Reference, stop_times.txt, arrival_time and timepoint).
    """
    rows = _in_order(stop_times, trips, stops)
    trip, stop = trips[rows], stops[rows]
    sequence = _whole(stop_times["stop_sequence"])[rows]
    arrival, departure = (_seconds(stop_times[name])[rows] for name in ("arrival_s", "departure_s"))
    arrival, departure = (
        np.where(np.isnan(arrival), departure, arrival),
        np.where(np.isnan(departure), arrival, departure),
    )
    is_timed = ~np.isnan(arrival)
    counts = np.bincount(trip, minlength=trip_count)
    ends = np.cumsum(counts)
    why = np.full(trip_count, "", dtype=object)
    why[counts == 0], why[counts == 1] = NO_CALLS, ONE_CALL
    able = np.flatnonzero(counts >= 2)
    unknown = able[~(is_timed[ends[able] - counts[able]] & is_timed[ends[able] - 1])]
    why[unknown] = NO_TIMES
    kept = (why == "")[trip]
    if not is_timed[kept].all():
        _interpolate(arrival, departure, is_timed, trip, kept, _distances(stop_times, rows))
    back = kept & (arrival > departure)
    back[1:] |= kept[1:] & (trip[1:] == trip[:-1]) & (arrival[1:] < departure[:-1])
    why[np.unique(trip[back])] = BACKWARDS
    is_kept = why == ""
    kept = is_kept[trip]
    whole = slice(None) if kept.all() else kept
    rows = rows[whole]
    first = np.concatenate([[0], np.cumsum(counts[is_kept])]).astype(np.int64)
    return (
        Calls(
            first,
            stop[whole].astype(np.int32, copy=False),
            sequence[whole],
            np.rint(arrival[whole]).astype(np.int32),
            np.rint(departure[whole]).astype(np.int32),
            _is_possible(stop_times["pickup_type"], rows),
            _is_possible(stop_times["drop_off_type"], rows),
            is_timed[whole],
            headsigns[rows] if len(headsigns) else headsigns,
        ),
        list(why),
    )


def _in_order(stop_times: pd.DataFrame, trips: Positions, stops: Positions) -> npt.NDArray[np.int64]:
    """Rows by trip and stop_sequence. Most feeds are written so, and are not sorted again."""
    known = (trips != NONE) & (stops != NONE)
    rows = np.arange(len(trips)) if known.all() else np.flatnonzero(known)
    key = trips[rows].astype(np.int64) << 32 | _whole(stop_times["stop_sequence"])[rows]
    return rows if (key[1:] >= key[:-1]).all() else rows[np.argsort(key, kind="stable")]


def _whole(values: pd.Series) -> Positions:
    return values.to_numpy(np.int32, na_value=0)


def _seconds(values: pd.Series) -> Floats:
    return values.to_numpy(np.float64, na_value=np.nan)


def _distances(stop_times: pd.DataFrame, rows: npt.NDArray[np.int64]) -> Floats:
    return stop_times["shape_dist_traveled"].to_numpy(np.float64, na_value=np.nan)[rows]


def _is_possible(kind: pd.Series, rows: npt.NDArray[np.int64]) -> Flags:
    """Whether a pickup or drop-off is: 1 says that it is not, by arrangement is possible, blank is regular."""
    if not kind.notna().any():
        return np.ones(len(rows), bool)
    possible: Flags = kind.to_numpy(np.float64, na_value=0)[rows] != 1
    return possible


def _interpolate(
    arrival: Floats, departure: Floats, is_timed: Flags, trip: Positions, kept: Flags, distance: Floats
) -> None:
    """Fill the open times of the trips kept, whose first and last times are known."""
    at = np.arange(len(trip))
    before = np.maximum.accumulate(np.where(is_timed, at, 0))
    after = np.minimum.accumulate(np.where(is_timed, at, len(trip))[::-1])[::-1]
    open_ = np.flatnonzero(kept & ~is_timed)
    one, two = before[open_], after[open_]
    share = (open_ - one) / (two - one)
    run = distance[two] - distance[one]
    with np.errstate(invalid="ignore", divide="ignore"):
        by_way = (distance[open_] - distance[one]) / run
    known = (run > 0) & (by_way >= 0) & (by_way <= 1)
    known[1:] &= (one[1:] != one[:-1]) | ~(by_way[1:] < by_way[:-1])
    # One call whose distance is of no use makes all between these two ends evenly spaced: else one overtook another.
    unknown_ends = np.unique(one[~known])
    share = np.where(known & ~np.isin(one, unknown_ends), by_way, share)
    arrival[open_] = departure[open_] = np.rint(departure[one] + share * (arrival[two] - departure[one]))
