"""What is forecast and what is not: nothing without knowledge, districts as sums, the same input, the same answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.analysis import flows
from otsu_maps.analysis.filling import AHEAD
from otsu_maps.analysis.forecast import HARDLY_ANY, HORIZON_MIN, LEVELS, Target, outlook
from otsu_maps.analysis.lines import Line

NOW, LASTS_MIN = 600.0, 180.0


def arriving(households: int = 60, since_min: float = 120.0, people: int = 2, seed: int = 1) -> Line:
    """Households over the last minutes, each known when it comes."""
    came = np.sort(np.random.default_rng(seed).uniform(NOW - since_min, NOW, households))
    return Line(moves=np.column_stack([came, came, np.full(households, people)]), openings=np.array([(NOW - 150, 1)]))


def target(key: str, capacity: float, group: str | None = None) -> Target:
    return Target(key, NOW - 150, capacity, group)


def test_of_nobody_and_of_a_few_households_nothing_is_said() -> None:
    few = arriving(flows.FEW_HOUSEHOLDS - 1)
    assert not outlook({}, [], NOW, LASTS_MIN).forecasts
    made = outlook(
        {"few": few, "none": Line(), "many": arriving()},
        [target(k, 200) for k in ("few", "none", "many")],
        NOW,
        LASTS_MIN,
    )
    assert {key for key, _ in made.forecasts} == {"many"}
    assert made.of("few") is None and made.of("nowhere") is None


def test_of_a_head_count_that_is_old_nothing_is_said() -> None:
    counts = np.array([(NOW - 90, 40.0), (NOW - 60, 90.0)])
    for age, is_said in ((0, True), (LASTS_MIN - 61, True), (LASTS_MIN - 60, False)):
        made = outlook({"s": Line(counts=counts - (age, 0))}, [target("s", 200)], NOW, LASTS_MIN)
        assert bool(made.forecasts) is is_said


def test_each_level_of_each_place_is_forecast_once() -> None:
    made = outlook({"a": arriving(), "b": arriving(seed=2)}, [target("a", 200), target("b", 150)], NOW, LASTS_MIN)
    assert set(made.forecasts) == set(made.runs) == {(key, level) for key in ("a", "b") for level in LEVELS}
    assert set(made.bands) == {"a", "b"} and made.bands["a"].shape == (3, AHEAD + 1)
    assert made.of("b").persons == 150 and made.of("b", 0.8).persons == 120  # type: ignore[union-attr]


@settings(max_examples=60, deadline=None)
@given(
    households=st.integers(5, 200),
    since=st.integers(10, 230),
    capacity=st.integers(1, 800),
    early=st.floats(0.01, 0.6),
    seed=st.integers(0, 99),
)
def test_times_are_in_order_and_mean_what_they_say(
    households: int, since: int, capacity: int, early: float, seed: int
) -> None:
    made = outlook({"s": arriving(households, since, seed=seed)}, [target("s", capacity)], NOW, LASTS_MIN, early)
    for each in made.forecasts.values():
        runs = made.runs[each.key, each.level]
        assert (np.diff(runs[np.isfinite(runs)]) >= 0).all() and 0 <= each.chance <= 1
        assert each.chance == (runs <= HORIZON_MIN).mean()
        assert (each.middle_min is None) == (np.isfinite(runs).mean() < HARDLY_ANY)
        if each.latest_min is not None:
            assert each.earliest_min is not None and each.middle_min is not None
            assert each.earliest_min <= each.middle_min <= each.latest_min <= HORIZON_MIN and each.is_soon
        elif each.earliest_min is not None:
            assert np.mean(runs < each.earliest_min) <= early
        assert each.is_soon == (each.earliest_min is not None and each.earliest_min < HORIZON_MIN)
    crowded, full = (made.of("s", level) for level in LEVELS)
    assert crowded is not None and full is not None and crowded.chance >= full.chance
    low, middle, high = made.bands["s"]
    assert (low <= middle).all() and (middle <= high).all() and (low >= 0).all()


def test_what_is_there_already_takes_no_time() -> None:
    made = outlook({"s": arriving(60)}, [target("s", 100)], NOW, LASTS_MIN)
    full = made.of("s")
    assert full is not None and full.people >= 120
    assert (full.earliest_min, full.middle_min, full.latest_min, full.chance) == (0, 0, 0, 1)


def test_a_district_is_the_sum_of_its_shelters() -> None:
    lines = {key: arriving(seed=seed) for seed, key in enumerate("abc")}
    targets = [target("a", 200, "d"), target("b", 300, "d"), target("c", 400, "e")]
    made = outlook(lines, targets, NOW, LASTS_MIN)
    for level in LEVELS:
        parts = [made.forecasts[key, level] for key in "ab"]
        whole = made.forecasts["d", level]
        assert whole.persons == pytest.approx(500 * level) and whole.persons == sum(each.persons for each in parts)
        assert whole.people == pytest.approx(sum(each.people for each in parts))
    assert made.of("e") is not None and made.of("e").persons == 400  # type: ignore[union-attr]


def test_a_shelter_of_which_nothing_can_be_said_is_no_part_of_its_district() -> None:
    made = outlook({"a": arriving(), "b": Line()}, [target("a", 200, "d"), target("b", 300, "d")], NOW, LASTS_MIN)
    district = made.of("d")
    assert district is not None and district.persons == 200


def test_the_same_input_gives_the_same_answer_and_the_end_of_runs_moves_only_the_end() -> None:
    lines, targets = {"a": arriving(), "b": arriving(seed=3)}, [target("a", 200), target("b", 260)]
    first, again = (outlook(lines, targets, NOW, LASTS_MIN) for _ in range(2))
    assert first.forecasts == again.forecasts
    other = outlook(lines, targets, NOW, LASTS_MIN, early=0.5)
    for key, made in first.forecasts.items():
        assert replace(made, earliest_min=None) == replace(other.forecasts[key], earliest_min=None)
        assert (first.runs[key] == other.runs[key]).all()
