"""Who is in one shelter (避難者名簿), and who a reference is. Every look at a person is an event; no list of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from otsu_maps.errors import AccessRefused
from otsu_maps.ledger import append, private, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.models import NEEDS


def check_in(
    ledger: Ledger,
    incident_id: str,
    shelter_id: str,
    about: Mapping[str, Any],
    *,
    actor: str,
    people: int = 1,
    may_disclose: bool = False,
    place_name: str | None = None,
) -> Event:
    """Check somebody in by name: details in the erasable table, an opaque reference in the event."""
    mode = incident_id.partition("-")[0]
    with ledger.writing() as connection:
        ref = private.keep_person(connection, incident_id, about, may_disclose)
        draft = Draft("check_in", {"ref": ref, "people": people}, incident_id, mode, shelter_id, place_name)
        return append.add(connection, [draft], actor)[0]


def of_shelter(
    ledger: Ledger, incident_id: str, shelter_id: str, *, actor: str, may_see: bool, purpose: str
) -> list[dict[str, Any]]:
    """Who is in a shelter now, those away for a while among them: person_ref, is_away, and what is known of them.

    Raises AccessRefused: `access_no_persons`.
    """
    if not may_see:
        raise AccessRefused("access_no_persons")
    table = tables.projection
    with ledger.writing() as connection:
        found = connection.execute(
            sa.select(table.c.topic_key, table.c.state).where(
                table.c.incident_id == incident_id, table.c.topic == "person", table.c.shelter_id == shelter_id
            )
        )
        here = {key: private.state_of(state) for key, state in found}
        about = private.details(connection, sorted(here))
        _looked(connection, incident_id, shelter_id, None, actor, purpose)
    return [
        {"person_ref": ref, "is_away": state["is_away"], "people": state["people"], **about.get(ref, {})}
        for ref, state in sorted(here.items())
    ]


def needs(ledger: Ledger, incident_id: str, shelter_id: str) -> dict[str, Any]:
    """How many of those in a shelter were asked what they need, and how often each need was said: totals, no person.

    registered: people by reception, those away for a while among them; asked: those of them who are known by name, and
    so were asked; by_need: registrations (one may be a household) by code of models.NEEDS, what is none of them as
    `other`. Whoever was erased counts as not asked.
    """
    state, person = tables.projection.c, tables.person.c
    query = (
        sa.select(state.state, person.details)
        .select_from(tables.projection.outerjoin(tables.person, person.person_ref == state.topic_key))
        .where(state.incident_id == incident_id, state.topic == "person", state.shelter_id == shelter_id)
    )
    registered = asked = 0
    by_need: Counter[str] = Counter()
    with ledger.reading() as connection:
        for told, details in connection.execute(query):
            people = private.state_of(told)["people"]
            registered += people
            if details is not None:
                asked += people
                said = private.state_of(details).get("needs", ())
                by_need.update({need if need in NEEDS else "other" for need in said})
    return {"registered": registered, "asked": asked, "by_need": dict(by_need)}


def of_person(ledger: Ledger, incident_id: str, ref: str, *, actor: str, may_see: bool, purpose: str) -> dict[str, Any]:
    """Who a reference is; empty where it was erased. Raises AccessRefused: `access_no_persons`."""
    if not may_see:
        raise AccessRefused("access_no_persons")
    with ledger.writing() as connection:
        _looked(connection, incident_id, None, ref, actor, purpose)
        return private.details(connection, [ref]).get(ref, {})


def erase(ledger: Ledger, incident_id: str, *, actor: str) -> Event:
    """Erase who everybody was in an incident, and its free texts; the totals of needs stay, as an event."""
    mode = incident_id.partition("-")[0]
    person, note = tables.person, tables.note
    with ledger.writing() as connection:
        query = sa.select(person.c.person_ref).where(person.c.incident_id == incident_id)
        refs = sorted(connection.execute(query).scalars())
        needs = private.erase_persons(connection, refs)
        connection.execute(sa.delete(note).where(note.c.incident_id == incident_id))
        payload = {"refs": len(refs), "needs": dict(sorted(needs.items()))}
        return append.add(connection, [Draft("person_erased", payload, None, mode)], actor)[0]


def _looked(
    connection: Any, incident_id: str, shelter_id: str | None, ref: str | None, actor: str, purpose: str
) -> None:
    payload = {"purpose": purpose, "incident": incident_id} | ({"ref": ref} if ref else {})
    mode = incident_id.partition("-")[0]
    append.add(connection, [Draft("person_looked_up", payload, None, mode, shelter_id)], actor)
