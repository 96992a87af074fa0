"""Questions of travel time: from a place to all, over a window of departures, to be there by a deadline, many to many.

Times are seconds of the network's day; NEVER stands where nothing is reached. The rules of rides are in `network`,
those of walking in `walk`. Where two ways arrive at the same second, the one with fewer rides counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from otsu_maps.transit import raptor
from otsu_maps.transit.lanes import AFTER
from otsu_maps.transit.network import Network, backward_of
from otsu_maps.transit.places import Place, Places, direct_s
from otsu_maps.transit.raptor import MOST_RIDES, NEVER, Labels, OnFoot, Open
from otsu_maps.transit.timetable import Positions, Seconds
from otsu_maps.transit.walk import Floats, Ways

WITHIN_S = 4 * 3600
"""Journeys longer than this are not looked for, unless somebody asks."""

MINUTE_S = 60
THREADS = 2

_NO_PLACES = OnFoot(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))


@dataclass(frozen=True)
class Reached:
    """When somebody who leaves `origin` at `start_s` is at each stop, at the earliest, and after how many rides.

    `at_s` [stops]; `arrived_s` by a vehicle (what walks to places begin with); NEVER: not within the time asked for.
    """

    network: Network
    origin: Place
    start_s: int
    within_s: int
    at_s: Seconds
    arrived_s: Seconds
    rides: npt.NDArray[np.int16]

    @cached_property
    def travel_s(self) -> Seconds:
        """Seconds from leaving to being at each stop, NEVER: not reached."""
        return np.where(self.at_s == NEVER, NEVER, self.at_s - self.start_s).astype(np.int32)

    def places_s(self, places: Places) -> Seconds:
        """Seconds from leaving to being at each place, by ride or on foot alone."""
        there = _at_places(self.arrived_s, places.ways)
        seconds = np.where(there == NEVER, NEVER, there - self.start_s)
        seconds = np.minimum(seconds, direct_s(self.network, self.origin.at[None], places.at)[0])
        return np.where(seconds <= self.within_s, seconds, NEVER).astype(np.int32)


@dataclass(frozen=True)
class Leaving:
    """When somebody must leave each stop, at the latest, to be at `target` by `by_s`; -NEVER: in no way.

    `leave_s` [stops]; `board_s` by a vehicle that is boarded there.
    """

    network: Network
    target: Place
    by_s: int
    within_s: int
    leave_s: Seconds
    board_s: Seconds
    rides: npt.NDArray[np.int16]

    def places_s(self, places: Places) -> Seconds:
        """The latest second to leave each place, -NEVER: in no way."""
        leave = -_at_places(-self.board_s, places.ways)
        on_foot = direct_s(self.network, places.at, self.target.at[None])[:, 0]
        leave = np.maximum(leave, np.where(on_foot == NEVER, -NEVER, self.by_s - on_foot))
        return np.where(leave >= self.by_s - self.within_s, leave, -NEVER).astype(np.int32)


@dataclass(frozen=True)
class Window:
    """Arrivals for each departure of a window. All arrays [departures, stops or places]; NEVER: not reached in time.

    `left_s` is the latest departure that arrives as early; it may lie after the window.
    """

    departures_s: Seconds
    arrivals_s: Seconds
    left_s: Seconds

    def travel_s(self, share: float, is_planned: bool = False) -> Seconds:
        """The travel time that `share` of the departures do not exceed (0.5: the median), NEVER where fewer arrive.

        With the wait for the first ride, or without it for people who know the timetable (`is_planned`).
        """
        since = self.left_s if is_planned else np.broadcast_to(self.departures_s[:, None], self.arrivals_s.shape)
        seconds = np.where(self.arrivals_s == NEVER, NEVER, self.arrivals_s - since).astype(np.int32)
        found = np.empty((1, seconds.shape[1]), np.int32)
        raptor.ranked(seconds, _ranks((share,), len(seconds)), found)
        return found[0]

    @property
    def share_reached(self) -> Floats:
        """Of the departures, how many arrive in time."""
        reached: Floats = (self.arrivals_s < NEVER).mean(axis=0)
        return reached


def earliest(
    network: Network,
    origin: Place,
    start_s: int,
    usable: Open | None = None,
    within_s: int = WITHIN_S,
    most_rides: int = MOST_RIDES,
) -> Reached:
    """From one place to all stops, leaving at `start_s`."""
    usable = usable or network.all_open
    labels = labels_of(network, origin, start_s, usable, within_s, most_rides)
    return Reached(network, origin, start_s, within_s, *_standing(labels))


def labels_of(network: Network, origin: Place, start_s: int, usable: Open, within_s: int, most_rides: int) -> Labels:
    """What the search from a place itself finds, by stop."""
    labels = _blank(network.stop_count)
    starts, walk_s = origin.starts(usable)
    began = (walk_s + start_s).astype(np.int32)
    raptor.rounds(network.arrays, usable, starts, began, start_s + within_s, most_rides, labels)
    return labels


def latest(
    network: Network,
    target: Place,
    by_s: int,
    usable: Open | None = None,
    within_s: int = WITHIN_S,
    most_rides: int = MOST_RIDES,
) -> Leaving:
    """From all stops to one place, to be there by `by_s`: the same search with time running backwards."""
    usable = usable or network.all_open
    labels = _blank(network.stop_count)
    ends, walk_s = target.ends(usable)
    raptor.rounds(
        network.backward,
        backward_of(usable),
        ends,
        (walk_s - by_s).astype(np.int32),
        within_s - by_s,
        most_rides,
        labels,
    )
    at_s, by_ride_s, rides = _standing(labels)
    return Leaving(network, target, by_s, within_s, -at_s, -by_ride_s, rides)


def last(network: Network, target: Place, usable: Open | None = None, by_s: int | None = None) -> Leaving:
    """The last chance of the day to leave each stop for a place, without waiting for the rides of the next day.

    `by_s`: be there by then; None: whenever the last ride of the day ends.
    """
    usable = usable or network.all_open
    only = network.without(days=[AFTER])
    both = usable._replace(rides=usable.rides & only.rides, lanes=np.maximum(usable.lanes, only.lanes).astype(np.uint8))
    ends = network.arrays.arrival_s
    end_s = int(ends.max(initial=0)) + MINUTE_S * 60 if by_s is None else by_s
    return latest(network, target, end_s, both, within_s=end_s + 2 * 86400)


def window(
    network: Network,
    origin: Place,
    from_s: int,
    until_s: int,
    usable: Open | None = None,
    within_s: int = WITHIN_S,
    to: Places | None = None,
    is_exact: bool = True,
    every_s: int = MINUTE_S,
) -> Window:
    """For each minute from `from_s` until before `until_s`: when somebody who leaves then is at each stop or place.

    `is_exact`: every second at which leaving later would miss a ride is looked at too, within the window and as long
    after it as a journey may last, so that `left_s` is exact; otherwise only the asked departures, which is quicker.
    """
    asked = np.arange(from_s, until_s, every_s, dtype=np.int32)
    usable = usable or network.all_open
    times = asked
    if is_exact:
        times = np.unique(np.concatenate([asked, _moments(network, origin, usable, from_s, until_s + within_s)]))
    times = times[::-1].copy()
    count = network.stop_count if to is None else len(to.at)
    starts, walk_s = origin.starts(usable)
    ends = _NO_PLACES if to is None else _on_foot(to.ways)
    direct = np.full(count, NEVER, np.int32) if to is None else direct_s(network, origin.at[None], to.at)[0]
    there, left = (np.empty((len(asked), count), np.int32) for _ in range(2))
    raptor.window(
        network.arrays,
        usable,
        starts,
        walk_s,
        direct,
        times,
        np.isin(times, asked),
        within_s,
        ends,
        there,
        left,
    )
    return Window(asked, there, left)


def matrix(
    network: Network,
    origins: Places,
    targets: Places,
    times_s: Sequence[int],
    shares: Sequence[float] = (0.5,),
    usable: Open | None = None,
    within_s: int = WITHIN_S,
    threads: int = THREADS,
) -> Seconds:
    """[shares, origins, targets] travel times that these shares of the departures `times_s` do not exceed.

    One departure gives its travel time; NEVER: not reached in time. Origins are shared out among threads.
    """
    usable = usable or network.all_open
    times = np.unique(np.asarray(times_s, np.int32))[::-1].copy()
    found = np.empty((len(shares), len(origins.at), len(targets.at)), np.int32)
    ranks = _ranks(shares, len(times))
    step = max(1, -(-len(origins.at) // (threads * 8)))

    def fill(begin: int) -> None:
        part = slice(begin, begin + step)
        first = origins.ways.first[begin : begin + step + 1]
        walks = slice(int(first[0]), int(first[-1]))
        rows = np.empty((len(shares), len(origins.at[part]), len(targets.at)), np.int32)
        raptor.rows(
            network.arrays,
            usable,
            OnFoot(first - first[0], origins.ways.to[walks], origins.ways.seconds[walks]),
            direct_s(network, origins.at[part], targets.at),
            times,
            within_s,
            _on_foot(targets.ways),
            ranks,
            rows,
        )
        found[:, part] = rows

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, len(origins.at), step)))
    return found


def _blank(stops: int) -> Labels:
    never, none = np.full(stops, NEVER, np.int32), np.zeros(stops, np.int16)
    return Labels(never, never.copy(), none, none.copy())


def _standing(labels: Labels) -> tuple[Seconds, Seconds, npt.NDArray[np.int16]]:
    ready, arrived, ready_rides, arrived_rides = labels
    at_s = np.minimum(ready, arrived)
    by_ride = np.where(arrived < ready, arrived_rides, ready_rides)
    rides = np.where(arrived == ready, np.minimum(ready_rides, arrived_rides), by_ride)
    return at_s, arrived, rides.astype(np.int16)


def _on_foot(ways: Ways) -> OnFoot:
    return OnFoot(ways.first, ways.to, ways.seconds)


def _at_places(arrived: Seconds, ends: Ways) -> Seconds:
    there = np.empty(len(ends.first) - 1, np.int32)
    raptor.there(arrived, arrived, _on_foot(ends), there)
    return there


def _moments(network: Network, origin: Place, usable: Open, from_s: int, until_s: int) -> Seconds:
    """The last seconds at which somebody can leave to catch a ride at a stop around."""
    arrays, found = network.arrays, [np.zeros(0, np.int32)]
    for stop, walk_s in zip(*(each.tolist() for each in origin.starts(usable)), strict=True):
        if usable.stops[stop]:
            for i in range(int(arrays.stop_first[stop]), int(arrays.stop_first[stop + 1])):
                lane, call = int(arrays.lane[i]), int(arrays.call[i])
                if arrays.can_board[arrays.lane_first[lane] + call]:
                    rides = int(arrays.ride_first[lane + 1] - arrays.ride_first[lane])
                    at = int(arrays.time_first[lane]) + call * rides
                    found.append(arrays.departure_s[at : at + rides] - walk_s)
    moments = np.concatenate(found)
    return moments[(moments >= from_s) & (moments <= until_s)]


def _ranks(shares: Sequence[float], count: int) -> Positions:
    """Positions of the nearest rank: the smallest value that is not less than this share of all."""
    return np.array([min(count - 1, max(0, int(np.ceil(share * count)) - 1)) for share in shares], np.int32)
