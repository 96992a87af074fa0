"""The projections: states kept beside the events so that a page need not replay them. Always equal to a replay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import replay, rows, tables, topics
from otsu_maps.ledger.events import Event, canonical
from otsu_maps.ledger.replay import Key
from otsu_maps.ledger.topics import State

_table = tables.projection

FEW, KEY_COSTS_EVENTS = 100, 20
"""Making one topic anew costs about as much as replaying so many events at once."""

BATCH = 5000

# Statements of every event, built once: building them anew costs more than running them.
_HERE = sa.and_(
    _table.c.incident_id == sa.bindparam("of_incident"),
    _table.c.topic == sa.bindparam("of_topic"),
    _table.c.topic_key == sa.bindparam("of_key"),
)
_SELECT = sa.select(_table.c.last_order, _table.c.state).where(_HERE)
_INSERT, _DELETE = sa.insert(_table), sa.delete(_table).where(_HERE)
_UPDATE = (
    sa.update(_table)
    .where(_HERE)
    .values({name: sa.bindparam(name) for name in ("shelter_id", "last_order", "state", "is_flagged")})
)
_ARRIVE = sa.insert(tables.presence)
_MOVE = (
    sa.update(tables.presence)
    .where(
        tables.presence.c.incident_id == sa.bindparam("of_incident"),
        tables.presence.c.shelter_id == sa.bindparam("of_shelter"),
    )
    .values(
        people=tables.presence.c.people + sa.bindparam("more_people"),
        away=tables.presence.c.away + sa.bindparam("more_away"),
        refs=tables.presence.c.refs + sa.bindparam("more_refs"),
        last_at=sa.case(
            (tables.presence.c.last_at < sa.bindparam("at"), sa.bindparam("at")), else_=tables.presence.c.last_at
        ),
    )
)


def add(connection: Connection, event: Event) -> None:
    """Bring one new event of this installation into the projections. Raises EventRefused for what cannot be.

    The event itself is not in table `event` yet.
    """
    if event.kind == "correction":
        _correct(connection, event)
        return
    topic, topic_key = rows.topic_of(event)
    if topic is None or topic_key is None:
        return
    key: Key = (event.incident_id, topic, topic_key)
    last_order, before = _read(connection, key)
    if last_order is None or event.order > last_order:
        after, order = topics.step(topic, before, event), event.order
    else:
        events = replay.effective([*_events(connection, [key]), event])
        after, order = replay.fold(topic, events), last_order
    _refuse(before, after)
    _write(connection, key, before, after, order)


def refresh(connection: Connection, keys: Iterable[Key]) -> None:
    """Make the projections of these topics anew from their events."""
    wanted = sorted(set(keys), key=str)
    if len(wanted) > FEW:
        events = connection.execute(sa.select(sa.func.count()).select_from(tables.event)).scalar_one()
        if len(wanted) * KEY_COSTS_EVENTS > events:
            rebuild(connection)
            return
    for key in wanted:
        _, before = _read(connection, key)
        held = replay.effective(_events(connection, [key]))
        _write(connection, key, before, replay.fold(key[1], held), max((e.order for e in held), default=""))


def rebuild(connection: Connection) -> None:
    """Throw all projections away and make them again, from all events at once."""
    connection.execute(sa.delete(_table))
    connection.execute(sa.delete(tables.presence))
    found = replay.grouped(rows.read(connection))
    people: dict[str, list[State]] = {}
    made = []
    for key, events in found.items():
        state = replay.fold(key[1], events)
        made.append(_row(key, state, max(event.order for event in events)))
        if key[1] == "person":
            people.setdefault(key[0] or "", []).append(state)
    totals = [
        {"incident_id": incident, "shelter_id": shelter, **row}
        for incident, states in people.items()
        for shelter, row in presence(states).items()
    ]
    for table, lines in ((_table, made), (tables.presence, totals)):
        for start in range(0, len(lines), BATCH):
            connection.execute(sa.insert(table), lines[start : start + BATCH])


def stored(connection: Connection) -> dict[Key, State]:
    """Every projection."""
    found = connection.execute(sa.select(_table.c.incident_id, _table.c.topic, _table.c.topic_key, _table.c.state))
    return {(incident, topic, key): json.loads(state) for incident, topic, key, state in found}


def stored_but_persons(connection: Connection, incident_id: str) -> dict[Key, State]:
    """The projections of an incident without its persons, whose totals stand in table `presence`; but flagged ones."""
    others = [topic for topic in topics.TOPICS if topic != "person"]
    query = sa.select(_table.c.topic, _table.c.topic_key, _table.c.state).where(_table.c.incident_id == incident_id)
    found = [*connection.execute(query.where(_table.c.topic.in_(others)))]
    found += connection.execute(query.where(_table.c.is_flagged, _table.c.topic == "person"))
    return {(incident_id, topic, key): json.loads(state) for topic, key, state in found}


def state_of(connection: Connection, key: Key) -> State | None:
    """One projection."""
    return _read(connection, key)[1]


def _correct(connection: Connection, event: Event) -> None:
    base = _base(connection, event)
    topic, topic_key = rows.topic_of(base)
    if not event.payload.get("void") and base.kind != "correction" and replay.change(base, event.payload) is None:
        raise EventRefused("event_correction_moves", kind=base.kind)
    if topic is None or topic_key is None:
        return
    key: Key = (base.incident_id, topic, topic_key)
    last_order, before = _read(connection, key)
    events = replay.effective([*_events(connection, [key]), event])
    after = replay.fold(topic, events)
    _refuse(before, after)
    _write(connection, key, before, after, max((each.order for each in events), default=last_order or ""))


def _base(connection: Connection, correction: Event) -> Event:
    """The event that a correction, or a correction of a correction, is about."""
    seen: set[str] = set()
    event = correction
    while event.kind == "correction":
        found = rows.by_ids(connection, tables.event.c.event_id, [event.corrects or ""])
        if not found or event.event_id in seen:
            raise EventRefused("event_no_target", event=event.corrects or "")
        seen.add(event.event_id)
        event = found[0]
    return event


def keys_of(connection: Connection, events: Iterable[Event]) -> set[Key]:
    """The topics that new events touch, through corrections too; events must be in table `event` already."""
    found: set[Key] = set()
    for event in events:
        if event.kind == "correction":
            try:
                event = _base(connection, event)
            except EventRefused:
                continue  # what it corrects has not come yet
        topic, key = rows.topic_of(event) if event.flag is None else (None, None)
        if topic is not None and key is not None:
            found.add((event.incident_id, topic, key))
    return found


def _events(connection: Connection, keys: Iterable[Key]) -> list[Event]:
    """The events of topics, and all corrections that bear on them."""
    held: list[Event] = []
    for incident, topic, key in keys:
        event = tables.event.c
        held += rows.read(connection, event.incident_id == incident, event.topic == topic, event.topic_key == key)
    newest = held
    while newest:
        newest = [
            correction
            for correction in rows.by_ids(connection, tables.event.c.corrects, (event.event_id for event in newest))
            if correction.flag is None
        ]
        held += newest
    return held


def _refuse(before: State | None, after: State) -> None:
    earlier = topics.flags(before)
    for event_id, code in topics.flags(after).items():
        if event_id not in earlier:
            raise EventRefused(code)


def _here(key: Key) -> dict[str, Any]:
    return {"of_incident": key[0] or "", "of_topic": key[1], "of_key": key[2]}


def _read(connection: Connection, key: Key) -> tuple[str | None, State | None]:
    row = connection.execute(_SELECT, _here(key)).first()
    return (row[0], json.loads(row[1])) if row else (None, None)


def _write(connection: Connection, key: Key, before: State | None, after: State, order: str) -> None:
    row = _row(key, after, order)
    if not after:
        connection.execute(_DELETE, _here(key))
    elif before is None:
        connection.execute(_INSERT, row)
    else:
        kept = {name: row[name] for name in ("shelter_id", "last_order", "state", "is_flagged")}
        connection.execute(_UPDATE, _here(key) | kept)
    if key[1] == "person":
        _move(connection, key[0] or "", before or {}, after)


def _row(key: Key, state: State, order: str) -> dict[str, Any]:
    incident, topic, topic_key = key
    return {
        "incident_id": incident or "",
        "topic": topic,
        "topic_key": topic_key,
        "shelter_id": state.get("where") if topic == "person" else topic_key.partition("|")[0],
        "last_order": order,
        "state": canonical(state),
        "is_flagged": bool(topics.flags(state)),
    }


def _move(connection: Connection, incident: str, before: State, after: State) -> None:
    """Keep the totals of shelters equal to the persons who are, and were, in them."""
    if any(after.get("been", {}).get(shelter, "") < at for shelter, at in before.get("been", {}).items()):
        for shelter in {*before["been"], *after.get("been", {})}:
            _recount(connection, incident, shelter)
        return
    changes: dict[str, list[int]] = {shelter: [0, 0] for shelter in after.get("been", {})}
    for state, sign in ((before, -1), (after, 1)):
        if state.get("where") is not None:
            changes[state["where"]][1 if state["is_away"] else 0] += sign * state["people"]
    for shelter, (people, away) in sorted(changes.items()):
        last_at = after["been"][shelter]
        is_new = shelter not in before.get("been", {})
        if not (people or away or is_new) and before["been"][shelter] == last_at:
            continue  # nothing happened here
        more = {"more_people": people, "more_away": away, "more_refs": int(is_new), "at": last_at}
        if not connection.execute(_MOVE, {"of_incident": incident, "of_shelter": shelter, **more}).rowcount:
            row = {"incident_id": incident, "shelter_id": shelter, "people": people, "away": away}
            connection.execute(_ARRIVE, row | {"refs": 1, "last_at": last_at})


def _recount(connection: Connection, incident: str, shelter: str) -> None:
    """The totals of one shelter from the persons that ever were in it: after a correction, or a late event."""
    event, table = tables.event.c, tables.presence
    there = sa.or_(event.shelter_id == shelter, event.to_shelter_id == shelter)
    query = sa.select(event.topic_key).where(event.incident_id == incident, event.topic == "person", there).distinct()
    persons = [_read(connection, (incident, "person", key))[1] for (key,) in connection.execute(query).all()]
    row = presence(state for state in persons if state).get(shelter)
    connection.execute(sa.delete(table).where(table.c.incident_id == incident, table.c.shelter_id == shelter))
    if row:
        connection.execute(sa.insert(table), {"incident_id": incident, "shelter_id": shelter, **row})


def presence(persons: Iterable[State]) -> dict[str, dict[str, Any]]:
    """People by shelter from the states of persons: people, away, refs, last_at."""
    found: dict[str, dict[str, Any]] = {}
    for state in persons:
        for shelter, last_at in state["been"].items():
            row = found.setdefault(shelter, {"people": 0, "away": 0, "refs": 0, "last_at": last_at})
            row["refs"] += 1
            row["last_at"] = max(row["last_at"], last_at)
            if state["where"] == shelter:
                row["away" if state["is_away"] else "people"] += state["people"]
    return found
