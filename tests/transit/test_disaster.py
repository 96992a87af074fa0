"""The last bus before a moment, stops and lines in zones, and what is out of service: each as plain loops would say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from calendars import DAY, on_days, on_own_days
from hypothesis import given, settings
from hypothesis import strategies as st
from timetables import EAST_M, LAT, LON, PLANE, Trip, World, timetable, worlds

from otsu_maps import geo
from otsu_maps.analysis.danger import DECLARED, SILENT, Danger
from otsu_maps.transit import disaster, suspensions
from otsu_maps.transit.disaster import INSIDE, OUTSIDE, UNKNOWN, Zone
from otsu_maps.transit.suspensions import Suspension, TakenOut
from otsu_maps.transit.timetable import Timetable

H = 3600
LINE = [(0, 8 * H, 8 * H), (1, 8 * H + 600, 8 * H + 660), (2, 8 * H + 1200, 8 * H + 1200)]


def zone(west_m: float, east_m: float, hazard: str = "flood") -> Zone:
    [(x, y)] = geo.to_metres([LON], [LAT], PLANE)
    return Zone(f"z{west_m}", hazard, shapely.box(x + west_m, y - 100, x + east_m, y + 100))


# Zones


def test_stops_inside_outside_and_nobody_knows_where() -> None:
    plan = timetable([0, 400, 1000, None], [Trip(0, LINE)])
    found = disaster.stops_in(plan, [zone(300, 500), zone(900, 950)], PLANE)
    assert found.tolist() == [OUTSIDE, INSIDE, OUTSIDE, UNKNOWN]
    assert disaster.stops_in(plan, [], PLANE).tolist() == [OUTSIDE] * 3 + [UNKNOWN]


def test_zones_count_where_their_hazard_does_and_also_where_nobody_knows() -> None:
    known = [zone(0, 1, "flood"), zone(0, 1, "landslide"), zone(0, 1, "tsunami")]
    found = disaster.active(known, [Danger("flood", DECLARED), Danger("landslide", SILENT)])
    assert [each.hazard for each in found] == ["flood", "landslide"]
    assert disaster.active(known, []) == ()


def line(route_id: str, *metres: float, is_straight: bool = False) -> dict[str, Any]:
    shape = shapely.MultiLineString([[(LON + each * EAST_M, LAT) for each in metres]]) if metres else shapely.Point()
    return {"route_id": route_id, "is_straight": is_straight, "geom": shapely.to_wkb(shape)}


def test_the_share_of_a_line_in_zones_counts_each_metre_once() -> None:
    lines = [line("a", 0, 1000), line("b", 2000, 3000), line("a", 1000, 2000, is_straight=True), line("c")]
    found = disaster.routes_in(lines, [zone(100, 300), zone(200, 600), zone(5000, 6000)], PLANE).set_index("route_id")
    assert found["length_m"].tolist() == pytest.approx([2000, 1000, 0], rel=1e-3)
    assert found["inside_m"].tolist() == pytest.approx([500, 0, 0], rel=1e-3)
    assert found["share"].tolist() == pytest.approx([0.25, 0, np.nan], rel=1e-3, nan_ok=True)
    assert found["is_straight"].tolist() == [True, False, False]
    assert disaster.routes_in([], [], PLANE).empty


def test_zones_are_read_as_a_snapshot_gives_them() -> None:
    crossed = shapely.Polygon([(LON, LAT), (LON + 0.01, LAT + 0.01), (LON + 0.01, LAT), (LON, LAT + 0.01)])
    [found] = disaster.zones([{"zone_id": 7, "hazard": "flood", "geom": shapely.to_wkb(crossed)}], PLANE)
    assert (found.zone_id, found.hazard, shapely.is_valid(found.shape)) == ("7", "flood", True)


# The last bus


def rows(frame: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return [
        tuple(None if pd.isna(value) else value for value in row) for row in frame[list(names)].itertuples(index=False)
    ]


def test_a_departure_at_the_very_second_is_too_late() -> None:
    plan = on_days(timetable([0, 500, 1000], [Trip(0, LINE), Trip(0, [(s, a + H, d + H) for s, a, d in LINE])]))
    found = disaster.last_departures(plan, DAY, 9 * H)
    assert rows(found, "stop_id", "departure_s", "more") == [
        ("f:s0", 8 * H, 1),
        ("f:s1", 8 * H + 660, 1),
        ("f:s2", None, 0),
    ]
    assert rows(disaster.last_departures(plan, DAY, 9 * H + 1, [0]), "departure_s", "more") == [(9 * H, 0)]


def test_the_last_way_out_of_a_zone_must_arrive_in_time() -> None:
    plan = on_days(timetable([0, 500, 1000], [Trip(0, LINE)]))
    where = np.array([INSIDE, INSIDE, OUTSIDE], np.int8)
    told = ("stop_id", "departure_s", "to_stop_id", "arrival_s")
    found = disaster.last_way_out(plan, DAY, 8 * H + 1200, where)
    assert rows(found, *told) == [("f:s0", 8 * H, "f:s2", 8 * H + 1200), ("f:s1", 8 * H + 660, "f:s2", 8 * H + 1200)]
    late = disaster.last_way_out(plan, DAY, 8 * H + 1199, where)
    assert rows(late, *told) == [("f:s0", None, None, None), ("f:s1", None, None, None)]
    nowhere = np.array([INSIDE, INSIDE, UNKNOWN], np.int8)
    assert rows(disaster.last_way_out(plan, DAY, 24 * H, nowhere), "departure_s") == [(None,), (None,)]


def departures_of(world: World, out: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Every departure of DAY by the clock: at, stop, trip, call within the trip."""
    found = []
    base = 0
    for number, trip in enumerate(world.trips):
        starts = [0]
        if trip.often:
            starts = [
                start + step * headway - trip.calls[0][2]
                for start, end, headway, _ in trip.often
                for step in range(max(0, -(-(end - start) // headway)))
            ]
        for day in range(3):  # a trip of the day before may run past its midnight
            if not trip.days[day] or day == 2:
                continue
            for shift in starts:
                for at, (stop, _, departs) in enumerate(trip.calls[:-1]):
                    moment = departs + shift - (1 - day) * 86_400
                    if 0 <= moment < 86_400 and "b" not in trip.marks.get(at, "") and not out[base + at]:
                        found.append((moment, stop, number, at))
        base += len(trip.calls)
    return found


def drawn_out(plan: Timetable, bits: int) -> TakenOut:
    calls = np.array([bits >> (each % 16) & 1 == 1 for each in range(len(plan.calls.stop))], bool)
    return TakenOut(calls, np.zeros(len(plan.routes), bool), np.zeros(len(plan.stops), bool))


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(8 * 60 - 10, 8 * 60 + 40), st.integers(0, 2**16 - 1), st.integers(0, 3**6 - 1))
def test_the_last_bus_is_that_of_plain_loops(world: World, minute: int, bits: int, places: int) -> None:
    # No feed can hold times before the midnight of its day; those that are drawn for searches may.
    world = replace(world, trips=tuple(trip for trip in world.trips if trip.calls[0][1] >= 0))
    plan = on_own_days(timetable(world.places, world.trips), world.trips)
    out = drawn_out(plan, bits & bits >> 3)
    before = minute * 60
    all_ = departures_of(world, out.calls)
    last: dict[int, int] = {}
    more = [0] * len(world.places)
    for moment, stop, _, _ in all_:
        if moment < before:
            last[stop] = max(last.get(stop, -1), moment)
        else:
            more[stop] += 1
    found = disaster.last_departures(plan, DAY, before, None, out)
    expected = [(stop, last.get(stop), more[stop]) for stop in range(len(world.places))]
    assert rows(found, "stop", "departure_s", "more") == expected

    where = np.array([(places // 3**each) % 3 - 1 for each in range(len(world.places))], np.int8)
    leaves: dict[int, tuple[int, int]] = {}
    for moment, stop, number, at in all_:
        trip = world.trips[number]
        base = sum(len(each.calls) for each in world.trips[:number])
        for later in range(at + 1, len(trip.calls)):
            to, arrives, _ = trip.calls[later]
            if where[to] == OUTSIDE and "a" not in trip.marks.get(later, "") and not out.calls[base + later]:
                arrival = moment + arrives - trip.calls[at][2]
                if moment < before and arrival <= before:
                    leaves[stop] = max(leaves.get(stop, (-1, 0)), (moment, 0))
                break
    told = disaster.last_way_out(plan, DAY, before, where, out)
    inside = [stop for stop in range(len(world.places)) if where[stop] == INSIDE]
    assert rows(told, "stop", "departure_s") == [(stop, leaves.get(stop, (None,))[0]) for stop in inside]
    for departs, arrives in rows(told, "departure_s", "arrival_s"):
        assert (departs is None) == (arrives is None)
        assert arrives is None or departs <= arrives <= before


# Out of service


def state(**what: Any) -> dict[str, Any]:
    return {"is_suspended": True, "since": "2026-11-27T03:00:00.000000Z", "reason": "hazard", "source": "x", **what}


def test_what_runs_again_is_no_suspension_and_a_hope_ends_none() -> None:
    hoped = state(route_id="f:r0", until="2026-11-27T04:00:00.000000Z")
    found = suspensions.current([hoped, state(stop_id="f:s0", is_suspended=False)])
    assert [(each.route_id, each.until and each.until.hour, each.since.hour) for each in found] == [("f:r0", 4, 3)]


@pytest.mark.parametrize(
    ("what", "calls", "unmatched"),
    [
        ({"route_id": "f:r0"}, [1, 1, 1, 0, 0, 0], 0),
        ({"stop_id": "f:s1"}, [0, 1, 0, 0, 1, 0], 0),
        ({"stop_id": "f:s3"}, [0, 1, 0, 0, 1, 0], 0),  # the station of stop 1
        ({"route_id": "f:r1", "stop_id": "f:s1"}, [0, 0, 0, 0, 1, 0], 0),
        ({"name": "試験バス"}, [1] * 6, 0),
        ({"name": "よそのバス"}, [0] * 6, 1),
        ({"route_id": "f:r9"}, [0] * 6, 1),
        ({"route_id": "f:r9", "stop_id": "f:s1"}, [0] * 6, 1),
    ],
)
def test_what_is_taken_out(what: dict[str, str], calls: list[int], unmatched: int) -> None:
    plan = timetable([0, 500, 1000, 500], [Trip(0, LINE), Trip(1, LINE)], parents=[-1, 3, -1, -1])
    found = suspensions.taken_out(plan, suspensions.current([state(**what)]))
    assert (found.calls.astype(int).tolist(), len(found.unmatched)) == (calls, unmatched)


def test_nothing_is_taken_out_of_an_empty_timetable() -> None:
    found = suspensions.taken_out(timetable([], []), suspensions.current([state(route_id="r")]))
    assert (len(found.calls), [type(each) for each in found.unmatched]) == (0, [Suspension])


def test_days_before_reach_into_this_one() -> None:
    night = [(s, a + 86_400 - 7 * H, d + 86_400 - 7 * H) for s, a, d in LINE]
    plan = on_days(timetable([0, 500, 1000], [Trip(0, night)]), [DAY - timedelta(1)])
    assert rows(disaster.last_departures(plan, DAY, 2 * H), "departure_s", "days_before")[0] == (H, 1)
