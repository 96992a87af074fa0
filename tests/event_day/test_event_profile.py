"""When visitors come and go: nobody is lost, nobody is there who has not come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.event_day import profile
from otsu_maps.event_day.plan import BUS, DROP_IN, KINDS, LAST_S, RAIL, SHOW, STEP_S, STEPS, Plan

H = 3600


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    start = draw(st.integers(0, LAST_S - 1))
    rail = draw(st.integers(0, 100))
    return Plan(
        "催し",
        *(135.86, 35.0, start, draw(st.integers(start + 1, LAST_S)), draw(st.integers(0, 400_000))),
        kind=draw(st.sampled_from(KINDS)),
        come_min=draw(st.integers(1, 600)),
        leave_min=draw(st.integers(1, 600)),
        stay_min=draw(st.integers(1, 600)),
        rail_percent=rail,
        bus_percent=draw(st.integers(0, 100 - rail)),
        is_rainy=draw(st.booleans()),
        rain_fewer_percent=draw(st.integers(0, 100)),
    )


@given(plans())
def test_as_many_leave_as_come_and_none_is_there_before_the_first_came(plan: Plan) -> None:
    come, go = profile.arriving(plan), profile.leaving(plan)
    assert come.sum() == pytest.approx(plan.attendance) and go.sum() == pytest.approx(plan.attendance)
    assert (come >= -1e-6).all() and (go >= -1e-6).all()
    assert (np.cumsum(go) <= np.cumsum(come) + 1e-6 * max(plan.attendance, 1)).all()
    assert profile.present(plan).max() <= plan.attendance * (1 + 1e-9) + 1e-6


def test_at_a_show_everybody_is_there_from_the_start_to_the_end() -> None:
    plan = Plan("花火", 135.86, 35.0, 19 * H + 1800, 20 * H + 1800, 300_000, come_min=240, leave_min=60)
    there = profile.present(plan)
    assert there[plan.start_s // STEP_S : plan.end_s // STEP_S - 1] == pytest.approx(300_000)
    come, go = np.flatnonzero(profile.arriving(plan)), np.flatnonzero(profile.leaving(plan))
    assert come[0] == (plan.start_s - 4 * H) // STEP_S and come[-1] == plan.start_s // STEP_S - 1
    assert go[0] == plan.end_s // STEP_S and go[-1] == (plan.end_s + H) // STEP_S - 1
    assert profile.arriving(plan).argmax() in ((plan.start_s - H) // STEP_S - 1, (plan.start_s - H) // STEP_S)
    assert profile.leaving(plan).argmax() == plan.end_s // STEP_S, "most set out at once"


def test_at_a_market_people_stay_about_as_long_as_is_said() -> None:
    plan = Plan("市", 135.86, 35.0, 8 * H, 14 * H, 1000, kind=DROP_IN, stay_min=90)
    steps = np.arange(STEPS)
    mean = (profile.leaving(plan) @ steps - profile.arriving(plan) @ steps) / 1000 * STEP_S / 60
    assert mean == pytest.approx(90, abs=10)


def test_rain_keeps_some_at_home_and_puts_others_on_the_bus() -> None:
    fine = Plan("市", 135.86, 35.0, 8 * H, 14 * H, 1000, rail_percent=20, bus_percent=10)
    rain = Plan("市", 135.86, 35.0, 8 * H, 14 * H, 1000, rail_percent=20, bus_percent=10, is_rainy=True)
    assert (fine.attendance, rain.attendance) == (1000, 700)
    assert fine.shares == {RAIL: 0.2, BUS: 0.1} and rain.shares[BUS] == pytest.approx(0.24)


@given(st.lists(st.floats(0, 1e5), min_size=3, max_size=40), st.integers(-50, 50))
def test_a_walk_moves_a_course_and_loses_nobody(course: list[float], steps: int) -> None:
    moved = profile.moved(np.array(course), steps)
    assert moved.sum() == pytest.approx(sum(course)) and len(moved) == len(course)


@pytest.mark.parametrize(
    ("start_h", "end_h", "is_cut"), [(19, 20, False), (2, 20, True), (19, 27, True), (0, 1, True), (24, 26, False)]
)
def test_a_night_that_needs_trips_of_another_day_is_told(start_h: int, end_h: int, is_cut: bool) -> None:
    plan = Plan("x", 135.86, 35.0, start_h * H, end_h * H, 10, come_min=180, leave_min=90)
    assert profile.is_cut(plan) == is_cut


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_s": 20 * H, "end_s": 19 * H},
        {"end_s": 31 * H},
        {"rail_percent": 70, "bus_percent": 40},
        {"usual_percent": 101},
        {"kind": "parade"},
        {"visitors": -1},
        {"half_m": 0},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    about = {"name": "x", "lon": 135.86, "lat": 35.0, "start_s": 10 * H, "end_s": 12 * H, "visitors": 10} | wrong
    with pytest.raises(ValueError):
        Plan(**about)  # type: ignore[arg-type]


def test_a_train_takes_what_its_load_lets_it_take_besides_its_passengers() -> None:
    plan = Plan("x", 135.86, 35.0, 10 * H, 12 * H, 10, usual_percent=30, rail_load_percent=150, kind=SHOW)
    assert (plan.free(RAIL), plan.free(BUS)) == (pytest.approx(1.2), pytest.approx(0.7))
    assert (plan.full(RAIL), plan.full(BUS)) == (1.5, 1.0)
