"""A forecast that watches: whenever it looks, and whenever it began, the same events give the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from happened import at, told
from other_arrivals import bursts

from otsu_maps.analysis import forecaster
from otsu_maps.analysis.forecast import COVERAGE, Outlook
from otsu_maps.analysis.forecaster import Forecaster
from otsu_maps.analysis.lines import minute
from otsu_maps.ledger.events import Event

LASTS_MIN = 180.0
START = minute(at(0))


def watched(events: list[Event], rooms: Mapping[str, int], moments: Iterable[float]) -> Forecaster:
    """A forecaster that was shown what was known at each of these moments, minutes after START."""
    found, taken = Forecaster(rooms, LASTS_MIN), 0
    waiting = sorted(events, key=lambda event: event.received_at)
    for now in moments:
        before = taken
        while taken < len(waiting) and minute(waiting[taken].received_at) <= START + now:
            taken += 1
        found.take(waiting[before:taken], START + now)
    return found


def on_the_minute(event: Event) -> Event:
    """So that some are known at the very moment of a trial."""
    return event._replace(
        occurred_at=event.occurred_at.replace(second=0, microsecond=0),
        received_at=event.received_at.replace(second=0, microsecond=0),
    )


def same(one: Outlook, other: Outlook) -> None:
    assert one.forecasts == other.forecasts and set(one.runs) == set(other.runs)
    assert all((one.runs[key] == other.runs[key]).all() for key in one.runs)


@pytest.mark.parametrize(
    "moments", [[300], [7, 10, 50, 55.5, 200, 300], range(1, 301)], ids=["once", "some", "minutely"]
)
def test_however_often_it_looks_it_says_the_same(moments: Iterable[float]) -> None:
    events, rooms = bursts(11)
    events = [on_the_minute(event) for event in events]
    regular = watched(events, rooms, range(10, 301, 10))
    other = watched(events, rooms, moments)
    assert regular.early == other.early != (1 - COVERAGE) / forecaster.EARLY_RATE
    same(regular.outlook(START + 300), other.outlook(START + 300))


def test_events_that_are_shown_again_change_nothing() -> None:
    events, rooms = bursts(12)
    once = watched(events, rooms, [200])
    again = watched(events, rooms, [150])
    again.take([event for event in events if minute(event.received_at) <= START + 200], START + 200)
    assert once.early == again.early
    same(once.outlook(START + 200), again.outlook(START + 200))


@pytest.mark.parametrize("now", [300, 307, 400])
def test_begun_late_it_has_learnt_what_it_would_have_learnt(now: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecaster, "LEARNS_FROM_MIN", 150.0)
    events, rooms = bursts(13)
    throughout, late = watched(events, rooms, [*range(5, int(now), 5), now]), watched(events, rooms, [now])
    assert throughout.early == late.early
    same(throughout.outlook(START + now), late.outlook(START + now))


def test_it_tells_only_of_shelters_that_are_open_and_whose_room_is_known() -> None:
    def filled(shelter: str) -> list[Event]:
        return [told(each, "check_in", shelter, ref=f"{shelter}-{each}", people=2) for each in range(1, 40)]

    events = [
        *(told(0, "shelter_opened", shelter) for shelter in ("open", "closed", "paused", "roomless", "again")),
        *(
            each
            for shelter in ("open", "closed", "paused", "roomless", "unopened", "again")
            for each in filled(shelter)
        ),
        *(
            told(41, "shelter_closed", "closed"),
            told(41, "shelter_paused", "paused"),
            told(41, "shelter_closed", "again"),
        ),
        told(42, "shelter_opened", "again"),
    ]
    rooms = dict.fromkeys(("open", "closed", "paused", "unopened", "again"), 150)
    found = watched(events, rooms, [45])
    assert {target.key for target in found.targets()} == {"open", "again"}
    assert {key for key, _ in found.outlook(START + 45).forecasts} == {"open", "again"}


def test_room_changed_in_the_incident_counts_first_and_unknown_again_is_the_register() -> None:
    def room_of(*said: Mapping[str, int]) -> float | None:
        changed = [told(each + 1, "capacity_changed", "s", **about) for each, about in enumerate(said)]
        found = watched([told(0, "shelter_opened", "s"), *changed], {"s": 150}, [20])
        return next((target.capacity_persons for target in found.targets()), None)

    assert room_of() == 150
    assert room_of({"refuge_persons": 90, "stay_persons": 40}) == 90
    assert room_of({"refuge_persons": 90}, {"stay_persons": 40}) == 40
    assert room_of({"refuge_persons": 90}, {}) == 150
    assert room_of({"refuge_persons": 0}) is None


def test_where_levels_come_earlier_than_told_the_next_intervals_begin_earlier() -> None:
    found = Forecaster({}, LASTS_MIN)
    assert found.early == (1 - COVERAGE) / forecaster.EARLY_RATE

    def trials(took: float) -> list[forecaster._Trial]:
        ends = np.linspace(20, 59, 60)
        return [forecaster._Trial("s", START, 100.0, ends, took_min=took, watched_min=1000.0) for _ in range(300)]

    found._trials = trials(took=5.0)
    hurried = found.early
    found._trials = trials(took=np.inf)
    assert hurried == pytest.approx(0.01) and found.early == pytest.approx(0.6)
    unseen = [forecaster._Trial("s", START, 100.0, np.full(60, 30.0), watched_min=59.0) for _ in range(300)]
    found._trials = unseen
    assert found.early == pytest.approx((1 - COVERAGE) / forecaster.EARLY_RATE, abs=0.01)
