"""The ground of a snapshot, for staff pages and the public side: districts, areas, zones, water, rivers."""

from __future__ import annotations

from otsu_maps.analysis import ground
from otsu_maps.analysis.ground import Ground
from otsu_maps.config import City
from otsu_maps.db.reader import Snapshot
from otsu_maps.queries import areas, hazards


def read(snapshot: Snapshot, city: City) -> Ground:
    """Where points lie, and what lies between them."""
    zones = [
        {"hazard": row["hazard"], **zone}
        for row in hazards.maps(snapshot)
        for zone in hazards.zones(snapshot, row["hazard"], row["scale"])
    ]
    return ground.ground(
        city.plane_epsg,
        districts=areas.districts(snapshot),
        areas=areas.warning_areas(snapshot),
        zones=zones,
        water=areas.water(snapshot),
        rivers=city.barriers,
    )
