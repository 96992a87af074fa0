"""How good the forecast of full shelters is: on drills, and on arrivals by other laws that it was not made on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "analysis"))

from other_arrivals import OTHERS

from otsu_maps import hindsight
from otsu_maps.analysis import backtest
from otsu_maps.analysis.backtest import Judged
from otsu_maps.drill.scenario import SCENARIOS

DRILL_SEEDS, OTHER_SEEDS = range(500, 510), range(1, 11)
COUNT_LASTS_MIN = 180.0


def drills(scenario: str, seeds: Sequence[int]) -> list[Judged]:
    """Forecasts in drills of one scenario on the current snapshot."""
    found: list[Judged] = []
    for trial in hindsight.of_drills(seeds, scenarios=[scenario]):
        found += backtest.judged(trial.events, trial.rooms, trial.count_lasts_min)
    return found


def others(name: str, seeds: Sequence[int]) -> list[Judged]:
    """Forecasts in incidents of one generator of other_arrivals."""
    found: list[Judged] = []
    for seed in seeds:
        events, rooms = OTHERS[name](seed)
        found += backtest.judged(events, rooms, COUNT_LASTS_MIN)
    return found


def measured() -> Iterator[tuple[str, dict[str, Any]]]:
    """Reports by generator and for each group together, as they come. The current snapshot is the ground of drills."""
    everything: list[Judged] = []
    for group, names, play, seeds in (
        ("drills", SCENARIOS, drills, DRILL_SEEDS),
        ("others", tuple(OTHERS), others, OTHER_SEEDS),
    ):
        together: list[Judged] = []
        for name in names:
            found = play(name, seeds)
            yield name, backtest.report(found)
            together += found
        yield f"{group} together", backtest.report(together)
        everything += together
    yield "all together", backtest.report(everything)


def row(name: str, report: dict[str, Any]) -> tuple[str, ...]:
    """A line of the table: see HEAD."""
    two, one, quiet = report["two_sided"], report["one_sided"], report["quiet"]
    return (
        name,
        _share(report["coverage"], report["intervals"]),
        _share(two["coverage"], two["n"]),
        _share(one["coverage"], one["n"]),
        _share(quiet["reached"], quiet["n"]),
        _minutes(report["median_error_min"]),
        _minutes(report["baseline_median_error_min"]),
        f"{report['n']:,}",
    )


HEAD = (
    "arrivals",
    "inside the interval (n)",
    "two ends",
    "one end",
    "not soon, yet it came",
    "error",
    "last hour drawn on",
    "n",
)


def _share(share: float | None, count: int) -> str:
    return "-" if share is None else f"{share * 100:.1f} % ({count:,})"


def _minutes(minutes: float | None) -> str:
    return "without end" if minutes is None else f"{minutes:.1f} min"
