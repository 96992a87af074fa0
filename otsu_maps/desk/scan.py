"""What it means that a card was read at a shelter: one scan in, one scan out; never a guess, never twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from otsu_maps import clock
from otsu_maps.errors import EventRefused
from otsu_maps.ledger import append, projection, rows, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import Ledger

WAYS = ("auto", "leave", "move")
"""In or out by itself; out for a while; from another shelter to this one."""

TWICE = timedelta(seconds=5)
"""A card read again so soon was held too long, and does not mean that its owner left."""

OLDEST = timedelta(hours=12)
AHEAD = timedelta(minutes=2)
"""A scan may wait in a tablet without a line; a clock that differs by more is not believed."""


@dataclass(frozen=True)
class Scan:
    """One card, as a desk sends it. `event_id` is a UUIDv7 made there: sent again, it is recorded once."""

    event_id: str
    code: str
    way: str = "auto"
    people: int = 1
    at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What was done: kind of the event (None: nothing), the card, a code of the catalogue's `desk` section."""

    event_id: str
    code: str
    said: str
    kind: str | None = None
    people: int = 1
    where: str | None = None


def take(
    ledger: Ledger, incident_id: str, shelter_id: str, scan: Scan, *, actor: str, place_name: str | None = None
) -> Answer:
    """Record one scan. Raises EventRefused for what cannot be; LedgerBusy, LedgerMissing where it was not recorded."""
    if not append.is_uuid7(scan.event_id) or scan.way not in WAYS:
        raise EventRefused("event_bad_id", value=scan.event_id[:40])
    mode = incident_id.partition("-")[0]
    with ledger.writing() as connection:
        known = rows.by_ids(connection, tables.event.c.event_id, [scan.event_id])
        if known:
            return Answer(scan.event_id, scan.code, f"did_{known[0].kind}", known[0].kind)
        state = projection.state_of(connection, (incident_id, "person", scan.code)) or {}
        where, people = state.get("where"), int(state.get("people", scan.people))
        at = moment(scan.at)
        if "at" in state and abs(at - read_time(state["at"])) < TWICE and scan.way == "auto":
            return Answer(scan.event_id, scan.code, "twice", None, people, where)
        kind, payload, of_shelter = _meaning(scan, state, shelter_id)
        if kind is None:
            return Answer(scan.event_id, scan.code, "elsewhere", None, people, where)
        draft = Draft(kind, payload, incident_id, mode, of_shelter, place_name, occurred_at=at, event_id=scan.event_id)
        append.add(connection, [draft], actor)
    return Answer(scan.event_id, scan.code, f"did_{kind}", kind, int(payload.get("people", people)), of_shelter)


def _meaning(scan: Scan, state: dict[str, Any], shelter_id: str) -> tuple[str | None, dict[str, Any], str]:
    where = state.get("where")
    ref = {"ref": scan.code}
    if scan.way == "move" and where not in (None, shelter_id):
        return "transferred", {**ref, "to": shelter_id}, str(where)
    if where is None:
        if scan.way == "leave":
            raise EventRefused("event_not_in")
        return "check_in", {**ref, "people": scan.people}, shelter_id
    if where != shelter_id:
        return None, {}, shelter_id
    if scan.way == "leave":
        return "temporary_leave", ref, shelter_id
    return ("returned" if state.get("is_away") else "check_out"), ref, shelter_id


def moment(said: datetime | None) -> datetime:
    """When the card was read: as the desk says, unless its clock cannot be right."""
    now = clock.now()
    return said if said is not None and now - OLDEST < said < now + AHEAD else now
