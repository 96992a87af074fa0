"""Who could be evacuated: residents by district, for drills."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot


def residents(snapshot: Snapshot) -> list[dict[str, Any]]:
    """district_id, name_ja, population_persons, age_75_over_persons (None: unknown), by district_id."""
    return snapshot.rows(
        """
        SELECT district_id, name_ja, population_persons, age_75_over_persons
        FROM district LEFT JOIN district_population USING (district_id) ORDER BY district_id
        """
    )
