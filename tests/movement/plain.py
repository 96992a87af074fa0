"""The rules of people flow once more, slowly and in plain Python: what the kernels must equal."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from math import cos

from otsu_maps.movement.rules import METRES, Rules

Ping = tuple[int, int, int, int]
"""Device, time in milliseconds UTC, lon and lat in ten-millionths of a degree."""


def squared_m(one: Ping, other: Ping) -> float:
    east = (other[2] - one[2]) * METRES * cos(one[3] * (3.141592653589793 / 180 / 10_000_000))
    north = (other[3] - one[3]) * METRES
    return east * east + north * north


def by_device(pings: list[Ping]) -> list[list[Ping]]:
    found: dict[int, set[Ping]] = defaultdict(set)
    for ping in pings:
        found[ping[0]].add(ping)
    return [sorted(each) for each in found.values()]


def cleaned(track: list[Ping], rules: Rules) -> list[Ping]:
    kept: list[Ping] = []
    for ping in track:
        if kept:
            reach = (ping[1] - kept[-1][1]) * (rules.max_speed_kmh / 3.6 / 1000)
            if squared_m(kept[-1], ping) > reach * reach:
                continue
        kept.append(ping)
    return kept


def stays(track: list[Ping], rules: Rules) -> list[list[Ping]]:
    found, rest = [], track
    while rest:
        together = [rest[0]]
        for ping in rest[1:]:
            if squared_m(rest[0], ping) > rules.stay_radius_m**2:
                break
            together.append(ping)
        if len(together) > 1 and together[-1][1] - together[0][1] >= rules.stay_min * 60_000:
            found.append(together)
            rest = rest[len(together) :]
        else:
            rest = rest[1:]
    return found


def place(stay: list[Ping]) -> tuple[int, int]:
    return sum(ping[2] for ping in stay) // len(stay), sum(ping[3] for ping in stay) // len(stay)


def trips(track: list[Ping], rules: Rules) -> tuple[list[tuple[int, ...]], int]:
    """Device, departure, arrival, origin lon and lat, destination lon and lat; and how many a silence cut off."""
    found, silent = [], 0
    halts = stays(track, rules)
    for one, other in pairwise(halts):
        origin, destination = place(one), place(other)
        if squared_m((0, 0, *origin), (0, 0, *destination)) <= rules.stay_radius_m**2:
            continue
        seen = [ping[1] for ping in track if one[-1][1] <= ping[1] <= other[0][1]]
        if max(later - sooner for sooner, later in pairwise(seen)) > rules.gap_h * 3_600_000:
            silent += 1
            continue
        found.append((one[0][0], one[-1][1], other[0][1], *origin, *destination))
    return found, silent


def cells(pings: list[Ping], size_m: int) -> dict[tuple[int, int, int], int]:
    """Devices by hour since 1970 in Tokyo, row and column of cell."""
    found: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for device, time, lon, lat in pings:
        hour = (time // 1000 + 9 * 3600) // 3600
        row, column = lat * 120 * 1000 // (size_m * 10_000_000), (lon - 10**9) * 80 * 1000 // (size_m * 10_000_000)
        found[hour, row, column].add(device)
    return {key: len(devices) for key, devices in found.items()}
