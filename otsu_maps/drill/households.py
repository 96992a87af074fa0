"""Who evacuates, when, and what a household does afterwards. Numbers from rates.py."""

from __future__ import annotations

import math

from otsu_maps.drill import headquarters, rates
from otsu_maps.drill.world import Household, Shelter, World


def made(world: World, people: int) -> list[Household]:
    """Households of exactly so many people, drawn from the districts by their residents.

    Districts with unknown residents send nobody; where all are unknown, people come from the places of the shelters.
    """
    known = [district for district in world.districts.values() if district.residents]
    ids = [district.district_id for district in known] or [s.place.district_id or "" for s in world.general]
    weights = [district.residents or 0.0 for district in known] or [float(max(s.room, 1)) for s in world.general]
    sizes, shares = list(rates.HOUSEHOLD_SIZES), list(rates.HOUSEHOLD_SIZES.values())
    found: list[Household] = []
    while people > 0:
        size = min(world.dice.choices(sizes, shares)[0], people)
        district_id = world.dice.choices(ids, weights)[0]
        district = world.districts.get(district_id)
        aged = district.aged_share if district and district.aged_share is not None else rates.INFIRM_SHARE
        found.append(Household(world.new_ref(), size, district_id, world.dice.random() < aged))
        people -= size
    return found


def arrival_min(world: World, half_min: float = rates.HALF_ARRIVED_MIN, latest_min: float | None = None) -> float:
    """Minutes from the order, or the shaking, until a household sets out: an S-curve (logistic)."""
    chance = min(max(world.dice.random(), 1e-6), 1 - 1e-6)
    drawn = half_min + rates.ARRIVAL_SPREAD_MIN * half_min / rates.HALF_ARRIVED_MIN * math.log(chance / (1 - chance))
    return min(max(drawn, 0.0), latest_min or rates.LATEST_ARRIVAL_MIN)


def walk_min(world: World, household: Household, minute: float) -> float:
    """Minutes on the way to the shelter."""
    way_m = world.dice.uniform(*(rates.INFIRM_WALK_M if household.is_infirm else rates.WALK_M))
    speed = rates.INFIRM_M_PER_S if household.is_infirm else rates.WALK_M_PER_S
    return way_m / (speed * (rates.NIGHT_SHARE if world.is_night(minute) else 1.0)) / 60


def arrive(minute: float, world: World, household: Household, where: Shelter | None = None) -> None:
    """Come to a shelter: that of the district with room, else the nearest; a place of one's own choice (`where`)."""
    shelter = where if where and where.is_usable and where.moved_to is None else _choose(world, minute, household)
    world.check_in(minute, household, shelter)
    if world.dice.random() < rates.LEAVES_SHARE[world.scenario]:
        world.at(minute + world.dice.uniform(60, 600), _leave, world, household)
    if household.is_infirm and world.welfare and world.dice.random() < rates.WELFARE_SHARE:
        world.at(minute + world.dice.uniform(180, 600), _to_welfare, world, household)


def go_home(minute: float, world: World, household: Household) -> None:
    """Leave for good; some without a word, found missing later."""
    if household.where is None:
        return
    is_forgotten = world.dice.random() < rates.FORGOTTEN_SHARE
    world.check_out(minute, household, world.dice.uniform(120, 600) if is_forgotten else None)


def _choose(world: World, minute: float, household: Household) -> Shelter:
    here = world.of_district(household.district_id)
    roomy = [shelter for shelter in here if shelter.takes_people and shelter.present < shelter.room]
    if roomy:
        return world.dice.choices(roomy, [shelter.room - shelter.present for shelter in roomy])[0]
    locked = [shelter for shelter in here if shelter.is_usable and shelter.status == "unknown"]
    if locked:
        shelter = world.dice.choice(locked)
        headquarters.open_for_people_at_the_door(minute, world, shelter)
        return shelter
    anchor = world.dice.choice(here)
    other = headquarters.with_room(world, anchor, household.people)
    if other is not None:
        return other
    crowded = [s for s in here if s.takes_people] or [s for s in world.near(anchor) if s.takes_people][:1]
    if crowded:  # every shelter is full: nobody is turned away
        return min(crowded, key=lambda shelter: shelter.load)
    shelter = next(s for s in (anchor, *world.near(anchor)) if s.is_usable)
    headquarters.open_for_people_at_the_door(minute, world, shelter)
    return shelter


def _leave(minute: float, world: World, household: Household) -> None:
    if household.where is None or household.is_away:
        return
    world.leave(minute, household)
    if world.dice.random() < rates.NEVER_BACK_SHARE:
        world.at(minute + world.dice.uniform(60, 300), go_home, world, household)
    else:
        world.at(minute + world.dice.uniform(20, 180), _come_back, world, household)


def _come_back(minute: float, world: World, household: Household) -> None:
    if household.where is None or not household.is_away:
        return
    world.come_back(minute, household)
    if world.scenario == "earthquake" and world.dice.random() < rates.LEAVES_SHARE[world.scenario]:
        world.at(minute + world.dice.uniform(300, 900), _leave, world, household)


def _to_welfare(minute: float, world: World, household: Household) -> None:
    if household.where is None or household.is_away or household.where in world.welfare:
        return
    for shelter in world.welfare:
        if shelter.is_usable and shelter.present + household.people <= shelter.room:
            if shelter.status != "open":
                headquarters.open_shelter(minute, world, shelter, reason="order", building="checked")
            world.transfer(minute + 5, household, shelter)
            return
