"""Which days are normal: the same kind, near in time, without another event nearby; and what was left out is said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps import mesh
from otsu_maps.event_day.normal_days import MOST_DAYS, normal_days
from otsu_maps.transit.services import day_type

ON = date(2025, 7, 26)
PORT = (135.8655, 35.0128)
CELLS = mesh.codes([PORT[0]], [PORT[1]], 1000).tolist()
YEAR = [date(2025, 1, 1) + timedelta(day) for day in range(365)]


def event(first: date, last: date | None = None, **changes: Any) -> dict[str, Any]:
    usual = {"name_ja": "市", "lon": PORT[0], "lat": PORT[1], "recurrence_text_ja": None}
    return usual | {"starts_on": first, "ends_on": last or first} | changes


def saturday(weeks: int) -> date:
    return ON + timedelta(weeks=weeks)


def test_saturdays_are_held_against_saturdays_the_nearest_first() -> None:
    found = normal_days(ON, YEAR, [], CELLS)
    assert found.kind == "saturday" and len(found.days) == MOST_DAYS == 8
    assert found.days[:4] == (saturday(1), saturday(-1), saturday(2), saturday(-2))
    assert found.left_out == () == found.doubtful


def test_a_public_holiday_is_like_a_sunday() -> None:
    marine_day = date(2025, 7, 21)  # a Monday
    assert normal_days(marine_day, YEAR, [], CELLS).days[:2] == (date(2025, 7, 20), date(2025, 7, 27))
    assert marine_day not in normal_days(date(2025, 7, 14), YEAR, [], CELLS).days


def test_a_day_with_another_event_nearby_is_left_out_and_said() -> None:
    other = event(saturday(-1))
    found = normal_days(ON, YEAR, [other, event(ON)], CELLS)
    assert saturday(-1) not in found.days and found.left_out == ((saturday(-1), (other,)),)


def test_days_farther_than_the_last_one_taken_are_not_told_as_left_out() -> None:
    far, near = event(saturday(20)), event(saturday(3))
    found = normal_days(ON, YEAR, [far, near], CELLS, most=6)
    assert [day for day, _ in found.left_out] == [saturday(3)]


def test_an_event_of_many_days_takes_all_of_them() -> None:
    found = normal_days(ON, YEAR, [event(saturday(-3), saturday(-1))], CELLS)
    assert {day for day, _ in found.left_out} == {saturday(-1), saturday(-2), saturday(-3)}


def test_an_event_elsewhere_changes_nothing() -> None:
    far = event(saturday(-1), lon=135.95, lat=35.2)
    assert normal_days(ON, YEAR, [far], CELLS) == normal_days(ON, YEAR, [], CELLS)


@pytest.mark.parametrize("changes", [{"lon": None}, {"lat": None}, {"recurrence_text_ja": "毎月第1日曜日"}])
def test_an_event_whose_place_or_days_are_not_known_leaves_no_day_out_but_is_told(changes: dict[str, Any]) -> None:
    vague = event(saturday(-1), **changes)
    found = normal_days(ON, YEAR, [vague], CELLS)
    assert saturday(-1) in found.days and found.left_out == () and found.doubtful == (vague,)
    elsewhere = event(date(2025, 1, 3), **changes)
    assert normal_days(ON, YEAR, [elsewhere], CELLS).doubtful == ()


def test_without_a_first_day_an_event_is_passed_over_and_without_a_last_one_it_is_of_one_day() -> None:
    undated = event(saturday(-1)) | {"starts_on": None}
    open_end = event(saturday(-2)) | {"ends_on": None}
    found = normal_days(ON, YEAR, [undated, open_end], CELLS)
    assert [day for day, _ in found.left_out] == [saturday(-2)]


def test_nothing_measured_is_no_normal_day() -> None:
    assert normal_days(ON, [], [], CELLS).days == normal_days(ON, [ON], [], CELLS).days == ()


@given(st.sets(st.sampled_from(YEAR)), st.sampled_from(YEAR), st.sets(st.sampled_from(YEAR), max_size=40))
def test_the_normal_days_are_the_nearest_of_those_that_may_be(measured: set[date], on: date, busy: set[date]) -> None:
    found = normal_days(on, measured, [event(day) for day in sorted(busy)], CELLS)
    may_be = {day for day in measured - busy - {on} if day_type(day) == day_type(on)}
    assert set(found.days) <= may_be and len(found.days) == min(MOST_DAYS, len(may_be))
    farthest = max((abs(day - on) for day in found.days), default=timedelta(0))
    assert all(abs(day - on) >= farthest for day in may_be - set(found.days))
    assert [abs(day - on) for day in found.days] == sorted(abs(day - on) for day in found.days)
    assert all(day in busy and day in measured for day, _ in found.left_out)
