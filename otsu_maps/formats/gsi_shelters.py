"""The two shelter lists of the Geospatial Information Authority (国土地理院): 指定緊急避難場所 and 指定避難所.

CSV of one municipality, GeoJSON of one municipality, and the nationwide files of both; https://hinanmap.gsi.go.jp.
Flags are "1" or blank. 共通ID is the key: 'E', five digits of the municipality, five of the premises, three of the
kind; its first eleven characters name the premises. Neither list has a capacity.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from otsu_maps.errors import FileRefused, MissingColumn, UnsafeFile
from otsu_maps.formats import archive
from otsu_maps.formats.dirt import coordinate, flag, folded
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import HAZARDS_JA, REGISTER_COLUMNS, entry, refuse
from otsu_maps.formats.table import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, Table, clean, pick, read_table
from otsu_maps.formats.text import decode, is_storable
from otsu_maps.models import SHELTER, SITE
from otsu_maps.reasons import whole_characters

COMMON_ID = re.compile(r"E([0-9]{5})[0-9]{5}[0-9]{3}")
PREMISES_CHARS = 11

_SAME_COLUMNS = {
    "id": ("共通ID",),
    "name": ("施設・場所名",),
    "address": ("住所",),
    "lat": ("緯度",),
    "lon": ("経度",),
    "note": ("備考",),
}
_FLAG_COLUMNS = {f"is_for_{hazard}": (name,) for hazard, name in HAZARDS_JA.items()}
_SHELTER_COLUMNS = {"accepts": ("受入対象者",), "other": ("その他市町村長が必要と認める事項",)}
_NEEDED = ("id", "name", "lat", "lon")
_NAMES = _SAME_COLUMNS | _FLAG_COLUMNS | _SHELTER_COLUMNS


def read(payload: Payload, code5: str | None) -> Reading:
    """The entries of `code5` as REGISTER_COLUMNS. The format is 'gsi_sites' or 'gsi_shelters', told by the columns.

    Where the file speaks of several municipalities, the rows of others are only counted (`rows_elsewhere`); where it
    speaks of one, or where `code5` is None, all its rows come back. A row is refused with `row_no_id`, `row_bad_id`,
    `row_no_name`, `row_no_position` or `row_bad_flag`. `is_for_*` of a shelter is None: that list has no hazards.

    Raises FileRefused: `register_unavailable` (the municipality has not consented), `register_unknown` (neither list),
    `file_broken`, `file_empty`; MissingColumn: `file_no_column`.
    """
    table = _geojson_table(payload) if _is_json(payload) else read_table(payload)
    columns = pick(table, _NAMES)
    kind = _kind(payload, columns)
    for name in (*_NEEDED, *(_FLAG_COLUMNS if kind == SITE else ())):
        if name not in columns:
            raise MissingColumn("file_no_column", file=payload.name, column=_NAMES[name][0])
    list_ = _List(kind, columns)
    codes = {row: _code5(values.get(columns["id"], "")) for row, values in table.rows}
    is_national = len({code for code in codes.values() if code}) > 1
    rows = Rows(REGISTER_COLUMNS)
    elsewhere = 0
    for row, values in table.rows:
        if code5 and is_national and codes[row] not in (None, code5):
            elsewhere += 1
        else:
            list_.read_row(rows, row, values)
    return rows.reading("gsi_sites" if kind == SITE else "gsi_shelters", table.encoding, len(table.rows), elsewhere)


@dataclass(frozen=True)
class _List:
    kind: str
    columns: dict[str, str]

    def read_row(self, rows: Rows, row: int, values: dict[str, str]) -> None:
        """Take one row, or refuse it with the first thing that is wrong with it."""

        def text(name: str) -> str:
            return values.get(self.columns.get(name, ""), "")

        def reject(code: str, name: str) -> None:
            raw = json.dumps(values, ensure_ascii=False)
            refuse(rows, row, raw, code, value=text(name), column=self.columns[name])

        common_id = folded(text("id"))
        match = COMMON_ID.fullmatch(common_id)
        if match is None:
            return reject("row_bad_id" if common_id else "row_no_id", "id")
        if not text("name"):
            return reject("row_no_name", "name")
        position = {}
        for axis in ("lat", "lon"):
            try:
                position[axis] = coordinate(text(axis))
            except ValueError:
                position[axis] = None
            if position[axis] is None:
                return reject("row_no_position", axis)
        flags: dict[str, bool] = {}
        for name in _FLAG_COLUMNS if self.kind == SITE else ():
            value = _strict_flag(values.get(self.columns[name]))
            if value is None:
                return reject("row_bad_flag", name)
            flags[name] = value
        notes = [note for note in (text("other"), text("note")) if note]
        return rows.take(
            row,
            **entry(
                entry_kind=self.kind,
                id_scheme="gsi",
                upstream_id=common_id,
                premises_key=common_id[:PREMISES_CHARS],
                city_code5=match[1],
                name_ja=text("name"),
                address_ja=text("address"),
                accepts_ja=text("accepts") if self.kind == SHELTER else None,
                note_ja="\n".join(notes),
                **position,
                **flags,
            ),
        )


def _strict_flag(text: str | None) -> bool | None:
    """As `flag`, with None for whatever is neither yes nor no: this list knows no conditions."""
    try:
        return None if text is None else flag(text)
    except ValueError:
        return None


def _code5(common_id: str) -> str | None:
    match = COMMON_ID.fullmatch(folded(common_id))
    return match[1] if match else None


def _kind(payload: Payload, columns: dict[str, str]) -> str:
    has_hazards = any(name in columns for name in _FLAG_COLUMNS)
    has_accepts = "accepts" in columns
    if "id" not in columns or has_hazards == has_accepts:
        raise FileRefused("register_unknown", file=payload.name)
    return SITE if has_hazards else SHELTER


def _is_json(payload: Payload) -> bool:
    if archive.is_zip(payload.data):
        return False
    text, _ = decode(payload)
    return text.lstrip()[:1] in ("{", "[")


def _geojson_table(payload: Payload) -> Table:
    """The features of a FeatureCollection as rows numbered from 1, with their point as 緯度 and 経度."""
    text, encoding = decode(payload)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused("file_broken", file=payload.name) from error
    if isinstance(document, dict) and document.get("type") == "unavailable":
        name = whole_characters(_text(document.get("name")))
        raise FileRefused("register_unavailable", file=payload.name, name=name)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise FileRefused("register_unknown", file=payload.name)
    if not features:
        raise FileRefused("file_empty", file=payload.name)
    if len(features) > MAX_ROWS:
        raise FileRefused("file_too_many_rows", file=payload.name, max_rows=MAX_ROWS)
    try:
        rows = [(number, _properties(feature) | _point(feature)) for number, feature in enumerate(features, start=1)]
    except RecursionError as error:
        raise FileRefused("file_broken", file=payload.name) from error
    columns = tuple(dict.fromkeys(column for _, values in rows for column in values))
    if len(columns) > MAX_COLUMNS:
        raise FileRefused("file_too_many_columns", file=payload.name, max_columns=MAX_COLUMNS)
    if not all(map(is_storable, columns)) or not all(map(is_storable, (v for _, row in rows for v in row.values()))):
        raise FileRefused("file_broken", file=payload.name)
    for number, values in rows:
        if any(len(value) > MAX_CELL_CHARS for value in values.values()):
            raise UnsafeFile("file_giant_cell", file=payload.name, row=number, max_chars=MAX_CELL_CHARS)
    return Table(encoding, columns, rows)


def _properties(feature: Any) -> dict[str, str]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {name: _text(value) for key, value in properties.items() if (name := clean(key))}


def _point(feature: Any) -> dict[str, str]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    is_point = isinstance(geometry, dict) and geometry.get("type") == "Point"
    pair: Iterable[Any] = geometry.get("coordinates") if is_point else ()  # type: ignore[union-attr]
    if not isinstance(pair, list) or len(pair) not in (2, 3):
        pair = (None, None)
    lon, lat, *_ = pair
    return {"緯度": _degrees(lat), "経度": _degrees(lon)}


def _degrees(value: Any) -> str:
    return _text(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _text(value: Any) -> str:
    """A JSON value as its cell would read in a CSV."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(value, "f") if abs(value) < 1e-4 else repr(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()
