"""How a forecast is judged: what came, what could not be seen, the rule to beat; and that the forecast stands it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from happened import told

from otsu_maps.analysis import backtest
from otsu_maps.analysis.backtest import Judged
from otsu_maps.analysis.forecast import Forecast
from otsu_maps.ledger.events import Event

LASTS_MIN = 180.0
FULL_MIN, CROWDED_MIN, ROOM = 100, 80, 200


def steady(until_min: int, shelter: str = "s") -> Iterator[Event]:
    """A household of two each minute: 80 % of the room after 80 minutes, all of it after 100."""
    yield told(0, "shelter_opened", shelter)
    for minute in range(1, until_min + 1):
        yield told(minute, "check_in", shelter, ref=f"{shelter}-{minute:04}", people=2)


def later(minute: float) -> Event:
    """Something that is heard so late that all before can be judged."""
    return told(minute, "head_count", "other", people=1, method="counted")


def judged(*events: Event, room: int = ROOM) -> dict[tuple[float, float], Judged]:
    """By level and by minutes since the beginning."""
    found = backtest.judged(events, {"s": room}, LASTS_MIN)
    return {(each.forecast.level, each.at_min): each for each in found}


def test_what_came_is_counted_from_the_moment_of_the_forecast() -> None:
    found = judged(*steady(120), later(260))
    assert {at for level, at in found if level == 1} == set(range(10, FULL_MIN, 10))
    assert {at for level, at in found if level == 0.8} == set(range(10, CROWDED_MIN, 10))
    for (level, at), each in found.items():
        assert each.reached_min == (FULL_MIN if level == 1 else CROWDED_MIN) - at
        assert each.is_reached == (each.reached_min <= 60) and not each.is_censored
        assert each.cut_min == 260 - at


def test_the_rule_to_beat_draws_the_last_hour_on() -> None:
    found = judged(*steady(120), later(260))
    for at in (60, 70, 80, 90):
        assert found[1.0, at].baseline_min == pytest.approx(FULL_MIN - at)
    assert found[1.0, 30].baseline_min == pytest.approx((ROOM - 60) / 60 * 60), "nobody was there half an hour before"
    ebbing = judged(*steady(30), later(260))
    assert ebbing[1.0, 100].baseline_min == math.inf, "nobody came in the last hour"


def test_what_a_closing_cut_off_is_left_out() -> None:
    closing = told(90, "shelter_closed", "s")
    found = judged(*steady(120), closing, later(260))
    cut = {at: each for (level, at), each in found.items() if level == 1}
    assert set(cut) == set(range(10, 90, 10)), "nothing is forecast for one that is closed"
    assert [at for at, each in cut.items() if each.is_censored] == [40, 50, 60, 70, 80]
    assert not any(each.is_reached for each in cut.values())
    crowded = [each for (level, _), each in found.items() if level == 0.8]
    assert not any(each.is_censored for each in crowded), "it was crowded before"


def test_what_comes_after_the_events_end_cannot_be_known() -> None:
    found = judged(*steady(90))
    assert [at for (level, at), each in found.items() if level == 1 and each.is_censored] == [40, 50, 60, 70, 80]
    report = backtest.report(list(found.values()))
    assert report["censored"] == 5 and report["forecasts"] == len(found)


def test_what_was_recorded_late_is_known_late_and_true_all_the_same() -> None:
    events = [told(0, "shelter_opened", "s")]
    events += [told(each, "check_in", "s", ref=f"late-{each}", people=2, late=15) for each in range(1, 121)]
    found = judged(*events, later(260))
    assert found[1.0, 50].reached_min == FULL_MIN - 50
    assert found[1.0, 110].reached_min == 0, "it was full, and nobody knew"
    assert (1.0, 120) not in found


def test_shelters_of_unknown_room_are_left_out_until_somebody_says_it() -> None:
    events = [*steady(120), told(40, "capacity_changed", "s", refuge_persons=ROOM), later(260)]
    found = backtest.judged(events, {}, LASTS_MIN)
    assert {each.at_min for each in found if each.forecast.level == 1} == set(range(40, FULL_MIN, 10))


def test_what_is_not_counted_is_not_judged_and_each_moment_is_told() -> None:
    flagged = [event._replace(flag="event_two_contents") for event in steady(120)]
    assert backtest.judged(flagged, {"s": ROOM}, LASTS_MIN) == []
    events, done = [*steady(50)], []
    backtest.judged(events, {"s": ROOM}, LASTS_MIN, done.append)
    assert sum(done) == len(backtest.moments(events)) == 4


def test_what_was_recorded_at_one_moment_has_no_moments() -> None:
    at_once = [told(each, "check_in", "s", ref=f"once-{each}", late=200 - each) for each in range(9)]
    assert len(backtest.moments(at_once)) == len(backtest.moments([])) == 0
    assert backtest.judged(at_once, {"s": ROOM}, LASTS_MIN) == [] == backtest.judged([], {}, LASTS_MIN)


def one(
    reached: float = math.inf,
    earliest: float | None = 20.0,
    latest: float | None = None,
    middle: float | None = 30.0,
    cut: float = math.inf,
    baseline: float = math.inf,
    level: float = 1.0,
) -> Judged:
    return Judged(Forecast("s", level, 100.0, 50.0, 0.5, earliest, middle, latest), 10.0, reached, cut, baseline)


@pytest.mark.parametrize(
    ("each", "holds"),
    [
        (one(30), True),
        (one(19), False),
        (one(20), True),
        (one(math.inf), True),
        (one(300), True),
        (one(30, latest=40.0), True),
        (one(40, latest=40.0), True),
        (one(41, latest=40.0), False),
        (one(math.inf, latest=40.0), False),
        (one(30, earliest=None), False),
    ],
)
def test_an_interval_holds_what_came(each: Judged, holds: bool) -> None:
    assert each.holds is holds


def test_the_figures_of_a_report() -> None:
    found = [
        one(30, latest=40.0, baseline=50),  # held between two ends, no error, 20 by the rule
        one(50, baseline=54),  # held by one end, error 20, 4 by the rule
        one(10, baseline=40, level=0.8),  # not held, error 20, 30 by the rule
        one(math.inf),  # held: it did not come
        one(math.inf, cut=59),  # cannot be known
        one(70, cut=65),  # came after the horizon: not reached, held, and not cut off within the horizon
        one(math.inf, earliest=90.0),  # quiet and right
        one(55, earliest=90.0, middle=None, baseline=60),  # quiet and wrong; no middle: an error without end
        one(math.inf, earliest=None),  # quiet and right
    ]
    report = backtest.report(found)
    assert report["forecasts"] == 9 and report["censored"] == 1
    assert report["coverage"] == 0.8 and report["intervals"] == 5
    assert report["two_sided"] == {"n": 1, "coverage": 1.0} and report["one_sided"] == {"n": 4, "coverage": 0.75}
    assert report["quiet"] == {"n": 3, "reached": 0.333}
    assert report["n"] == 4 and report["median_error_min"] == 20 and report["baseline_median_error_min"] == 12.5
    assert [(each["n"], each["median_error_min"]) for each in report["by_lead"]] == [(1, 20), (1, 0), (2, None)]
    crowded, full = report["by_level"]
    assert (crowded["level"], crowded["n"], crowded["coverage"]) == (0.8, 1, 0.0)
    assert (full["level"], full["n"], full["coverage"]) == (1.0, 3, 1.0)


def test_a_report_of_nothing_says_no_number() -> None:
    report = backtest.report([])
    assert report["n"] == report["forecasts"] == report["censored"] == report["intervals"] == 0
    for name in ("coverage", "median_error_min", "baseline_median_error_min"):
        assert report[name] is None
    assert report["quiet"] == {"n": 0, "reached": None}
    assert all(each["n"] == 0 and each["median_error_min"] is None for each in report["by_lead"] + report["by_level"])
