"""Where people come and go: each vehicle once, what nobody knows is no room, what is typed counts as it is typed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "transit"))

from calendars import DAY, on_days
from timetables import LAT, LON, Trip, timetable

from otsu_maps.event_day import exits, outcome
from otsu_maps.event_day.exits import Exit, Service
from otsu_maps.event_day.outcome import COME, GO
from otsu_maps.event_day.plan import BUS, RAIL, STEP_S, STEPS, Plan
from otsu_maps.transit import seats
from otsu_maps.transit.timetable import Timetable

H = 3600
PLAN = Plan("催し", LON, LAT, 18 * H, 20 * H, 10_000, usual_percent=0, rail_percent=50, bus_percent=50)
SITES = {(RAIL, "大津"): (LON, LAT), (RAIL, "遠い"): (LON + 1, LAT)}


def line(hour: float) -> list[tuple[int, int, int]]:
    start = round(hour * H)
    return [(0, start, start), (1, start + 600, start + 600), (2, start + 1200, start + 1200)]


def made(*trips: Trip, types: tuple[int, ...] = (3,), directions: tuple[int | None, ...] = ()) -> Timetable:
    found = on_days(timetable([500, 0, 3000], trips))
    routes = found.routes.assign(route_type=list(types[: len(found.routes)]))
    marks = pd.array(directions or [None] * len(trips), "Int32")
    return replace(found, routes=routes, trips=found.trips.assign(direction_id=marks))


def found_in(held: Timetable, *typed: Service, rows: Any = (), plan: Plan = PLAN) -> list[Exit]:
    return exits.exits(held, DAY, seats.vehicles(held, rows), typed, SITES, plan)


def test_a_vehicle_that_calls_at_two_places_is_counted_at_the_nearer_one() -> None:
    [only] = found_in(made(Trip(0, line(20))))
    assert (only.mode, only.place, round(only.metres)) == (BUS, "停留所1", 0)
    assert only.go.sum() == 70 and only.trips.sum() == 1 and only.places == 70
    assert only.go[(20 * H + 600) // STEP_S] == 70 and only.come[(20 * H + 600) // STEP_S] == 70
    assert only.last_s == 20 * H + 600 and only.is_assumed


def test_a_stop_beyond_its_reach_is_none_and_that_of_a_station_is_longer() -> None:
    plan = replace(PLAN, lon=LON + 0.0109659, rail_m=1100, bus_m=300)  # 1,000 m east of the middle stop
    assert found_in(made(Trip(0, line(20))), plan=plan) == []
    [tram] = found_in(made(Trip(0, line(20)), types=(0,)), plan=plan)
    assert tram.mode == RAIL


def test_of_a_train_nobody_knows_what_it_holds() -> None:
    [only] = found_in(made(Trip(0, line(20)), types=(2,)))
    assert (only.unknown, only.places, only.go.sum()) == (1, 0.0, 0.0)
    told = outcome.outcome(PLAN, [only])
    assert told.loads == () and told.unknown == {RAIL: 5000.0, BUS: 5000.0}
    assert told.blind == (only,) and not told.is_whole


def test_a_vehicle_that_ends_here_brings_people_and_takes_none_home() -> None:
    there = [(2, 20 * H, 20 * H), (0, 20 * H + 600, 20 * H + 600), (1, 20 * H + 1200, 20 * H + 1200)]
    back = [(1, 21 * H, 21 * H), (0, 21 * H + 600, 21 * H + 600), (2, 21 * H + 1200, 21 * H + 1200)]
    [ends] = found_in(made(Trip(0, there)))
    assert (ends.place, ends.come.sum(), ends.go.sum(), ends.last_s) == ("停留所1", 70, 0, None)
    [both] = found_in(made(Trip(0, there), Trip(0, back)))
    assert (both.come.sum(), both.go.sum()) == (70, 70)
    assert both.come[(20 * H + 1200) // STEP_S] == 70 and both.go[21 * H // STEP_S] == 70


def test_a_trip_that_repeats_is_a_vehicle_each_time() -> None:
    [often] = found_in(made(Trip(0, line(20), often=((20 * H, 22 * H, 1200, True),))))
    assert often.trips.sum() == 6 and often.go.sum() == 6 * 70


def test_lines_of_two_feeds_at_one_place_are_two_exits() -> None:
    held = made(Trip(0, line(20)), Trip(1, line(21)), types=(0, 0), directions=(0, 0))
    two = replace(held, trips=held.trips.assign(feed_id=["f", "g"]))
    services_of = replace(two, routes=held.routes)
    assert len(exits.exits(services_of, {"f": DAY, "g": DAY}, seats.vehicles(held), (), SITES, PLAN)) == 2


def test_a_place_of_another_mode_with_the_same_name_is_another_place() -> None:
    rail = Service("大津", RAIL, "", 20 * H, 21 * H, 1, 100, False)
    found = found_in(made(), rail, replace(rail, mode=BUS))
    assert [(each.mode, each.place) for each in found] == [(RAIL, "大津")]


def test_who_is_late_is_who_is_not_at_the_place_when_it_starts() -> None:
    far = Exit(
        *(RAIL, "遠い駅", "", LON, LAT, 2000.0, np.full(STEPS, 20.0), np.zeros(STEPS), np.zeros(STEPS)),
        *(20.0, 0, None, False),
    )
    plan = replace(PLAN, visitors=1000, rail_percent=100, bus_percent=0, come_min=120)
    told = outcome.outcome(plan, [far])
    [load] = told.loads
    there = sum(
        20.0 for step in range(STEPS) if load.queues[COME].demand[: step + 1].sum() > 0 and (step + load.walk) < 18 * 6
    )
    assert load.walk == 4 and told.late == pytest.approx(1000 - there, abs=25)


def test_directions_of_tracks_are_exits_of_their_own_and_those_of_buses_are_not() -> None:
    trips = (Trip(0, line(20)), Trip(0, line(21)))
    assert len(found_in(made(*trips, types=(0,), directions=(0, 1)))) == 2
    assert len(found_in(made(*trips, types=(3,), directions=(0, 1)))) == 1


def test_ordinary_passengers_are_in_the_vehicle_already() -> None:
    [only] = found_in(made(Trip(0, line(20))), plan=replace(PLAN, usual_percent=40))
    assert only.go.sum() == pytest.approx(42)


def test_typed_trips_are_spread_over_their_time_and_extra_ones_are_empty() -> None:
    plan = replace(PLAN, usual_percent=50, rail_load_percent=150)
    usual = Service("大津", RAIL, "京都", 20 * H, 22 * H, 12, 1000, False)
    [one] = found_in(made(), usual, plan=plan)
    assert one.go.sum() == pytest.approx(12 * 1000 * 1.0) and one.go[20 * 6] == pytest.approx(1000)
    assert (one.toward, one.places, one.last_s) == ("京都", 1000, 22 * H)
    [both] = found_in(made(), usual, replace(usual, is_extra=True, trips=1), plan=plan)
    assert both.go.sum() == pytest.approx(12_000 + 1500)


def test_a_place_that_is_unknown_or_too_far_is_named() -> None:
    typed = [Service(name, RAIL, "", 0, H, 1, 1, False) for name in ("大津", "遠い", "どこか")]
    assert exits.out_of_reach(typed, SITES, PLAN) == [(RAIL, "遠い"), (RAIL, "どこか")]
    assert [each.place for each in found_in(made(), *typed)] == ["大津"]
    assert exits.near(SITES, PLAN) == [(RAIL, "大津")]


EXITS = st.lists(
    st.builds(
        lambda mode, metres, room, places: Exit(
            *(mode, f"{mode}{metres}", "", LON, LAT, float(metres), np.full(STEPS, float(room))),
            *(np.full(STEPS, float(room)), np.ones(STEPS), float(places), 0, None, False),
        ),
        st.sampled_from((RAIL, BUS)),
        st.integers(0, 3000),
        st.integers(0, 500),
        st.integers(0, 1000),
    ),
    max_size=6,
    unique_by=lambda each: each.key,
)


@given(EXITS, st.lists(st.floats(0, 100), min_size=6, max_size=6), st.booleans())
def test_everybody_who_takes_a_mode_is_at_one_of_its_exits_or_unknown(
    found: list[Exit], percents: list[float], has_typed: bool
) -> None:
    typed = {each.key: percent for each, percent in zip(found, percents, strict=False)} if has_typed else {}
    told = outcome.outcome(PLAN, found, typed)
    for mode in (RAIL, BUS):
        mine = [each for each in told.loads if each.exit.mode == mode]
        for way in (COME, GO):
            people = sum(each.queues[way].demand.sum() for each in mine) + told.unknown[mode]
            assert people == pytest.approx(5000)
    for each in told.loads:
        for way in (COME, GO):
            held = each.queues[way]
            assert held.carried.sum() + held.waiting[-1] == pytest.approx(held.demand.sum())


def test_a_typed_share_holds_and_the_others_take_the_rest() -> None:
    one, other = (
        Exit(RAIL, name, "", LON, LAT, 0.0, np.ones(STEPS), np.ones(STEPS), np.ones(STEPS), 10.0, 0, None, False)
        for name in "ab"
    )
    told = outcome.outcome(PLAN, [one, other], {one.key: 80.0})
    assert [each.share[GO] for each in told.loads] == [pytest.approx(0.8), pytest.approx(0.2)]
    over = outcome.outcome(PLAN, [one, other], {one.key: 80.0, other.key: 80.0})
    assert over.over[RAIL] and [each.share[GO] for each in over.loads] == [0.5, 0.5]


def test_half_as_many_choose_a_station_that_is_so_much_farther() -> None:
    one, other = (
        Exit(RAIL, str(m), "", LON, LAT, m, np.ones(STEPS), np.ones(STEPS), np.ones(STEPS), 10.0, 0, None, False)
        for m in (0.0, 500.0)
    )
    told = outcome.outcome(replace(PLAN, half_m=500), [one, other])
    assert [each.share[COME] for each in told.loads] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]


def test_by_hour_adds_up_to_the_day() -> None:
    [only] = found_in(made(Trip(0, line(20)), Trip(0, line(21))))
    told = outcome.outcome(PLAN, [only])
    table = outcome.by_hour(told, GO)
    assert len(table) == STEPS * STEP_S // H
    assert table["demand"].sum() == pytest.approx(5000) and table["room"].sum() == pytest.approx(140)
    assert table["carried"].sum() + table["waiting"].iloc[-1] == pytest.approx(5000)
    assert told.left == pytest.approx(5000 - 140) and told.most(GO) <= 5000
    assert told.broken(GO, BUS) == list(told.loads) and told.broken(GO, RAIL) == []
    assert told.extra_trips(GO, BUS) == -(-(5000 - 140) // 70)


@pytest.mark.parametrize(("number", "told"), [(0, 0), (0.4, 0), (3, 10), (994, 990), (1049, 1000), (73_486, 73_500)])
def test_people_are_told_in_round_numbers_and_never_rounded_down_to_none(number: float, told: int) -> None:
    assert outcome.whole(number) == told
