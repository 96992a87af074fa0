"""What departs next at the busiest stop of each district: for the screens in halls.

The busiest stop of a district is the one with the most departures in an ordinary week; the busiest of these comes first
and is that of the city. Feeds whose calendar has ended do not count. What is out of service is left out, and how many
departures that are is told. A time of which nobody tells anything now is a time of the timetable, never "on time".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps import clock
from otsu_maps.public.record import Board, Departure
from otsu_maps.realtime.now import Latest
from otsu_maps.transit import departures, live, services, stop_board, suspensions, tables
from otsu_maps.transit.live import Known, Names
from otsu_maps.transit.next_departures import Next, next_departures
from otsu_maps.transit.stop_board import HEADSIGN, LINE, Words
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import NONE, Timetable

AHEAD = timedelta(hours=2)
MOST = 6
"""Departures of a stop: as many as can be read on a screen."""

WEEK = {services.WEEKDAY: 5, services.SATURDAY: 1, services.HOLIDAY: 1}
"""Days of each kind in an ordinary week."""


@dataclass(frozen=True)
class Stop:
    """A stop as passengers know it. `poles`: positions; `is_shared`: lines of several operators depart here."""

    poles: tuple[int, ...]
    stop_id: str
    name_ja: str
    name_en: str | None
    district_id: str | None
    is_shared: bool


class Stops:
    """The stops of a snapshot. `districts`: of each stop_id, None: in none; `english`: texts of feeds, by stop_board.

    Make one a snapshot and keep it.
    """

    def __init__(self, timetable: Timetable, districts: Mapping[str, str | None], english: Words) -> None:
        self.names, self.english = Names(timetable), english
        self._districts = districts
        self._busiest: tuple[date, tuple[Stop, ...]] | None = None

    def busiest(self, on: date) -> tuple[Stop, ...]:
        """As `busiest`, worked out once a day."""
        if self._busiest is None or self._busiest[0] != on:
            self._busiest = on, busiest(self.names.timetable, self._districts, on)
        return self._busiest[1]


def read(found: Mapping[str, pd.DataFrame], districts: Mapping[str, str | None]) -> Stops:
    """Of the tables of a snapshot (queries.transit.timetable_tables). `districts`: of each stop_id, None: in none."""
    timetable = tables.timetable(found)
    return Stops(timetable, districts, stop_board.words_of(found, timetable, "en"))


def busiest(timetable: Timetable, districts: Mapping[str, str | None], on: date) -> tuple[Stop, ...]:
    """The busiest stop of each district, the busiest first; stops outside all districts only where none lies in one.

    Only feeds whose calendar speaks of `on` count: those that ended or have not begun have nothing to show.
    """
    weekly = _weekly(timetable, on)
    ids = timetable.stops["stop_id"]
    best: dict[str | None, tuple[int, Stop]] = {}
    seen: set[int] = set()
    for at in sorted(np.flatnonzero(weekly).tolist(), key=lambda at: (-weekly[at], ids.iat[at])):
        if at in seen:
            continue
        poles = [at, *(int(pole) for pole in departures.place(timetable, at) if weekly[pole] and pole != at)]
        poles = [pole for pole in poles if pole not in seen]
        seen |= set(poles)
        district_id, often = districts.get(str(ids.iat[at])), int(weekly[poles].sum())
        if district_id not in best or often > best[district_id][0]:
            best[district_id] = often, _stop(timetable, poles, district_id)
    if len(best) > 1:
        best.pop(None, None)
    return tuple(stop for _, stop in sorted(best.values(), key=lambda each: (-each[0], each[1].stop_id)))


def boards(
    stops: Stops, at: datetime, suspended: Iterable[Mapping[str, Any]], told: Latest, limit: timedelta
) -> tuple[Board, ...]:
    """What departs next at each of them (`at`: UTC), also where that is nothing.

    `suspended`: the services of Situation; `told`: what operators told last, which says something of now until it is
    `limit` old.
    """
    known = live.known(stops.names, told, at, limit)
    out = suspensions.taken_out(stops.names.timetable, suspensions.current(suspended))
    found = stops.busiest(clock.to_shown(at).date())
    return tuple(_board(stops, each, at, known, out) for each in found)


def _weekly(timetable: Timetable, on: date) -> npt.NDArray[np.int64]:
    """Departures of each stop in an ordinary week of the feeds that run about a day."""
    valid = {feed_id for feed_id, (first, last) in services.validity(timetable).items() if first <= on <= last}
    found = np.zeros(len(timetable.stops), np.int64)
    for kind, days in WEEK.items() if len(timetable.trips) else ():
        typical = services.plan(services.typical_days(timetable, kind))
        plan = {feed_id: day for feed_id, day in typical.items() if feed_id in valid}
        found += days * departures.by_hour(timetable, plan).sum(axis=1)
    return found


def _stop(timetable: Timetable, poles: list[int], district_id: str | None) -> Stop:
    row = timetable.stops.iloc[poles[0]]
    first, calls = timetable.by_stop
    here = np.concatenate([calls[first[pole] : first[pole + 1]] for pole in poles])
    lines = np.unique(timetable.trips["route"].to_numpy()[timetable.calls.trip[here]])
    return Stop(
        poles=tuple(poles),
        stop_id=str(row["stop_id"]),
        name_ja=str(row["name_ja"] or row["stop_id"]),
        name_en=row["name_en"],
        district_id=district_id,
        is_shared=timetable.routes["agency_ja"].iloc[lines].nunique() > 1,
    )


def _board(stops: Stops, stop: Stop, at: datetime, known: Known, out: TakenOut) -> Board:
    found = next_departures(stops.names, stop.poles, at, MOST, known, out, ahead=AHEAD)
    told = [_departure(stops, stop, each, is_cancelled=False) for each in found.next]
    told += [_departure(stops, stop, each, is_cancelled=True) for each in found.cancelled]
    soon = sorted((each for each in told if each.expected_at < at + AHEAD), key=lambda each: each.expected_at)
    return Board(
        stop_id=stop.stop_id,
        name_ja=stop.name_ja,
        name_en=stop.name_en,
        district_id=stop.district_id,
        suspended=found.suspended,
        next=tuple(soon[:MOST]),
    )


def _departure(stops: Stops, stop: Stop, each: Next, *, is_cancelled: bool) -> Departure:
    timetable, english = stops.names.timetable, stops.english
    line: str | None = None
    operator: str | None = None
    towards, feed = each.headsign, ""
    if each.route != NONE:
        row = timetable.routes.iloc[each.route]
        line, operator, feed = row["short_name"] or row["long_name"], row["agency_ja"], str(row["feed_id"])
    if towards is None and each.trip != NONE:
        last = timetable.calls.stop[timetable.calls.first[each.trip + 1] - 1]
        towards = timetable.stops["name_ja"].to_numpy(object)[last]
    return Departure(
        line_ja=line or operator,
        line_en=english.get((feed, LINE, line or "")),
        operator_ja=operator if line and stop.is_shared else None,
        towards_ja=towards,
        towards_en=english.get((feed, HEADSIGN, towards or "")),
        planned_at=each.planned_at,
        expected_at=each.expected_at,
        state=each.state,  # type: ignore[arg-type]  # checked by the type
        is_cancelled=is_cancelled,
        is_by_headway=each.is_by_headway,
    )
