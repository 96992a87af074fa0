"""Unknown is never yes, and premises are never better than what stands on them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.analysis.suitability import NO, PART, UNKNOWN, YES, of_place, of_premises

marks = st.lists(st.sampled_from([YES, NO, UNKNOWN]), min_size=1, max_size=6)


def test_a_flag_is_yes_no_or_unknown() -> None:
    assert [of_place({"is_for_flood": flag}, "flood") for flag in (True, False, None)] == [YES, NO, UNKNOWN]


@given(marks)
def test_premises_are_yes_only_where_every_place_is(found: list[str]) -> None:
    assert (of_premises(found) == YES) == (set(found) == {YES})


@given(marks)
def test_premises_are_no_only_where_every_place_is_known_not_to_be(found: list[str]) -> None:
    assert (of_premises(found) == NO) == (set(found) == {NO})


@given(marks)
def test_a_part_is_said_exactly_where_some_places_are_and_others_not(found: list[str]) -> None:
    assert (of_premises(found) == PART) == (YES in found and set(found) != {YES})
