"""What may be erased: who a reference is, and free texts. Events hold a reference or a salted hash, never the words."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from otsu_maps import clock
from otsu_maps.errors import EventRefused
from otsu_maps.ledger import tables
from otsu_maps.ledger.events import canonical, read_time

DETAILS = ("name", "age_band", "needs", "allergy", "contact")
MOST_TEXT = 2000
MOST_DETAIL = 500


def keep_note(connection: Connection, incident_id: str | None, text: str) -> dict[str, str]:
    """Store a free text; gives what the event holds of it: id and salted hash."""
    note_id, salt = str(uuid7()), secrets.token_hex(16)
    row = {"note_id": note_id, "incident_id": incident_id, "salt": salt, "text": text[:MOST_TEXT]}
    connection.execute(sa.insert(tables.note), row | {"recorded_at": clock.now()})
    return {"id": note_id, "hash": salted(salt, text[:MOST_TEXT])}


def notes(connection: Connection, note_ids: list[str]) -> dict[str, str]:
    """Free texts by id; one that was erased, or has not come here, is not among them."""
    table = tables.note
    query = sa.select(table.c.note_id, table.c.text).where(table.c.note_id.in_(note_ids))
    return {row.note_id: row.text for row in connection.execute(query)}


def erase_note(connection: Connection, note_id: str) -> None:
    """Remove a free text and its salt: what the event holds of it says nothing any more."""
    connection.execute(sa.delete(tables.note).where(tables.note.c.note_id == note_id))


def keep_person(
    connection: Connection, incident_id: str, details: Mapping[str, Any], may_disclose: bool = False
) -> str:
    """Store who somebody is; gives the opaque reference. Raises EventRefused for a detail that is not known here."""
    unknown = sorted(set(details) - set(DETAILS))
    too_long = [name for name, value in details.items() if len(canonical(value)) > MOST_DETAIL]
    if unknown or too_long:
        raise EventRefused("person_bad_detail", detail=", ".join(unknown or too_long), known=", ".join(DETAILS))
    ref = secrets.token_urlsafe(12)
    row = {"person_ref": ref, "incident_id": incident_id, "salt": secrets.token_hex(16), "details": canonical(details)}
    connection.execute(sa.insert(tables.person), row | {"may_disclose": may_disclose, "recorded_at": clock.now()})
    return ref


def details(connection: Connection, refs: list[str]) -> dict[str, dict[str, Any]]:
    """Details by reference, for callers that have recorded the look-up (roster.py)."""
    table = tables.person
    query = sa.select(table.c.person_ref, table.c.details, table.c.may_disclose).where(table.c.person_ref.in_(refs))
    return {
        row.person_ref: {**json.loads(row.details), "may_disclose": row.may_disclose}
        for row in connection.execute(query)
    }


def erase_persons(connection: Connection, refs: list[str]) -> Counter[str]:
    """Remove who these references are; gives how many had which need, to be written down before the commit."""
    needs: Counter[str] = Counter()
    for about in details(connection, refs).values():
        needs.update(str(need) for need in about.get("needs", []))
    connection.execute(sa.delete(tables.person).where(tables.person.c.person_ref.in_(refs)))
    return needs


def take(connection: Connection, lines: list[dict[str, Any]]) -> int:
    """Persons and texts that came with an import; those already here stay as they are. Gives how many were new."""
    new = 0
    for line in lines:
        table, key = (tables.person, "person_ref") if "person_ref" in line else (tables.note, "note_id")
        names = {column.name for column in table.columns}
        if set(line) != names or connection.execute(sa.select(table.c[key]).where(table.c[key] == line[key])).first():
            continue
        connection.execute(sa.insert(table), line | {"recorded_at": read_time(line["recorded_at"])})
        new += 1
    return new


def state_of(text: str) -> dict[str, Any]:
    """A stored state."""
    found: dict[str, Any] = json.loads(text)
    return found


def salted(salt: str, text: str) -> str:
    """SHA-256 of salt and text."""
    return hashlib.sha256(f"{salt}|{text}".encode()).hexdigest()
