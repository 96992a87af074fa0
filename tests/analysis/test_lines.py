"""The people of one shelter by one rule, held against the rule said plainly; when a number of people is reached."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.analysis.lines import Line, minute, moment, people_at, people_line, reached_at

LASTS_MIN = 30.0

moves = st.lists(st.tuples(st.integers(0, 90), st.integers(-4, 6).filter(bool)), max_size=12)
counts = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=5)


def line_of(moved: list[tuple[int, int]], counted: list[tuple[int, int]]) -> Line:
    def by_minute(row: tuple[int, ...]) -> int:
        return row[0]

    return Line(
        moves=np.array([(at, at, people) for at, people in sorted(moved, key=by_minute)], float).reshape(-1, 3),
        counts=np.array(sorted(counted, key=by_minute), float).reshape(-1, 2),
    )


def plainly(line: Line, at: float) -> float:
    """The newest head-count, while it is not old, and who came or went since; else who came or went at all."""
    counted = [(when, people) for when, people in line.counts if when <= at]
    if not len(line.moves):
        return float(counted[-1][1]) if counted else 0.0
    since, people = (counted[-1]) if counted and at - counted[-1][0] < LASTS_MIN else (-math.inf, 0.0)
    return float(people + sum(more for when, _, more in line.moves if since < when <= at))


@given(moved=moves, counted=counts)
def test_people_are_the_last_count_and_who_came_since_until_the_count_is_old(
    moved: list[tuple[int, int]], counted: list[tuple[int, int]]
) -> None:
    line = line_of(moved, counted)
    minutes, people = people_line(line, LASTS_MIN)
    assert list(minutes) == sorted(minutes) and len(minutes) == len(people)
    for at in range(-1, 130):
        assert people_at(line, at, LASTS_MIN) == plainly(line, at)


@given(moved=moves.filter(bool), counted=counts, persons=st.integers(1, 40), after=st.integers(-5, 100))
def test_a_number_is_reached_in_the_first_minute_in_which_so_many_are_there(
    moved: list[tuple[int, int]], counted: list[tuple[int, int]], persons: int, after: int
) -> None:
    line = line_of(moved, counted)
    first = next((at for at in range(after, 200) if plainly(line, at) >= persons), math.inf)
    assert reached_at(line, persons, after, LASTS_MIN) == first


@pytest.mark.parametrize(
    ("persons", "after", "reached"),
    [
        (30, 0, 15.0),  # half-way between two counts
        (40, 0, 20.0),
        (30, 18, 18.0),  # it was, before one asked
        (20, 10, 10.0),
        (41, 0, math.inf),
        (15, 0, 10.0),  # nobody knows what was before the first count
        (30, 30, 30.0),
    ],
)
def test_between_two_counts_people_come_evenly(persons: float, after: float, reached: float) -> None:
    line = line_of([], [(10, 20), (20, 40), (40, 30)])
    assert reached_at(line, persons, after, LASTS_MIN) == reached


@given(counted=counts, persons=st.integers(1, 40), after=st.integers(-5, 100))
def test_by_counts_alone_a_number_is_reached_where_the_straight_line_between_them_meets_it(
    counted: list[tuple[int, int]], persons: int, after: int
) -> None:
    counted = list(dict(counted).items())
    line = line_of([], counted)
    found = reached_at(line, persons, after, LASTS_MIN)
    if people_at(line, after, LASTS_MIN) >= persons:
        assert found == after
    elif math.isfinite(found):
        at, people = line.counts.T
        assert found >= after
        assert people[at >= found].size and np.interp(found, at, people) >= persons - 1e-9
    else:
        assert not (line.counts[line.counts[:, 0] > after, 1] >= persons).any()


def test_a_line_of_which_nothing_is_known() -> None:
    line = Line()
    assert not line.is_open
    assert people_at(line, 5, LASTS_MIN) == 0 and reached_at(line, 1, 0, LASTS_MIN) == math.inf
    assert line.closes_after(0) == math.inf


def test_it_closes_in_the_next_minute_in_which_it_was_closed_or_paused() -> None:
    line = Line(openings=np.array([(0, 1), (10, 0), (20, 1), (30, 0)], float))
    assert [line.closes_after(at) for at in (-1, 0, 10, 25, 30)] == [10, 10, 30, 30, math.inf]
    assert not line.is_open and Line(openings=line.openings[:3]).is_open


@pytest.mark.parametrize("text", ["1970-01-01 00:00:00", "2026-11-24 03:04:05"])
def test_a_minute_is_a_time_and_back(text: str) -> None:
    at = datetime.fromisoformat(text)
    assert moment(minute(at)) == at
