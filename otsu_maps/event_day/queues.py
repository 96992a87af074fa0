"""People who wait where not everybody fits in: a point queue, step by step, first come first served.

Cumulative curves (G. F. Newell 1982, Applications of Queueing Theory, chapter 2): a wait is the time between the moment
at which the n-th person comes and the one at which the n-th person is carried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from otsu_maps.event_day.plan import STEP_S
from otsu_maps.event_day.profile import Floats

NOBODY = 0.5
"""Fewer persons than this are none: the rest of a division."""


@dataclass(frozen=True)
class Queue:
    """`demand`: who comes in each step; `carried`; `waiting` at its end. `wait_steps`: how long those who come in a
    step wait at most, -1: some of them are never carried. `breaks`: the first step in which somebody comes who waits
    longer than is in order, None: nobody does. `left`: who still waits at the end of the day."""

    demand: Floats
    carried: Floats
    waiting: Floats
    wait_steps: npt.NDArray[np.int64]
    breaks: int | None

    @property
    def left(self) -> float:
        """Persons who are never carried."""
        return _people(self.waiting[-1])

    @property
    def most(self) -> float:
        """Persons who wait when most do."""
        return _people(self.waiting.max())

    @property
    def longest_min(self) -> float | None:
        """The longest wait of anybody who is carried at last, minutes; None: nobody is."""
        carried = self.wait_steps[(self.wait_steps >= 0) & (self.demand > 0)]
        return float(carried.max()) * STEP_S / 60 if len(carried) else None


def queue(demand: Floats, capacity: Floats, wait_steps: int) -> Queue:
    """What happens at one place: persons who come and places that leave, by step; a place left empty is gone."""
    carried, waiting, held = np.zeros(len(demand)), np.zeros(len(demand)), 0.0
    for step, (come, room) in enumerate(zip(demand, capacity, strict=True)):
        held += come
        carried[step] = min(held, room)
        waiting[step] = held = held - carried[step]
    come_by, gone_by = np.cumsum(demand), np.cumsum(carried)
    at = np.searchsorted(gone_by, come_by - NOBODY)
    waits = np.where(at < len(demand), at - np.arange(len(demand)), -1)
    waits = np.where(demand > 0, np.where(at < len(demand), np.maximum(waits, 0), -1), 0)
    late = np.flatnonzero((demand > 0) & ((waits > wait_steps) | (waits < 0)))
    return Queue(demand, carried, waiting, waits, int(late[0]) if len(late) else None)


def _people(number: float) -> float:
    return float(number) if number > NOBODY else 0.0


def extra(demand: Floats, capacity: Floats, wait_steps: int, places: float) -> npt.NDArray[np.int64]:
    """[steps] the fewest extra trips of so many places with which nobody waits longer than `wait_steps`.

    Each goes as late as it may: whoever waits then fits in, so no trip goes emptier than it would earlier, and none can
    be spared. Raises ValueError where a trip has no places.
    """
    if places <= 0:
        raise ValueError("a trip without places carries nobody")
    due = np.concatenate([np.zeros(min(wait_steps, len(demand))), np.cumsum(demand)])[: len(demand)]
    due[-1] = demand.sum()  # who comes near the end of the day is carried before it ends
    trips, held, gone = np.zeros(len(demand), np.int64), 0.0, 0.0
    for step, (come, room) in enumerate(zip(demand, capacity, strict=True)):
        held += come
        carried = min(held, room)
        short = due[step] - gone - carried
        if short > NOBODY:
            trips[step] = int(np.ceil((short - NOBODY) / places))
            carried = min(held, room + trips[step] * places)
        held, gone = held - carried, gone + carried
    return trips
