"""What is shown as now is of now: old news, silence and a wrong clock are told apart from calm."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.realtime import now, records
from otsu_maps.realtime.now import AHEAD, FRESH, SILENT, STALE, Heard, Latest
from otsu_maps.realtime.plain import plain, record
from otsu_maps.realtime.records import Alert, Informed, StopUpdate, TripUpdate, Vehicle
from otsu_maps.reasons import Reason

AT = datetime(2026, 11, 27, 3, 0)
LIMIT = timedelta(minutes=3)


def trip(trip_id: str, at: datetime | None = None, relationship: str = "scheduled") -> TripUpdate:
    stops = (StopUpdate(1, "a", 30, AT), StopUpdate(2, None, relationship="skipped"))
    return TripUpdate(f"e-{trip_id}", trip_id, "r", 0, date(2026, 11, 27), 90_600, relationship, "bus", at, None, stops)


def vehicle(at: datetime | None = None) -> Vehicle:
    return Vehicle("v", "bus", None, "t1", None, None, 135.87, 35.0, 90.0, 8.5, "a", 3, "in_transit_to", "full", at)


def heard(**how: object) -> Heard:
    return Heard(**{"source": "s", "feed_id": "f", "heard_at": AT, "told_at": AT, **how})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heard_s", "told_s", "state"),
    [
        *((0, 0, FRESH), (180, 180, FRESH), (181, 0, STALE), (0, 181, STALE)),
        *((0, -300, FRESH), (0, -301, STALE)),  # of a time to come: one of two clocks is wrong
        *((None, None, SILENT), (0, None, SILENT)),
    ],
)
def test_a_source_is_fresh_only_when_both_its_server_and_its_message_are(
    heard_s: int | None, told_s: int | None, state: str
) -> None:
    before = [None if each is None else AT - timedelta(seconds=each) for each in (heard_s, told_s)]
    assert heard(heard_at=before[0], told_at=before[1]).state(AT, LIMIT) == state


def test_no_trip_of_an_old_source_is_told_as_now() -> None:
    told = Latest(AT, (heard(updates=(trip("t1"),), vehicles=(vehicle(),)),))
    assert [each.trip_id for _, each in told.trips(AT + LIMIT, LIMIT)] == ["t1"]
    late = AT + LIMIT + timedelta(seconds=1)
    assert [*told.trips(late, LIMIT), *told.vehicles(late, LIMIT)] == []


def test_an_old_trip_in_a_new_message_is_unknown_but_one_that_is_cancelled_stays_so() -> None:
    old = AT - timedelta(hours=2)
    told = Latest(AT, (heard(updates=(trip("old", old), trip("gone", old, "canceled"), trip("new", AT))),))
    assert [each.trip_id for _, each in told.trips(AT, LIMIT)] == ["gone", "new"]


def test_notices_stay_with_the_state_of_their_source() -> None:
    since, until = AT - timedelta(days=1), AT + timedelta(hours=1)
    notice = Alert("a", ((since, until),), (), None, "no_service", None, {"ja": "運休"}, {}, {})
    told = Latest(AT, (heard(alerts=(notice,), heard_at=AT - timedelta(hours=5)),))
    [(source, found)] = told.alerts(AT)
    assert (found.header["ja"], source.state(AT, LIMIT)) == ("運休", STALE)
    assert [*told.alerts(until)] == []


def test_the_age_is_that_of_the_oldest_source_and_unknown_where_one_was_never_heard() -> None:
    hour = timedelta(hours=1)
    told = Latest(AT, (heard(), heard(told_at=AT - hour)))
    assert (told.since(), told.age(AT)) == (AT - hour, hour)
    assert Latest(AT, (*told.sources, heard(told_at=None))).age(AT) is None
    assert Latest().age(AT) is None
    assert Latest(AT, (heard(told_at=AT + AHEAD),)).age(AT) == timedelta(0)


def test_everything_comes_back_as_it_was_written(tmp_path: Path) -> None:
    notice = Alert(
        "a", ((AT, None), (None, AT)), (Informed("g", "r", 3, "t", "s"),), "77", None, None, {"": "x"}, {}, {}
    )
    full = heard(
        problem=Reason("download_status", {"url": "u", "status": "500"}),
        asked_at=AT,
        counts={"trip_update": 1},
        refused=2,
        updates=(trip("t1", AT),),
        vehicles=(vehicle(AT), vehicle()),
        alerts=(notice,),
    )
    told = Latest(AT, (full, Heard("never", None)))
    now.save(told, tmp_path / "realtime" / "latest.json")
    assert now.latest(tmp_path / "realtime" / "latest.json") == told
    assert [each.name for each in (tmp_path / "realtime").iterdir()] == ["latest.json"]


moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1))
stops = st.builds(
    StopUpdate,
    *(st.none() | st.integers(0, 99), st.none() | st.text(max_size=5), st.none() | st.integers(-999, 999)),
    *(st.none() | moments, st.none() | st.integers(-9, 9), st.none() | moments, st.sampled_from(["scheduled", "9"])),
)


@given(st.lists(stops, max_size=3), st.none() | moments)
def test_any_trip_comes_back(given_stops: list[StopUpdate], at: datetime | None) -> None:
    one = TripUpdate("e", None, "r", None, None, None, "added", None, at, -5, tuple(given_stops))
    assert record(TripUpdate, json.loads(json.dumps(plain(one)))) == one


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"version": 2, "latest": {}}', '{"version": 1, "latest": {"sources": [{"source": 3}]}}'),
        *('{"version": 1, "latest": {"written_at": "soon"}}', '{"version": 1, "latest": 5}', "[" * 100_000),
    ],
)
def test_a_file_that_is_damaged_says_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "latest.json"
    file.write_text(text)
    assert now.latest(file) == Latest()
    assert now.latest(tmp_path / "none.json") == Latest()


def test_relationships_of_trips_outside_the_timetable_are_codes_of_the_format() -> None:
    from google.transit import gtfs_realtime_pb2 as pb

    names = {
        each.name.lower() for each in pb.TripDescriptor.DESCRIPTOR.enum_types_by_name["ScheduleRelationship"].values
    }
    assert names == records.ADDED_TRIPS | {records.SCHEDULED, records.CANCELED, records.DELETED}
