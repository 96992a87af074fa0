"""The rules of journeys said once more, slowly and plainly: every ride alone, every walk alone, the soonest first."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from timetables import World

from otsu_maps.transit.walk import Walking

LATEST_S = 36 * 3600
MOST_RIDES = 20

Way = tuple[int, int]
"""A stop and the seconds to it."""


@dataclass(frozen=True)
class Ride:
    trip: int
    route: int
    calls: tuple[tuple[int, int, int, bool, bool], ...]
    """stop, arrival, departure, can board, can alight."""


def rides(world: World) -> list[Ride]:
    found = []
    for number, trip in enumerate(world.trips):
        for days, runs in zip((-1, 0, 1), trip.days, strict=True):
            shifts = [0]
            if trip.often:
                shifts = []
                for start, end, headway, _ in trip.often:
                    time = start
                    while time < end:
                        shifts.append(time - trip.calls[0][2])
                        time += headway
            for shift in shifts if runs else []:
                more = shift + days * 86400
                calls = tuple(
                    (stop, arrival + more, departure + more, "b" not in mark, "a" not in mark)
                    for i, (stop, arrival, departure) in enumerate(trip.calls)
                    for mark in [trip.marks.get(i, "")]
                )
                if days == 0 or (calls[-1][1] >= 0 and calls[0][2] < LATEST_S):
                    found.append(Ride(number, trip.route, calls))
    return found


def seconds(a: Sequence[float], b: Sequence[float], limit_m: float, walking: Walking) -> int | None:
    """How long the way takes, None: too far or unknown."""
    metres = math.hypot(a[0] - b[0], a[1] - b[1])
    if not metres <= limit_m:
        return None
    return math.ceil(round(metres * walking.detour / walking.speed_m_s, 6))


def ways_between(world: World, at: Sequence[Sequence[float]], walking: Walking) -> dict[tuple[int, int], int]:
    """From stop to stop, and from each to itself: the time of a change."""
    count = len(world.places)
    found = {}
    for a in range(count):
        for b in range(count):
            takes = walking.change_s if a == b else seconds(at[a], at[b], walking.change_m, walking)
            if takes is not None:
                found[a, b] = takes
    for a, b, kind, least in world.transfers:
        if kind == 3:
            found.pop((a, b), None)
        elif kind == 2 and least is not None:
            found[a, b] = least
        elif kind in (0, 1, 2) and (a, b) not in found:
            takes = seconds(at[a], at[b], math.inf, walking)
            if takes is not None:
                found[a, b] = takes
    return found


def begins(ways: dict[tuple[int, int], int], stop: int) -> list[Way]:
    return [(stop, 0)] + [(b, takes) for (a, b), takes in ways.items() if a == stop and b != stop]


@dataclass(frozen=True)
class Found:
    """By stop: the soonest arrival by ride, the soonest time to board, and the fewest rides for being there soonest."""

    arrived: dict[int, int]
    ready: dict[int, int]
    rides: dict[int, int]

    def at(self, stop: int) -> int | None:
        return min([each[stop] for each in (self.arrived, self.ready) if stop in each], default=None)


def search(
    every: Iterable[Ride],
    ways: dict[tuple[int, int], int],
    starts: Iterable[Way],
    start_s: int,
    within_s: int = 10**7,
    routes: Collection[int] = (),
    stops: Collection[int] = (),
    trips: Collection[int] = (),
) -> Found:
    """Leaving at `start_s`, without the routes, stops and trips that are taken out."""
    running = [ride for ride in every if ride.route not in routes and ride.trip not in trips]
    queue = [(start_s + takes, 0, "ready", stop) for stop, takes in starts]
    best: dict[tuple[str, int, int], int] = {}
    leading: dict[int, list[Way]] = {}
    for (a, b), takes in ways.items():
        leading.setdefault(a, []).append((b, takes))
    calling: dict[int, list[tuple[Ride, int]]] = {}
    for ride in running:
        for i, call in enumerate(ride.calls):
            calling.setdefault(call[0], []).append((ride, i))
    heapq.heapify(queue)
    while queue:
        time, number, kind, stop = heapq.heappop(queue)
        if time > start_s + within_s or stop in stops or number > MOST_RIDES:
            continue
        if any((kind, stop, fewer) in best for fewer in range(number + 1)):  # as soon, with as few rides
            continue
        best[kind, stop, number] = time
        if kind == "arrived":
            for b, takes in leading.get(stop, []):
                heapq.heappush(queue, (time + takes, number, "ready", b))
            continue
        for ride, i in calling.get(stop, []):
            _, _, departure, can_board, _ = ride.calls[i]
            if can_board and departure >= time:
                for there, arrival, _, _, can_alight in ride.calls[i + 1 :]:
                    if can_alight:
                        heapq.heappush(queue, (arrival, number + 1, "arrived", there))
    found = Found({}, {}, {})
    for (kind, stop, _), time in best.items():
        into = found.arrived if kind == "arrived" else found.ready
        into[stop] = min(time, into.get(stop, time))
    for (_, stop, number), time in best.items():
        if time == found.at(stop):
            found.rides[stop] = min(number, found.rides.get(stop, number))
    return found
