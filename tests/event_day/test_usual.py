"""An event day and its normal days meet in common cells: unknown on a day is never zero, and most is compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from statistics import median

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps import mesh
from otsu_maps.event_day.usual import COLUMNS, STEPS, Compared, compare, counted, ratio, worth

WHOLE, BESIDE = 52354608, 52354609
"""Two cells of 1 km; their quarters are 1 to 4, theirs again."""

QUARTERS = [WHOLE * 10 + place for place in (1, 2, 3, 4)]
SIXTEENTHS = [quarter * 10 + place for quarter in QUARTERS for place in (1, 2, 3, 4)]
Day = Mapping[int, float]


# --- by example ------------------------------------------------------------------------------------------------------


def test_usual_is_the_median_of_the_days_that_tell_the_cell_and_says_how_many() -> None:
    [one] = compare({WHOLE: 90}, [{WHOLE: 10}, {WHOLE: 30}, {WHOLE: 20}, {}])
    assert (one.usual, one.least, one.most, one.days) == (20, 10, 30, 3)
    assert (one.change, one.times) == (70, 4.5) and not one.is_summed


def test_a_cell_that_no_normal_day_tells_has_no_change_and_no_times() -> None:
    [one, other] = compare({WHOLE: 90}, [{BESIDE: 10}])
    assert (one.event, one.usual, one.days, one.change, one.times) == (90, None, 0, None, None)
    assert (other.event, other.usual, other.days, other.change, other.times) == (None, 10, 1, None, None)
    assert one.step is None is other.step


def test_nobody_as_usual_gives_a_change_and_no_times() -> None:
    [one] = compare({WHOLE: 5}, [{WHOLE: 0}])
    assert (one.usual, one.change, one.times) == (0, 5, None) and STEPS[one.step or 0] == "much_more"
    [empty] = compare({WHOLE: 0}, [{WHOLE: 4}])
    assert (empty.event, empty.change, empty.times) == (0, -4, 0)


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (10, "much_less"),
        (11, "less"),
        (17, "less"),
        (18, "same"),
        (30, "same"),
        (31, "more"),
        (39, "more"),
        (40, "much_more"),
    ],
)
def test_the_range_of_normal_days_is_the_same_and_twice_or_half_is_much(event: float, step: str) -> None:
    [one] = compare({WHOLE: event}, [{WHOLE: 18}, {WHOLE: 20}, {WHOLE: 30}])
    assert one.step is not None and STEPS[one.step] == step


def test_a_day_with_a_larger_cell_is_compared_in_it_where_the_finer_ones_fill_it() -> None:
    finer = dict.fromkeys(QUARTERS, 10.0)
    [one] = compare(finer, [{WHOLE: 20}, finer, {WHOLE: 60}])
    assert (one.mesh_code, one.event, one.usual, one.days, one.is_summed) == (WHOLE, 40, 40, 3, True)


def test_where_finer_cells_leave_a_gap_a_larger_cell_of_one_day_does_not_hide_the_others() -> None:
    """The shore: a quarter in the lake is never told, and on one day all are put together."""
    shore = dict.fromkeys(QUARTERS[:2], 50.0)
    found = compare(shore, [dict.fromkeys(QUARTERS[:2], 10.0), {WHOLE: 20}, dict.fromkeys(QUARTERS[:2], 20.0)])
    assert [(each.mesh_code, each.event, each.usual, each.days) for each in found] == [
        (code, 50, 15, 2) for code in QUARTERS[:2]
    ]


def test_of_two_ways_as_good_the_finer_one_is_told() -> None:
    finer = dict.fromkeys(QUARTERS, 10.0)
    assert [each.mesh_code for each in compare(finer, [finer])] == QUARTERS


def test_around_the_venue_only_its_cells_count() -> None:
    event = {20: {WHOLE: 60.0, BESIDE: 500.0}, 21: {BESIDE: 500.0}}
    found = ratio(event, [{20: {WHOLE: 10.0, BESIDE: 500.0}}], [WHOLE])
    assert found.to_dict("records") == [
        {"hour": 20, "event": 60, "usual": 10, "least": 10, "most": 10, "days": 1, "times": 6, "left_out": 0}
    ]


def test_a_cell_unknown_on_one_side_is_in_neither_sum() -> None:
    event, usual = dict.fromkeys(QUARTERS, 60.0), {QUARTERS[0]: 10.0}
    [row] = ratio({20: event}, [{20: usual}], [WHOLE]).to_dict("records")
    assert (row["event"], row["usual"], row["times"], row["left_out"]) == (60, 10, 6, 180)


def test_a_day_that_tells_little_of_the_venue_is_left_out_rather_than_the_venue() -> None:
    full = dict.fromkeys(QUARTERS, 10.0)
    [row] = ratio({20: full}, [{20: full}, {20: {QUARTERS[0]: 99.0}}, {20: full}], [WHOLE]).to_dict("records")
    assert (row["days"], row["event"], row["most"]) == (2, 40, 40)


def test_cells_full_of_people_are_not_given_up_for_one_day_more() -> None:
    full = dict(zip(QUARTERS, (70.0, 10.0, 10.0, 10.0), strict=True))
    quiet = dict.fromkeys(QUARTERS[1:], 10.0)
    normals: list[dict[int, dict[int, float]]] = [{20: dict.fromkeys(QUARTERS, 10.0)}] * 2 + [{20: quiet}] * 6
    [row] = ratio({20: full}, normals, [WHOLE]).to_dict("records")
    assert (row["days"], row["event"], row["left_out"]) == (2, 100, 0)


def test_a_small_cell_that_one_day_lacks_is_left_out_rather_than_the_day() -> None:
    full = dict(zip(QUARTERS, (100.0, 100.0, 100.0, 10.0), strict=True))
    less = {code: full[code] for code in QUARTERS[:3]}
    [row] = ratio({20: full}, [{20: full}, {20: less}], [WHOLE]).to_dict("records")
    assert (row["days"], row["event"], row["left_out"]) == (2, 300, 10)


def test_without_any_normal_day_the_event_day_still_says_what_it_knows() -> None:
    for normals in ([], [{}], [{20: {}}], [{20: {BESIDE: 10.0}}]):
        [row] = ratio({20: {WHOLE: 60.0}}, normals, [WHOLE]).to_dict("records")
        assert (row["event"], row["days"], row["left_out"]) == (60, 0, 0)
        assert all(math.isnan(row[name]) for name in ("usual", "least", "most", "times"))


def test_nothing_known_is_an_empty_table_with_its_columns() -> None:
    for event in ({}, {20: {}}, {20: {BESIDE: 10.0}}):
        found = ratio(event, [{20: {WHOLE: 10.0}}], [WHOLE])
        assert found.empty and tuple(found.columns) == COLUMNS
    assert compare({}, []) == []


def test_more_days_than_agreed_are_refused() -> None:
    with pytest.raises(ValueError, match="9 normal days"):
        ratio({20: {WHOLE: 60.0}}, [{}] * 9, [WHOLE])


def test_a_counter_compares_the_hours_that_both_sides_have() -> None:
    found = counted({8: 40.0, 9: 50.0}, [{8: 10.0}, {8: 20.0, 10: 7.0}])
    assert found["hour"].tolist() == [8, 9]
    assert found.loc[0, ["usual", "least", "most", "days"]].tolist() == [15, 10, 20, 2]
    assert math.isnan(found.loc[1, "times"]) and found.loc[1, "days"] == 0


# --- against a slow way ----------------------------------------------------------------------------------------------


def tells(day: Day, code: int) -> float | None:
    """What a day tells of a cell, from the codes as texts."""
    parts = {each: number for each, number in day.items() if str(each).startswith(str(code))}
    covered = sum(mesh.size_m(each) ** 2 for each in parts)
    return sum(parts.values()) if parts and covered == mesh.size_m(code) ** 2 else None


def cuts(code: int) -> list[list[int]]:
    """Every way to cut a cell of 1 km into itself, quarters and sixteenths."""
    by_quarter = [
        [[each], [each * 10 + place for place in (1, 2, 3, 4)]] for each in (code * 10 + p for p in range(1, 5))
    ]
    return [[code], *([each for part in parts for each in part] for parts in product(*by_quarter))]


def compared(event: Day, normals: Sequence[Day], cut: Sequence[int]) -> float:
    """The worth of the days times devices of the event day."""
    return sum((tells(event, code) or 0) * worth(sum(tells(day, code) is not None for day in normals)) for code in cut)


SHAPES = st.sampled_from([[WHOLE], QUARTERS, [*QUARTERS[1:], *SIXTEENTHS[:4]], SIXTEENTHS, [WHOLE, BESIDE], [BESIDE]])
NUMBERS = st.lists(st.integers(10, 99), min_size=16, max_size=16)
DAYS = st.tuples(SHAPES, NUMBERS, st.sets(st.integers(0, 15), max_size=2)).map(
    lambda drawn: {
        code: float(number)
        for at, (code, number) in enumerate(zip(drawn[0], drawn[1], strict=False))
        if at not in drawn[2]
    }
)


@settings(max_examples=300, deadline=None)
@given(DAYS, st.lists(DAYS, max_size=4))
def test_most_is_compared_and_each_number_is_what_the_days_tell(event: Day, normals: list[Day]) -> None:
    found = compare(event, normals)
    known = [each for each in found if each.change is not None]
    for whole in (WHOLE, BESIDE):
        mine = [each for each in known if str(each.mesh_code).startswith(str(whole))]
        best = max(compared(event, normals, cut) for cut in cuts(whole))
        assert sum(worth(each.days) * each.event for each in mine) == best  # type: ignore[operator]
    for each in found:
        on_days = [number for day in normals if (number := tells(day, each.mesh_code)) is not None]
        assert each.event == tells(event, each.mesh_code) and each.size_m == mesh.size_m(each.mesh_code)
        assert each.days == len(on_days) and each.usual == (median(on_days) if on_days else None)
        assert (each.least, each.most) == ((min(on_days), max(on_days)) if on_days else (None, None))
        assert each.event is not None or each.usual is not None


@settings(deadline=None)
@given(DAYS, st.lists(DAYS, max_size=4))
def test_cells_overlap_nowhere_and_no_cell_of_the_event_day_is_lost(event: Day, normals: list[Day]) -> None:
    codes = [str(each.mesh_code) for each in compare(event, normals)]
    assert not [(one, other) for one in codes for other in codes if one != other and one.startswith(other)]
    for code in map(str, event):
        assert sum(code.startswith(each) for each in codes) == 1
    for code in (str(code) for day in normals for code in day):
        assert [each for each in codes if code.startswith(each) or each.startswith(code)]


@settings(deadline=None)
@given(DAYS, st.lists(DAYS, max_size=4))
def test_around_the_venue_the_same_cells_are_summed_on_all_days_that_count(event: Day, normals: list[Day]) -> None:
    known = [each for each in compare(event, normals) if each.change is not None]
    best = 0.0
    for count in range(1, len(normals) + 1):
        for days in combinations(normals, count):
            codes = [each for each in known if all(tells(day, each.mesh_code) is not None for day in days)]
            number = sum(each.event or 0 for each in codes)
            best = max(best, worth(count) * number)
    found = ratio({20: event}, [{20: day} for day in normals], [WHOLE, BESIDE])
    assert len(found) == bool(event)
    for row in found.to_dict("records"):
        assert row["event"] + row["left_out"] == sum(event.values())
        assert worth(row["days"]) * row["event"] == best
        if row["days"]:
            assert is_sum_of_days(row, known, normals)
        else:
            assert pd.isna(row["usual"]) and pd.isna(row["times"])


def is_sum_of_days(row: Mapping[str, float], known: Sequence[Compared], normals: Sequence[Day]) -> bool:
    """Whether for some choice of so many days their common cells sum to what the row says."""
    for days in combinations(normals, int(row["days"])):
        codes = [each for each in known if all(tells(day, each.mesh_code) is not None for day in days)]
        sums = [sum(tells(day, each.mesh_code) or 0 for each in codes) for day in days]
        told = (sum(each.event or 0 for each in codes), median(sums), min(sums), max(sums))
        if told == (row["event"], row["usual"], row["least"], row["most"]):
            return bool(math.isclose(row["times"], row["event"] / row["usual"]))
    return False
