"""What decides where people may be sent: places with their designation, and the zones that they lie in."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot
from otsu_maps.models import FLAGS


def places(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every site and shelter by id.

    place_id, premises_id, place_kind, names, address, position, district, warning area, flags by hazard (NULL:
    unknown), kind, accepts_ja, needs_opening, capacities.
    """
    return snapshot.rows(
        f"""
        SELECT place_id, premises_id, place_kind, name_ja, name_en, address_ja, lon, lat, district_id,
               warning_area_code, {", ".join(FLAGS)}, kind, accepts_ja, needs_opening,
               capacity_refuge_persons, capacity_stay_persons
        FROM place ORDER BY place_id
        """
    )


def inside(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Places inside a zone: place_id, hazard, scale, zone_class, depth_min_m, depth_max_m."""
    return snapshot.rows(
        """
        SELECT place_id, hazard, scale, zone_class, depth_min_m, depth_max_m
        FROM place_hazard WHERE state = 'inside' ORDER BY place_id, hazard, scale
        """
    )
