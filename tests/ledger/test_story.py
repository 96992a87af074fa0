"""An incident as a whole: its settings at any moment, the changes of them, its events and notes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from incident import START, Incident

from otsu_maps import clock
from otsu_maps.ledger import append, private, story
from otsu_maps.ledger.events import STANDING, written
from otsu_maps.ledger.read import Past
from otsu_maps.ledger.store import Ledger


@pytest.fixture
def incident(ledger: Ledger) -> Incident:
    return Incident(ledger)


def change(incident: Incident, value: str, at: int, name: str = "full_at") -> Any:
    return incident.did("setting_changed", {"name": name, "value": value}, at=at)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_the_settings_of_a_past_second_are_those_that_held_then(incident: Incident) -> None:
    change(incident, "0.9", 60)
    change(incident, "0.7", 120)
    held = [Past(incident.ledger).settings(incident.id, at(minutes)) for minutes in (0, 59, 60, 119, 120)]
    assert [each["full_at"] for each in held] == ["0.8", "0.8", "0.9", "0.9", "0.7"]
    assert story.settings(incident.ledger, incident.id) == {"full_at": "0.7"}


def test_as_it_was_known_leaves_out_a_change_that_was_recorded_later(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = clock.now()
    monkeypatch.setattr(clock, "now", lambda: before + timedelta(hours=1))
    change(incident, "0.9", 60)
    known = before + timedelta(minutes=30)
    assert Past(incident.ledger).settings(incident.id, at(90), known) == {"full_at": "0.8"}
    assert Past(incident.ledger).settings(incident.id, at(90)) == {"full_at": "0.9"}


def test_a_change_that_was_taken_back_never_held_and_the_opening_stays(incident: Incident) -> None:
    wrong = change(incident, "9", 60)
    change(incident, "0.7", 70)
    append.append(
        incident.ledger, "correction", {"void": True}, actor="hq", incident_id=incident.id, mode="drill",
        corrects=wrong.event_id,
    )  # fmt: skip
    assert Past(incident.ledger).settings(incident.id, at(65)) == {"full_at": "0.8"}
    assert [event.payload["value"] for event in story.changes(incident.ledger, incident.id)] == ["0.7"]
    assert story.opening_settings(incident.ledger, incident.id) == {"full_at": "0.8"}


def test_an_incident_that_is_not_here_has_none(ledger: Ledger) -> None:
    assert story.settings(ledger, "drill-none") == {} == story.opening_settings(ledger, "drill-none")


def test_events_of_one_incident_and_of_its_world_stay_apart(ledger: Ledger) -> None:
    one, other = Incident(ledger), Incident(ledger)
    one.did("remark", at=1)
    other.did("remark", at=1)
    alert = {"alert_id": "a", "series": "s", "source": "jma", "kind": "k", "title": "t"}
    for hours in (-100, -1, 2):
        append.append(
            ledger, "alert_received", alert, actor="w", incident_id=STANDING["drill"], mode="drill",
            occurred_at=START + timedelta(hours=hours),
        )  # fmt: skip
    assert sorted(event.kind for event in story.of_incident(ledger, one.id)) == ["incident_opened", "remark"]
    world = story.of_world(ledger, "drill", written(START), START + timedelta(hours=1))
    assert [event.occurred_at for event in world] == [START - timedelta(hours=1)]
    assert story.of_world(ledger, "real", written(START), START + timedelta(hours=9)) == []


def test_notes_come_by_event_and_an_erased_one_is_gone(incident: Incident) -> None:
    told = [incident.did("remark", note=text, at=1) for text in ("水が足りない", "道が通れない", "")]
    assert story.notes(incident.ledger, told) == {told[0].event_id: "水が足りない", told[1].event_id: "道が通れない"}
    with incident.ledger.writing() as connection:
        private.erase_note(connection, told[0].payload["note"]["id"])
    assert set(story.notes(incident.ledger, told)) == {told[1].event_id}
