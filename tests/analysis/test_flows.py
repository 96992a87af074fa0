"""What is seen of arrivals: how much is recorded by now, from check-ins, from head-counts, of several together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.analysis import flows
from otsu_maps.analysis.filling import AGES, BACK, BIN_MIN, Flow
from otsu_maps.analysis.lines import Line

NOW, LASTS_MIN = 600.0, 180.0

Dice = np.random.Generator


def line(came: np.ndarray, delays: np.ndarray | float = 0.0, people: int | np.ndarray = 2) -> Line:
    """Households by the minute in which they came; those that are recorded after NOW are not known."""
    moves = np.column_stack([came, came + delays, np.broadcast_to(people, came.shape)])
    moves = moves[moves[:, 1] <= NOW]
    return Line(moves=moves[np.argsort(moves[:, 0])])


def counts(*rows: tuple[float, float]) -> Line:
    return Line(counts=np.array(rows))


def of(*lines: Line, opened: float = 0.0) -> list[Flow | None]:
    named = {str(number): each for number, each in enumerate(lines)}
    found = flows.flows(named, dict.fromkeys(named, opened), NOW, LASTS_MIN)
    return [found.get(name) for name in named]


@pytest.mark.parametrize(
    "delay",
    [
        lambda dice, size: dice.exponential(12, size),
        lambda dice, size: dice.lognormal(2, 1, size),
        lambda dice, size: np.where(dice.random(size) < 0.8, dice.uniform(0, 5, size), dice.uniform(30, 90, size)),
    ],
    ids=["exponential", "lognormal", "paper"],
)
def test_the_share_that_is_recorded_is_learnt_from_what_is_recorded_alone(
    delay: Callable[[Dice, int], np.ndarray],
) -> None:
    dice = np.random.default_rng(25201)
    ages, delays = dice.uniform(0, 400, 6000), delay(dice, 6000)
    seen = delays <= ages
    share = flows.recorded_share(delays[seen], ages[seen])
    long = np.sort(delay(dice, 100_000))
    true = np.mean([np.searchsorted(long, AGES + part) for part in np.linspace(-2.4, 2.4, 9)], axis=0) / len(long)
    assert share.shape == (BACK,)
    assert np.abs(share - true.clip(flows.LEAST_RECORDED)).max() < 0.06
    assert np.abs(share - true.clip(flows.LEAST_RECORDED)).mean() < 0.02


def test_of_few_arrivals_no_delay_is_learnt() -> None:
    few = np.full(flows.FEW - 1, 30.0)
    assert (flows.recorded_share(few, few + 5) == 1).all()


def test_where_nobody_is_late_nobody_is_unseen() -> None:
    came = np.arange(NOW - 400, NOW, 4.0)
    [found] = of(line(came))
    assert found is not None and found.unseen == 0
    assert found.people == 2 * len(came) and found.arrivals.sum() == (came > NOW - BACK * BIN_MIN).sum()


def test_who_came_and_is_not_recorded_yet_is_told_as_expected() -> None:
    dice, told, true = np.random.default_rng(1), 0.0, 0
    for _ in range(30):
        came, late = np.sort(dice.uniform(NOW - 400, NOW, 800)), dice.exponential(20, 800)
        [found] = of(line(came, late))
        missing = 2 * int((came + late > NOW).sum())
        assert found is not None and found.people + missing == 2 * len(came)
        told, true = told + found.unseen, true + missing
    assert told == pytest.approx(true, rel=0.15)


def test_lists_that_were_typed_in_at_once_tell_no_delays() -> None:
    prompt, listed = np.arange(NOW - 400, NOW, 4.0), np.arange(NOW - 300, NOW - 200, 1.0)
    alone, beside, _ = of(line(prompt), line(prompt + 1), line(listed, NOW - 30 - listed))
    assert alone is not None and beside is not None
    assert alone.unseen == beside.unseen == 0


def test_after_a_head_count_only_those_who_came_since_can_be_unseen() -> None:
    dice = np.random.default_rng(2)
    came, late = np.sort(dice.uniform(NOW - 400, NOW, 800)), dice.exponential(20, 800)
    plain = line(came, late)
    just_counted = Line(moves=plain.moves, counts=np.array([(NOW - 1.0, 1500.0)]))
    without, counted = of(plain, just_counted)
    assert without is not None and counted is not None
    assert counted.unseen < without.unseen / 3
    assert counted.people == 1500 + plain.moves[plain.moves[:, 0] > NOW - 1, 2].sum()


def test_nothing_is_told_of_few_households_and_of_nobody() -> None:
    few = line(np.linspace(NOW - 50, NOW - 20, flows.FEW_HOUSEHOLDS - 1))
    enough = line(np.linspace(NOW - 50, NOW - 20, flows.FEW_HOUSEHOLDS))
    assert [found is not None for found in of(few, enough, Line())] == [False, True, False]


def test_an_old_head_count_tells_no_flow() -> None:
    fresh, old = counts((NOW - 60, 40), (NOW - 1, 80)), counts((NOW - 300, 40), (NOW - LASTS_MIN, 80))
    assert [found is not None for found in of(fresh, old)] == [True, False]


@given(more=st.lists(st.integers(0, 60), min_size=1, max_size=6), gap=st.integers(5, 30))
def test_by_head_counts_alone_as_many_people_came_as_there_are_more(more: list[int], gap: int) -> None:
    people = np.cumsum([20, *more])
    at = NOW - gap * np.arange(len(people))[::-1] - 3
    [found] = of(counts(*zip(at, people, strict=True)), opened=float(at[0]) - 15)
    assert found is not None
    assert found.arrivals.sum() * found.size == pytest.approx(people[-1])
    assert found.people == people[-1] and found.leave_per_min == 0
    assert found.seen_min.sum() == pytest.approx(at[-1] - at[0] + 15)


def test_by_head_counts_those_who_left_are_no_arrivals() -> None:
    [found] = of(counts((NOW - 90, 80), (NOW - 60, 30), (NOW - 30, 60)), opened=NOW - 100)
    assert found is not None
    assert found.arrivals.sum() * found.size == pytest.approx(80 + 30)
    assert found.leave_per_min > 0


def test_people_who_leave_are_told_by_minute() -> None:
    came = np.arange(NOW - 400, NOW - 5, 4.0)
    gone = np.column_stack([came + 2, came + 2, np.full(len(came), -1)])
    moves = np.vstack([line(came).moves, gone])
    [found] = of(Line(moves=moves[np.argsort(moves[:, 0], kind="stable")]))
    assert found is not None and found.leave_per_min == pytest.approx(1 / 4, rel=0.1)


def test_sizes_of_households_are_drawn_towards_the_usual_ones() -> None:
    small, large = (line(np.linspace(NOW - 200, NOW - 20, size), people=each) for size, each in ((8, 1), (80, 4)))
    few, many = of(small, large)
    assert few is not None and many is not None
    usual = (8 + 320 + flows.AS_MANY * flows.USUAL[0]) / (88 + flows.AS_MANY)
    assert few.size == pytest.approx((8 + flows.AS_MANY * usual) / (8 + flows.AS_MANY))
    assert 3.8 < many.size < 4 and many.size_squared >= many.size**2


def test_shelters_together_have_all_arrivals_and_all_people() -> None:
    dice = np.random.default_rng(3)
    lines = [line(np.sort(dice.uniform(NOW - 200, NOW, 60)), dice.exponential(9, 60), people) for people in (1, 2, 5)]
    held = [found for found in of(*lines, counts((NOW - 60, 40), (NOW - 10, 90))) if found]
    whole = flows.together(held)
    assert len(held) == 4 and not whole.is_single
    for name in ("people", "unseen", "leave_per_min"):
        assert getattr(whole, name) == pytest.approx(sum(getattr(each, name) for each in held))
    assert whole.arrivals == pytest.approx(np.sum([each.arrivals for each in held], axis=0))
    came = sum(each.arrivals.sum() * each.size for each in held)
    assert whole.arrivals.sum() * whole.size == pytest.approx(came)
    assert whole.unsure == pytest.approx(held[-1].unsure)
    assert whole.seen_min == pytest.approx(np.max([each.seen_min for each in held], axis=0))
