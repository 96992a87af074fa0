"""Departures of stops: on a day of service, and as a clock on the wall shows them.

A departure is a call at which somebody can get on: not the last one of a trip, and not one with pickup_type 1. By
arrangement (2, 3) is possible. A trip of frequencies.txt departs at its calls as often as its headway says, each time
before the end of its period; where the headway is not exact (exact_times 0) such a departure is marked `is_by_headway`:
it is about as likely as its time is wrong. Seconds count from noon minus 12 h and go past 86,400.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit import services
from otsu_maps.transit.distance import metres
from otsu_maps.transit.services import Day
from otsu_maps.transit.timetable import Flags, Positions, Timetable

DAY_S = 86_400
HOURS = 30
"""Hours of a day of service that a table shows at least: until 5:59 of the next morning."""

SAME_PLACE_M = 150.0
"""Poles of one name so near to each other are one place to a passenger: assumed, about the two sides of a crossing."""

Calls = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Departures:
    """Departures as columns of one length, by time. `call`, `trip`, `stop`: positions; `at_s`: seconds.

    `days_before`: 0 for trips of the day itself, 1 for those of the day before that run past its midnight, and so on.
    """

    call: Calls
    trip: Positions
    stop: Positions
    at_s: npt.NDArray[np.int64]
    is_by_headway: Flags
    days_before: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.call)

    def chosen(self, wanted: Flags | npt.NDArray[np.intp] | slice) -> Departures:
        """Those of them, in their order."""
        return Departures(
            self.call[wanted],
            self.trip[wanted],
            self.stop[wanted],
            self.at_s[wanted],
            self.is_by_headway[wanted],
            self.days_before[wanted],
        )


def of_service_day(timetable: Timetable, on: Day, stops: Sequence[int] | Positions | None = None) -> Departures:
    """Departures of the trips of a day of service at some stops, or at all; `at_s` goes past 86,400.

    By time, then by call. `stops`: positions; a station stands for itself alone here, see `platforms`.
    """
    return _departures(timetable, services.runs_on(timetable, on), _calls_at(timetable, stops), 0)


def of_clock_day(timetable: Timetable, on: Day, stops: Sequence[int] | Positions | None = None) -> Departures:
    """Departures from 0:00 to 23:59:59 of a day, with those of trips of the days before; `at_s` is below 86,400."""
    calls = _calls_at(timetable, stops)
    found = []
    for before in range(timetable.last_s // DAY_S + 1):
        one = _departures(timetable, services.runs_on(timetable, on, before), calls, before)
        found.append(one.chosen((one.at_s >= 0) & (one.at_s < DAY_S)))
    if len(found) == 1:
        return found[0]
    whole = Departures(
        np.concatenate([each.call for each in found]),
        np.concatenate([each.trip for each in found]),
        np.concatenate([each.stop for each in found]),
        np.concatenate([each.at_s for each in found]),
        np.concatenate([each.is_by_headway for each in found]),
        np.concatenate([each.days_before for each in found]),
    )
    return whole.chosen(np.argsort(whole.at_s, kind="stable"))


def by_hour(timetable: Timetable, on: Day, *, is_clock: bool = False) -> npt.NDArray[np.int32]:
    """[stop, hour]: how many departures; of the day of service 30 hours or more (until the last one), else 24.

    `is_clock`: those of `of_clock_day`.
    """
    most = timetable.last_s // DAY_S + 1 if is_clock else 1
    hours = 24 if is_clock else max(HOURS, timetable.last_s // 3600 + 1)
    counts = np.zeros(len(timetable.stops) * hours, np.int64)
    calls, often = timetable.calls, timetable.repeats
    for before in range(most):
        runs = services.runs_on(timetable, on, before)
        at = np.flatnonzero((runs & ~often.has)[calls.trip] & calls.can_board & ~calls.is_last)
        _count(counts, calls.stop[at], calls.departure_s[at].astype(np.int64) - before * DAY_S, hours, is_clock)
        if often.has.any():
            more = _departures(timetable, runs & often.has, None, before)
            _count(counts, more.stop, more.at_s, hours, is_clock)
    return counts.reshape(-1, hours).astype(np.int32)


def as_frame(timetable: Timetable, found: Departures) -> pd.DataFrame:
    """Departures in words, a row each; texts are None where there is none.

    departure_s, stop_id, stop_name_ja, platform_code, route_id, route (what people call it), headsign, direction_id,
    trip_id, days_before, is_by_headway.
    """
    stops, trips = timetable.stops, timetable.trips
    route = trips["route"].to_numpy()[found.trip]
    return pd.DataFrame(
        {
            "departure_s": found.at_s,
            "stop_id": stops["stop_id"].to_numpy(object)[found.stop],
            "stop_name_ja": stops["name_ja"].to_numpy(object)[found.stop],
            "platform_code": stops["platform_code"].to_numpy(object)[found.stop],
            "route_id": timetable.routes["route_id"].to_numpy(object)[route],
            "route": route_names(timetable)[route],
            "headsign": timetable.headsign_of(found.call, found.trip),
            "direction_id": trips["direction_id"].array[found.trip],
            "trip_id": trips["trip_id"].to_numpy(object)[found.trip],
            "days_before": found.days_before,
            "is_by_headway": found.is_by_headway,
        }
    )


def route_names(timetable: Timetable) -> npt.NDArray[np.object_]:
    """What people call each line: its short name, else its long one, None where it has neither."""
    short, long = (timetable.routes[name].to_numpy(object) for name in ("short_name", "long_name"))
    return np.where([each is None for each in short], long, short)


def platforms(timetable: Timetable, stop: int) -> Positions:
    """A stop, and where it is a station all that is part of it: platforms and their boarding areas."""
    first, order = timetable.children
    found, fresh = [stop], [stop]
    while fresh:
        fresh = [int(each) for at in fresh for each in order[first[at] : first[at + 1]] if each not in found]
        found += fresh
    return np.array(found, np.int32)


def place(timetable: Timetable, stop: int, within_m: float = SAME_PLACE_M) -> Positions:
    """A stop with all that a passenger takes for the same one: `platforms` of every stop of its name within metres."""
    name = timetable.stops["name_ja"].iat[stop]
    same = np.flatnonzero(timetable.stops["name_ja"].to_numpy(object) == name) if name else np.array([stop])
    lon, lat = (timetable.stops[axis].to_numpy() for axis in ("lon", "lat"))
    near = same[metres(lon[same], lat[same], lon[stop], lat[stop]) <= within_m]
    found = [platforms(timetable, int(each)) for each in {stop, *near.tolist()}]
    return np.unique(np.concatenate(found)).astype(np.int32)


def find(timetable: Timetable, text: str) -> Positions:
    """The stops that a person means: by id with or without its feed, else by name (either language), else by a part."""
    ids = timetable.stops["stop_id"]
    bare = ids.str.split(":", n=1).str[-1]
    names = [timetable.stops[name].map(_plain) for name in ("name_ja", "name_en")]
    wanted = _plain(text)
    for found in (
        ids == text,
        bare == text,
        (names[0] == wanted) | (names[1] == wanted),
        names[0].str.contains(wanted, regex=False) | names[1].str.contains(wanted, regex=False),
    ):
        if text.strip() and found.any():
            return np.flatnonzero(found.to_numpy(bool)).astype(np.int32)
    return np.zeros(0, np.int32)


def _plain(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def _calls_at(timetable: Timetable, stops: Sequence[int] | Positions | None) -> Calls | None:
    if stops is None:
        return None
    first, order = timetable.by_stop
    parts = [order[first[stop] : first[stop + 1]] for stop in dict.fromkeys(map(int, stops))]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _departures(timetable: Timetable, runs: Flags, calls: Calls | None, before: int) -> Departures:
    held = timetable.calls
    trip = held.trip if calls is None else held.trip[calls]
    at = slice(None) if calls is None else calls
    usable = np.flatnonzero(runs[trip] & held.can_board[at] & ~held.is_last[at])
    call = usable if calls is None else calls[usable]
    trip = trip[usable]
    moment = held.departure_s[call].astype(np.int64)
    often = timetable.repeats
    is_by_headway = np.zeros(len(call), bool)
    if often.has[trip].any():
        rows, shift, is_by_headway = often.expanded(trip)
        call, trip, moment = call[rows], trip[rows], moment[rows] + shift
    moment = moment - before * DAY_S
    order = np.lexsort((call, moment))
    days = np.full(len(call), before, np.int8)
    return Departures(call[order], trip[order], held.stop[call[order]], moment[order], is_by_headway[order], days)


def _count(
    counts: npt.NDArray[np.int64], stops: Positions, moments: npt.NDArray[np.int64], hours: int, is_clock: bool
) -> None:
    hour = moments // 3600
    if is_clock:
        inside = (hour >= 0) & (hour < hours)
        stops, hour = stops[inside], hour[inside]
    counts += np.bincount(stops * np.int64(hours) + hour, minlength=len(counts))
