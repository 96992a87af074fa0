"""States by replay: pure, from events alone. In whatever order they come, however often, the states are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import kinds, rows, topics
from otsu_maps.ledger.events import Event, read_time, written
from otsu_maps.ledger.topics import Seen, State

Key = tuple[str | None, str, str]
"""Incident, topic, key of the topic."""


def states(events: Iterable[Event], at: datetime | None = None, known_at: datetime | None = None) -> dict[Key, State]:
    """The state of every topic, from any events in any order.

    `at`: as it was at this moment, with all that is known today. `known_at`: as it was known at that moment, before
    later events and corrections had come here.
    """
    held = {event.event_id: event for event in events if event.flag is None}
    if known_at:
        held = {key: event for key, event in held.items() if event.received_at <= known_at}
    return {key: fold(key[1], events) for key, events in grouped(held.values(), at).items()}


def grouped(events: Iterable[Event], at: datetime | None = None) -> dict[Key, list[Event]]:
    """Events by topic, each as its corrections say; those of no topic and those that are not counted are left out."""
    found: dict[Key, list[Event]] = {}
    for event in effective(event for event in events if event.flag is None):
        topic, key = rows.topic_of(event)
        if topic is not None and key is not None and (at is None or event.occurred_at <= at):
            found.setdefault((event.incident_id, topic, key), []).append(event)
    return found


def fold(topic: str, events: Iterable[Event]) -> State:
    """The state of one topic from its events, corrected ones already in place."""
    state: State = {}
    for event in sorted(events, key=lambda event: event.order):
        state = topics.step(topic, state, seen(event))
    return state


def seen(event: Event) -> Seen:
    """An event as a step sees it."""
    return Seen(
        event.event_id,
        event.kind,
        event.shelter_id,
        event.place_name,
        written(event.occurred_at),
        event.actor,
        event.installation_id,
        event.payload,
    )


def effective(events: Iterable[Event]) -> list[Event]:
    """Events without corrections, each as the last correction of it says; void ones are left out.

    A correction may be corrected itself. One that changes what an event is about cannot be followed and is passed over.
    """
    held = list(events)
    corrections: dict[str, list[Event]] = {}
    for event in held:
        if event.kind == "correction" and event.corrects:
            corrections.setdefault(event.corrects, []).append(event)
    if not corrections:
        return [event for event in held if event.kind != "correction"]
    corrected = (_corrected(event, corrections, frozenset()) for event in held if event.kind != "correction")
    return [event for event in corrected if event is not None]


def _corrected(event: Event, corrections: Mapping[str, list[Event]], above: frozenset[str]) -> Event | None:
    for correction in sorted(corrections.get(event.event_id, []), key=_last_first, reverse=True):
        if correction.event_id in above:
            continue  # a forged circle
        standing = _corrected(correction, corrections, above | {event.event_id})
        if standing is None:
            continue
        if standing.payload.get("void"):
            return None
        changed = change(event, standing.payload)
        if changed is not None:
            return changed
    return event


def _last_first(event: Event) -> tuple[str, str]:
    return written(event.recorded_at), event.event_id


def change(event: Event, correction: Mapping[str, Any]) -> Event | None:
    """The event as a correction says it should have been; None where it can't be of the same kind and topic."""
    try:
        payload = kinds.checked(event.kind, correction.get("payload", event.payload))
        at = read_time(correction["occurred_at"]) if "occurred_at" in correction else event.occurred_at
    except (EventRefused, ValueError):
        return None
    changed = replace(event, payload=payload, occurred_at=at)
    return changed if rows.topic_of(changed) == rows.topic_of(event) else None
