"""`otsu-maps transit reach`: from one place to all stops, straight from the files of feeds, without a snapshot."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from otsu_maps import config, geo
from otsu_maps.commands.feeds import UNUSED, read_files
from otsu_maps.commands.given import print_json
from otsu_maps.errors import EventRefused, FileRefused
from otsu_maps.i18n import say
from otsu_maps.terminal import tell, written
from otsu_maps.transit import departures, network, tables, travel
from otsu_maps.transit.network import Network
from otsu_maps.transit.places import Place, at_place, at_stops
from otsu_maps.transit.raptor import NEVER, Open
from otsu_maps.transit.timetable import Positions, Timetable

GOOD, LOOK = 0, 1

MOST_STOPS = 40
"""Stops on the screen, the nearest in time; `--json` gives all of them."""

SHOWN = ("stop_name_ja", "minutes", "arrives", "leaves", "rides", "minutes_p90", "planned_minutes", "share_reached")
"""Columns of the screen; `--json` has more."""

MOST_MIN = 24 * 60

Numbers = npt.NDArray[np.integer]

_PLACE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*")
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)")


def add(inner: Any) -> None:
    """Add the command to the group `transit`."""
    about = say("cli.transit_reach")
    one = inner.add_parser("reach", help=about, description=about)
    one.set_defaults(run=_reach)
    one.add_argument("feeds", metavar="FEED.zip", nargs="+", help=say("cli.transit_feeds"))
    one.add_argument(
        "--from", "--to", dest="place", metavar="LON,LAT|ID|NAME", required=True, help=say("cli.reach_from")
    )
    one.add_argument("--date", metavar="YYYY-MM-DD", help=say("cli.transit_date"))
    when = one.add_mutually_exclusive_group(required=True)
    when.add_argument("--at", metavar="HH:MM", help=say("cli.reach_at"))
    when.add_argument("--by", metavar="HH:MM", help=say("cli.reach_by"))
    when.add_argument("--window", metavar="HH:MM-HH:MM", help=say("cli.reach_window"))
    one.add_argument("--without-route", action="append", default=[], metavar="ID|NAME", help=say("cli.reach_no_route"))
    one.add_argument("--without-stop", action="append", default=[], metavar="ID|NAME", help=say("cli.reach_no_stop"))
    one.add_argument("--max-min", type=int, default=60, metavar="MINUTES", help=say("cli.reach_max"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _reach(asked: argparse.Namespace) -> int:
    """Exit codes: 0 told, 1 a file was no feed or no other stop is reached, 2 refused."""
    from otsu_maps.commands.transit import clock_text, day_of, days_of, refused_json

    on = day_of(asked.date)
    if not 1 <= asked.max_min <= MOST_MIN:
        raise EventRefused("reach_bad_minutes", value=asked.max_min, most=MOST_MIN)
    within_s = asked.max_min * 60
    times = _times(asked)
    read = read_files(asked.feeds, UNUSED)
    for each in read:
        if each.reason is not None:
            tell(say("feeds.refused", file=each.file, reason=each.reason.sentence()), "bold red")
    feeds = [feed for each in read for feed in each.feeds]
    if not feeds:
        raise FileRefused("transit_no_feed", count=len(asked.feeds))
    made = tables.of_feeds(feeds)
    days = days_of(made, on)
    net = network.of_day(made, days, _plane(made))
    usable = net.without(
        routes=[each for text in asked.without_route for each in _routes(made, text)],
        stops=[each for text in asked.without_stop for each in _stops(made, text).tolist()],
    )
    place = _place(net, asked.place, usable)
    if asked.at:
        found = _leaving(net, place, times[0], within_s, usable)
    elif asked.by:
        found = _by(net, place, times[0], within_s, usable)
    else:
        found = _window(net, place, times, within_s, usable)
    for row in found:
        row |= {key: clock_text(row.pop(f"{key}_s")) for key in ("arrives", "leaves") if f"{key}_s" in row}
    if asked.json:
        about = {"place": asked.place, "at": asked.at, "by": asked.by, "window": asked.window}
        walking = asdict(net.walking)
        print_json(
            about
            | {
                "max_min": asked.max_min,
                "days": days,
                "walking": walking,
                "stops": found,
                "refused": refused_json(read),
            }
        )
    else:
        _tell(found, asked)
    is_alone = not any(row["minutes"] for row in found)
    if is_alone:
        tell(say("reach.nothing", minutes=asked.max_min), "bold red")
    return LOOK if is_alone or any(each.reason for each in read) else GOOD


def _leaving(net: Network, place: Place, start_s: int, within_s: int, usable: Open) -> list[dict[str, Any]]:
    reached = travel.earliest(net, place, start_s, usable, within_s)
    return _rows(
        net,
        np.flatnonzero(reached.at_s < NEVER),
        minutes=reached.travel_s / 60,
        arrives_s=reached.at_s,
        rides=reached.rides,
    )


def _by(net: Network, place: Place, by_s: int, within_s: int, usable: Open) -> list[dict[str, Any]]:
    leaving = travel.latest(net, place, by_s, usable, within_s)
    return _rows(
        net,
        np.flatnonzero(leaving.leave_s > -NEVER),
        minutes=(by_s - leaving.leave_s) / 60,
        leaves_s=leaving.leave_s,
        rides=leaving.rides,
    )


def _window(net: Network, place: Place, times: Sequence[int], within_s: int, usable: Open) -> list[dict[str, Any]]:
    """Median and 90th percentile of the minutes, null where fewer departures arrive in time."""
    window = travel.window(net, place, times[0], times[1], usable, within_s)
    share = window.share_reached
    rows = _rows(net, np.flatnonzero(share > 0), minutes=window.travel_s(0.5) / 60)
    figures = {
        "minutes_p90": window.travel_s(0.9),
        "planned_minutes": window.travel_s(0.5, is_planned=True),
        "planned_minutes_p90": window.travel_s(0.9, is_planned=True),
    }
    for row, stop in zip(rows, _order(np.flatnonzero(share > 0), window.travel_s(0.5)), strict=True):
        row |= {key: _minutes(values[stop] / 60) for key, values in figures.items()}
        row["share_reached"] = round(float(share[stop]), 3)
    return rows


def _order(stops: Numbers, by: np.ndarray) -> list[int]:
    return sorted(stops.tolist(), key=lambda stop: (by[stop], stop))


def _rows(net: Network, stops: Numbers, minutes: np.ndarray, **more: np.ndarray) -> list[dict[str, Any]]:
    named = net.timetable.stops
    ids, names, lon, lat = (named[name].to_numpy(object) for name in ("stop_id", "name_ja", "lon", "lat"))
    return [
        {
            "stop_id": ids[stop],
            "stop_name_ja": names[stop],
            "lon": None if np.isnan(lon[stop]) else lon[stop],
            "lat": None if np.isnan(lat[stop]) else lat[stop],
            "minutes": _minutes(minutes[stop]),
            **{key: int(values[stop]) for key, values in more.items()},
        }
        for stop in _order(stops, minutes)
    ]


def _minutes(value: float) -> float | None:
    return None if value >= NEVER / 60 else round(float(value), 1)


def _tell(found: list[dict[str, Any]], asked: argparse.Namespace) -> None:
    columns = [key for key in SHOWN if found and key in found[0]]
    title = say("reach.title", count=len(found), minutes=asked.max_min)
    heads = [say(f"reach.{key}") for key in columns]
    rows = [[_cell(row[key]) for key in columns] for row in found[:MOST_STOPS]]
    written(title, heads, rows)
    tell(say("reach.walking"))


def _cell(value: Any) -> str:
    return say("reach.too_long") if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _times(asked: argparse.Namespace) -> list[int]:
    """Seconds of the times that were typed. Raises EventRefused."""
    text = asked.at or asked.by or asked.window
    parts = text.split("-") if asked.window else [text]
    found = [int(hit[1]) * 3600 + int(hit[2]) * 60 for hit in map(_TIME.fullmatch, parts) if hit]
    is_window = len(found) == 2 and found[0] < found[1] <= found[0] + 86400
    if len(found) != len(parts) or (asked.window and not is_window):
        raise EventRefused("reach_bad_window" if asked.window else "reach_bad_time", value=text)
    return found


def _place(net: Network, text: str, usable: Open) -> Place:
    if hit := _PLACE.fullmatch(text):
        lon, lat = float(hit[1]), float(hit[2])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise EventRefused("reach_bad_place", value=text)
        return at_place(net, lon, lat)
    return at_stops(net, _stops(net.timetable, text).tolist(), usable)


def _stops(made: Timetable, text: str) -> Positions:
    """The stop that was named with its platforms, or all stops of its name. Raises EventRefused."""
    found = departures.find(made, text)
    if not len(found):
        raise EventRefused("transit_no_stop", value=text)
    return np.unique(np.concatenate([departures.platforms(made, int(each)) for each in found])).astype(np.int32)


def _routes(made: Timetable, text: str) -> list[int]:
    """Routes by id, with or without their feed, else by name. Raises EventRefused."""
    ids = made.routes["route_id"]
    by_name = (made.routes["short_name"] == text) | (made.routes["long_name"] == text)
    for found in (ids == text, ids.str.split(":", n=1).str[-1] == text, by_name):
        if found.any():
            return np.flatnonzero(found.to_numpy(bool)).tolist()
    known = "、".join(dict.fromkeys(str(name) for name in made.routes["short_name"].dropna()))
    raise EventRefused("reach_no_route", value=text, known=known[:200])


def _plane(made: Timetable) -> int:
    """The city's plane, or for feeds from elsewhere the one there."""
    stops = made.stops.dropna(subset=["lon", "lat"])
    city = config.city().plane_epsg
    return geo.plane_of(float(stops["lon"].median()), float(stops["lat"].median()), city) if len(stops) else city
