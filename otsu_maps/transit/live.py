"""What operators tell of trips (GTFS Realtime), found again in the timetable.

Operators name trips and stops by the ids of their own feed; here those have the feed before them. Where a source does
not say which feed it speaks of, an id counts only if one feed alone has it: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.clock import TOKYO
from otsu_maps.realtime.now import FRESH, Heard, Latest
from otsu_maps.realtime.records import (
    ADDED_TRIPS,
    CANCELED,
    DELETED,
    SCHEDULED,
    SKIPPED,
    StopUpdate,
    TripUpdate,
)
from otsu_maps.transit import services
from otsu_maps.transit.timetable import NONE, Timetable

SEVERAL = -2
"""In place of a position: more than one feed has it."""

DISAGREE_S = 300
"""Where a time and a delay are told that differ by more, the operator speaks of another timetable than this one: its
trip ids are the same, its times are not. Rounding to minutes explains one minute; assumed with room."""

Floats = npt.NDArray[np.float64]


class Names:
    """Positions in a timetable by the ids that operators use. Make one a timetable and keep it."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable

    def trip(self, feed_id: str | None, trip_id: str | None) -> int:
        """Its position, NONE or SEVERAL."""
        return _found(self._trips, feed_id, trip_id)

    def route(self, feed_id: str | None, route_id: str | None) -> int:
        """Its position, NONE or SEVERAL."""
        return _found(self._routes, feed_id, route_id)

    def stop(self, feed_id: str | None, stop_id: str | None) -> int:
        """Its position, NONE or SEVERAL."""
        return _found(self._stops, feed_id, stop_id)

    def call(self, trip: int, sequence: int | None, stop_id: str | None, after: int | None = None) -> int:
        """The call of a trip that an update means, NONE where that is not sure.

        The stop decides where the trip calls there once, or where `after` (a call of it) leaves one such call first;
        else its number in the trip. A stop that the trip does not call at is taken for another platform.
        """
        calls = self.timetable.calls
        first, end = int(calls.first[trip]), int(calls.first[trip + 1])
        by_number = NONE
        if sequence is not None:
            at = first + int(np.searchsorted(calls.sequence[first:end], sequence))
            by_number = at if at < end and calls.sequence[at] == sequence else NONE
        if stop_id is None:
            return by_number
        stop = _found(self._stops, str(self.timetable.trips["feed_id"].iat[trip]), stop_id)
        there = first + np.flatnonzero(calls.stop[first:end] == stop)
        if by_number in there or not len(there):
            return by_number
        if len(there) > 1 and after is not None:
            there = there[there > after][:1]
        return int(there[0]) if len(there) == 1 else NONE

    @cached_property
    def _trips(self) -> dict[str, dict[str, int]]:
        return _by_id(self.timetable.trips, "trip_id")

    @cached_property
    def _routes(self) -> dict[str, dict[str, int]]:
        return _by_id(self.timetable.routes, "route_id")

    @cached_property
    def _stops(self) -> dict[str, dict[str, int]]:
        return _by_id(self.timetable.stops, "stop_id")


def _by_id(frame: pd.DataFrame, column: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for position, (feed_id, key) in enumerate(zip(frame["feed_id"], frame[column], strict=True)):
        found.setdefault(str(feed_id), {})[str(key).removeprefix(f"{feed_id}:")] = position
    return found


def _found(known: dict[str, dict[str, int]], feed_id: str | None, key: str | None) -> int:
    if key is None:
        return NONE
    if feed_id is not None:
        return known.get(feed_id, {}).get(key, NONE)
    there = [ids[key] for ids in known.values() if key in ids]
    return there[0] if len(there) == 1 else SEVERAL if there else NONE


def day_start_s(on: date, zone: ZoneInfo = TOKYO) -> int:
    """The POSIX second from which a timetable counts on a day: noon minus 12 h (GTFS Schedule Reference, Time)."""
    return int(datetime.combine(on, time(12), zone).timestamp()) - 43_200


def service_day(timetable: Timetable, trip: int, near_s: float, zone: ZoneInfo = TOKYO) -> date | None:
    """The day of service on which a trip runs nearest to a POSIX second, None where it runs on none about it."""
    calls, service = timetable.calls, timetable.trips["service"].to_numpy()[trip]
    first, last = int(calls.first[trip]), int(calls.first[trip + 1]) - 1
    here = datetime.fromtimestamp(near_s, zone).date()
    best: tuple[float, date] | None = None
    for on in (here + timedelta(days) for days in range(-1 - timetable.last_s // 86_400, 2)):
        if services.running(timetable, on)[service]:
            start = day_start_s(on, zone)
            begins, ends = start + int(calls.departure_s[first]), start + int(calls.arrival_s[last])
            away = max(begins - near_s, near_s - ends, 0.0)
            best = min(best, (away, on)) if best else (away, on)
    return best[1] if best else None


def delays(names: Names, trip: int, update: TripUpdate, start_s: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """For each call of a trip the delay of its departure in seconds, NaN: unknown, and whether it is left out.

    A delay holds for later calls until the next one that says something else; NO_DATA ends it; before the first one the
    delay of the whole trip holds where it is told (GTFS Realtime, Trip Updates, Stop Time Updates). `start_s`:
    `day_start_s` of its day. At the last call, where nothing departs, it is the delay of the arrival.
    """
    calls = names.timetable.calls
    first, end = int(calls.first[trip]), int(calls.first[trip + 1])
    known = np.full(end - first, np.nan)
    skipped = np.zeros(end - first, bool)
    holds = np.nan if update.delay_s is None else float(update.delay_s)
    said = _said(names, trip, update.stops)
    for at in range(first, end):
        stop = said.get(at)
        if stop is not None:
            skipped[at - first] = stop.relationship == SKIPPED
            if stop.relationship != SKIPPED:  # NO_DATA, or a code that nobody knows yet
                holds = (
                    np.nan
                    if stop.relationship != SCHEDULED
                    else _late(stop, start_s + int(calls.arrival_s[at]), start_s + int(calls.departure_s[at]), holds)
                )
        known[at - first] = holds
    return known, skipped


def _said(names: Names, trip: int, stops: Sequence[StopUpdate]) -> dict[int, StopUpdate]:
    found: dict[int, StopUpdate] = {}
    after = int(names.timetable.calls.first[trip]) - 1
    for stop in stops:
        call = names.call(trip, stop.sequence, stop.stop_id, after)
        if call != NONE:
            found[call] = stop
            after = max(after, call)
    return found


def _late(stop: StopUpdate, arrives_s: int, departs_s: int, before: float) -> float:
    """Seconds late at the departure. A time says more than a delay, the departure more than the arrival.

    NaN where the two contradict each other (DISAGREE_S).
    """
    for moment, told_s, planned_s in (
        (stop.departure_at, stop.departure_delay_s, departs_s),
        (stop.arrival_at, stop.arrival_delay_s, arrives_s),
    ):
        if moment is not None:
            late = posix(moment) - planned_s
            return late if told_s is None or abs(late - told_s) <= DISAGREE_S else np.nan
        if told_s is not None:
            return float(told_s)
    return before


def posix(moment: datetime) -> float:
    """A naive UTC time as POSIX seconds."""
    return moment.replace(tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Known:
    """What is known now of trips that run, by trip (position) and day of service.

    `unknown`: told of, but so long ago, or so strangely, that nobody knows how they run. `silent`: feeds whose operator
    tells of trips and is not heard now; of all their trips nobody knows. `added`: trips of no timetable, by feed.
    """

    updates: Mapping[tuple[int, date], TripUpdate] = field(default_factory=dict)
    unknown: frozenset[tuple[int, date]] = frozenset()
    silent: frozenset[str] = frozenset()
    added: tuple[tuple[str | None, TripUpdate], ...] = ()


def known(names: Names, latest: Latest, at: datetime, limit: timedelta, zone: ZoneInfo = TOKYO) -> Known:
    """What operators told last, as far as it is of now (`at`, UTC; no older than `limit`), by this timetable."""
    updates: dict[tuple[int, date], TripUpdate] = {}
    unknown: set[tuple[int, date]] = set()
    silent: set[str] = set()
    added: list[tuple[str | None, TripUpdate]] = []
    for heard in latest.sources:
        is_fresh = heard.state(at, limit) == FRESH
        if not is_fresh and (heard.counts is None or heard.updates):
            silent |= _feeds(names, heard)
        for update in heard.updates if is_fresh else ():
            as_of = heard.as_of(update)
            is_now = as_of is not None and at - as_of <= limit
            if update.relationship in ADDED_TRIPS:
                added += [(heard.feed_id, update)] if is_now else []
                continue
            trip = names.trip(heard.feed_id, update.trip_id)
            on = update.start_date or (service_day(names.timetable, trip, posix(at), zone) if trip >= 0 else None)
            if trip < 0 or on is None or names.timetable.repeats.has[trip]:
                continue
            if is_now and update.relationship in (SCHEDULED, CANCELED, DELETED):
                updates[trip, on] = update
            else:
                unknown.add((trip, on))
    return Known(updates, frozenset(unknown), frozenset(silent), tuple(added))


def _feeds(names: Names, heard: Heard) -> set[str]:
    """The feeds that a source speaks of: the one that is set, else those of what it told last, else any."""
    if heard.feed_id is not None:
        return {heard.feed_id}
    trips = {names.trip(None, each.trip_id) for each in heard.updates}
    feeds = names.timetable.trips["feed_id"]
    found = {str(feeds.iat[trip]) for trip in trips if trip >= 0}
    return found or set(map(str, feeds.unique()))
