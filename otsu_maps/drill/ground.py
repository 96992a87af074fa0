"""The ground on which a drill plays: places and districts of one snapshot, and how many people it could concern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from otsu_maps.db.reader import Snapshot
from otsu_maps.drill import rates
from otsu_maps.models import HAZARDS, SHELTER
from otsu_maps.queries import drill, places


@dataclass(frozen=True)
class Place:
    """A site or a shelter. None is unknown; `suits` holds what is known about hazards: designated or not."""

    place_id: str
    name: str
    is_shelter: bool
    lon: float
    lat: float
    district_id: str | None = None
    kind: str | None = None
    stay_persons: int | None = None
    refuge_persons: int | None = None
    area_m2: float | None = None
    warning_area: str | None = None
    suits: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class District:
    """A district with its residents, and the part of them that is 75 or older. None is unknown."""

    district_id: str
    name: str
    residents: float | None = None
    aged_share: float | None = None


@dataclass(frozen=True)
class Ground:
    """All places and districts."""

    places: tuple[Place, ...]
    districts: tuple[District, ...]

    @property
    def residents(self) -> float | None:
        """Residents of the districts of which they are known; None where no district knows any."""
        known = [district.residents for district in self.districts if district.residents is not None]
        return sum(known) if known else None


def room_of(place: Place, is_for_a_stay: bool) -> int:
    """People that a shelter holds in a scenario: published capacity, else its area, else an assumption (rates)."""
    published = (place.stay_persons, place.refuge_persons)
    for number in published if is_for_a_stay else published[::-1]:
        if number is not None:
            return number
    return rates.UNKNOWN_ROOM_PERSONS if place.area_m2 is None else int(place.area_m2 / rates.LIVING_SPACE_M2)


def read(snapshot: Snapshot) -> Ground:
    """The ground of a snapshot."""
    found = tuple(_place(row) for row in places.places(snapshot))
    return Ground(found, tuple(_district(row) for row in drill.residents(snapshot)))


def _place(row: Mapping[str, Any]) -> Place:
    return Place(
        place_id=row["place_id"],
        name=row["name_ja"],
        is_shelter=row["place_kind"] == SHELTER,
        lon=row["lon"],
        lat=row["lat"],
        district_id=row["district_id"],
        kind=row["kind"],
        stay_persons=row["capacity_stay_persons"],
        refuge_persons=row["capacity_refuge_persons"],
        area_m2=row["area_m2"],
        warning_area=row["warning_area_code"],
        suits={hazard: row[f"is_for_{hazard}"] for hazard in HAZARDS if row[f"is_for_{hazard}"] is not None},
    )


def _district(row: Mapping[str, Any]) -> District:
    residents, aged = row["population_persons"], row["age_75_over_persons"]
    share = min(aged / residents, 1.0) if residents and aged is not None else None
    return District(row["district_id"], row["name_ja"], residents, share)
