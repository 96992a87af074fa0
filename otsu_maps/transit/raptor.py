"""The search through a timetable as compiled code (arrays in, arrays out); `travel` asks its questions.

RAPTOR: D. Delling, T. Pajor, R. F. Werneck 2015, Round-Based Public Transit Routing, Transportation Science 49,
591-604. Round k finds what can be reached with k rides: each lane that calls where somebody may now board earlier is
followed once. With one difference: each stop has two times, `arrived_s` (by a vehicle) and `ready_s` (to board one,
after a change or a walk), so that a walk always follows a ride and never another walk, which is the rule of `walk`.
With one time a stop, an early walk would hide a later ride to the same stop, from which one could still walk on; then
footpaths would have to be closed to chains. Rides of a round change `arrived_s` alone and read `ready_s` alone, so each
round counts its rides right without a copy of the round before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from otsu_maps.transit.compiled import compiled
from otsu_maps.transit.timetable import Flags, Positions, Seconds
from otsu_maps.transit.walk import Offsets

NEVER = 1_000_000_000
"""In place of a time: not reached. A walk can be added without leaving 32 bits."""

_FAR = 2_000_000_000

MOST_RIDES = 1000

SOME_CLOSED, CLOSED = 1, 2
"""States of a lane of which not all rides are open."""


class Arrays(NamedTuple):
    """What the search reads; a named tuple, since compiled code takes no class of ours.

    It stands here, since what was compiled is made anew when this file changes, and no other.

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


class Labels(NamedTuple):
    """By stop: the soonest time to board and the soonest arrival by a vehicle (NEVER: none), and the rides it takes."""

    ready_s: Seconds
    arrived_s: Seconds
    ready_rides: npt.NDArray[np.int16]
    arrived_rides: npt.NDArray[np.int16]


class OnFoot(NamedTuple):
    """Walks from or to places: those of i are first[i] to first[i + 1], with a stop and seconds each."""

    first: Offsets
    stop: Positions
    seconds: Seconds


class Open(NamedTuple):
    """What may be used: `lanes` 0, SOME_CLOSED or CLOSED; `rides` in the order of their lanes; `stops`."""

    lanes: npt.NDArray[np.uint8]
    rides: Flags
    stops: Flags


@compiled
def _first_open(times: Seconds, at: int, rides: int, ready: int, is_open: Flags, first: int, some: bool) -> int:
    """The first ride of a lane that leaves a call not before `ready` and may be used; `rides`: none."""
    low, high = 0, rides
    while low < high:
        middle = (low + high) // 2
        if times[at + middle] < ready:
            low = middle + 1
        else:
            high = middle
    if some:
        while low < rides and not is_open[first + low]:
            low += 1
    return low


@compiled
def _follow(
    net: Arrays,
    usable: Open,
    lane: int,
    call: int,
    until: int,
    labels: Labels,
    round_: int,
    off: Positions,
    is_off: Flags,
    count: int,
) -> int:
    """Ride along a lane from a call on. Stops with an earlier arrival join the `count` in `off`; gives their number."""
    first, rides = net.ride_first[lane], net.ride_first[lane + 1] - net.ride_first[lane]
    begin, calls = net.lane_first[lane], net.lane_first[lane + 1] - net.lane_first[lane]
    some = usable.lanes[lane] != 0
    ride = rides  # none yet
    for here in range(call, calls):
        stop = net.stop[begin + here]
        if not usable.stops[stop]:
            continue
        at = net.time_first[lane] + here * rides
        if ride < rides and net.can_alight[begin + here]:
            arrival = net.arrival_s[at + ride]
            if arrival < labels.arrived_s[stop] and arrival <= until:
                labels.arrived_s[stop] = arrival
                labels.arrived_rides[stop] = round_
                if not is_off[stop]:
                    is_off[stop] = True
                    off[count] = stop
                    count += 1
        if ride > 0 and net.can_board[begin + here] and here + 1 < calls:
            ready = labels.ready_s[stop]
            if ready < NEVER and ready <= net.departure_s[at + ride - 1]:
                ride = _first_open(net.departure_s, at, ride, ready, usable.rides, first, some)
    return count


@compiled
def rounds(
    net: Arrays,
    usable: Open,
    starts: Positions,
    start_s: Seconds,
    until: int,
    most_rides: int,
    labels: Labels,
) -> int:
    """Make times earlier from `starts` (stops where somebody may board from `start_s` on); gives the number of rounds.

    `labels` are changed.
    """
    ready_s, arrived_s, ready_rides, _ = labels
    stops, lanes = len(ready_s), len(usable.lanes)
    marked, is_marked = np.empty(stops, np.int32), np.zeros(stops, np.bool_)
    queue, from_call = np.empty(lanes, np.int32), np.full(lanes, _FAR, np.int32)
    off, is_off = np.empty(stops, np.int32), np.zeros(stops, np.bool_)
    count = 0
    for i in range(len(starts)):
        stop = starts[i]
        if usable.stops[stop] and start_s[i] <= until and start_s[i] < ready_s[stop]:
            ready_s[stop] = start_s[i]
            ready_rides[stop] = 0
            if not is_marked[stop]:
                is_marked[stop] = True
                marked[count] = stop
                count += 1
    round_ = 0
    while count and round_ < most_rides:
        round_ += 1
        queued = 0
        for i in range(count):
            stop = marked[i]
            is_marked[stop] = False
            for j in range(net.stop_first[stop], net.stop_first[stop + 1]):
                lane = net.lane[j]
                if usable.lanes[lane] != CLOSED:
                    if from_call[lane] == _FAR:
                        queue[queued] = lane
                        queued += 1
                    if net.call[j] < from_call[lane]:
                        from_call[lane] = net.call[j]
        found = 0
        for i in range(queued):
            lane = queue[i]
            found = _follow(net, usable, lane, from_call[lane], until, labels, round_, off, is_off, found)
            from_call[lane] = _FAR
        count = 0
        for i in range(found):
            stop = off[i]
            is_off[stop] = False
            for j in range(net.walk_first[stop], net.walk_first[stop + 1]):
                to, there = net.walk_to[j], arrived_s[stop] + net.walk_s[j]
                if there < ready_s[to] and there <= until and usable.stops[to]:
                    ready_s[to] = there
                    ready_rides[to] = round_
                    if not is_marked[to]:
                        is_marked[to] = True
                        marked[count] = to
                        count += 1
    return round_


@compiled
def there(arrived_s: Seconds, ready_s: Seconds, to: OnFoot, there_s: Seconds) -> None:
    """When somebody is at each place, or, where no places are given, at each stop."""
    if len(to.first) == 0:
        for stop in range(len(there_s)):
            there_s[stop] = min(arrived_s[stop], ready_s[stop])
        return
    for place in range(len(there_s)):
        best = NEVER
        for i in range(to.first[place], to.first[place + 1]):
            best = min(best, arrived_s[to.stop[i]] + to.seconds[i])
        there_s[place] = best


@compiled
def window(
    net: Arrays,
    usable: Open,
    starts: Positions,
    walk_s: Seconds,
    direct_s: Seconds,
    times: Seconds,
    is_asked: Flags,
    within_s: int,
    to: OnFoot,
    there_s: Seconds,
    left_s: Seconds,
) -> None:
    """When somebody is there who leaves at each of `times`, which are in descending order (range RAPTOR).

    What was reached by leaving later is reached by leaving earlier too, so each departure only looks for what it makes
    earlier. `there_s` and `left_s` [asked times, ascending; places or stops] are filled: the arrival, and the latest of
    `times` with this arrival; NEVER where it is not reached within `within_s`. `direct_s`: on foot, NEVER: too far.
    """
    stops, places = len(usable.stops), there_s.shape[1]
    ready, arrived = np.full(stops, NEVER, np.int32), np.full(stops, NEVER, np.int32)
    labels = Labels(ready, arrived, np.zeros(stops, np.int16), np.zeros(stops, np.int16))
    best, now = np.full(places, NEVER, np.int32), np.empty(places, np.int32)
    left = np.full(places, NEVER, np.int32)
    row = there_s.shape[0]
    start_s = np.empty(len(walk_s), np.int32)
    for i in range(len(times)):
        time = times[i]
        for j in range(len(walk_s)):
            start_s[j] = time + walk_s[j]
        rounds(net, usable, starts, start_s, time + within_s, MOST_RIDES, labels)
        there(arrived, ready, to, now)
        for place in range(places):
            earliest = min(now[place], time + direct_s[place])
            if earliest < best[place]:
                best[place] = earliest
                left[place] = time
        if is_asked[i]:
            row -= 1
            for place in range(places):
                is_reached = best[place] <= time + within_s
                there_s[row, place] = best[place] if is_reached else NEVER
                left_s[row, place] = left[place] if is_reached else NEVER


@compiled
def ranked(seconds: Seconds, ranks: Positions, found: Seconds) -> None:
    """Of each column of `seconds` [n, places] the values that stand at `ranks` (from 0) once it is sorted."""
    count, places = seconds.shape
    column = np.empty(count, np.int32)
    for place in range(places):
        for i in range(count):
            value, j = seconds[i, place], i
            while j > 0 and column[j - 1] > value:
                column[j] = column[j - 1]
                j -= 1
            column[j] = value
        for i in range(len(ranks)):
            found[i, place] = column[ranks[i]]


@compiled
def rows(
    net: Arrays,
    usable: Open,
    origins: OnFoot,
    direct_s: Seconds,
    times: Seconds,
    within_s: int,
    to: OnFoot,
    ranks: Positions,
    found: Seconds,
) -> None:
    """Travel times of some origins, a row each, into `found` [ranks, origins, places]: those at `ranks` among all of
    `times` (descending). `direct_s` [origins, places]."""
    places = found.shape[2]
    arrival, left = np.empty((len(times), places), np.int32), np.empty((len(times), places), np.int32)
    every = np.ones(len(times), np.bool_)
    row = np.empty((len(ranks), places), np.int32)
    for origin in range(found.shape[1]):
        part = slice(origins.first[origin], origins.first[origin + 1])
        starts, walk = origins.stop[part], origins.seconds[part]
        window(net, usable, starts, walk, direct_s[origin], times, every, within_s, to, arrival, left)
        for i in range(len(times)):
            for place in range(places):
                if arrival[i, place] < NEVER:
                    arrival[i, place] -= times[len(times) - 1 - i]
        ranked(arrival, ranks, row)
        found[:, origin, :] = row
