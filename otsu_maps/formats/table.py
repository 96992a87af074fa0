"""CSV, TSV and Excel as one kind of table: text cells by column name, with the row number that a person sees.

CSV as RFC 4180 describes it and as offices really write it; Excel as ECMA-376 (.xlsx) through openpyxl; the `#property`
block is that of the LinkData tables that some cities still publish.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from typing import Any

import openpyxl

from otsu_maps.errors import FileRefused, OtsuMapsError, UnsafeFile
from otsu_maps.formats import archive
from otsu_maps.formats.reading import Payload
from otsu_maps.formats.text import decode

MAX_CELL_CHARS = 100_000
MAX_COLUMNS = 500
MAX_ROWS = 2_000_000
MAX_EXCEL_BYTES = 1_000_000_000

PROPERTY = "#property"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_END = "\x00end"


@dataclass(frozen=True)
class Table:
    """A sheet as text. `rows` are (row number in the file, column to stripped text, '' where empty); blank rows go.

    `encoding` is that of the text file, or 'xlsx'. `columns` are the header cells in order, NFKC; a column without a
    name is left out, and a name that comes twice gets `_2`, `_3` ...
    """

    encoding: str
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def read_table(payload: Payload) -> Table:
    """Read a CSV, TSV or XLSX file whole.

    Raises FileRefused: `file_empty` (no header), `file_broken`, `file_quote_open` (a quotation mark left open),
    `file_old_excel`, `file_too_many_columns`, `file_too_many_rows`, and what `text.decode` raises; UnsafeFile:
    `file_giant_cell`, and what `archive.unpack` raises for an .xlsx.
    """
    if archive.is_zip(payload.data):
        return _table(payload, "xlsx", _excel_rows(payload))
    if payload.data.startswith(_OLD_EXCEL):
        raise FileRefused("file_old_excel", file=payload.name)
    text, encoding = decode(payload)
    return _table(payload, encoding, _text_rows(payload, text))


def pick(table: Table, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """For each of our names the column of `table` that carries it, by header and never by position.

    Each name has its synonyms, best first. Width, spaces, case and the width of brackets do not matter. A name that no
    column carries is absent from the answer.
    """
    present: dict[str, str] = {}
    for column in table.columns:
        present.setdefault(_plain(column), column)
    found: dict[str, str] = {}
    for name, synonyms in names.items():
        for synonym in synonyms:
            if (column := present.get(_plain(synonym), "")) != "":
                found[name] = column
                break
    return found


def clean(text: str) -> str:
    """A header cell as it is compared: NFKC, without a byte order mark and outer spaces."""
    return unicodedata.normalize("NFKC", text).replace("\ufeff", "").strip()


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", clean(text)).casefold()


def _table(payload: Payload, encoding: str, lines: Iterator[tuple[int, list[str]]]) -> Table:
    header = _header(payload, lines)
    named = [(index, column) for index, column in enumerate(_unique(header)) if column]
    rows: list[tuple[int, dict[str, str]]] = []
    in_block = header[0] == PROPERTY
    for number, cells in lines:
        if not any(cells):
            continue
        if in_block and cells[0].startswith("#"):
            continue
        in_block = False
        rows.append((number, {name: cells[index] if index < len(cells) else "" for index, name in named}))
    return Table(encoding, tuple(name for _, name in named), rows)


def _header(payload: Payload, lines: Iterator[tuple[int, list[str]]]) -> list[str]:
    """The first row that is neither blank nor a `#` line, or the `#property` line itself."""
    for _, cells in lines:
        header = [clean(cell) for cell in cells]
        if any(header) and (not header[0].startswith("#") or header[0] in ("#", PROPERTY)):
            return header
    raise FileRefused("file_empty", file=payload.name)


def _unique(header: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    columns: list[str] = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        columns.append(name if not name or seen[name] == 1 else f"{name}_{seen[name]}")
    return columns


def _checked(payload: Payload, records: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    """Numbered records with stripped cells, once every limit has been checked."""
    for number, record in enumerate(records, start=1):
        if number > MAX_ROWS:
            raise FileRefused("file_too_many_rows", file=payload.name, max_rows=MAX_ROWS)
        cells = [cell.strip("\ufeff").strip() for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise FileRefused("file_too_many_columns", file=payload.name, max_columns=MAX_COLUMNS)
        if any(len(cell) > MAX_CELL_CHARS for cell in record):
            raise UnsafeFile("file_giant_cell", file=payload.name, row=number, max_chars=MAX_CELL_CHARS)
        yield number, cells


def _text_rows(payload: Payload, text: str) -> Iterator[tuple[int, list[str]]]:
    return _checked(payload, _records(payload, text))


def _records(payload: Payload, text: str) -> Iterator[list[str]]:
    # A line of our own at the end comes back alone only if every quotation mark before it was closed.
    lines = chain(io.StringIO(text, newline=""), [_END])
    reader = csv.reader(lines, delimiter=_delimiter(payload.name, text))
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if record == [_END]:
                return
            if record and record[-1].endswith(_END):
                raise FileRefused("file_quote_open", file=payload.name, row=number)
            yield record
    except csv.Error as error:
        if "field limit" in str(error):
            raise UnsafeFile("file_giant_cell", file=payload.name, row=number + 1, max_chars=MAX_CELL_CHARS) from error
        raise FileRefused("file_broken", file=payload.name) from error


def _delimiter(name: str, text: str) -> str:
    """A tab where the lines at the top hold more tabs than commas."""
    top = "\n".join(text[:20_000].splitlines()[:20])
    tabs, commas = top.count("\t"), top.count(",")
    return "\t" if tabs > commas or (tabs and name.lower().endswith(".tsv")) else ","


def _excel_rows(payload: Payload) -> Iterator[tuple[int, list[str]]]:
    if not openpyxl.DEFUSEDXML:
        raise UnsafeFile("file_no_defusedxml", file=payload.name)
    if not archive.is_excel(payload.data):
        raise FileRefused("file_broken", file=payload.name)
    try:
        archive.unpack(payload, MAX_EXCEL_BYTES)
    except UnsafeFile as error:
        if error.reason.code == "file_zip_broken":
            raise FileRefused("file_broken", file=payload.name) from error
        raise
    return _checked(payload, _sheet_records(payload))


def _sheet_records(payload: Payload) -> Iterator[list[str]]:
    """The first visible sheet that holds anything."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(payload.data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # what a sheet claims to span is often wrong, and can be absurd
            empty = True
            blanks = 0
            for values in sheet.iter_rows(values_only=True):
                record = [_cell(value) for value in values]
                if empty and not any(record):
                    blanks += 1
                    if blanks > MAX_ROWS:
                        break
                    continue
                if empty:
                    yield from ([] for _ in range(blanks))
                empty = False
                yield record
            if not empty:
                return
    except OtsuMapsError:
        raise
    except Exception as error:  # openpyxl lets through whatever zipfile, XML or a wrong number raises
        raise FileRefused("file_broken", file=payload.name) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
