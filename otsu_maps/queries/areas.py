"""Outlines for the base map and the filters."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot


def districts(snapshot: Snapshot) -> list[dict[str, Any]]:
    """District_id, kind, name_ja, name_en, geom (WKB, lon/lat) in the order of their ids."""
    return snapshot.rows("SELECT district_id, kind, name_ja, name_en, geom FROM district ORDER BY district_id")


def warning_areas(snapshot: Snapshot) -> list[dict[str, Any]]:
    """JMA warning areas of the city: area_code, name_ja, geom (WKB, lon/lat)."""
    return snapshot.rows("SELECT area_code, name_ja, geom FROM warning_area ORDER BY area_code")


def towns(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Towns (町丁目) with a point of theirs: town_ja, lon, lat. One row a town."""
    return snapshot.rows(
        "SELECT town_ja, avg(lon) AS lon, avg(lat) AS lat FROM address_point GROUP BY town_ja ORDER BY town_ja"
    )


def boundary(snapshot: Snapshot) -> bytes:
    """The outline of the city as WKB, lon/lat."""
    found: bytes = snapshot.rows("SELECT geom FROM boundary")[0]["geom"]
    return found


def water(snapshot: Snapshot) -> list[bytes]:
    """Lakes as WKB, lon/lat."""
    return [row["geom"] for row in snapshot.rows("SELECT geom FROM water")]


def rail(snapshot: Snapshot) -> list[bytes]:
    """Railway lines as WKB, lon/lat."""
    return [row["geom"] for row in snapshot.rows("SELECT geom FROM rail_line")]
