"""When shelters and districts come to 80 % and to all of their room, with an interval, from the arrivals so far.

Nothing is said of a place whose room is unknown, that is not open, of which little was seen (flows.FEW_HOUSEHOLDS), or
whose last word is old: no forecast is not the same as no danger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from otsu_maps.analysis import filling, flows
from otsu_maps.analysis.filling import AHEAD, Flow
from otsu_maps.analysis.lines import Line, Numbers

LEVELS = (0.8, 1.0)
"""Shares of the room that are forecast."""

HORIZON_MIN = 60.0
"""So far ahead an interval speaks, and the forecast is judged."""

COVERAGE = 0.8
"""Of the intervals."""

TAIL = 0.02
"""Part of the runs on each side of an interval with two ends: runs know less of surprises than the world does, so that
less than a tenth is left out for a tenth of the outcomes."""

HARDLY_ANY = 0.05
"""Where fewer runs come to a level no middle is told."""

SEED = 20_240_101


@dataclass(frozen=True)
class Target:
    """A place to forecast: its id, when it opened (minute), the people it takes; `group`: its district, if any."""

    key: str
    opened_min: float
    capacity_persons: float
    group: str | None = None


@dataclass(frozen=True)
class Forecast:
    """When `persons` (a share `level` of the room) are there, in minutes from now.

    Where nearly all runs come to it within the horizon, `earliest_min` to `latest_min` holds with COVERAGE. Else
    `latest_min` is None, and it comes not before `earliest_min` with COVERAGE; None: not within the hours that are
    looked ahead. `middle_min`: if it comes to it, the middle of the runs; None: hardly any do. `chance`: part of the
    runs that come to it within the horizon. `people`: there now, those who are not recorded yet included, as expected.
    """

    key: str
    level: float
    persons: float
    people: float
    chance: float
    earliest_min: float | None
    middle_min: float | None
    latest_min: float | None

    @property
    def is_soon(self) -> bool:
        """It may come within the horizon."""
        return self.earliest_min is not None and self.earliest_min < HORIZON_MIN


@dataclass(frozen=True)
class Outlook:
    """Forecasts and runs (minutes until then, sorted; inf: not within the steps) by key and level. `bands`: people by
    key at each of filling.STEPS from now, [3, AHEAD + 1]: low, middle, high. `made_min`: when, minutes since 1970;
    None: not yet."""

    forecasts: Mapping[tuple[str, float], Forecast]
    runs: Mapping[tuple[str, float], Numbers]
    bands: Mapping[str, Numbers]
    made_min: float | None = None

    def of(self, key: str, level: float = 1.0) -> Forecast | None:
        """The forecast of a shelter or district; None: nothing can be said."""
        return self.forecasts.get((key, level))


NOTHING = Outlook({}, {}, {})
"""Not made yet, or not asked for."""


def outlook(
    lines: Mapping[str, Line],
    targets: Sequence[Target],
    now_min: float,
    count_lasts_min: float,
    early: float = 1 - COVERAGE,
    *,
    has_bands: bool = True,
) -> Outlook:
    """Forecasts of shelters and, under the id of their group, of districts: all of their shelters together.

    `lines`: what is known at `now_min` of all shelters. `early`: part of the runs before the end of an interval with
    one end. The same input gives the same answer.
    """
    opened = {target.key: target.opened_min for target in targets}
    held = flows.flows(lines, opened, now_min, count_lasts_min)
    known = [target for target in targets if target.key in held]
    if not known:
        return Outlook({}, {}, {}, now_min)
    rooms = {target.key: float(target.capacity_persons) for target in known}
    for group in dict.fromkeys(target.group for target in known if target.group):
        members = [target for target in known if target.group == group]
        held[group] = flows.together([held[target.key] for target in members])
        rooms[group] = sum(rooms[target.key] for target in members)
    keys, seen = list(held), list(held.values())
    dice = np.random.default_rng(SEED)
    paths = filling.futures(seen, dice)
    forecasts, runs = {}, {}
    for level in LEVELS:
        persons = np.array([rooms[key] * level for key in keys])
        times = np.sort(filling.minutes_until(seen, paths, persons, dice), axis=1)
        for key, flow, wanted, row in zip(keys, seen, persons, times, strict=True):
            forecasts[key, level] = _forecast(key, level, float(wanted), flow, row, early)
            runs[key, level] = row
    drawn = zip(keys, seen, paths, strict=True) if has_bands else ()
    bands = {key: _band(flow, path, dice) for key, flow, path in drawn}
    return Outlook(forecasts, runs, bands, now_min)


def _forecast(key: str, level: float, persons: float, flow: Flow, runs: Numbers, early: float) -> Forecast:
    latest = _at(runs, 1 - TAIL)
    has_end = latest is not None and latest <= HORIZON_MIN
    there = runs[np.isfinite(runs)]
    return Forecast(
        key=key,
        level=level,
        persons=persons,
        people=flow.people + flow.unseen,
        chance=float((runs <= HORIZON_MIN).mean()),
        earliest_min=_at(runs, TAIL if has_end else early),
        middle_min=_at(there, 0.5) if len(there) >= HARDLY_ANY * len(runs) else None,
        latest_min=latest if has_end else None,
    )


def _at(runs: Numbers, share: float) -> float | None:
    found = float(runs[min(int(share * len(runs)), len(runs) - 1)])
    return found if np.isfinite(found) else None


def _band(flow: Flow, path: Numbers, dice: np.random.Generator) -> Numbers:
    """People by step; each run with the chance of its own arrivals."""
    variance = (np.maximum(path, 0) + flow.unseen) * flow.size_squared / flow.size + flow.unsure**2
    people = flow.people + flow.unseen + path + dice.standard_normal((len(path), 1)) * np.sqrt(variance)
    tail = (1 - COVERAGE) / 2
    found: Numbers = np.quantile(np.maximum(people, 0), (tail, 0.5, 1 - tail), axis=0).reshape(3, AHEAD + 1)
    return found
