"""People who wait: equal to a walk person by person, and the extra trips are the fewest that there can be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.event_day.queues import extra, queue

COURSE = st.lists(st.integers(0, 12), min_size=1, max_size=8)


def waits_of(demand: list[int], room: list[int]) -> list[tuple[int, int | None]]:
    """Step in which each person comes and (None: never) leaves, person by person."""
    line: list[int] = []
    found: list[tuple[int, int | None]] = []
    for step, (come, places) in enumerate(zip(demand, room, strict=True)):
        line += [step] * come
        for came in line[:places]:
            found.append((came, step))
        line = line[places:]
    return found + [(came, None) for came in line]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30), st.integers(0, 4))
def test_a_queue_is_what_each_person_would_see(both: list[tuple[int, int]], limit: int) -> None:
    demand, room = [one for one, _ in both], [other for _, other in both]
    found = queue(np.array(demand, float), np.array(room, float), limit)
    people = waits_of(demand, room)
    assert found.left == sum(left is None for _, left in people)
    assert found.carried.tolist() == [sum(left == step for _, left in people) for step in range(len(demand))]
    for step in range(len(demand)):
        mine = [None if left is None else left - came for came, left in people if came == step]
        expected = -1 if None in mine else max((wait for wait in mine if wait is not None), default=0)
        assert found.wait_steps[step] == expected
    late = [came for came, left in people if left is None or left - came > limit]
    assert found.breaks == min(late, default=None)
    assert found.carried.sum() + found.left == sum(demand), "nobody is lost"


def is_in_order(demand: list[int], room: list[int], limit: int) -> bool:
    return all(left is not None and left - came <= limit for came, left in waits_of(demand, room))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6)), min_size=1, max_size=4),
    st.integers(0, 3),
    st.integers(2, 5),
)
@settings(max_examples=150, deadline=None)
def test_extra_trips_are_enough_and_none_can_be_spared(both: list[tuple[int, int]], limit: int, places: int) -> None:
    demand, room = [one for one, _ in both], [other for _, other in both]
    trips = extra(np.array(demand, float), np.array(room, float), limit, places)
    assert is_in_order(demand, [r + t * places for r, t in zip(room, trips.tolist(), strict=True)], limit)
    most = int(trips.sum())
    fewer = (each for each in product(range(most), repeat=len(demand)) if sum(each) == most - 1) if most else ()
    for each in fewer:
        assert not is_in_order(demand, [r + t * places for r, t in zip(room, each, strict=True)], limit)


def test_where_all_fit_in_no_trip_is_asked_for() -> None:
    assert extra(np.array([5.0, 5.0]), np.array([5.0, 5.0]), 0, 10).sum() == 0


def test_a_trip_without_places_is_an_error() -> None:
    with pytest.raises(ValueError):
        extra(np.array([5.0]), np.array([0.0]), 0, 0)
