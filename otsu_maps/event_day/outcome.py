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

WINDOW_S = 2 * 3600
"""After the last ones set out: until then a departure counts when people are shared among stations."""


@dataclass(frozen=True)
class Load:
    """One exit: people who come by it and who go by it, and the extra trips that either would need, by step."""

    exit: Exit
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
        """Persons on their way to the place who are still not here when it starts."""
        waiting = float(self.queues[COME].waiting[start_s // STEP_S - 1]) if start_s >= STEP_S else 0.0
        return waiting if waiting > NOBODY else 0.0


@dataclass(frozen=True)
class Outcome:
    """`loads`: the exits of which it is known what they carry. `unknown`: by mode, persons for whom no exit is known,
    so of whom nothing can be said. `over`: by mode, more than 100 percent were typed as shares, and were cut.
    `present`: persons at the place at the end of each step."""

    plan: Plan
    loads: tuple[Load, ...]
    unknown: Mapping[str, float]
    over: Mapping[str, bool]
    present: Floats

    def worst(self, way: str) -> Load | None:
        """Where the service breaks first; of several, where most people wait. None: it breaks nowhere."""
        broken = [each for each in self.loads if each.queues[way].breaks is not None]
        return min(broken, key=lambda each: (each.queues[way].breaks or 0, -each.queues[way].most), default=None)

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

    def extra_trips(self, way: str) -> int:
        return sum(each.extra_trips(way) for each in self.loads)


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
    return Outcome(plan, tuple(loads), unknown, over, profile.present(plan))


def _load(plan: Plan, each: Exit, share: Mapping[str, float], courses: Mapping[str, Floats], part: float) -> Load:
    walk_s = float(Walking().seconds(np.array([each.metres]))[0])
    demand = {
        COME: profile.moved(courses[COME], -walk_s) * part * share[COME],
        GO: profile.moved(courses[GO], walk_s) * part * share[GO],
    }
    room = {COME: each.come, GO: each.go}
    return Load(
        each,
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
    span = slice(used[0], used[-1] + 1 + (WINDOW_S // STEP_S if way == GO else 0)) if len(used) else slice(None)
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
