"""Carry events between installations as a file: JSON lines, the first says whose, the last how many.

An import only adds: in any order, twice, in parts, it ends in the same state. What came in is never dropped: an event
that is not understood, or that contradicts another, is kept and flagged, and does not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps import clock
from otsu_maps.errors import FileRefused
from otsu_maps.ledger import kinds, private, projection, rows, tables
from otsu_maps.ledger.events import CHAINED, Event, canonical, read_time, written
from otsu_maps.ledger.store import Ledger

FORMAT = "otsu_maps ledger"
VERSION = 1
TIMES = ("occurred_at", "recorded_at")
TEXTS = frozenset(CHAINED) - {"sequence", "payload", *TIMES}
MAY_MISS = frozenset({"incident_id", "shelter_id", "place_name", "corrects"})
SKEW = timedelta(seconds=60)
"""A clock ahead by more is worth saying."""


@dataclass
class Contents:
    """What a file of an export holds, before anything is done with it.

    `events`: by id; one of which two contents came is flagged. `aside`: lines that contradict their hash or another
    line, each with its number, its event and why. `persons`: rows of persons and notes. `is_whole` is false for a file
    that was cut off or altered.
    """

    head: dict[str, Any]
    events: dict[str, Event] = field(default_factory=dict)
    aside: list[tuple[int, Event, dict[str, Any], str]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    bad_lines: list[int] = field(default_factory=list)
    is_whole: bool = False

    @property
    def counting(self) -> list[Event]:
        """The events that are understood and that nothing contradicts, with all that their kinds hold by default."""
        good = (event for event in self.events.values() if (event.flag or rows.understood(event)) is None)
        return [event._replace(payload=kinds.checked(event.kind, event.payload)) for event in good]

    @property
    def doubtful_lines(self) -> list[int]:
        """Numbers of the lines that are no events, or that contradict."""
        return sorted({*self.bad_lines, *(number for number, *_ in self.aside)})


@dataclass
class Imported:
    """What an import found. `aside`: kept apart, contradicting; `flagged`: kept, not counted; `bad_lines`: no events.

    `is_whole` is false for a file that was cut off. `ahead_s`: how far the sender's clock is ahead at least.
    """

    new: int = 0
    known: int = 0
    aside: int = 0
    flagged: int = 0
    bad_lines: list[int] = field(default_factory=list)
    persons: int = 0
    is_whole: bool = False
    ahead_s: int | None = None


def exported(ledger: Ledger, incident_id: str | None = None, with_persons: bool = False) -> Iterator[str]:
    """The lines of an export, each with its line end, and an anchor of each chain in it.

    Without persons and free texts unless asked for; the caller seals those (sealed.seal).
    """
    column = tables.event.c
    where = [column.incident_id == incident_id] if incident_id else []
    with ledger.writing() as connection:
        events = rows.read(connection, *where, order_by=(column.installation_id, column.sequence))
        installations = [dict(row) for row in connection.execute(sa.select(tables.installation)).mappings()]
        now = clock.now()
        for each in installations:
            anchor(connection, each["installation_id"], each["last_sequence"], each["last_hash"], now, "export")
        private_lines = list(_private(connection, incident_id)) if with_persons else []
    names = ("installation_id", "name", "last_sequence", "last_hash")
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": written(now),
        "made_by": ledger.own,
        "installations": [{name: each[name] for name in names} for each in installations],
    }
    digest, count = hashlib.sha256(), 0
    for line in (
        canonical(head),
        *(canonical(event.line() | {"hash": event.hash}) for event in events),
        *private_lines,
    ):
        digest.update(line.encode())
        count += 1
        yield line + "\n"
    yield canonical({"end": count, "sha256": digest.hexdigest()}) + "\n"


def contents(lines: Iterable[str], file: str, received_at: datetime | None = None) -> Contents:
    """Read the lines of an export. `received_at` of its events: None, when each was recorded.

    Raises FileRefused where the first line is not that of an export.
    """
    lines = iter(lines)
    found = Contents(_head(next(lines, ""), file))
    digest, count = hashlib.sha256(canonical(found.head).encode()), 1
    for number, text in enumerate(lines, 2):
        line = _object(text)
        if line is None:
            found.bad_lines.append(number)
        elif "end" in line:
            found.is_whole = line.get("end") == count and line.get("sha256") == digest.hexdigest()
            break
        elif "person_ref" in line or "note_id" in line:
            found.persons.append(line)
        else:
            _sort(found, number, line, received_at)
        digest.update(text.rstrip("\n").encode())
        count += 1
    return found


def imported(ledger: Ledger, lines: Iterable[str], file: str) -> Imported:
    """Take the lines of an export. Raises FileRefused where the first line is not that of an export."""
    now = clock.now()
    found = contents(lines, file, now)
    result = Imported(bad_lines=found.bad_lines, is_whole=found.is_whole)
    with ledger.writing() as connection:
        for _, event, line, reason in found.aside:
            _aside(connection, event, line, reason, result)
        _take(connection, list(found.events.values()), result)
        result.persons = private.take(connection, found.persons)
        _note_senders(connection, found.head, found.events.values(), now, result)
    return result


def anchor(connection: Connection, installation: str, sequence: int, digest: str, at: datetime, place: str) -> None:
    """Write down that the head of a chain was also written down elsewhere; the first time counts."""
    table = tables.anchor
    here = sa.and_(table.c.installation_id == installation, table.c.sequence == sequence)
    if sequence and not connection.execute(sa.select(table.c.hash).where(here)).first():
        row = {"installation_id": installation, "sequence": sequence, "hash": digest}
        connection.execute(sa.insert(table), row | {"anchored_at": at, "place": place})


def _private(connection: Connection, incident_id: str | None) -> Iterator[str]:
    for table in (tables.person, tables.note):
        where = [table.c.incident_id == incident_id] if incident_id else []
        for row in connection.execute(sa.select(table).where(*where)).mappings():
            yield canonical({**row, "recorded_at": written(row["recorded_at"])})


def _head(text: str, file: str) -> dict[str, Any]:
    head = _object(text)
    if head is None or head.get("format") != FORMAT or not isinstance(head.get("installations"), list):
        raise FileRefused("ledger_not_export", file=file)
    if head.get("version") != VERSION:
        raise FileRefused("ledger_other_version", file=file, found=str(head.get("version"))[:20], wanted=VERSION)
    return head


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _event(line: dict[str, Any], received_at: datetime | None) -> Event | None:
    """The event of a line, None where it is none."""
    if set(line) != {*CHAINED, "hash"} or not isinstance(line["payload"], dict):
        return None
    is_text = all(isinstance(line[name], str) or (line[name] is None and name in MAY_MISS) for name in TEXTS)
    is_number = isinstance(line["sequence"], int) and 0 < line["sequence"] < 2**31
    if not (is_text and is_number and isinstance(line["hash"], str)):
        return None
    try:
        times = {name: read_time(line[name]) for name in TIMES}
        canonical(line).encode()
    except (ValueError, TypeError, OverflowError):
        return None
    return Event(**{**line, **times, "received_at": received_at or times["recorded_at"]})


def _sort(found: Contents, number: int, line: dict[str, Any], received_at: datetime | None) -> None:
    event = _event(line, received_at)
    if event is None:
        found.bad_lines.append(number)
        return
    first = found.events.get(event.event_id)
    if event.digest() != event.hash:
        found.aside.append((number, event, line, "event_other_hash"))
    elif first is None:
        found.events[event.event_id] = event
    elif first.hash != event.hash:
        found.aside.append((number, event, line, "event_two_contents"))
        found.events[event.event_id] = first._replace(flag="event_two_contents")


def _take(connection: Connection, events: list[Event], result: Imported) -> None:
    present = {
        event.event_id: event
        for event in rows.by_ids(connection, tables.event.c.event_id, (e.event_id for e in events))
    }
    own = connection.execute(sa.select(tables.installation.c.installation_id).where(tables.installation.c.is_own))
    mine = set(own.scalars())
    fresh: list[Event] = []
    disputed: list[Event] = []
    for event in events:
        known = present.get(event.event_id)
        if known is None:
            flag = event.flag or rows.understood(event)
            fresh.append(event._replace(flag=flag))
            result.flagged += flag is not None
        elif known.hash == event.hash:
            result.known += 1
            if event.flag and known.flag is None and known.installation_id not in mine:
                disputed.append(known)
        else:
            _aside(connection, event, event.line() | {"hash": event.hash}, "event_two_contents", result)
            if known.flag is None and known.installation_id not in mine:
                disputed.append(known)
    touched = projection.keys_of(connection, disputed)
    if fresh:
        connection.execute(sa.insert(tables.event), [rows.row_of(event) for event in fresh])
    for event in disputed:
        doubted = rows.row_of(event._replace(flag="event_two_contents"))
        derived = {name: doubted[name] for name in ("topic", "topic_key", "to_shelter_id", "flag")}
        connection.execute(sa.update(tables.event).where(tables.event.c.event_id == event.event_id).values(derived))
    projection.refresh(connection, touched | projection.keys_of(connection, fresh))
    result.new += len(fresh)


def _aside(connection: Connection, event: Event, line: dict[str, Any], reason: str, result: Imported) -> None:
    table = tables.variant
    text = canonical(line)
    digest = hashlib.sha256(text.encode()).hexdigest()
    here = sa.and_(table.c.event_id == event.event_id, table.c.hash == digest)
    if not connection.execute(sa.select(table.c.hash).where(here)).first():
        row = {"event_id": event.event_id, "hash": digest, "received_at": event.received_at, "reason": reason}
        connection.execute(sa.insert(table), row | {"line": text})
    result.aside += 1


def _note_senders(
    connection: Connection, head: dict[str, Any], events: Iterable[Event], now: datetime, result: Imported
) -> None:
    """Whose events came, how far they go, and how far a clock is ahead of ours at least."""
    newest: dict[str, Event] = {}
    ahead: dict[str, timedelta] = {}
    for event in events:
        last = newest.get(event.installation_id)
        newest[event.installation_id] = event if last is None or last.sequence < event.sequence else last
        ahead[event.installation_id] = max(ahead.get(event.installation_id, timedelta(0)), event.recorded_at - now)
    named = {str(each.get("installation_id")): str(each.get("name")) for each in head["installations"]}
    table = tables.installation
    held = {row["installation_id"]: row for row in connection.execute(sa.select(table)).mappings()}
    for installation_id, event in sorted(newest.items()):
        known = held.get(installation_id)
        if known and known["is_own"]:
            continue
        skew = int(ahead[installation_id].total_seconds())
        row = {
            "name": named.get(installation_id, installation_id)[:200],
            "last_sequence": max(event.sequence, known["last_sequence"] if known else 0),
            "last_hash": event.hash if not known or event.sequence >= known["last_sequence"] else known["last_hash"],
            "ahead_s": max(skew, (known["ahead_s"] if known else 0) or 0),
            "seen_at": now,
        }
        if known:
            connection.execute(sa.update(table).where(table.c.installation_id == installation_id).values(row))
        else:
            connection.execute(sa.insert(table), {"installation_id": installation_id, "is_own": False, **row})
        if skew > SKEW.total_seconds():
            result.ahead_s = max(result.ahead_s or 0, skew)
