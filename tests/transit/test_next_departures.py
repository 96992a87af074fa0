"""What departs next: as planned, as told, or unknown; what is old or silent is never on time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from calendars import DAY, on_days, on_own_days
from hypothesis import given, settings
from hypothesis import strategies as st
from timetables import Trip, World, timetable, worlds

from otsu_maps.realtime.now import Heard, Latest
from otsu_maps.realtime.records import StopUpdate, TripUpdate
from otsu_maps.transit import live, suspensions
from otsu_maps.transit.live import Known, Names
from otsu_maps.transit.next_departures import LOOK_AHEAD, REAL_TIME, SCHEDULED, UNKNOWN, Board, next_departures
from otsu_maps.transit.suspensions import Suspension

H = 3600
MIDNIGHT = datetime(2026, 11, 26, 15, 0)
AT = MIDNIGHT + timedelta(hours=8)
LIMIT = timedelta(minutes=3)


def line(minutes: int) -> list[tuple[int, int, int]]:
    start = 8 * H + minutes * 60
    return [(0, start, start), (1, start + 600, start + 660), (2, start + 1200, start + 1200)]


TRIPS = [Trip(0, line(0)), Trip(0, line(15)), Trip(1, line(30)), Trip(1, line(45))]
NAMES = Names(on_days(timetable([0, 500, 1000], TRIPS)))


def update(trip_id: str, *stops: StopUpdate, **how: Any) -> TripUpdate:
    about = {"route_id": None, "direction_id": None, "start_date": DAY, "start_time_s": None, "at": None}
    about |= {"relationship": "scheduled", "vehicle_id": None, "delay_s": None, **how}
    return TripUpdate(f"e{trip_id}", trip_id, stops=stops, **about)


def told(*updates: TripUpdate, **how: Any) -> Latest:
    about = {"feed_id": "f", "heard_at": AT, "told_at": AT, "counts": {"trip_update": 1}, **how}
    return Latest(AT, (Heard("s", updates=updates, **about),))


def known(*updates: TripUpdate, **how: Any) -> Known:
    return live.known(NAMES, told(*updates, **how), AT, LIMIT)


def board(minutes: float, count: int = 9, stops: tuple[int, ...] = (1,), **how: Any) -> Board:
    return next_departures(NAMES, stops, AT + timedelta(minutes=minutes), count, **how)


def shown(found: Board) -> list[tuple[int, float, str]]:
    """Trip, minutes after eight at which it is expected, state."""
    return [(each.trip, (each.expected_at - AT) / timedelta(minutes=1), each.state) for each in found.next]


def test_without_any_word_it_is_the_timetable() -> None:
    assert shown(board(11)) == [(0, 11, SCHEDULED), (1, 26, SCHEDULED), (2, 41, SCHEDULED), (3, 56, SCHEDULED)]
    assert shown(board(11.1, count=1)) == [(1, 26, SCHEDULED)]
    assert shown(board(57)) == []
    assert shown(board(0, stops=(2,))) == []  # the last stop: nothing departs


def test_a_late_one_is_still_to_come_and_one_that_left_early_is_gone() -> None:
    late = known(update("t0", StopUpdate(0, "s0", departure_delay_s=1500)), update("t1", StopUpdate(1, None, -120)))
    found = board(25, known=late)
    assert shown(found)[:2] == [(0, 36, REAL_TIME), (2, 41, SCHEDULED)]
    assert (found.next[0].delay_s, found.next[0].planned_at) == (1500, AT + timedelta(minutes=11))


def test_a_time_that_is_told_counts_and_a_delay_holds_on() -> None:
    at = AT + timedelta(minutes=14)
    found = board(0, known=known(update("t0", StopUpdate(1, None, departure_at=at)), update("t1", delay_s=60)))
    assert shown(found)[:2] == [(0, 14, REAL_TIME), (1, 27, REAL_TIME)]


def test_what_its_operator_does_not_know_is_unknown() -> None:
    nothing = StopUpdate(1, None, relationship="no_data")
    found = board(
        0, known=known(update("t0", StopUpdate(0, None, 60), nothing), update("t1"), update("t2", relationship="17"))
    )
    assert shown(found) == [(0, 11, UNKNOWN), (1, 26, UNKNOWN), (2, 41, UNKNOWN), (3, 56, SCHEDULED)]


@pytest.mark.parametrize("old", [{"heard_at": AT - timedelta(minutes=4)}, {"told_at": AT - timedelta(minutes=4)}])
def test_an_operator_that_is_not_heard_makes_all_its_trips_unknown(old: dict[str, datetime]) -> None:
    for feed_id in ("f", None):
        silent = known(update("t0", StopUpdate(1, None, 0)), feed_id=feed_id, **old)
        assert {each.state for each in board(0, known=silent).next} == {UNKNOWN}
    other = known(update("t0", StopUpdate(1, None, 0)), feed_id="g", **old)
    assert {each.state for each in board(0, known=other).next} == {SCHEDULED}


@pytest.mark.parametrize("kind", ["no_data", "9", "unscheduled"])
def test_a_stop_whose_state_nobody_understands_ends_what_was_known(kind: str) -> None:
    words = (StopUpdate(0, None, 60), StopUpdate(1, None, 60, relationship=kind))
    found, skipped = live.delays(NAMES, 0, update("t0", *words), live.day_start_s(DAY))
    assert np.array_equal(found, [60, np.nan, np.nan], equal_nan=True)
    assert not skipped.any()


def test_an_operator_that_was_never_heard_is_silent_and_one_of_vehicles_alone_says_nothing_of_trips() -> None:
    never = known(heard_at=None, told_at=None, counts=None)
    assert {each.state for each in board(0, known=never).next} == {UNKNOWN}
    vehicles = known(counts={"vehicle": 3}, heard_at=AT - timedelta(hours=1))
    assert {each.state for each in board(0, known=vehicles).next} == {SCHEDULED}


def test_an_old_word_on_one_trip_makes_that_trip_unknown() -> None:
    old = known(update("t0", StopUpdate(1, None, 0), at=AT - timedelta(minutes=4)))
    assert [state for _, _, state in shown(board(0, known=old))] == [UNKNOWN, SCHEDULED, SCHEDULED, SCHEDULED]


def test_cancelled_trips_and_stops_that_are_left_out_do_not_come_and_are_told() -> None:
    off = known(update("t0", relationship="canceled"), update("t1", StopUpdate(1, None, relationship="skipped")))
    found = board(0, count=1, known=off)
    assert shown(found) == [(2, 41, SCHEDULED)]
    assert [each.trip for each in found.cancelled] == [0, 1]
    assert [each.trip for each in board(0, stops=(0,), known=off).next] == [1, 2, 3]


def test_what_is_out_of_service_is_taken_out_and_counted() -> None:
    out = suspensions.taken_out(NAMES.timetable, [Suspension("f:r0", None, None, "hazard", "x", AT, None, "hq")])
    found = board(0, out=out, known=known(update("t0", StopUpdate(1, None, 0))))
    assert ([each.trip for each in found.next], found.suspended) == ([2, 3], 2)


def test_added_trips_come_too() -> None:
    more = update(
        "x", StopUpdate(1, "s1", departure_at=AT + timedelta(minutes=20)), relationship="added", route_id="r1"
    )
    found = board(12, known=known(more))
    assert shown(found)[0] == (-1, 20, REAL_TIME)
    assert (found.next[0].route, found.next[0].planned_at) == (1, None)


def test_a_day_that_is_not_told_is_the_nearest_on_which_the_trip_runs() -> None:
    assert list(known(update("t0", StopUpdate(1, None, 60), start_date=None)).updates) == [(0, DAY)]
    names = Names(on_days(timetable([0, 500, 1000], TRIPS), [DAY - timedelta(1), DAY, DAY + timedelta(1)]))
    for hours, shift in ((-20, -1), (1, 0), (13, 1)):
        at = AT + timedelta(hours=hours)
        found = live.known(names, told(update("t0", start_date=None), heard_at=at, told_at=at), at, LIMIT)
        assert list(found.updates) == [(0, DAY + timedelta(shift))]


def test_after_midnight_a_late_trip_of_the_day_before_still_comes() -> None:
    night = [(s, a + 15 * H + 2700, d + 15 * H + 2700) for s, a, d in line(0)]  # 23:45, 23:55, 0:05
    names = Names(on_days(timetable([0, 500, 1000], [Trip(0, night)])))
    at = MIDNIGHT + timedelta(hours=24, minutes=10)
    late = live.known(names, told(update("t0", delay_s=1200), told_at=at, heard_at=at), at, LIMIT)
    [found] = next_departures(names, [1], at, 5, late).next
    assert found.expected_at == MIDNIGHT + timedelta(hours=24, minutes=16)
    assert next_departures(names, [1], at, 5).next == ()


@settings(max_examples=100, deadline=None)
@given(worlds(), st.integers(-30, 60), st.integers(1, 5))
def test_the_next_ones_are_those_of_plain_loops(world: World, minute: int, count: int) -> None:
    world = replace(world, trips=tuple(trip for trip in world.trips if trip.calls[0][1] >= 0))
    names = Names(on_own_days(timetable(world.places, world.trips), world.trips))
    at = AT + timedelta(minutes=minute)
    expected = []
    for number, trip in enumerate(world.trips):
        starts = [0]
        if trip.often:
            starts = [
                start + step * headway - trip.calls[0][2]
                for start, end, headway, _ in trip.often
                for step in range(max(0, -(-(end - start) // headway)))
            ]
        for day in range(3):
            for shift in starts if trip.days[day] else []:
                for position, (stop, _, departs) in enumerate(trip.calls[:-1]):
                    moment = MIDNIGHT + timedelta(days=day - 1, seconds=departs + shift)
                    if at <= moment < at + LOOK_AHEAD and "b" not in trip.marks.get(position, ""):
                        expected.append((moment, stop, number))
    stops = list(range(len(world.places)))
    found = next_departures(names, stops, at, count).next
    assert [(each.expected_at, each.stop, each.trip) for each in found] == sorted(expected)[:count]
    assert all(each.state == SCHEDULED and each.delay_s is None for each in found)
    every = {(trip, day): update(f"t{trip}", delay_s=90) for trip, _ in enumerate(world.trips) for day in _days()}
    late = next_departures(names, stops, at + timedelta(seconds=90), count, Known(every)).next
    exact = [each for each in late if each.state == REAL_TIME]
    if not any(trip.often for trip in world.trips):
        assert [(each.planned_at, each.stop, each.trip) for each in exact] == sorted(expected)[: len(exact)]
        assert all(each.expected_at - (each.planned_at or at) == timedelta(seconds=90) for each in exact)


def _days() -> list[Any]:
    return [DAY + timedelta(int(shift)) for shift in np.arange(-2, 3)]
