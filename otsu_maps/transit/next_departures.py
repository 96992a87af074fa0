"""What departs next at a stop: the timetable, without what is out of service, with delays where operators tell them.

Each departure says what it is: REAL_TIME (an operator tells of it now), SCHEDULED (nobody tells anything of it) or
UNKNOWN (its operator tells such things and is not heard, or not of this trip): that one is never "on time".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from otsu_maps import clock
from otsu_maps.clock import TOKYO
from otsu_maps.realtime.records import CANCELED, DELETED, TripUpdate
from otsu_maps.transit import departures, live
from otsu_maps.transit.live import Known, Names
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import NONE

REAL_TIME, SCHEDULED, UNKNOWN = "real_time", "scheduled", "unknown"
STATES = (REAL_TIME, SCHEDULED, UNKNOWN)

LOOK_BACK = timedelta(hours=3)
"""A vehicle that is later than this is not waited for here."""

LOOK_AHEAD = timedelta(hours=24)


@dataclass(frozen=True)
class Next:
    """One departure; times are UTC. `trip`, `route`: positions, NONE for what stands in no timetable.

    `planned_at` is None for an added trip. `expected_at` is the planned time where nothing better is known; `delay_s`
    is None unless `state` is REAL_TIME. `is_by_headway`: the headway is kept, not this time.
    """

    stop: int
    trip: int
    route: int
    headsign: str | None
    planned_at: datetime | None
    expected_at: datetime
    state: str
    delay_s: int | None = None
    is_by_headway: bool = False


@dataclass(frozen=True)
class Board:
    """`next`: by the time at which they are expected. `cancelled`: planned until the last of these, and will not come
    (cancelled, or this stop is left out). `suspended`: how many departures until then are out of service."""

    next: tuple[Next, ...]
    cancelled: tuple[Next, ...] = ()
    suspended: int = 0


def next_departures(
    names: Names,
    stops: Sequence[int],
    at: datetime,
    count: int,
    known: Known | None = None,
    out: TakenOut | None = None,
    zone: ZoneInfo = TOKYO,
    ahead: timedelta = LOOK_AHEAD,
) -> Board:
    """The next `count` departures of some stops from a moment on (`at`, UTC), of those planned within `ahead`.

    `stops`: positions, such as departures.place gives; `known`: live.known; `out`: suspensions.taken_out.
    """
    known = known or Known()
    told = _Told(names, known, zone)
    running: list[Next] = []
    cancelled: list[Next] = []
    off: list[datetime] = []
    for each, call, on in _planned(names, stops, at, zone, ahead):
        if out is not None and out.calls[call]:
            off.append(each.expected_at)
            continue
        found, is_coming = told.of(each, call, on)
        (running if is_coming else cancelled).append(found)
    running += _added(names, stops, known)
    coming = sorted((each for each in running if each.expected_at >= at), key=_order)[:count]
    until = coming[-1].expected_at if len(coming) == count and coming else at + ahead
    gone = [each for each in cancelled if each.planned_at and at <= each.planned_at <= until]
    return Board(tuple(coming), tuple(sorted(gone, key=_order)), sum(at <= moment <= until for moment in off))


def _order(each: Next) -> tuple[datetime, int, int]:
    return each.expected_at, each.stop, each.trip


def _planned(
    names: Names, stops: Sequence[int], at: datetime, zone: ZoneInfo, ahead: timedelta
) -> Iterator[tuple[Next, int, date]]:
    """Planned departures from LOOK_BACK before to `ahead` after a moment, each with its call and day of service."""
    timetable = names.timetable
    moment = live.posix(at)
    since, until = moment - LOOK_BACK.total_seconds(), moment + ahead.total_seconds()
    day, last = (datetime.fromtimestamp(each, zone).date() for each in (since, until))
    routes = timetable.trips["route"].to_numpy()
    while day <= last:
        found = departures.of_clock_day(timetable, day, np.asarray(stops, np.int32))
        start = live.day_start_s(day, zone)
        found = found.chosen((start + found.at_s >= since) & (start + found.at_s < until))
        signs = timetable.headsign_of(found.call, found.trip)
        for row in range(len(found)):
            planned = clock.from_timestamp(start + int(found.at_s[row]))
            trip = int(found.trip[row])
            about = (int(found.stop[row]), trip, int(routes[trip]), signs[row], planned, planned, SCHEDULED)
            by_headway = bool(found.is_by_headway[row])
            on = day - timedelta(days=int(found.days_before[row]))
            yield Next(*about, is_by_headway=by_headway), int(found.call[row]), on
        day += timedelta(days=1)


class _Told:
    """What operators tell of single departures; each trip is worked out once."""

    def __init__(self, names: Names, known: Known, zone: ZoneInfo) -> None:
        self.names, self.known, self.zone = names, known, zone
        self._delays: dict[tuple[int, date], tuple[live.Floats, npt.NDArray[np.bool_]]] = {}

    def of(self, planned: Next, call: int, on: date) -> tuple[Next, bool]:
        """The departure with what is told of it, and whether it comes at all."""
        key = (planned.trip, on)
        update = self.known.updates.get(key)
        if update is None:
            feed_id = str(self.names.timetable.trips["feed_id"].iat[planned.trip])
            is_unknown = key in self.known.unknown or feed_id in self.known.silent
            return _as(planned, UNKNOWN if is_unknown else SCHEDULED), True
        if update.relationship in (CANCELED, DELETED):
            return _as(planned, REAL_TIME), False
        delays, skipped = self._of_trip(key, update)
        at = call - int(self.names.timetable.calls.first[planned.trip])
        if skipped[at]:
            return _as(planned, REAL_TIME), False
        if np.isnan(delays[at]):
            return _as(planned, UNKNOWN), True
        return _as(planned, REAL_TIME, round(float(delays[at]))), True

    def _of_trip(self, key: tuple[int, date], update: TripUpdate) -> tuple[live.Floats, npt.NDArray[np.bool_]]:
        if key not in self._delays:
            self._delays[key] = live.delays(self.names, key[0], update, live.day_start_s(key[1], self.zone))
        return self._delays[key]


def _as(planned: Next, state: str, delay_s: int | None = None) -> Next:
    about = {**vars(planned), "state": state, "delay_s": delay_s}
    if delay_s is not None:
        about["expected_at"] = planned.expected_at + timedelta(seconds=delay_s)
    return Next(**about)


def _added(names: Names, stops: Sequence[int], known: Known) -> Iterator[Next]:
    """Trips of no timetable that depart here: they must say when."""
    for feed_id, update in known.added:
        for stop in update.stops:
            here = names.stop(feed_id, stop.stop_id)
            if here in stops and stop.departure_at and stop.relationship == SCHEDULED:
                route = names.route(feed_id, update.route_id)
                yield Next(here, NONE, max(route, NONE), None, None, stop.departure_at, REAL_TIME)
