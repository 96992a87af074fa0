"""What operators told last: one small file that the watcher writes and that every page may read.

Nothing in it is taken for now without its age. What was told longer ago than the limit says nothing of now: an old
message is never "on time", and a source that cannot be asked is no calm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from otsu_maps import clock, config, whole_file
from otsu_maps.realtime.plain import plain, record
from otsu_maps.realtime.records import SCHEDULED, Alert, TripUpdate, Vehicle
from otsu_maps.reasons import Reason, whole_characters

VERSION = 1
FRESH, STALE, SILENT = "fresh", "stale", "silent"
STATES = (FRESH, STALE, SILENT)
"""Of a source: told within the limit; told, but longer ago (or of a time to come); never heard."""

AHEAD = timedelta(minutes=5)
"""A message may be so far ahead of this clock; beyond it one of the two clocks is wrong, and nobody knows which."""


@dataclass(frozen=True)
class Heard:
    """One source. `heard_at`: when its server last gave something that could be read, `told_at`: as of when that is (as
    the message says; where it does not, since when it has not changed). `problem`: why the last question failed.

    `counts` by kind of what its message held, `refused` how many parts of it could not be used.
    """

    source: str
    feed_id: str | None
    asked_at: datetime | None = None
    heard_at: datetime | None = None
    told_at: datetime | None = None
    problem: Reason | None = None
    counts: dict[str, int] | None = None
    refused: int = 0
    updates: tuple[TripUpdate, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    alerts: tuple[Alert, ...] = ()

    def state(self, at: datetime, limit: timedelta) -> str:
        """One of STATES, at a moment."""
        if self.heard_at is None or self.told_at is None:
            return SILENT
        is_now = at - self.heard_at <= limit and at - self.told_at <= limit and self.told_at - at <= AHEAD
        return FRESH if is_now else STALE

    def as_of(self, told: TripUpdate | Vehicle) -> datetime | None:
        """As of when one of its records is: its own time, never later than that of the message.

        That a trip does not run as planned was decided once, and holds as long as the message says so.
        """
        if isinstance(told, TripUpdate) and told.relationship != SCHEDULED:
            return self.told_at
        times = [each for each in (told.at, self.told_at) if each is not None]
        return min(times, default=None)


@dataclass(frozen=True)
class Latest:
    """All sources. `written_at` is None where no watcher has written yet."""

    written_at: datetime | None = None
    sources: tuple[Heard, ...] = ()

    def since(self) -> datetime | None:
        """As of when the oldest news is: "no data since". None: a source was never heard, or there is none."""
        times = [each.told_at for each in self.sources]
        return None if None in times else min((each for each in times if each is not None), default=None)

    def age(self, at: datetime | None = None) -> timedelta | None:
        """How old the oldest news is; None as in `since`."""
        since = self.since()
        return None if since is None else clock.age(since, at)

    def trips(self, at: datetime, limit: timedelta) -> Iterator[tuple[Heard, TripUpdate]]:
        """Trips as they run now, of fresh sources alone; what is told of a trip itself may not be old either."""
        yield from self._now("updates", at, limit)

    def vehicles(self, at: datetime, limit: timedelta) -> Iterator[tuple[Heard, Vehicle]]:
        """Vehicles whose place is known now."""
        yield from self._now("vehicles", at, limit)

    def alerts(self, at: datetime) -> Iterator[tuple[Heard, Alert]]:
        """Notices that hold at a moment, old ones too: show the state of their source beside them."""
        for heard in self.sources:
            yield from ((heard, alert) for alert in heard.alerts if alert.is_active(at))

    def _now(self, name: str, at: datetime, limit: timedelta) -> Iterator[tuple[Heard, Any]]:
        for heard in self.sources:
            if heard.state(at, limit) == FRESH:
                for told in getattr(heard, name):
                    as_of = heard.as_of(told)
                    if as_of is not None and at - as_of <= limit:
                        yield heard, told


def path() -> Path:
    """Where the watcher of this installation writes."""
    return config.data_dir() / "realtime" / "latest.json"


def latest(file: Path | None = None) -> Latest:
    """What was told last. A file that is not there, or that nobody can read, is an empty one: nothing is known."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        found = json.loads((file or path()).read_text("utf-8"))
        if found["version"] == VERSION:
            kept: Latest = record(Latest, found["latest"])
            return kept
    return Latest()


def save(told: Latest, file: Path | None = None) -> None:
    """Write the file whole or not at all. Raises OSError."""
    file = file or path()
    text = whole_characters(json.dumps({"version": VERSION, "latest": plain(told)}, ensure_ascii=False))
    file.parent.mkdir(parents=True, exist_ok=True)
    whole_file.put(file, text.encode())
