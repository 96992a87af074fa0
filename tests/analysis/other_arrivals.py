"""People who come to shelters by laws of their own, unlike those of the drills and unlike those of the forecast.

Written after the forecast was finished, to judge it: nothing in it was chosen on them. Each generator gives an incident
of some hours as events, and the people that its shelters take. The same seed gives the same incident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush

import numpy as np
from happened import told

from otsu_maps.ledger.events import Event

Dice = np.random.Generator
Incident = tuple[list[Event], Mapping[str, int]]

SHELTERS = 16


def bursts(seed: int) -> Incident:
    """Neighbours bring neighbours: each arrival calls others (a self-exciting process), at a base rate that walks at
    random; most households are of one or two, some of a whole family; a desk is quick, and at times an hour behind."""
    dice, lasts_min = np.random.default_rng((1, seed)), 480
    rooms = {f"b-{number}": int(dice.integers(6, 40)) * 10 for number in range(SHELTERS)}
    events = []
    for shelter, room in rooms.items():
        opens = float(dice.uniform(0, 90))
        events.append(told(opens, "shelter_opened", shelter))
        walk = np.exp(dice.normal(0, 0.25, lasts_min // 10).cumsum())
        base = room * dice.uniform(0.6, 1.6) / walk.sum() / 10 / 2.1 * (1 - CALLS)  # households a minute
        for number, at in enumerate(_excited(dice, base * walk, opens, lasts_min)):
            people = 1 + int(dice.binomial(1, 0.45)) + int(dice.poisson(0.35)) * 2
            events += _household(dice, f"{shelter}-{number}", shelter, at, people, dice.lognormal(1.2, 1.1))
    return events, rooms


def after_the_call(seed: int) -> Incident:
    """Each district is called in its turn; its people come after a gamma time of preparing and walking, to the nearest
    of its shelters mostly; one household in six goes home soon. Some desks write on paper, typed in every hour."""
    dice = np.random.default_rng((2, seed))
    rooms: dict[str, int] = {}
    events = []
    for district in range(SHELTERS // 2):
        called, wave_min, shape = dice.uniform(0, 200), dice.uniform(45, 150), dice.uniform(1.5, 5)
        share = dice.uniform(0.55, 0.8)
        for shelter, part in ((f"d{district}-near", share), (f"d{district}-far", 1 - share)):
            rooms[shelter] = int(dice.integers(60, 300))
            is_on_paper = dice.random() < 0.2
            events.append(told(max(0.0, called - 15), "shelter_opened", shelter))
            households = int(rooms[shelter] * dice.uniform(0.4, 1.5) * part * 1.6 / 2.4)
            for number, took in enumerate(dice.gamma(shape, wave_min / shape, households)):
                people, at = 1 + int(dice.poisson(1.4)), called + took
                late = 60 - at % 60 + dice.uniform(0, 8) if is_on_paper else dice.exponential(5)
                ref = f"{shelter}-{number}"
                events += _household(dice, ref, shelter, at, people, late, stays_min=80 if dice.random() < 1 / 6 else 0)
    return events, rooms


def counts_only(seed: int) -> Incident:
    """Nobody checks in: every 15 to 40 minutes somebody counts, wrongly by 4 % and rounded to five, and says so some
    minutes later. People come in two waves."""
    dice = np.random.default_rng((3, seed))
    rooms: dict[str, int] = {}
    events = []
    for number in range(SHELTERS):
        shelter, room = f"c-{number}", int(dice.integers(60, 400))
        rooms[shelter] = room
        opens = float(dice.uniform(0, 60))
        events.append(told(opens, "shelter_opened", shelter))
        waves = [(dice.uniform(60, 200), 0.6), (dice.uniform(220, 400), 0.4)]
        width, all_people = dice.uniform(15, 45), room * dice.uniform(0.5, 1.7)
        at = opens
        while (at := at + dice.uniform(15, 40)) < 480:
            share = sum(part / (1 + np.exp((middle - at) / width)) for middle, part in waves)
            seen = all_people * share * (1 + dice.normal(0, 0.04))
            people = max(0, round(seen / 5) * 5)
            events.append(
                told(at, "head_count", shelter, late=float(dice.uniform(1, 6)), people=people, method="counted")
            )
    return events, rooms


OTHERS: Mapping[str, Callable[[int], Incident]] = {
    "bursts": bursts,
    "after_the_call": after_the_call,
    "counts_only": counts_only,
}

CALLS, CALLED_AFTER_MIN = 0.5, 12.0
"""Further households that one calls, on average, and how long they take."""


def _excited(dice: Dice, rate: np.ndarray, opens: float, lasts_min: int) -> Iterator[float]:
    """Minutes of arrival; `rate`: households a minute, by ten minutes."""
    waiting: list[float] = []
    for step, each in enumerate(rate):
        for at in dice.uniform(step * 10, step * 10 + 10, dice.poisson(each * 10)):
            heappush(waiting, float(at))
    while waiting:
        at = heappop(waiting)
        for after in dice.exponential(CALLED_AFTER_MIN, dice.poisson(CALLS)):
            heappush(waiting, at + float(after))
        if opens <= at < lasts_min:
            yield at


def _household(
    dice: Dice, ref: str, shelter: str, at: float, people: int, late: float, stays_min: float = 0
) -> Iterator[Event]:
    """It checks in; where it stays for so long on average, it checks out again."""
    yield told(float(at), "check_in", shelter, late=float(late), ref=ref, people=people)
    if stays_min:
        leaves = at + 20 + dice.exponential(stays_min)
        yield told(float(max(leaves, at + late)), "check_out", shelter, late=float(dice.exponential(5)), ref=ref)
