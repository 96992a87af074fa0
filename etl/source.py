"""One source in a build: its files read, tidied into the rows of its table, and the rows that failed the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd
import shapely

from etl import contract
from etl.cards import Card
from otsu_maps import config
from otsu_maps.config import City
from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats.archive import unpack
from otsu_maps.formats.reading import Payload, Reading, Refused


@dataclass(frozen=True)
class Inputs:
    """The raw files of one source, in memory. `data_at` is naive UTC: when they were last known to be current."""

    payloads: tuple[Payload, ...]
    data_at: datetime

    @property
    def names(self) -> str:
        return ", ".join(payload.name for payload in self.payloads)

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for payload in self.payloads:
            digest.update(hashlib.sha256(payload.data).digest())
        return digest.hexdigest()

    @classmethod
    def read(cls, paths: tuple[Path, ...], data_at: datetime) -> Inputs:
        limit = config.max_file_bytes()
        for path in paths:
            if path.stat().st_size > limit:
                raise UnsafeFile("file_too_large", file=path.name, max_bytes=limit)
        are_told_apart = len({path.name for path in paths}) == len(paths)
        names = [path.name if are_told_apart else f"{path.parent.name}/{path.name}" for path in paths]
        return cls(tuple(Payload(name, path.read_bytes()) for name, path in zip(names, paths, strict=True)), data_at)


@dataclass(frozen=True)
class Job:
    """What a source needs to tidy itself: its card, its files, the city, and the tables made before it."""

    card: Card
    city: City
    inputs: Inputs
    frames: Mapping[str, pd.DataFrame]


@dataclass
class Tidy:
    """Rows for a table (with `file` and `source_row`), rows for `more` tables, and those refused by file."""

    frame: pd.DataFrame
    format: str = ""
    rows_in: int = 0
    rows_elsewhere: int = 0
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    parts: int = 0
    more: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def rows_out(self) -> int:
        """Source rows that went into tables: several pieces of land may have become one row."""
        if self.parts:
            return self.parts
        return len(self.frame[["file", "source_row"]].drop_duplicates()) if len(self.frame) else 0

    def checked(self, *rules: contract.Rule) -> Tidy:
        """Itself, with the rows that break a rule moved to `refused`."""
        good, refused = contract.apply(self.frame, *rules)
        self.frame = good.reset_index(drop=True)
        self.refused += refused
        return self

    def one_row(self) -> Tidy:
        """Itself with one row, into which the reader merged the others; all stay counted."""
        self.parts = self.rows_out
        self.frame = self.frame.head(1)
        return self


def first_that_reads(job: Job, read: Callable[[Payload], Reading]) -> Tidy:
    """Every file that `read` understands, in one table. Members of a zip that it refuses are passed over.

    A zip of which no member reads is offered whole (a Shapefile lives in several members).
    Raises the first refusal where nothing reads.
    """
    readings: list[tuple[str, Reading]] = []
    for file in job.inputs.payloads:
        members = unpack(file, config.max_file_bytes())
        found, refusal = _read_all(members, read)
        if not found and len(members) > 1:
            found, _ = _read_all([file], read)
        if not found:
            raise refusal or FileRefused("file_empty", file=file.name)
        taken = {name for name, _ in readings}
        readings += [(f"{file.name}/{name}" if name in taken else name, reading) for name, reading in found]
    return _together(readings)


def with_wkb(tidy: Tidy) -> Tidy:
    """Itself with column `geom` (WKB) in place of `geometry`: what a table can hold."""
    tidy.frame["geom"] = [shapely.to_wkb(shape) for shape in tidy.frame.pop("geometry")]
    return tidy


def _read_all(
    payloads: list[Payload], read: Callable[[Payload], Reading]
) -> tuple[list[tuple[str, Reading]], FileRefused | None]:
    found: list[tuple[str, Reading]] = []
    refusal: FileRefused | None = None
    for payload in payloads:
        try:
            found.append((payload.name, read(payload)))
        except UnsafeFile:
            raise
        except FileRefused as error:
            refusal = refusal or error
    return found, refusal


def _together(readings: list[tuple[str, Reading]]) -> Tidy:
    frames = [reading.frame.assign(file=file) for file, reading in readings if len(reading.frame)]
    return Tidy(
        frame=pd.concat(frames, ignore_index=True) if frames else readings[0][1].frame.assign(file=None),
        format=", ".join(sorted({reading.format for _, reading in readings})),
        rows_in=sum(reading.rows_in for _, reading in readings),
        rows_elsewhere=sum(reading.rows_elsewhere for _, reading in readings),
        refused=[(file, refused) for file, reading in readings for refused in reading.refused],
    )
