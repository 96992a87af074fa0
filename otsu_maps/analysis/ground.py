"""Where a point lies: district, warning area, zones; and what straight lines from it must not cross."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from otsu_maps.analysis import danger, offer
from otsu_maps.analysis.advice import MOST, Advice, Barriers, Origin, advice
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.validity import Zone
from otsu_maps.geo import shapes_in_metres, to_metres

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Ground:
    """Shapes of one snapshot in metres; `barriers` for straight lines."""

    barriers: Barriers
    districts: Rows
    areas: Rows
    zones: Rows
    district_shapes: Any
    area_shapes: Any
    zone_tree: shapely.STRtree

    def lies_in(self, lon: float, lat: float) -> tuple[str | None, str | None, dict[str, Zone]]:
        """Warning area, district (None: in none of them), and the zones by hazard of a position in degrees."""
        [(x, y)] = to_metres([lon], [lat], self.barriers.plane_epsg)
        point = shapely.Point(x, y)
        area = _first(self.areas, self.area_shapes, point)
        district = _first(self.districts, self.district_shapes, point)
        rows = [{**self.zones[i], "place_id": ""} for i in self.zone_tree.query(point, predicate="intersects")]
        return (
            area["area_code"] if area else None,
            district["district_id"] if district else None,
            offer.zones_of(rows).get("", {}),
        )


def ground(
    plane_epsg: int,
    *,
    districts: Rows,
    areas: Rows,
    zones: Rows,
    water: Iterable[bytes],
    rivers: Iterable[Sequence[tuple[float, float]]],
) -> Ground:
    """The ground of a snapshot: rows with WKB in lon/lat under `geom`; `rivers` as lines of lon, lat (config.City)."""
    shapes = shapes_in_metres((zone["geom"] for zone in zones), plane_epsg)
    hazards = np.array([zone["hazard"] for zone in zones], dtype=object)
    lines = [
        shapely.LineString(to_metres([lon for lon, _ in line], [lat for _, lat in line], plane_epsg)) for line in rivers
    ]
    barriers = Barriers(
        plane_epsg=plane_epsg,
        water=shapely.union_all(shapes_in_metres(water, plane_epsg)),
        rivers=shapely.union_all(lines),
        zones={hazard: shapes[hazards == hazard] for hazard in sorted(set(hazards))},
    )
    return Ground(
        barriers,
        districts,
        areas,
        zones,
        shapes_in_metres((row["geom"] for row in districts), plane_epsg),
        shapes_in_metres((row["geom"] for row in areas), plane_epsg),
        shapely.STRtree(shapes),
    )


def advice_at(
    lon: float,
    lat: float,
    ground: Ground,
    situation: Situation,
    records: Iterable[PlaceStatus],
    dangers: Sequence[Danger],
    areas: Sequence[str],
    most: int = MOST,
) -> Advice:
    """What to tell somebody at a position in degrees. `records`: offer.statuses; `areas`: warning areas of the city."""
    area, district_id, zones = ground.lies_in(lon, lat)
    ordered = max(
        (order["level"] for order in situation.orders if district_id in (None, order["district_id"])), default=0
    )
    level = max(danger.level_in(situation.alerts, area, areas), ordered)
    origin = Origin(lon, lat, area, district_id, zones, level)
    return advice(origin, records, dangers, ground.barriers, ordered, situation.is_heard, situation.at, most)


def _first(rows: Rows, shapes: Any, point: Any) -> Mapping[str, Any] | None:
    found = np.flatnonzero(shapely.intersects(shapes, point))
    return rows[int(found[0])] if len(found) else None
