"""`otsu-maps realtime punctuality`: how late vehicles were, from the archive and timetables, without a snapshot."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from otsu_maps import clock
from otsu_maps.commands.feeds import timetable_of
from otsu_maps.commands.given import print_json
from otsu_maps.errors import EventRefused
from otsu_maps.i18n import say
from otsu_maps.realtime import archive
from otsu_maps.terminal import figures, tell
from otsu_maps.transit import observed, punctuality
from otsu_maps.transit.live import Names
from otsu_maps.transit.observed import Observed
from otsu_maps.transit.punctuality import BY, Report
from otsu_maps.transit.timetable import Timetable

GOOD, LOOK = 0, 1

MOST_DAYS, MOST_ROWS = 400, 40


def add(inner: Any) -> None:
    """Add the command of this module to the group of its parent."""
    about = say("cli.realtime_punctuality")
    one = inner.add_parser("punctuality", help=about, description=about)
    one.add_argument("feeds", metavar="FEED.zip", nargs="+", help=say("cli.transit_feeds"))
    one.add_argument("--from", dest="since", metavar="YYYY-MM-DD", help=say("cli.realtime_from"))
    one.add_argument("--to", dest="until", metavar="YYYY-MM-DD", help=say("cli.realtime_to"))
    one.add_argument("--by", default="route", help=say("cli.realtime_by"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))
    one.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> int:
    days = _days(asked.since, asked.until)
    by = tuple(name for name in asked.by.split(",") if name)
    if set(by) - set(BY):
        raise EventRefused("realtime_bad_by", value=asked.by, known=", ".join(BY))
    timetable, read = timetable_of(asked.feeds)
    seen, broken = _observed(timetable, days)
    found = punctuality.report(timetable, seen, days, by)
    if asked.json:
        print_json(_as_json(days, found, broken))
    else:
        _show(days, found, broken)
    if not found.seen:
        tell(say("punctuality.nothing"), "bold red")
    return GOOD if found.seen and not broken and not any(each.reason for each in read) else LOOK


def _days(since: str | None, until: str | None) -> list[date]:
    try:
        first = date.fromisoformat(since) if since else clock.today() - timedelta(1)
        last = date.fromisoformat(until) if until else first
    except ValueError as error:
        raise EventRefused("transit_bad_day", value=f"{since or ''} {until or ''}".strip()) from error
    if not timedelta(0) <= last - first < timedelta(MOST_DAYS):
        raise EventRefused("realtime_bad_days", since=first, until=last, most=MOST_DAYS)
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def _observed(timetable: Timetable, days: list[date]) -> tuple[Observed, list[Path]]:
    """Day by day, so that the memory of one day is enough; a night is in the files of two days.

    What could not be used is counted by day: what was told about midnight may count twice.
    """
    parts, broken = [], set()
    names = Names(timetable)
    for day in days:
        start = clock.from_shown(datetime.combine(day, time()))
        end = start + timedelta(days=1, seconds=timetable.last_s)
        told, bad = archive.read("trips", archive.folder(), start - timedelta(hours=6), end)
        broken |= set(bad)
        seen = observed.observed(timetable, told.to_pandas(), names=names)
        parts.append(observed.of_day(seen, day))
    return observed.together(parts), sorted(broken)


def _as_json(days: list[date], found: Report, broken: list[Path]) -> dict[str, Any]:
    rows = found.rows.astype(object).where(found.rows.notna(), None)
    return {
        "since": days[0],
        "until": days[-1],
        "trips": {name: getattr(found, name) for name in ("trips", "seen", "cancelled", "unknown", "by_headway")},
        "rows": rows.to_dict("records"),
        "unmatched": found.unmatched,
        "broken": [path.name for path in broken],
    }


def _show(days: list[date], found: Report, broken: list[Path]) -> None:
    names = [name for name in ("route_id", "stop_id", "hour") if name in found.rows]
    rows = found.rows.sort_values("observed", ascending=False).head(MOST_ROWS)
    for row in rows.to_dict("records"):
        counts = ("scheduled", "observed", "cancelled", "skipped", "unknown")
        parts = [(say(f"punctuality.{name}"), f"{row[name]:,}") for name in counts]
        parts += [(say(f"punctuality.{name}"), _minutes(row[f"{name}_s"])) for name in ("median", "p90")]
        share = say("app.unknown") if pd.isna(row["on_time"]) else f"{row['on_time']:.0%}"
        title = " ".join(str(row[name]) for name in names)
        figures(
            title or say("punctuality.title", since=days[0], until=days[-1]),
            [*parts, (say("punctuality.on_time"), share)],
        )
    if len(found.rows) > MOST_ROWS:
        tell(say("punctuality.more", count=len(found.rows) - MOST_ROWS))
    about = {name: getattr(found, name) for name in ("trips", "seen", "cancelled", "unknown")}
    tell(say("punctuality.trips", **about), "bold")
    if found.by_headway:
        tell(say("punctuality.by_headway", count=found.by_headway))
    if found.unmatched:
        what = ", ".join(f"{why} {count:,}" for why, count in sorted(found.unmatched.items()))
        tell(say("punctuality.unmatched", what=what))
    if broken:
        tell(say("punctuality.broken", files=", ".join(path.name for path in broken)), "bold red")


def _minutes(seconds: float) -> str:
    return say("app.unknown") if pd.isna(seconds) else f"{seconds / 60:+.1f}"
