"""Population of the census by grid square: the files of e-Stat (統計地理情報システム), and a JSON derived from them.

e-Stat: CP932, a line of item codes (KEY_CODE, HTKSYORI, HTKSAKI, GASSAN, T001141001 ...), a line of labels, the cells.
Item codes change with the census and the size of the cells, so that a column is known by its label. The files were not
at hand: their layout, HTKSYORI and the signs are as several public programs that read them agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps import mesh
from otsu_maps.errors import FileRefused, MissingColumn
from otsu_maps.formats.archive import is_zip
from otsu_maps.formats.dirt import folded, whole
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import refuse
from otsu_maps.formats.table import MAX_ROWS, Table, clean, read_table
from otsu_maps.formats.text import decode

ESTAT, DENSITY = "estat_mesh", "mesh_density_json"
AGES = {
    "age_0_14_persons": (0, 14),
    "age_15_64_persons": (15, 64),
    "age_65_over_persons": (65, None),
    "age_75_over_persons": (75, None),
}
COUNTS = ("population_persons", "men_persons", "women_persons", "households", *AGES)
COLUMNS = ("mesh_code", "size_m", *COUNTS, "density_per_km2", "is_suppressed", "merged_into")
"""Whole numbers or None (unknown or suppressed, never 0); density is persons per km2; `merged_into` is a mesh code."""

LABELS = {
    "population_persons": ("人口(総数)", "人口総数"),
    "men_persons": ("人口(総数)男", "人口総数男"),
    "women_persons": ("人口(総数)女", "人口総数女"),
    "households": ("世帯総数",),
}
NONE, RECEIVES, SUPPRESSED = 0, 1, 2
"""HTKSYORI: nothing hidden; details of other cells (GASSAN) are counted here; details are counted in HTKSAKI."""

Band = tuple[int, int | None]
"""Ages from and to, both included; None is the open end."""

_UNKNOWN = ("", "*", "x", "X", "…", "***")
_ZERO = "-"
_BAND = re.compile(r"([0-9]{1,3})~([0-9]{1,3})歳人口(?:総数)?|([0-9]{1,3})歳以上人口(?:総数)?")
_NUMBER = re.compile(r"[-*xX.,0-9０-９]*")
_MOST = 10**9


def read(payload: Payload, near: BaseGeometry) -> Reading:
    """Cells that touch `near` (a polygon in lon/lat) as COLUMNS; the format is 'estat_mesh' or 'mesh_density_json'.

    In files of e-Stat the total stays with every cell, also with one whose details are hidden (`is_suppressed`): what
    is '*' there is None here, and counted in the cell `merged_into`. So totals may be added up over any cells, details
    only over whole groups; the details of a cell that some `merged_into` names are those of the group, and may be more
    than its total. '-' is zero. Ages without a column of their own are the sum of the bands that fill them.

    The JSON (`meshId`, `populationDensity`) is written by a program that gives the persons of the cell in spite of the
    name, or, on request, persons per nominal km2; it writes 0 also for unknown. On 1 km both are the same. On smaller
    cells a number that is no multiple of 4, 16, 64 proves that a file gives persons; otherwise they are kept as
    `density_per_km2` and `population_persons` is None. 0 is unknown. Its rows count from 1.

    Raises FileRefused: `census_mesh_unknown`, `census_no_labels`, `file_empty`, `file_broken`, and what
    `table.read_table` raises; MissingColumn `file_no_column` without the total. Rows are refused with `row_bad_mesh`,
    `row_duplicate`, `row_bad_flag`, `row_bad_value`.
    """
    if not is_zip(payload.data):
        text, encoding = decode(payload)
        if text.lstrip()[:1] in ("[", "{"):
            return _density(payload, text, encoding, near)
    return _estat(payload, read_table(payload), near)


def chain(bands: Collection[Band], least: int, most: int | None) -> list[Band] | None:
    """The bands that fill the ages from `least` to `most` without gap or overlap, one alone where there is one."""
    if (least, most) in bands:
        return [(least, most)]
    paths: dict[int, list[Band]] = {least: []}
    for start, end in sorted((start, end) for start, end in bands if end is not None and start <= end):
        if start in paths:
            paths.setdefault(end + 1, [*paths[start], (start, end)])
    if most is not None:
        return paths.get(most + 1)
    ends = [start for start, end in bands if end is None and start in paths]
    return [*paths[max(ends)], (max(ends), None)] if ends else None


# --- e-Stat ----------------------------------------------------------------------------------------------------------


def _estat(payload: Payload, table: Table, near: BaseGeometry) -> Reading:
    if "KEY_CODE" not in table.columns:
        raise FileRefused("census_mesh_unknown", file=payload.name)
    columns, entries = _labelled(payload, table)
    rows = Rows(COLUMNS)
    codes = [cells["KEY_CODE"] for _, cells in entries]
    numbers = [row for row, _ in entries]
    lines = dict(entries)
    found, elsewhere = _cells(rows, "KEY_CODE", codes, numbers, near, lambda row: _line(lines[row]))
    for row, code in found:
        cells = lines[row]
        try:
            values = {name: _sum(cells, parts) for name, parts in columns.items()}
            values |= _secrecy(cells)
        except _Wrong as wrong:
            refuse(rows, row, _line(cells), wrong.code, value=wrong.value[:200], column=wrong.column)
            continue
        rows.take(row, mesh_code=code, density_per_km2=None, **values)
    return _finished(rows, ESTAT, table.encoding, len(entries), elsewhere)


class _Wrong(ValueError):
    def __init__(self, code: str, column: str, value: str) -> None:
        super().__init__(code)
        self.code, self.column, self.value = code, column, value


def _labelled(payload: Payload, table: Table) -> tuple[dict[str, list[str]], list[tuple[int, dict[str, str]]]]:
    """For each of COUNTS the columns that add up to it, and the rows without the line of labels."""
    entries = list(table.rows)
    labels = {column: _plain(column) for column in table.columns}
    if entries and not entries[0][1]["KEY_CODE"] and not all(map(_NUMBER.fullmatch, entries[0][1].values())):
        labels |= {column: _plain(text) for column, text in entries.pop(0)[1].items() if text}
    elif not any("人口" in label for label in labels.values()):
        raise FileRefused("census_no_labels", file=payload.name)
    by_label = {label: column for column, label in reversed(labels.items())}
    columns = {name: [by_label[label] for label in wanted if label in by_label][:1] for name, wanted in LABELS.items()}
    if not columns["population_persons"]:
        raise MissingColumn("file_no_column", file=payload.name, column="人口（総数）")
    bands = {_band(label): column for label, column in by_label.items() if _BAND.fullmatch(label)}
    for name, (least, most) in AGES.items():
        columns[name] = [bands[band] for band in chain(bands, least, most) or ()]
    return columns, entries


def _plain(label: str) -> str:
    return re.sub(r"\s+", "", clean(label)).replace("〜", "~")


def _band(label: str) -> Band:
    match = _BAND.fullmatch(label)
    assert match is not None  # noqa: S101  asked for by the caller
    return (int(match[3]), None) if match[3] else (int(match[1]), int(match[2]))


def _sum(cells: dict[str, str], columns: Iterable[str]) -> int | None:
    parts = [_count(column, cells[column]) for column in columns]
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _count(column: str, text: str) -> int | None:
    plain = folded(text)
    if plain in _UNKNOWN:
        return None
    try:
        value = 0 if plain == _ZERO else whole(plain)
    except ValueError:
        value = -1
    if value is not None and value < 0:
        raise _Wrong("row_bad_value", column, text)
    return value


def _secrecy(cells: dict[str, str]) -> dict[str, Any]:
    """`is_suppressed` and `merged_into`; None where the file does not say."""
    mark = folded(cells.get("HTKSYORI", ""))
    if mark not in ("", *(str(known) for known in (NONE, RECEIVES, SUPPRESSED))):
        raise _Wrong("row_bad_flag", "HTKSYORI", mark)
    target = folded(cells.get("HTKSAKI", "")) if mark == str(SUPPRESSED) else ""
    code = _code(target)
    if target and not mesh.sizes_m([code])[0]:
        raise _Wrong("row_bad_mesh", "HTKSAKI", target)
    return {"is_suppressed": mark == str(SUPPRESSED) if mark else None, "merged_into": code or None}


def _line(cells: dict[str, str]) -> str:
    return json.dumps(cells, ensure_ascii=False)


# --- the derived JSON ------------------------------------------------------------------------------------------------


def _density(payload: Payload, text: str, encoding: str, near: BaseGeometry) -> Reading:
    try:
        items = json.loads(text)
        raw = [json.dumps(item, ensure_ascii=True) for item in items] if isinstance(items, list) else []
    except (ValueError, RecursionError) as error:
        raise FileRefused("file_broken", file=payload.name) from error
    if not raw:
        raise FileRefused("file_empty" if items == [] else "census_mesh_unknown", file=payload.name)
    if len(raw) > MAX_ROWS:
        raise FileRefused("file_too_many_rows", file=payload.name, max_rows=MAX_ROWS)
    items = [item if isinstance(item, dict) else {} for item in items]
    if not any("meshId" in item and "populationDensity" in item for item in items):
        raise FileRefused("census_mesh_unknown", file=payload.name)
    rows = Rows(COLUMNS)
    codes = [_shown(item.get("meshId", "")) for item in items]
    numbers = list(range(1, len(items) + 1))
    found, elsewhere = _cells(rows, "meshId", codes, numbers, near, lambda row: raw[row - 1])
    given = [item.get("populationDensity") for item in items]
    are_persons = _sizes_in_persons(codes, given)
    for row, code in found:
        value = given[row - 1]
        if value is not None and not _is_number(value):
            refuse(rows, row, raw[row - 1], "row_bad_value", value=_shown(value), column="populationDensity")
            continue
        is_count = mesh.size_m(code) in are_persons
        values: dict[str, Any] = dict.fromkeys(COUNTS)
        values["population_persons"] = int(value) if value and is_count else None
        rows.take(row, mesh_code=code, density_per_km2=None if is_count else value or None, **values)
    return _finished(rows, DENSITY, encoding, len(items), elsewhere)


def _shown(value: object) -> str:
    """A JSON value as text that any store takes: JSON can spell half a character, and a NUL."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:200]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MOST


def _sizes_in_persons(codes: list[str], given: list[Any]) -> set[int]:
    """The sizes of cells, metres, for which the numbers of a file are persons and cannot be persons per km2."""
    cells = [(_code(code), value) for code, value in zip(codes, given, strict=True) if _is_number(value)]
    if any(value != int(value) for _, value in cells):
        return set()
    sizes = mesh.sizes_m([code for code, _ in cells])
    values = np.array([int(value) for _, value in cells], dtype=np.int64)
    per_km2 = {1000: 1, 500: 4, 250: 16, 125: 64}
    proven = {size for size, factor in per_km2.items() if (values[sizes == size] % factor).any()}
    return proven | {1000}


# --- both ------------------------------------------------------------------------------------------------------------


def _code(text: str) -> int:
    """The number of a code, 0 where the text cannot be one."""
    plain = re.sub(r"\.0+\Z", "", folded(text))
    return int(plain) if re.fullmatch(r"[0-9]{4,11}", plain) else 0


def _cells(
    rows: Rows, column: str, texts: list[str], numbers: list[int], near: BaseGeometry, raw: Callable[[int], str]
) -> tuple[list[tuple[int, int]], int]:
    """Row and code of each cell that touches `near`, and how many do not; a wrong or second code refuses its row."""
    codes = np.array([_code(text) for text in texts], dtype=np.int64)
    fine = mesh.sizes_m(codes) > 0
    touches = np.zeros(len(codes), dtype=bool)
    shapely.prepare(near)
    touches[fine] = shapely.intersects(near, shapely.box(*mesh.bounds_of(codes[fine])))
    found: list[tuple[int, int]] = []
    first: dict[int, int] = {}
    for row, text, code, is_code, is_near in zip(
        numbers, texts, codes.tolist(), fine.tolist(), touches.tolist(), strict=True
    ):
        if not is_code:
            refuse(rows, row, raw(row), "row_bad_mesh", value=text[:200], column=column)
        elif is_near and code in first:
            refuse(rows, row, raw(row), "row_duplicate", value=text[:200], first=first[code])
        elif is_near:
            found.append((row, code))
            first[code] = row
    return found, int((fine & ~touches).sum())


def _finished(rows: Rows, format: str, encoding: str, rows_in: int, elsewhere: int) -> Reading:
    reading = rows.reading(format, encoding, rows_in, elsewhere)
    frame = reading.frame
    frame["size_m"] = mesh.sizes_m(frame["mesh_code"].to_numpy(dtype=np.int64)) if len(frame) else 0
    types: Any = dict.fromkeys((*COUNTS, "merged_into"), "Int64")
    types |= dict.fromkeys(("source_row", "mesh_code", "size_m"), "int64")
    types |= {"density_per_km2": "float64", "is_suppressed": "boolean"}
    ordered = tuple(sorted(reading.refused, key=lambda refused: refused.row))
    return Reading(format, encoding, rows_in, frame.astype(types), ordered, elsewhere)
