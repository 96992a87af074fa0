"""What the ledger already has about the shelters of an incident, as an import needs to see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from otsu_maps.ledger import kinds, replay
from otsu_maps.ledger.events import Event, canonical
from otsu_maps.ledger.topics import STATUS

TOPICS = ("status", "count", "confirmed", "provisional")
"""What must be read, with all corrections."""


class Past:
    """Events of TOPICS, and their corrections, of one incident.

    `statuses` and `provisional` are the decisions and the creations by shelter, as their corrections say.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        self._events: dict[str, Event] = {}
        self.add(events)

    def add(self, events: Iterable[Event]) -> None:
        """More events, in any order; those that are not counted are passed over."""
        self._events |= {event.event_id: event for event in events if event.flag is None}
        held = self._events.values()
        self._told = {(event.kind, event.shelter_id, event.occurred_at, _content(event.payload)) for event in held}
        found = replay.grouped(held)
        self.statuses = {key: events for (_, topic, key), events in found.items() if topic == "status"}
        self.provisional = {key: events for (_, topic, key), events in found.items() if topic == "provisional"}
        self._said: dict[str, list[Event]] = {}
        said = (
            event for (_, topic, _), events in found.items() if topic in ("status", "confirmed") for event in events
        )
        for event in sorted(said, key=_status_first):
            self._said.setdefault(str(event.shelter_id), []).append(event)

    def is_told(self, kind: str, shelter: str, at: datetime, payload: Mapping[str, Any]) -> bool:
        """Whether the same event is here already, also one that a person has corrected since."""
        return (kind, shelter, at, _content(kinds.checked(kind, payload))) in self._told

    def original(self, event_id: str) -> Event:
        """An event as it was recorded, before its corrections."""
        return self._events[event_id]

    def heads(self, shelter: str, at: datetime) -> dict[str, str]:
        """The decisions in force at that moment, all of them where installations disagree: status by event id."""
        events = [event for event in self.statuses.get(shelter, []) if event.occurred_at <= at]
        state = replay.fold("status", events)
        return {event_id: head["status"] for event_id, head in state.get("heads", {}).items()}

    def later(self, shelter: str, at: datetime) -> list[Event]:
        """The decisions after that moment."""
        return [event for event in self.statuses.get(shelter, []) if event.occurred_at > at]

    def next_said(self, shelter: str, at: datetime) -> Event | None:
        """The first decision or confirmation after that moment; of one moment, the decision."""
        return next((event for event in self._said.get(shelter, []) if event.occurred_at > at), None)

    def name(self, shelter: str) -> str | None:
        """What a shelter was called last in an event."""
        named = [event for event in self._events.values() if event.shelter_id == shelter and event.place_name]
        return max(named, key=lambda event: event.order).place_name if named else None


def _status_first(event: Event) -> tuple[datetime, bool]:
    return event.occurred_at, event.kind not in STATUS


def _content(payload: Mapping[str, Any]) -> str:
    """A payload without what tells nothing about the place itself."""
    return canonical({name: value for name, value in payload.items() if name not in ("follows", "note")})
