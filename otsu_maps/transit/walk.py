"""The walking rule: who walks where, how often and how fast.

* A journey is: a walk to a stop, a ride, at most one walk to another stop, a ride, ... and a walk from the last stop.
* Each way is measured in a straight line, made longer by `detour` and walked at `speed_m_s`; whole seconds, rounded up.
* Between two rides people walk once, to a stop at most `change_m` away. They never walk from stop to stop to stop, so
  there is no chain of footpaths, and none has to be closed or cut off.
* A place is left by any stop at most `place_m` away, and reached from one as far. A stop as the start or the end of a
  journey is like a change there: people board at it, or walk to a stop at most `change_m` away.
* A place that is at most `direct_m` away can be reached on foot alone.
* Changing at one stop takes `change_s` (none: who arrives at 8:10 takes the vehicle of 8:10). A walk between two stops
  adds nothing to it.
* What the feed says in transfers.txt of two stops holds instead: type 2 with its time is how long that way takes, and
  type 3 says that it cannot be gone; types 0 and 1 make a way between stops that are farther apart. A row about a
  station is about each of its platforms. Rows about single routes or trips (types 4 and 5 among them) are passed over.
* A stop without a position can be ridden to; nobody walks from it or to it, unless transfers.txt says so.

Distances: 400 m to a bus and 800 m to a station are what planners most often take for walking to transit. The ratio of
road to straight distance is about constant (腰塚・小林 1983, 道路距離と直線距離); its 1.3 and the 4 km/h are assumed
(slower than the 80 m a minute of estate agents, since old people walk too).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from otsu_maps import geo
from otsu_maps.transit.timetable import NONE, Positions, Seconds

Floats = npt.NDArray[np.float64]
Offsets = npt.NDArray[np.int64]

LIKELY, IN_TIME, TAKES, IMPOSSIBLE = range(4)
"""transfer_type of https://gtfs.org/documentation/schedule/reference/#transferstxt that are about two stops."""


@dataclass(frozen=True)
class Walking:
    """How people walk; metres are straight ones. Each number is explained in the head of this module."""

    detour: float = 1.3
    speed_m_s: float = 4000 / 3600
    change_m: float = 400.0
    place_m: float = 800.0
    direct_m: float = 1600.0
    change_s: int = 0

    def seconds(self, metres: Floats) -> Seconds:
        """How long straight metres take, rounded up to whole seconds."""
        return np.ceil(np.round(metres * self.detour / self.speed_m_s, 6)).astype(np.int32)

    def metres(self, seconds: Floats) -> Floats:
        """How far, in a straight line, somebody comes in so many seconds."""
        return seconds * self.speed_m_s / self.detour


@dataclass(frozen=True)
class Ways:
    """Ways on foot: those from i are first[i] to first[i + 1]; they lead to `to` and take `seconds`."""

    first: Offsets
    to: Positions
    seconds: Seconds

    def of(self, i: int) -> tuple[Positions, Seconds]:
        """Where one can walk from i, and for how long."""
        part = slice(int(self.first[i]), int(self.first[i + 1]))
        return self.to[part], self.seconds[part]


def in_plane(lon: Floats, lat: Floats, plane_epsg: int) -> Floats:
    """[n, 2] metres, NaN where the position is unknown."""
    plane = np.full((len(lon), 2), np.nan)
    is_known = np.isfinite(lon) & np.isfinite(lat)
    if is_known.any():
        plane[is_known] = np.array(geo.to_metres(list(lon[is_known]), list(lat[is_known]), plane_epsg))
    plane[~np.isfinite(plane).all(axis=1)] = np.nan
    return plane


def ways(places: Floats, stops: Floats, limit_m: float, walking: Walking) -> Ways:
    """From each place to every stop within `limit_m`. `places`, `stops`: [n, 2] metres, NaN: unknown."""
    known_places, known_stops = (np.flatnonzero(np.isfinite(each).all(axis=1)) for each in (places, stops))
    tree = shapely.STRtree(np.asarray(shapely.points(stops[known_stops]), dtype=object))
    near = tree.query(shapely.points(places[known_places]), predicate="dwithin", distance=limit_m)
    of, to = known_places[near[0]], known_stops[near[1]]
    metres = np.hypot(*(places[of] - stops[to]).T)
    return ordered(of, to, walking.seconds(metres), len(places))


def footpaths(stops: Floats, walking: Walking, transfers: pd.DataFrame, parent: Positions) -> Ways:
    """The ways between two rides, from each stop to others and to itself (changing there).

    `stops`: [n, 2] metres; `transfers`: from_stop, to_stop (positions), transfer_type, min_transfer_s (NA: none);
    `parent`: the station of each stop, NONE: none.
    """
    number = len(stops)
    near = ways(stops, stops, walking.change_m, walking)
    of = np.repeat(np.arange(number), np.diff(near.first))
    is_other = of != near.to
    stays = np.arange(number)
    of = np.concatenate([of[is_other], stays])
    to = np.concatenate([near.to[is_other], stays])
    seconds = np.concatenate([near.seconds[is_other], np.full(number, walking.change_s, np.int32)])
    if transfers.empty:
        return ordered(of, to, seconds, number)
    found = dict(zip(zip(of.tolist(), to.tolist(), strict=True), seconds.tolist(), strict=True))
    for a, b, kind, least_s in _of_platforms(transfers, parent):
        if kind == IMPOSSIBLE:
            found.pop((a, b), None)
        elif kind == TAKES and least_s is not None:
            found[a, b] = least_s
        elif (a, b) not in found:
            metres = np.hypot(*(stops[a] - stops[b]))
            if np.isfinite(metres):
                found[a, b] = int(walking.seconds(np.array([metres]))[0])
    pairs = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    return ordered(pairs[:, 0], pairs[:, 1], np.array(list(found.values()), np.int32), number)


def ordered(of: npt.NDArray[np.int64], to: npt.NDArray[np.int64], seconds: Seconds, number: int) -> Ways:
    """Ways from `number` places in the order of where they begin."""
    order = np.lexsort((to, of))
    first = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=number))]).astype(np.int64)
    return Ways(first, to[order].astype(np.int32), seconds[order].astype(np.int32))


def turned(ways: Ways) -> Ways:
    """The same ways gone the other way, between stops."""
    number = len(ways.first) - 1
    of = np.repeat(np.arange(number), np.diff(ways.first))
    return ordered(ways.to.astype(np.int64), of, ways.seconds, number)


def at_once(paths: Ways) -> Ways:
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


def _of_platforms(transfers: pd.DataFrame, parent: Positions) -> list[tuple[int, int, int, int | None]]:
    """Rows about stations as rows about their platforms; those about the platforms themselves count last."""
    platforms: dict[int, list[int]] = {}
    for stop, station in enumerate(parent.tolist()):
        if station != NONE:
            platforms.setdefault(station, []).append(stop)
    rows: list[tuple[int, tuple[int, int, int, int | None]]] = []
    for a, b, kind, least in transfers[["from_stop", "to_stop", "transfer_type", "min_transfer_s"]].itertuples(
        index=False, name=None
    ):
        if a == NONE or b == NONE or kind not in (LIKELY, IN_TIME, TAKES, IMPOSSIBLE):
            continue
        seconds = None if pd.isna(least) else int(least)
        starts, ends = platforms.get(a, [a]), platforms.get(b, [b])
        is_exact = (a not in platforms) + (b not in platforms)
        rows += [(is_exact, (i, j, int(kind), seconds)) for i in starts for j in ends if i != j or a == b]
    return [row for _, row in sorted(rows, key=lambda each: each[0])]
