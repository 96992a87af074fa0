"""Hazard zones, what they cover, and which places lie in them."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot


def maps(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What hazard maps there are: hazard, scale, zones (how many), graver kinds first as the law orders them."""
    return snapshot.rows(
        "SELECT hazard, scale, count(*) AS zones FROM hazard_zone GROUP BY ALL ORDER BY hazard, scale NULLS FIRST"
    )


def zones(snapshot: Snapshot, hazard: str, scale: str | None) -> list[dict[str, Any]]:
    """Zones of one map, shallow before deep so that the deeper is drawn on top.

    zone_id, source_id, hazard, scale, phenomenon, zone_class, depth_min_m, depth_max_m, river_ja, name_ja, geom (WKB).
    """
    return snapshot.rows(
        """
        SELECT zone_id, source_id, hazard, scale, phenomenon, zone_class, depth_min_m, depth_max_m, river_ja, name_ja,
               geom
        FROM hazard_zone WHERE hazard = ? AND scale IS NOT DISTINCT FROM ?
        ORDER BY zone_class = 'special' NULLS FIRST, depth_min_m NULLS FIRST, zone_id
        """,
        [hazard, scale],
    )


def coverage(snapshot: Snapshot, hazard: str, scale: str | None) -> list[dict[str, Any]]:
    """Where these maps speak: basis (city or zones), geom (WKB)."""
    return snapshot.rows(
        "SELECT basis, geom FROM hazard_coverage WHERE hazard = ? AND scale IS NOT DISTINCT FROM ?", [hazard, scale]
    )


def places(snapshot: Snapshot, hazard: str, scale: str | None) -> list[dict[str, Any]]:
    """Sites and shelters against one map: view `place` with state, zone_class, depth_min_m, depth_max_m, zone_count.

    The gravest first: inside (special, deepest first), then unknown, then outside.
    """
    return snapshot.rows(
        """
        SELECT place.*, district.name_ja AS district_name_ja, h.state, h.zone_class, h.depth_min_m, h.depth_max_m,
               h.zone_count
        FROM place_hazard AS h
        JOIN place USING (place_id)
        LEFT JOIN district ON district.district_id = place.district_id
        WHERE h.hazard = ? AND h.scale IS NOT DISTINCT FROM ?
        ORDER BY list_position(['inside', 'unknown', 'outside'], h.state), h.zone_class NULLS LAST,
                 coalesce(h.depth_max_m, 1000) * (h.depth_min_m IS NOT NULL)::INT DESC, place.name_ja, place_id
        """,
        [hazard, scale],
    )
