"""What the public side takes from a snapshot, read once: places, districts, areas, outlines to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from otsu_maps import land
from otsu_maps.analysis.ground import Ground
from otsu_maps.config import City
from otsu_maps.db.reader import Snapshot
from otsu_maps.public import boards, here, landmark
from otsu_maps.public.boards import Stops
from otsu_maps.public.here import Start
from otsu_maps.public.landmark import Landmark
from otsu_maps.public.record import District
from otsu_maps.queries import areas, landmarks, places, sources, transit, validity

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """`places`, `zones`: rows of queries.validity; `about`: by id, what the register says more (queries.places).

    `outlines`: for the map. `starts`, `landmarks`: stations and other places where visitors may be; `ground`: what
    lies between places. `routes`, `stops`: of queries.transit, by id. `timetable`: for the boards of stops, None: none.
    """

    snapshot_id: str
    is_demo: bool
    places: Sequence[Row]
    zones: Sequence[Row]
    about: Mapping[str, Row]
    districts: tuple[District, ...]
    area_names: Mapping[str, str]
    outlines: Outlines
    ground: Ground
    starts: tuple[Start, ...]
    landmarks: tuple[Landmark, ...] = ()
    routes: Mapping[str, Row] = field(default_factory=dict)
    stops: Mapping[str, Row] = field(default_factory=dict)
    timetable: Stops | None = None


@dataclass(frozen=True)
class Outlines:
    """WKB in lon/lat."""

    city: Sequence[bytes] = ()
    water: Sequence[bytes] = ()
    rail: Sequence[bytes] = ()
    districts: Mapping[str, bytes] = field(default_factory=dict)


def read(snapshot: Snapshot, city: City) -> Register:
    """All that is needed of a snapshot."""
    card = sources.snapshot_card(snapshot)
    drawn = areas.districts(snapshot)
    under = land.read(snapshot, city)
    stops = {row["stop_id"]: row for row in transit.stops(snapshot)}
    return Register(
        snapshot_id=card["snapshot_id"],
        is_demo=card["is_demo"],
        places=validity.places(snapshot),
        zones=validity.inside(snapshot),
        about={row["place_id"]: row for row in places.places(snapshot)},
        districts=tuple(
            District(
                district_id=row["district_id"],
                name_ja=row["name_ja"],
                name_en=row["name_en"],
                bounds=shapely.from_wkb(row["geom"]).bounds,
            )
            for row in drawn
        ),
        area_names={row["area_code"]: row["name_ja"] for row in areas.warning_areas(snapshot)},
        outlines=Outlines(
            city=[areas.boundary(snapshot)],
            water=areas.water(snapshot),
            rail=areas.rail(snapshot),
            districts={row["district_id"]: row["geom"] for row in drawn},
        ),
        ground=under,
        starts=here.starts(transit.stations(snapshot), under),
        landmarks=landmark.landmarks(landmarks.landmarks(snapshot), under),
        routes={row["route_id"]: row for row in transit.routes(snapshot)},
        stops=stops,
        timetable=boards.read(
            transit.timetable_tables(snapshot), {stop_id: row["district_id"] for stop_id, row in stops.items()}
        ),
    )
