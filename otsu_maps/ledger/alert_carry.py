"""Carry warnings to a closed network: the standing incidents and when each source was heard, in one JSON-lines file.

The file says how old its news is, and that age stays: what counts on the other side is when the sender heard the
source, never when the file came. An import only adds; an older file, or the same again, changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps import clock
from otsu_maps.errors import FileRefused
from otsu_maps.ledger import carry, contact, projection, tables
from otsu_maps.ledger.events import MODES, STANDING, canonical, read_time, written
from otsu_maps.ledger.store import Ledger

FORMAT = "otsu_maps alerts"
VERSION = 1
_END = '{"end":'


@dataclass
class Brought:
    """What an import found: as carry.Imported, and `heard`: by source, when the sender heard it (naive UTC).

    `heard` counts only where the file is whole: what was cut off may be the warning. Nor does it where the sender's
    clock is ahead of ours (`ahead_s`), which would make its news look new from the future.
    """

    new: int = 0
    known: int = 0
    aside: int = 0
    flagged: int = 0
    bad_lines: list[int] = field(default_factory=list)
    is_whole: bool = False
    ahead_s: int | None = None
    heard: dict[str, datetime] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Values of JSON, times in ISO 8601."""
        return asdict(self) | {"heard": {source: written(at) for source, at in self.heard.items()}}


def exported(ledger: Ledger) -> Iterator[str]:
    """The lines of a file, each with its line end: a head, an export of each standing incident, an end."""
    contacts = [{"source": each["source"], "heard_at": each["heard_at"]} for each in contact.sources(ledger)]
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": written(clock.now()),
        "contacts": [each | {"heard_at": written(each["heard_at"])} for each in contacts if each["heard_at"]],
    }
    digest, count = hashlib.sha256(), 0
    for line in _lines(ledger, head):  # the contacts were read before: the events go at least as far
        digest.update(line.encode())
        count += 1
        yield line
    yield canonical({"end": count, "sha256": digest.hexdigest()}) + "\n"


def imported(ledger: Ledger, text: str, file: str, limit: timedelta, actor: str) -> Brought:
    """Take such a file. `limit`: a longer gap between what was heard here and there becomes events (contact.heard).

    Raises FileRefused: `alerts_not_export`, `ledger_other_version`.
    """
    lines = [f"{line}\n" for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n")]
    head = _head(lines[0], file)
    brought, now = Brought(), clock.now()
    brought.is_whole = _is_whole(lines)
    ahead_s = int((head["made_at"] - now).total_seconds())
    brought.ahead_s = ahead_s if ahead_s > carry.SKEW.total_seconds() else None
    for start, block in _blocks(lines[1:-1] if brought.is_whole else lines[1:]):
        try:
            found = carry.imported(ledger, block, file)
        except FileRefused as error:
            if error.reason.code != "ledger_not_export":
                raise
            brought.is_whole = False  # cut off inside the head of this one
            brought.bad_lines.append(start + 1)
            continue
        for name in ("new", "known", "aside", "flagged"):
            setattr(brought, name, getattr(brought, name) + getattr(found, name))
        brought.bad_lines += [start + number for number in found.bad_lines]
        brought.is_whole = brought.is_whole and found.is_whole
        brought.ahead_s = max((each for each in (brought.ahead_s, found.ahead_s) if each is not None), default=None)
    if brought.is_whole and brought.ahead_s is None and not brought.bad_lines:
        with ledger.writing() as connection:
            for source, at in head["contacts"].items():
                _heard(connection, source, at, limit, actor)
        brought.heard = head["contacts"]
    return brought


def _lines(ledger: Ledger, head: dict[str, Any]) -> Iterator[str]:
    yield canonical(head) + "\n"
    for mode in MODES:
        yield from carry.exported(ledger, STANDING[mode])


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The exports inside, each with how many lines of the file stand before it."""
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith(_END) or number == len(lines):
            yield start + 1, lines[start:number]
            start = number


def _is_whole(lines: list[str]) -> bool:
    end = _object(lines[-1])
    digest = hashlib.sha256("".join(lines[:-1]).encode("utf-8", "replace")).hexdigest()
    return end == {"end": len(lines) - 1, "sha256": digest}


def _heard(connection: Connection, source: str, at: datetime, limit: timedelta, actor: str) -> None:
    table = tables.contact
    last = connection.execute(sa.select(table.c.heard_at).where(table.c.source == source)).scalar()
    state = projection.state_of(connection, (contact.PLACE, "contact", source))
    if state and state["is_lost"] and state["at"] >= written(at):
        # The sender has lost it since: its events, which are here by now, say so. Only the age is new.
        if last is not None and at > last:
            connection.execute(sa.update(table).where(table.c.source == source).values(heard_at=at))
        elif last is None:
            connection.execute(sa.insert(table).values(source=source, heard_at=at))
        return
    contact.heard(connection, source, at, limit, actor)


def _head(line: str, file: str) -> dict[str, Any]:
    head = _object(line)
    try:
        if head is None or head["format"] != FORMAT:
            raise FileRefused("alerts_not_export", file=file)
        if head["version"] != VERSION:
            raise FileRefused("ledger_other_version", file=file, found=str(head["version"])[:20], wanted=VERSION)
        contacts = {str(each["source"])[:200]: read_time(each["heard_at"]) for each in head["contacts"]}
        return {"made_at": read_time(head["made_at"]), "contacts": contacts}
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("alerts_not_export", file=file) from error


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
