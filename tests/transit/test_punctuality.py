"""Delays: the last word before an arrival counts, if it came shortly before; what nobody told of is never on time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from calendars import DAY, on_days
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real
from timetables import Trip, timetable

from otsu_maps.formats import gtfs, gtfs_rt
from otsu_maps.formats.reading import Payload
from otsu_maps.realtime import archive
from otsu_maps.realtime.records import StopUpdate, TripUpdate
from otsu_maps.transit import live, observed, punctuality, services, tables
from otsu_maps.transit.observed import NEAR_S, Observed
from otsu_maps.transit.punctuality import EARLY_S, LATE_S, Report
from otsu_maps.transit.timetable import Timetable

MIDNIGHT = datetime(2026, 11, 26, 15, 0)  # of that day here, in UTC


def hm(hour: int, minute: float = 0) -> int:
    return round(hour * 3600 + minute * 60)


LINE = [(0, hm(8), hm(8)), (1, hm(8, 10), hm(8, 11)), (2, hm(8, 20), hm(8, 20))]
PLAN = on_days(timetable([0, 500, 1000], [Trip(0, LINE), Trip(1, [(s, a + 86_400, d + 86_400) for s, a, d in LINE])]))


def update(trip_id: str, *stops: StopUpdate, **how: Any) -> TripUpdate:
    about = {"route_id": None, "direction_id": None, "start_date": DAY, "start_time_s": None, "at": None}
    about |= {"relationship": "scheduled", "vehicle_id": None, "delay_s": None, **how}
    return TripUpdate(f"e{trip_id}", trip_id, stops=stops, **about)


def rows(*told: tuple[datetime, TripUpdate], feed_id: str | None = "f") -> pd.DataFrame:
    found = [
        {"heard_at": at, "message_at": at, "source": "s", "feed_id": feed_id, **row}
        for at, one in told
        for row in archive.trip_rows([one])
    ]
    return archive.pa.Table.from_pylist(found, schema=archive.SCHEMAS["trips"]).to_pandas()


def at(hour: int, minute: float = 0) -> datetime:
    return MIDNIGHT + timedelta(seconds=hm(hour, minute))


def seen(*told: tuple[datetime, TripUpdate], plan: Timetable = PLAN, feed_id: str | None = "f") -> Observed:
    return observed.observed(plan, rows(*told, feed_id=feed_id))


def told_delays(found: Observed) -> dict[int, float]:
    return dict(zip(found.calls["call"], found.calls["delay_s"], strict=True))


def test_the_last_word_before_the_arrival_counts() -> None:
    found = seen(
        (at(8, 7), update("t0", StopUpdate(1, "s1", arrival_delay_s=30))),
        (at(8, 9), update("t0", StopUpdate(1, "s1", arrival_delay_s=120))),
        (at(8, 13), update("t0", StopUpdate(1, "s1", arrival_delay_s=0))),  # after it came: this says nothing of it
    )
    assert told_delays(found) == {1: 120}


def test_a_time_counts_before_a_delay_and_the_first_stop_by_its_departure() -> None:
    found = seen(
        (
            at(7, 59),
            update("t0", StopUpdate(0, None, arrival_at=at(7, 58), departure_at=at(8, 2), departure_delay_s=99)),
        ),
        (at(8, 10), update("t0", StopUpdate(1, None, 99, at(8, 10.5)), StopUpdate(2, None, departure_delay_s=-60))),
        (at(8, 18), update("t0", StopUpdate(2, None, departure_delay_s=-60))),
    )
    assert told_delays(found) == {0: 120, 1: 30, 2: -60}


def test_a_forecast_that_nobody_repeated_is_no_observation() -> None:
    early = (at(8, 4), update("t0", StopUpdate(1, "s1", arrival_delay_s=0)))
    assert told_delays(seen(early)) == {}
    assert told_delays(seen((at(8, 5), early[1]))) == {1: 0}
    # Told in time, and then put off until too late to be sure: the first word does not stand.
    assert told_delays(seen((at(8, 9), early[1]), (at(8, 9.5), update("t0", StopUpdate(1, "s1", 900))))) == {}


def test_what_a_trip_says_of_its_own_age_counts_rather_than_when_it_was_heard() -> None:
    old = update("t0", StopUpdate(1, "s1", arrival_delay_s=0), at=at(7, 30))
    assert told_delays(seen((at(8, 9), old))) == {}


def test_what_was_taken_back_is_unknown() -> None:
    said = (at(8, 7), update("t0", StopUpdate(1, "s1", arrival_delay_s=0)))
    back = update("t0", StopUpdate(1, "s1", relationship="no_data"))
    assert told_delays(seen(said, (at(8, 8), back))) == {}
    assert told_delays(seen(said, (at(8, 15), back))) == {1: 0}  # long past the stop: no word on the arrival


def test_an_operator_that_speaks_of_another_edition_of_the_timetable_is_not_believed() -> None:
    found = seen((at(8, 9), update("t0", StopUpdate(1, "s1", 0, at(8, 16)), StopUpdate(2, "s2", 0, at(8, 21)))))
    assert (told_delays(found), found.unmatched) == ({}, {"other_edition": 1})
    late = update("t0", StopUpdate(1, "s1", 0, at(8, 16)), StopUpdate(2, "s2", 60))
    told, _ = live.delays(live.Names(PLAN), 0, late, live.day_start_s(DAY))
    assert np.array_equal(told, [np.nan, np.nan, 60], equal_nan=True)


def test_the_night_belongs_to_the_day_before() -> None:
    late = StopUpdate(1, "s1", arrival_delay_s=60)
    told = at(32, 9)
    for start in (DAY, None):
        found = seen((told, update("t1", late, start_date=start)))
        assert told_delays(found) == {4: 60}
        assert found.calls["on"].dt.date.tolist() == [DAY]
    # A trip that does not run on the day that is told is not counted for another one.
    assert seen((told, update("t1", late, start_date=DAY + timedelta(1)))).unmatched == {"not_running": 1}


def test_cancelled_skipped_and_unknown_are_told_apart() -> None:
    plan = on_days(timetable([0, 500, 1000], [Trip(0, LINE)] * 4))
    found = seen(
        (at(8, 9), update("t0", StopUpdate(1, "s1", 30), StopUpdate(2, relationship="skipped", stop_id=None))),
        (at(7), update("t1", relationship="canceled")),
        (at(7), update("t2", relationship="canceled")),
        (at(7, 5), update("t2", StopUpdate(1, "s1", 0))),  # it runs after all, and nobody knows how
        plan=plan,
    )
    told = punctuality.report(plan, found, [DAY], ())
    assert told.rows.iloc[0][["scheduled", "observed", "cancelled", "skipped", "unknown"]].tolist() == [12, 1, 3, 1, 7]
    assert (told.trips, told.seen, told.cancelled, told.unknown) == (4, 1, 1, 2)


def test_unknown_is_never_on_time() -> None:
    told = punctuality.report(PLAN, seen(), [DAY, DAY + timedelta(1)], ("route",))
    assert told.rows["unknown"].tolist() == [3, 3]
    assert told.rows[["median_s", "p90_s", "on_time"]].isna().all().all()
    assert (told.trips, told.unknown) == (2, 2)


def test_ids_without_a_feed_count_only_where_one_feed_has_them() -> None:
    word = (at(8, 9), update("t0", StopUpdate(1, "s1", 30)))
    assert told_delays(seen(word, feed_id=None)) == {1: 30}
    assert seen(word, feed_id="other").unmatched == {"unknown_trip": 1}
    double = replace(PLAN, trips=PLAN.trips.assign(feed_id=["f", "g"], trip_id=["f:t0", "g:t0"]))
    assert seen(word, feed_id=None, plan=double).unmatched == {"several_feeds": 1}


def test_trips_of_no_timetable_and_by_headway_are_counted_apart() -> None:
    often = on_days(timetable([0, 500, 1000], [Trip(0, LINE, often=((hm(8), hm(9), 600, False),))]))
    word = (at(8, 9), update("t0", StopUpdate(1, "s1", 30)))
    found = seen(word, (at(8), update("x", relationship="added")), plan=often)
    assert (found.unmatched, len(found.calls)) == ({"added": 1, "by_headway": 1}, 0)
    told = punctuality.report(often, found, [DAY])
    assert (told.trips, told.by_headway, len(told.rows)) == (0, 1, 0)


def test_a_stop_that_the_trip_does_not_have_is_counted() -> None:
    assert seen((at(8, 9), update("t0", StopUpdate(9, None, 30)))).unmatched == {"unknown_stop": 1}


@pytest.mark.parametrize(
    ("sequence", "stop_id", "call"),
    [(1, None, 1), (None, "s1", 1), (7, "s1", 1), (0, "s1", 1), (1, "s99", 1), (9, None, -1), (None, "s99", -1)],
)
def test_which_call_is_meant(sequence: int | None, stop_id: str | None, call: int) -> None:
    assert live.Names(PLAN).call(0, sequence, stop_id) == call


def test_a_loop_without_numbers_is_unsure_unless_the_order_tells() -> None:
    loop = timetable([0, 500], [Trip(0, [(0, 0, 0), (1, 60, 60), (0, 120, 120)])])
    names = live.Names(loop)
    assert (names.call(0, None, "s0"), names.call(0, 2, "s0"), names.call(0, None, "s0", 1)) == (-1, 2, 2)
    found, _ = live.delays(names, 0, update("t0", StopUpdate(None, "s0", None, None, 5), StopUpdate(None, "s0", 9)), 0)
    assert found.tolist() == [5, 5, 9]


# By drawing


word = st.builds(
    lambda minute, trip, sequence, delay, kind, of_trip: (minute, trip, sequence, delay, kind, of_trip),
    st.integers(-10, 40),
    st.integers(0, 2),
    st.integers(0, 3),
    st.none() | st.integers(-200, 900),
    st.sampled_from(["scheduled"] * 4 + ["skipped", "no_data"]),
    st.sampled_from(["scheduled"] * 6 + ["canceled", "17"]),
)
DRAWN = on_days(timetable([0, 500, 1000], [Trip(0, LINE), Trip(0, LINE), Trip(1, LINE)]))


def slowly(words: list[tuple[int, int, int, int | None, str, str]]) -> tuple[dict, set, set]:
    """The same by plain loops over one call after the other."""
    words = [each for _, each in sorted(enumerate(words), key=lambda pair: (pair[1][0], pair[0]))]
    delays, cancelled, skipped = {}, set(), set()
    for trip in range(3):
        mine = [each for each in words if each[1] == trip]
        if mine and mine[-1][5] == "canceled":
            cancelled.add(trip)
        for number, (_, arrives, departs) in enumerate(LINE):
            planned = departs if number == 0 else arrives
            here = [each for each in mine if each[2] == number and each[5] == "scheduled"]
            kinds = [each[4] for each in here if each[4] != "no_data"]
            if kinds and kinds[-1] == "skipped":
                skipped.add(trip * 3 + number)
            best = None
            for minute, _, _, delay, kind, _ in here:
                if kind == "scheduled" and delay is not None and hm(8, minute) <= planned + delay:
                    best = (hm(8, minute), planned + delay)
            if best is None or best[1] - best[0] > NEAR_S:
                continue
            if any(each[4] == "no_data" and best[0] < hm(8, each[0]) <= best[1] for each in here):
                continue
            delays[trip * 3 + number] = best[1] - planned
    return delays, cancelled, skipped


@settings(max_examples=200, deadline=None)
@given(st.lists(word, max_size=14))
def test_any_words_are_judged_as_plain_loops_would(words: list[tuple[int, int, int, int | None, str, str]]) -> None:
    told = [
        (
            at(8, minute),
            update(f"t{trip}", StopUpdate(n, None, delay, None, delay, None, kind), relationship=of_trip),
        )
        for minute, trip, n, delay, kind, of_trip in words
    ]
    found = seen(*told, plan=DRAWN)
    delays, cancelled, skipped = slowly(words)
    assert told_delays(found) == delays
    assert set(found.cancelled["trip"]) == cancelled
    assert set(found.skipped["call"]) == skipped
    for by in ((), ("route",), ("stop",), ("hour",), ("route", "stop", "hour")):
        whole_and_consistent(punctuality.report(DRAWN, found, [DAY], by), delays, cancelled, skipped)


def whole_and_consistent(told: Report, delays: dict, cancelled: set, skipped: set) -> None:
    frame = told.rows
    assert frame["scheduled"].sum() == 9
    assert frame["observed"].sum() == len(delays)
    gone = {trip * 3 + n for trip in cancelled for n in range(3)} - set(delays)
    assert frame["cancelled"].sum() == len(gone)
    assert frame["skipped"].sum() == len(skipped - gone - set(delays))
    assert (frame["unknown"] >= 0).all()
    parts = frame[["observed", "cancelled", "skipped", "unknown"]].sum(axis=1)
    assert (parts == frame["scheduled"]).all()
    known = frame[frame["observed"] > 0]
    good = sum(EARLY_S <= each <= LATE_S for each in delays.values())
    assert (known["on_time"] * known["observed"]).sum() == pytest.approx(good)
    assert (known["median_s"] <= known["p90_s"]).all()
    assert frame.loc[frame["observed"] == 0, "on_time"].isna().all()
    assert told.trips == 3 and told.seen + told.cancelled + told.unknown == 3 and told.unknown >= 0


# Real


@needs_real
@pytest.mark.real
def test_real_messages_and_a_timetable_of_another_edition() -> None:
    zip_ = REAL / "gtfs_world" / "bart.zip"
    plan = tables.of_feeds(gtfs.read(Payload(zip_.name, zip_.read_bytes()), 2**28))
    known = {trip_id.split(":")[1] for trip_id in plan.trips["trip_id"]}
    found = {}
    for name in ("example.pb", "bart-trip-updates.pb"):
        message = gtfs_rt.read(Payload(name, (REAL / "gtfs_rt" / name).read_bytes()))
        told = rows(*((message.at, each) for each in message.updates if message.at), feed_id=None)
        found[name] = observed.observed(plan, told, ZoneInfo("America/Los_Angeles")), message
    seen, message = found["example.pb"]
    strangers = sum(each.trip_id not in known for each in message.updates)
    # The few that it knows run at other times there: the same ids, another edition.
    assert seen.unmatched == {"unknown_trip": strangers, "other_edition": 4}
    assert len(seen.calls) == 0
    day = date(2019, 5, 27)  # 19:02 there, the next day in UTC
    report = punctuality.report(plan, seen, [day], ())
    assert (report.trips, report.unknown) == (len(services.trips_on(plan, day)),) * 2
    # In August the calendar has ended: its trips do not run, so nothing is said of them.
    seen, message = found["bart-trip-updates.pb"]
    added = [each for each in message.updates if each.relationship == "added"]
    there = [each for each in message.updates if each not in added and each.trip_id in known]
    assert seen.unmatched == {
        "added": len(added),
        "not_running": len(there),
        "unknown_trip": len(message.updates) - len(added) - len(there),
    }
    assert len(seen.calls) == 0


@needs_real
@pytest.mark.real
def test_delays_that_were_put_on_a_real_timetable_come_out_again() -> None:
    zip_ = REAL / "gtfs_jp" / "077434.zip"
    plan = tables.of_feeds(gtfs.read(Payload(zip_.name, zip_.read_bytes()), 2**28))
    first, last = services.validity(plan)[str(plan.trips["feed_id"][0])]
    day = next(each for n in range((last - first).days) if len(services.trips_on(plan, each := first + timedelta(n))))
    trips, calls, draw = services.trips_on(plan, day), plan.calls, np.random.default_rng(7)
    midnight = datetime(day.year, day.month, day.day) - timedelta(hours=9)
    told, put = [], {}
    for trip in trips[::2]:  # nobody tells of the others
        trip_id = str(plan.trips["trip_id"][trip]).split(":", 1)[1]
        for call in range(calls.first[trip], calls.first[trip + 1]):
            is_first = call == calls.first[trip]
            planned = int(calls.departure_s[call] if is_first else calls.arrival_s[call])
            put[call] = int(draw.integers(-120, 900))
            stop = StopUpdate(int(calls.sequence[call]), None, put[call], None, put[call])
            for before in (240, 60):  # the first of the two is wrong
                late = put[call] if before == 60 else 0
                words = replace(stop, arrival_delay_s=late, departure_delay_s=late)
                heard = midnight + timedelta(seconds=planned + late - before)
                told.append((heard, update(trip_id, words, start_date=day)))
    found = observed.observed(plan, rows(*told, feed_id=None))
    assert told_delays(found) == put
    assert found.unmatched == {}
    report = punctuality.report(plan, found, [day], ("route", "hour"))
    assert (report.trips, report.seen, report.unknown) == (len(trips), len(trips[::2]), len(trips[1::2]))
    assert report.rows["observed"].sum() == len(put)
