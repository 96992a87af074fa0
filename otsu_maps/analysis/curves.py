"""How each shelter of an incident filled: who came and went and when that was known, head-counts, openings, room.

Events are added as they come in, in any order; only what a new one touches is made anew, so a page that watches a long
incident pays for what is new alone. Made with the same steps as every state of the ledger (topics.step).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from otsu_maps.analysis.lines import NONE, Line, Numbers, minute
from otsu_maps.ledger import replay, rows, topics
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.topics import State

Move = tuple[str, float, float, int]
"""Shelter, minute, minute in which it was known, people who came (+) or went (-)."""

PERSON, COUNT, STATUS, CAPACITY = "person", "count", "status", "capacity"


class Curves:
    """The lines of all shelters of one incident, from its events."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], list[Event]] = {}
        self._about: dict[str, tuple[str, str]] = {}
        self._moves: dict[tuple[str, str], list[Move]] = {}
        self._keys_of: dict[str, dict[tuple[str, str], None]] = {}
        self._rows: dict[str, dict[str, Numbers]] = {topic: {} for topic in _ROWS}
        self._lines: dict[str, Line] = {}
        self._early: dict[str, list[Event]] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Take events that are new; those that say nothing about people in shelters are passed over."""
        touched: dict[tuple[str, str], None] = {}
        new = {event.event_id: event for event in events if event.flag is None and event.event_id not in self._about}
        for event in new.values():
            key = self._key(event)
            if key is None:
                if event.corrects:
                    self._early.setdefault(event.corrects, []).append(event)
                continue
            for each in self._with_early(event):
                self._about[each.event_id] = key
                self._events.setdefault(key, []).append(each)
            touched[key] = None
        for key in touched:
            self._fold(key)

    @property
    def shelters(self) -> list[str]:
        """Ids of all shelters that anything holds of."""
        moved = (shelter for shelter, keys in self._keys_of.items() if keys)
        return sorted({*moved, *(key for held in self._rows.values() for key, row in held.items() if len(row))})

    def line(self, shelter_id: str) -> Line:
        """The line of a shelter; an empty one where nothing is known."""
        found = self._lines.get(shelter_id)
        if found is None:
            moves = [
                move[1:]
                for key in self._keys_of.get(shelter_id, ())
                for move in self._moves[key]
                if move[0] == shelter_id
            ]
            counts, openings, rooms = (held.get(shelter_id, NONE) for held in self._rows.values())
            found = Line(counts=counts, openings=openings, rooms=rooms)
            if moves:
                made = np.array(moves, dtype=float)
                found.moves = made[np.argsort(made[:, 0], kind="stable")]
            self._lines[shelter_id] = found
        return found

    def _key(self, event: Event) -> tuple[str, str] | None:
        if event.kind == "correction":
            return self._about.get(event.corrects or "")
        topic, key = rows.topic_of(event)
        return (topic, key) if (topic == PERSON or topic in _ROWS) and key is not None else None

    def _with_early(self, event: Event) -> list[Event]:
        """The event, and corrections of it that came in before it did."""
        early = self._early.pop(event.event_id, [])
        return [event, *(each for correction in early for each in self._with_early(correction))]

    def _fold(self, key: tuple[str, str]) -> None:
        ordered = sorted(replay.effective(self._events[key]), key=lambda event: event.order)
        if key[0] in _ROWS:
            self._lines.pop(key[1], None)
            self._rows[key[0]][key[1]] = np.array(_ROWS[key[0]](ordered), dtype=float).reshape(-1, 2)
            return
        for move in self._moves.get(key, ()):
            self._lines.pop(move[0], None)
            self._keys_of[move[0]].pop(key, None)
        self._moves[key] = made = _moved(ordered)
        for move in made:
            self._lines.pop(move[0], None)
            self._keys_of.setdefault(move[0], {})[key] = None


def _counted(ordered: Iterable[Event]) -> list[tuple[float, float]]:
    state: State = {}
    found = []
    for event in ordered:
        state = topics.step(COUNT, state, event)
        found.append((minute(event.occurred_at), float(state["people"])))
    return found


def _opened(ordered: Iterable[Event]) -> list[tuple[float, float]]:
    return [(minute(event.occurred_at), float(topics.STATUS[event.kind] == topics.OPEN)) for event in ordered]


def _roomy(ordered: Iterable[Event]) -> list[tuple[float, float]]:
    """The room for refuge first, as everywhere (room.capacity)."""
    return [
        (
            minute(event.occurred_at),
            float(event.payload.get("refuge_persons", event.payload.get("stay_persons", "nan"))),
        )
        for event in ordered
    ]


_ROWS = {COUNT: _counted, STATUS: _opened, CAPACITY: _roomy}


def _moved(ordered: Iterable[Event]) -> list[Move]:
    """What one reference did, a household that is out for a while counted as gone."""
    state: State = {}
    found: list[Move] = []
    for event in ordered:
        after = topics.step(PERSON, state, event)
        at, known = minute(event.occurred_at), minute(event.received_at)
        before_there, there = _there(state), _there(after)
        if before_there != there:
            if before_there[0] is not None:
                found.append((before_there[0], at, known, -before_there[1]))
            if there[0] is not None:
                found.append((there[0], at, known, there[1]))
        state = after
    return found


def _there(state: State) -> tuple[str | None, int]:
    where = state.get("where")
    return (None, 0) if where is None or state["is_away"] else (str(where), int(state["people"]))
