"""One incident as a whole: all that happened in it, the settings that held in it, what people wrote down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from otsu_maps.ledger import private, replay, rows, tables
from otsu_maps.ledger.events import STANDING, Event, read_time
from otsu_maps.ledger.store import Ledger

LOOK_BACK = timedelta(hours=72)
"""Warnings come before the incident that is opened for them; the agency renews those in force within a day."""

_event = tables.event.c
_IS_ABOUT_ALL = sa.or_(_event.topic == "incident", _event.kind == "correction")


def settings(
    ledger: Ledger, incident_id: str, at: datetime | None = None, known_at: datetime | None = None
) -> dict[str, str]:
    """Settings of an incident by name, as they held at a moment (times: see replay.states); the rest is not pinned."""
    with ledger.reading() as connection:
        found = rows.read(connection, _event.incident_id == incident_id, _IS_ABOUT_ALL)
    state = replay.states(found, at, known_at).get((incident_id, "incident", ""), {})
    return dict(state.get("settings", {}))


def changes(ledger: Ledger, incident_id: str) -> list[Event]:
    """Changes of settings in an incident that stand, in the order in which they were made."""
    with ledger.reading() as connection:
        found = rows.read(connection, _event.incident_id == incident_id, _IS_ABOUT_ALL)
    held = replay.effective(event for event in found if event.flag is None)
    return sorted((event for event in held if event.kind == "setting_changed"), key=lambda event: event.order)


def opening_settings(ledger: Ledger, incident_id: str) -> dict[str, str]:
    """The settings that an incident was opened with."""
    with ledger.reading() as connection:
        found = rows.read(connection, _event.incident_id == incident_id, _event.kind == "incident_opened")
    opened = min((event for event in found if event.flag is None), key=lambda event: event.order, default=None)
    return dict(opened.payload.get("settings", {})) if opened else {}


def of_incident(ledger: Ledger, incident_id: str) -> list[Event]:
    """Every event of an incident, corrections among them, in no order."""
    with ledger.reading() as connection:
        return rows.read(connection, _event.incident_id == incident_id)


def of_world(ledger: Ledger, mode: str, opened_at: str, until: datetime) -> list[Event]:
    """Events of the standing incident of a mode, from some time before an opening, with their corrections."""
    since = read_time(opened_at) - LOOK_BACK
    here = sa.and_(_event.incident_id == STANDING[mode], _event.occurred_at >= since, _event.occurred_at <= until)
    with ledger.reading() as connection:
        return rows.read(connection, here)


def notes(ledger: Ledger, events: Iterable[Event]) -> dict[str, str]:
    """Free texts by event id; one that was erased, or has not come here, is not among them."""
    refs = {event.event_id: event.payload["note"]["id"] for event in events if event.payload.get("note")}
    wanted = sorted(refs.values())
    found: dict[str, str] = {}
    with ledger.reading() as connection:
        for start in range(0, len(wanted), rows.MOST):
            found |= private.notes(connection, wanted[start : start + rows.MOST])
    return {event_id: found[ref] for event_id, ref in refs.items() if ref in found}
