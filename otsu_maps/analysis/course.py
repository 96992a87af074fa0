"""How each shelter went through an incident: times in which nothing changed, and its signs of life. One pass.

By the same rules as the board: at any moment the number of people, the room and the band are those that the board of
that moment shows (board.rows); only silence is not part of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.analysis import board, room
from otsu_maps.analysis.rules import Rules
from otsu_maps.ledger import replay, topics
from otsu_maps.ledger.events import Event

State = Mapping[str, Any]

MINUTE = timedelta(minutes=1)
_BY_SHELTER = ("status", "provisional", "capacity", "damage", "count", "confirmed", "stock")
_LIFELESS = ("provisional",)
_ASKED = ("supply_requested", "supply_promised", "supply_delivered")
"""Kinds that say nothing of how a shelter is: others record them too."""


@dataclass(frozen=True)
class Span:
    """A time in which nothing changed; `end` is not part of it. `people`, `capacity` None: unknown; `band` of
    board.BANDS; `empty`: items of which nothing is left."""

    start: datetime
    end: datetime
    is_open: bool
    people: int | None
    capacity: int | None
    band: str
    empty: frozenset[str]

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / MINUTE


@dataclass(frozen=True)
class Course:
    """One shelter from the first word of it to the end. `signs`: when it gave a sign of life, in order."""

    place_id: str
    name: str
    district_id: str | None
    spans: tuple[Span, ...]
    signs: tuple[datetime, ...]


def courses(events: Iterable[Event], places: Iterable[State], rules: Rules, end: datetime) -> list[Course]:
    """Every shelter that somebody spoke of until `end`, by name.

    `events`: of one incident, corrections among them, in any order; `places`: rows of queries.validity.places.
    """
    register = {place["place_id"]: place for place in places}
    told = [event for event in replay.effective(e for e in events if e.flag is None) if event.occurred_at <= end]
    found: dict[str, _Shelter] = {}
    persons: dict[str, topics.State] = {}
    for event in sorted(told, key=lambda event: event.moment):
        key = replay.key_of(event)
        if key is None or (key[1] not in _BY_SHELTER and key[1] != "person"):
            continue
        is_person = key[1] == "person"
        for place_id, moved in _moved(key[2], event, persons) if is_person else [(str(event.shelter_id), None)]:
            shelter = found.get(place_id)
            if shelter is None:
                shelter = found[place_id] = _Shelter(place_id, register.get(place_id, {}), rules, event.occurred_at)
            shelter.close(event.occurred_at)
            shelter.take(key, event, moved)
    made = [shelter.finished(end) for shelter in found.values()]
    return sorted(made, key=lambda course: (course.name, course.place_id))


Moved = tuple[int, bool]
"""What an event of a person changes in one shelter: people inside, and whether it speaks of this shelter."""


def _moved(person: str, event: Event, persons: dict[str, topics.State]) -> list[tuple[str, Moved]]:
    """The shelters that an event of a person changes."""
    before = persons.get(person, {})
    after = persons[person] = topics.step("person", before, event)
    came, went = after["where"], before.get("where")
    return [
        (place, (_inside(after, place) - _inside(before, place), place in (event.shelter_id, came)))
        for place in {event.shelter_id, came, went} - {None}
    ]


def _inside(person: State, place: str) -> int:
    return int(person["people"]) if person.get("where") == place and not person["is_away"] else 0


What = tuple[bool, int | None, int | None, str, frozenset[str]]
"""What a span holds beside its times."""


class _Shelter:
    """A shelter while its events are taken one after the other."""

    def __init__(self, place_id: str, place: State, rules: Rules, start: datetime) -> None:
        self.place_id, self.place, self.rules, self.since = place_id, place, rules, start
        self.states: dict[str, topics.State] = {}
        self.stock: dict[str, topics.State] = {}
        self.numbers: dict[str, tuple[int, datetime]] = {}  # by method, with the moment from which it is old
        self.is_open, self.is_merged = False, False
        self.capacity = room.capacity(place, None)
        self.empty: frozenset[str] = frozenset()
        self.changes: list[tuple[datetime, What]] = []
        self.signs: list[datetime] = []

    def take(self, key: replay.Key, event: Event, moved: Moved | None) -> None:
        """One event more."""
        if moved is not None:
            self._move(event, moved)
        elif key[1] == "stock":
            item = str(event.payload["item"])
            self.stock[item] = topics.step("stock", self.stock.get(item), event)
            self.empty = frozenset(each for each, state in self.stock.items() if state.get("amount") == 0)
        else:
            self._step(key[1], event)
        if moved[1] if moved else key[1] not in _LIFELESS and event.kind not in _ASKED:
            self.signs.append(event.occurred_at)

    def close(self, end: datetime) -> None:
        """End the time in which nothing was recorded; a number that grows old in it changes something."""
        if end <= self.since or self.is_merged:
            return
        for until in [*self._ages(end), end]:
            what = self._what()
            if not self.changes or self.changes[-1][1] != what:
                self.changes.append((self.since, what))
            self.since = until

    def finished(self, end: datetime) -> Course:
        self.close(end)
        ends = [*(start for start, _ in self.changes[1:]), self.since]
        spans = tuple(Span(start, until, *what) for (start, what), until in zip(self.changes, ends, strict=False))
        said = self.states.get("provisional", {})
        name = self.place.get("name_ja") or said.get("name") or self.place_id
        district_id = self.place.get("district_id") or said.get("district_id")
        return Course(self.place_id, str(name), district_id, spans, tuple(self.signs))

    def _move(self, event: Event, moved: Moved) -> None:
        old_at = event.occurred_at + self.rules.count_lasts
        people, before = self.numbers.get("check_in", (0, old_at))
        self.numbers["check_in"] = (people + moved[0], old_at if moved[1] else before)

    def _step(self, topic: str, event: Event) -> None:
        state = self.states[topic] = topics.step(topic, self.states.get(topic), event)
        if topic == "status":
            self.is_open = {head["status"] for head in state["heads"].values()} == {topics.OPEN}
        elif topic == "count":
            self.numbers["count"] = (state["people"], event.occurred_at + self.rules.count_lasts)
        elif topic == "capacity":
            self.capacity = room.capacity(self.place, {"capacity": state})
        elif topic == "provisional":
            self.is_merged = "merged_into" in state  # it lives on under another name

    def _ages(self, end: datetime) -> list[datetime]:
        """When a number grows old before `end`."""
        return sorted([old_at for _, old_at in self.numbers.values() if self.since < old_at < end])

    def _what(self) -> What:
        people = self._people()
        return self.is_open, people.people, self.capacity, board.band(people, self.capacity, self.rules), self.empty

    def _people(self) -> room.People:
        """As room.people_in, without reading times anew: the head-count unless old, else check-ins, else the newer."""
        held = [self.numbers[name] for name in ("count", "check_in") if name in self.numbers]
        for people, old_at in held:
            if self.since < old_at:
                return room.People(people)
        newest = max(held, key=lambda number: number[1], default=None)
        return room.People(newest[0], is_old=True) if newest else room.People()
