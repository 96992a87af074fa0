"""The cells of a GTFS file: a CSV text read by column at once, and its values by their kinds.

CSV as RFC 4180 describes it and as feeds are: short rows, spaces after commas, blank lines, rows that are too long.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats.gtfs_tables import Column
from otsu_maps.formats.reading import Payload
from otsu_maps.formats.table import MAX_CELL_CHARS, MAX_COLUMNS, clean

Mask = npt.NDArray[np.bool_]

LIMITS = {"lat": 90.0, "lon": 180.0}
"""Degrees to both sides of 0."""

EXCESS = "\0excess"
"""Whatever a row holds beyond the columns of the header."""

_END = "\0end"
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")


def cells_of(payload: Payload, text: str) -> pd.DataFrame:
    """The stripped cells below the header by column name, indexed by row as a person counts; blank rows are left out.

    Columns without a name are left out too, and `EXCESS` has the cells beyond the header.
    """
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
    cells.index = cells.index + 1
    if len(text) > MAX_CELL_CHARS:
        for name in cells:
            long = cells.index[cells[name].str.len() > MAX_CELL_CHARS]
            if len(long):
                raise UnsafeFile("file_giant_cell", file=payload.name, row=int(long[0]), max_chars=MAX_CELL_CHARS)
    names: dict[str, int] = {}
    for position, cell in enumerate(header):
        names.setdefault(clean(cell).lower(), position)
    columns = {name: at for name, at in names.items() if name} | {EXCESS: len(header)}
    filled = pd.Series(False, cells.index)
    stripped = {}
    for at in cells:
        column = cells[at].str.strip()
        filled |= column != ""
        stripped[at] = column
    frame = pd.DataFrame({name: stripped[at] for name, at in columns.items()}, index=cells.index)
    return frame if filled.all() else frame[filled]


def _is_blank(line: list[str]) -> bool:
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


def typed(cells: pd.Series, column: Column) -> tuple[pd.Series, Mask]:
    """The values of stripped cells, and which cells are filled but cannot be read as what the column holds.

    text and colour are str, whole and time (seconds) Int64, number, lat and lon (degrees) float64, day `date` objects.
    """
    if column.kind == "text":
        return cells.mask(cells == ""), np.zeros(len(cells), bool)
    if column.kind in ("number", *LIMITS):
        return _numbers(cells, LIMITS.get(column.kind, np.finfo(np.float64).max))
    # Few values occur many times: each is read once.
    codes, distinct = pd.factorize(cells)
    values = np.array([_one(text, column) for text in distinct], dtype=object)
    is_blank = np.array([value is None for value in values], bool)
    bad = (is_blank & np.asarray(distinct != "", bool))[codes]
    if column.kind in ("whole", "time"):
        whole = np.where(is_blank, 0, values).astype(np.int64)
        return pd.Series(pd.arrays.IntegerArray(whole[codes], is_blank[codes]), cells.index), bad
    return pd.Series(values[codes], cells.index, dtype=object if column.kind == "day" else "str"), bad


def _numbers(cells: pd.Series, limit: float) -> tuple[pd.Series, Mask]:
    is_number = cells.str.fullmatch(_NUMBER).to_numpy(bool)
    values = cells.where(is_number, "nan").astype("float64")
    values = values.where(values.abs() <= limit)
    return values, values.isna().to_numpy(bool) & (cells != "").to_numpy(bool)


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
