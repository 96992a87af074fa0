"""Where people at one place can go now, or why nobody is sent anywhere.

Only what `offer.offered` holds is offered. Distances are straight lines: no route was checked, and a line that crosses
the lake, a river or a zone of a hazard that may be on is left out. At alert level 5 nobody is routed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from otsu_maps import clock
from otsu_maps.analysis import offer, room
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import LIFE_IN_DANGER, PlaceStatus
from otsu_maps.analysis.validity import Zone
from otsu_maps.geo import to_metres
from otsu_maps.reasons import Reason

ABLE_MPS, INFIRM_MPS, NIGHT = 1.0, 0.5, 0.8
"""Metres a second of people who walk well and of those who do not, and what is left of it in the dark: guide values for
evacuation (1.0 m/s, 0.5 m/s, 80 % at night)."""

DAY_HOURS = range(6, 18)
WATER_M = 50.0
"""A line may touch so many metres of a lake: shores are drawn coarsely."""

TOUCH_M = 1.0
"""Zones that lie closer touch; a line that is inside for less only touches."""

MOST = 5
UPSTAIRS_STEPS = (0, 1)
"""Depths below 3 m, where the second floor stays dry (水害ハザードマップ作成の手引き, 国土交通省)."""

FLOODS = ("flood", "inland_flood")


@dataclass(frozen=True)
class Origin:
    """Where somebody is: position in degrees, warning area and district (None: unknown), zones by hazard."""

    lon: float
    lat: float
    area: str | None
    district_id: str | None
    zones: Mapping[str, Zone]
    level: int


@dataclass(frozen=True)
class Barriers:
    """What a straight line must not cross, in metres of the city's plane: lakes, rivers, zones by hazard."""

    plane_epsg: int
    water: Any
    rivers: Any
    zones: Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """An offer: straight metres, minutes on foot for people who walk well and for those who do not."""

    place: PlaceStatus
    distance_m: int
    able_min: int
    infirm_min: int


@dataclass(frozen=True)
class Advice:
    """`says`: reasons in the order to be read; `ways`: offers, the best first. At level 5 there are none."""

    level: int
    says: tuple[Reason, ...]
    ways: tuple[Way, ...]


def advice(
    origin: Origin,
    records: Iterable[PlaceStatus],
    dangers: Sequence[Danger],
    barriers: Barriers,
    ordered: int,
    is_heard: bool,
    at: datetime,
    most: int = MOST,
) -> Advice:
    """What to tell somebody at `origin`. `ordered`: the level of the city's order for the district, 0: none."""
    if max(origin.level, ordered) >= LIFE_IN_DANGER:
        return Advice(LIFE_IN_DANGER, (Reason("advice_life_in_danger"),), ())
    here = [danger for danger in dangers if danger.concerns(origin.area, origin.district_id)]
    ways = _ways(origin, records, here, dangers, barriers, at)[:most]
    return Advice(origin.level, tuple(_says(origin, here, ways, ordered, is_heard)), tuple(ways))


def _says(
    origin: Origin, here: Sequence[Danger], ways: Sequence[Way], ordered: int, is_heard: bool
) -> Iterable[Reason]:
    yield Reason({4: "advice_order_4", 3: "advice_order_3"}.get(ordered, "advice_order_first"))
    if not is_heard:
        yield Reason("advice_silent")
    elif origin.level > ordered:
        yield Reason("advice_warned", {"level": origin.level})
    if max(origin.level, ordered) >= 3:
        yield Reason("advice_relatives")
        if _may_go_upstairs(origin, here):
            yield Reason("advice_upstairs")
    yield Reason("advice_straight") if ways else Reason("advice_nowhere")


def _may_go_upstairs(origin: Origin, here: Sequence[Danger]) -> bool:
    """Only where water alone threatens, and every map that shows water here says how deep, and it is shallow."""
    threats = {danger.hazard for danger in here}
    wet = [origin.zones[hazard] for hazard in FLOODS if hazard in threats and hazard in origin.zones]
    is_water_alone = threats <= {*FLOODS} or (threats - {*FLOODS} == {"landslide"} and "landslide" not in origin.zones)
    return bool(wet) and is_water_alone and all(zone.depth_step in UPSTAIRS_STEPS for zone in wet)


def _ways(
    origin: Origin,
    records: Iterable[PlaceStatus],
    here: Sequence[Danger],
    dangers: Sequence[Danger],
    barriers: Barriers,
    at: datetime,
) -> list[Way]:
    held = offer.offered(records)
    if not held:
        return []
    start, *ends = to_metres(
        [origin.lon, *(each.lon for each in held)], [origin.lat, *(each.lat for each in held)], barriers.plane_epsg
    )
    lines = shapely.linestrings([[start, end] for end in ends])
    is_blocked = _crosses(lines, shapely.points(start), {danger.hazard for danger in (*here, *dangers)}, barriers)
    share = 1.0 if clock.shown_hour(at) in DAY_HOURS else NIGHT
    found = [
        Way(each, round(metres), _minutes(metres, ABLE_MPS * share), _minutes(metres, INFIRM_MPS * share))
        for each, metres, blocked in zip(held, shapely.length(lines), is_blocked, strict=True)
        if not blocked
    ]
    return sorted(found, key=lambda way: (room.ROOMS.index(way.place.room), way.distance_m, way.place.place_id))


def _crosses(lines: Any, start: Any, hazards: Iterable[str], barriers: Barriers) -> Any:
    is_blocked = shapely.length(shapely.intersection(lines, barriers.water)) > WATER_M
    is_blocked |= shapely.intersects(lines, barriers.rivers)
    for hazard in sorted(hazards):
        polygons = barriers.zones.get(hazard)
        if polygons is None or not len(polygons):
            continue
        which, met = shapely.STRtree(polygons).query(lines, predicate="intersects")
        for number in np.unique(which):
            if not is_blocked[number]:
                parts = shapely.intersection(lines[number], polygons[met[which == number]])
                is_blocked[number] = _enters_again(shapely.get_parts(parts), start)
    return is_blocked


def _enters_again(pieces: Any, start: Any) -> bool:
    """Whether a straight line is in a zone anywhere but from its start on: who stands in a zone may leave it.

    `pieces` of the line lie inside; those that follow each other within TOUCH_M are one stay, since maps are tiled.
    """
    left_m = 0.0
    for begin_m, length_m in sorted(zip(shapely.distance(pieces, start), shapely.length(pieces), strict=True)):
        if begin_m <= left_m + TOUCH_M:
            left_m = max(left_m, begin_m + length_m)
        elif length_m > TOUCH_M:
            return True
    return False


def _minutes(metres: float, mps: float) -> int:
    return math.ceil(metres / mps / 60)
