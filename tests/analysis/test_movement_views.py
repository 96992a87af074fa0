"""Two times compare where both are known; pairs of zones leave no trip out; the largest lack is the largest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.analysis.movement_views import (
    SAME,
    Room,
    differences,
    half_way,
    into_and_out_of,
    largest_lack,
    pairs,
    step_of,
)

WHOLE = 52353684
"""A cell of 1 km; its quarters are 1 to 4, theirs again."""

QUARTERS = [WHOLE * 10 + place for place in (1, 2, 3, 4)]
SIXTEENTHS = [quarter * 10 + place for quarter in QUARTERS for place in (1, 2, 3, 4)]


def test_cells_of_one_size_are_compared_each_with_itself() -> None:
    [one, other] = differences({QUARTERS[0]: 10, QUARTERS[1]: 30}, {QUARTERS[0]: 25, QUARTERS[1]: 20})
    assert (one.change, other.change) == (15, -10) and not one.is_summed
    assert one.size_m == 500 and one.change_km2 == 60


def test_a_cell_that_one_time_does_not_have_is_unknown_and_never_zero() -> None:
    [one, other] = differences({QUARTERS[0]: 10}, {QUARTERS[1]: 20})
    assert (one.before, one.after, one.change) == (10, None, None)
    assert (other.before, other.after, other.change) == (None, 20, None)


def test_a_larger_cell_is_compared_with_the_sum_of_finer_ones_that_fill_it() -> None:
    finer = dict.fromkeys(QUARTERS[1:], 10.0) | dict.fromkeys(SIXTEENTHS[:4], 5.0)
    [one] = differences(finer, {WHOLE: 60})
    assert (one.mesh_code, one.size_m, one.before, one.after, one.is_summed) == (WHOLE, 1000, 50, 60, True)
    [back] = differences({WHOLE: 60}, finer)
    assert back.change == -10 and back.is_summed


def test_finer_cells_that_leave_a_gap_say_nothing_of_the_larger_one() -> None:
    [one] = differences(dict.fromkeys(QUARTERS[:3], 10.0), {WHOLE: 60})
    assert (one.before, one.after, one.change) == (None, 60, None)


CUTS = st.sampled_from([[WHOLE], QUARTERS, [*QUARTERS[1:], *SIXTEENTHS[:4]], SIXTEENTHS])
SIDES = st.tuples(CUTS, st.lists(st.integers(10, 99), min_size=16, max_size=16), st.integers(0, 3)).map(
    lambda drawn: dict(zip(drawn[0][drawn[2] :], map(float, drawn[1]), strict=False))
)


@given(SIDES, SIDES)
def test_the_way_back_is_the_way_there_with_the_other_sign_and_no_number_counts_twice(
    before: dict[int, float], after: dict[int, float]
) -> None:
    there, back = differences(before, after), differences(after, before)
    assert [each.change for each in there] == [None if each.change is None else -each.change for each in back]
    for each in there:
        for number, side in ((each.before, before), (each.after, after)):
            inside = sum(n for code, n in side.items() if str(code).startswith(str(each.mesh_code)))
            assert number in (None, inside)
    assert len({each.mesh_code for each in there}) == len(there)


def test_classes_tell_the_sign_first_and_then_the_size() -> None:
    assert [step_of(change, 40) for change in (-40, -39, 0, 39, 40)] == [0, 1, SAME, 3, 4]
    assert half_way(differences({QUARTERS[0]: 10, QUARTERS[1]: 10}, {QUARTERS[0]: 20, QUARTERS[1]: 40})) == 80
    assert half_way(differences({WHOLE: 10}, {WHOLE: 10})) is None


TRIPS = [
    {"origin": "A", "destination": "B", "trips": 50.0},
    {"origin": "B", "destination": "A", "trips": 40.0},
    {"origin": "B", "destination": "C", "trips": 60.0},
    {"origin": "A", "destination": "A", "trips": 30.0},
    {"origin": "outside", "destination": "A", "trips": 20.0},
]


def test_the_largest_pairs_are_drawn_and_every_other_trip_is_accounted_for() -> None:
    found = pairs(TRIPS, ["A", "B", "C"], 2)
    assert [row["trips"] for row in found.drawn] == [60, 50]
    assert (found.left, found.within, found.unplaced) == (1, 30, 20)


def test_of_one_zone_there_are_its_pairs_alone() -> None:
    found = pairs(TRIPS, ["A", "B", "C"], 9, "A")
    assert [(row["origin"], row["destination"]) for row in found.drawn] == [("A", "B"), ("B", "A")]
    assert into_and_out_of(TRIPS, "A") == (60, 50)


def test_the_largest_lack_may_be_by_day_or_by_night_and_unknown_is_no_lack() -> None:
    rooms = [
        Room("D1", 900, 800, 100, 500, 0),
        Room("D2", 100, 100, 900, 500, 0),
        Room("D3", 9999, 9999, 9999, None, 3),
        Room("D4", 10, None, None, 5, 0),
    ]
    assert largest_lack(rooms) == (rooms[1], "day")
    assert rooms[1].spare("day") == -400 and rooms[2].spare("day") is None and rooms[3].spare("night") is None
    assert largest_lack(rooms[2:]) is None


@pytest.mark.parametrize("time", ["day", "night"])
def test_room_that_is_just_enough_is_no_lack(time: str) -> None:
    assert largest_lack([Room("D1", 5, 5, 5, 5, 0)]) is None
    assert Room("D1", 5, 5, 5, 5, 0).spare(time) == 0
