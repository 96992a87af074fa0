"""The rides of one service day and the ways between its stops, laid out for a search through them.

One axis of time: seconds of the service day D, from its noon minus 12 h. What began the day before and still runs is on
it (24 h earlier), and so is what leaves in the morning after, until LATEST_S: a journey may begin before midnight and
end after it. A trip that repeats (frequencies.txt) leaves every headway from its start until before its end. Where the
feed says that these are no exact times, a person waits at most one headway and half of it in the middle: so do those
who leave at every minute of a window, whatever the real times are; a single departure may be wrong by a headway, and a
leg by such a ride says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from otsu_maps.transit.lanes import Rides, laid_out, lanes_of, rides_of, turned_arrays
from otsu_maps.transit.raptor import CLOSED, SOME_CLOSED, Arrays, Open
from otsu_maps.transit.services import Day, runs_on
from otsu_maps.transit.timetable import NONE, Flags, Positions, Seconds, Timetable
from otsu_maps.transit.walk import Floats, Walking, Ways, at_once, footpaths, in_plane, turned, ways


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
        return turned_arrays(self.arrays, turned(self.footpaths))

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
        return at_once(self.footpaths)

    @cached_property
    def _footpaths_back(self) -> Ways:
        return at_once(turned(self.footpaths))

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
) -> Network:
    """The network of a service day (or of one for each feed, by its id); see `build`."""
    running = (runs_on(timetable, on, 1), runs_on(timetable, on), runs_on(timetable, on, -1))
    return build(timetable, running, plane_epsg, walking)


def build(
    timetable: Timetable,
    running: tuple[Flags, Flags, Flags],
    plane_epsg: int,
    walking: Walking | None = None,
) -> Network:
    """The network of a day. `running`: which trips run on the day before, the day itself, and the day after.

    Trips whose times run backwards are left out.
    """
    walking = walking or Walking()
    stops = timetable.stops
    at = in_plane(stops["lon"].to_numpy(float), stops["lat"].to_numpy(float), plane_epsg)
    parent = stops["parent"].to_numpy(np.int32)
    paths = footpaths(at, walking, timetable.transfers, parent)
    rides = rides_of(timetable, running)
    lanes = lanes_of(timetable, rides)
    arrays = laid_out(timetable, lanes, paths)
    order = np.concatenate([lane.rides for lane in lanes]) if lanes else np.zeros(0, np.int64)
    in_order = Rides(*(each[order] for each in (rides.trip, rides.day, rides.shift_s, rides.headway_s)))
    routes = timetable.trips["route"].to_numpy(np.int32)
    lane_route = routes[np.array([lane.trip for lane in lanes], np.int64)]
    return Network(timetable, walking, plane_epsg, at, paths, arrays, in_order, lane_route)
