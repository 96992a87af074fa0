"""The timetable of a stop as people read it there (時刻表): by hour, minutes with a mark for line and destination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, product
from string import ascii_lowercase

import pandas as pd

from otsu_maps.transit import departures, services
from otsu_maps.transit.names import named
from otsu_maps.transit.services import TypicalDay
from otsu_maps.transit.timetable import Positions, Timetable

STOP, LINE, HEADSIGN = "stop", "line", "headsign"

Words = Mapping[tuple[str, str, str], str]
"""Texts of feeds in another language: by feed_id, what is named (STOP, LINE, HEADSIGN) and its text."""

Way = tuple[str, str]
"""A line and where it goes, as they are shown; '' where the feed does not say."""


@dataclass(frozen=True)
class Minute:
    """One departure. `hour` is that of the day of service, 24 and more after midnight; `is_by_headway`: about then."""

    hour: int
    minute: int
    way: Way
    is_by_headway: bool


@dataclass(frozen=True)
class Day:
    """A kind of day: which days of which feeds stand for it, and its departures by time.

    `typical` has the feeds whose trips stop here; one that runs on no such day is among them with `on` None.
    """

    day_type: str
    typical: tuple[TypicalDay, ...]
    minutes: tuple[Minute, ...]


@dataclass(frozen=True)
class StopBoard:
    """What stands at a stop. `marks`: the most usual way has none (''), the others a letter each, the more usual first.

    `valid`: first and last day of the calendars of its feeds that all of them hold.
    """

    stop: int
    name: str
    platform: str
    days: tuple[Day, ...]
    marks: dict[Way, str]
    valid: tuple[date, date] | None

    @property
    def hours(self) -> range:
        """From the first hour with a departure to the last one, over all kinds of day."""
        found = [each.hour for day in self.days for each in day.minutes]
        return range(min(found), max(found) + 1) if found else range(0)


def board(
    timetable: Timetable,
    stop: int,
    day_types: Sequence[str] = services.DAY_TYPES,
    words: Words | None = None,
    stops: Positions | None = None,
) -> StopBoard:
    """The board of a stop (position), or of several `stops` under the name of the first.

    `words` translate its texts; what they lack stays as it is. Departures are those of the typical day of each feed.
    """
    said = words or {}
    held = departures.platforms(timetable, stop) if stops is None else stops
    days = tuple(_day(timetable, held, kind, said) for kind in day_types)
    ways = Counter(each.way for day in days for each in day.minutes)
    usual = sorted(ways, key=lambda way: -ways[way])  # of two as usual, the one that leaves first: in any language
    row = timetable.stops.iloc[stop]
    name = str(row["name_ja"] or row["stop_id"])
    spans = services.validity(timetable)
    feeds = {each.feed_id for day in days for each in day.typical}
    ends = [spans[feed] for feed in sorted(feeds) if feed in spans]
    valid = (max(first for first, _ in ends), min(last for _, last in ends)) if ends else None
    return StopBoard(
        stop=stop,
        name=said.get((str(row["feed_id"]), STOP, name), name),
        platform=str(row["platform_code"] or ""),
        days=days,
        marks=dict(zip(usual, _letters(len(usual)), strict=True)),
        valid=valid if valid and valid[0] <= valid[1] else None,
    )


def words_of(tables: Mapping[str, pd.DataFrame], timetable: Timetable, lang: str) -> dict[tuple[str, str, str], str]:
    """Texts of stops, lines and destinations in `lang` for `board`, as translations.txt has them.

    `tables`: those of `tables.side_by_side` or of a snapshot, of which the timetable was made. A destination that is
    translated nowhere but bears the name of a stop takes the stop's name.
    """
    said = tables["translation"]
    found: dict[tuple[str, str, str], str] = {}
    calls = pd.DataFrame({"feed_id": "", "headsign": list(timetable.headsigns)})
    feeds = timetable.stops["feed_id"].unique()
    calls = pd.concat([calls.assign(feed_id=feed) for feed in feeds], ignore_index=True) if len(feeds) else calls
    for what, frame, table, key, field in (
        (STOP, timetable.stops, "stops", "stop_id", "name_ja"),
        (LINE, timetable.routes, "routes", "route_id", "short_name"),
        (LINE, timetable.routes, "routes", "route_id", "long_name"),
        (HEADSIGN, timetable.trips, "trips", "trip_id", "headsign"),
        (HEADSIGN, calls, "stop_times", None, "headsign"),
        (HEADSIGN, timetable.stops, "stops", "stop_id", "name_ja"),
    ):
        # The first word wins: a stop lends its name to a destination last.
        for feed, text, word in zip(
            frame["feed_id"], frame[field], named(frame, said, table, key, (field,), lang), strict=True
        ):
            if text is not None and word is not None:
                found.setdefault((feed, what, text), str(word))
    return found


def _day(timetable: Timetable, stops: Positions, kind: str, words: Words) -> Day:
    typical = services.typical_days(timetable, kind)
    found = departures.of_service_day(timetable, services.plan(typical), stops)
    rows = departures.as_frame(timetable, found)
    feeds = timetable.trips["feed_id"].to_numpy(object)[found.trip]
    minutes = [
        Minute(
            int(at) // 3600,
            int(at) // 60 % 60,
            (_said(words, feed, LINE, line), _said(words, feed, HEADSIGN, headsign)),
            bool(is_by_headway),
        )
        for at, feed, line, headsign, is_by_headway in zip(
            found.at_s, feeds, rows["route"], rows["headsign"], found.is_by_headway, strict=True
        )
    ]
    first, calls = timetable.by_stop
    here = {
        str(feed)
        for stop in stops
        for feed in timetable.trips["feed_id"].to_numpy(object)[
            timetable.calls.trip[calls[first[stop] : first[stop + 1]]]
        ]
    }
    return Day(kind, tuple(typical[feed] for feed in sorted(here)), tuple(minutes))


def _said(words: Words, feed: str, what: str, text: str | None) -> str:
    return words.get((feed, what, text), text) if text else ""


def _letters(many: int) -> list[str]:
    """'', a, b ... z, aa, ab ..."""
    found = [""]
    for length in count(1):
        for letters in product(ascii_lowercase, repeat=length):
            if len(found) >= many:
                return found[:many]
            found.append("".join(letters))
    return found
