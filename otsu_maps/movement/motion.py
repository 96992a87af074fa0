"""How somebody moves, as machine code: pings that cannot be, stays, trips; the rule is `Rules`."""

from __future__ import annotations

from math import cos

import numpy as np

from otsu_maps.movement.kernels import Arranged, Ints, Positions
from otsu_maps.movement.rules import METRES
from otsu_maps.transit.compiled import compiled

RADIANS = 3.141592653589793 / 180 / 10_000_000


@compiled
def _is_within(lon: int, lat: int, to_lon: int, to_lat: int, radius2: float) -> bool:
    """Whether the square of the metres between two positions (see `_squared_m`) is at most `radius2`.

    On the equator the same degrees are longer: who is within reach there is here, and needs no cosine.
    """
    east, north = (to_lon - lon) * METRES, (to_lat - lat) * METRES
    if east * east + north * north <= radius2:
        return True
    return north * north <= radius2 and _squared_m(lon, lat, to_lon, to_lat) <= radius2


@compiled
def _squared_m(lon: int, lat: int, to_lon: int, to_lat: int) -> float:
    """Square of the metres between two positions, on the plane at the first."""
    east = (to_lon - lon) * METRES * cos(lat * RADIANS)
    north = (to_lat - lat) * METRES
    return east * east + north * north


@compiled
def cleaned(pings: Arranged, metres_a_ms: float) -> Arranged:
    """Arranged pings without those that their device could not have reached."""
    device, time, lon, lat = pings
    keeps = np.ones(len(device), np.bool_)
    last = 0
    for i in range(1, len(device)):
        if device[i] == device[last]:
            reach = (time[i] - time[last]) * metres_a_ms
            keeps[i] = _is_within(lon[last], lat[last], lon[i], lat[i], reach * reach)
        if keeps[i]:
            last = i
    if keeps.all():
        return pings
    return device[keeps], time[keeps], lon[keeps], lat[keeps]


@compiled
def stays(pings: Arranged, radius2: float, least_ms: int) -> tuple[Ints, Ints]:
    """First and last row of every stay in arranged pings, in order; the rule is `Rules`."""
    device, time, lon, lat = pings
    count = len(device)
    firsts, lasts = np.empty(count // 2 + 1, np.int64), np.empty(count // 2 + 1, np.int64)
    found, i = 0, 0
    while i < count:
        j = i + 1
        while j < count and device[j] == device[i] and _is_within(lon[i], lat[i], lon[j], lat[j], radius2):
            j += 1
        if j - 1 > i and time[j - 1] - time[i] >= least_ms:
            firsts[found], lasts[found] = i, j - 1
            found += 1
            i = j
        else:
            i += 1
    return firsts[:found], lasts[:found]


@compiled
def trips(
    pings: Arranged, radius2: float, least_ms: int, gap_ms: int
) -> tuple[Ints, Ints, Ints, Positions, Positions, Positions, Positions, int, int]:
    """Device, departure and arrival (milliseconds UTC), lon and lat of origin and destination of every trip.

    And two numbers: stays, and pairs of stays of which a silence makes no trip.
    """
    device, time, lon, lat = pings
    firsts, lasts = stays(pings, radius2, least_ms)
    count = len(firsts)
    at_lon, at_lat = np.empty(count, np.int32), np.empty(count, np.int32)
    for each in range(count):
        east, north, first = np.int64(0), np.int64(0), firsts[each]
        for row in range(first, lasts[each] + 1):
            east += lon[row]
            north += lat[row]
        pings_of = lasts[each] + 1 - first
        at_lon[each], at_lat[each] = east // pings_of, north // pings_of
    whose, leaves, arrives = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    origin, destination = np.empty(count, np.int64), np.empty(count, np.int64)
    found, silent = 0, 0
    for each in range(1, count):
        last, first = lasts[each - 1], firsts[each]
        if device[last] != device[first]:
            continue
        if _is_within(at_lon[each - 1], at_lat[each - 1], at_lon[each], at_lat[each], radius2):
            continue
        is_seen = True
        for row in range(last + 1, first + 1):
            if time[row] - time[row - 1] > gap_ms:
                is_seen = False
        if not is_seen:
            silent += 1
            continue
        whose[found], leaves[found], arrives[found] = device[last], time[last], time[first]
        origin[found], destination[found] = each - 1, each
        found += 1
    o, d = origin[:found], destination[:found]
    return whose[:found], leaves[:found], arrives[:found], at_lon[o], at_lat[o], at_lon[d], at_lat[d], count, silent
