"""Supplies of a shelter: counted when it opens, used, asked for, promised, brought. Never used below nothing."""

from __future__ import annotations

import math

from otsu_maps.drill import rates, words
from otsu_maps.drill.book import Report
from otsu_maps.drill.world import Shelter, World

PER_DAY = {
    "water": rates.WATER_L_PER_DAY,
    "food": rates.MEALS_PER_DAY,
    "blanket": 1,
    "toilet": rates.TOILET_USES_PER_DAY,
}
"""Need a person a day, by item: litres, meals, pieces (once a stay), uses."""

PROMISED_MIN, BROUGHT_MIN, UNLOADED_MIN = (30.0, 180.0), (120.0, 360.0), (5.0, 30.0)
"""From the request to the promise, from there to the delivery, from there until it is on the shelf: assumed."""


def first_count(minute: float, world: World, shelter: Shelter) -> None:
    """Count everything when a shelter opens for the first time."""
    if shelter.stock:
        return
    for item, per_day in PER_DAY.items():
        shelter.stock[item] = round(per_day * shelter.room * rates.STOCKED_SHARE)
        count(minute + world.dice.uniform(5, 40), world, shelter, item)


def count(minute: float, world: World, shelter: Shelter, item: str) -> None:
    """Count one item; sometimes with a digit too many, corrected later."""
    right = shelter.stock[item]
    is_wrong = world.dice.random() < rates.WRONG_COUNT_SHARE and right > 0
    report = _say(minute, world, shelter, "counted", item, right * 10 if is_wrong else right)
    if is_wrong:
        world.book.correct(report, {"item": item, "amount": right})


def meal(minute: float, world: World) -> None:
    """Water and food for everybody who is present, as long as there is some; more is asked for in time."""
    for shelter in _with_people(world):
        for item in ("water", "food", *(("toilet",) if world.scenario == "earthquake" else ())):
            need = math.ceil(shelter.present * PER_DAY[item] / len(rates.MEAL_HOURS))
            use(minute, world, shelter, item, need)
            if shelter.stock[item] < 2 * need:
                ask(minute + 10, world, shelter, item, shelter.present * PER_DAY[item])


def evening(minute: float, world: World) -> None:
    """A blanket for each who has none yet."""
    for shelter in _with_people(world):
        need = shelter.present - shelter.blankets_given
        if need > 0:
            shelter.blankets_given += use(minute, world, shelter, "blanket", need)
            if shelter.stock["blanket"] == 0:
                ask(minute + 10, world, shelter, "blanket", need)


def use(minute: float, world: World, shelter: Shelter, item: str, need: int) -> int:
    """Use what is there; gives how much that was."""
    used = min(need, shelter.stock[item])
    if used > 0:
        shelter.stock[item] -= used
        _say(minute, world, shelter, "used", item, used)
    return used


def ask(minute: float, world: World, shelter: Shelter, item: str, amount: int) -> None:
    """Ask headquarters, once until it has come."""
    if item in shelter.asked or amount <= 0:
        return
    shelter.asked.add(item)
    _say(minute, world, shelter, "requested", item, amount)
    world.at(minute + world.dice.uniform(*PROMISED_MIN), _promise, world, shelter, item, amount)


def _promise(minute: float, world: World, shelter: Shelter, item: str, amount: int) -> None:
    _say(minute, world, shelter, "promised", item, amount, words.HEADQUARTERS)
    world.at(minute + world.dice.uniform(*BROUGHT_MIN), _bring, world, shelter, item, amount)


def _bring(minute: float, world: World, shelter: Shelter, item: str, amount: int) -> None:
    _say(minute, world, shelter, "delivered", item, amount, words.HEADQUARTERS)
    world.at(minute + world.dice.uniform(*UNLOADED_MIN), _receive, world, shelter, item, amount)


def _receive(minute: float, world: World, shelter: Shelter, item: str, amount: int) -> None:
    shelter.stock[item] += amount
    shelter.asked.discard(item)
    _say(minute, world, shelter, "received", item, amount)


def _with_people(world: World) -> list[Shelter]:
    return [s for s in world.shelters if s.status in ("open", "paused") and s.present > 0 and s.stock]


def _say(
    minute: float, world: World, shelter: Shelter, what: str, item: str, amount: int, actor: str | None = None
) -> Report:
    return world.book.write(
        minute,
        f"supply_{what}",
        {"item": item, "amount": amount},
        actor=actor or shelter.desk,
        place=shelter.named,
        delay_min=world.book.delay_min(),
    )
