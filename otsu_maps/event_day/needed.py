"""Extra trips, as a planner would type them, with which nobody waits longer than is in order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from otsu_maps.event_day.exits import Key, Service
from otsu_maps.event_day.outcome import COME, GO, WAYS, Outcome
from otsu_maps.event_day.plan import STEP_S, STEPS_H

MOST_ROUNDS = 30
"""More trips at a station draw more people there, and a row spreads its trips evenly: so it is asked again."""

Trips = npt.NDArray[np.int64]


def services(typed: tuple[Service, ...], again: Callable[[tuple[Service, ...]], Outcome]) -> tuple[Service, ...]:
    """Rows to add to `typed`, an hour each; `again`: the outcome with these services. None where no more would help."""
    held: dict[Key, tuple[Trips, int]] = {}
    for _ in range(MOST_ROUNDS):
        found = again((*typed, *_rows(held)))
        missing = {each.exit.key: each for each in found.loads if any(each.extra_trips(way) for way in WAYS)}
        if not missing:
            break
        for key, each in missing.items():
            trips = np.maximum(each.extra[COME], each.extra[GO])  # one vehicle brings people and takes others
            held[key] = (held[key][0] + trips if key in held else trips, round(each.exit.places))
    return _rows(held)


def _rows(held: dict[Key, tuple[Trips, int]]) -> tuple[Service, ...]:
    found = []
    for (mode, place, toward), (trips, places) in held.items():
        for first in range(0, len(trips), STEPS_H):
            used = np.flatnonzero(trips[first : first + STEPS_H])
            if len(used):
                span = ((first + int(used[0])) * STEP_S, (first + int(used[-1]) + 1) * STEP_S)
                count = int(trips[first : first + STEPS_H].sum())
                found.append(Service(place, mode, toward, *span, count, places, is_extra=True))
    return tuple(found)
