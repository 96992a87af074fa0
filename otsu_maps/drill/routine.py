"""What goes on in any disaster: head-counts, signs of life, hand-overs, call-outs, people outside shelters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from otsu_maps.drill import headquarters, rates, stock, words
from otsu_maps.drill.ground import District, Place
from otsu_maps.drill.world import Shelter, World

REQUESTS, GUESSED_SHARE = 4, 0.15
"""Head-counts by request for each district; those that are estimates: assumed."""


def begin(world: World, outside_persons: int, rises: Callable[[float], float]) -> None:
    """Let everything run that recurs. `rises`: share of the people outside who are there at a minute."""
    for minute in world.times_of_day(rates.MEAL_HOURS):
        world.at(minute, stock.meal, world)
    for minute in world.times_of_day(rates.COUNT_HOURS):
        world.at(minute, _count_all, world)
        world.at(minute + 30, _hand_over, world)
        world.at(minute + 45, stock.evening, world)
        world.at(minute + 60, _count_stock, world)
    world.at(60.0, headquarters.review, world)
    for shelter in world.shelters:
        world.at(world.dice.uniform(120, 120 + rates.CONFIRM_EVERY_MIN), _confirm, world, shelter)
    for district in world.districts.values():
        world.at(world.dice.uniform(60, 300), _call_out, world, district)
        for _ in range(REQUESTS):
            world.at(world.dice.uniform(240, world.last_min), _request, world, district.district_id)
    _outside(world, outside_persons, rises)


def head_count(minute: float, world: World, shelter: Shelter, definition: str = "present") -> None:
    """Count people; sometimes with a digit too many, corrected later. It may come in after a newer one."""
    shelter.is_tallied = False
    is_guess = world.dice.random() < GUESSED_SHARE
    right: dict[str, Any] = {
        "people": round(shelter.present, -1) if is_guess else shelter.present,
        "method": "estimated" if is_guess else "counted",
        "definition": definition,
    }
    if not is_guess:
        right["households"] = sum(not household.is_away for household in shelter.households.values())
    about: dict[str, Any] = {"actor": shelter.desk, "place": shelter.named, "delay_min": world.book.delay_min()}
    if shelter.present and world.dice.random() < rates.WRONG_COUNT_SHARE:
        wrong = {**right, "people": shelter.present * 10}
        world.book.correct(world.book.write(minute, "head_count", wrong, **about), right)
        return
    world.book.write(minute, "head_count", right, **about)


def _working(world: World) -> list[Shelter]:
    return [s for s in (*world.shelters, *world.provisional) if s.status in ("open", "paused") or s.present]


def _count_all(minute: float, world: World) -> None:
    definition = "sleeping" if world.is_night(minute) else "present"
    for shelter in _working(world):
        world.at(minute + world.dice.uniform(0, 10), head_count, world, shelter, definition)


def _count_stock(minute: float, world: World) -> None:
    for shelter in _working(world):
        if shelter.stock and world.dice.random() < 0.5:
            stock.count(minute, world, shelter, world.dice.choice(list(shelter.stock)))


def _confirm(minute: float, world: World, shelter: Shelter) -> None:
    world.at(minute + rates.CONFIRM_EVERY_MIN, _confirm, world, shelter)
    if shelter.status == "open" and world.dice.random() < rates.CONFIRMED_SHARE:
        world.book.write(minute, "confirmed", actor=shelter.desk, place=shelter.named)


def _hand_over(minute: float, world: World) -> None:
    for desk in words.DESKS:
        world.book.write(minute, "handover", actor=desk)
    note = world.dice.choice(words.REMARKS)
    working = _working(world)
    if working:
        shelter = world.dice.choice(working)
        world.book.write(minute + 5, "remark", actor=shelter.desk, place=shelter.named, note=note)


def _call_out(minute: float, world: World, district: District) -> None:
    """Neighbours call at doors: a part of the households, of which some need help."""
    if not district.residents:
        return
    called = max(1, round(district.residents / 2.2 * world.dice.uniform(0.01, 0.05)))
    need_help = round(called * world.dice.uniform(0, 0.05))
    safe = round((called - need_help) * world.dice.uniform(0.7, 1.0))
    about = {"district_id": district.district_id, "called": called, "safe": safe, "need_help": need_help}
    world.book.write(minute, "callout", about, actor=words.FIELD, delay_min=world.book.delay_min())


def _request(minute: float, world: World, district_id: str) -> None:
    """Headquarters want a number now: a task, the count, done."""
    working = [s for s in world.of_district(district_id) if s.status == "open"]
    if not working:
        return
    shelter = world.dice.choice(working)
    task = {"task_id": f"t-{world.new_ref()}"}
    place = shelter.named
    world.book.write(minute, "task_raised", {**task, "title": words.REQUEST}, place=place)
    world.book.write(minute + 1, "task_assigned", {**task, "to": shelter.desk}, place=place)
    world.book.write(minute + 5, "task_acknowledged", task, actor=shelter.desk, place=place)
    world.at(minute + 10, head_count, world, shelter)
    world.book.write(minute + 15, "task_done", task, actor=shelter.desk, place=place, delay_min=5.0)


def _outside(world: World, persons: int, rises: Callable[[float], float]) -> None:
    """Places where people are outside shelters, each seen every few hours."""
    spots = _spots(world)
    weights = [weight * world.dice.uniform(0.5, 1.5) for _, _, weight, _ in spots]
    for (name, kind, _, place), weight in zip(spots, weights, strict=True):
        most = persons * weight / sum(weights)
        world.at(world.dice.uniform(60, 60 + rates.OUTSIDE_EVERY_MIN), _seen, world, name, kind, place, most, rises)


def _spots(world: World) -> list[tuple[str, str, float, Place | District | None]]:
    """Name, kind, weight, and what is known about where it is."""
    kinds = rates.OUTSIDE_KINDS[world.scenario]
    districts = list(world.districts.values())
    found: list[tuple[str, str, float, Place | District | None]] = []
    total = sum(district.residents or 0.0 for district in districts)
    for district in districts:
        part = (district.residents or 0.0) / total if total else 1 / len(districts)
        grounds = [site for site in world.sites if site.district_id == district.district_id]
        parks = world.dice.sample(grounds, min(rates.CAR_PARKS_PER_DISTRICT, len(grounds)))
        for kind, share in kinds.items():
            at: list[Place | District] = [*parks] if kind == "car" and parks else [district]
            for place in at:
                name = words.OUTSIDE[kind].format(name=place.name)
                if name not in {each[0] for each in found}:  # one name, one row
                    found.append((name, kind, part * share / len(at), place))
    return found or [(words.OUTSIDE[kind].format(name=words.NOWHERE), kind, s, None) for kind, s in kinds.items()]


def _seen(
    minute: float,
    world: World,
    name: str,
    kind: str,
    place: Place | District | None,
    most: float,
    rises: Callable[[float], float],
) -> None:
    """Somebody looks, or asks, and reports a rounded number; late more often than not."""
    world.at(
        minute + rates.OUTSIDE_EVERY_MIN * world.dice.uniform(0.7, 1.3), _seen, world, name, kind, place, most, rises
    )
    right = {
        "place": name,
        "place_kind": kind,
        "people": round(most * rises(minute) * world.dice.uniform(0.9, 1.1)),
        "method": "estimated" if kind in ("car", "station") else "reported",
    }
    if place is not None and place.district_id:
        right["district_id"] = place.district_id
    if isinstance(place, Place):
        right |= {"lon": place.lon, "lat": place.lat}
    world.book.write(minute, "people_outside", right, actor=words.FIELD, delay_min=world.dice.uniform(0, 120))
