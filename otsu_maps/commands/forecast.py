"""`otsu-maps forecast backtest`: how good the forecast was, on recorded incidents or on drills."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from otsu_maps import hindsight
from otsu_maps.analysis import backtest
from otsu_maps.commands.given import file_bytes, print_json
from otsu_maps.errors import EventRefused, FileRefused
from otsu_maps.hindsight import Trial
from otsu_maps.i18n import say
from otsu_maps.ledger import carry, sealed
from otsu_maps.ledger.carry import Contents
from otsu_maps.terminal import bar, figures, tell

GOOD, LOOK = 0, 1

SEEDS = "101,102,103"

MOST_LINES = 20
"""Numbers of lines that are told one by one."""


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    about = say("cli.forecast")
    group = commands.add_parser("forecast", help=about, description=about)
    inner = group.add_subparsers(required=True, metavar="backtest", help=about)
    one = inner.add_parser("backtest", help=say("cli.forecast_backtest"), description=say("cli.forecast_backtest"))
    one.set_defaults(run=_backtest)
    on = one.add_mutually_exclusive_group()
    on.add_argument("--events", metavar="FILE", help=say("cli.forecast_events"))
    on.add_argument("--seeds", default=SEEDS, help=say("cli.forecast_seeds"))
    one.add_argument("--people", type=int, help=say("cli.drill_people"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _backtest(asked: argparse.Namespace) -> int:
    """Exit codes: 0 judged, 1 nothing to judge or lines that could not be read, 2 refused."""
    read = _contents(asked.events) if asked.events else None
    trials = (
        hindsight.of_events(read.counting) if read else list(hindsight.of_drills(_seeds(asked.seeds), asked.people))
    )
    found = _judged(trials) | {"bad_lines": read.doubtful_lines if read else []}
    is_whole = read is None or (read.is_whole and not found["bad_lines"])
    if asked.json:
        print_json(found)
    else:
        figures(say("backtest.title"), _rows(found))
        tell(say("backtest.means"))
        tell(say("backtest.limits"))
    if found["bad_lines"]:
        shown = ", ".join(map(str, found["bad_lines"][:MOST_LINES]))
        tell(say("backtest.bad_lines", file=asked.events, lines=shown, count=len(found["bad_lines"])), "bold red")
    elif not is_whole:
        tell(say("backtest.cut", file=asked.events), "bold red")
    if not found["n"]:
        tell(say("backtest.nothing"), "bold red")
    return GOOD if found["n"] and is_whole else LOOK


def _contents(file: str) -> Contents:
    data = file_bytes(file)
    if sealed.is_sealed(data):
        raise FileRefused("backtest_sealed", file=file)
    return carry.contents(data.decode("utf-8", "replace").splitlines(keepends=True), file)


def _seeds(text: str) -> list[int]:
    try:
        return [int(each) for each in text.split(",")]
    except ValueError as error:
        raise EventRefused("drill_seeds", value=text) from error


def _judged(trials: Sequence[Trial]) -> dict[str, Any]:
    """The report over all trials together, and what they were."""
    forecasts = []
    with bar(say("backtest.judging"), sum(len(backtest.moments(trial.events)) for trial in trials)) as progress:
        for trial in trials:
            forecasts += backtest.judged(trial.events, trial.rooms, trial.count_lasts_min, progress)
    return backtest.report(forecasts) | {
        "incidents": len(trials),
        "shelters": sum(trial.shelters for trial in trials),
        "without_capacity": sum(trial.without_room for trial in trials),
    }


def _rows(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The report in plain words."""
    of_two, of_one, quiet = found["two_sided"], found["one_sided"], found["quiet"]
    return [
        (say("backtest.incidents"), f"{found['incidents']:,}"),
        (say("backtest.shelters"), f"{found['shelters']:,}"),
        (say("backtest.without_capacity"), f"{found['without_capacity']:,}"),
        (say("backtest.forecasts"), f"{found['forecasts']:,}"),
        (say("backtest.censored"), f"{found['censored']:,}"),
        (say("backtest.coverage"), _share(found["coverage"], found["intervals"])),
        (say("backtest.two_sided"), _share(of_two["coverage"], of_two["n"])),
        (say("backtest.one_sided"), _share(of_one["coverage"], of_one["n"])),
        (say("backtest.error"), _minutes(found["median_error_min"], found["n"])),
        (say("backtest.baseline"), _minutes(found["baseline_median_error_min"], found["n"])),
        (say("backtest.quiet"), _share(quiet["reached"], quiet["n"])),
    ]


def _share(share: float | None, count: int) -> str:
    return say("app.unknown") if share is None else say("backtest.share", percent=share * 100, count=count)


def _minutes(minutes: float | None, count: int) -> str:
    """The median of many; None: of none, or more than half are without end."""
    if minutes is None:
        return say("backtest.endless", count=count) if count else say("app.unknown")
    return say("backtest.minutes", minutes=minutes, count=count)
