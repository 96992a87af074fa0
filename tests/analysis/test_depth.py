"""The deeper end of a zone decides how it is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.analysis.depth import STEPS_M, UNKNOWN, step

metres = st.floats(0, 40, allow_nan=False)


def test_the_official_ranks_fall_into_the_official_steps() -> None:
    ranks = [(0, 0.5), (0.5, 3), (3, 5), (5, 10), (10, 20), (20, None)]
    assert [step(low, high) for low, high in ranks] == [0, 1, 2, 3, 4, 5]


def test_no_depth_is_unknown_and_not_shallow() -> None:
    assert step(None, None) == UNKNOWN


@given(metres, metres)
def test_a_zone_is_never_shown_shallower_than_its_deepest_water(low: float, high: float) -> None:
    low, high = sorted((low, high))
    shown = step(low, high)
    assert shown == len(STEPS_M) - 1 or high <= STEPS_M[shown + 1]


@given(metres)
def test_an_open_ended_zone_starts_at_its_lower_bound(low: float) -> None:
    assert STEPS_M[step(low, None)] <= low
