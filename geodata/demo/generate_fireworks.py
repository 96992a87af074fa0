"""The evening of the demo's fireworks at the port: invented visitors who come by train, stand on the shore and go home.
None is anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from random import Random

import shapely
from generate_common import Point, degrees, lake, land, metres, random, stations

ON = date(2025, 7, 26)
PORT = (135.8655, 35.0128)
AROUND_M, SHORE_M = 800.0, 250.0
"""How far from the port visitors stand, and how far from the water."""

FROM_AWAY, FROM_HERE = 9_000, 600
"""Devices of visitors who live elsewhere, and how many of those who live here come."""

ARRIVES = {15: 5, 16: 10, 17: 20, 18: 35, 19: 20}
LEAVES = {20: 35, 21: 45, 22: 20}
"""Hours and how many of a hundred come and go then: it lasts from 19:30 to 20:30, and at 23:00 nobody is left."""

STATIONS = {"大津": 40, "びわ湖浜大津": 35, "三井寺": 10, "膳所": 15}
AT_COUNTER = {"大津": 0.12, "膳所": 0.04}
"""The part of the visitors from elsewhere who pass a counter."""

Present = tuple[int, int, Point]
"""Device, hour, where: lon and lat."""


def with_visitors(present: Sequence[Present], first_free: int) -> list[Present]:
    """The devices of a day, with visitors beside them: device numbers from `first_free` are those from elsewhere."""
    rng = random("fireworks")
    homes = {device: point for device, hour, point in present if hour == 23}
    guests = sorted(rng.sample(sorted(homes), FROM_HERE))
    evenings = {device: _evening(rng, homes[device]) for device in guests}
    evenings |= {first_free + number: _evening(rng, _station(rng)) for number in range(FROM_AWAY)}
    stays = [each for each in present if each[1] not in evenings.get(each[0], {})]
    return stays + [
        (device, hour, point) for device, at in evenings.items() for hour, points in at.items() for point in points
    ]


def _evening(rng: Random, comes_from: Point) -> dict[int, list[Point]]:
    """By hour where a visitor is: twice in the hours of coming and of going."""
    [arrives], [leaves] = (
        rng.choices(sorted(each), [each[hour] for hour in sorted(each)]) for each in (ARRIVES, LEAVES)
    )
    stands = _stands(rng)
    at = {hour: [stands] for hour in range(arrives, leaves + 1)}
    return at | {arrives: [comes_from, stands], leaves: [stands, comes_from]}


def _station(rng: Random) -> Point:
    [name] = rng.choices(list(STATIONS), list(STATIONS.values()))
    return stations()[name]


@cache
def _shore() -> shapely.Geometry:
    """Land near the water around the port, metres."""
    return shapely.Point(metres(PORT)).buffer(AROUND_M) & land() & lake().buffer(SHORE_M)


def _stands(rng: Random) -> Point:
    """A point on the shore, each as likely."""
    west, south, east, north = _shore().bounds
    while True:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(_shore(), x, y):
            return degrees(shapely.get_coordinates(shapely.Point(x, y))[0])


def passages(station: str, hour: int, *, is_to_train: bool) -> float:
    """Of visitors at a counter in ten minutes: those who come leave the station, those who go home walk to it."""
    of_hundred = (LEAVES if is_to_train else ARRIVES).get(hour, 0)
    return AT_COUNTER.get(station, 0.0) * FROM_AWAY * of_hundred / 100 / 6
