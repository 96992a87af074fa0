"""Figures after an incident, on small stories whose figures can be told by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from happened import at, counted, opened, place, told

from otsu_maps.analysis import review
from otsu_maps.analysis.course import Course, courses
from otsu_maps.analysis.review import Delay, Delivery, Gaps, Out, ShelterFigures
from otsu_maps.analysis.rules import Rules
from otsu_maps.ledger.events import Event

RULES = Rules.of({"OTSU_SILENT_MINUTES": "60", "OTSU_COUNT_MINUTES": "10000", "OTSU_CROWDED_PERCENT": "80"})
HOUR = timedelta(hours=1)
NORTH, SOUTH = "2520100N", "2520100S"


def course_of(story: list[Event], end: float, capacity: int | None = 10) -> Course:
    [found] = courses([opened(), *story], [place("h-1", capacity, "D1")], RULES, at(end))
    return found


def figures_of(story: list[Event], end: float, capacity: int | None = 10) -> ShelterFigures:
    return review.figures(course_of(story, end, capacity), HOUR, at(end))


# silence


def test_a_gap_is_longer_than_the_limit_and_not_as_long() -> None:
    story = [told(0, "shelter_opened", "h-1"), told(60, "confirmed", "h-1"), told(121, "confirmed", "h-1")]
    assert figures_of([*story, told(130, "shelter_closed", "h-1")], 500).gaps == Gaps(1, 61.0, 61.0, False)


def test_a_gap_that_had_not_ended_is_counted_and_goes_on() -> None:
    story = [told(0, "shelter_opened", "h-1"), told(100, "confirmed", "h-1")]
    assert figures_of(story, 300).gaps == Gaps(2, 200.0, 300.0, True)


def test_silence_of_a_closed_shelter_is_no_gap() -> None:
    story = [told(0, "shelter_opened", "h-1"), told(30, "shelter_closed", "h-1"), told(400, "shelter_opened", "h-1")]
    assert figures_of(story, 420).gaps == Gaps(0, None, 0.0, False)


@pytest.mark.parametrize("kind", ["supply_requested", "supply_promised", "supply_delivered"])
def test_what_headquarters_records_about_supplies_is_no_sign_of_life(kind: str) -> None:
    story = [told(0, "shelter_opened", "h-1"), told(50, kind, "h-1", item="water", amount=1)]
    assert figures_of(story, 100).gaps.number == 1


# room


def test_minutes_above_the_shares_are_counted_where_the_room_is_known() -> None:
    story = [
        *(told(0, "shelter_opened", "h-1"), counted(10, "h-1", 7), counted(30, "h-1", 8), counted(60, "h-1", 10)),
        *(counted(100, "h-1", 3), told(150, "shelter_closed", "h-1")),
    ]
    found = figures_of(story, 200)
    assert found.band_min == {"unknown": 10, "free": 20 + 50, "crowded": 30, "full": 40}
    assert (found.crowded_min, found.open_min, found.is_open_at_end) == (70, 150, False)
    assert (found.peak_people, found.peak_at) == (10, at(60))


def test_unknown_room_is_neither_free_nor_full() -> None:
    found = figures_of([told(0, "shelter_opened", "h-1"), counted(0, "h-1", 999)], 60, capacity=None)
    assert found.band_min == {"unknown": 60, "free": 0, "crowded": 0, "full": 0}
    assert found.is_open_at_end and found.peak_people == 999


def test_without_any_number_the_peak_is_unknown_and_a_shelter_that_never_opened_has_none() -> None:
    assert figures_of([told(0, "shelter_opened", "h-1")], 60).peak_people is None
    never = figures_of([counted(0, "h-1", 5)], 60)
    assert (never.opened_at, never.open_min, never.peak_people, never.gaps.number) == (None, 0, None, 0)


# supplies


def stock(minute: float, kind: str, amount: int, item: str = "water", shelter: str = "h-1") -> Event:
    return told(minute, kind, shelter, item=item, amount=amount)


def test_an_item_is_out_while_nothing_is_left_and_people_are_there() -> None:
    story = [
        *(told(0, "shelter_opened", "h-1"), stock(0, "supply_counted", 0), counted(10, "h-1", 0)),
        *(counted(20, "h-1", 5), stock(50, "supply_received", 9), stock(70, "supply_counted", 0)),
        *(told(75, "shelter_closed", "h-1"), stock(5, "supply_counted", 0, "food"), counted(80, "h-1", 5)),
    ]
    assert figures_of(story, 100).out == (Out("food", 55.0, 5.0), Out("water", 30.0 + 5.0, 10.0))


def test_a_stock_that_nobody_counted_is_not_out() -> None:
    story = [told(0, "shelter_opened", "h-1"), counted(0, "h-1", 5), stock(5, "supply_used", 3)]
    assert figures_of(story, 100).out == ()


def test_a_delivery_meets_the_oldest_request_first_and_what_is_open_stays_open() -> None:
    story = [
        *(stock(0, "supply_delivered", 100), stock(10, "supply_requested", 30), stock(20, "supply_requested", 20)),
        *(
            stock(40, "supply_delivered", 10),
            stock(60, "supply_delivered", 25),
            stock(70, "supply_requested", 5, "food"),
        ),
        *(stock(75, "supply_delivered", 5, "food", "h-2"), stock(500, "supply_delivered", 99)),
    ]
    found = review.deliveries(story, at(100))
    assert found == [
        Delivery("h-1", "water", 30, at(10), at(60)),
        Delivery("h-1", "water", 20, at(20), None),
        Delivery("h-1", "food", 5, at(70), None),
    ]
    assert [each.minutes for each in found] == [50.0, None, None]


# the start


def alert(minute: float, level: int | None, area: str = NORTH, series: str = "s", **more: Any) -> Event:
    warned = {"code": f"c{level}", "name": "警報", "level": level, "hazards": ["flood"]}
    areas = [{"code": area, "name": area, "warnings": [warned]}]
    ids = {"alert_id": f"{series}{minute}", "series": series, "source": "jma", "kind": "k", "title": "t"}
    return told(minute, "alert_received", **ids, areas=areas, **more)


def order(minute: float, district: str, kind: str = "order_issued") -> Event:
    return told(minute, kind, level=4, district_id=district, authority="市長", confirmed_by="副市長")


def start_of(story: list[Event], end: float = 1000) -> review.Start:
    held = [opened(0), *story]
    places = [place("h-1", 10, "D1"), place("h-2", 10, "D2"), place("h-3", 10)]
    return review.start(held, courses(held, places, RULES, at(end)), (NORTH, SOUTH), at(0), at(end))


def test_the_first_warning_order_and_opening_and_those_of_each_district() -> None:
    found = start_of(
        [
            *(alert(5, 2), alert(20, 3, SOUTH, "t"), alert(30, 4), order(40, "D1"), order(45, "D3"), order(90, "D1")),
            *(told(70, "shelter_opened", "h-1"), told(60, "shelter_opened", "h-2"), told(50, "shelter_opened", "h-3")),
        ]
    )
    assert (found.warned_at, found.ordered_at, found.opened_at) == (at(20), at(40), at(50))
    assert found.by_district == {"D1": (at(40), at(70)), "D2": (None, at(60)), "D3": (at(45), None)}


def test_a_warning_that_was_in_force_at_the_opening_counts_from_when_it_came() -> None:
    assert start_of([alert(-90, 3), alert(-30, 4)]).warned_at == at(-90)
    assert start_of([alert(-90, 3), alert(-30, 2), alert(15, 3)]).warned_at == at(15), "it was lifted between"


@pytest.mark.parametrize("level", [None, 1, 2])
def test_lower_warnings_and_those_without_a_level_are_none(level: int | None) -> None:
    assert start_of([alert(5, level)]).warned_at is None


def test_without_anything_nothing_is_known() -> None:
    found = start_of([])
    assert (found.warned_at, found.ordered_at, found.opened_at, found.by_district) == (None, None, None, {})


def test_an_order_or_opening_that_was_taken_back_never_was() -> None:
    first, opening = order(10, "D1"), told(20, "shelter_opened", "h-1")
    back = [told(30, "correction", corrects=each.event_id, void=True) for each in (first, opening)]
    found = start_of([first, opening, *back, order(40, "D1")])
    assert (found.ordered_at, found.opened_at) == (at(40), None)


# recording


def test_the_delay_is_the_median_and_what_nine_of_ten_do_not_exceed() -> None:
    story = [told(0, "confirmed", "h-1", late=late) for late in (0, 1, 2, 3, 4, 5, 6, 7, 8, 100)]
    assert review.delay(story) == Delay(10, 4.5, 8.0)
    assert review.delay([*story, alert(0, 3, late=999)]) == Delay(10, 4.5, 8.0), "no person recorded the warning"
    assert review.delay([]) == Delay(0, None, None)
    assert review.delay([told(5, "confirmed", "h-1", late=-3)]) == Delay(1, 0.0, 0.0), "a clock that was behind"


def test_corrections_are_counted() -> None:
    one = counted(0, "h-1", 5)
    assert review.corrections([one, told(1, "correction", corrects=one.event_id, void=True)]) == 1


# sums


def test_the_peak_is_the_first_moment_with_most_people_and_says_what_it_covers() -> None:
    story = [
        *(opened(), told(0, "shelter_opened", "h-1"), told(0, "shelter_opened", "h-2"), counted(10, "h-1", 5)),
        *(counted(20, "h-2", 4), counted(30, "h-1", 2), counted(40, "h-1", 5), told(60, "shelter_closed", "h-2")),
    ]
    totals = review.timeline(courses(story, [place("h-1", 10), place("h-2")], RULES, at(100)), at(100))
    peak = review.peak(totals)
    assert peak is not None
    assert (peak.at, peak.people, peak.counted, peak.open, peak.capacity, peak.no_room) == (at(20), 9, 2, 2, 10, 1)
    assert totals[0].people is None, "nobody had said a number"
    assert totals[-1].open == 1, "still open at the end is no closing"
    assert review.peak([]) is None and review.peak(totals[:1]) is None


def test_a_chart_of_many_changes_keeps_the_highest_and_the_last() -> None:
    story = [opened(), told(0, "shelter_opened", "h-1"), *(counted(i, "h-1", i % 97) for i in range(1, 5000))]
    totals = review.timeline(courses(story, [place("h-1", 10)], RULES, at(5000)), at(5000))
    few = review.thinned(totals, 100)
    assert len(few) <= 104 and few[0].at == totals[0].at and few[-1] == totals[-1]
    assert review.peak(few) == review.peak(totals)
    assert review.thinned(totals[:50], 100) == totals[:50]
