"""People present by mesh, month, day type and time band."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot


def months(snapshot: Snapshot) -> list[tuple[int, int]]:
    """Year and month of what there is, in order."""
    return [
        (row["year"], row["month"]) for row in snapshot.rows("SELECT DISTINCT year, month FROM flow_mesh ORDER BY 1, 2")
    ]


def cells(snapshot: Snapshot, year: int, month: int, day_type: str, time_band: str) -> list[dict[str, Any]]:
    """People present by cell: mesh_code, population_persons (monthly mean), by mesh_code."""
    return snapshot.rows(
        """
        SELECT mesh_code, sum(population_persons) AS population_persons FROM flow_mesh
        WHERE year = ? AND month = ? AND day_type = ? AND time_band = ? GROUP BY mesh_code ORDER BY mesh_code
        """,
        [year, month, day_type, time_band],
    )


def monthly(snapshot: Snapshot, day_type: str, time_band: str) -> list[dict[str, Any]]:
    """People present in all published cells by month: year, month, population_persons, cells."""
    return snapshot.rows(
        """
        SELECT year, month, sum(population_persons) AS population_persons, count(*) AS cells FROM flow_mesh
        WHERE day_type = ? AND time_band = ? GROUP BY ALL ORDER BY year, month
        """,
        [day_type, time_band],
    )


def fromto(snapshot: Snapshot, year: int, month: int, day_type: str, time_band: str) -> list[dict[str, Any]]:
    """People present by where they live: from_area_code, from_area, population_persons, most first."""
    return snapshot.rows(
        """
        SELECT from_area_code, from_area, population_persons FROM flow_fromto
        WHERE year = ? AND month = ? AND day_type = ? AND time_band = ? ORDER BY population_persons DESC
        """,
        [year, month, day_type, time_band],
    )
