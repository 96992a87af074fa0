"""What still goes from stops in zones before a moment: over midnight too, and nothing known is not nothing left."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from calendars import DAY, on_days
from real import REAL, needs_real
from timetables import Trip, timetable

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.realtime.records import StopUpdate, TripUpdate
from otsu_maps.transit import tables
from otsu_maps.transit.disaster import INSIDE, OUTSIDE
from otsu_maps.transit.last_chance import (
    GOES,
    LONGEST,
    NO_SERVICE,
    NONE_LEFT,
    STOPPED,
    UNKNOWN,
    last_chances,
    trips_touched,
    without_cancelled,
)
from otsu_maps.transit.live import Known, Names
from otsu_maps.transit.suspensions import Suspension, TakenOut, taken_out
from otsu_maps.transit.timetable import Timetable

H = 3600
WHERE = np.array([INSIDE, INSIDE, OUTSIDE], np.int8)
MIDNIGHT = datetime(2026, 11, 26, 15)  # of DAY here, in UTC


def trip(hour: float, stops: tuple[int, ...] = (0, 1, 2), route: int = 0) -> Trip:
    start = round(hour * H)
    return Trip(route, [(stop, start + 600 * at, start + 600 * at) for at, stop in enumerate(stops)])


def off(plan: Timetable, **what: Any) -> TakenOut:
    names: dict[str, Any] = {"route_id": None, "stop_id": None, "name": None} | what
    return taken_out(plan, [Suspension(**names, reason="hazard", source="x", since=MIDNIGHT, until=None, by="hq")])


def asked(plan: Timetable, now_h: float, before_h: float, out: TakenOut | None = None) -> dict[str, dict[Any, Any]]:
    now, before = (MIDNIGHT + timedelta(hours=hour) for hour in (now_h, before_h))
    found = last_chances(plan, now, before, WHERE, out or taken_out(plan, []))
    return {str(row["stop_id"]): row for row in found.to_dict("records")}


def at(hour: float) -> pd.Timestamp:
    return pd.Timestamp(MIDNIGHT + timedelta(hours=hour))


def test_the_last_one_before_the_moment_and_the_last_that_brings_one_out_in_time() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(8), trip(9), trip(10)]))
    found = asked(plan, 8.5, 9.25)
    assert list(found) == ["f:s0", "f:s1"]
    assert [(each["state"], each["last_at"], each["more"]) for each in found.values()] == [
        (GOES, at(9), 1),
        (GOES, at(9 + 1 / 6), 1),
    ]
    assert found["f:s0"]["route"] == "0"
    assert pd.isna(found["f:s0"]["out_at"]), "the one at nine arrives at 9:20, after the moment"
    later = asked(plan, 8.5, 9.5)
    assert (later["f:s0"]["out_at"], later["f:s0"]["out_to_ja"]) == (at(9), "停留所2")
    assert later["f:s0"]["out_arrives_at"] == at(9 + 1 / 3)


def test_one_that_has_gone_already_is_not_left() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(8), trip(20)]))
    found = asked(plan, 8.2, 9.5)
    assert [(each["stop_id"], each["state"]) for each in found.values()] == [("f:s0", NONE_LEFT), ("f:s1", NONE_LEFT)]
    assert pd.isna(found["f:s0"]["last_at"]) and found["f:s0"]["route"] is None and pd.isna(found["f:s0"]["out_at"])
    assert found["f:s0"]["more"] == 1
    early = asked(plan, 4, 5)
    assert early["f:s0"]["state"] == NONE_LEFT, "the first bus comes after the moment: there is a service on this day"


def test_stops_with_none_left_stand_before_the_earliest_last_bus() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(8, (0, 2)), trip(9, (1, 2))]))
    assert list(asked(plan, 7, 10)) == ["f:s0", "f:s1"]
    assert list(asked(plan, 8.5, 10)) == ["f:s0", "f:s1"]
    swapped = on_days(timetable([0, 500, 1000], [trip(9, (0, 2)), trip(8, (1, 2))]))
    assert list(asked(swapped, 7, 10)) == ["f:s1", "f:s0"]


def test_what_is_out_of_service_is_said_apart() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(9), trip(9.5, (1, 2), route=1)]))
    found = asked(plan, 8, 10, off(plan, route_id="f:r0"))
    assert {key: each["state"] for key, each in found.items()} == {"f:s0": STOPPED, "f:s1": GOES}
    assert found["f:s1"]["last_at"] == at(9.5)
    gone = asked(plan, 9.9, 10, off(plan, route_id="f:r0"))
    assert gone["f:s0"]["state"] == NONE_LEFT, "it would have gone anyway"


def test_a_day_without_service_and_a_day_of_which_the_timetable_does_not_speak() -> None:
    days = [DAY - timedelta(1), DAY + timedelta(1)]
    assert asked(on_days(timetable([0, 500, 1000], [trip(9)]), days), 8, 10)["f:s0"]["state"] == NO_SERVICE
    past = on_days(timetable([0, 500, 1000], [trip(9)]), [DAY - timedelta(1)])
    assert asked(past, 8, 10)["f:s0"]["state"] == UNKNOWN


def test_over_midnight() -> None:
    days = [DAY, DAY + timedelta(1)]
    plan = on_days(timetable([0, 500, 1000], [trip(23.9), trip(6)]), days)
    found = asked(plan, 23, 24.5)
    assert (found["f:s0"]["state"], found["f:s0"]["last_at"], found["f:s0"]["more"]) == (GOES, at(23.9), 2)
    assert (found["f:s0"]["out_at"], found["f:s0"]["out_arrives_at"]) == (at(23.9), at(23.9 + 1 / 3))
    assert pd.isna(asked(plan, 23, 24.1)["f:s0"]["out_at"]), "it arrives at 0:14"
    assert asked(plan, 23, 30.5)["f:s0"]["last_at"] == at(30)


def told(trip_id: str, relationship: str = "scheduled", *skipped: str) -> TripUpdate:
    stops = tuple(StopUpdate(None, each, relationship="skipped") for each in skipped)
    return TripUpdate(trip_id, trip_id, None, None, None, None, relationship, None, None, None, stops)


def test_what_operators_cancel_just_now_is_no_last_bus() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(8), trip(9), trip(10)]))
    names, out = Names(plan), taken_out(plan, [])
    known = Known({(1, DAY): told("t1", "canceled"), (0, DAY): told("t0", "scheduled", "s1")})
    found = asked(plan, 7.5, 9.9, without_cancelled(names, out, known))
    assert (found["f:s0"]["state"], found["f:s0"]["last_at"]) == (GOES, at(8))
    assert found["f:s1"]["state"] == STOPPED, "one is cancelled, the other leaves this stop out"
    assert not out.calls.any() and without_cancelled(names, out, Known()).calls.sum() == 0


def test_a_moment_that_is_past_or_too_far_is_refused() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(9)]))
    for before in (-timedelta(minutes=1), LONGEST + timedelta(minutes=1)):
        with pytest.raises(ValueError, match="not within"):
            last_chances(plan, MIDNIGHT, MIDNIGHT + before, WHERE, taken_out(plan, []))


def test_no_stop_inside_is_an_empty_table() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(9)]))
    found = last_chances(plan, MIDNIGHT, MIDNIGHT, np.zeros(3, np.int8), taken_out(plan, []))
    assert found.empty and "last_at" in found


def test_trips_of_a_line_at_a_stop_that_is_out() -> None:
    plan = on_days(timetable([0, 500, 1000], [trip(9), trip(9, (1, 2), route=1), trip(9, (0, 2), route=1)]))
    assert trips_touched(plan, off(plan, route_id="f:r1", stop_id="f:s1")) == [1]
    assert trips_touched(plan, off(plan, route_id="f:r1")) == []
    assert trips_touched(plan, off(plan, stop_id="f:s1")) == []


# Real


def seconds(text: str) -> int:
    hours, minutes, rest = map(int, text.split(":"))
    return hours * H + minutes * 60 + rest


def file_of(zip_: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(zip_.read(name).decode("utf-8-sig"))))


@needs_real
@pytest.mark.real
@pytest.mark.parametrize(("now_h", "before_h"), [(9, 10.01), (21.5, 22.75), (6, 7.5)])
def test_a_real_tram_gives_what_loops_over_its_files_give(now_h: float, before_h: float) -> None:
    path = REAL / "gtfs_jp" / "hakodate_shiden.zip"
    plan = tables.of_feeds(gtfs.read(Payload(path.name, path.read_bytes()), 2**28))
    prefix = f"{plan.trips['feed_id'].iat[0]}:"
    where = np.where(plan.stops["lon"] > 140.75, INSIDE, OUTSIDE).astype(np.int8)
    with zipfile.ZipFile(path) as zip_:
        inside = {each["stop_id"] for each in file_of(zip_, "stops.txt") if float(each["stop_lon"]) > 140.75}
        running = {each["trip_id"] for each in file_of(zip_, "trips.txt") if each["service_id"] == "平日"}
        trips: dict[str, list[dict[str, str]]] = {}
        for call in sorted(file_of(zip_, "stop_times.txt"), key=lambda each: int(each["stop_sequence"])):
            if call["trip_id"] in running:
                trips.setdefault(call["trip_id"], []).append(call)
    now_s, before_s = now_h * H, before_h * H
    last: dict[str, int] = {}
    way: dict[str, int] = {}
    for calls in trips.values():
        for at, call in enumerate(calls[:-1]):
            leaves = seconds(call["departure_time"])
            if call["stop_id"] not in inside or call["pickup_type"] == "1" or not now_s <= leaves < before_s:
                continue
            last[call["stop_id"]] = max(last.get(call["stop_id"], 0), leaves)
            free = [each for each in calls[at + 1 :] if each["stop_id"] not in inside and each["drop_off_type"] != "1"]
            if free and seconds(free[0]["arrival_time"]) <= before_s:
                way[call["stop_id"]] = max(way.get(call["stop_id"], 0), leaves)
    start = datetime(2026, 11, 26, 15)
    moments = (start + timedelta(seconds=each) for each in (now_s, before_s))
    found = last_chances(plan, *moments, where, taken_out(plan, []))
    told = {
        column: {
            str(row["stop_id"]).removeprefix(prefix): round((row[column] - pd.Timestamp(start)).total_seconds())
            for row in found[found[column].notna()].to_dict("records")
        }
        for column in ("last_at", "out_at")
    }
    assert told == {"last_at": last, "out_at": way} and len(last) > 10 and len(way) > 5
