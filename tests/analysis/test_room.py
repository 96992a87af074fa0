"""One number of people a shelter, its age, and whether there is room: unknown is not empty, and full stays full."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from telling import RULES, START, at, row

from otsu_maps.analysis.room import ROOMS, People, capacity, people_in, room

NOW = START + timedelta(minutes=1000)


def counted(people: int, minute: float) -> dict[str, Any]:
    return {"people": people, "at": at(minute), "method": "tally"}


def came(people: int, minute: float) -> dict[str, Any]:
    return {"people": people, "away": 0, "at": at(minute)}


def people(head_count: Any = None, checked_in: Any = None) -> People:
    return people_in({"head_count": head_count, "checked_in": checked_in}, NOW, RULES)


def test_nobody_has_said_anything() -> None:
    assert people() == people_in(None, NOW, RULES) == people_in({}, NOW, RULES) == People()


def test_a_head_count_comes_before_check_ins_and_they_are_never_added() -> None:
    assert people(counted(30, 900), came(20, 990)) == People(30, at(900), "tally", False)


def test_where_it_is_old_check_ins_hold_and_where_both_are_old_the_newer_one() -> None:
    assert people(counted(30, 100), came(20, 990)) == People(20, at(990), "check_in", False)
    assert people(counted(30, 100), came(20, 200)) == People(20, at(200), "check_in", True)
    assert people(counted(30, 200), came(20, 100)) == People(30, at(200), "tally", True)


def test_each_alone() -> None:
    assert people(counted(0, 990)) == People(0, at(990), "tally", False)
    assert people(None, came(7, 990)) == People(7, at(990), "check_in", False)


def test_a_number_is_old_after_the_time_that_is_set() -> None:
    assert not people(counted(30, 1000 - 180)).is_old
    assert people(counted(30, 1000 - 180.01)).is_old


@pytest.mark.parametrize(
    ("changed", "registered", "expected"),
    [
        ((None, None), (None, None), None),
        ((None, None), (100, 50), 100),
        ((None, None), (None, 50), 50),
        ((None, None), (0, 50), 0),
        ((70, 40), (100, 50), 70),
        ((None, 40), (100, 50), 40),
        ((0, 40), (100, 50), 0),
        ((None, 0), (None, None), 0),
    ],
)
def test_the_room_is_as_changed_in_the_incident_else_as_registered_for_refuge_before_stay(
    changed: tuple[int | None, int | None], registered: tuple[int | None, int | None], expected: int | None
) -> None:
    register = row(capacity_refuge_persons=registered[0], capacity_stay_persons=registered[1])
    shelter = {"capacity": {"refuge_persons": changed[0], "stay_persons": changed[1]}}
    assert capacity(register, shelter) == expected
    if changed == (None, None):
        assert capacity(register, None) == capacity(register, {"capacity": None}) == expected


def test_what_the_register_does_not_say_at_all_is_unknown() -> None:
    assert capacity({}, None) is None
    found = capacity({"capacity_refuge_persons": 100.0}, None)
    assert found == 100 and isinstance(found, int)


@pytest.mark.parametrize(
    ("people", "is_old", "most", "expected"),
    [
        (None, False, 100, "unknown"),
        (99, False, None, "unknown"),
        (None, False, None, "unknown"),
        (0, False, 100, "yes"),
        (99, False, 100, "yes"),
        (100, False, 100, "full"),
        (101, False, 100, "full"),
        (0, False, 0, "full"),
        (99, True, 100, "unknown"),
        (100, True, 100, "full"),
    ],
)
def test_full_stays_full_and_old_or_unknown_is_no_room(
    people: int | None, is_old: bool, most: int | None, expected: str
) -> None:
    assert room(People(people, at(1), "tally", is_old), most) == expected


def test_the_states_of_room_and_what_is_not_said_of_people() -> None:
    assert ROOMS == ("yes", "unknown", "full")
    assert People() == People(None, None, None, False)
