"""What may leave the ledger for a snapshot: people by shelter and hour, small numbers suppressed, never an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.ledger import read, replay, rows, tables, topics
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.ledger.topics import State

SUPPRESSED_BELOW = 10
"""Fewer people could be told apart: their number is left out (k-anonymity, as MLIT does with its people flow)."""

HOUR = timedelta(hours=1)


def hourly(ledger: Ledger) -> list[dict[str, Any]]:
    """People by incident, shelter and hour, at its end (naive UTC).

    incident_id, mode, shelter_id, hour_at, checked_in_persons, head_count_persons, head_count_method, is_suppressed.
    None: unknown, or suppressed where `is_suppressed`. Check-ins and head-counts are never added.
    """
    found: list[dict[str, Any]] = []
    for incident in read.incidents(ledger):
        with ledger.reading() as connection:
            column = tables.event.c
            events = rows.read(connection, column.incident_id == incident["incident_id"])
        about = {"incident_id": incident["incident_id"], "mode": incident["mode"]}
        found += [about | row for row in _hours(events)]
    return found


def _hours(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    told = replay.effective(event for event in events if event.flag is None)
    ordered = sorted((e for e in told if rows.topic_of(e)[0] in ("person", "count")), key=lambda event: event.order)
    persons: dict[str, State] = {}
    inside: dict[str, int] = {}
    counts: dict[str, State] = {}
    end: datetime | None = None
    for event in ordered:
        hour_end = event.occurred_at.replace(minute=0, second=0, microsecond=0) + HOUR
        while end is not None and end < hour_end:
            yield from _rows(end, inside, counts)
            end += HOUR
        end = hour_end
        if rows.topic_of(event)[0] == "count":
            shelter = str(event.shelter_id)
            counts[shelter] = topics.step("count", counts.get(shelter, {}), event)
        else:
            _step(persons, inside, event)
    if end is not None:
        yield from _rows(end, inside, counts)


def _step(persons: dict[str, State], inside: dict[str, int], event: Event) -> None:
    ref = event.payload["ref"]
    before = persons.get(ref, {})
    after = persons[ref] = topics.step("person", before, event)
    for shelter in after["been"]:
        inside.setdefault(shelter, 0)
    for state, sign in ((before, -1), (after, 1)):
        if state.get("where") is not None and not state["is_away"]:
            inside[state["where"]] += sign * state["people"]


def _rows(end: datetime, inside: dict[str, int], counts: dict[str, State]) -> Iterator[dict[str, Any]]:
    for shelter in sorted({*inside, *counts}):
        counted = counts.get(shelter)
        checked_in, head_count = inside.get(shelter), counted["people"] if counted else None
        is_small = any(number is not None and 0 < number < SUPPRESSED_BELOW for number in (checked_in, head_count))
        yield {
            "shelter_id": shelter,
            "hour_at": end,
            "checked_in_persons": _shown(checked_in),
            "head_count_persons": _shown(head_count),
            "head_count_method": counted["method"] if counted else None,
            "is_suppressed": is_small,
        }


def _shown(number: int | None) -> int | None:
    return None if number is None or 0 < number < SUPPRESSED_BELOW else number
