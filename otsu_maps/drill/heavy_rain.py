"""Heavy rain: warnings rise over hours, districts are ordered out, water comes, the rain ends, people go home."""

from __future__ import annotations

from otsu_maps.drill import alerts, headquarters, households, rates, routine, words
from otsu_maps.drill.world import Shelter, World

HAZARDS = ("flood", "landslide", "inland_flood")
"""A shelter that is known not to be designated for one of these stays closed."""

LEVEL_2_MIN, LEVEL_3_MIN, LEVEL_4_MIN, SPILLS_MIN, OVER_MIN = 0.0, 120.0, 240.0, 480.0, 840.0
"""Minutes at which warnings rise, water comes, and warnings end: assumed."""

OPENED_AT_FIRST = 0.5
"""Part of the shelters of a district that are opened before the order; the others when people come: assumed."""


def begin(world: World, people: int) -> None:
    """Let it rain."""
    for level, minute in ((2, LEVEL_2_MIN), (3, LEVEL_3_MIN), (4, LEVEL_4_MIN), (0, OVER_MIN)):
        world.at(minute, alerts.rain, world, level)
    world.at(OVER_MIN + 60, _over, world)
    world.at(LEVEL_4_MIN + 30, _buses, world, "service_suspended")
    world.at(OVER_MIN + 90, _buses, world, "service_resumed")
    lifted: dict[str, float] = {}
    ordered: dict[str, float] = {}
    for district_id in list(world.districts) or [""]:
        ordered[district_id] = LEVEL_3_MIN + world.dice.uniform(20, 60)
        lifted[district_id] = OVER_MIN + world.dice.uniform(30, 180)
        _opening(world, district_id, ordered[district_id] - world.dice.uniform(10, 20))
        if district_id:
            _orders(world, district_id, ordered[district_id], lifted[district_id])
    world.at(SPILLS_MIN, _spill, world)
    for household in households.made(world, people):
        early = 0.5 if household.is_infirm else 1.0  # those who need time leave at level 3
        order = ordered.get(household.district_id, LEVEL_3_MIN + 60)
        minute = order + early * households.arrival_min(world)
        minute += households.walk_min(world, household, minute)
        world.at(minute, households.arrive, world, household)
        if world.dice.random() >= rates.STAYS_SHARE[world.scenario]:
            over = lifted.get(household.district_id, OVER_MIN + 180)
            home = over + world.dice.expovariate(1 / rates.HOME_AFTER_MIN[world.scenario])
            world.at(max(home, minute + 30), households.go_home, world, household)
    world.at(OVER_MIN + 360, headquarters.close_quiet_ones, world)
    share = rates.OUTSIDE_SHARE[world.scenario]
    routine.begin(world, round(people * share / (1 - share)), _outside)


def _over(minute: float, world: World) -> None:
    """Warnings were lifted; headquarters looks, and says that it is over."""
    for hazard in HAZARDS:
        world.book.write(minute, "hazard_ended", {"hazard": hazard})


def _buses(minute: float, world: World, kind: str) -> None:
    """The operator tells headquarters that no bus runs, and later that they run again."""
    world.book.write(minute, kind, {"name": words.OPERATOR, "reason": "precaution", "source": words.OPERATOR})


def _opening(world: World, district_id: str, minute: float) -> None:
    here = [shelter for shelter in world.general if (shelter.place.district_id or "") == district_id]
    for shelter in here[: max(1, round(len(here) * OPENED_AT_FIRST))]:
        building = world.dice.choice(("checked", "checked", "unknown"))
        world.at(minute, _open, world, shelter, building)


def _open(minute: float, world: World, shelter: Shelter, building: str) -> None:
    if shelter.status == "unknown":
        headquarters.open_shelter(minute, world, shelter, reason="order", building=building)


def _orders(world: World, district_id: str, minute: float, lifted_min: float) -> None:
    """Level 3; in most districts level 4 later, with floods or landslides declared there; lifted in the end."""
    about = {"district_id": district_id, "authority": words.AUTHORITY, "confirmed_by": words.SECOND}
    world.at(minute, _write, world, "order_issued", {"level": 3, **about})
    level = 3
    if world.dice.random() < rates.LEVEL_4_SHARE:
        level = 4
        hazard = {"hazard": world.dice.choice(("flood", "landslide")), "area": district_id}
        at_min = LEVEL_4_MIN + world.dice.uniform(10, 60)
        world.at(at_min - 5, _write, world, "hazard_declared", hazard)
        world.at(at_min, _write, world, "order_issued", {"level": 4, **about})
        world.at(lifted_min - 5, _write, world, "hazard_ended", hazard)
    world.at(lifted_min, _write, world, "order_lifted", {"level": level, **about})


def _write(minute: float, world: World, kind: str, payload: dict[str, object]) -> None:
    world.book.write(minute, kind, payload, delay_min=world.dice.uniform(0, 3))


def _spill(minute: float, world: World) -> None:
    """Water reaches one shelter that people are in: it is given up."""
    filled = [shelter for shelter in world.general if shelter.takes_people and shelter.present]
    if not filled:
        return
    shelter = world.dice.choice(filled)
    if not any(other.is_usable for other in world.near(shelter)):
        return
    world.book.write(minute, "damage_reported", {"level": "light"}, actor=shelter.desk, place=shelter.named)
    headquarters.give_up(minute + 5, world, shelter, "hazard")


def _outside(minute: float) -> float:
    """People outside by minute: they come with the order and go when it is over."""
    if minute < LEVEL_3_MIN:
        return 0.0
    if minute < OVER_MIN:
        return min(1.0, (minute - LEVEL_3_MIN) / 240)
    return max(0.05, 1 - (minute - OVER_MIN) / 480)
