"""The rides of one service day and the ways between its stops, laid out for a search through them.

One axis of time: seconds of the service day D, from its noon minus 12 h. What began the day before and still runs is on
it (24 h earlier), and so is what leaves in the morning after, until LATEST_S: a journey may begin before midnight and
end after it. A trip that repeats (frequencies.txt) leaves every headway from its start until before its end. Where the
feed says that these are no exact times, a person waits at most one headway and half of it in the middle: so do those
who leave at every minute of a window, whatever the real times are; a single departure may be wrong by a headway, and a
leg by such a ride says so.

A lane is a set of rides by one route through the same stops with the same rules of boarding, none of which overtakes
another: at every call they stand in the same order, so that the first ride that can be caught is also the first to
arrive. Rides that overtake go to a lane of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit.services import Day, runs_on
from otsu_maps.transit.timetable import NONE, Flags, Positions, Seconds, Timetable
from otsu_maps.transit.walk import Floats, Offsets, Walking, Ways, footpaths, in_plane, ordered, turned, ways

DAY_S = 86400

LATEST_S = 36 * 3600
"""Rides of the next day are there if they leave before its noon."""

BEFORE, TODAY, AFTER = -1, 0, 1
"""Service days of rides, counted from D."""

SOME_CLOSED, CLOSED = 1, 2
"""States of a lane of which not all rides are open."""


class Arrays(NamedTuple):
    """What the search reads; a named tuple, since compiled code takes no class of ours.

    Lane l calls at stop[lane_first[l] : lane_first[l + 1]] and has the rides ride_first[l] to ride_first[l + 1]. The
    time of its ride r at its call c stands at time_first[l] + c * rides + r. Stop s is called at by lane[i] as its call
    number call[i], for i from stop_first[s] to stop_first[s + 1].
    """

    lane_first: Offsets
    stop: Positions
    can_board: Flags
    can_alight: Flags
    ride_first: Offsets
    time_first: Offsets
    arrival_s: Seconds
    departure_s: Seconds
    stop_first: Offsets
    lane: Positions
    call: Positions
    walk_first: Offsets
    walk_to: Positions
    walk_s: Seconds


class Open(NamedTuple):
    """What may be used: `lanes` 0, SOME_CLOSED or CLOSED; `rides` in the order of their lanes; `stops`."""

    lanes: npt.NDArray[np.uint8]
    rides: Flags
    stops: Flags


@dataclass(frozen=True)
class Rides:
    """One entry a ride, in the order of lanes: its trip, the service day it belongs to (BEFORE, TODAY, AFTER), seconds
    to add to the times of its trip, and the headway of a ride without exact times, 0: it has them."""

    trip: Positions
    day: npt.NDArray[np.int8]
    shift_s: Seconds
    headway_s: Seconds


@dataclass(frozen=True)
class Network:
    """Rides and ways of a day. `at` are the stops in metres, [n, 2], NaN where unknown; `lane_route` a position."""

    timetable: Timetable
    walking: Walking
    plane_epsg: int
    at: Floats
    footpaths: Ways
    arrays: Arrays
    rides: Rides
    lane_route: Positions

    @property
    def stop_count(self) -> int:
        return len(self.at)

    @cached_property
    def backward(self) -> Arrays:
        """The same with time running backwards: who alights boards, and every time is negative."""
        return _turned(self.arrays, turned(self.footpaths))

    def from_stop(self, stop: int, is_backward: bool = False) -> tuple[Positions, Seconds]:
        """Stops where a journey from a stop can begin, itself first, and the seconds to walk there."""
        return (self._footpaths_back if is_backward else self.footpaths_at_start).of(stop)

    def from_place(self, lon: float, lat: float) -> tuple[Positions, Seconds]:
        """Stops within the walk from a place, and the seconds to walk there (or from there)."""
        place = in_plane(np.array([lon]), np.array([lat]), self.plane_epsg)
        return ways(place, self.at, self.walking.place_m, self.walking).of(0)

    @cached_property
    def footpaths_at_start(self) -> Ways:
        """Footpaths of people who change from nothing: they board at once where they stand."""
        return _at_once(self.footpaths)

    @cached_property
    def _footpaths_back(self) -> Ways:
        return _at_once(turned(self.footpaths))

    @cached_property
    def all_open(self) -> Open:
        """Nothing taken out."""
        lanes, rides = len(self.lane_route), len(self.rides.trip)
        return Open(np.zeros(lanes, np.uint8), np.ones(rides, bool), np.ones(self.stop_count, bool))

    def without(
        self,
        routes: Iterable[int] = (),
        stops: Iterable[int] = (),
        trips: Iterable[int] = (),
        days: Collection[int] = (),
    ) -> Open:
        """What is left when routes, stops, trips (positions) and service days of rides are taken out.

        At a closed stop nobody boards, alights, begins or ends; the vehicle still passes. A closed station closes its
        platforms.
        """
        gone = set(stops)
        parent = self.timetable.stops["parent"].to_numpy()
        is_open = ~np.isin(np.arange(self.stop_count), list(gone)) & ~np.isin(parent, list(gone - {NONE}))
        ride_lane = np.repeat(np.arange(len(self.lane_route)), np.diff(self.arrays.ride_first))
        runs = ~np.isin(self.rides.trip, list(trips)) & ~np.isin(self.rides.day, list(days))
        runs &= ~np.isin(self.lane_route, list(routes))[ride_lane]
        open_rides = np.bincount(ride_lane, runs, len(self.lane_route))
        lanes = np.where(
            open_rides == 0, CLOSED, np.where(open_rides < np.diff(self.arrays.ride_first), SOME_CLOSED, 0)
        )
        return Open(lanes.astype(np.uint8), runs, is_open)


def backward_of(what: Open) -> Open:
    """What is open, in the order of Network.backward."""
    return Open(what.lanes[::-1].copy(), what.rides[::-1].copy(), what.stops)


def of_day(
    timetable: Timetable,
    on: Day,
    plane_epsg: int,
    walking: Walking | None = None,
    transfers: pd.DataFrame | None = None,
) -> Network:
    """The network of a service day (or of one for each feed, by its id); see `build`."""
    running = (runs_on(timetable, on, 1), runs_on(timetable, on), runs_on(timetable, on, -1))
    return build(timetable, running, plane_epsg, walking, transfers)


def build(
    timetable: Timetable,
    running: tuple[Flags, Flags, Flags],
    plane_epsg: int,
    walking: Walking | None = None,
    transfers: pd.DataFrame | None = None,
) -> Network:
    """The network of a day. `running`: which trips run on the day before, the day itself, and the day after.

    `transfers`: see walk.footpaths. Trips whose times run backwards are left out.
    """
    walking = walking or Walking()
    stops = timetable.stops
    at = in_plane(stops["lon"].to_numpy(float), stops["lat"].to_numpy(float), plane_epsg)
    parent = stops["parent"].to_numpy(np.int32)
    paths = footpaths(at, walking, transfers, parent)
    rides = _rides(timetable, running)
    lanes = _lanes(timetable, rides)
    arrays = _laid_out(timetable, lanes, paths)
    order = np.concatenate([lane.rides for lane in lanes]) if lanes else np.zeros(0, np.int64)
    in_order = Rides(*(each[order] for each in (rides.trip, rides.day, rides.shift_s, rides.headway_s)))
    routes = timetable.trips["route"].to_numpy(np.int32)
    lane_route = routes[np.array([lane.trip for lane in lanes], np.int64)]
    return Network(timetable, walking, plane_epsg, at, paths, arrays, in_order, lane_route)


@dataclass(frozen=True)
class _Lane:
    """Rides (positions) that keep their order, with their times [rides, calls]; `trip` is that of any of them."""

    trip: int
    rides: npt.NDArray[np.int64]
    arrival_s: Seconds
    departure_s: Seconds


def _rides(timetable: Timetable, running: tuple[Flags, Flags, Flags]) -> Rides:
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


def _lanes(timetable: Timetable, rides: Rides) -> list[_Lane]:
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
    lanes: list[_Lane] = []
    for members in np.split(order, np.flatnonzero(np.diff(of[order])) + 1) if len(order) else []:
        begin = calls.first[rides.trip[members]]
        at = begin[:, None] + np.arange(calls.first[rides.trip[members[0]] + 1] - begin[0])
        shift = rides.shift_s[members][:, None]
        trip = int(rides.trip[members[0]])
        lanes += _in_order(_Lane(trip, members, calls.arrival_s[at] + shift, calls.departure_s[at] + shift))
    return lanes


def _in_order(lane: _Lane) -> list[_Lane]:
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
    return [_Lane(lane.trip, lane.rides[rides], lane.arrival_s[rides], lane.departure_s[rides]) for rides in lanes]


def _laid_out(timetable: Timetable, lanes: list[_Lane], paths: Ways) -> Arrays:
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


def _turned(arrays: Arrays, paths: Ways) -> Arrays:
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


def _at_once(paths: Ways) -> Ways:
    """Who begins or ends a journey at a stop boards or is there without the time that a change takes."""
    number = len(paths.first) - 1
    of = np.repeat(np.arange(number), np.diff(paths.first))
    is_other = of != paths.to
    stays = np.arange(number)
    return ordered(
        np.concatenate([stays, of[is_other]]),
        np.concatenate([stays, paths.to[is_other]]),
        np.concatenate([np.zeros(number, np.int32), paths.seconds[is_other]]),
        number,
    )


def _offsets(lengths: npt.NDArray[np.integer]) -> Offsets:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _by_call(times: list[Seconds]) -> Seconds:
    """[rides, calls] of each lane as one row of numbers, call after call."""
    if not times:
        return np.zeros(0, np.int32)
    return np.concatenate([each.T.ravel() for each in times]).astype(np.int32)
