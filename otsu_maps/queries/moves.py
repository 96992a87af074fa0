"""Devices present by mesh cell and hour, trips between zones, passages at counters: suppressed results alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from otsu_maps.db.reader import Snapshot


def days(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Days with people present: on_date, hours (of which there are some), cells (with an hour each), in order."""
    return snapshot.rows(
        """
        SELECT on_date, count(DISTINCT hour) AS hours, count(*) AS cells FROM mesh_hour
        GROUP BY on_date ORDER BY on_date
        """
    )


def cells(snapshot: Snapshot, on_date: date, hour: int) -> list[dict[str, Any]]:
    """Devices of one hour: mesh_code, size_m, devices, by code. Cells do not overlap; what is absent is unknown."""
    return snapshot.rows(
        "SELECT mesh_code, size_m, devices FROM mesh_hour WHERE on_date = ? AND hour = ? ORDER BY mesh_code",
        [on_date, hour],
    )


def hours(snapshot: Snapshot, on_date: date) -> list[dict[str, Any]]:
    """Sums of a day over published cells: hour, devices (one counts in each cell where it was), cells; in order."""
    return snapshot.rows(
        """
        SELECT hour, CAST(sum(devices) AS BIGINT) AS devices, count(*) AS cells FROM mesh_hour
        WHERE on_date = ? GROUP BY hour ORDER BY hour
        """,
        [on_date],
    )


def kinds(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What trips there are: zones, day_type, hours (None first, if any), in order."""
    return snapshot.rows(
        """
        SELECT zones, day_type, list(DISTINCT hour ORDER BY hour NULLS FIRST) AS hours FROM od_hour
        GROUP BY zones, day_type ORDER BY zones, day_type
        """
    )


def trips(snapshot: Snapshot, zones: str, day_type: str, hour: int | None) -> list[dict[str, Any]]:
    """Trips of one hour of departure, or (None) of the pairs that have one figure for all hours.

    Origin, destination, trips, trips_a_day (None where the days are unknown), devices; most first.
    """
    return snapshot.rows(
        """
        SELECT origin, destination, sum(trips) AS trips, sum(trips) / sum(days) AS trips_a_day,
          CAST(sum(devices) AS BIGINT) AS devices
        FROM od_hour WHERE zones = ? AND day_type = ? AND hour IS NOT DISTINCT FROM ?
        GROUP BY origin, destination ORDER BY trips DESC, origin, destination
        """,
        [zones, day_type, hour],
    )


def counters(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Counters: site_id, first_day, last_day, passages in all; by site."""
    return snapshot.rows(
        """
        SELECT site_id, min(on_date) AS first_day, max(on_date) AS last_day, CAST(sum(passages) AS BIGINT) AS passages
        FROM counter_hour GROUP BY site_id ORDER BY site_id
        """
    )


def passages(snapshot: Snapshot, site_id: str) -> list[dict[str, Any]]:
    """Of one counter: on_date, hour, direction, passages, readings, in order; an absent hour is unknown."""
    return snapshot.rows(
        """
        SELECT on_date, hour, direction, passages, readings FROM counter_hour
        WHERE site_id = ? ORDER BY on_date, hour, direction
        """,
        [site_id],
    )


def cells_of_day(snapshot: Snapshot, on_date: date) -> list[dict[str, Any]]:
    """Devices of all hours of a day: hour, mesh_code, size_m, devices, by hour and code."""
    return snapshot.rows(
        "SELECT hour, mesh_code, size_m, devices FROM mesh_hour WHERE on_date = ? ORDER BY hour, mesh_code", [on_date]
    )


def least(snapshot: Snapshot) -> dict[str, Any]:
    """What was withheld of people and trips.

    Stated: no figure is of fewer devices (None: a result does not say it, or nothing is there); smallest: the smallest
    number of devices there is (None: not told).
    """
    [row] = snapshot.rows(
        """
        SELECT CASE WHEN count(*) = count(min_devices) THEN min(min_devices) END AS stated, min(devices) AS smallest
        FROM (SELECT devices, min_devices FROM mesh_hour UNION ALL SELECT devices, min_devices FROM od_hour)
        """
    )
    return row


def trips_of_day(snapshot: Snapshot, zones: str, day_type: str) -> list[dict[str, Any]]:
    """Trips of a pair, its published hours together: origin, destination, trips, has_hours; most first."""
    return snapshot.rows(
        """
        SELECT origin, destination, sum(trips) AS trips, bool_and(hour IS NOT NULL) AS has_hours
        FROM od_hour WHERE zones = ? AND day_type = ?
        GROUP BY origin, destination ORDER BY trips DESC, origin, destination
        """,
        [zones, day_type],
    )


def trips_by_hour(snapshot: Snapshot, zones: str) -> list[dict[str, Any]]:
    """Published trips by hour of departure (None: pairs without hours): day_type, hour, trips, days; in order."""
    return snapshot.rows(
        """
        SELECT day_type, hour, sum(trips) AS trips, max(days) AS days FROM od_hour WHERE zones = ?
        GROUP BY day_type, hour ORDER BY day_type, hour NULLS FIRST
        """,
        [zones],
    )


def counted_days(snapshot: Snapshot) -> list[date]:
    """Days with passages at any counter, in order."""
    return [row["on_date"] for row in snapshot.rows("SELECT DISTINCT on_date FROM counter_hour ORDER BY on_date")]


def whole_hours(snapshot: Snapshot, days: Sequence[date]) -> list[dict[str, Any]]:
    """Passages of these days at each counter, its directions together: site_id, on_date, hour, passages; in order.

    Only hours that are whole: each direction of the counter has no fewer readings than in its median hour.
    """
    if not days:
        return []
    return snapshot.rows(
        """
        WITH ways AS (
          SELECT site_id, direction, quantile_disc(readings, 0.5) AS usual FROM counter_hour
          GROUP BY site_id, direction
        ), sites AS (SELECT site_id, count(*) AS ways FROM ways GROUP BY site_id)
        SELECT c.site_id, on_date, hour, CAST(sum(passages) AS BIGINT) AS passages
        FROM counter_hour c
        JOIN ways w ON w.site_id = c.site_id AND w.direction IS NOT DISTINCT FROM c.direction
        JOIN sites s ON s.site_id = c.site_id
        WHERE list_contains(?, on_date) AND readings >= usual
        GROUP BY c.site_id, on_date, hour, s.ways HAVING count(DISTINCT coalesce(c.direction, '')) = s.ways
        ORDER BY c.site_id, on_date, hour
        """,
        [list(days)],
    )
