"""A timetable is the same from a feed and from a snapshot, and its times are those of the feed or between them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import feeds
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from etl import build, cards
from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.queries import transit as ask
from otsu_maps.transit import names, tables
from otsu_maps.transit.timetable import NONE, Calls, Timetable

HEAD = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"


def arrivals(rows: str) -> list[int]:
    """Minutes after 8:00 at the calls of the only trip."""
    made = feeds.timetable(stop_times=HEAD + rows)
    return [(int(each) - 8 * 3600) // 60 for each in made.calls.arrival_s]


def test_times_between_time_points_follow_the_distance_where_it_is_known_everywhere() -> None:
    rows = "T,8:00:00,8:00:00,1,1,0\nT,,,2,2,900\nT,,,3,3,950\nT,8:10:00,8:10:00,4,4,1000\n"
    assert arrivals(rows) == [0, 9, 9, 10]
    made = feeds.timetable(stop_times=HEAD + rows)
    assert made.calls.is_timed.tolist() == [True, False, False, True]


@pytest.mark.parametrize("odd", ["", "2000", "-1", "0.5"])
def test_times_are_spaced_evenly_where_one_distance_is_of_no_use(odd: str) -> None:
    rows = f"T,8:00:00,8:00:00,1,1,0\nT,,,2,2,900\nT,,,3,3,{odd}\nT,8:09:00,8:09:00,4,4,1000\n"
    assert arrivals(rows) == [0, 3, 6, 9]


def test_one_time_of_a_call_stands_for_both_and_a_stay_counts_from_its_end() -> None:
    rows = "T,,8:00:00,1,1,\nT,8:10:00,8:20:00,2,2,\nT,,,3,3,\nT,8:30:00,,4,4,\n"
    made = feeds.timetable(stop_times=HEAD + rows)
    assert (made.calls.arrival_s // 60 - 480).tolist() == [0, 10, 25, 30]
    assert (made.calls.departure_s // 60 - 480).tolist() == [0, 20, 25, 30]


def test_a_trip_that_can_carry_nobody_is_left_out_with_its_reason() -> None:
    trips = "route_id,service_id,trip_id\n" + "".join(f"R,W,{trip}\n" for trip in "TABCDE")
    rows = (
        feeds.BASE["stop_times"]
        + "A,8:00:00,8:00:00,1,1\n"  # one call
        + "B,,,1,1\nB,8:00:00,8:00:00,2,2\n"  # nobody knows when it leaves
        + "C,8:00:00,8:00:00,1,1\nC,,,2,2\n"
        + "D,8:00:00,8:00:00,1,1\nD,7:59:00,7:59:00,2,2\n"
    )
    made = feeds.timetable(trips=trips, stop_times=rows)
    assert made.trips["trip_id"].tolist() == ["a:T"]
    assert dict(zip(made.left_out["trip_id"], made.left_out["reason"], strict=True)) == {
        "a:A": "one_call",
        "a:B": "no_times",
        "a:C": "no_times",
        "a:D": "times_decrease",
        "a:E": "no_calls",
    }
    assert made.calls.first.tolist() == [0, 3]


def test_calls_stand_in_their_order_however_the_file_is_sorted() -> None:
    trips = "route_id,service_id,trip_id\nR,W,T\nQ,W,U\n"
    rows = [
        *("T,8:00:00,8:00:00,1,1", "T,8:10:00,8:10:00,2,5", "T,8:20:00,8:20:00,3,9"),
        *("U,9:00:00,9:00:00,3,1", "U,9:10:00,9:10:00,2,2"),
    ]
    head = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    sorted_, shuffled = (
        feeds.timetable(trips=trips, stop_times=head + "\n".join(each) + "\n")
        for each in (rows, [rows[n] for n in (3, 2, 0, 4, 1)])
    )
    assert_same(sorted_, shuffled)
    assert sorted_.calls.sequence.tolist() == [1, 5, 9, 1, 2]
    assert sorted_.calls.trip.tolist() == [0, 0, 0, 1, 1]


def test_where_nobody_may_get_on_or_off_is_kept_and_an_arrangement_is_a_way_to_do_it() -> None:
    rows = feeds.BASE["stop_times"].splitlines()
    text = "\n".join([rows[0] + ",pickup_type,drop_off_type", f"{rows[1]},1,", f"{rows[2]},2,3", f"{rows[3]},,1"])
    made = feeds.timetable(stop_times=text + "\n")
    assert made.calls.can_board.tolist() == [False, True, True]
    assert made.calls.can_alight.tolist() == [True, True, False]


def test_the_vehicle_shows_what_the_call_says_before_what_the_trip_says() -> None:
    rows = feeds.BASE["stop_times"].splitlines()
    text = "\n".join([rows[0] + ",stop_headsign", f"{rows[1]},浜大津経由", f"{rows[2]},", f"{rows[3]},"])
    made = feeds.timetable(stop_times=text + "\n")
    calls = np.arange(3)
    assert made.headsign_of(calls, made.calls.trip).tolist() == ["浜大津経由", "石山", "石山"]
    assert feeds.timetable().headsign_of(calls, made.calls.trip).tolist() == ["石山"] * 3


def test_a_headsign_for_some_calls_alone_is_refused() -> None:
    calls = feeds.timetable().calls
    with pytest.raises(ValueError, match="2 entries for 3 calls"):
        dataclasses.replace(calls, headsign=np.zeros(2, np.int32))


def test_feeds_side_by_side_stay_apart_and_each_has_its_days() -> None:
    one = feeds.feed("a.zip")
    later = feeds.BASE["calendar"].replace("20260401,20270331", "20300401,20310331")
    other = feeds.feed(
        "b.zip", calendar=later, frequencies="trip_id,start_time,end_time,headway_secs\nT,7:00:00,9:00:00,600\n"
    )
    made = tables.of_feeds([one, other])
    assert made.trips["trip_id"].tolist() == ["a:T", "b:T"]
    assert made.trips["route"].tolist() == [0, 2]
    assert made.calls.stop.tolist() == [0, 1, 2, 4, 5, 6]
    assert made.services.ids.tolist() == ["a:W", "b:W"]
    assert [str(each) for each in made.services.starts] == ["2026-04-01", "2030-04-01"]
    assert made.frequencies[["trip", "start_s", "headway_s", "is_exact"]].to_numpy().tolist() == [
        [1, 25200, 600, False]
    ]


def test_a_service_that_only_dates_name_has_no_week() -> None:
    made = feeds.timetable(calendar=None, calendar_dates="service_id,date,exception_type\nW,20260505,1\nW,20260506,2\n")
    assert not made.services.weekdays.any()
    assert np.isnat(made.services.starts).all() and np.isnat(made.services.ends).all()
    assert made.services.exceptions["is_added"].tolist() == [True, False]
    assert made.services.exceptions["on"].dt.strftime("%F").tolist() == ["2026-05-05", "2026-05-06"]


def test_what_is_not_known_is_none_and_not_nought() -> None:
    made = feeds.timetable(trips="route_id,service_id,trip_id\nR,W,T\n")
    trip, stop, route = made.trips.iloc[0], made.stops.iloc[1], made.routes.iloc[0]
    assert trip["headsign"] is None and trip["direction_id"] is pd.NA
    assert stop["platform_code"] is None and stop["wheelchair_boarding"] is pd.NA and stop["parent"] == NONE
    assert route["long_name"] is None and route["agency_ja"] == "大津バス"


def test_a_name_in_another_language_is_found_in_both_forms_of_translations() -> None:
    old = "trans_id,lang,translation\n大津駅,en,Otsu Sta.\n大津駅,ja-Hrkt,おおつえき\n石山,en,Ishiyama\n"
    new = (
        "table_name,field_name,language,translation,record_id,field_value\n"
        "stops,stop_name,en,Otsu Sta.,1,\nstops,stop_name,ja-Hrkt,おおつえき,,大津駅\n"
        "trips,trip_headsign,EN,Ishiyama,,石山\n"
    )
    for text in (old, new):
        held = tables.side_by_side([("a", feeds.feed(translations=text))])
        assert names.translated(held, "stop", "stop_id", ("name_ja",), "en").iloc[0] == "Otsu Sta."
        assert names.translated(held, "stop", "stop_id", ("name_ja",), names.KANA).iloc[0] == "おおつえき"
        assert names.translated(held, "trip", "trip_id", ("headsign",), "en").tolist() == ["Ishiyama"]
        assert set(names.translated(held, "stop", "stop_id", ("name_ja",), "ko")) == {None}
        assert tables.timetable(held).stops["name_en"].iloc[0] == "Otsu Sta."


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=9), st.booleans())
def test_times_never_run_back_whatever_is_left_open(steps: list[tuple[int, bool]], has_distance: bool) -> None:
    """The first and the last call have times; each call between them has or has not."""
    clock, rows = 8 * 3600, []
    for at, (step, is_open) in enumerate(steps):
        clock += step * 60
        text = "" if is_open and 0 < at < len(steps) - 1 else f"{clock // 3600}:{clock // 60 % 60:02}:00"
        rows.append(f"T,{text},{text},{at % 4 + 1},{at},{at * at if has_distance else ''}")
    made = feeds.timetable(stop_times=HEAD + "\n".join(rows) + "\n")
    assert len(made.left_out) == 0
    both = np.column_stack([made.calls.arrival_s, made.calls.departure_s]).ravel()
    assert (np.diff(both) >= 0).all()
    known = [row.split(",")[1] != "" for row in rows]
    assert made.calls.is_timed.tolist() == known


def assert_same(one: Timetable, other: Timetable) -> None:
    for each in dataclasses.fields(Calls):
        np.testing.assert_array_equal(getattr(one.calls, each.name), getattr(other.calls, each.name), each.name)
    for name in ("stops", "routes", "trips", "frequencies", "left_out"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    for name in ("ids", "weekdays", "starts", "ends"):
        np.testing.assert_array_equal(getattr(one.services, name), getattr(other.services, name), name)
    pd.testing.assert_frame_equal(one.services.exceptions, other.services.exceptions)


@needs_real
@pytest.mark.real
def test_a_snapshot_and_its_files_give_the_same_timetable(data_dir: Path) -> None:
    found = [
        REAL / "gtfs_jp" / "077434.zip",
        REAL / "gtfs_world" / "bart.zip",
        REAL / "gtfs_jp" / "hakodate_shiden.zip",
    ]
    city = config.city()
    known = cards.registry(city, cards.DEMO)
    known["timetables"] = dataclasses.replace(known["timetables"], paths=tuple(found))
    outcome = build.build(city, known)
    with Snapshot(snapshots.path_of(outcome.snapshot_id)) as snapshot:
        stored = tables.timetable(ask.timetable_tables(snapshot))
    read = [feed for path in found for feed in gtfs.read(Payload(path.name, path.read_bytes()), 2**30)]
    fresh = tables.of_feeds(read)
    assert fresh.stops["name_en"].notna().any()
    assert {tuple(each) for each in stored.headsigns.reshape(-1, 1)} == {
        tuple(each) for each in fresh.headsigns.reshape(-1, 1)
    }
    calls, trips = np.arange(len(fresh.calls.stop)), fresh.calls.trip
    assert stored.headsign_of(calls, trips).tolist() == fresh.headsign_of(calls, trips).tolist()
    plain = [
        dataclasses.replace(each, calls=dataclasses.replace(each.calls, headsign=np.zeros(0, np.int32)))
        for each in (stored, fresh)
    ]
    assert_same(*plain)
