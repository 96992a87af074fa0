"""What still goes from stops in hazard zones before a moment: the last departure, and the last way out of the zones.

Nothing left is said apart from nothing known: a stop of a timetable that does not speak of the day is UNKNOWN, never
"no bus any more", and never "a bus comes".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps import clock
from otsu_maps.realtime.records import CANCELED, DELETED
from otsu_maps.transit import disaster, live, services
from otsu_maps.transit.disaster import INSIDE, Where
from otsu_maps.transit.live import Known, Names
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import Flags, Timetable

GOES, NONE_LEFT, NO_SERVICE, STOPPED, UNKNOWN = "goes", "none_left", "no_service", "stopped", "unknown"
STATES = (UNKNOWN, STOPPED, NONE_LEFT, NO_SERVICE, GOES)
"""The gravest first. UNKNOWN: its timetable does not speak of that day. STOPPED: what would go is out of service.
NONE_LEFT: nothing goes any more before the moment. NO_SERVICE: nothing departs there on that day. GOES: something
still goes."""

Stops = npt.NDArray[np.int64]

LONGEST = timedelta(hours=24)
"""How far ahead a moment may lie."""


def last_chances(timetable: Timetable, now: datetime, before: datetime, where: Where, out: TakenOut) -> pd.DataFrame:
    """Each stop inside a zone at which something calls; `now` and `before` (at most LONGEST later) are UTC.

    stop (position), stop_id, stop_name_ja, platform_code, state (STATES); last_at, route, headsign: the last departure
    before the moment (NaT, None: none is left); more: departures of that day from the moment on; out_at, out_route,
    out_to_ja, out_arrives_at: the last vehicle that brings one out of the zones by then, without change. UTC. By state,
    then the earliest last departure. Raises ValueError for a moment that is past or too far ahead.
    """
    if not now <= before <= now + LONGEST:
        raise ValueError(f"{before} is not within {LONGEST} after {now}")
    stops = np.intersect1d(np.flatnonzero(where == INSIDE), np.unique(timetable.calls.stop))
    days = _days(now, before)
    last = _latest([_last(timetable, day, before, stops, out) for day in days])
    planned = last if not out.calls.any() else _latest([_last(timetable, day, before, stops) for day in days])
    way = _latest([_way(timetable, day, before, where, out) for day in days]).reindex(stops)
    way = way.where(way["moment"] >= now)
    is_left = (last["moment"] >= now).to_numpy(bool)
    table = pd.DataFrame(
        {
            "stop": stops,
            **{name: last[name].to_numpy(object) for name in ("stop_id", "stop_name_ja", "platform_code")},
            "state": _states(timetable, stops, days, now, last["moment"], planned),
            "last_at": last["moment"].where(is_left).to_numpy(),
            **{name: _where(is_left, last[name]) for name in ("route", "headsign")},
            "more": last["more"].to_numpy(np.int64),
            "out_at": way["moment"].to_numpy(),
            "out_route": way["route"].to_numpy(object),
            "out_to_ja": way["to_name_ja"].to_numpy(object),
            "out_arrives_at": way["arrives"].to_numpy(),
        }
    )
    rank = table["state"].map(STATES.index)
    order = pd.DataFrame({"rank": rank, "at": table["last_at"], "stop": stops}).sort_values(["rank", "at", "stop"])
    return table.loc[order.index].reset_index(drop=True)


def without_cancelled(names: Names, out: TakenOut, known: Known) -> TakenOut:
    """What does not run, with what operators say now that it will not come: trips cancelled, stops left out.

    Such a trip counts as gone on the day after too: rather one bus too few.
    """
    calls = names.timetable.calls
    gone = out.calls.copy()
    for (trip, on), update in known.updates.items():
        here = slice(int(calls.first[trip]), int(calls.first[trip + 1]))
        if update.relationship in (CANCELED, DELETED):
            gone[here] = True
        else:
            gone[here] |= live.delays(names, trip, update, live.day_start_s(on))[1]
    return replace(out, calls=gone)


def trips_touched(timetable: Timetable, out: TakenOut) -> list[int]:
    """Trips of which some calls are out of service, though neither their line nor the stop is.

    A search through the network knows no line at a stop and no single call: without these trips it says rather one way
    too few.
    """
    route = timetable.trips["route"].to_numpy()[timetable.calls.trip]
    here = out.calls & ~out.routes[route] & ~out.stops[timetable.calls.stop]
    return [int(each) for each in np.unique(timetable.calls.trip[here])]


def _states(
    timetable: Timetable, stops: Stops, days: list[date], now: datetime, last: pd.Series, planned: pd.DataFrame
) -> list[str]:
    spoken = services.validity(timetable)
    speaks = {feed for feed, (first, until) in spoken.items() if first <= days[0] and days[-1] <= until}
    feeds = timetable.stops["feed_id"].to_numpy(object)[stops]
    found = []
    for feed, at, due, more in zip(feeds, last, planned["moment"], planned["more"], strict=True):
        if str(feed) not in speaks:
            found.append(UNKNOWN)
        elif at >= now:
            found.append(GOES)
        elif due >= now:
            found.append(STOPPED)
        else:
            found.append(NO_SERVICE if pd.isna(due) and not more else NONE_LEFT)
    return found


def _days(now: datetime, before: datetime) -> list[date]:
    """The days here from now until the moment, one or two."""
    first, last = clock.to_shown(now).date(), clock.to_shown(before).date()
    return [first] if first == last else [first, last]


def _seconds(day: date, moment: datetime) -> int:
    """A moment as a timetable counts it on a day."""
    return int(live.posix(moment)) - live.day_start_s(day)


def _last(timetable: Timetable, day: date, before: datetime, stops: Stops, out: TakenOut | None = None) -> pd.DataFrame:
    found = disaster.last_departures(timetable, day, _seconds(day, before), stops.tolist(), out)
    return found.assign(moment=_moments(found["departure_s"], day)).set_index("stop")


def _way(timetable: Timetable, day: date, before: datetime, where: Where, out: TakenOut) -> pd.DataFrame:
    found = disaster.last_way_out(timetable, day, _seconds(day, before), where, out)
    moments = {"moment": _moments(found["departure_s"], day), "arrives": _moments(found["arrival_s"], day)}
    return found.assign(**moments).set_index("stop")


def _moments(seconds: pd.Series, day: date) -> pd.Series:
    start = pd.Timestamp(clock.from_timestamp(live.day_start_s(day)))
    known = seconds.to_numpy("float64", na_value=np.nan)
    return pd.Series(start + pd.to_timedelta(known, unit="s"), seconds.index)


def _where(wanted: Flags, values: pd.Series) -> list[object]:
    return [value if is_wanted else None for is_wanted, value in zip(wanted, values, strict=True)]


def _latest(by_day: list[pd.DataFrame]) -> pd.DataFrame:
    """Of each stop the row of the last day that has a departure; `more`, where it is told, is that of the last day."""
    found = by_day[-1]
    for earlier in by_day[-2::-1]:
        merged = found.where(found["moment"].notna(), earlier)
        found = merged.assign(more=found["more"]) if "more" in found else merged
    return found
