"""GTFS and GTFS-JP: a timetable as tables whose keys and references hold, with every row that breaks them refused.

The format is the GTFS Schedule Reference (https://gtfs.org/documentation/schedule/reference/) with the additions of
標準的なバス情報フォーマット (GTFS-JP); `gtfs_tables` has it as data. Columns keep the names of the specification.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.errors import FileRefused, MissingColumn
from otsu_maps.formats import archive
from otsu_maps.formats.coded import Coded, Mask, repeated
from otsu_maps.formats.gtfs_cells import Cells, cells_of, typed
from otsu_maps.formats.gtfs_tables import CALENDARS, NEEDED, OPTIONAL, REQUIRED, TABLES, Column, Spec
from otsu_maps.formats.reading import Payload, Reading, Refused
from otsu_maps.formats.text import decode
from otsu_maps.reasons import Reason

ENOUGH = 3
"""So many of the needed files in one folder make it a feed, if perhaps an incomplete one."""

_CORE = frozenset(f"{name}.txt" for name in NEEDED + CALENDARS)
EXCESS = "excess"
"""Stands for the column of what a row holds beyond the header."""

_BLANK = b'\xef\xbb\xbf \t\r\n,"'


@dataclass(frozen=True)
class Feed:
    """One timetable.

    `tables` has every table of gtfs_tables.TABLES by name, without rows and with encoding '' where the feed has no such
    file. Their frames have `source_row` (the header is row 1) and all columns of the specification: texts and ids str;
    times Int64, seconds after noon minus 12 h ('25:10:00' is 90600); dates `date`; lon and lat degrees; other numbers
    Int64 or float64; colours six upper-case hexadecimal digits; what is blank is missing. `valid_from` and
    `valid_until` are those of feed_info, else the first and the last day of the calendars. `warnings` are about rows
    and files that were read, or that nobody needs: `gtfs_file_blank`, `gtfs_file_unused`, `gtfs_columns_unused`,
    `gtfs_value_ignored`, `gtfs_dangling`; one a file and column, with how many rows it is about. `files`: the names
    of all files that lie together in the zip, in lower case.
    """

    name: str
    tables: dict[str, Reading]
    valid_from: date | None
    valid_until: date | None
    warnings: tuple[Refused, ...]
    files: tuple[str, ...] = ()

    @property
    def rows_in(self) -> int:
        return sum(reading.rows_in for reading in self.tables.values())

    @property
    def rows_out(self) -> int:
        return sum(reading.rows_out for reading in self.tables.values())

    @property
    def refused(self) -> tuple[Refused, ...]:
        return tuple(refused for reading in self.tables.values() for refused in reading.refused)


def looks_like(payload_names: Iterable[str]) -> bool:
    """Whether the names of a zip's files, as `archive.unpack` gives them, are those of a feed, even an incomplete one.

    That is: at least three of agency, stops, routes, trips, stop_times, calendar and calendar_dates in one folder.
    """
    folders: dict[str, set[str]] = {}
    for name in payload_names:
        folder, _, base = name.rpartition("/")
        folders.setdefault(folder, set()).add(base.lower())
    return any(len(_CORE & names) >= ENOUGH for names in folders.values())


def read(payload: Payload, max_bytes: int, without: Iterable[str] = ()) -> list[Feed]:
    """The feeds in a zip, in the order of their folders or inner zips; see Feed.

    `without`: tables that the question does not need and that are large, such as shapes; their files are not opened,
    and the feed has them without rows. A table that every feed must have cannot be left out.

    A row is refused with `row_gtfs_missing`, `row_gtfs_bad_value`, `row_gtfs_dangling` (a trip without its route or
    service, a stop time without its trip or stop), `row_gtfs_duplicate` (the first stays) or `row_gtfs_extra` (more
    cells than the header), each with file, row, column and value. What depends on a refused row is refused with it.

    Raises FileRefused: `gtfs_no_file` (`missing` names all files that are missing or blank), `file_quote_open`,
    `file_too_many_columns`, `file_broken`, and what `text.decode` raises; MissingColumn: `file_no_column` (a column
    that a needed file must have); UnsafeFile: `file_giant_cell`, and what `archive.unpack` raises.
    """
    folders: dict[str, list[Payload]] = {}
    skipped = frozenset(without) - {*NEEDED, *CALENDARS}
    files = {f"{name}.txt" for name in skipped}
    for member in archive.unpack(payload, max_bytes, lambda name: name.rpartition("/")[2].lower() in files):
        folders.setdefault(member.name.rpartition("/")[0], []).append(member)
    feeds = {folder: files for folder, files in folders.items() if looks_like(file.name for file in files)}
    if not feeds:
        feeds = dict([max(folders.items(), key=lambda item: _core_files(item[1]), default=("", []))])
    return [
        _Reader(payload.name if len(feeds) == 1 else f"{payload.name}/{folder}", skipped).feed(members)
        for folder, members in sorted(feeds.items())
    ]


def _core_files(files: Iterable[Payload]) -> int:
    return len(_CORE & {_base(file) for file in files})


def _base(file: Payload) -> str:
    return file.name.rpartition("/")[2].lower()


def _is_blank(data: bytes) -> bool:
    return not data[:1000].strip(_BLANK) and not data.strip(_BLANK)


@dataclass
class _Reader:
    """One feed while it is read."""

    name: str
    skipped: frozenset[str] = frozenset()
    tables: dict[str, Reading] = field(default_factory=dict)
    warnings: list[Refused] = field(default_factory=list)

    def feed(self, members: list[Payload]) -> Feed:
        files: dict[str, Payload] = {}
        for member in members:
            if _base(member) in {spec.file for spec in TABLES} - set(files):
                files[_base(member)] = member
            elif _base(member).endswith(".txt"):
                self._warn("gtfs_file_unused", member.name.rpartition("/")[2])
        blank = [name for name, member in files.items() if _is_blank(member.data)]
        for name in blank:
            del files[name]
            self._warn("gtfs_file_blank", name)
        missing = [f"{name}.txt" for name in NEEDED if f"{name}.txt" not in files]
        if not any(f"{name}.txt" in files for name in CALENDARS):
            missing.append(" / ".join(f"{name}.txt" for name in CALENDARS))
        if missing:
            raise FileRefused("gtfs_no_file", file=self.name, missing=", ".join(missing))
        for spec in TABLES:
            self.tables[spec.name] = self._table(spec, files.get(spec.file))
        for spec in TABLES:
            self._report_dangling(spec)
        return Feed(self.name, self.tables, *self._validity(), tuple(self.warnings), tuple(map(_base, members)))

    def _table(self, spec: Spec, file: Payload | None) -> Reading:
        cells, encoding = Cells(np.zeros(0, np.int64), {}, None), ""
        if file is not None:
            payload = Payload(f"{self.name}/{spec.file}", file.data)
            text, encoding = decode(payload)
            cells = cells_of(payload, text, file.data if encoding in ("utf-8", "utf-8-sig") else None)
            self._compare_columns(spec, payload.name, cells)
        checks = _Checks(spec, cells)
        frame = pd.DataFrame({column.name: self._column(column, checks) for column in spec.columns})
        for column in spec.columns:
            if column.is_firm:
                self._refuse_dangling(column, checks)
        checks.position(frame)
        checks.key()
        frame.insert(0, "source_row", cells.rows)
        if not checks.usable.all():
            frame = frame[checks.usable].reset_index(drop=True)
        return Reading(f"gtfs_{spec.name}", encoding, len(cells.rows), frame, tuple(checks.refusals()))

    def _compare_columns(self, spec: Spec, file: str, cells: Cells) -> None:
        for column in spec.columns:
            if column.need == REQUIRED and column.name not in cells.columns and spec.name in NEEDED + CALENDARS:
                raise MissingColumn("file_no_column", file=file, column=column.name)
        known = {column.name for column in spec.columns}
        if unused := [name for name in cells.columns if name not in known]:
            self._warn("gtfs_columns_unused", spec.file, columns=", ".join(unused))

    def _column(self, column: Column, checks: _Checks) -> pd.Series:
        cells = checks.cells.column(column.name)
        if column.need == REQUIRED and (blank := cells.texts == "").any():
            is_blank = cells.mask(blank)
            if column.unless:
                other = checks.cells.column(column.unless[0])
                is_blank &= ~other.mask(np.isin(other.texts, column.unless[1]))
            checks.refuse(is_blank, "row_gtfs_missing", column.name)
        values, checks.values[column.name], bad = typed(cells, column, is_many=checks.spec.is_long)
        if bad is None:
            return values
        if column.need != OPTIONAL:
            checks.refuse(bad, "row_gtfs_bad_value", column.name)
        elif bad.any():
            first = int(bad.argmax())
            value = str(cells.texts[cells.codes[first]])
            about = {"column": column.name, "value": value[:200], "count": int(bad.sum())}
            self._warn("gtfs_value_ignored", checks.spec.file, int(checks.cells.rows[first]), **about)
        return values

    def _refuse_dangling(self, column: Column, checks: _Checks) -> None:
        cells = checks.values[column.name]
        known = self._known(cells.texts, column)
        if not known.all():
            checks.refuse(cells.mask(~known), "row_gtfs_dangling", column.name)

    def _known(self, values: Iterable[Any], column: Column) -> Mask:
        """Whether each value stands in a column that this one refers to."""
        known: set[Any] = set()
        for target in column.of:
            table, _, name = target.partition(".")
            known.update(self.tables[table].frame[name].dropna().unique().tolist())
        return np.fromiter((value in known for value in values), bool)

    def _report_dangling(self, spec: Spec) -> None:
        frame = self.tables[spec.name].frame
        for column in spec.columns:
            targets = [target.partition(".")[0] for target in column.of]
            if not targets or column.is_firm or frame.empty or self.skipped & {*targets}:
                continue
            filled = frame[frame[column.name].notna()]
            lost = filled[~self._known(filled[column.name], column)]
            if len(lost):
                about = {"column": column.name, "value": str(lost[column.name].iloc[0])[:200], "count": len(lost)}
                target = " / ".join(f"{name}.txt" for name in targets)
                self._warn("gtfs_dangling", spec.file, int(lost["source_row"].iloc[0]), target=target, **about)

    def _validity(self) -> tuple[date | None, date | None]:
        info, weeks = self.tables["feed_info"].frame, self.tables["calendar"].frame
        days = self.tables["calendar_dates"].frame
        extra = list(days.loc[days["exception_type"] == 1, "date"])
        first = list(info["feed_start_date"].dropna()) or [*weeks["start_date"], *extra]
        last = list(info["feed_end_date"].dropna()) or [*weeks["end_date"], *extra]
        return min(first, default=None), max(last, default=None)

    def _warn(self, code: str, file: str, row: int = 1, **about: Any) -> None:
        params = {"file": file, **({"row": row} if "value" in about else {}), **about}
        self.warnings.append(Refused(row, Reason(code, params), str(about.get("value", about.get("columns", "")))))


@dataclass
class _Checks:
    """Which rows of one table can be used. A row is refused once, for the first rule that it breaks.

    `values`: columns coded by what their texts mean.
    """

    spec: Spec
    cells: Cells
    found: list[tuple[Mask, str, str]] = field(default_factory=list)
    values: dict[str, Coded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.usable: Mask = np.ones(len(self.cells.rows), bool)
        if self.cells.excess is not None:
            self.refuse(self.cells.excess.mask(self.cells.excess.texts != ""), "row_gtfs_extra", EXCESS)

    def refuse(self, bad: Mask, code: str, column: str) -> None:
        bad = bad & self.usable
        if bad.any():
            self.usable &= ~bad
            self.found.append((bad, code, column))

    def position(self, frame: pd.DataFrame) -> None:
        """Nothing here lies at 0, 0: that is how a program writes an unknown place."""
        if self.spec.position:
            lat, lon = (frame[name] for name in self.spec.position)
            self.refuse(((lat == 0) & (lon == 0)).to_numpy(bool), "row_gtfs_bad_value", self.spec.position[0])

    def key(self) -> None:
        if self.spec.key:
            again = repeated([self.values[name] for name in self.spec.key], self.usable)
            shown = ", ".join(name for name in self.spec.key if name in self.cells.columns)
            self.refuse(again, "row_gtfs_duplicate", shown)

    def refusals(self) -> list[Refused]:
        refused = []
        for bad, code, column in self.found:
            at = np.flatnonzero(bad)
            whole = [",".join(line) for line in self._lines(list(self.cells.columns), at)]
            values = [", ".join(line) for line in self._lines(column.split(", "), at)]
            for row, value, text in zip(self.cells.rows[at].tolist(), values, whole, strict=True):
                about = {"file": self.spec.file, "row": row, "column": column, "value": value[:200]}
                refused.append(Refused(row, Reason(code, about), text[:2000]))
        return sorted(refused, key=lambda one: one.row)

    def _lines(self, names: list[str], at: npt.NDArray[np.intp]) -> list[tuple[str, ...]]:
        """Cells of these columns in these rows."""
        if names == [EXCESS] and self.cells.excess is not None:
            return [(str(each),) for each in self.cells.excess.texts[self.cells.excess.codes[at]]]
        columns = [self.cells.texts(name, at) for name in names]
        return list(zip(*columns, strict=True)) if columns else [()] * len(at)
