"""Seats past a stop: each vehicle once, each as far as it is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from calendars import DAY, on_days
from timetables import Trip, timetable

from otsu_maps.transit import seats
from otsu_maps.transit.seats import ASSUMED, BY_KIND, NAMED, UNKNOWN
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import Timetable

H = 3600


def line(hour: float) -> list[tuple[int, int, int]]:
    start = round(hour * H)
    return [(0, start, start), (1, start + 600, start + 600), (2, start + 1200, start + 1200)]


def plan(*trips: Trip, types: tuple[int, ...] = (3, 0, 2), directions: tuple[int | None, ...] = ()) -> Timetable:
    made = on_days(timetable([0, 500, 1000], trips))
    routes = made.routes.assign(route_type=list(types[: len(made.routes)]))
    marks = pd.array(directions or [None] * len(trips), "Int32")
    return replace(made, routes=routes, trips=made.trips.assign(direction_id=marks))


def held(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(None if pd.isna(each) else each for each in row) for row in rows.itertuples(index=False)]


def test_without_a_table_buses_and_trams_are_assumed_and_trains_unknown() -> None:
    made = plan(Trip(0, line(8)), Trip(1, line(8)), Trip(2, line(8)))
    assert held(seats.vehicles(made)) == [(28, 42, ASSUMED), (78, 112, ASSUMED), (None, None, UNKNOWN)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"route_id": "f:r0", "seats": 11}, {"route_type": 3, "seats": 22}], (11, None, NAMED)),
        ([{"route_id": "r0", "seats": 11}], (11, None, NAMED)),
        ([{"route_type": 3, "seats": 22, "standing": 33}], (22, 33, BY_KIND)),
        ([{"route_type": 700, "seats": 22}, {"route_type": 701, "seats": 23}], (22, None, BY_KIND)),
        ([{"route_type": 700, "seats": 22}, {"route_type": 3, "seats": np.nan}], (None, None, BY_KIND)),
        ([{"route_id": "r9", "seats": 11}, {"route_type": 0, "seats": 5}], (28, 42, ASSUMED)),
    ],
)
def test_the_nearest_row_counts(rows: list[dict[str, Any]], expected: tuple[Any, ...]) -> None:
    assert held(seats.vehicles(plan(Trip(0, line(8))), rows)) == [expected]


def test_an_id_without_feed_that_two_lines_have_means_none() -> None:
    made = plan(Trip(0, line(8)), Trip(1, line(8)))
    made = replace(made, routes=made.routes.assign(route_id=["f:r", "g:r"], route_type=3))
    assert {basis for _, _, basis in held(seats.vehicles(made, [{"route_id": "r", "seats": 1}]))} == {ASSUMED}


def test_seats_by_hour_and_direction() -> None:
    made = plan(
        *(Trip(0, line(8)), Trip(0, line(8.4)), Trip(0, line(9)), Trip(2, line(8)), Trip(1, line(8))),
        directions=(0, 0, 0, 0, 1),
    )
    found = seats.past_stop(made, DAY, [1], seats.vehicles(made, [{"route_id": "r0", "seats": 30, "standing": 40}]))
    names = ["hour", "direction_id", "departures", "seats", "standing", "unknown", "assumed"]
    assert list(found.columns) == names
    assert held(found) == [(8, 0, 3, 60, 80, 1, 0), (8, 1, 1, 78, 112, 0, 1), (9, 0, 1, 30, 40, 0, 0)]


def test_a_vehicle_that_calls_at_two_poles_is_one_and_each_run_of_a_headway_is_another() -> None:
    made = plan(Trip(0, line(8)), Trip(0, line(8), often=((10 * H, 11 * H, 1200, False),)))
    found = seats.past_stop(made, DAY, [0, 1], seats.vehicles(made))
    assert held(found[["hour", "departures", "seats"]]) == [(8, 1, 28), (10, 3, 84)]


def test_what_does_not_run_carries_nobody() -> None:
    made = plan(Trip(0, line(8)), Trip(1, line(9)))
    off = np.array([True] * 3 + [False] * 3)
    out = TakenOut(off, np.zeros(2, bool), np.zeros(3, bool))
    found = seats.past_stop(made, DAY, [1], seats.vehicles(made), out)
    assert held(found[["hour", "seats"]]) == [(9, 78)]
    assert seats.past_stop(made, DAY, [2], seats.vehicles(made)).empty
