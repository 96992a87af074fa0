"""One number of people by one rule; full stays full, and what is not known is neither empty nor full."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from states import START, at

from otsu_maps.analysis.room import People, capacity, people_in, room
from otsu_maps.analysis.rules import Rules

RULES = Rules.of({})
NOON = 720


def count(people: int, minutes: float) -> dict[str, Any]:
    return {"people": people, "at": at(minutes), "method": "counted"}


def came(people: int, minutes: float) -> dict[str, Any]:
    return {"people": people, "away": 0, "at": at(minutes)}


def at_noon(**shelter: Any) -> People:
    return people_in(shelter, START + timedelta(minutes=NOON), RULES)


def test_where_nobody_said_anything_the_number_is_unknown() -> None:
    assert at_noon() == at_noon(head_count=None, checked_in=None) == People(None, None, None, False)
    assert people_in(None, START, RULES) == People()


def test_the_head_count_goes_before_check_ins_while_it_is_not_old() -> None:
    assert at_noon(head_count=count(7, 600), checked_in=came(9, 719)) == People(7, at(600), "counted")
    assert at_noon(head_count=count(7, 600)) == People(7, at(600), "counted")
    assert at_noon(checked_in=came(9, 719)) == People(9, at(719), "check_in")


def test_a_number_is_old_after_the_minutes_of_the_rule_and_not_at_them() -> None:
    assert at_noon(head_count=count(7, NOON - 180)) == People(7, at(540), "counted")
    assert at_noon(head_count=count(7, NOON - 180.001)).is_old
    assert at_noon(head_count=count(0, NOON)).people == 0


def test_an_old_head_count_gives_way_to_check_ins_and_of_two_old_numbers_the_newer_holds() -> None:
    assert at_noon(head_count=count(7, 1), checked_in=came(9, 700)) == People(9, at(700), "check_in")
    assert at_noon(head_count=count(7, 1), checked_in=came(9, 2)) == People(9, at(2), "check_in", is_old=True)
    assert at_noon(head_count=count(7, 2), checked_in=came(9, 1)) == People(7, at(2), "counted", is_old=True)
    assert at_noon(head_count=count(7, 700), checked_in=came(9, 1)) == People(7, at(700), "counted")


@pytest.mark.parametrize(
    ("registered", "changed", "persons"),
    [
        ((100, 40), None, 100),
        ((None, 40), None, 40),
        ((None, None), None, None),
        ((100, 40), (80, 30), 80),
        ((100, 40), (None, 30), 30),
        ((100, 40), (0, 30), 0),
        ((0, 40), None, 0),
        ((None, None), (None, 30), 30),
        ((100, None), (None, None), 100),
    ],
)
def test_room_is_what_was_changed_in_the_incident_before_what_is_registered_and_refuge_before_stay(
    registered: tuple[int | None, int | None], changed: tuple[int | None, int | None] | None, persons: int | None
) -> None:
    register = {"capacity_refuge_persons": registered[0], "capacity_stay_persons": registered[1]}
    said = {"refuge_persons": changed[0], "stay_persons": changed[1]} if changed else None
    assert capacity(register, {"capacity": said}) == persons
    if changed is None:
        assert capacity(register, None) == capacity(register, {}) == persons
    assert type(capacity({"capacity_refuge_persons": 3.0}, None)) is int
    assert capacity({}, {}) is None


@pytest.mark.parametrize(
    ("people", "is_old", "persons", "expected"),
    [
        (99, False, 100, "yes"),
        (100, False, 100, "full"),
        (101, False, 100, "full"),
        (100, True, 100, "full"),
        (99, True, 100, "unknown"),
        (0, False, 1, "yes"),
        (0, False, 0, "full"),
        (None, False, 100, "unknown"),
        (99, False, None, "unknown"),
        (None, False, 0, "unknown"),
    ],
)
def test_full_stays_full_and_old_or_missing_numbers_make_no_room(
    people: int | None, is_old: bool, persons: int | None, expected: str
) -> None:
    assert room(People(people, at(0), "counted", is_old), persons) == expected
