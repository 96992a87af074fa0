"""Places by which people say where they are."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot
from otsu_maps.queries import tables


def landmarks(snapshot: Snapshot) -> list[dict[str, Any]]:
    """name_ja, name_kana, name_en (None: no source says), lon, lat (degrees): listed landmarks, then the grounds
    of sites and shelters, then places of events; one that several name stands once for each.

    A snapshot of before landmarks were listed has the others.
    """
    listed = (
        "SELECT name_ja, name_kana, name_en, lon, lat, 1 AS rank FROM landmark UNION ALL"
        if "landmark" in tables.names(snapshot)
        else ""
    )
    return snapshot.rows(
        f"""
        SELECT name_ja, name_kana, name_en, lon, lat FROM (
            {listed}
            SELECT name_ja, NULL AS name_kana, NULL AS name_en, lon, lat, 2 AS rank FROM premises
            UNION ALL
            SELECT DISTINCT place_name_ja, NULL, NULL, lon, lat, 3 FROM event
            WHERE place_name_ja IS NOT NULL AND lon IS NOT NULL AND lat IS NOT NULL
        ) ORDER BY rank, name_ja, lon, lat
        """
    )
