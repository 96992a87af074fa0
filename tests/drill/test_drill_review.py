"""The figures of a played drill agree with the board at moments all through it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from small_town import PLACES, START, opened, told

from otsu_maps.analysis import board, review
from otsu_maps.analysis.course import courses
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.drill import play
from otsu_maps.drill.scenario import SCENARIOS
from otsu_maps.ledger import read, story
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger

REGISTER = [
    {
        "place_id": place.place_id,
        "name_ja": place.name,
        "district_id": place.district_id,
        "capacity_refuge_persons": place.refuge_persons,
        "capacity_stay_persons": place.stay_persons,
    }
    for place in PLACES
]
RULES = Rules.of({})


@pytest.fixture(params=SCENARIOS)
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Ledger, str]]:
    """A drill, played to its end."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    incident = opened(ledger)
    play.play(ledger, incident, told(request.param, 5, 120))
    yield ledger, str(incident.incident_id)
    ledger.close()


def end_of(events: list[Event]) -> tuple[list[Event], int]:
    return events, int((max(event.occurred_at for event in events) - START).total_seconds() // 60) + 90


def test_at_any_moment_the_sums_are_those_of_the_board(played: tuple[Ledger, str]) -> None:
    ledger, incident = played
    events, minutes = end_of(story.of_incident(ledger, incident))
    end = START + timedelta(minutes=minutes)
    found = courses(events, REGISTER, RULES, end)
    totals = review.timeline(found, end)
    for minute in range(1, minutes, max(1, minutes // 40)):
        moment = START + timedelta(minutes=minute, seconds=30)
        shelters = read.state(ledger, incident, moment)["shelters"]
        rows = board.rows(Situation(at=moment, shelters=shelters), [], REGISTER, RULES)
        sums = board.totals(rows, [])
        total = next((each for each in reversed(totals) if each.at <= moment), None)
        assert ((total.open, total.people, total.counted) if total else (0, None, 0)) == (
            sums.open,
            sums.people,
            sums.counted,
        )
        bands = {
            course.place_id: span.band
            for course in found
            for span in course.spans
            if span.is_open and span.start <= moment < span.end
        }
        assert bands == {row.place_id: row.band for row in rows if row.openness == "open"}


def test_every_figure_of_a_drill_can_be(played: tuple[Ledger, str]) -> None:
    ledger, incident = played
    events, minutes = end_of(story.of_incident(ledger, incident))
    end = START + timedelta(minutes=minutes)
    found = courses(events, REGISTER, RULES, end)
    for each in (review.figures(course, RULES.silent_after, end) for course in found):
        assert sum(each.band_min.values()) == pytest.approx(each.open_min)
        assert each.gaps.total_min >= each.gaps.number * 60 and (each.gaps.longest_min or 61) > 60
        assert all(out.minutes + out.unknown_min <= each.open_min for out in each.out)
    asked = review.deliveries(events, end)
    assert len(asked) == sum(event.kind == "supply_requested" for event in events)
    assert all(each.minutes is None or each.minutes >= 0 for each in asked)
    began = review.start(events, found, ("2520101",), START, end)
    assert began.opened_at is not None and began.opened_at >= START
    assert set(began.by_district) <= {"D1", "D2", "D3"}
    assert review.corrections(events) == sum(event.kind == "correction" for event in events)
