"""What headquarters sees of an incident: each shelter in one row, sums with what they cover, what needs a decision.

A sum of people says of how many shelters it speaks and how old its oldest number is. Nobody outside is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otsu_maps.analysis import offer, room, validity
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.room import People
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.ledger.events import read_time
from otsu_maps.reasons import Reason

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


@dataclass(frozen=True)
class Action:
    """Something to decide. `key` is stable while the trouble lasts; `urgency` orders them, the greatest first; `reason`
    says why; `since` when it began. `task`: what the ledger holds of it (topic task), None: nobody has taken it."""

    key: str
    urgency: int
    reason: Reason
    since: str
    place_id: str | None = None
    district_id: str | None = None
    task: Mapping[str, Any] | None = None

    @property
    def taken_by(self) -> str | None:
        """Who took it since it began."""
        if self.task is None or str(self.task.get("assigned_at", "")) < self.since:
            return None
        return str(self.task["assigned_to"])

    @property
    def is_done(self) -> bool:
        """Somebody dealt with it since it began."""
        return self.task is not None and str(self.task.get("done_at") or "") >= (self.since or " ")


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


def actions(found: Sequence[Row], situation: Situation, records: Sequence[PlaceStatus]) -> list[Action]:
    """What needs a decision now, the most urgent first; what was dealt with comes last."""
    held = {task["key"]: task for task in situation.tasks}
    made = [*_of_shelters(found), *_of_orders(situation, records), *_of_tasks(held)]
    taken = [Action(**{**vars(action), "task": held.get(action.key)}) for action in made]
    return sorted(taken, key=lambda action: (action.is_done, -action.urgency, action.since, action.key))


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


def _of_shelters(found: Iterable[Row]) -> Iterable[Action]:
    for row in found:
        about: dict[str, Any] = {"place_id": row.place_id, "district_id": row.district_id}
        name = {"name": row.name}
        since = str(row.people.at or row.heard_at or "")
        if row.openness == offer.DISPUTED:
            yield Action(f"disputed|{row.place_id}", 85, Reason("board_disputed", name), str(row.heard_at), **about)
        if row.openness != offer.OPEN:
            continue
        if row.record and row.record.validity == validity.INVALID:
            why = {**name, "people": _people(row.people), "why": row.record.reasons[0]}
            yield Action(f"invalid|{row.place_id}", 100, Reason("board_open_invalid", why), since, **about)
        elif row.record and row.record.validity == validity.UNKNOWN:
            yield Action(f"unsure|{row.place_id}", 45, Reason("board_open_unknown", name), since, **about)
        if row.band == FULL:
            full = {**name, "people": row.people.people, "capacity": row.capacity_persons}
            yield Action(f"full|{row.place_id}", 90, Reason("board_full", full), since, **about)
        elif row.band == CROWDED:
            crowded = {**name, "percent": round(100 * (row.share or 0)), "people": row.people.people}
            yield Action(f"crowded|{row.place_id}", 70, Reason("board_crowded", crowded), since, **about)
        if row.silent_since:
            yield Action(f"silent|{row.place_id}", 60, Reason("board_silent", name), row.silent_since, **about)


def _people(people: People) -> Reason:
    return Reason("board_no_number") if people.people is None else Reason("board_people", {"people": people.people})


def _of_orders(situation: Situation, records: Sequence[PlaceStatus]) -> Iterable[Action]:
    """Districts that were told to leave and have no place to offer in them."""
    there = {record.district_id for record in offer.offered(records)}
    for order in situation.orders:
        district = order["district_id"]
        if district not in there and order["level"] < offer.LIFE_IN_DANGER:
            reason = Reason("board_no_place", {"level": order["level"], "district": district})
            yield Action(f"no_place|{district}", 95, reason, order["at"], district_id=district)


def _of_tasks(held: Mapping[str, Mapping[str, Any]]) -> Iterable[Action]:
    """Tasks that people raised themselves and nobody has taken."""
    for key, task in held.items():
        is_own = "|" not in key
        if is_own and "assigned_to" not in task and "acknowledged_at" not in task and "done_at" not in task:
            title = {"title": task.get("title", key)}
            yield Action(key, 50, Reason("board_task", title), str(task.get("raised_at", "")))
