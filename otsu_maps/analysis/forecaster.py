"""A forecast that watches one incident and learns from its own errors there.

Every ten minutes it keeps what it foresaw: for each part of the runs, the minute before which that part comes to a
level. Once such a minute has passed it is known whether the level was reached before it, and the ends of the next
intervals move so that they hold as often as they say (recalibration of quantiles while forecasting, as in adaptive
conformal inference; Gibbs and Candès 2021). Before there are outcomes it goes by what was learnt on drills and other
processes (EARLY_RATE). The same events give the same forecast, whenever the watching began.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from otsu_maps.analysis import forecast
from otsu_maps.analysis.curves import Curves
from otsu_maps.analysis.forecast import COVERAGE, HORIZON_MIN, Outlook, Target
from otsu_maps.analysis.lines import Line, Numbers, minute, people_at, reached_at
from otsu_maps.ledger.events import Event

EVERY_MIN = 10.0
LEARNS_FROM_MIN = 420.0
"""Older forecasts than these teach nothing any more."""

OUTCOME_MIN = 90.0
"""So long after a forecast most of what happened in its hour is recorded, and it is known what came of it."""

EARLY_RATE, BELIEF = 0.75, 60
"""Of the outcomes that ought to lie before an end so many did, where that was tried; it counts as so many outcomes."""

_PARTS = np.linspace(0.01, 0.6, 60)


@dataclass
class _Trial:
    """A forecast that was made. `ends_min`: minutes before which each of _PARTS of the runs comes, inf: never.
    `took_min`: until the level was reached, inf: not yet. `watched_min`: how long it could have been seen."""

    key: str
    made_min: float
    persons: float
    ends_min: Numbers
    took_min: float = np.inf
    watched_min: float = 0.0


class Forecaster:
    """Forecasts of one incident. `capacities`: people a shelter takes by the register; `groups`: its district."""

    def __init__(
        self, capacities: Mapping[str, int], count_lasts_min: float, groups: Mapping[str, str | None] | None = None
    ) -> None:
        self.curves = Curves()
        self._capacities, self._lasts_min, self._groups = capacities, count_lasts_min, groups or {}
        self._trials: list[_Trial] = []
        self._tried_min: float | None = None

    def take(self, events: Iterable[Event], now_min: float) -> None:
        """Take new events in the order in which they were received, all of them until now, and try on the way."""
        waiting: list[Event] = []
        since = now_min - LEARNS_FROM_MIN - HORIZON_MIN
        for event in events:
            known = minute(event.received_at)
            while (due := self._due(known)) is not None and due < known:
                self.curves.add(waiting)
                waiting = []
                self._try(max(due, np.ceil(since / EVERY_MIN) * EVERY_MIN))
            waiting.append(event)
        self.curves.add(waiting)
        while (due := self._due(now_min)) is not None and due <= now_min:
            self._try(max(due, np.ceil(since / EVERY_MIN) * EVERY_MIN))

    def outlook(self, now_min: float) -> Outlook:
        """Forecasts by what is known now."""
        return forecast.outlook(self.lines, self.targets(), now_min, self._lasts_min, self.early)

    @property
    def lines(self) -> dict[str, Line]:
        return {shelter: self.curves.line(shelter) for shelter in self.curves.shelters}

    def targets(self) -> list[Target]:
        """Shelters that are open and whose room is known; a room that was changed in the incident counts first."""
        found = []
        for shelter, line in self.lines.items():
            changed = line.rooms[-1, 1] if len(line.rooms) else np.nan
            room = self._capacities.get(shelter, np.nan) if np.isnan(changed) else changed
            if line.is_open and room > 0:
                found.append(Target(shelter, float(line.openings[0, 0]), float(room), self._groups.get(shelter)))
        return found

    @property
    def early(self) -> float:
        """Part of the runs that is left out before an interval with one end."""
        if not self._trials:
            return (1 - COVERAGE) / EARLY_RATE
        ends = np.array([trial.ends_min for trial in self._trials])
        took, watched = (np.array([[getattr(t, name)] for t in self._trials]) for name in ("took_min", "watched_min"))
        spoke = (ends <= HORIZON_MIN) & (watched >= OUTCOME_MIN)
        missed = spoke & (took < ends)
        rate = (missed.sum(axis=0) + BELIEF * EARLY_RATE * _PARTS) / (spoke.sum(axis=0) + BELIEF)
        too_many = np.nonzero(rate > 1 - COVERAGE)[0]
        return float(_PARTS[max(too_many[0] - 1, 0)] if len(too_many) else _PARTS[-1])

    def _due(self, start_min: float) -> float | None:
        if self._tried_min is None:
            self._tried_min = np.floor(start_min / EVERY_MIN) * EVERY_MIN
        return self._tried_min + EVERY_MIN

    def _try(self, now_min: float) -> None:
        self._tried_min = now_min
        self._learn(now_min)
        made = forecast.outlook(self.lines, self.targets(), now_min, self._lasts_min, has_bands=False)
        for (key, level), runs in made.runs.items():
            persons, line = made.forecasts[key, level].persons, self.curves.line(key)
            ends = runs[(_PARTS * len(runs)).astype(int)]
            is_said = ends[0] < HORIZON_MIN and key not in self._groups.values()
            if is_said and people_at(line, now_min, self._lasts_min) < persons:
                self._trials.append(_Trial(key, now_min, persons, ends))

    def _learn(self, now_min: float) -> None:
        """What became of the trials so far; nothing can be seen of a shelter after it closed."""
        self._trials = [trial for trial in self._trials if trial.made_min > now_min - LEARNS_FROM_MIN]
        for trial in self._trials:
            if trial.watched_min < OUTCOME_MIN and trial.took_min == np.inf:
                line = self.curves.line(trial.key)
                cut = line.closes_after(trial.made_min)
                took = reached_at(line, trial.persons, trial.made_min, self._lasts_min)
                trial.took_min = took - trial.made_min if took <= cut else np.inf
                trial.watched_min = min(now_min, cut) - trial.made_min
            else:
                trial.watched_min = max(trial.watched_min, min(now_min - trial.made_min, OUTCOME_MIN))
