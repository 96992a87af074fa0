"""Rules about trips, their times and their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from otsu_maps.formats.gtfs_tables import CALENDARS
from otsu_maps.transit import services
from otsu_maps.transit.calls import NO_TIMES
from otsu_maps.transit.distance import metres
from otsu_maps.transit.findings import Found, Looked, found, time_text, whole
from otsu_maps.transit.timetable import NONE

SOON_DAYS = 30
"""A timetable that ends within so many days needs its successor: by the practice of gtfs.org a feed holds 30 days."""

FASTEST_KMH = 150.0
"""No bus, tram or boat is as fast; a train may be (FASTEST_TRAIN_KMH)."""

FASTEST_TRAIN_KMH = 400.0
ROUNDED_S = 60
"""Feeds round to a minute, so a ride may last so much longer than they say."""


def times_decrease(look: Looked) -> Found | None:
    """A time before the one that comes before it on the same trip."""
    calls = look.calls
    timed = calls[calls["arrival_s"].notna() | calls["departure_s"].notna()]
    arrival = timed["arrival_s"].fillna(timed["departure_s"]).to_numpy()
    departure = timed["departure_s"].fillna(timed["arrival_s"]).to_numpy()
    bad = departure < arrival
    trip = timed["trip"].to_numpy()
    bad[1:] |= (trip[1:] == trip[:-1]) & (arrival[1:] < departure[:-1])
    return found("stop_times", timed[bad], _call(look), trips=len(np.unique(trip[bad])))


def too_fast(look: Looked) -> Found | None:
    """A ride from one time to the next that no vehicle of its kind can make."""
    stops, trips, routes = look.table("stops"), look.table("trips"), look.table("routes")
    calls = look.calls
    timed = calls[(calls["arrival_s"].notna() | calls["departure_s"].notna()) & (calls["trip"] != NONE)]
    trip, stop = timed["trip"].to_numpy(), timed["stop"].to_numpy()
    lon, lat = (stops[name].to_numpy()[stop] for name in ("stop_lon", "stop_lat"))
    apart = metres(lon[1:], lat[1:], lon[:-1], lat[:-1])
    arrival = timed["arrival_s"].fillna(timed["departure_s"]).to_numpy()
    departure = timed["departure_s"].fillna(timed["arrival_s"]).to_numpy()
    lasts = arrival[1:] - departure[:-1]
    route = routes.set_index("route_id")["route_type"].reindex(trips["route_id"]).to_numpy(np.int64)[trip[1:]]
    is_train = np.isin(route, (1, 2, 12)) | ((route >= 100) & (route < 200)) | ((route >= 400) & (route < 500))
    fastest = np.where(is_train, FASTEST_TRAIN_KMH, FASTEST_KMH) / 3.6
    bad = (trip[1:] == trip[:-1]) & (lasts >= 0) & (apart > fastest * (lasts + ROUNDED_S))
    return found("stop_times", timed[1:][bad], _call(look), fastest=int(FASTEST_KMH))


def time_missing(look: Looked) -> Found | None:
    """The first or the last time of a trip is blank: nobody knows when it runs."""
    left = look.timetable.left_out
    ids = look.own_ids(left.loc[left["reason"] == NO_TIMES, "trip_id"])
    trips = look.table("trips")
    return found("trips", trips[trips["trip_id"].isin(ids)], "trip_id")


def trip_without_calls(look: Looked) -> Found | None:
    """A trip that stops nowhere."""
    return found("trips", look.table("trips")[look.calls_of_trip == 0], "trip_id")


def trip_with_one_call(look: Looked) -> Found | None:
    """A trip that stops once: it takes nobody anywhere."""
    return found("trips", look.table("trips")[look.calls_of_trip == 1], "trip_id")


def trips_same(look: Looked) -> Found | None:
    """The same ride twice: one line, one service, the same stops at the same times."""
    trips, calls = look.table("trips"), look.calls[look.calls["trip"] != NONE]
    ends = np.cumsum(look.calls_of_trip)
    columns = [calls[name].to_numpy() for name in ("stop", "arrival_s", "departure_s")]
    often = set(look.table("frequencies")["trip_id"])
    seen: set[tuple[object, ...]] = set()
    again = np.zeros(len(trips), bool)
    heads = zip(trips["trip_id"], trips["route_id"], trips["service_id"], strict=True)
    for at, (trip, *line) in enumerate(heads):
        part = slice(ends[at] - look.calls_of_trip[at], ends[at])
        if trip in often or part.start == part.stop:
            continue
        key = (*line, *(column[part].tobytes() for column in columns))
        again[at] = key in seen
        seen.add(key)
    return found("trips", trips[again], "trip_id")


def headsign_missing(look: Looked) -> Found | None:
    """Neither the trip nor any of its calls says where it goes."""
    trips, times = look.table("trips"), look.table("stop_times")
    named = times.loc[times["stop_headsign"].notna(), "trip_id"].unique()
    lost = trips[trips["trip_headsign"].isna() & ~trips["trip_id"].isin(named) & (look.calls_of_trip > 1)]
    return found("trips", lost, "trip_id")


def service_without_days(look: Looked) -> Found | None:
    """A service of trips that runs on no day."""
    made = look.timetable
    days = services.days_of_services(made)
    used = np.unique(made.trips["service"].to_numpy(np.int64))
    idle = look.own_ids(pd.Series(made.services.ids[used[days[used] == 0]], dtype="str"))
    for name in CALENDARS:
        rows = look.table(name)
        lost = rows[rows["service_id"].isin(idle)].drop_duplicates("service_id")
        if len(lost):
            return found(name, lost, "service_id")
    return None


def service_unused(look: Looked) -> Found | None:
    """A service that no trip has."""
    used = look.table("trips")["service_id"].unique()
    parts = [look.table(name)[["source_row", "service_id"]].assign(table=name) for name in CALENDARS]
    rows = pd.concat(parts, ignore_index=True).drop_duplicates("service_id")
    lost = rows[~rows["service_id"].isin(used)]
    return found(str(lost["table"].iat[0]), lost, "service_id") if len(lost) else None


def route_unused(look: Looked) -> Found | None:
    """A line without a trip."""
    routes = look.table("routes")
    return found("routes", routes[~routes["route_id"].isin(look.table("trips")["route_id"])], "route_id")


def frequencies_overlap(look: Looked) -> Found | None:
    """Two periods of one trip of which one begins before the other has ended, or that end before they begin."""
    rows = look.table("frequencies").sort_values(["trip_id", "start_time"])
    start, end = rows["start_time"].to_numpy(np.int64), rows["end_time"].to_numpy(np.int64)
    trip = rows["trip_id"].to_numpy(object)
    bad = end <= start
    bad[1:] |= (trip[1:] == trip[:-1]) & (start[1:] < end[:-1])
    return found("frequencies", rows[bad], lambda row: f"{row['trip_id']} {time_text(row['start_time'])}")


def feed_expired(look: Looked) -> Found | None:
    """The last day has passed."""
    last = look.feed.valid_until
    return whole("feed_info", f"{last:%Y%m%d}", last=f"{last:%Y-%m-%d}") if last and last < look.today else None


def feed_ends_soon(look: Looked) -> Found | None:
    """The last day is near."""
    last = look.feed.valid_until
    if last is None or not look.today <= last < look.today + timedelta(SOON_DAYS):
        return None
    return whole("feed_info", f"{last:%Y%m%d}", last=f"{last:%Y-%m-%d}", days=(last - look.today).days)


def feed_not_yet(look: Looked) -> Found | None:
    """The first day is still to come."""
    first = look.feed.valid_from
    return whole("feed_info", f"{first:%Y%m%d}", first=f"{first:%Y-%m-%d}") if first and first > look.today else None


def feed_dates_unknown(look: Looked) -> Found | None:
    """Neither feed_info nor the calendars name a day."""
    return whole("feed_info") if look.feed.valid_until is None else None


def _call(look: Looked) -> Callable[[Any], str]:
    ids = look.table("trips")["trip_id"].to_numpy(object)

    def text(row: dict[str, float]) -> str:
        at = row["arrival_s"] if not np.isnan(row["arrival_s"]) else row["departure_s"]
        trip = ids[int(row["trip"])] if row["trip"] != NONE else ""
        return f"{trip} {time_text(at)}"

    return text
