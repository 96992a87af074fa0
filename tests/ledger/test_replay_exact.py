"""A replay is exact: byte for byte what a plain fold of the same events gives, however they came, at any moment, and
also where it starts from a state that was kept on the way."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident import START as MIDNIGHT
from incident import Incident
from one_event import one_event
from stories import act, actions, carried, export, take

from otsu_maps import clock, observe
from otsu_maps.analysis import board, offer
from otsu_maps.analysis.actions import actions as to_decide
from otsu_maps.analysis.rules import Rules
from otsu_maps.drill import play
from otsu_maps.errors import EventRefused
from otsu_maps.ledger import document, read, replay, rows, topics
from otsu_maps.ledger.events import Event, canonical, written
from otsu_maps.ledger.read import Past
from otsu_maps.ledger.replay import Key
from otsu_maps.ledger.store import Ledger
from otsu_maps.ledger.topics import State

sys.path.append(str(Path(__file__).parents[1] / "drill"))
from small_town import START, opened, told

Moment = tuple[datetime, datetime | None]


@pytest.fixture(autouse=True)
def keeps_many_states() -> Iterator[None]:
    """So that short stories too are folded from states that were kept."""
    with patch.object(replay, "LEAST", 3), patch.object(replay, "MOST", 10**6):
        yield


def everything(ledger: Ledger) -> list[Event]:
    with ledger.reading() as connection:
        return rows.read(connection)


def plainly(events: list[Event], at: datetime | None, known_at: datetime | None) -> dict[Key, State]:
    """The same promise kept in the simplest way: for each event what its corrections make of it, then one by one."""
    known = [event for event in events if event.flag is None and (known_at is None or event.received_at <= known_at)]

    def stands(event: Event, above: tuple[str, ...] = ()) -> Event | None:
        mine = [each for each in known if each.kind == "correction" and each.corrects == event.event_id]
        for each in sorted(mine, key=lambda each: (each.recorded_at, each.event_id), reverse=True):
            says = None if each.event_id in above else stands(each, (*above, event.event_id))
            if says is not None and says.payload.get("void"):
                return None
            changed = replay.change(event, says.payload) if says is not None else None
            if changed is not None:
                return changed
        return event

    standing = [found for event in known if event.kind != "correction" and (found := stands(event)) is not None]
    states: dict[Key, State] = {}
    for event in sorted(standing, key=lambda event: event.order):
        topic, key = rows.topic_of(event)
        if topic and key is not None and (at is None or event.occurred_at <= at):
            name = (event.incident_id, topic, key)
            states[name] = topics.step(topic, states.get(name), event)
    return states


def people(states: dict[Key, State]) -> dict[str, dict[str, Any]]:
    """Who is where, counted shelter by shelter."""
    persons = [state for key, state in states.items() if key[1] == "person"]
    return {
        shelter: {
            "people": sum(each["people"] for each in persons if each["where"] == shelter and not each["is_away"]),
            "away": sum(each["people"] for each in persons if each["where"] == shelter and each["is_away"]),
            "refs": sum(shelter in each["been"] for each in persons),
            "last_at": max(each["been"][shelter] for each in persons if shelter in each["been"]),
        }
        for shelter in sorted({shelter for each in persons for shelter in each["been"]})
    }


def by_plain_fold(ledger: Ledger, incident_id: str, at: datetime, known_at: datetime | None) -> str:
    events = [event for event in everything(ledger) if event.incident_id == incident_id]
    states = plainly(events, at, known_at)
    try:
        return canonical(document.assembled(incident_id, states, people(states)))
    except EventRefused:
        return "no such incident"


def by_replay(past: Past | Ledger, incident_id: str, at: datetime, known_at: datetime | None) -> str:
    try:
        if isinstance(past, Past):
            return canonical(past.state(incident_id, at, known_at))
        return canonical(read.state(past, incident_id, at, known_at))
    except EventRefused:
        return "no such incident"


def moments(ledger: Ledger, seed: int, count: int) -> list[Moment]:
    """Some seconds of the story, before it and after it, as they are known today and as they were known."""
    events, dice = everything(ledger), random.Random(seed)
    at = [event.occurred_at for event in events]
    known = [event.received_at for event in events]
    near = [timedelta(0), timedelta(seconds=1), timedelta(seconds=-1), timedelta(days=9), timedelta(days=-9)]
    return [
        (dice.choice(at) + dice.choice(near), dice.choice([None, dice.choice(known), dice.choice(known)]))
        for _ in range(count)
    ]


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1), actions, st.integers(0, 60)) | st.tuples(st.just("carry"), st.integers(0, 2**32)),
        min_size=1,
        max_size=30,
    ),
    seed=st.integers(0, 2**32),
)
def test_any_moment_of_any_story_is_what_a_plain_fold_gives(steps: list[tuple[Any, ...]], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here, elsewhere = (Ledger(f"sqlite:///{Path(folder) / name}.sqlite") for name in ("a", "b"))
        first = Incident(here)
        take(elsewhere, export(here))
        both = (first, Incident(elsewhere, first.id))
        for step in steps:
            if step[0] == "carry":
                carried(elsewhere, here, step[1])
            else:
                act(both[step[0]], step[1], step[2])
        past = Past(here)
        for number, (at, known_at) in enumerate(moments(here, seed, 60)):
            expected = by_plain_fold(here, first.id, at, known_at)
            assert by_replay(past, first.id, at, known_at) == expected, "a walk through one past"
            if number < 6:
                assert by_replay(here, first.id, at, known_at) == expected, "read for this moment alone"
        for ledger in (here, elsewhere):
            ledger.close()


def test_a_correction_moves_an_event_to_and_fro_over_the_moment_that_is_asked_for(ledger: Ledger) -> None:
    incident = Incident(ledger)

    def counted(people: int, shelter: str, at: int) -> Event:
        return incident.did("head_count", {"people": people, "method": "counted"}, shelter, at=at)

    def move(event: Event, minute: int) -> Event:
        moved = (MIDNIGHT + timedelta(minutes=minute)).isoformat() + "Z"
        return incident.did("correction", {"occurred_at": moved}, corrects=event.event_id)

    later, earlier, as_before = counted(1, "s-1", 10), counted(2, "s-2", 50), counted(3, "s-3", 50)
    before = clock.now()
    move(later, 40)
    move(earlier, 20)
    back = move(as_before, 20)
    incident.did("correction", {"void": True}, corrects=back.event_id)
    past = Past(ledger)

    def there(minute: int, known_at: datetime | None) -> set[str]:
        at = MIDNIGHT + timedelta(minutes=minute)
        expected = by_plain_fold(ledger, incident.id, at, known_at)
        for held in (past, ledger):
            assert by_replay(held, incident.id, at, known_at) == expected
        return set(json.loads(expected)["shelters"])

    today, then = ([there(minute, known_at) for minute in (15, 25, 45, 55)] for known_at in (None, before))
    assert today == [set(), {"s-2"}, {"s-1", "s-2"}, {"s-1", "s-2", "s-3"}]
    assert then == [{"s-1"}, {"s-1"}, {"s-1"}, {"s-1", "s-2", "s-3"}]


def test_a_correction_that_came_before_its_event_counts_from_the_coming_of_the_event() -> None:
    hour = timedelta(hours=1)
    count = {"people": 9, "method": "counted", "definition": "present"}
    event = one_event(1, "head_count", count, MIDNIGHT + 5 * hour, "s-1")._replace(received_at=MIDNIGHT + 9 * hour)
    moved = {"occurred_at": written(MIDNIGHT + hour)}
    correction = one_event(2, "correction", moved, MIDNIGHT + 6 * hour)._replace(corrects=event.event_id)
    for held in ([event, correction], [correction, event]):
        for known_at, is_there in ((None, True), (MIDNIGHT + 7 * hour, False), (MIDNIGHT + 9 * hour, True)):
            found = replay.states(held, MIDNIGHT + 2 * hour, known_at)
            assert found == plainly(held, MIDNIGHT + 2 * hour, known_at)
            assert bool(found) == is_there


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[tuple[Ledger, dict[str, Any]]]:
    """A drill that was played, and its incident."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'drill.sqlite'}")
    incident = opened(ledger)
    play.play(ledger, incident, told("earthquake", 3, 120))
    yield ledger, read.incidents(ledger)[0]
    ledger.close()


HOURS = (-1.0, 0.0, 0.4, 1.5, 3.0, 8.0, 20.0, 500.0)


def seen(ledger: Ledger, incident: dict[str, Any], at: datetime, known_at: datetime | None) -> str:
    """All that a page shows of a moment: the situation and the rows of the board."""
    rules = Rules.of({})
    found = observe.then(Past(ledger), incident, at, known_at)
    shelters = board.rows(found, offer.statuses([], [], found, rules, ()), [], rules)
    sums = board.totals(shelters, found.outside)
    acts = to_decide(shelters, found, [])
    whole = [asdict(found), [asdict(row) for row in shelters], asdict(sums), [asdict(act) for act in acts]]
    return canonical(json.loads(json.dumps(whole, default=str)))


def test_a_drill_that_came_in_another_order_is_byte_for_byte_the_same(
    drill: tuple[Ledger, dict[str, Any]], tmp_path: Path
) -> None:
    ledger, incident = drill
    other = Ledger(f"sqlite:///{tmp_path / 'other.sqlite'}")
    head, *body, end = export(ledger)
    random.Random(5).shuffle(body)
    for part in (body[1::2], body[::2]):
        take(other, [head, *part, end])
    assert canonical(read.incidents(other)) == canonical(read.incidents(ledger))
    assert canonical(read.state(other, incident["incident_id"])) == canonical(
        read.state(ledger, incident["incident_id"])
    )
    for hours in HOURS[1:]:
        at = START + timedelta(hours=hours)
        assert by_replay(other, incident["incident_id"], at, None) == by_replay(
            ledger, incident["incident_id"], at, None
        )
        assert seen(other, incident, at, None) == seen(ledger, incident, at, None)
    other.close()


def test_a_drill_is_the_same_twice_forwards_backwards_and_folded_plainly(drill: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, incident = drill
    name = incident["incident_id"]
    known = [None, *(event.received_at for event in everything(ledger)[5::150])]
    asked = [(START + timedelta(hours=hours), known_at) for hours in HOURS for known_at in known]
    expected = {moment: by_plain_fold(ledger, name, *moment) for moment in asked}
    past = Past(ledger)
    for walk in (asked, asked[::-1], random.Random(1).sample(asked, len(asked))):
        for moment in walk:
            assert by_replay(past, name, *moment) == expected[moment]
    for moment in asked:
        if expected[moment] != "no such incident":
            assert seen(ledger, incident, *moment) == seen(ledger, incident, *moment)
