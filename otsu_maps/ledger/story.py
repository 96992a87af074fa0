"""One incident as a whole: all that happened in it, the settings that held in it, what people wrote down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.ledger import private, projection, replay, rows, tables
from otsu_maps.ledger.events import STANDING, Event, read_time
from otsu_maps.ledger.store import Ledger

LOOK_BACK = timedelta(hours=72)
"""Warnings come before the incident that is opened for them; the agency renews those in force within a day."""

_event = tables.event.c
_IS_ABOUT_ALL = sa.or_(_event.topic == "incident", _event.kind == "correction")


def settings(ledger: Ledger, incident_id: str) -> dict[str, str]:
    """Settings of an incident by name, as they hold now; the rest is not pinned. Of the past: read.Past.settings."""
    with ledger.reading() as connection:
        state = projection.state_of(connection, (incident_id, "incident", ""))
    return dict((state or {}).get("settings", {}))


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
    """Every event of an incident that counts, corrections among them, in no order; without its hashes."""
    with ledger.reading() as connection:
        return rows.told(connection, _event.incident_id == incident_id)


def of_people(ledger: Ledger, incident_id: str, since: datetime | None = None) -> list[Event]:
    """Events of an incident about people in shelters, openings and room, and corrections, in the order in which they
    came here; only those that came after `since`."""
    is_wanted = sa.or_(_event.topic.in_(("person", "count", "status", "capacity")), _event.kind == "correction")
    asked = [_event.incident_id == incident_id, is_wanted]
    if since:
        asked.append(_event.received_at > since)
    with ledger.reading() as connection:
        return sorted(rows.told(connection, *asked), key=lambda event: (event.received_at, event.order))


def of_world(ledger: Ledger, mode: str, opened_at: str, until: datetime) -> list[Event]:
    """Events of the standing incident of a mode, from some time before an opening, with their corrections."""
    since = read_time(opened_at) - LOOK_BACK
    here = sa.and_(_event.incident_id == STANDING[mode], _event.occurred_at >= since, _event.occurred_at <= until)
    with ledger.reading() as connection:
        return rows.read(connection, here)


def handovers(ledger: Ledger, incident_id: str) -> list[Event]:
    """The handovers of headquarters that stand, in order; those of a single shelter are not among them."""
    here = sa.and_(_event.incident_id == incident_id, _event.shelter_id.is_(None))
    with ledger.reading() as connection:
        found = rows.read(connection, here, _event.kind == "handover")
        return _corrected(connection, found, None)


def news(
    ledger: Ledger,
    incident_id: str,
    kinds: Sequence[str],
    since: datetime,
    until: datetime,
    known_at: datetime | None = None,
    *,
    with_late: bool = True,
) -> list[Event]:
    """Events of some kinds, and all with a free text, of an incident and its world, from after `since` until `until`.

    `with_late`: also those that are older and were told after `since`: an opening that was written down late is news.
    """
    here = _event.incident_id.in_([incident_id, STANDING[incident_id.partition("-")[0]]])
    is_late = sa.and_(sa.literal(with_late), _event.received_at > since, _event.received_at <= until)
    is_new = sa.or_(_event.occurred_at > since, is_late)
    is_wanted = sa.or_(_event.kind.in_(kinds), _event.payload.contains('"note":{', autoescape=True))
    asked = [here, is_new, is_wanted, _event.occurred_at <= until]
    if known_at:
        asked.append(_event.received_at <= known_at)
    with ledger.reading() as connection:
        return _corrected(connection, rows.read(connection, *asked), known_at)


def _corrected(connection: Connection, events: Sequence[Event], known_at: datetime | None) -> list[Event]:
    """Events as their corrections say, as far as these were known, in order."""
    held = {event.event_id: event for event in events}
    newest = list(events)
    while newest:
        found = rows.by_ids(connection, _event.corrects, (event.event_id for event in newest))
        newest = [
            event for event in found if event.event_id not in held and not (known_at and event.received_at > known_at)
        ]
        held |= {event.event_id: event for event in newest}
    told = replay.effective(event for event in held.values() if event.flag is None)
    return sorted(told, key=lambda event: event.order)


def notes(ledger: Ledger, events: Iterable[Event]) -> dict[str, str]:
    """Free texts by event id; one that was erased, or has not come here, is not among them."""
    refs = {event.event_id: event.payload["note"]["id"] for event in events if event.payload.get("note")}
    wanted = sorted(refs.values())
    found: dict[str, str] = {}
    with ledger.reading() as connection:
        for start in range(0, len(wanted), rows.MOST):
            found |= private.notes(connection, wanted[start : start + rows.MOST])
    return {event_id: found[ref] for event_id, ref in refs.items() if ref in found}
