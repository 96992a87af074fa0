"""Futures of a shelter: as many people as a plain process brings, later for more; the same input, the same answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.analysis.filling import AHEAD, BACK, BIN_MIN, RUNS, STEPS, TUNED, Flow, Tuned, futures, minutes_until

PLAIN = Tuned(breaks=1e-12, curvature=0.0, restless=0.0, spread=1e-4, apart=1e-4)
"""Nothing grows, bends or breaks off."""


def flow(rate: float = 0.5, people: float = 40.0, seed: int = 1, **more: float) -> Flow:
    """Households come by a Poisson process of a constant rate a minute, for four hours; each of two people."""
    arrivals = np.random.default_rng(seed).poisson(rate * BIN_MIN, BACK).astype(float)
    about = {"unseen": 0.0, "leave_per_min": 0.0, "size": 2.0, "size_squared": 4.0, "unsure": 0.0} | more
    return Flow(arrivals=arrivals, seen_min=np.full(BACK, BIN_MIN), people=people, **about)


def dice(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def drawn(flows: Sequence[Flow], level: float) -> np.ndarray:
    return minutes_until(flows, futures(flows, dice()), np.full(len(flows), level), dice(6))


@pytest.mark.parametrize("rate", [0.2, 1.0])
def test_people_come_at_the_rate_at_which_they_came(rate: float) -> None:
    flows = [flow(rate, seed=seed) for seed in range(60)]
    paths = futures(flows, dice(), PLAIN)
    assert paths.shape == (60, RUNS, AHEAD + 1)
    for minutes in (15, 30, 60):
        came = paths[:, :, minutes == STEPS].mean()
        assert came == pytest.approx(2 * rate * minutes, rel=0.1)


def test_a_flow_that_may_break_off_brings_fewer_and_leaving_takes_them_away() -> None:
    flows = [flow(seed=seed) for seed in range(20)]
    leaving = [flow(seed=seed, leave_per_min=0.2) for seed in range(20)]
    plain, breaking, left = futures(flows, dice(), PLAIN), futures(flows, dice()), futures(leaving, dice(), PLAIN)
    assert 0 < breaking[:, :, -1].mean() < plain[:, :, -1].mean()
    assert plain - left == pytest.approx(np.broadcast_to(0.2 * STEPS, plain.shape))


def test_nobody_more_is_there_now_and_where_nobody_came_hardly_anybody_comes() -> None:
    none = Flow(np.zeros(BACK), np.full(BACK, BIN_MIN), 5.0, 0.0, 0.0, 2.0, 4.0, 0.0)
    paths = futures([flow(), none], dice())
    assert (paths[:, :, 0] == 0).all() and np.isfinite(paths).all()
    assert paths[1, :, -1].mean() < paths[0, :, -1].mean() / 3


@given(seed=st.integers(0, 1000), rate=st.floats(0.05, 2), lower=st.floats(40, 300), more=st.floats(0, 200))
@settings(max_examples=50, deadline=None)
def test_more_people_are_never_there_earlier(seed: int, rate: float, lower: float, more: float) -> None:
    flows = [flow(rate, seed=seed)]
    early, late = np.sort(drawn(flows, lower)), np.sort(drawn(flows, lower + more))
    assert np.median(early) <= np.median(late)
    assert np.isfinite(late).sum() <= np.isfinite(early).sum()
    assert (early >= 0).all() and early[np.isfinite(early)].max(initial=0) <= STEPS[-1]


def test_a_number_that_is_there_takes_no_time() -> None:
    assert (drawn([flow(people=40)], 40) == 0).all()
    assert (drawn([flow(people=40)], 41) > 0).all()
    assert np.isinf(drawn([flow(people=40)], 10**6)).all()


def test_the_times_are_those_at_which_the_people_come() -> None:
    flows = [flow(1.0, people=0, seed=seed) for seed in range(40)]
    times = minutes_until(flows, futures(flows, dice(), PLAIN), np.full(40, 60.0), dice(6))
    assert np.median(times) == pytest.approx(30, rel=0.15)


def test_who_is_not_recorded_yet_brings_it_nearer() -> None:
    known, unseen = drawn([flow(), flow(unseen=15.0)], 80)
    assert np.median(unseen) < np.median(known)


def test_the_same_input_gives_the_same_answer() -> None:
    flows = [flow(seed=seed) for seed in range(3)]
    first, again = (futures(flows, dice(), TUNED) for _ in range(2))
    assert (first == again).all()
    assert (drawn(flows, 90) == drawn(flows, 90)).all()


def test_larger_households_make_the_time_less_sure() -> None:
    flows = [flow(1.0), flow(1.0, size_squared=12.0)]
    times = minutes_until(flows, futures(flows, dice(), PLAIN), np.full(2, 90.0), dice(6))
    alike, unlike = np.quantile(times, (0.1, 0.9), axis=1).T
    assert np.ptp(alike) < np.ptp(unlike)


def test_others_tell_what_one_shelter_alone_does_not() -> None:
    """With little seen of it, a shelter is taken for one like the others: their flow grows, and so may its own."""
    growing = np.random.default_rng(2).poisson(6 * np.exp(-0.02 * BIN_MIN * np.arange(BACK))).astype(float)
    shrinking = np.random.default_rng(2).poisson(1 * np.exp(0.02 * BIN_MIN * np.arange(BACK)).clip(max=6)).astype(float)
    seen, few = np.full(BACK, BIN_MIN), np.zeros(BACK)
    few[0:3] = 2
    about = (40.0, 0.0, 0.0, 2.0, 4.0, 0.0)
    among = [
        futures([Flow(few, seen, *about), *[Flow(each, seen, *about)] * 12], dice()) for each in (growing, shrinking)
    ]
    grows, shrinks = (paths[0, :, 12].mean() for paths in among)
    assert grows > shrinks and math.isfinite(grows)
