"""What headquarters sees of an incident: each shelter in one row, and sums with what they cover.

A sum of people says of how many shelters it speaks and how old its oldest number is. Nobody outside is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otsu_maps.analysis import offer, room
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.room import People
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.ledger.events import read_time

EMPTY, CROWDED, FULL, NO_FIGURE = "free", "crowded", "full", "unknown"
BANDS = (EMPTY, CROWDED, FULL, NO_FIGURE)
"""空き, 混雑, 定員一杯, 不明: as they are exchanged (SIP4D, Lアラート)."""


@dataclass(frozen=True)
class Row:
    """A shelter that somebody spoke of in the incident. `share` of its room, None: unknown; `silent_since`: it is open
    and said nothing for longer than the limit, None: it is not silent."""

    place_id: str
    name: str
    record: PlaceStatus | None
    openness: str
    people: People
    capacity_persons: int | None
    share: float | None
    band: str
    heard_at: str | None
    silent_since: str | None
    district_id: str | None


@dataclass(frozen=True)
class Totals:
    """`people`: added over `counted` of the shelters that are open, None: nobody said a number; `oldest_at`: the oldest
    number in it. `outside`: people outside shelters, None: unknown; never part of `people`."""

    open: int
    closed: int
    disputed: int
    silent: int
    people: int | None
    counted: int
    oldest_at: str | None
    outside: int | None


def rows(
    situation: Situation, records: Iterable[PlaceStatus], places: Iterable[Mapping[str, Any]], rules: Rules
) -> list[Row]:
    """One row a shelter of the incident, by name. `places`: rows of queries.validity.places."""
    record_of = {record.place_id: record for record in records}
    place_of = {place["place_id"]: place for place in places}
    found = [
        _row(key, about, record_of.get(key), place_of.get(key, {}), situation.at, rules)
        for key, about in situation.shelters.items()
        if "merged_into" not in (about["provisional"] or {})
    ]
    return sorted(found, key=lambda row: (row.name, row.place_id))


def totals(found: Sequence[Row], outside: Iterable[Mapping[str, Any]]) -> Totals:
    """Sums over the shelters of an incident."""
    working = [row for row in found if row.openness in (offer.OPEN, offer.ALWAYS_OPEN)]
    counted = [row.people for row in working if row.people.people is not None]
    there = [place["people"] for place in outside]
    return Totals(
        open=len(working),
        closed=sum(row.openness == offer.CLOSED for row in found),
        disputed=sum(row.openness == offer.DISPUTED for row in found),
        silent=sum(row.silent_since is not None for row in found),
        people=sum(people.people or 0 for people in counted) if counted else None,
        counted=len(counted),
        oldest_at=min((str(people.at) for people in counted), default=None),
        outside=sum(there) if there else None,
    )


def _row(
    key: str, about: Mapping[str, Any], record: PlaceStatus | None, place: Mapping[str, Any], at: datetime, rules: Rules
) -> Row:
    people = room.people_in(about, at, rules)
    capacity = room.capacity(place, about)
    share = people.people / capacity if people.people is not None and capacity else None
    is_open = about["status"] == offer.OPEN
    silent_since = about["heard_at"] if is_open and at - read_time(about["heard_at"]) > rules.silent_after else None
    return Row(
        place_id=key,
        name=record.name_ja if record else (about["provisional"] or {}).get("name") or key,
        record=record,
        openness=record.openness if record else str(about["status"]),
        people=people,
        capacity_persons=capacity,
        share=share,
        band=band(people, capacity, rules),
        heard_at=about["heard_at"],
        silent_since=silent_since,
        district_id=record.district_id if record else (about["provisional"] or {}).get("district_id"),
    )


def band(people: People, capacity: int | None, rules: Rules) -> str:
    """One of BANDS. An old number tells of no room, and full stays full (room.room)."""
    found = room.room(people, capacity)
    if found == room.ROOM and people.people is not None and capacity:
        return CROWDED if people.people / capacity >= rules.crowded_share else EMPTY
    return FULL if found == room.FULL else NO_FIGURE
