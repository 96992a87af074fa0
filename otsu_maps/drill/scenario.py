"""A scenario as a stream of reports: pure, from a seed. No clock, no database; the same seed gives the same reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from otsu_maps.drill import earthquake, heavy_rain, rates
from otsu_maps.drill.book import Report
from otsu_maps.drill.ground import District, Ground, Place, room_of
from otsu_maps.drill.world import World
from otsu_maps.errors import EventRefused

_BEGIN: dict[str, tuple[tuple[str, ...], Callable[[World, int], None]]] = {
    "heavy-rain": (heavy_rain.HAZARDS, heavy_rain.begin),
    "earthquake": (earthquake.HAZARDS, earthquake.begin),
}

SCENARIOS = tuple(_BEGIN)
"""What can be played."""

MOST_PEOPLE = 500_000


def events(
    scenario: str,
    seed: int,
    places: Sequence[Place],
    districts: Sequence[District],
    people: int,
    start: datetime,
) -> Iterator[Report]:
    """All reports in the order of recording. Exactly `people` persons come to shelters; those outside come on top.

    `start` is naive UTC. Raises EventRefused: `drill_no_places`, `drill_people`.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise EventRefused("drill_people", people=people, most=MOST_PEOPLE)
    hazards, begin = _BEGIN[scenario]
    world = World(scenario, seed, tuple(places), tuple(districts), hazards, start.replace(microsecond=0))
    if not world.general:
        raise EventRefused("drill_no_places", scenario=scenario)
    begin(world, people)
    yield from world.run()


def usual_people(scenario: str, ground: Ground) -> tuple[int, int]:
    """People of a drill where nobody says how many: 10 % of the residents, at most the room there is; and that room.

    Raises EventRefused: `drill_no_residents`.
    """
    if not ground.residents:
        raise EventRefused("drill_no_residents")
    hazards, _ = _BEGIN[scenario]
    usable = [
        place
        for place in ground.places
        if place.is_shelter
        and place.kind in (None, "general")
        and not any(place.suits.get(hazard) is False for hazard in hazards)
    ]
    room = sum(room_of(place, scenario == "earthquake") for place in usable)
    return max(1, min(round(ground.residents * rates.EVACUATING_SHARE), room)), room
