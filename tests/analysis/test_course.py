"""The course of a shelter is, minute by minute, what the board of that minute showed."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from happened import INCIDENT, START, at, counted, opened, place, told
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.analysis import board, review
from otsu_maps.analysis.course import Course, Span, courses
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.ledger import document, projection, replay
from otsu_maps.ledger.events import Event

MINUTES = 90
RULES = Rules.of({"OTSU_SILENT_MINUTES": "12", "OTSU_COUNT_MINUTES": "20", "OTSU_CROWDED_PERCENT": "80"})
PLACES = [place("h-1", 10), place("h-2", None)]
SHELTERS = ("h-1", "h-2", "p-1")


def stories() -> st.SearchStrategy[list[Event]]:
    """Anything that may come, in any order, of three shelters (known room, unknown room, provisional)."""
    minute, shelter, ref = st.integers(0, MINUTES - 1), st.sampled_from(SHELTERS), st.sampled_from(("aaaa", "bbbb"))
    amount, people = st.integers(0, 3), st.integers(0, 12)
    one = st.one_of(
        st.builds(told, minute, st.sampled_from(("shelter_opened", "shelter_closed", "shelter_paused")), shelter),
        st.builds(told, minute, st.just("shelter_opened"), shelter),
        st.builds(counted, minute, shelter, people),
        st.builds(told, minute, st.just("count_changed"), shelter, delta=st.integers(-2, 3)),
        st.builds(told, minute, st.just("confirmed"), shelter),
        st.builds(told, minute, st.just("check_in"), shelter, ref=ref, people=st.integers(1, 4)),
        st.builds(told, minute, st.sampled_from(("check_out", "temporary_leave", "returned")), shelter, ref=ref),
        st.builds(told, minute, st.just("transferred"), shelter, ref=ref, to=shelter),
        st.builds(told, minute, st.just("capacity_changed"), shelter, refuge_persons=st.one_of(st.none(), people)),
        st.builds(told, minute, st.just("damage_reported"), shelter, level=st.just("light")),
        st.builds(
            told,
            minute,
            st.sampled_from(("supply_counted", "supply_used", "supply_received", "supply_requested")),
            shelter,
            item=st.sampled_from(("water", "food")),
            amount=amount,
        ),
        st.builds(told, minute, st.just("shelter_created"), st.just("p-1"), name=st.just("自治会館")),
        st.builds(told, minute, st.just("shelter_merged"), st.just("p-1"), into=st.just("h-1")),
    )
    return st.lists(one, max_size=25)


@st.composite
def corrected(draw: st.DrawFn) -> list[Event]:
    """A story in which some events were taken back or moved in time."""
    story = [opened(), *draw(stories())]
    for event in draw(st.lists(st.sampled_from(story[1:]), max_size=3)) if story[1:] else ():
        moved = {"occurred_at": at(draw(st.integers(0, MINUTES - 1))).isoformat() + "Z"}
        more = {"void": True} if draw(st.booleans()) else moved
        story.append(told(MINUTES - 1, "correction", corrects=event.event_id, late=1, **more))
    return story


def board_at(story: list[Event], minute: float) -> tuple[list[board.Row], dict[str, Any]]:
    """The slow way: the whole state of that moment, and the board of it."""
    moment = at(minute)
    states = replay.states(story, moment)
    people = projection.presence(state for key, state in states.items() if key[1] == "person")
    shelters = document.assembled(INCIDENT, states, people)["shelters"]
    return board.rows(Situation(at=moment, shelters=shelters), [], PLACES, RULES), shelters


def span_at(course: Course, minute: float) -> Span | None:
    return next((span for span in course.spans if span.start <= at(minute) < span.end), None)


@settings(max_examples=60, deadline=None)
@given(corrected())
def test_minute_by_minute_it_is_what_the_board_shows(story: list[Event]) -> None:
    found = {course.place_id: course for course in courses(story, PLACES, RULES, at(MINUTES))}
    silent: dict[str, list[bool]] = {}
    out: dict[tuple[str, str], float] = {}
    for minute in range(MINUTES):
        rows, shelters = board_at(story, minute + 0.5)
        assert {key for key, course in found.items() if span_at(course, minute + 0.5)} == {r.place_id for r in rows}
        for row in rows:
            span = span_at(found[row.place_id], minute + 0.5)
            assert span is not None
            told_of = (span.is_open, span.people, span.capacity, span.band)
            assert told_of == (row.openness == "open", row.people.people, row.capacity_persons, row.band)
            silent.setdefault(row.place_id, [False] * MINUTES)[minute] = row.silent_since is not None
            for item, about in shelters[row.place_id]["stock"].items():
                assert (item in span.empty) == (about.get("amount") == 0)
                if span.is_open and span.people and item in span.empty:
                    out[row.place_id, item] = out.get((row.place_id, item), 0) + 1
    for key, course in found.items():
        figures = review.figures(course, RULES.silent_after, at(MINUTES))
        minutes = silent.get(key, [False])
        runs = sum(is_silent and not before for before, is_silent in zip([False, *minutes], minutes, strict=False))
        limit = RULES.silent_after / timedelta(minutes=1)
        assert figures.gaps.number == runs
        assert figures.gaps.total_min - runs * limit == pytest.approx(sum(minutes))
        assert figures.gaps.goes_on == minutes[-1]
        assert {each.item: each.minutes for each in figures.out if each.minutes} == {
            item: amount for (place_id, item), amount in out.items() if place_id == key
        }


@settings(max_examples=60, deadline=None)
@given(corrected(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_come_does_not_matter(story: list[Event], dice: random.Random) -> None:
    mixed = list(story)
    dice.shuffle(mixed)
    assert courses(mixed, PLACES, RULES, at(MINUTES)) == courses(story, PLACES, RULES, at(MINUTES))


@settings(max_examples=60, deadline=None)
@given(corrected())
def test_the_sums_are_those_of_the_single_shelters(story: list[Event]) -> None:
    found = courses(story, PLACES, RULES, at(MINUTES))
    totals = review.timeline(found, at(MINUTES))
    assert [total.at for total in totals] == sorted({total.at for total in totals})
    for minute in range(0, MINUTES, 7):
        spans = [span for course in found if (span := span_at(course, minute + 0.5)) and span.is_open]
        people = [span.people for span in spans if span.people is not None]
        room = [span.capacity for span in spans if span.capacity is not None]
        held = [total for total in totals if total.at <= at(minute + 0.5)]
        expected = (len(spans), sum(people) if people else None, sum(room) if room else None)
        last = held[-1] if held else None
        assert ((last.open, last.people, last.capacity) if last else (0, None, None)) == expected


@settings(max_examples=60, deadline=None)
@given(corrected())
def test_minutes_by_band_add_up_to_the_minutes_open(story: list[Event]) -> None:
    for course in courses(story, PLACES, RULES, at(MINUTES)):
        figures = review.figures(course, RULES.silent_after, at(MINUTES))
        assert sum(figures.band_min.values()) == pytest.approx(figures.open_min)


def test_what_comes_after_the_end_is_left_out() -> None:
    story = [opened(), told(0, "shelter_opened", "h-1"), counted(50, "h-1", 9)]
    [course] = courses(story, PLACES, RULES, at(30))
    assert [(span.start, span.end, span.people) for span in course.spans] == [(START, at(30), None)]


def test_a_provisional_shelter_ends_where_it_turned_out_to_be_another_one() -> None:
    story = [
        *(opened(), told(0, "shelter_created", "p-1", name="自治会館"), told(0, "shelter_opened", "p-1")),
        *(counted(5, "p-1", 7), told(20, "shelter_merged", "p-1", into="h-1"), counted(30, "p-1", 8)),
    ]
    [course] = courses(story, PLACES, RULES, at(60))
    assert (course.name, course.spans[-1].end, course.spans[-1].people) == ("自治会館", at(20), 7)
