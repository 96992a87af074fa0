"""States by replay: pure, from events alone. In whatever order they come, however often, the states are the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import kinds, rows, topics
from otsu_maps.ledger.bulk import all_stay
from otsu_maps.ledger.events import Event, read_time, written
from otsu_maps.ledger.topics import State

Key = tuple[str | None, str, str]
"""Incident, topic, key of the topic."""

LEAST, MOST = 1000, 24
"""A history keeps at most so many of its states, this many events apart or more."""


class History:
    """Events, corrected and in their order. Each moment of them is folded from the last one that was kept, so that one
    may walk through a long history. The states that it gives are shared: nobody changes them."""

    @all_stay()
    def __init__(self, events: Iterable[Event]) -> None:
        self._events = {event.event_id: event for event in events if event.flag is None}
        self._told = sorted(_by_topic(self._events.values()), key=lambda told: told[1].moment)
        self._times = [event.occurred_at for _, event in self._told]
        self._stride = max(LEAST, len(self._told) // MOST)
        self._kept: dict[int, dict[Key, State]] = {0: {}}

    def states(self, at: datetime | None = None, known_at: datetime | None = None) -> dict[Key, State]:
        """The state of every topic.

        `at`: as it was at this moment, with all that is known today. `known_at`: as it was known at that moment, before
        later events and corrections had come here.
        """
        found = self._folded(len(self._told) if at is None else bisect_right(self._times, at))
        for key in self._learnt_later(at, known_at):
            known = (event for event in self._about[key] if known_at is None or event.received_at <= known_at)
            events = [event for event in effective(known) if at is None or event.occurred_at <= at]
            found[key] = fold(key[1], events)
        return {key: state for key, state in found.items() if state}

    @all_stay()
    def _folded(self, end: int) -> dict[Key, State]:
        start = end // self._stride * self._stride
        while start not in self._kept:
            start -= self._stride
        found = dict(self._kept[start])
        for position in range(start, end):
            if position % self._stride == 0:
                self._kept[position] = dict(found)
            key, event = self._told[position]
            found[key] = topics.step(key[1], found.get(key), event)
        return found

    def _learnt_later(self, at: datetime | None, known_at: datetime | None) -> set[Key]:
        """Topics of which, until `at`, another thing was known at `known_at`; rather one too many."""
        if known_at is None:
            return set()
        late = (
            event
            for event in self._events.values()
            if event.received_at > known_at
            and (at is None or event.occurred_at <= at or event.corrects or event.event_id in self._corrected)
        )
        return {key for event in late if (key := self._topic(event)) is not None}

    @cached_property
    def _corrected(self) -> set[str | None]:
        return {event.corrects for event in self._events.values()}

    @cached_property
    def _about(self) -> dict[Key, list[Event]]:
        """The events of each topic, and all corrections that bear on them."""
        found: dict[Key, list[Event]] = {}
        for event in self._events.values():
            key = self._topic(event)
            if key is not None:
                found.setdefault(key, []).append(event)
        return found

    def _topic(self, event: Event) -> Key | None:
        passed = set()
        while event.kind == "correction":
            target = self._events.get(event.corrects or "")
            if target is None or event.event_id in passed:
                return None
            passed.add(event.event_id)
            event = target
        return key_of(event)


def states(events: Iterable[Event], at: datetime | None = None, known_at: datetime | None = None) -> dict[Key, State]:
    """The state of every topic, from any events in any order; times: see History.states."""
    return History(events).states(at, known_at)


def grouped(events: Iterable[Event]) -> dict[Key, list[Event]]:
    """Events by topic, each as its corrections say; those of no topic and those that are not counted are left out."""
    found: dict[Key, list[Event]] = {}
    for key, event in _by_topic(event for event in events if event.flag is None):
        found.setdefault(key, []).append(event)
    return found


def key_of(event: Event) -> Key | None:
    """What an event says something about, None where it changes no state."""
    topic, key = rows.topic_of(event)
    return None if topic is None or key is None else (event.incident_id, topic, key)


def _by_topic(events: Iterable[Event]) -> Iterator[tuple[Key, Event]]:
    keys: dict[Key, Key] = {}
    for event in effective(events):
        key = key_of(event)
        if key is not None:
            yield keys.setdefault(key, key), event


def fold(topic: str, events: Iterable[Event]) -> State:
    """The state of one topic from its events, corrected ones already in place."""
    state: State = {}
    for event in sorted(events, key=lambda event: event.moment):
        state = topics.step(topic, state, event)
    return state


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
    changed = event._replace(payload=payload, occurred_at=at)
    return changed if rows.topic_of(changed) == rows.topic_of(event) else None
