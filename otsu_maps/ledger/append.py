"""Record what happened here. Durable when the call returns; refused with a sentence for what cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from otsu_maps import clock
from otsu_maps.errors import EventRefused
from otsu_maps.ledger import kinds, private, projection, rows, tables
from otsu_maps.ledger.events import MODES, STANDING, Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.ledger.topics import STATUS

_table = tables.installation
_OWN = sa.select(_table).where(_table.c.is_own)
_INSERT = sa.insert(tables.event)
_HEAD = (
    sa.update(_table)
    .where(_table.c.is_own)
    .values(last_sequence=sa.bindparam("sequence"), last_hash=sa.bindparam("head"), seen_at=sa.bindparam("at"))
)


@dataclass(frozen=True)
class Draft:
    """An event that a person wants to record. `occurred_at` is naive UTC, None: now. `note` is free text.

    `event_id` is a UUIDv7 that the sender made, so that sending it again records it once (append_once). `actor` stands
    where drafts of several people are recorded at once.
    """

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    incident_id: str | None = None
    mode: str = "real"
    shelter_id: str | None = None
    place_name: str | None = None
    occurred_at: datetime | None = None
    corrects: str | None = None
    note: str | None = None
    event_id: str | None = None
    actor: str | None = None


def new_incident_id(mode: str) -> str:
    """An identifier for an incident. It begins with its mode, so that no event of another mode can belong to it."""
    return f"{mode}-{uuid7()}"


def append(
    ledger: Ledger,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    actor: str,
    **more: Any,
) -> Event:
    """Record one event; `more` are fields of Draft. Raises EventRefused, LedgerBusy, LedgerMissing."""
    return append_all(ledger, [Draft(kind, payload or {}, **more)], actor)[0]


def append_once(ledger: Ledger, draft: Draft, actor: str) -> Event:
    """Record an event whose id the sender made; where it is here already, that one is the answer.

    Raises EventRefused also where another event has the same id.
    """
    if not is_uuid7(draft.event_id):
        raise EventRefused("event_bad_id", value=str(draft.event_id)[:40])
    with ledger.writing() as connection:
        known = rows.by_ids(connection, tables.event.c.event_id, [str(draft.event_id)])
        if not known:
            return add(connection, [draft], actor)[0]
    if (known[0].kind, known[0].incident_id, known[0].shelter_id) != (draft.kind, draft.incident_id, draft.shelter_id):
        raise EventRefused("event_bad_id", value=str(draft.event_id)[:40])
    return known[0]


def is_uuid7(text: str | None) -> bool:
    """Whether a text is a UUIDv7 in its usual form."""
    return bool(text and re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text))


def append_all(ledger: Ledger, drafts: Sequence[Draft], actor: str) -> list[Event]:
    """Record several events at once: all of them or, where one is refused, none."""
    with ledger.writing() as connection:
        return add(connection, drafts, actor)


def add(connection: Connection, drafts: Iterable[Draft], actor: str) -> list[Event]:
    """The same inside a transaction that is already open (Ledger.writing)."""
    own = connection.execute(_OWN).mappings().one()
    sequence, head = own["last_sequence"], own["last_hash"]
    done: list[Event] = []
    for draft in drafts:
        now = clock.now()
        sequence += 1
        event = Event(
            event_id=draft.event_id or str(uuid7()),
            installation_id=own["installation_id"],
            sequence=sequence,
            incident_id=draft.incident_id,
            mode=draft.mode,
            kind=draft.kind,
            shelter_id=draft.shelter_id,
            place_name=draft.place_name,
            occurred_at=draft.occurred_at or now,
            recorded_at=now,
            received_at=now,
            actor=draft.actor or actor,
            corrects=draft.corrects,
            payload=_payload(connection, draft),
            previous_hash=head,
        )
        event = event._replace(hash=event.digest())
        _refuse_impossible(connection, event)
        projection.add(connection, event)
        connection.execute(_INSERT, rows.row_of(event))
        head = event.hash
        done.append(event)
    connection.execute(_HEAD, {"sequence": sequence, "head": head, "at": clock.now()})
    return done


def _payload(connection: Connection, draft: Draft) -> dict[str, Any]:
    payload = dict(draft.payload)
    if draft.kind in STATUS and "follows" not in payload:
        state = projection.state_of(connection, (draft.incident_id, "status", str(draft.shelter_id)))
        payload["follows"] = sorted((state or {}).get("heads", {}))
    if draft.note:
        payload["note"] = private.keep_note(connection, draft.incident_id, draft.note)
    return kinds.checked(draft.kind, payload)


def _refuse_impossible(connection: Connection, event: Event) -> None:
    if event.mode not in MODES:
        raise EventRefused("event_bad_mode", mode=event.mode, known=", ".join(MODES))
    if not event.actor.strip():
        raise EventRefused("event_no_actor")
    code = rows.understood(event)
    if code:
        raise EventRefused(code, kind=event.kind)
    if event.incident_id is None:
        return
    if event.incident_id in STANDING.values():
        if event.kind not in kinds.OF_THE_WORLD:
            raise EventRefused("event_not_standing", kind=event.kind)
        return
    incident = projection.state_of(connection, (event.incident_id, "incident", ""))
    if event.kind == "incident_opened":
        if event.payload["is_demo"] and event.mode == "real":
            raise EventRefused("event_demo_is_not_real")
        return
    if not incident or (not incident.get("is_open") and event.kind != "correction"):
        raise EventRefused("event_incident_not_open")
