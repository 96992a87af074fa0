"""Classes of a map hold every value once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.analysis.classes import class_of, quantile_edges

numbers = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=60)


@given(numbers, st.integers(1, 6))
def test_every_value_has_a_class_and_lies_in_it(values: list[float], classes: int) -> None:
    edges = quantile_edges(values, classes)
    assert 1 <= len(edges) <= classes + 1
    for value in values:
        found = class_of(value, edges)
        assert value <= edges[found]
        assert found == 0 or value > edges[found - 1]


@given(numbers)
def test_more_people_are_never_drawn_lighter(values: list[float]) -> None:
    edges = quantile_edges(values, 5)
    drawn = [class_of(value, edges) for value in sorted(values)]
    assert drawn == sorted(drawn)


def test_no_values_give_no_classes() -> None:
    assert quantile_edges([], 5) == []
