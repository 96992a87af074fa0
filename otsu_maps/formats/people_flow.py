"""People flow of the Ministry of Land (MLIT): 全国の人流オープンデータ, and the layouts of its 人流データ可視化ツール.

Sources: the データ定義書 of the open data (geospatial.jp, mlit-1km-fromto) for columns and codes; the samples of the
tool, whose headers are generic and named in a second file. Numbers are people present, a mean over the days of a month.
The ministry leaves out every cell under 10 people: a cell that is absent is unknown, never zero.

The open data come as a zip a prefecture and kind (`monthly_mdp_mesh1km_25.zip`), in it a zip a month
(`25/2019/01/monthly_mdp_mesh1km.csv.zip`), in it one CSV. Names and nesting are as yuiseki/study-geoai-algo-py
(docs/datasets/mlit-1km-fromto) describes the files; they themselves were not at hand.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps import mesh
from otsu_maps.errors import FileRefused
from otsu_maps.formats.archive import is_zip
from otsu_maps.formats.dirt import city_code5, coordinate, folded, number, whole
from otsu_maps.formats.reading import Payload, Reading, Refused
from otsu_maps.formats.table import MAX_CELL_CHARS, clean, read_table
from otsu_maps.formats.text import decode
from otsu_maps.geo import JAPAN
from otsu_maps.reasons import Reason

DAY_TYPES = ("holiday", "weekday", "all")
"""dayflag 0, 1, 2: 休日, 平日, 全日."""

TIME_BANDS = ("noon", "night", "all_day")
"""timezone 0, 1, 2: 昼 (11 to 14 o'clock), 深夜 (1 to 4), 終日."""

FROM_AREAS = ("same_city", "same_prefecture", "same_region", "other_region")
"""from_area 0 to 3, where people live: 同一市区町村, 同一都道府県, 同一の地方ブロック, 異なる地方ブロック."""

OFFICIAL_NAMES = {"mlit_mesh": "monthly_mdp_mesh1km", "mlit_fromto": "monthly_fromto_city"}
"""Format to how the names of its files begin."""

_WHEN = ("year", "month", "day_type", "time_band", "population_persons")
_OPTIONS = tuple(f"option{number}" for number in range(1, 7))
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mlit_mesh": ("mesh_code", "city_code5", *_WHEN),
    "mlit_fromto": ("city_code5", "from_area_code", "from_area", *_WHEN),
    "guide_mesh": ("mesh_code", "city_code5", *_WHEN),
    "guide_od": ("origin_ja", "destination_ja", "starts_at", "ends_at", "population_persons", *_OPTIONS[:4]),
    "guide_area": ("area_ja", "lon", "lat", *_OPTIONS[:2]),
}
"""Format to the columns of its frame, after `source_row`. Times are naive UTC; an option is text as it was written."""

MAX_ROWS, MOST_PERSONS = 20_000_000, 1e9
_GUIDE_MESH = ("meshcode", *_OPTIONS, "value")
_GUIDE_NAMES = ("mesh", "prefcode", "citycode", "year", "month", "dayflag", "timezone", "population")
_MESH_ID = re.compile(r"mesh(1km|500m|250m|125m)(?:id|code)?")
_SIZES = {"1km": 1000, "500m": 500, "250m": 250, "125m": 125}
_MLIT = {"citycode", "year", "month", "dayflag", "timezone", "population"}
_OD = {"time_o", "time_d", "origin", "destination", "value"}
_TOKYO = timedelta(hours=9)
_PLACE = ("row_no_position", np.float64)
_AS_IT_IS: Any = {"skip_blank_lines": False, "na_filter": False, "low_memory": False}

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Column:
    """A column as its distinct texts and, for each row, which of them it holds: months of a nation have few."""

    codes: npt.NDArray[np.int64]
    texts: list[str]

    def read(self, how: Callable[[str], Any], dtype: Any) -> tuple[npt.NDArray[Any], Flags]:
        """The value of each row and whether `how` could read it (it raises ValueError)."""
        nothing = np.array([None if dtype is object else 0]).astype(dtype)
        values, fine = nothing.repeat(len(self.texts)), np.ones(len(self.texts), dtype=bool)
        for index, text in enumerate(self.texts):
            try:
                values[index] = how(text)
            except ValueError:
                fine[index] = False
        return values[self.codes], fine[self.codes]


@dataclass(frozen=True)
class _Sheet:
    encoding: str
    rows: npt.NDArray[np.int64]
    columns: dict[str, _Column]


def read(payload: Payload, near: BaseGeometry | None = None) -> Reading:
    """One CSV file as COLUMNS of its format: 'mlit_mesh', 'mlit_fromto', 'guide_mesh', 'guide_od' or 'guide_area'.

    `near` is a polygon in lon/lat: mesh cells that do not touch it and areas outside it are counted as elsewhere;
    files without places (mlit_fromto, guide_od) are given whole. An unknown dayflag or timezone refuses its row; an
    unknown from_area keeps its code, with from_area None. A guide file has no names of its own, so only the one layout
    whose names are published (meshcode, option1 to option6, value) is read. The ids of devices in guide_od are not.

    Raises FileRefused `flow_not_this_format` for any other file, and what `table.read_table` raises. Rows are refused
    with `row_bad_mesh`, `row_bad_flag`, `row_bad_value`, `row_no_name`.
    """
    kind, sheet, names = _open(payload)
    reading = _Reading(sheet)
    {"guide_od": _od, "guide_area": _areas}.get(kind, _presence)(reading, names, near)
    return reading.result(kind)


@dataclass
class _Reading:
    """Whole columns of values, with the rows that could not be read and those that lie elsewhere."""

    sheet: _Sheet
    values: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    checks: list[tuple[str, str, Flags]] = field(default_factory=list)
    away: Flags | None = None

    def take(
        self, into: str, column: str, how: Callable[[str], Any], code: str = "row_bad_value", dtype: Any = object
    ) -> Flags:
        """Read a column; its rows that `how` cannot read will be refused with `code`."""
        self.values[into], fine = self.sheet.columns[column].read(how, dtype)
        self.checks.append((code, column, fine))
        return fine

    def result(self, kind: str) -> Reading:
        sheet, refused = self.sheet, []
        nothing = np.zeros(len(sheet.rows), dtype=bool)
        away = nothing if self.away is None else self.away
        bad = nothing.copy()
        for code, column, fine in self.checks:
            for index in np.flatnonzero(~fine & ~bad & ~away).tolist():
                given = sheet.columns[column]
                reason = Reason(code, {"value": given.texts[given.codes[index]][:200], "column": column})
                line = ",".join(each.texts[each.codes[index]] for each in sheet.columns.values())
                refused.append(Refused(int(sheet.rows[index]), reason, line[:2000]))
            bad |= ~fine
        kept = ~bad & ~away
        none = np.full(len(sheet.rows), None, dtype=object)
        for name in _OPTIONS[:4] if kind in ("guide_od", "guide_area") else ():
            if name in sheet.columns:
                self.values[name], _ = sheet.columns[name].read(lambda text: text or None, object)
        values = {name: self.values.get(name, none)[kept] for name in COLUMNS[kind]}
        frame = pd.DataFrame({"source_row": sheet.rows[kept], **values})
        refused.sort(key=lambda each: each.row)
        return Reading(kind, sheet.encoding, len(sheet.rows), frame, tuple(refused), int(away.sum()))


def _presence(into: _Reading, names: Mapping[str, str], near: BaseGeometry | None) -> None:
    """People present by cell (mlit_mesh, guide_mesh) or by where they live (mlit_fromto)."""
    if "mesh" in names:
        _cells(into, names["mesh"], near)
        into.take("city_code5", names["citycode"], lambda text: _given(city_code5(text)) if text else None)
    else:
        into.take("city_code5", "citycode", lambda text: _given(city_code5(text)))
        into.take("from_area_code", "from_area", lambda text: str(_whole(text, 0, 99)))
        into.take("from_area", "from_area", lambda text: dict(enumerate(FROM_AREAS)).get(_whole(text, 0, 99)))
    into.take("year", names["year"], lambda text: _whole(text, 1990, 2100), dtype=np.int64)
    into.take("month", names["month"], lambda text: _whole(text, 1, 12), dtype=np.int64)
    into.take("day_type", names["dayflag"], lambda text: DAY_TYPES[_whole(text, 0, 2)], "row_bad_flag")
    into.take("time_band", names["timezone"], lambda text: TIME_BANDS[_whole(text, 0, 2)], "row_bad_flag")
    into.take("population_persons", names["population"], _persons, dtype=np.float64)


def _cells(into: _Reading, column: str, near: BaseGeometry | None) -> None:
    """Mesh codes, of the size that the name of the column tells; those whose cell does not touch `near` are away."""
    given = into.sheet.columns[column]
    plain = [re.sub(r"\.0+\Z", "", folded(text)) for text in given.texts]
    cells = np.array([int(text) if re.fullmatch(r"[0-9]{8,11}", text) else 0 for text in plain], dtype=np.int64)
    sizes, match = mesh.sizes_m(cells), _MESH_ID.fullmatch(column)
    fine = sizes == _SIZES[match[1]] if match else sizes > 0
    into.values["mesh_code"] = cells[given.codes]
    into.checks.append(("row_bad_mesh", column, fine[given.codes]))
    if near is not None:
        shapely.prepare(near)
        away = np.zeros(len(cells), dtype=bool)
        away[fine] = ~shapely.intersects(near, shapely.box(*mesh.bounds_of(cells[fine])))
        into.away = away[given.codes]


def _od(into: _Reading, names: Mapping[str, str], near: BaseGeometry | None) -> None:
    """Moves between named areas: the sample of the guide."""
    into.take("origin_ja", "origin", _given, "row_no_name")
    into.take("destination_ja", "destination", _given, "row_no_name")
    into.take("starts_at", "time_o", _utc, dtype="datetime64[us]")
    into.take("ends_at", "time_d", _utc, dtype="datetime64[us]")
    into.checks.append(("row_bad_value", "time_d", ~(into.values["ends_at"] < into.values["starts_at"])))
    into.take("population_persons", "value", _persons, dtype=np.float64)


def _areas(into: _Reading, names: Mapping[str, str], near: BaseGeometry | None) -> None:
    """The areas between which people move, as points."""
    into.take("area_ja", "area", _given, "row_no_name")
    has_lon = into.take("lon", "lon", lambda text: _between(coordinate(text), JAPAN[0], JAPAN[2]), *_PLACE)
    has_lat = into.take("lat", "lat", lambda text: _between(coordinate(text), JAPAN[1], JAPAN[3]), *_PLACE)
    if near is not None:
        into.away = has_lon & has_lat & ~shapely.intersects_xy(near, into.values["lon"], into.values["lat"])


# --- the file --------------------------------------------------------------------------------------------------------


def _open(payload: Payload) -> tuple[str, _Sheet, dict[str, str]]:
    """Which layout a file has, its columns, and our names of them."""
    encoding = ""
    if not is_zip(payload.data):
        text, encoding = decode(payload)
        first = text.lstrip()[:1]
        if first in ("{", "[", "<"):
            raise FileRefused("flow_not_this_format", file=payload.name, columns=first)
        header = tuple(clean(cell) for cell in text.partition("\n")[0].split(","))
        kind, names = _layout(header)
        is_plain = '"' not in text and text.count("\r") == text.count("\r\n")
        if kind and is_plain and (sheet := _fast(payload, text, encoding, header)) is not None:
            return kind, sheet, names
    table = read_table(payload)
    kind, names = _layout(table.columns)
    if not kind:
        columns = ", ".join(table.columns)[:200]
        raise FileRefused("flow_not_this_format", file=payload.name, columns=columns)
    rows = np.array([number for number, _ in table.rows], dtype=np.int64)
    return kind, _Sheet(table.encoding, rows, {name: _coded(table.rows, name) for name in table.columns}), names


def _layout(header: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """The format of a header and the columns that carry our names; ('', {}) for any other header."""
    own = {name: name for name in header}
    cells = [name for name in header if _MESH_ID.fullmatch(name)]
    if len(own) < len(header) or "" in own:
        return "", {}
    if set(header) >= _MLIT and (("from_area" in header) != bool(cells)) and len(cells) < 2:
        return ("mlit_mesh", {**own, "mesh": cells[0]}) if cells else ("mlit_fromto", own)
    if header == _GUIDE_MESH:
        return "guide_mesh", dict(zip(_GUIDE_NAMES, _GUIDE_MESH, strict=True))
    if set(header) >= _OD:
        return "guide_od", own
    if header[:3] == ("area", "lat", "lon") and set(header[3:]) <= set(_OPTIONS):
        return "guide_area", own
    return "", {}


def _fast(payload: Payload, text: str, encoding: str, header: tuple[str, ...]) -> _Sheet | None:
    """A plain file read at once, or None where it is not plain. Rows count from 1, the header is the first."""
    if text.count("\n") > MAX_ROWS:
        raise FileRefused("file_too_many_rows", file=payload.name, max_rows=MAX_ROWS)
    try:
        frame = pd.read_csv(io.StringIO(text), header=None, dtype="category", quoting=csv.QUOTE_NONE, **_AS_IT_IS)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError):
        return None
    columns: dict[str, _Column] = {}
    for name, (_, series) in zip(header, frame.items(), strict=True):
        texts = [str(text).strip("\ufeff").strip() for text in series.cat.categories]
        if any(len(text) > MAX_CELL_CHARS for text in texts):
            return None
        columns[name] = _Column(series.cat.codes.to_numpy().astype(np.int64)[1:], texts)
    filled = np.zeros(len(frame) - 1, dtype=bool)
    for column in columns.values():
        filled |= np.array([bool(text) for text in column.texts])[column.codes]
    columns = {name: _Column(column.codes[filled], column.texts) for name, column in columns.items()}
    return _Sheet(encoding, np.flatnonzero(filled).astype(np.int64) + 2, columns)


def _coded(rows: list[tuple[int, dict[str, str]]], name: str) -> _Column:
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(cells[name], len(numbers)) for _, cells in rows]
    return _Column(np.array(codes, dtype=np.int64), list(numbers))


# --- values: each raises ValueError ----------------------------------------------------------------------------------


def _between(value: float | None, least: float, most: float) -> float:
    if value is None or not least <= value <= most:
        raise ValueError(value)
    return value


def _whole(text: str, least: int, most: int) -> int:
    return int(_between(whole(text), least, most))


def _persons(text: str) -> float:
    return _between(number(text), 0, MOST_PERSONS)


def _given(value: str | None) -> str:
    if not value:
        raise ValueError(value)
    return value


def _utc(text: str) -> datetime:
    """A time of Japan, as the sample has it, or one that names its own offset; as naive UTC."""
    moment = datetime.fromisoformat(folded(text))
    if not 1990 <= moment.year <= 2100 or len(text) < len("2022-10-01 00:00"):
        raise ValueError(text)
    return moment - _TOKYO if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
