"""An incident to write into, and shorthand for what happens in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from otsu_maps.ledger import append, projection, replay, rows, tables
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger

START = datetime(2026, 11, 24, 0, 0)


class Incident:
    """An open drill in a ledger."""

    def __init__(self, ledger: Ledger, incident_id: str | None = None, mode: str = "drill") -> None:
        self.ledger, self.mode = ledger, mode
        self.id = incident_id or append.new_incident_id(mode)
        if incident_id is None:
            about = {"name": "大雨", "snapshot_id": "otsu-1", "is_demo": False, "settings": {"full_at": "0.8"}}
            self.did("incident_opened", about, at=0)

    def did(self, kind: str, payload: dict[str, Any] | None = None, shelter: str | None = None, **more: Any) -> Event:
        """Record an event; `at` in minutes after START."""
        at = more.pop("at", None)
        if at is not None:
            more["occurred_at"] = START + timedelta(minutes=at)
        actor = more.pop("actor", "desk")
        fields = {"incident_id": self.id, "mode": self.mode, "shelter_id": shelter, **more}
        return append.append(self.ledger, kind, payload, actor=actor, **fields)


def same_as_replay(ledger: Ledger) -> None:
    """Every projection equals the replay of all events."""
    with ledger.reading() as connection:
        events = rows.read(connection)
        stored = projection.stored(connection)
        presence = {
            (row.incident_id, row.shelter_id): {n: getattr(row, n) for n in ("people", "away", "refs", "last_at")}
            for row in connection.execute(select(tables.presence))
        }
    replayed = {(key[0] or "", *key[1:]): state for key, state in replay.states(events).items()}
    assert stored == replayed
    incidents = {key[0] for key in replayed}
    expected = {}
    for incident in incidents:
        persons = (state for key, state in replayed.items() if key[0] == incident and key[1] == "person")
        for place, row in projection.presence(persons).items():
            expected[(incident, place)] = row
    assert presence == expected
