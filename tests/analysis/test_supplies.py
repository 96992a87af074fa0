"""Supplies: unknown need is never none, nobody gives what it needs itself, and the plan moves what there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from test_board import row
from worlds import START

from otsu_maps.analysis.room import People
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.supplies import Rates, Stock, stocks, transfers
from otsu_maps.ledger.events import written

RATES = Rates.of({})


def held(people: int | None, items: dict[str, dict[str, Any]], **more: Any) -> list[Stock]:
    one = row(people=People(people, written(START), "counted"), **more)
    return stocks([one], Situation(START, shelters={"p": {"stock": items}}), RATES)


def test_the_rates_are_those_of_the_settings_and_of_an_incident() -> None:
    assert (RATES.per_day, RATES.once, RATES.ahead) == (
        {"water": 3, "food": 3, "toilet": 5},
        {"blanket": 1},
        timedelta(hours=24),
    )
    assert Rates.of({"OTSU_WATER_LITRES": "4"}).per_day["water"] == 4


def test_water_for_ten_people_lasts_as_long_as_the_guideline_says() -> None:
    [found] = held(10, {"water": {"amount": 45, "at": written(START)}})
    assert (found.need_a_day, found.need_ahead, found.short) == (30, 30, 0)
    assert found.until == written(START + timedelta(days=1.5))
    [less] = held(10, {"water": {"amount": 12, "at": written(START)}})
    assert less.short == 18 and less.until == written(START + timedelta(days=0.4))


def test_blankets_are_needed_once_and_never_run_out_by_the_day() -> None:
    [found] = held(10, {"blanket": {"amount": 4, "at": written(START)}})
    assert (found.short, found.until, found.need_a_day) == (6, None, None)


def test_unknown_people_unknown_stock_and_items_without_a_rate_are_unknown_and_not_enough() -> None:
    [nobody] = held(None, {"water": {"amount": 100}})
    [uncounted] = held(10, {"water": {"amount": None, "requested": 5}})
    [milk] = held(10, {"milk": {"amount": 3}})
    for found in (nobody, uncounted, milk):
        assert found.short is None and found.until is None


def test_a_shelter_without_people_needs_nothing_and_nothing_runs_out() -> None:
    [found] = held(0, {"water": {"amount": 10}})
    assert (found.short, found.until) == (0, None)


def test_a_request_is_open_until_it_is_promised_or_delivered() -> None:
    [found] = held(1, {"water": {"amount": 0, "requested": 50, "promised": 20, "delivered": 30}})
    assert found.open_request == 20


def test_a_stock_runs_down_since_it_was_told() -> None:
    told = written(START - timedelta(hours=12))
    [found] = held(10, {"water": {"amount": 45, "at": told}})
    assert (found.amount, found.left, found.short) == (45, 30, 0)
    assert found.until == written(START + timedelta(days=1))
    [gone] = held(10, {"water": {"amount": 10, "at": told}})
    assert (gone.left, gone.short) == (0, 30) and str(gone.until) < written(START)
    [blankets] = held(10, {"blanket": {"amount": 4, "at": told}})
    assert blankets.left == 4


def test_closed_shelters_are_not_listed() -> None:
    assert held(1, {"water": {"amount": 1}}, openness="closed") == []


stock_of = st.builds(
    lambda number, amount, ahead, item: Stock(
        place_id=f"p{number}",
        name=f"p{number}",
        item=item,
        amount=amount,
        need_a_day=ahead,
        need_once=None,
        need_ahead=ahead,
        until=None,
        short=None if amount is None or ahead is None else max(0, ahead - amount),
        requested=0,
        promised=0,
        delivered=0,
        at=None,
        left=amount,
    ),
    st.integers(0, 6),
    st.one_of(st.none(), st.integers(0, 100)),
    st.one_of(st.none(), st.integers(0, 100)),
    st.sampled_from(["water", "food"]),
)


@settings(max_examples=400)
@given(st.lists(stock_of, max_size=10, unique_by=lambda s: (s.place_id, s.item)), st.randoms(use_true_random=False))
def test_a_plan_takes_from_nobody_what_it_needs_and_brings_nobody_more_than_it_lacks(
    found: list[Stock], dice: Any
) -> None:
    places = sorted({stock.place_id for stock in found})
    metres = {(a, b): dice.uniform(1, 9000) for a in places for b in places if a != b and dice.random() < 0.8}
    plan = transfers(found, metres)
    for stock in found:
        given_away = sum(t.amount for t in plan if (t.giver, t.item) == (stock.name, stock.item))
        received = sum(t.amount for t in plan if (t.taker, t.item) == (stock.name, stock.item))
        if given_away:
            assert stock.left is not None and stock.need_ahead is not None
            assert stock.left - given_away >= stock.need_ahead
        assert received <= (stock.short or 0)
        reachable = [
            s for s in found if s.item == stock.item and (s.place_id, stock.place_id) in metres and s is not stock
        ]
        if received < (stock.short or 0):
            for giver in reachable:
                left = sum(t.amount for t in plan if (t.giver, t.item) == (giver.name, giver.item))
                is_known = giver.left is not None and giver.need_ahead is not None
                spare = max(0, (giver.left or 0) - (giver.need_ahead or 0)) if is_known else 0
                assert left == spare, "somebody in reach still has it"
    assert all(t.amount > 0 and (t.giver, t.taker) in metres for t in plan)
