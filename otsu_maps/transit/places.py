"""Where journeys begin and end: a stop, a place, or many places with the stops around each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from otsu_maps.transit.network import Network
from otsu_maps.transit.raptor import NEVER, Open
from otsu_maps.transit.timetable import NONE, Positions, Seconds
from otsu_maps.transit.walk import Floats, Ways, in_plane, ways

_NO_STOPS = np.zeros(0, np.int32), np.zeros(0, np.int32)


@dataclass(frozen=True)
class Place:
    """Where a journey begins or ends: a stop, or any place. `at` in metres of the plane, NaN where unknown.

    `stops` can be walked to in `walk_s`; `stops_back` are those from which one walks here, in `walk_back_s`.
    `stop` is NONE where it is none.
    """

    at: Floats
    stops: Positions
    walk_s: Seconds
    stops_back: Positions
    walk_back_s: Seconds
    stop: int = NONE

    def starts(self, usable: Open) -> tuple[Positions, Seconds]:
        """Stops to begin at and the walks there; none where this is a closed stop."""
        return (self.stops, self.walk_s) if self._is_open(usable) else _NO_STOPS

    def ends(self, usable: Open) -> tuple[Positions, Seconds]:
        """Stops to end at and the walks from there; none where this is a closed stop."""
        return (self.stops_back, self.walk_back_s) if self._is_open(usable) else _NO_STOPS

    def _is_open(self, usable: Open) -> bool:
        return self.stop == NONE or bool(usable.stops[self.stop])


@dataclass(frozen=True)
class Places:
    """Many places: `at` [n, 2] metres of the plane, and the ways between each and the stops around it."""

    at: Floats
    ways: Ways


def at_stop(network: Network, stop: int) -> Place:
    """A stop as the start or the end of a journey."""
    return Place(network.at[stop], *network.from_stop(stop), *network.from_stop(stop, is_backward=True), stop)


def at_stops(network: Network, stops: Sequence[int], usable: Open | None = None) -> Place:
    """Several stops as one start or end, such as the platforms of a station; those that are closed are left out."""
    usable = usable or network.all_open
    each = [at_stop(network, int(stop)) for stop in stops if usable.stops[stop]]
    if len(each) == 1:
        return each[0]
    at = np.array([one.at for one in each]).reshape(-1, 2)
    known = at[np.isfinite(at).all(axis=1)]
    middle = known.mean(axis=0) if len(known) else np.full(2, np.nan)
    there = [
        _soonest([(one.stops, one.walk_s) for one in each]),
        _soonest([(o.stops_back, o.walk_back_s) for o in each]),
    ]
    return Place(middle, *there[0], *there[1])


def _soonest(walks: Sequence[tuple[Positions, Seconds]]) -> tuple[Positions, Seconds]:
    best: dict[int, int] = {}
    for stops, seconds in walks:
        for stop, walk_s in zip(stops.tolist(), seconds.tolist(), strict=True):
            best[stop] = min(walk_s, best.get(stop, walk_s))
    return np.array(list(best), np.int32), np.array(list(best.values()), np.int32)


def at_place(network: Network, lon: float, lat: float) -> Place:
    """A place as the start or the end of a journey."""
    one = places(network, [lon], [lat])
    return Place(one.at[0], *one.ways.of(0), *one.ways.of(0))


def places(network: Network, lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> Places:
    """Places by degrees, with the stops around each."""
    at = in_plane(np.asarray(lon, float), np.asarray(lat, float), network.plane_epsg)
    return places_in_plane(network, at)


def places_in_plane(network: Network, at: Floats) -> Places:
    """Places by metres of the network's plane, [n, 2], with the stops around each."""
    return Places(at, ways(at, network.at, network.walking.place_m, network.walking))


def direct_s(network: Network, starts: Floats, ends: Floats) -> Seconds:
    """[starts, ends] seconds on foot alone, NEVER: too far or a position unknown. Both [n, 2] metres."""
    metres = np.hypot(starts[:, None, 0] - ends[None, :, 0], starts[:, None, 1] - ends[None, :, 1])
    is_near = metres <= network.walking.direct_m
    found = np.full(metres.shape, NEVER, np.int32)
    found[is_near] = network.walking.seconds(metres[is_near])
    return found
