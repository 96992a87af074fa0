"""What the plan comes to: who waits where, from when on, and how many extra trips would carry everybody in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.event_day import profile
from otsu_maps.event_day.exits import Exit, Key
from otsu_maps.event_day.plan import MODES, STEP_S, STEPS_H, Plan
from otsu_maps.event_day.profile import Floats
from otsu_maps.event_day.queues import NOBODY, Queue, extra, queue
from otsu_maps.transit.walk import Walking

COME, GO = WAYS = ("come", "go")


@dataclass(frozen=True)
class Load:
    """One exit: people who come by it and who go by it, and the extra trips that either would need, by step.

    `walk`: steps on foot between it and the place."""

    exit: Exit
    walk: int
    share: Mapping[str, float]
    queues: Mapping[str, Queue]
    extra: Mapping[str, npt.NDArray[np.int64]]

    def breaks_s(self, way: str) -> int | None:
        """When somebody first has to wait longer than is in order."""
        step = self.queues[way].breaks
        return None if step is None else step * STEP_S

    def extra_trips(self, way: str) -> int:
        return int(self.extra[way].sum())

    def late(self, start_s: int) -> float:
        """Persons who come by it and are not at the place when it starts."""
        held = self.queues[COME]
        there = profile.moved(held.carried, self.walk)[: start_s // STEP_S].sum()
        late = float(held.demand.sum() - there)
        return late if late > NOBODY else 0.0


@dataclass(frozen=True)
class Outcome:
    """`loads`: the exits of which it is known what they carry. `unknown`: by mode, persons for whom no exit is known,
    so of whom nothing can be said. `blind`: exits with vehicles of which nobody knows what they hold: those carry
    nobody here. `over`: by mode, more than 100 percent were typed as shares, and were cut.
    `present`: persons at the place at the end of each step."""

    plan: Plan
    loads: tuple[Load, ...]
    unknown: Mapping[str, float]
    blind: tuple[Exit, ...]
    over: Mapping[str, bool]
    present: Floats

    @property
    def is_whole(self) -> bool:
        """Whether it is known of everybody by what they come and go."""
        return not any(self.unknown.values())

    @property
    def fullest_s(self) -> int:
        """When most people are at the place; of a long time the first moment."""
        return (int(np.argmax(self.present >= self.present.max() - NOBODY)) + 1) * STEP_S

    def broken(self, way: str, mode: str) -> list[Load]:
        """Exits of a mode at which somebody waits longer than is in order, the first one first."""
        found = [each for each in self.loads if each.exit.mode == mode and each.queues[way].breaks is not None]
        return sorted(found, key=lambda each: (each.queues[way].breaks or 0, -each.queues[way].most))

    @property
    def left(self) -> float:
        """Persons who want to go home and for whom nothing is left."""
        return sum(each.queues[GO].left for each in self.loads)

    @property
    def late(self) -> float:
        """Persons who are still on their way when a show starts."""
        return sum(each.late(self.plan.start_s) for each in self.loads)

    def most(self, way: str) -> float:
        """Persons who wait at all exits when most do."""
        waiting = [each.queues[way].waiting for each in self.loads]
        most = float(np.sum(waiting, axis=0).max()) if waiting else 0.0
        return most if most > NOBODY else 0.0

    def longest_min(self, way: str) -> float | None:
        """The longest wait of anybody who is carried, minutes; None: nobody is."""
        waits = [each.queues[way].longest_min for each in self.loads]
        return max((wait for wait in waits if wait is not None), default=None)

    def extra_trips(self, way: str, mode: str) -> int:
        """Trips of a mode that are missing."""
        return sum(each.extra_trips(way) for each in self.loads if each.exit.mode == mode)


def outcome(plan: Plan, exits: Sequence[Exit], typed_shares: Mapping[Key, float] | None = None) -> Outcome:
    """Everybody shared among the exits of their mode, and a queue at each.

    Without a typed share (percent of those who use the mode) an exit is chosen in proportion to the room that its
    vehicles have while people come or go, halved for every `half_m` of way. People come to the platform and to the
    place by a walk of the rule in transit.walk.
    """
    courses = {COME: profile.arriving(plan), GO: profile.leaving(plan)}
    typed = typed_shares or {}
    loads: list[Load] = []
    unknown, over = {}, {}
    for mode in MODES:
        mine = [each for each in exits if each.mode == mode and each.places > 0]
        part = plan.shares[mode]
        by_way = {way: _shares(plan, mine, typed, way) for way in WAYS}
        over[mode] = sum(typed.get(each.key, 0.0) for each in mine) > 100 + 1e-9
        unknown[mode] = 0.0 if mine else plan.attendance * part
        loads += [
            _load(plan, each, {way: float(by_way[way][i]) for way in WAYS}, courses, part)
            for i, each in enumerate(mine)
        ]
    blind = tuple(each for each in exits if each.unknown)
    return Outcome(plan, tuple(loads), unknown, blind, over, profile.present(plan))


def _load(plan: Plan, each: Exit, share: Mapping[str, float], courses: Mapping[str, Floats], part: float) -> Load:
    walk = round(float(Walking().seconds(np.array([each.metres]))[0]) / STEP_S)
    demand = {
        COME: profile.moved(courses[COME], -walk) * part * share[COME],
        GO: profile.moved(courses[GO], walk) * part * share[GO],
    }
    room = {COME: each.come, GO: each.go}
    return Load(
        each,
        walk,
        share,
        {way: queue(demand[way], room[way], plan.wait_steps) for way in WAYS},
        {way: extra(demand[way], room[way], plan.wait_steps, each.places * plan.full(each.mode)) for way in WAYS},
    )


def _shares(plan: Plan, mine: Sequence[Exit], typed: Mapping[Key, float], way: str) -> Floats:
    """[exit] which part of those who use a mode take each of its exits; 1 in all, where there is one."""
    given = np.array([typed.get(each.key, np.nan) for each in mine], np.float64) / 100
    fixed = np.nan_to_num(given)
    if fixed.sum() > 1:
        fixed /= fixed.sum()
    course = profile.arriving(plan) if way == COME else profile.leaving(plan)
    used = np.flatnonzero(course > 0)
    span = slice(used[0], used[-1] + 1 + (profile.AFTER_S // STEP_S if way == GO else 0)) if len(used) else slice(None)
    room = np.array([(each.come if way == COME else each.go)[span].sum() for each in mine])
    drawn = np.where(np.isnan(given), room * 0.5 ** (np.array([each.metres for each in mine]) / plan.half_m), 0.0)
    rest = 1 - fixed.sum()
    if drawn.sum() > 0:
        return fixed + rest * drawn / drawn.sum()
    if fixed.sum() > 0:
        return fixed / fixed.sum()
    return np.full(len(mine), 1 / max(len(mine), 1))  # nothing goes: they wait at all of them alike


def by_hour(found: Outcome, way: str) -> pd.DataFrame:
    """By hour and exit: hour, load (position), demand, room, carried (persons), waiting (at its end), trips, extra."""
    parts = []
    for position, each in enumerate(found.loads):
        held = each.queues[way]
        room = each.exit.come if way == COME else each.exit.go
        hours = len(room) // STEPS_H
        folded = {
            name: values.reshape(hours, STEPS_H).sum(axis=1)
            for name, values in (
                ("demand", held.demand),
                ("room", room),
                ("carried", held.carried),
                ("trips", each.exit.trips),
                ("extra", each.extra[way].astype(np.float64)),
            )
        }
        folded["waiting"] = held.waiting.reshape(hours, STEPS_H)[:, -1]
        parts.append(pd.DataFrame({"hour": np.arange(hours), "load": position, **folded}))
    names = ["hour", "load", "demand", "room", "carried", "waiting", "trips", "extra"]
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)


def whole(number: float) -> int:
    """Persons as they are told: to 10 below 1,000, else to 100, and never down to none."""
    step = 10 if number < 1000 else 100
    return 0 if number <= NOBODY else max(round(number / step), 1) * step
