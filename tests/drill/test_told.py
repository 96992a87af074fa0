"""A drill in memory is the drill that the ledger would keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_town import opened, told

from otsu_maps.drill import play
from otsu_maps.drill.scenario import SCENARIOS
from otsu_maps.drill.told import as_events
from otsu_maps.ledger import read
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger


def plainly(events: list[Event]) -> list[tuple[object, ...]]:
    """Events in the order of recording, ids as positions in it; free words lie apart from them."""
    position = {event.event_id: number for number, event in enumerate(events)}
    found: list[tuple[object, ...]] = []
    for event in events:
        payload = {**event.payload, "follows": [position[each] for each in event.payload.get("follows", [])]}
        payload.pop("note", None)
        corrects = position[event.corrects] if event.corrects else None
        about = (event.kind, event.shelter_id, event.place_name, event.occurred_at, event.actor, event.mode)
        found.append((*about, payload, corrects))
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_is_what_the_ledger_keeps(scenario: str, tmp_path: Path) -> None:
    reports = told(scenario, 7, 120)
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    incident = opened(ledger)
    play.play(ledger, incident, reports)
    _, *kept = sorted(read.events(ledger, incident_id=incident.incident_id, most=10**6), key=lambda e: e.sequence)
    made = list(as_events(reports, "drill-7"))
    assert any(event.corrects for event in made)
    assert plainly(made) == plainly(kept)
    assert [event.received_at for event in made] == [report.recorded_at for report in reports]
    assert [event.event_id for event in made] == sorted(event.event_id for event in made)
