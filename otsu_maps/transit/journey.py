"""One journey in legs: which ride, from where to where, when, and the walks between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from otsu_maps.transit import raptor
from otsu_maps.transit.network import Network
from otsu_maps.transit.places import Place
from otsu_maps.transit.raptor import CLOSED, NEVER, Labels, Open
from otsu_maps.transit.timetable import NONE
from otsu_maps.transit.travel import WITHIN_S, earliest, labels_of
from otsu_maps.transit.walk import Ways, turned


@dataclass(frozen=True)
class Leg:
    """A ride or a walk. Stops are positions, NONE for the place where the journey begins or ends.

    `trip` and `route` are NONE on a walk. `headway_s` is not 0 where the timetable gives no exact times: the ride may
    come up to so much earlier or later.
    """

    from_stop: int
    to_stop: int
    leaves_s: int
    arrives_s: int
    trip: int = NONE
    route: int = NONE
    headway_s: int = 0

    @property
    def is_ride(self) -> bool:
        return self.trip != NONE


def journey(
    network: Network,
    origin: Place,
    start_s: int,
    target: Place,
    usable: Open | None = None,
    within_s: int = WITHIN_S,
) -> list[Leg] | None:
    """The journey that arrives first, with the fewest rides among those; None: there is none. A walk is left as late as
    the ride after it allows; a journey without a ride is one walk, or no leg at all for the place itself."""
    usable = usable or network.all_open
    reached = earliest(network, origin, start_s, usable, within_s)
    ends, walk_s = target.ends(usable)
    by_ride = [(int(reached.arrived_s[s]) + int(w), int(s)) for s, w in zip(ends, walk_s, strict=True)]
    there_s, last_stop = min(by_ride, default=(NEVER, NONE))
    on_foot_s = _on_foot(network, origin, target, usable)
    if on_foot_s is not None and start_s + on_foot_s <= min(there_s, start_s + within_s):
        is_there = on_foot_s == 0 and origin.stop == target.stop
        return [] if is_there else [Leg(origin.stop, target.stop, start_s, start_s + on_foot_s)]
    if there_s > start_s + within_s:
        return None
    return _Trace(network, origin, start_s, usable, within_s).legs(target, last_stop, there_s)


def _on_foot(network: Network, origin: Place, target: Place, usable: Open) -> int | None:
    """Seconds without any ride; between two stops those of their footpath."""
    starts, walk_s = origin.starts(usable)
    if target.stop != NONE and not usable.stops[target.stop]:
        return None
    if target.stop != NONE:
        found = np.flatnonzero(starts == target.stop)
        return int(walk_s[found[0]]) if len(found) else None
    if origin.stop != NONE and not len(starts):
        return None
    metres = float(np.hypot(*(origin.at - target.at)))
    return int(network.walking.seconds(np.array([metres]))[0]) if metres <= network.walking.direct_m else None


class _Trace:
    """Goes back from the end, by what could be reached with one ride fewer, and one fewer again."""

    def __init__(self, network: Network, origin: Place, start_s: int, usable: Open, within_s: int) -> None:
        self.network, self.origin, self.start_s, self.usable, self.within_s = network, origin, start_s, usable, within_s
        self.known: dict[int, Labels] = {}
        self.back: Ways = turned(network.footpaths)

    def after(self, rides: int) -> Labels:
        """What can be reached with at most so many rides."""
        if rides not in self.known:
            self.known[rides] = labels_of(self.network, self.origin, self.start_s, self.usable, self.within_s, rides)
        return self.known[rides]

    def legs(self, target: Place, last_stop: int, there_s: int) -> list[Leg]:
        whole = labels_of(self.network, self.origin, self.start_s, self.usable, self.within_s, raptor.MOST_RIDES)
        rides, time_s = int(whole.arrived_rides[last_stop]), int(whole.arrived_s[last_stop])
        legs: list[Leg] = []
        if last_stop != target.stop:
            legs.append(Leg(last_stop, target.stop, time_s, there_s))
        stop = last_stop
        while True:
            ride = self._ride(stop, time_s, rides)
            legs.append(ride)
            rides -= 1
            board = ride.from_stop
            labels = self.after(rides)
            ready_s, rides = int(labels.ready_s[board]), int(labels.ready_rides[board])
            if rides == 0:
                legs += self._start(board, ride.leaves_s)
                return legs[::-1]
            arrived = self.after(rides).arrived_s
            others, seconds = self.back.of(board)
            fits = np.flatnonzero((arrived[others] + seconds == ready_s) & self.usable.stops[others])
            before = int(others[fits[0]])
            if before != board:
                walk_s = int(seconds[fits[0]])
                legs.append(Leg(before, board, ride.leaves_s - walk_s, ride.leaves_s))
            stop, time_s = before, int(arrived[before])
            rides = int(self.after(rides).arrived_rides[before])

    def _start(self, board: int, leaves_s: int) -> list[Leg]:
        walk_s = int(self.origin.walk_s[self.origin.stops == board][0])
        return [] if board == self.origin.stop else [Leg(self.origin.stop, board, leaves_s - walk_s, leaves_s)]

    def _ride(self, stop: int, arrives_s: int, rides: int) -> Leg:
        """The ride that arrives at a stop at that second, boarded where one came with one ride fewer."""
        net, usable, ready = self.network.arrays, self.usable, self.after(rides - 1).ready_s
        for i in range(int(net.stop_first[stop]), int(net.stop_first[stop + 1])):
            lane, call = int(net.lane[i]), int(net.call[i])
            begin, first = int(net.lane_first[lane]), int(net.ride_first[lane])
            count = int(net.ride_first[lane + 1]) - first
            at = int(net.time_first[lane])
            if usable.lanes[lane] == CLOSED or not net.can_alight[begin + call]:
                continue
            arrivals = net.arrival_s[at + call * count : at + (call + 1) * count]
            for ride in np.flatnonzero((arrivals == arrives_s) & usable.rides[first : first + count]).tolist():
                for here in range(call):
                    board = int(net.stop[begin + here])
                    leaves_s = int(net.departure_s[at + here * count + ride])
                    if net.can_board[begin + here] and usable.stops[board] and ready[board] <= leaves_s:
                        known = self.network.rides
                        return Leg(
                            board,
                            stop,
                            leaves_s,
                            arrives_s,
                            int(known.trip[first + ride]),
                            int(self.network.lane_route[lane]),
                            int(known.headway_s[first + ride]),
                        )
        raise AssertionError("a stop was reached by no ride")  # the search and this walk back disagree
