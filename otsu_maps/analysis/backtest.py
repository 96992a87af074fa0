"""How good the forecast was: made again every ten minutes with what was known then, judged by what is known since.

Judged are forecasts of a level that had not been reached, in shelters that were open. What comes to a level after a
shelter closed or paused, or after the events end, cannot be known: a forecast whose outcome within the horizon was cut
off so is left out and counted (`censored`). Coverage is taken over the forecasts that say something about the horizon
(Forecast.is_soon), for only those are acted on; of the others, `quiet`, it is told how many were wrong. Errors are of
all forecasts after which the level was reached within the horizon; where hardly a run saw it coming the error is
infinite. The rule to beat takes the growth of the last hour for that of the next.

Lists that are published weeks apart cannot judge it: nothing is seen between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from otsu_maps.analysis.curves import Curves
from otsu_maps.analysis.forecast import HORIZON_MIN, LEVELS, Forecast
from otsu_maps.analysis.forecaster import EVERY_MIN, Forecaster
from otsu_maps.analysis.lines import Line, Numbers, minute, people_at, reached_at
from otsu_maps.ledger.events import Event

LEADS_MIN = ((0.0, 20.0), (20.0, 40.0), (40.0, 60.0))


@dataclass(frozen=True)
class Judged:
    """One forecast and what came of it. `reached_min` and `cut_min` (closed, or the events end) from then on, inf: not.

    `baseline_min`: by the growth of the last hour, inf: never.
    """

    forecast: Forecast
    at_min: float
    reached_min: float
    cut_min: float
    baseline_min: float

    @property
    def is_reached(self) -> bool:
        return self.reached_min <= min(self.cut_min, HORIZON_MIN)

    @property
    def is_censored(self) -> bool:
        return not self.is_reached and self.cut_min < HORIZON_MIN

    @property
    def holds(self) -> bool:
        """The interval holds what came."""
        low, high = self.forecast.earliest_min, self.forecast.latest_min
        return (low is not None and low <= self.reached_min) and (high is None or self.reached_min <= high)


def judged(
    events: Iterable[Event],
    capacities: Mapping[str, int],
    count_lasts_min: float,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Judged]:
    """Forecasts over one incident. `capacities`: people by shelter, by the register; a shelter without is left out
    until its room is told in the incident. `received_at` of the events: when they were known. Shelters only.
    `progress` is told of each moment that is done."""
    known = sorted((event for event in events if event.flag is None), key=lambda event: event.received_at)
    if not known:
        return []
    truth = Curves()
    truth.add(known)
    start, end = minute(known[0].received_at), minute(known[-1].received_at)
    forecaster, taken, found = Forecaster(capacities, count_lasts_min), 0, []
    for now_min in moments(known):
        before = taken
        while taken < len(known) and minute(known[taken].received_at) <= now_min:
            taken += 1
        forecaster.take(known[before:taken], now_min)
        for each in forecaster.outlook(now_min).forecasts.values():
            line, hindsight = forecaster.curves.line(each.key), truth.line(each.key)
            if people_at(line, now_min, count_lasts_min) >= each.persons:
                continue
            reached = reached_at(hindsight, each.persons, now_min, count_lasts_min) - now_min
            cut = min(hindsight.closes_after(now_min), end) - now_min
            baseline = _last_hour(line, each.persons, now_min, count_lasts_min)
            found.append(Judged(each, float(now_min - start), float(reached), float(cut), baseline))
        progress(1)
    return found


def moments(events: Sequence[Event]) -> Numbers:
    """The minutes at which the forecast of one incident is judged: one that was recorded all at once has none."""
    received = [minute(event.received_at) for event in events]
    return np.arange(min(received) + EVERY_MIN, max(received), EVERY_MIN) if received else np.empty(0)


def report(found: Sequence[Judged]) -> dict[str, Any]:
    """Figures of a backtest: see the module. Medians None: infinite, or nothing to judge."""
    kept = [each for each in found if not each.is_censored]
    soon = [each for each in kept if each.forecast.is_soon]
    quiet = [each for each in kept if not each.forecast.is_soon]
    reached = [each for each in kept if each.is_reached]
    two = [each for each in soon if each.forecast.latest_min is not None]
    return {
        "coverage": _share([each.holds for each in soon]),
        "median_error_min": _median([_error(each) for each in reached]),
        "baseline_median_error_min": _median([_baseline_error(each) for each in reached]),
        "n": len(reached),
        "horizon_min": HORIZON_MIN,
        "forecasts": len(found),
        "censored": len(found) - len(kept),
        "intervals": len(soon),
        "two_sided": {"n": len(two), "coverage": _share([each.holds for each in two])},
        "one_sided": {
            "n": len(soon) - len(two),
            "coverage": _share([each.holds for each in soon if each.forecast.latest_min is None]),
        },
        "quiet": {"n": len(quiet), "reached": _share([each.is_reached for each in quiet])},
        "by_lead": [_of_lead(reached, *span) for span in LEADS_MIN],
        "by_level": [_of_level([each for each in kept if each.forecast.level == level], level) for level in LEVELS],
    }


def _last_hour(line: Line, persons: float, now_min: float, count_lasts_min: float) -> float:
    now, before = (people_at(line, at, count_lasts_min) for at in (now_min, now_min - 60))
    return (persons - now) / (now - before) * 60 if now > before else math.inf


def _error(each: Judged) -> float:
    middle = each.forecast.middle_min
    return math.inf if middle is None else abs(middle - each.reached_min)


def _baseline_error(each: Judged) -> float:
    return abs(each.baseline_min - each.reached_min)


def _of_lead(reached: Sequence[Judged], low: float, high: float) -> dict[str, Any]:
    held = [each for each in reached if low < each.reached_min <= high]
    return {
        "from_min": low,
        "to_min": high,
        "n": len(held),
        "median_error_min": _median([_error(each) for each in held]),
        "baseline_median_error_min": _median([_baseline_error(each) for each in held]),
    }


def _of_level(kept: Sequence[Judged], level: float) -> dict[str, Any]:
    return {
        "level": level,
        "n": sum(each.is_reached for each in kept),
        "coverage": _share([each.holds for each in kept if each.forecast.is_soon]),
        "median_error_min": _median([_error(each) for each in kept if each.is_reached]),
    }


def _share(found: Sequence[bool]) -> float | None:
    return round(sum(map(bool, found)) / len(found), 3) if found else None


def _median(found: Sequence[float]) -> float | None:
    middle = float(np.median(found)) if found else math.inf
    return round(middle, 1) if math.isfinite(middle) else None
