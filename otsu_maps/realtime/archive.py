"""What operators told, kept as Parquet in the data folder: `archive/realtime/<kind>/<day>/<time>-<process>-<n>`.

Days and times are UTC. Kinds: `trips` (a row a stop of a trip), `vehicles`, `alerts`. A file is written whole under
another name and then renamed, and never opened again to write: a process that is killed loses the rows that it had not
written yet (FLUSH_S) and damages nothing. Days beyond the limit are removed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from otsu_maps import clock, config
from otsu_maps.realtime.plain import plain
from otsu_maps.realtime.records import Alert, TripUpdate, Vehicle

FLUSH_S = 600.0
MOST_ROWS = 200_000
"""Rows in memory: then they are written at once. While the disk takes none, the oldest go."""

_TIME = pa.timestamp("s")
_WHEN = [("heard_at", _TIME), ("message_at", _TIME), ("source", pa.string()), ("feed_id", pa.string())]
_TRIP = [
    *[(name, pa.string()) for name in ("entity_id", "trip_id", "route_id", "trip_relationship", "vehicle_id")],
    *[("start_date", pa.date32()), ("start_time_s", pa.int32()), ("trip_at", _TIME), ("trip_delay_s", pa.int32())],
    *[("stop_sequence", pa.int32()), ("stop_id", pa.string()), ("stop_relationship", pa.string())],
    *[("arrival_delay_s", pa.int32()), ("arrival_at", _TIME)],
    *[("departure_delay_s", pa.int32()), ("departure_at", _TIME)],
]
_VEHICLE = [
    *[(name, pa.string()) for name in ("entity_id", "vehicle_id", "label", "trip_id", "route_id")],
    *[("start_date", pa.date32()), ("lon", pa.float64()), ("lat", pa.float64())],
    *[("bearing_deg", pa.float32()), ("speed_ms", pa.float32())],
    *[("stop_id", pa.string()), ("stop_sequence", pa.int32()), ("status", pa.string()), ("occupancy", pa.string())],
    ("at", _TIME),
]
_ALERT = [(name, pa.string()) for name in ("entity_id", "cause", "effect", "severity")] + [
    (name, pa.string()) for name in ("periods", "informed", "header", "description", "url")
]
SCHEMAS = {
    "trips": pa.schema([*_WHEN, *_TRIP]),
    "vehicles": pa.schema([*_WHEN, *_VEHICLE]),
    "alerts": pa.schema([*_WHEN, *_ALERT]),
}
"""Columns by kind. Times are UTC; delays and start times are seconds; lists and texts of alerts are JSON."""

KINDS = tuple(SCHEMAS)
Row = dict[str, Any]


def folder() -> Path:
    """Where the archive of this installation lies."""
    return config.data_dir() / "archive" / "realtime"


def trip_rows(updates: Iterable[TripUpdate]) -> Iterator[Row]:
    """A row for each stop of each trip, one row without a stop where a trip names none."""
    for update in updates:
        row = {name: getattr(update, name) for name in ("entity_id", "trip_id", "route_id", "vehicle_id")}
        row |= {"start_date": update.start_date, "start_time_s": update.start_time_s, "trip_at": update.at}
        row |= {"trip_relationship": update.relationship, "trip_delay_s": update.delay_s}
        for stop in update.stops:
            told = {f"{name}": getattr(stop, name) for name in ("arrival_delay_s", "arrival_at", "departure_delay_s")}
            told |= {"departure_at": stop.departure_at, "stop_sequence": stop.sequence, "stop_id": stop.stop_id}
            yield {**row, **told, "stop_relationship": stop.relationship}
        if not update.stops:
            yield row


def vehicle_rows(vehicles: Iterable[Vehicle]) -> Iterator[Row]:
    """A row for each vehicle."""
    yield from (dict(vars(vehicle)) for vehicle in vehicles)


def alert_rows(alerts: Iterable[Alert]) -> Iterator[Row]:
    """A row for each alert."""
    for alert in alerts:
        row = dict(vars(alert))
        for name in ("periods", "informed", "header", "description", "url"):
            row[name] = json.dumps(plain(row[name]), ensure_ascii=False)
        yield row


class Archive:
    """Rows that wait in memory, and the files that they become. One process writes; others read at any time."""

    def __init__(self, root: Path, keep_days: int) -> None:
        self.root, self.keep_days = root, keep_days
        self.dropped = 0
        self._written = 0
        self._waiting: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        self._since: datetime | None = None
        self._pruned_on: date | None = None

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, kind: str, rows: Iterable[Row], about: Mapping[str, Any]) -> None:
        """Rows of a message; `about`: heard_at, message_at, source, feed_id."""
        self._waiting[kind] += [{**about, **row} for row in rows]
        self._since = self._since or about["heard_at"]

    def is_due(self, at: datetime) -> bool:
        """Whether what waits should be written now."""
        is_old = self._since is not None and not timedelta(0) <= at - self._since < timedelta(seconds=FLUSH_S)
        return self.waiting > 0 and (is_old or self.waiting >= MOST_ROWS)

    def flush(self) -> list[Path]:
        """Write what waits; gives the files. Raises OSError: what could not be written still waits."""
        self._prune()
        written = []
        try:
            for kind in KINDS:
                for day, rows in sorted(_by_day(self._waiting[kind]).items()):
                    written.append(self._write(kind, day, rows))
                    self._waiting[kind] = [row for row in self._waiting[kind] if row["heard_at"].date() != day]
        except OSError:
            self._make_room()
            raise
        self._since = None
        return written

    def _write(self, kind: str, day: date, rows: list[Row]) -> Path:
        self._written += 1  # a clock that is set back must not give one name twice
        name = f"{clock.stamp(clock.now())}-{os.getpid()}-{self._written}.parquet"
        target = self.root / kind / day.isoformat() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.part")
        try:
            table = pa.Table.from_pylist(rows, schema=SCHEMAS[kind])
            with unfinished.open("wb") as file:
                pq.write_table(table, file, compression="zstd")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target

    def _make_room(self) -> None:
        for kind, rows in self._waiting.items():
            if len(rows) > MOST_ROWS:
                self.dropped += len(rows) - MOST_ROWS
                self._waiting[kind] = rows[-MOST_ROWS:]

    def _prune(self) -> None:
        """Once a day: days beyond the limit, and what a killed process left unfinished before today."""
        today = clock.now().date()
        if self._pruned_on == today:
            return
        for path, day in _days(self.root):
            if day < today - timedelta(days=self.keep_days):
                shutil.rmtree(path, ignore_errors=True)
            elif day < today:
                for part in path.glob(".*.part"):
                    with suppress(OSError):
                        part.unlink()
        self._pruned_on = today


def read(kind: str, root: Path, since: datetime, until: datetime) -> tuple[pa.Table, list[Path]]:
    """Rows that were heard from `since` until before `until`, and files that could not be read.

    Columns: SCHEMAS[kind].
    """
    files, broken = [], []
    for path, day in _days(root, kind):
        if since.date() <= day <= until.date():
            for file in sorted(path.glob("*.parquet")):
                try:
                    pq.read_metadata(file)
                    files.append(file)
                except (OSError, pa.ArrowException):
                    broken.append(file)
    if not files:
        return SCHEMAS[kind].empty_table(), broken
    inside = (ds.field("heard_at") >= pa.scalar(since, _TIME)) & (ds.field("heard_at") < pa.scalar(until, _TIME))
    return ds.dataset([str(file) for file in files], schema=SCHEMAS[kind]).to_table(filter=inside), broken


def days(root: Path, kind: str) -> list[date]:
    """Days (UTC) of which there is something."""
    return sorted({day for _, day in _days(root, kind)})


def _days(root: Path, kind: str = "*") -> list[tuple[Path, date]]:
    found = []
    for path in sorted(root.glob(f"{kind}/*")):
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", path.name) and path.is_dir():
            with suppress(ValueError):
                found.append((path, date.fromisoformat(path.name)))
    return found


def _by_day(rows: list[Row]) -> dict[date, list[Row]]:
    found: dict[date, list[Row]] = {}
    for row in rows:
        found.setdefault(row["heard_at"].date(), []).append(row)
    return found
