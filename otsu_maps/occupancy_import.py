"""A published list of open shelters becomes events of an incident: once, however often and wherever it is imported.

A list may be older than what is here: its events then take their place in the past, and what was decided or confirmed
later stays. So a list that repeats what is known leaves a trace too: `confirmed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from otsu_maps import clock, config
from otsu_maps.errors import EventRefused, FileRefused
from otsu_maps.formats.open_status import CLOSED, OPEN
from otsu_maps.formats.reading import Reading
from otsu_maps.ledger import append, projection, replay, rows, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import Event, written
from otsu_maps.ledger.store import Ledger
from otsu_maps.ledger.topics import STATUS
from otsu_maps.occupancy_match import PREFIX, Found, Place, Register, known_again
from otsu_maps.occupancy_past import TOPICS, Past
from otsu_maps.reasons import Reason

CLOCKS_DIFFER = timedelta(minutes=10)
"""A list may be from so far in the future; a later one has a wrong date, and would hide every newer report."""

_KIND = {status: kind for kind, status in STATUS.items()}
_COUNTS = ("people", "households", "voluntary")


@dataclass(frozen=True)
class Named:
    """A row of the list and the place it stands for; `source_row` is None for a place that is in no row."""

    source_row: int | None
    name_ja: str
    place_id: str


@dataclass(frozen=True)
class Conflict:
    """A row that a person must look at: nothing, or (a status in dispute) not all of it was imported."""

    source_row: int
    name_ja: str
    reason: Reason


@dataclass
class Taken:
    """What an import did. `at` is the newest moment of the list (naive UTC).

    `provisional`: names of places that the register does not have; `events`: how many were recorded; `unchanged`: rows
    that said nothing new; `conflicts`: rows in doubt; `missing`: open here at that moment and not in the list;
    `closed`: missing ones that were closed because the person asked for it.
    """

    at: datetime
    matched_by_id: list[Named] = field(default_factory=list)
    matched_by_name: list[Named] = field(default_factory=list)
    matched_by_address: list[Named] = field(default_factory=list)
    provisional: list[str] = field(default_factory=list)
    events: int = 0
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    missing: list[Named] = field(default_factory=list)
    closed: list[Named] = field(default_factory=list)


def take(
    ledger: Ledger,
    incident_id: str,
    reading: Reading,
    register: Iterable[Mapping[str, Any]],
    at: datetime | None,
    actor: str,
    *,
    close_missing: bool = False,
) -> Taken:
    """Import a list (formats.open_status) into an open incident: all of it or, where it is refused, nothing.

    `register`: see occupancy_match.Register. `at` (naive UTC) is the moment of the whole list and goes before what the
    list says itself; None: the list must say it. Raises FileRefused: `occupancy_no_rows`, `occupancy_no_moment`,
    `occupancy_in_future`; EventRefused: no such incident, or it is closed; LedgerBusy, LedgerMissing.
    """
    listed = _listed(reading, at)
    known = Register(register, {config.city().name_ja})
    with ledger.writing() as connection:
        if projection.state_of(connection, (incident_id, "incident", "")) is None:
            raise EventRefused("event_no_such_incident", incident=incident_id)
        column = tables.event.c
        told = column.topic.in_(TOPICS) | (column.kind == "correction")
        past = Past(rows.read(connection, column.incident_id == incident_id, told))
        work = _Import(incident_id, known, past, listed)
        work.match()

        def record() -> None:
            done = append.add(connection, work.drafts, actor) if work.drafts else []
            later = work.corrections(done)
            work.recorded(done + (append.add(connection, later, actor) if later else []))
            if work.restore():
                record()

        for row in sorted(work.clear, key=lambda row: row["at"]):
            if row["place_id"] in work.drafted:
                record()  # the list speaks of several moments: the next one follows what this one changed
            work.draft(row)
        record()
        work.look_for_missing(close_missing)
        record()
    return work.taken


class _Import:
    """One list on its way into the ledger. `drafts` are not recorded yet; `past` is what the ledger has."""

    def __init__(self, incident_id: str, register: Register, past: Past, listed: list[dict[str, Any]]) -> None:
        self.incident_id, self.register, self.past, self.listed = incident_id, register, past, listed
        self.clear: list[dict[str, Any]] = []
        self.drafts: list[Draft] = []
        self.drafted: set[str] = set()
        self.taken = Taken(max(row["at"] for row in listed))
        self._followed_by: dict[int, list[Event]] = {}
        self._to_restore: list[dict[str, Any]] = []
        self._doubtful: set[str] = set()

    def match(self) -> None:
        """Find the place of each row; rows in doubt are set apart."""
        states = {shelter: replay.fold("provisional", events) for shelter, events in self.past.provisional.items()}
        merged = {shelter: state["merged_into"] for shelter, state in states.items() if "merged_into" in state}
        before = [
            self.register.place(shelter, {**state, "name_ja": state["name"]})
            for shelter, state in states.items()
            if shelter.startswith(PREFIX) and state.get("name")
        ]
        for row in self.listed:
            found = self.register.find(row)
            if found.doubt:
                self._conflict(row, found.doubt)
                self._doubtful |= {place.place_id for place in found.candidates}
                continue
            row["how"], row["place_id"] = found.how, _place_id(found, self.register.place("", row), before)
            if row["place_id"] in merged:
                row["how"], row["place_id"] = "name", merged[row["place_id"]]
        self.clear = self._each_place_once([row for row in self.listed if "place_id" in row])
        for row in self.clear:
            if row["how"] == "new":
                self.taken.provisional.append(row["name_ja"])
            else:
                named = Named(row["source_row"], row["name_ja"], row["place_id"])
                getattr(self.taken, f"matched_by_{row['how']}").append(named)

    def draft(self, row: Mapping[str, Any]) -> None:
        """What a row says that the ledger does not have yet."""
        before = len(self.drafts)
        shelter, at = row["place_id"], row["at"]
        if row["how"] == "new" and not any(e.occurred_at <= at for e in self.past.provisional.get(shelter, [])):
            about = {"name": row["name_ja"], "lon": row["lon"], "lat": row["lat"]}
            self._add("shelter_created", row, at, about)
        if row["status"] is not None and not self._status(row, at):
            self._conflict(row, Reason("occupancy_disputed", {"name": row["name_ja"]}))
        if row["people"] is not None:
            counted = {name: row[name] for name in _COUNTS if row[name] is not None}
            self._add("head_count", row, at, {**counted, "method": "imported", "definition": "unknown"})
        self.taken.unchanged += len(self.drafts) == before
        self.drafted.add(shelter)

    def corrections(self, done: list[Event]) -> list[Draft]:
        """Later decisions that must be told of a new earlier one, so that they go on to replace what was before."""
        drafts = []
        for position, later in self._followed_by.items():
            for event in later:
                follows = sorted({*event.payload.get("follows", []), done[position].event_id})
                said: dict[str, Any] = {"payload": {**event.payload, "follows": follows}}
                if event.occurred_at != self.past.original(event.event_id).occurred_at:
                    said["occurred_at"] = written(event.occurred_at)
                drafts.append(self._new("correction", said, None, None, None, corrects=event.event_id))
        return drafts

    def recorded(self, done: list[Event]) -> None:
        """The drafts are events now."""
        self.taken.events += len(done)
        self.drafts, self.drafted, self._followed_by = [], set(), {}
        if done:
            self.past.add(done)

    def restore(self) -> bool:
        """Drafts for what was confirmed later and must stay so, although an older list says otherwise before it."""
        wanted, self._to_restore = self._to_restore, []
        for row in wanted:
            self._status(row, row["at"])
        self._to_restore = []
        return bool(wanted)

    def look_for_missing(self, close: bool) -> None:
        """Shelters that are open at the newest moment and stand in no row."""
        here = {row["place_id"] for row in self.listed if "place_id" in row} | self._doubtful
        for shelter in sorted(set(self.past.statuses) - here):
            if set(self.past.heads(shelter, self.taken.at).values()) != {OPEN}:
                continue
            before, named = len(self.drafts), Named(None, self._name(shelter), shelter)
            if close:
                self._status({"place_id": shelter, "name_ja": named.name_ja, "status": CLOSED}, self.taken.at)
            (self.taken.closed if len(self.drafts) > before else self.taken.missing).append(named)

    def _status(self, row: Mapping[str, Any], at: datetime) -> bool:
        """Open or close where that is news; False where two installations disagree and a person must decide."""
        shelter, wanted = row["place_id"], row["status"]
        heads = self.past.heads(shelter, at)
        said = set(heads.values())
        if self._was_imported(shelter, wanted, at):
            return True
        if said == {wanted}:
            self._add("confirmed", row, at, {})  # without a trace an older list could undo what this one said
            return True
        if len(said) > 1:
            return False
        later = self.past.later(shelter, at)
        if any(STATUS[event.kind] != wanted for event in later):
            ids = {event.event_id for event in later}
            first = [event for event in later if not ids & set(event.payload.get("follows", []))]
            self._followed_by[len(self.drafts)] = first
        after = self.past.next_said(shelter, at)
        if said and after and after.kind not in STATUS:
            self._to_restore.append({**row, "status": said.pop(), "at": after.occurred_at})
        self.drafts.append(self._new(_KIND[wanted], {"follows": sorted(heads)}, shelter, row["name_ja"], at))
        return True

    def _was_imported(self, shelter: str, wanted: str, at: datetime) -> bool:
        """Whether the same list said so before: also where a person, or its city, said otherwise since."""
        if self.past.is_told(_KIND[wanted], shelter, at, {}):
            return True
        before = set(self.past.heads(shelter, at - datetime.resolution).values())
        return before == {wanted} and self.past.is_told("confirmed", shelter, at, {})

    def _add(self, kind: str, row: Mapping[str, Any], at: datetime, payload: dict[str, Any]) -> None:
        if not self.past.is_told(kind, row["place_id"], at, payload):
            self.drafts.append(self._new(kind, payload, row["place_id"], row["name_ja"], at))

    def _new(
        self,
        kind: str,
        payload: Mapping[str, Any],
        shelter: str | None,
        name: str | None,
        at: datetime | None,
        **more: Any,
    ) -> Draft:
        mode = self.incident_id.partition("-")[0]
        return Draft(kind, payload, self.incident_id, mode, shelter, name, at, **more)

    def _each_place_once(self, clear: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows that speak of one place at one moment: equal ones count once, others are in doubt."""
        once: list[dict[str, Any]] = []
        groups: dict[tuple[str, datetime], list[dict[str, Any]]] = {}
        for row in clear:
            groups.setdefault((row["place_id"], row["at"]), []).append(row)
        for row in clear:
            same = groups[row["place_id"], row["at"]]
            if any(each[name] != row[name] for each in same for name in ("status", *_COUNTS)):
                rows_of_it = ", ".join(str(each["source_row"]) for each in same)
                self._conflict(row, Reason("occupancy_same_place", {"name": row["name_ja"], "rows": rows_of_it}))
            elif row is same[0]:
                once.append(row)
            else:
                self.taken.unchanged += 1
        return once

    def _conflict(self, row: Mapping[str, Any], reason: Reason) -> None:
        self.taken.conflicts.append(Conflict(row["source_row"], row["name_ja"], reason))

    def _name(self, shelter: str) -> str:
        place = self.register.places.get(shelter)
        return place.name_ja if place else self.past.name(shelter) or shelter


def _listed(reading: Reading, at: datetime | None) -> list[dict[str, Any]]:
    """The rows of a list, each with its moment."""
    listed: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in reading.frame.to_dict("records")]
    if not listed:
        raise FileRefused("occupancy_no_rows", count=reading.rows_in)
    for row in listed:
        row["at"] = at or row["at"]
        if row["at"] is None:
            raise FileRefused("occupancy_no_moment", row=row["source_row"])
        if row["at"] > clock.now() + CLOCKS_DIFFER:
            raise FileRefused("occupancy_in_future", row=row["source_row"], at=clock.shown(row["at"]))
    return listed


def _place_id(found: Found, asked: Place, before: list[Place]) -> str:
    return found.place.place_id if found.place else known_again(asked, before)
