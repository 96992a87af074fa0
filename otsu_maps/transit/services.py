"""Which trips run on a day, and which day stands for a kind of day: weekday, Saturday, holiday.

calendar.txt and calendar_dates.txt as the GTFS Schedule Reference reads them. Holidays are Sundays and those of the
Japanese law (国民の祝日に関する法律). Days on which an operator runs its holiday service though they are none, such as
the turn of the year, are in the feed itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import jpholiday
import numpy as np
import numpy.typing as npt

from otsu_maps.transit.timetable import Flags, Positions, Timetable

WEEKDAY, SATURDAY, HOLIDAY = "weekday", "saturday", "holiday"
DAY_TYPES = (WEEKDAY, SATURDAY, HOLIDAY)

Day = date | Mapping[str, date]
"""One day for all feeds, or one for each feed by its id; a feed without one does not run."""

CHUNK_DAYS, CHUNK_SERVICES = 1000, 200


@dataclass(frozen=True)
class TypicalDay:
    """The day that stands for a kind of day in one feed.

    `on` is the first day of those that have the most usual set of services, None where nothing runs on any such day.
    Of `days` days of the kind within the calendars `same` run as `on` does, and on `idle` nothing runs at all.
    """

    feed_id: str
    day_type: str
    on: date | None
    same: int
    idle: int
    days: int


def day_type(on: date) -> str:
    """WEEKDAY, SATURDAY, or HOLIDAY: a Sunday or a public holiday of Japan, also one on a Saturday."""
    if on.weekday() == 6 or jpholiday.is_holiday(on):
        return HOLIDAY
    return SATURDAY if on.weekday() == 5 else WEEKDAY


def running(timetable: Timetable, on: date) -> Flags:
    """For each service whether it runs on a day: its week within its dates, then its exceptions."""
    services = timetable.services
    day = np.datetime64(on, "D")
    # NaT is neither before nor after a day.
    runs = services.weekdays[:, on.weekday()] & (services.starts <= day) & (day <= services.ends)
    today = services.exceptions[services.exceptions["on"].to_numpy("datetime64[D]") == day]
    runs[today["service"].to_numpy()] = today["is_added"].to_numpy(bool)
    return runs


def runs_on(timetable: Timetable, on: Day, days_before: int = 0) -> Flags:
    """For each trip whether it runs on a day, or so many days before it."""
    service = timetable.trips["service"].to_numpy()
    if isinstance(on, date):
        found: Flags = running(timetable, on - timedelta(days_before))[service]
        return found
    feeds = timetable.trips["feed_id"].to_numpy(object)
    runs = np.zeros(len(service), bool)
    for feed_id, day in on.items():
        runs |= (feeds == feed_id) & running(timetable, day - timedelta(days_before))[service]
    return runs


def trips_on(timetable: Timetable, on: Day) -> Positions:
    """The trips that run on a day."""
    return np.flatnonzero(runs_on(timetable, on)).astype(np.int32)


def validity(timetable: Timetable) -> dict[str, tuple[date, date]]:
    """For each feed the first and the last day that its calendars speak of; a feed without any is not in it."""
    return {
        feed_id: (days[0].item(), days[-1].item())
        for feed_id, services in _services_by_feed(timetable).items()
        if len(days := _span(timetable, services))
    }


def typical_days(timetable: Timetable, day_type: str) -> dict[str, TypicalDay]:
    """For each feed the day that stands for a kind of day (DAY_TYPES).

    The most usual set of services of that kind's days on which anything runs at all, and of them the first day.
    """
    return {
        feed_id: _typical(timetable, feed_id, day_type, services)
        for feed_id, services in _services_by_feed(timetable).items()
    }


def plan(typical: Mapping[str, TypicalDay]) -> dict[str, date]:
    """The days of `typical_days` as one Day for all questions; feeds that do not run on such days are not in it."""
    return {feed_id: each.on for feed_id, each in typical.items() if each.on is not None}


def days_of_services(timetable: Timetable) -> npt.NDArray[np.int64]:
    """For each service on how many days it runs."""
    count = len(timetable.services.ids)
    found = np.zeros(count, np.int64)
    for at in range(0, count, CHUNK_SERVICES):
        part = np.arange(at, min(at + CHUNK_SERVICES, count), dtype=np.int32)
        if len(days := _span(timetable, part)):
            found[part] = _running_on(timetable, part, days).sum(axis=0)
    return found


def _services_by_feed(timetable: Timetable) -> dict[str, Positions]:
    """The services of its trips."""
    pairs = timetable.trips[["feed_id", "service"]].drop_duplicates()
    return {str(feed): np.sort(each["service"].to_numpy(np.int32)) for feed, each in pairs.groupby("feed_id")}


def _span(timetable: Timetable, services: Positions) -> npt.NDArray[np.datetime64]:
    """All days from the first to the last one of these services."""
    held, extra = timetable.services, timetable.services.exceptions
    dates = extra.loc[extra["service"].isin(services) & extra["is_added"], "on"].to_numpy("datetime64[D]")
    ends = np.concatenate([held.starts[services], held.ends[services], dates])
    ends = ends[~np.isnat(ends)]
    return np.arange(ends.min(), ends.max() + 1) if len(ends) else ends


def _typical(timetable: Timetable, feed_id: str, kind: str, services: Positions) -> TypicalDay:
    days = np.array([day for day in _span(timetable, services) if day_type(day.item()) == kind], "datetime64[D]")
    sets: dict[bytes, int] = {}
    first: dict[bytes, date] = {}
    idle = 0
    for at in range(0, len(days), CHUNK_DAYS):
        part = days[at : at + CHUNK_DAYS]
        runs = _running_on(timetable, services, part)
        some = np.asarray(runs.any(axis=1))
        for day, row, is_any in zip(part, np.packbits(runs, axis=1), some, strict=True):
            key = row.tobytes()
            if is_any:
                sets[key] = sets.get(key, 0) + 1
                first.setdefault(key, day.item())
            else:
                idle += 1
    if not sets:
        return TypicalDay(feed_id, kind, None, 0, idle, len(days))
    usual = max(sets, key=lambda key: (sets[key], -first[key].toordinal()))
    return TypicalDay(feed_id, kind, first[usual], sets[usual], idle, len(days))


def _running_on(timetable: Timetable, services: Positions, days: npt.NDArray[np.datetime64]) -> Flags:
    """[day, service]: as `running`, for many days at once."""
    held, extra = timetable.services, timetable.services.exceptions
    weekday = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    day = days[:, None]
    runs: Flags = held.weekdays[services][:, weekday].T & (held.starts[services] <= day) & (day <= held.ends[services])
    on = extra["on"].to_numpy("datetime64[D]")
    mine = extra[extra["service"].isin(services) & np.isin(on, days)]
    rows = np.searchsorted(days, mine["on"].to_numpy("datetime64[D]"))
    runs[rows, np.searchsorted(services, mine["service"].to_numpy())] = mine["is_added"].to_numpy(bool)
    return runs
