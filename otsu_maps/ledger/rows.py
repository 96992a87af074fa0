"""Events to rows of table `event` and back, with what is derived from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import kinds, tables
from otsu_maps.ledger.events import Event, canonical

_COLUMNS = [tables.event.c[name] for name in Event.__dataclass_fields__]

MOST = 500
"""Values in one IN list; both databases take more."""


def row_of(event: Event) -> dict[str, Any]:
    """The row of an event. One that is not counted (`flag`) has no topic."""
    topic, key = topic_of(event) if event.flag is None else (None, None)
    row: dict[str, Any] = {name: getattr(event, name) for name in Event.__dataclass_fields__}
    to = event.payload.get("to") if topic == "person" else None
    return row | {"payload": canonical(event.payload), "topic": topic, "topic_key": key, "to_shelter_id": to}


def topic_of(event: Event) -> tuple[str | None, str | None]:
    """What an event says something about: topic and key, None where it changes no state."""
    kind = kinds.KINDS.get(event.kind)
    if kind is None or kind.topic is None:
        return None, None
    return kind.topic, kind.key(event.shelter_id, event.payload)


def understood(event: Event) -> str | None:
    """Why an event that came in is not counted, as a code; None where it is."""
    try:
        kinds.checked(event.kind, event.payload)
    except EventRefused as refused:
        return refused.reason.code
    kind = kinds.KINDS[event.kind]
    if kind.needs_shelter and not event.shelter_id:
        return "event_no_shelter"
    if event.incident_id is None and event.kind not in kinds.WITHOUT_INCIDENT:
        return "event_no_incident"
    if event.incident_id and not event.incident_id.startswith(f"{event.mode}-"):
        return "event_other_mode"
    return "event_no_target" if event.kind == "correction" and not event.corrects else None


def read(connection: Connection, *where: Any, order_by: Iterable[Any] = ()) -> list[Event]:
    """Events by conditions on table `event`."""
    found = connection.execute(sa.select(*_COLUMNS).where(*where).order_by(*order_by))
    return [event_of(dict(row)) for row in found.mappings()]


def by_ids(connection: Connection, column: Any, ids: Iterable[str]) -> list[Event]:
    """Events whose `column` is one of `ids`."""
    wanted, found = sorted(set(ids)), []
    for start in range(0, len(wanted), MOST):
        found += read(connection, column.in_(wanted[start : start + MOST]))
    return found


def event_of(row: Mapping[str, Any]) -> Event:
    """The event of a row."""
    return Event(**{**row, "payload": json.loads(row["payload"])})
