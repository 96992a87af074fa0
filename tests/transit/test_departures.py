"""Departures are what a person at the stop would see, by day of service and by the clock; and what gtfs_kit counts."""

from __future__ import annotations

from datetime import date, timedelta

import feeds
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import departures, headways, services, tables
from otsu_maps.transit.timetable import Timetable

WEDNESDAY, SATURDAY, SUNDAY = date(2026, 4, 1), date(2026, 4, 4), date(2026, 4, 5)
HOUR = 3600


def clock(found: departures.Departures) -> list[str]:
    return [f"{each // HOUR}:{each // 60 % 60:02}" for each in found.at_s]


def test_the_last_call_of_a_trip_and_one_where_nobody_gets_on_are_no_departures() -> None:
    rows = feeds.BASE["stop_times"].splitlines()
    text = "\n".join([f"{rows[0]},pickup_type", f"{rows[1]},0", f"{rows[2]},1", f"{rows[3]},0"]) + "\n"
    made = feeds.timetable(stop_times=text)
    assert departures.of_service_day(made, WEDNESDAY).stop.tolist() == [0]
    assert departures.by_hour(made, WEDNESDAY).sum() == 1
    assert len(departures.of_service_day(made, SUNDAY)) == 0


def test_a_trip_after_midnight_is_shown_at_the_clock_of_the_next_day() -> None:
    late = feeds.times(("T", [("1", "23:50:00"), ("2", "24:10:00"), ("3", "25:30:00")]))
    made = feeds.timetable(stop_times=late)
    assert clock(departures.of_service_day(made, WEDNESDAY)) == ["23:50", "24:10"]
    assert clock(departures.of_clock_day(made, WEDNESDAY)) == ["23:50"]  # nothing ran on the day before
    thursday = departures.of_clock_day(made, WEDNESDAY + timedelta(1))
    assert clock(thursday) == ["0:10", "23:50"]
    assert thursday.days_before.tolist() == [1, 0]
    saturday = departures.of_clock_day(made, SATURDAY)
    assert clock(saturday) == ["0:10"] and saturday.days_before.tolist() == [1]
    assert departures.by_hour(made, SATURDAY, is_clock=True).sum(axis=1).tolist() == [0, 1, 0, 0]
    assert departures.by_hour(made, WEDNESDAY)[1, 24] == 1


def test_a_trip_of_two_nights_is_shown_on_the_third_day() -> None:
    made = feeds.timetable(stop_times=feeds.times(("T", [("1", "23:00:00"), ("2", "49:00:00"), ("3", "50:00:00")])))
    found = departures.of_clock_day(made, WEDNESDAY + timedelta(2))
    assert clock(found) == ["1:00", "23:00"] and found.days_before.tolist() == [2, 0]


HEADWAY = "trip_id,start_time,end_time,headway_secs,exact_times\n"


@pytest.mark.parametrize(("exact", "is_by_headway"), [("1", False), ("0", True), ("", True)])
def test_a_repeated_trip_departs_until_its_period_ends(exact: str, is_by_headway: bool) -> None:
    often = f"{HEADWAY}T,6:00:00,7:00:00,1200,{exact}\nT,7:00:00,7:50:00,1800,{exact}\n"
    made = feeds.timetable(frequencies=often)
    first, second = (departures.of_service_day(made, WEDNESDAY, [stop]) for stop in (0, 1))
    assert clock(first) == ["6:00", "6:20", "6:40", "7:00", "7:30"]
    assert clock(second) == ["6:11", "6:31", "6:51", "7:11", "7:41"]
    assert first.is_by_headway.tolist() == [is_by_headway] * 5
    assert departures.by_hour(made, WEDNESDAY)[0, 5:9].tolist() == [0, 3, 2, 0]


def test_a_repeated_trip_goes_on_after_midnight() -> None:
    made = feeds.timetable(frequencies=f"{HEADWAY}T,23:00:00,25:00:00,3600,1\n")
    assert clock(departures.of_clock_day(made, WEDNESDAY + timedelta(1), [0])) == ["0:00", "23:00"]
    assert departures.by_hour(made, WEDNESDAY)[0, 23:26].tolist() == [1, 1, 0]


STATION = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "S,大津駅,35.0030,135.8640,1,\n1,大津駅,35.0030,135.8641,0,S\n2,大津駅,35.0031,135.8640,0,S\n"
    "3,大津駅,35.0035,135.8640,0,\n4,大津駅,35.1,135.9,0,\n"
)


def test_a_station_is_its_platforms_and_a_place_is_what_bears_one_name_nearby() -> None:
    made = feeds.timetable(stops=STATION)
    assert departures.platforms(made, 0).tolist() == [0, 1, 2]
    assert departures.place(made, 3).tolist() == [0, 1, 2, 3]
    assert departures.place(made, 3, within_m=10).tolist() == [3]
    assert departures.place(made, 4).tolist() == [4]
    assert len(departures.of_service_day(made, WEDNESDAY, departures.platforms(made, 0))) == 2


def test_a_stop_is_found_by_id_by_name_in_either_language_or_by_a_part_of_it() -> None:
    made = feeds.timetable(translations="trans_id,lang,translation\n膳所,en,Zeze\n")
    for text, found in (
        ("a:3", [2]),
        ("3", [2]),
        ("膳所", [2]),
        ("ZEZE", [2]),
        ("大津", [0, 1]),
        ("なし", []),
        (" ", []),
    ):
        assert departures.find(made, text).tolist() == found, text


def test_the_time_between_departures_counts_within_its_band_alone() -> None:
    trips = "route_id,service_id,trip_id,direction_id\n" + "".join(f"R,W,T{n},0\n" for n in range(5)) + "Q,W,U,\n"
    starts = ["7:00", "7:10", "7:10", "7:40", "9:00"]
    rows = feeds.times(
        *((f"T{n}", [("1", f"{at}:00"), ("2", f"{at}:30")]) for n, at in enumerate(starts)),
        ("U", [("1", "8:00:00"), ("3", "8:05:00")]),
    )
    made = feeds.timetable(trips=trips, stop_times=rows)
    found = departures.of_service_day(made, WEDNESDAY)
    [all_day] = headways.headways(made, found, ["stop"]).to_dict("records")
    assert (all_day["departures"], all_day["first_s"], all_day["last_s"]) == (6, 7 * HOUR, 9 * HOUR)
    assert (all_day["median_headway_s"], all_day["longest_gap_s"]) == (25 * 60, 60 * 60)
    [peak] = headways.headways(made, found, ["stop"], 7 * HOUR, 9 * HOUR).to_dict("records")
    assert (peak["departures"], peak["longest_gap_s"]) == (5, 30 * 60)
    by_line = headways.headways(made, found, ["stop", "route", "direction"])
    assert by_line[["route", "direction", "departures"]].to_numpy().tolist() == [[0, 0, 5], [1, -1, 1]]
    assert np.isnan(by_line["median_headway_s"].iloc[1])
    table = headways.lines(made, WEDNESDAY)
    assert table[["route", "departures", "peak_departures"]].to_numpy().tolist() == [[0, 5, 4], [1, 1, 1]]
    assert table["peak_headway_s"].iloc[0] == 20 * 60


def test_nothing_that_runs_gives_empty_tables() -> None:
    made = feeds.timetable()
    assert len(headways.lines(made, SUNDAY)) == 0
    assert len(headways.headways(made, departures.of_service_day(made, SUNDAY))) == 0
    assert len(departures.as_frame(made, departures.of_clock_day(made, SUNDAY, []))) == 0


moments = st.lists(st.integers(0, 30 * 60), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(moments, st.integers(0, 29), st.integers(1, 12))
def test_headways_are_those_that_a_list_gives(minutes: list[int], first: int, length: int) -> None:
    trips = "route_id,service_id,trip_id\n" + "".join(f"R,W,T{n}\n" for n in range(len(minutes)))
    rows = feeds.times(
        *(
            (f"T{n}", [("1", f"{at // 60}:{at % 60:02}:00"), ("2", f"{at // 60}:{at % 60:02}:30")])
            for n, at in enumerate(minutes)
        )
    )
    made = feeds.timetable(trips=trips, stop_times=rows)
    found = departures.of_service_day(made, WEDNESDAY)
    table = headways.headways(made, found, (), first * HOUR, (first + length) * HOUR)
    inside = [at for at in sorted(minutes) if first * 60 <= at < (first + length) * 60]
    if not inside:
        assert table.empty
        return
    gaps = np.diff(sorted(set(inside))) * 60
    [row] = table.to_dict("records")
    assert (row["departures"], row["first_s"], row["last_s"]) == (len(inside), inside[0] * 60, inside[-1] * 60)
    if len(gaps):
        assert (row["median_headway_s"], row["longest_gap_s"]) == (np.median(gaps), gaps.max())
    else:
        assert np.isnan(row["median_headway_s"]) and np.isnan(row["longest_gap_s"])
    assert departures.by_hour(made, WEDNESDAY)[0, first : first + length].sum() == len(inside)


@settings(max_examples=30, deadline=None)
@given(moments, st.integers(1, 3))
def test_every_departure_of_a_week_is_shown_once_by_the_clock(minutes: list[int], days: int) -> None:
    """Trips that start on a day or up to two days later, added up over a week that holds them all."""
    trips = "route_id,service_id,trip_id\n" + "".join(f"R,W,T{n}\n" for n in range(len(minutes)))
    calls = [(f"T{n}", at + 1440 * (n % days)) for n, at in enumerate(minutes)]
    rows = feeds.times(
        *((trip, [("1", f"{at // 60}:{at % 60:02}:00"), ("2", f"{at // 60}:{at % 60:02}:30")]) for trip, at in calls)
    )
    made = feeds.timetable(
        calendar=None, calendar_dates="service_id,date,exception_type\nW,20260505,1\n", trips=trips, stop_times=rows
    )
    shown = [
        (day, int(at))
        for day in range(6)
        for at in departures.of_clock_day(made, date(2026, 5, 5) + timedelta(day)).at_s
    ]
    assert sorted(day * 86400 + at for day, at in shown) == sorted(at * 60 for _, at in calls)
    tables_ = [departures.by_hour(made, date(2026, 5, 5) + timedelta(day), is_clock=True).sum() for day in range(6)]
    assert sum(tables_) == len(calls)


def written(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}:00"


periods = st.lists(
    st.tuples(st.integers(0, 28 * 60), st.integers(1, 120), st.integers(1, 60), st.booleans()), max_size=4
)


@settings(max_examples=30, deadline=None)
@given(periods, st.integers(5 * 60, 26 * 60))
def test_repeated_and_plain_trips_are_counted_as_they_are_listed(
    rows: list[tuple[int, int, int, bool]], start: int
) -> None:
    """Trip T repeats (periods may overlap, the same start once), U does not; both by hour and one by one."""
    known = {first: (last, headway, exact) for first, last, headway, exact in rows}
    often = HEADWAY + "".join(
        f"T,{written(first)},{written(first + last)},{gap * 60},{int(exact)}\n"
        for first, (last, gap, exact) in known.items()
    )
    trips = "route_id,service_id,trip_id\nR,W,T\nR,W,U\n"
    text = written(start)
    rows_ = feeds.times(
        ("T", [("1", "8:00:00"), ("2", "8:07:00"), ("3", "8:09:00")]), ("U", [("1", text), ("3", text)])
    )
    made = feeds.timetable(trips=trips, stop_times=rows_, frequencies=often)
    starts = sorted(
        first + number * gap for first, (last, gap, _) in known.items() for number in range(-(-last // gap))
    ) or [8 * 60]
    first, second = (departures.of_service_day(made, WEDNESDAY, [stop]) for stop in (0, 1))
    assert (first.at_s // 60).tolist() == sorted([*starts, start])
    assert (second.at_s // 60).tolist() == [at + 7 for at in starts]
    assert sum(first.is_by_headway) == sum(-(-last // gap) for last, gap, exact in known.values() if not exact)
    found, counts = departures.of_service_day(made, WEDNESDAY), departures.by_hour(made, WEDNESDAY)
    again = np.zeros_like(counts)
    np.add.at(again, (found.stop, found.at_s // HOUR), 1)
    assert (again == counts).all()
    assert found.at_s.tolist() == sorted(found.at_s)


# --- beside gtfs_kit -------------------------------------------------------------------------------------------------

FEEDS = [
    *("gtfs_jp/077434.zip", "gtfs_jp/401005_shieitosengtfs.zip", "gtfs_jp/402303tosengtfs.zip"),
    *("gtfs_jp/donan_bus.zip", "gtfs_jp/hakodate_shiden.zip", "gtfs_world/bart.zip", "gtfs_world/cairns_gtfs.zip"),
    "gtfs_world/island-transit_20090312_0314.zip",
]
"""Not test_broken_gtfs.zip: gtfs_kit counts the trip there whose route is missing, and the reader refuses it."""


def by_gtfs_kit(path: object, on: date) -> dict[tuple[str, int], int]:
    """How many trips gtfs_kit counts at each stop and hour of a day of service."""
    import gtfs_kit

    other = gtfs_kit.read_feed(path, dist_units="km")
    series = gtfs_kit.compute_stop_time_series(other, [f"{on:%Y%m%d}"])
    if series.empty:
        return {}
    hour = ((series["datetime"] - pd.Timestamp(on)).dt.total_seconds() // HOUR).astype(int)
    found = {
        (str(stop), int(at)): int(n) for stop, at, n in zip(series["stop_id"], hour, series["num_trips"], strict=True)
    }
    return {key: n for key, n in found.items() if n}


def as_gtfs_kit_counts(feed: gtfs.Feed, made: Timetable, on: date) -> dict[tuple[str, int], int]:
    """Our departures after its definition, which differs in three things and in no other.

    It counts the last call of a trip, calls with pickup_type 1, and only calls whose departure time is in the file
    (ours between time points are interpolated). Trips of frequencies.txt, which it counts once, are in none of these
    feeds.
    """
    assert made.frequencies.empty and made.left_out.empty
    own = departures.of_service_day(made, on)
    prefix = f"{made.stops['feed_id'].iat[0]}:"
    timed = made.calls.is_timed[own.call]
    counts = pd.Series(
        zip(made.stops["stop_id"].to_numpy(object)[own.stop[timed]], own.at_s[timed] // HOUR, strict=True), dtype=object
    ).value_counts()
    found = {(stop.removeprefix(prefix), int(hour)): int(n) for (stop, hour), n in counts.items()}
    runs = set(made.trips["trip_id"].iloc[services.trips_on(made, on)].str.removeprefix(prefix))
    times = feed.tables["stop_times"].frame
    times = times[times["trip_id"].astype("str").isin(runs)]
    is_last = times["stop_sequence"] == times.groupby("trip_id", observed=True)["stop_sequence"].transform("max")
    more = times[(is_last | (times["pickup_type"] == 1)) & times["departure_time"].notna()]
    for stop, hour in zip(more["stop_id"], more["departure_time"] // HOUR, strict=True):
        found[str(stop), int(hour)] = found.get((str(stop), int(hour)), 0) + 1
    return found


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", FEEDS)
def test_departures_by_stop_and_hour_are_those_of_gtfs_kit(name: str) -> None:
    path = REAL / name
    [feed] = gtfs.read(Payload(path.name, path.read_bytes()), 2**30)
    made = tables.of_feeds([feed])
    total = 0
    for kind in services.DAY_TYPES:
        typical = services.typical_days(made, kind)
        for each in typical.values():
            if each.on is not None:
                mine = as_gtfs_kit_counts(feed, made, each.on)
                assert mine == by_gtfs_kit(path, each.on), each
                total += sum(mine.values())
    assert total > 40
