"""`otsu-maps transit`: what feeds hold, and what departs where, straight from their files, without a snapshot."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from otsu_maps import clock
from otsu_maps.commands import transit_reach, transit_report
from otsu_maps.commands.feeds import ReadFile, timetable_of
from otsu_maps.commands.given import print_json
from otsu_maps.errors import EventRefused
from otsu_maps.i18n import say
from otsu_maps.terminal import tell, written
from otsu_maps.transit import departures, services
from otsu_maps.transit.timetable import Positions, Timetable

GOOD, LOOK, REFUSED = 0, 1, 2

MOST_STOPS = 40
"""Stops in a table on the screen, those with most departures; `--json` gives all of them."""


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    about = say("cli.transit")
    group = commands.add_parser("transit", help=about, description=about)
    inner = group.add_subparsers(required=True, metavar="COMMAND", help=about)
    transit_report.add(inner)
    _add_departures(inner)
    transit_reach.add(inner)


def _add_departures(inner: Any) -> None:
    about = say("cli.transit_departures")
    one = inner.add_parser("departures", help=about, description=about)
    one.set_defaults(run=_departures)
    one.add_argument("feeds", metavar="FEED.zip", nargs="+", help=say("cli.transit_feeds"))
    one.add_argument("--stop", metavar="ID|NAME", help=say("cli.transit_stop"))
    one.add_argument("--date", metavar="YYYY-MM-DD", help=say("cli.transit_date"))
    one.add_argument("--hour", type=int, metavar="H", help=say("cli.transit_hour"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _departures(asked: argparse.Namespace) -> int:
    """Exit codes: 0 told, 1 a file was no feed or nothing departs, 2 none was a feed or the stop is unknown."""
    on = day_of(asked.date)
    made, read = timetable_of(asked.feeds)
    days = days_of(made, on)
    found = _at_stop(made, asked, days) if asked.stop else _by_hour(made, asked.hour, days)
    if asked.json:
        print_json(found | {"days": days, "refused": refused_json(read)})
    else:
        _tell_days(days)
        if asked.stop:
            _tell_departures(found)
        else:
            _tell_hours(found["hours"])
    is_empty = not found["departures" if asked.stop else "hours"]
    if is_empty:
        tell(say("departures.nothing"), "bold red")
    return LOOK if is_empty or any(each.reason for each in read) else GOOD


def day_of(text: str | None) -> date | None:
    """A day as it was typed. Raises EventRefused."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise EventRefused("transit_bad_day", value=text) from error


def days_of(timetable: Timetable, on: date | None) -> dict[str, date]:
    """For each feed the day to ask about: the one named, else today where its calendars hold it, else its usual one."""
    spans = services.validity(timetable)
    if on is not None:
        return dict.fromkeys(spans, on)
    today = clock.today()
    valid = {feed for feed, (first, last) in spans.items() if first <= today <= last}
    kinds = (services.WEEKDAY, services.SATURDAY, services.HOLIDAY)
    usual: dict[str, date] = {}
    if len(valid) < len(spans):
        for kind in kinds:
            usual = services.plan(services.typical_days(timetable, kind)) | usual
    return {feed: today if feed in valid else usual[feed] for feed in spans if feed in valid or feed in usual}


def refused_json(read: Sequence[ReadFile]) -> list[dict[str, str]]:
    """The files that were no feeds, and why."""
    return [{"file": each.file, "reason": each.reason.sentence()} for each in read if each.reason is not None]


def _at_stop(made: Timetable, asked: argparse.Namespace, days: Mapping[str, date]) -> dict[str, Any]:
    stops = _stops(made, asked.stop)
    if asked.hour is not None and asked.hour >= 24:
        found = departures.of_service_day(made, days, stops)
    else:
        found = departures.of_clock_day(made, days, stops)
    if asked.hour is not None:
        found = found.chosen(found.at_s // 3600 == asked.hour)
    rows = departures.as_frame(made, found)
    rows.insert(0, "time", [clock_text(at) for at in rows["departure_s"]])
    named = made.stops.loc[stops, ["stop_id", "name_ja", "platform_code", "lon", "lat"]]
    return {"stops": _records(named), "departures": _records(rows)}


def _tell_departures(found: Mapping[str, Any]) -> None:
    title = "、".join(dict.fromkeys(str(stop["name_ja"] or stop["stop_id"]) for stop in found["stops"]))
    heads = [say(f"departures.{name}") for name in ("time", "platform", "line", "headsign", "stop", "remark")]
    written(title, heads, [_line(row) for row in found["departures"]])


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    remarks = [say("departures.by_headway")] if row["is_by_headway"] else []
    remarks += [say("departures.day_before")] if row["days_before"] else []
    texts = (row["time"], row["platform_code"], row["route"], row["headsign"], row["stop_id"])
    return (*(str(each or "") for each in texts), "　".join(remarks))


def _by_hour(made: Timetable, hour: int | None, days: Mapping[str, date]) -> dict[str, Any]:
    counts = departures.by_hour(made, days)
    if hour is not None:
        kept = np.zeros_like(counts)
        if 0 <= hour < counts.shape[1]:
            kept[:, hour] = counts[:, hour]
        counts = kept
    stop, at = np.nonzero(counts)
    ids, names = (made.stops[name].to_numpy(object) for name in ("stop_id", "name_ja"))
    return {
        "hours": [
            {"stop_id": ids[s], "stop_name_ja": names[s], "hour": h, "departures": int(counts[s, h])}
            for s, h in zip(stop.tolist(), at.tolist(), strict=True)
        ]
    }


def _tell_hours(hours: Sequence[Mapping[str, Any]]) -> None:
    """The stops with most departures, hours as columns."""
    counts: dict[str, dict[int, int]] = {}
    for each in hours:
        counts.setdefault(each["stop_id"], {})[each["hour"]] = each["departures"]
    if not counts:
        return
    names = {each["stop_id"]: str(each["stop_name_ja"] or each["stop_id"]) for each in hours}
    shown = range(min(each["hour"] for each in hours), max(each["hour"] for each in hours) + 1)
    busiest = sorted(counts, key=lambda stop: -sum(counts[stop].values()))[:MOST_STOPS]
    # One column for all hours: a narrow screen would take the names away first.
    rows = [(names[stop], f"{sum(counts[stop].values()):,}", _aligned(counts[stop].get, shown)) for stop in busiest]
    total = sum(each["departures"] for each in hours)
    heads = (say("departures.stop"), say("departures.sum"), _aligned(lambda hour: hour, shown))
    written(say("departures.by_hour", stops=len(counts), sum=total), heads, rows)


def _aligned(value: Callable[[int], int | None], hours: Iterable[int]) -> str:
    return " ".join(f"{'' if (found := value(hour)) is None else found:>2}" for hour in hours)


def _stops(made: Timetable, text: str) -> Positions:
    """The stop that was named with its platforms, or all stops of its name."""
    found = departures.find(made, text)
    if not len(found):
        raise EventRefused("transit_no_stop", value=text)
    return np.unique(np.concatenate([departures.platforms(made, int(each)) for each in found])).astype(np.int32)


def clock_text(seconds: int) -> str:
    """Hours and minutes; past midnight of the service day 24 and more."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _tell_days(days: Mapping[str, date]) -> None:
    for feed_id, day in days.items():
        kind = say(f"day_type.{services.day_type(day)}")
        tell(say("departures.day", feed=feed_id, day=day.isoformat(), kind=kind))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: what is not known is null."""
    plain = frame.astype(object)
    return [
        {str(key): value for key, value in row.items()} for row in plain.where(plain.notna(), None).to_dict("records")
    ]
