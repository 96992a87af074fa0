"""The sums of people flow as tables: one set of expressions, which DuckDB and Spark both run (through ibis).

Pings: device, time_ms (UTC), lon_e7, lat_e7. Trips: device, day, hour, day_type, origin, destination. All whole
numbers, and counted in whole numbers, so that two engines cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from otsu_maps.movement.rules import TOKYO_MS

HOUR_MS = 3_600_000
CELLS = ("hour", "size_m", "y", "x", "devices")
BY_HOUR = ("day_type", "hour", "origin", "destination", "trips", "devices")
BY_DAY = ("day_type", "origin", "destination", "trips", "devices")


def cells(pings: Any, sizes_m: Sequence[int]) -> Any:
    """Distinct devices by hour (since 1970, Tokyo), size, row y and column x of the cell (from 0 N, 100 E).

    The row of a cell of 1 km is (degrees of latitude) x 120, its column (longitude - 100) x 80: JIS X 0410.
    """
    placed = pings.select(
        device=pings.device,
        hour=_whole(pings.time_ms + TOKYO_MS, HOUR_MS),
        y=_whole(pings.lat_e7.cast("int64") * 960, 10_000_000),
        x=_whole((pings.lon_e7.cast("int64") - 1_000_000_000) * 640, 10_000_000),
    )
    found = []
    for size in sizes_m:
        side = size // 125
        by = placed.group_by("hour", y=_whole(placed.y, side), x=_whole(placed.x, side))
        counts = by.agg(devices=placed.device.nunique())
        found.append(counts.mutate(size_m=size).select(*CELLS))
    return reduce(lambda one, other: one.union(other), found)


def by_hour(trips: Any) -> Any:
    """Trips and distinct devices by day type, hour of departure, origin and destination."""
    by = trips.group_by("day_type", "hour", "origin", "destination")
    return by.agg(trips=trips.count(), devices=trips.device.nunique()).select(*BY_HOUR)


def by_day(trips: Any) -> Any:
    """Trips and distinct devices of all hours by day type, origin and destination."""
    by = trips.group_by("day_type", "origin", "destination")
    return by.agg(trips=trips.count(), devices=trips.device.nunique()).select(*BY_DAY)


def _whole(number: Any, by: int) -> Any:
    """A number that is not negative divided by another, rounded down."""
    return (number // by).cast("int64")
