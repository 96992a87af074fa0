"""Events to rows of table `event` and back, with what is derived from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import kinds, tables
from otsu_maps.ledger.bulk import all_stay
from otsu_maps.ledger.events import Event, canonical

_UNASKED: dict[str, Any] = {
    "sequence": 0,
    "mode": "",
    "place_name": None,
    "previous_hash": "",
    "hash": "",
    "flag": None,
}
"""What no state is made from, and what stands there instead when events are read for a replay."""

_TOLD = [name for name in Event._fields if name not in _UNASKED]
_REPEATED = ("installation_id", "incident_id", "mode", "kind", "shelter_id", "place_name", "actor")

MOST = 500
"""Values in one IN list; both databases take more."""

BATCH = 10_000
"""Rows that become events at once."""


def row_of(event: Event) -> dict[str, Any]:
    """The row of an event. One that is not counted (`flag`) has no topic."""
    topic, key = topic_of(event) if event.flag is None else (None, None)
    to = event.payload.get("to") if topic == "person" else None
    return event._asdict() | {
        "payload": canonical(event.payload),
        "topic": topic,
        "topic_key": key,
        "to_shelter_id": to,
    }


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
    return _events(connection, Event._fields, where, order_by)


def told(connection: Connection, *where: Any, until: datetime | None = None) -> list[Event]:
    """The events that count, by conditions on table `event`, for a replay: with nothing that no state is made from.

    `until`: no moment after it will be asked for. What was corrected may have been earlier than was said first.
    """
    event = tables.event.c
    asked = [event.flag.is_(None), *where]
    if until is not None:
        corrected = sa.select(event.corrects).where(event.corrects.is_not(None))
        asked.append(sa.or_(event.occurred_at <= until, event.kind == "correction", event.event_id.in_(corrected)))
    return _events(connection, _TOLD, asked)


def by_ids(connection: Connection, column: Any, ids: Iterable[str]) -> list[Event]:
    """Events whose `column` is one of `ids`."""
    wanted, found = sorted(set(ids)), []
    for start in range(0, len(wanted), MOST):
        found += read(connection, column.in_(wanted[start : start + MOST]))
    return found


@all_stay()
def _events(
    connection: Connection, names: Sequence[str], where: Iterable[Any], order_by: Iterable[Any] = ()
) -> list[Event]:
    """A long history is mostly the same few words: each is kept once. Its payloads are decoded as one text, which takes
    a quarter of the time."""
    query = sa.select(*(tables.event.c[name] for name in names)).where(*where).order_by(*order_by)
    words: dict[Any, Any] = {}
    found: list[Event] = []
    for part in connection.execute(query).partitions(BATCH):
        columns: dict[str, Iterable[Any]] = dict(zip(names, zip(*part, strict=True), strict=True))
        columns["payload"] = json.loads(f"[{','.join(columns['payload'])}]")
        for name in columns.keys() & _REPEATED:
            columns[name] = [words.setdefault(word, word) for word in columns[name]]
        given = (columns.get(name) or repeat(_UNASKED[name], len(part)) for name in Event._fields)
        found += map(Event._make, zip(*given, strict=True))
    return found
