"""How many people the valid places of each district take, told apart from how many places nobody knows the room of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from otsu_maps.analysis import room, validity
from otsu_maps.analysis.offer import PlaceStatus


@dataclass(frozen=True)
class Capacity:
    """`persons`: the known room added up, None where none is known; `unknown_premises`: those whose room is unknown."""

    persons: int | None
    unknown_premises: int


def by_district(places: Iterable[Mapping[str, Any]], records: Iterable[PlaceStatus]) -> dict[str | None, Capacity]:
    """Room in the valid places that are for everybody, by district (None: in none).

    `places`: rows of queries.validity.places. A premises counts once, with its largest room: its site and its shelter
    are one building.
    """
    usable = {each.place_id for each in records if each.validity == validity.VALID and each.is_for_all}
    largest: dict[tuple[str | None, str], int | None] = {}
    for place in places:
        if place["place_id"] in usable:
            key = (place["district_id"], place["premises_id"])
            numbers = [number for number in (room.capacity(place, None), largest.get(key)) if number is not None]
            largest[key] = max(numbers, default=None)
    found: dict[str | None, Capacity] = {}
    for (district_id, _), number in largest.items():
        before = found.get(district_id, Capacity(None, 0))
        if number is None:
            found[district_id] = Capacity(before.persons, before.unknown_premises + 1)
        else:
            found[district_id] = Capacity((before.persons or 0) + number, before.unknown_premises)
    return found
