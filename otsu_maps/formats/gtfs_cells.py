"""The cells of a GTFS file: a CSV text read by column at once, each different text of a column once.

CSV as RFC 4180 describes it and as feeds are: short rows, spaces after commas, blank lines, rows that are too long. A
file that keeps strictly to RFC 4180 (nearly all do) is read by Arrow; any other one by pandas; and one with rows that
are too long line by line. All three give the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats import gtfs_quick
from otsu_maps.formats.coded import Coded, Mask
from otsu_maps.formats.gtfs_tables import Column
from otsu_maps.formats.reading import Payload
from otsu_maps.formats.table import MAX_CELL_CHARS, MAX_COLUMNS, clean

LIMITS = {"lat": 90.0, "lon": 180.0}
"""Degrees to both sides of 0."""

_END = "\0end"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")


@dataclass(frozen=True)
class Cells:
    """What stands below the header, blank rows left out: stripped, by column name, in rows as a person counts.

    Columns without a name are left out too. `excess` has the cells beyond the header, None where no row has any.
    """

    rows: npt.NDArray[np.int64]
    columns: dict[str, Coded]
    excess: Coded | None

    def column(self, name: str) -> Coded:
        """A column, blank everywhere where the file has none of that name."""
        found = self.columns.get(name)
        return Coded(np.zeros(len(self.rows), np.int32), np.array([""], object)) if found is None else found

    def texts(self, name: str, at: npt.NDArray[np.intp]) -> list[str]:
        """The cells of some rows (by position)."""
        column = self.column(name)
        return [str(each) for each in column.texts[column.codes[at]]]


def cells_of(payload: Payload, text: str, utf8: bytes | None = None) -> Cells:
    """The cells of a file; `utf8` are the bytes of the text where they are at hand.

    Raises FileRefused: `file_broken`, `file_too_many_columns`, `file_quote_open`; UnsafeFile: `file_giant_cell`.
    """
    quick = gtfs_quick.read(text.encode() if utf8 is None else utf8, MAX_COLUMNS, MAX_CELL_CHARS)
    header, above, grid = quick if quick is not None else _slowly(payload, text)
    excess = grid[len(header)] if len(grid) > len(header) else None
    filled = np.zeros(len(grid[0].codes) if grid else 0, bool)
    for column in grid:
        if filled.all():
            break
        filled |= column.mask(column.texts != "")
    rows = np.arange(above + 2, above + 2 + len(filled), dtype=np.int64)
    names: dict[str, int] = {}
    for position, cell in enumerate(header):
        names.setdefault(clean(cell).lower(), position)
    columns = {name: grid[at] for name, at in names.items() if name}
    if not filled.all():
        rows = rows[filled]
        columns = {name: column.chosen(filled) for name, column in columns.items()}
        excess = excess.chosen(filled) if excess else None
    if excess is not None and not excess.mask(excess.texts != "").any():
        excess = None
    return Cells(rows, columns, excess)


def _slowly(payload: Payload, text: str) -> tuple[list[str], int, list[Coded]]:
    """The header, how many blank rows stand above it, and the columns below it with what lies beyond them."""
    text = text.lstrip("\ufeff")  # some files have two byte order marks
    try:
        reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        above: list[list[str]] = []
        while _is_blank(header := next(reader)):
            above.append(header)
    except (csv.Error, StopIteration) as error:
        raise FileRefused("file_broken", file=payload.name) from error
    if len(header) > MAX_COLUMNS:
        raise FileRefused("file_too_many_columns", file=payload.name, max_columns=MAX_COLUMNS)
    is_ragged = any(len(line) > len(header) for line in above)
    cells = _grid(payload, text, len(header), is_ragged).iloc[len(above) + 1 :]
    if len(text) > MAX_CELL_CHARS:
        for name in cells:
            long = cells.index[cells[name].str.len() > MAX_CELL_CHARS]
            if len(long):
                row = int(long[0]) + 1
                raise UnsafeFile("file_giant_cell", file=payload.name, row=row, max_chars=MAX_CELL_CHARS)
    return header, len(above), [Coded.of(cells[at]) for at in cells]


def _is_blank(line: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in line)


def _grid(payload: Payload, text: str, width: int, is_ragged: bool) -> pd.DataFrame:
    """Every record of a CSV text as `width` columns and one for what lies beyond them.

    `is_ragged` says that a record above the header is longer than it: pandas would then cut the others silently.
    """
    message = ""
    try:
        if not is_ragged:
            return pd.read_csv(
                io.StringIO(text),
                header=None,
                names=list(range(width + 1)),
                index_col=False,
                dtype="str",
                na_filter=False,
                skip_blank_lines=False,
                skipinitialspace=True,
                low_memory=False,
            )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = str(error)
    if opened := re.search(r"EOF inside string starting at row ([0-9]+)", message):
        raise FileRefused("file_quote_open", file=payload.name, row=int(opened[1]) + 1)
    # Some row has several cells too many: read again slowly, and keep them to refuse that row alone.
    try:
        lines = list(csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), skipinitialspace=True))
    except csv.Error as error:
        raise FileRefused("file_broken", file=payload.name) from error
    if lines.pop() != [_END]:
        raise FileRefused("file_quote_open", file=payload.name, row=len(lines) + 1)
    padding = [""] * width
    beyond = ["" if _is_blank(line[width:]) else ",".join(line[width:]) for line in lines]
    return pd.DataFrame(
        [[*(line + padding)[:width], more] for line, more in zip(lines, beyond, strict=True)], dtype="str"
    )


def typed(cells: Coded, column: Column, *, is_many: bool = False) -> tuple[pd.Series, Coded, Mask | None]:
    """The values of cells; the same as codes, those of one value alike; which cells are filled but cannot be read as
    what the column holds, None: all can.

    text and colour are str (categorical where `is_many`), whole and time (seconds) Int64, number, lat and lon (degrees)
    float64, day `date` objects. Few different texts stand in many cells: each is read once.
    """
    if column.kind == "text":
        return _texts(cells, is_many), cells, None
    if column.kind in ("number", *LIMITS):
        limit = LIMITS.get(column.kind, np.finfo(np.float64).max)
        values = np.array([_number(text, limit) for text in cells.texts], np.float64)
        bad = np.isnan(values) & (cells.texts != "")
        return pd.Series(values[cells.codes]), cells.valued(values), cells.mask(bad) if bad.any() else None
    read = np.array([_one(text, column) for text in cells.texts], dtype=object)
    is_blank = np.array([value is None for value in read], bool)
    is_bad = is_blank & (cells.texts != "")
    bad = cells.mask(is_bad) if is_bad.any() else None
    same = cells.valued(np.where(is_blank, "", read))
    if column.kind in ("whole", "time"):
        whole = np.where(is_blank, 0, read).astype(np.int64)
        return pd.Series(pd.arrays.IntegerArray(whole[cells.codes], cells.mask(is_blank))), same, bad
    if column.kind == "day":
        return pd.Series(read[cells.codes], dtype=object), same, bad
    return _texts(Coded(cells.codes, np.where(is_blank, "", read)), is_many), same, bad


def _texts(cells: Coded, is_many: bool) -> pd.Series:
    """As str, or categorical; blank is missing."""
    if is_many:
        blank = np.flatnonzero(cells.texts == "")
        codes, kept = cells.codes, cells.texts
        if len(blank):
            place = np.cumsum(cells.texts != "") - 1
            place[blank] = -1
            codes, kept = place[codes].astype(np.int32), np.delete(cells.texts, blank)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(kept, dtype="str"), validate=False))
    few = pd.Series([text or None for text in cells.texts], dtype="str")
    return few.take(cells.codes).reset_index(drop=True)


def _number(text: str, limit: float) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else np.nan
    return value if abs(value) <= limit else np.nan


def _one(text: str, column: Column) -> Any:
    if column.kind == "whole":
        value = int(text) if re.fullmatch(r"[0-9]{1,10}", text) else -1
        return value if column.low <= value <= column.high else None
    if column.kind == "time":
        match = _TIME.fullmatch(text)
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]) if match else None
    if column.kind == "colour":
        match = re.fullmatch(r"#?([0-9a-fA-F]{6})", text)
        return match[1].upper() if match else None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if re.fullmatch(r"[0-9]{8}", text) else None
    except ValueError:
        return None
