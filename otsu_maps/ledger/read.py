"""Ask the ledger: incidents, the state of one now or at any second, the series of a shelter, what happened.

Unknown is None: no head-count yet, nobody ever checked in, a stock that was never counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.ledger import document, projection, replay, rows, tables, topics
from otsu_maps.ledger.events import Event, written
from otsu_maps.ledger.replay import History, Key
from otsu_maps.ledger.store import Ledger
from otsu_maps.ledger.topics import State


def mark(ledger: Ledger) -> tuple[tuple[str, int, datetime | None], ...]:
    """Changes whenever an event comes: cheap enough to ask every second."""
    table = tables.installation
    query = sa.select(table.c.installation_id, table.c.last_sequence, table.c.seen_at).order_by(table.c.installation_id)
    with ledger.reading() as connection:
        return tuple((row[0], row[1], row[2]) for row in connection.execute(query))


def incidents(ledger: Ledger) -> list[dict[str, Any]]:
    """Every incident, the newest first: incident_id, mode, name, is_open, opened_at, closed_at, snapshot_id."""
    with ledger.reading() as connection:
        found = connection.execute(
            sa.select(tables.projection.c.incident_id).where(tables.projection.c.topic == "incident")
        )
        states = [(row[0], projection.state_of(connection, (row[0], "incident", ""))) for row in found]
    listed = [document.about(incident_id, state) for incident_id, state in states]
    return sorted(listed, key=lambda each: str(each["opened_at"]), reverse=True)


def pinned_snapshots(ledger: Ledger) -> frozenset[str]:
    """Snapshots that an incident was opened on: a replay needs them, so they are never pruned."""
    return frozenset(each["snapshot_id"] for each in incidents(ledger) if each["snapshot_id"])


def state(
    ledger: Ledger, incident_id: str, at: datetime | None = None, known_at: datetime | None = None
) -> dict[str, Any]:
    """The whole state of an incident; see document.assembled. Without times it comes from the projections.

    `at`, `known_at`: see replay.states. Raises EventRefused for an incident that is not here.
    """
    if at or known_at:
        return Past(ledger, at).state(incident_id, at, known_at)
    with ledger.reading() as connection:
        states, people = _projected(connection, incident_id)
    return document.assembled(incident_id, states, people)


class Present:
    """The ledger as it stands: what is asked is read once. Make a new one when `mark` has changed."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.state = cache(partial(state, ledger))
        self.of_mode = cache(partial(of_mode, ledger))


class Past:
    """Any moment of a ledger: what the first moment needs is read, and the next one only folds it (replay.History).

    It stays as the ledger was: make a new one when `mark` has changed. `until`: no later moment will be asked for.
    """

    def __init__(self, ledger: Ledger, until: datetime | None = None) -> None:
        self._ledger, self._until = ledger, until
        self._histories: dict[tuple[str, ...], History] = {}

    def state(self, incident_id: str, at: datetime | None, known_at: datetime | None = None) -> dict[str, Any]:
        """The whole state of an incident; see `state`."""
        states = self._of_incident(incident_id).states(at, known_at)
        people = projection.presence(state for key, state in states.items() if key[1] == "person")
        return document.assembled(incident_id, states, people)

    def settings(self, incident_id: str, at: datetime | None, known_at: datetime | None = None) -> dict[str, str]:
        """Settings of an incident as they held at a moment."""
        states = self._of_incident(incident_id).states(at, known_at)
        return dict(states.get((incident_id, "incident", ""), {}).get("settings", {}))

    def of_mode(
        self, mode: str, topic_names: Iterable[str], at: datetime | None, known_at: datetime | None
    ) -> list[State]:
        """States of some topics over all incidents of a mode; see `of_mode`."""
        names, event = sorted(topic_names), tables.event.c
        bears = sa.or_(event.topic.in_(names), event.kind == "correction")
        states = self._history(("mode", mode, *names), event.mode == mode, bears).states(at, known_at)
        return [state for _, state in sorted(states.items(), key=document.by_name)]

    def _of_incident(self, incident_id: str) -> History:
        # Row after row: an incident is much of the table, and its index would jump about in it.
        return self._history(("incident", incident_id), tables.event.c.incident_id.concat("") == incident_id)

    def _history(self, name: tuple[str, ...], *where: Any) -> History:
        if name not in self._histories:
            with self._ledger.reading() as connection:
                self._histories[name] = History(rows.told(connection, *where, until=self._until))
        return self._histories[name]


def of_mode(
    ledger: Ledger,
    mode: str,
    topic_names: Iterable[str],
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> list[State]:
    """States of some topics over all incidents of a mode, the standing one among them. Times: see replay.states."""
    if at or known_at:
        return Past(ledger, at).of_mode(mode, topic_names, at, known_at)
    names = sorted(topic_names)
    with ledger.reading() as connection:
        table = tables.projection.c
        here = sa.and_(table.topic.in_(names), table.incident_id.startswith(f"{mode}-", autoescape=True))
        query = sa.select(table.state).where(here).order_by(table.incident_id, table.topic_key)
        return [json.loads(text) for text in connection.execute(query).scalars()]


def totals(ledger: Ledger, incident_id: str, shelter_id: str) -> dict[str, Any]:
    """What one shelter counts now, for its desk: a few rows, however long the history.

    checked_in, away (None: nobody checked in yet), counted, counted_at (None: no head-count), status.
    """
    table = tables.presence
    here = sa.and_(table.c.incident_id == incident_id, table.c.shelter_id == shelter_id)
    with ledger.reading() as connection:
        row = connection.execute(sa.select(table.c.people, table.c.away).where(here)).first()
        count = projection.state_of(connection, (incident_id, "count", shelter_id)) or {}
        status = projection.state_of(connection, (incident_id, "status", shelter_id)) or {}
    return {
        "checked_in": row[0] if row else None,
        "away": row[1] if row else None,
        "counted": count.get("people"),
        "counted_at": count.get("at"),
        "status": document.agreed(status.get("heads", {}).values()),
    }


def series(ledger: Ledger, incident_id: str, shelter_id: str) -> list[dict[str, Any]]:
    """What one shelter went through, in order: at, and checked_in and away after it, or a head-count with its method.

    Those away are not among the checked in. A tap of one person more or less is a head-count too: the number after it.
    Rows of check-ins and of head-counts are never added together.
    """
    event = tables.event.c
    with ledger.reading() as connection:
        there = sa.or_(event.shelter_id == shelter_id, event.to_shelter_id == shelter_id)
        mine = sa.select(event.topic_key).where(event.incident_id == incident_id, event.topic == "person", there)
        persons = rows.read(
            connection, event.incident_id == incident_id, event.topic == "person", event.topic_key.in_(mine)
        )
        counts = rows.read(
            connection, event.incident_id == incident_id, event.topic == "count", event.shelter_id == shelter_id
        )
        corrections = rows.read(
            connection, event.incident_id == incident_id, event.kind == "correction", event.flag.is_(None)
        )
    return _steps(replay.effective([*persons, *counts, *corrections]), shelter_id)


def events(
    ledger: Ledger, *where: Any, incident_id: str | None = None, shelter_id: str | None = None, most: int = 500
) -> list[Event]:
    """The newest events, newest first, of an incident or a shelter."""
    column = tables.event.c
    asked = [*where]
    if incident_id:
        asked.append(column.incident_id == incident_id)
    if shelter_id:
        asked.append(column.shelter_id == shelter_id)
    with ledger.reading() as connection:
        newest = sa.select(column.event_id).where(*asked).order_by(column.received_at.desc(), column.event_id.desc())
        found = rows.by_ids(connection, column.event_id, connection.execute(newest.limit(most)).scalars())
    return sorted(found, key=lambda event: (event.received_at, event.event_id), reverse=True)


def installations(ledger: Ledger) -> list[dict[str, Any]]:
    """Whose events lie here: installation_id, name, is_own, last_sequence, ahead_s, seen_at."""
    with ledger.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(tables.installation)).mappings()]


def _projected(connection: Connection, incident_id: str) -> tuple[dict[Key, State], dict[str, dict[str, Any]]]:
    states = projection.stored_but_persons(connection, incident_id)
    table = tables.presence
    found = connection.execute(sa.select(table).where(table.c.incident_id == incident_id)).mappings()
    names = ("people", "away", "refs", "last_at")
    return states, {row["shelter_id"]: {name: row[name] for name in names} for row in found}


def _steps(found: Iterable[Event], shelter_id: str) -> list[dict[str, Any]]:
    ordered = sorted(found, key=lambda event: event.order)
    persons: dict[str, State] = {}
    counted: State = {}
    people = away = 0
    steps: list[dict[str, Any]] = []
    for event in ordered:
        topic, key = rows.topic_of(event)
        if topic == "count":
            counted = topics.step("count", counted, event)
            names = ("people", "households", "voluntary", "method", "definition")
            steps.append({"at": written(event.occurred_at), "head_count": {n: counted.get(n) for n in names}})
        if topic != "person" or key is None:
            continue
        before = persons.get(key, {})
        after = topics.step("person", before, event)
        persons[key] = after
        change = [0, 0]
        for state, sign in ((before, -1), (after, 1)):
            if state.get("where") == shelter_id:
                change[1 if state["is_away"] else 0] += sign * state["people"]
        if any(change):
            people, away = people + change[0], away + change[1]
            steps.append({"at": written(event.occurred_at), "checked_in": people, "away": away})
    return steps
