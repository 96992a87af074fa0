"""The rides of a day in lanes, and lanes as arrays that compiled code can read.

A lane is a set of rides by one route through the same stops with the same rules of boarding, none of which overtakes
another: at every call they stand in the same order, so that the first ride that can be caught is also the first to
arrive. Rides that overtake go to a lane of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from otsu_maps.transit.raptor import Arrays
from otsu_maps.transit.timetable import NONE, Flags, Positions, Seconds, Timetable
from otsu_maps.transit.walk import Offsets, Ways

DAY_S = 86400

LATEST_S = 36 * 3600
"""Rides of the next day are there if they leave before its noon."""

BEFORE, TODAY, AFTER = -1, 0, 1
"""Service days of rides, counted from D."""


@dataclass(frozen=True)
class Rides:
    """One entry a ride, in the order of lanes: its trip, the service day it belongs to (BEFORE, TODAY, AFTER), seconds
    to add to the times of its trip, and the headway of a ride without exact times, 0: it has them."""

    trip: Positions
    day: npt.NDArray[np.int8]
    shift_s: Seconds
    headway_s: Seconds


@dataclass(frozen=True)
class Lane:
    """Rides (positions) that keep their order, with their times [rides, calls]; `trip` is that of any of them."""

    trip: int
    rides: npt.NDArray[np.int64]
    arrival_s: Seconds
    departure_s: Seconds


def rides_of(timetable: Timetable, running: tuple[Flags, Flags, Flags]) -> Rides:
    """Every ride on the axis of a day; `running`: which trips run on the day before, on that day, on the day after."""
    calls, often = timetable.calls, timetable.frequencies
    first, last = calls.first[:-1], calls.first[1:] - 1
    repeats = np.zeros(len(first), bool)
    repeats[often["trip"].to_numpy(int)] = True
    usable = _is_forward(timetable)
    parts = []
    for day, runs in zip((BEFORE, TODAY, AFTER), running, strict=True):
        single = np.flatnonzero(runs & usable & ~repeats)
        none = np.zeros(len(single), np.int64)
        parts.append((single, none + day, none + day * DAY_S, none))
        for trip, start, end, headway, is_exact in often[
            ["trip", "start_s", "end_s", "headway_s", "is_exact"]
        ].itertuples(index=False, name=None):
            if runs[trip] and usable[trip] and headway > 0:
                shift = np.arange(start, end, headway) - int(calls.departure_s[first[trip]]) + day * DAY_S
                same = np.zeros(len(shift), np.int64)
                parts.append((same + trip, same + day, shift, same + (0 if is_exact else headway)))
    trip, day_, shift, headway_s = (np.concatenate([part[i] for part in parts]) for i in range(4))
    still_runs = (calls.arrival_s[last[trip]] + shift >= 0) & (calls.departure_s[first[trip]] + shift < LATEST_S)
    kept = still_runs | (day_ == TODAY)
    return Rides(
        trip[kept].astype(np.int32),
        day_[kept].astype(np.int8),
        shift[kept].astype(np.int32),
        headway_s[kept].astype(np.int32),
    )


def _is_forward(timetable: Timetable) -> Flags:
    """Trips of at least two calls whose times never decrease."""
    calls = timetable.calls
    length = np.diff(calls.first)
    wrong = calls.arrival_s > calls.departure_s
    wrong[1:] |= (calls.arrival_s[1:] < calls.departure_s[:-1]) & (calls.trip[1:] == calls.trip[:-1])
    return (length > 1) & (np.bincount(calls.trip, wrong, len(length)) == 0)


def lanes_of(timetable: Timetable, rides: Rides) -> list[Lane]:
    """The rides in lanes, each in one."""
    calls = timetable.calls
    route = timetable.trips["route"].to_numpy(np.int64)
    code = (calls.stop.astype(np.int64) << 2) | (calls.can_board.astype(np.int64) << 1) | calls.can_alight
    number: dict[tuple[int, bytes], int] = {}
    group = np.full(len(route), NONE, np.int64)
    for trip in np.unique(rides.trip).tolist():
        key = (int(route[trip]), code[calls.first[trip] : calls.first[trip + 1]].tobytes())
        group[trip] = number.setdefault(key, len(number))
    of = group[rides.trip]
    starts = calls.departure_s[calls.first[rides.trip]] + rides.shift_s
    ends = calls.arrival_s[calls.first[rides.trip + 1] - 1] + rides.shift_s
    order = np.lexsort((ends, starts, of))
    lanes: list[Lane] = []
    for members in np.split(order, np.flatnonzero(np.diff(of[order])) + 1) if len(order) else []:
        begin = calls.first[rides.trip[members]]
        at = begin[:, None] + np.arange(calls.first[rides.trip[members[0]] + 1] - begin[0])
        shift = rides.shift_s[members][:, None]
        trip = int(rides.trip[members[0]])
        lanes += _in_order(Lane(trip, members, calls.arrival_s[at] + shift, calls.departure_s[at] + shift))
    return lanes


def _in_order(lane: Lane) -> list[Lane]:
    """The lane as it is, or as several in each of which no ride overtakes another.

    When a ride arrives at its first stop and leaves its last concerns nobody on it.
    """
    times = np.hstack([lane.arrival_s[:, 1:], lane.departure_s[:, :-1]])
    if (np.diff(times, axis=0) >= 0).all():
        return [lane]
    lanes: list[list[int]] = []
    for ride in range(len(times)):
        for rides in lanes:
            if (times[rides[-1]] <= times[ride]).all():
                rides.append(ride)
                break
        else:
            lanes.append([ride])
    return [Lane(lane.trip, lane.rides[rides], lane.arrival_s[rides], lane.departure_s[rides]) for rides in lanes]


def laid_out(timetable: Timetable, lanes: list[Lane], paths: Ways) -> Arrays:
    """Lanes, and the ways between their stops, as the search reads them."""
    calls = timetable.calls
    trips = np.array([lane.trip for lane in lanes], np.int64)
    length = calls.first[trips + 1] - calls.first[trips]
    rides = np.array([len(lane.rides) for lane in lanes], np.int64)
    lane_first = _offsets(length)
    at = np.repeat(calls.first[trips] - lane_first[:-1], length) + np.arange(lane_first[-1])
    return Arrays(
        lane_first,
        calls.stop[at],
        calls.can_board[at],
        calls.can_alight[at],
        _offsets(rides),
        _offsets(rides * length)[:-1],
        _by_call([lane.arrival_s for lane in lanes]),
        _by_call([lane.departure_s for lane in lanes]),
        *_where_stops_are(lane_first, calls.stop[at], len(paths.first) - 1),
        paths.first,
        paths.to,
        paths.seconds,
    )


def turned_arrays(arrays: Arrays, paths: Ways) -> Arrays:
    """Lanes, calls and rides in the opposite order."""
    total, rides, times = (int(each[-1]) for each in (arrays.lane_first, arrays.ride_first, [len(arrays.arrival_s)]))
    lane_first = total - arrays.lane_first[::-1].copy()
    stop = arrays.stop[::-1].copy()
    ends = np.append(arrays.time_first, times)[1:]
    return Arrays(
        lane_first,
        stop,
        arrays.can_alight[::-1].copy(),
        arrays.can_board[::-1].copy(),
        rides - arrays.ride_first[::-1].copy(),
        (times - ends)[::-1].copy(),
        np.negative(arrays.departure_s[::-1].copy()),
        np.negative(arrays.arrival_s[::-1].copy()),
        *_where_stops_are(lane_first, stop, len(paths.first) - 1),
        paths.first,
        paths.to,
        paths.seconds,
    )


def _where_stops_are(lane_first: Offsets, stop: Positions, stop_count: int) -> tuple[Offsets, Positions, Positions]:
    length = np.diff(lane_first)
    lane = np.repeat(np.arange(len(length)), length)
    call = np.arange(len(stop)) - lane_first[lane]
    order = np.argsort(stop, kind="stable")
    first = _offsets(np.bincount(stop, minlength=stop_count))
    return first, lane[order].astype(np.int32), call[order].astype(np.int32)


def _offsets(lengths: npt.NDArray[np.integer]) -> Offsets:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _by_call(times: list[Seconds]) -> Seconds:
    """[rides, calls] of each lane as one row of numbers, call after call."""
    if not times:
        return np.zeros(0, np.int32)
    return np.concatenate([each.T.ravel() for each in times]).astype(np.int32)
