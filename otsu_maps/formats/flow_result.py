"""Results of `otsu-maps flows run` (Parquet), and tables like them that others make (CSV): people present, trips.

A result carries how it was made in its metadata: `Facts`. A table of somebody else says at least the zones and how
many; whether its figures are large enough is asked by the build (etl/sources/moves.py), which knows the limit.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from otsu_maps import mesh
from otsu_maps.errors import FileRefused, MissingColumn
from otsu_maps.formats.dirt import folded, number, whole
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.table import Table, pick, read_table

CELLS, MOVES = "mesh_hour", "od_hour"
COLUMNS = {
    CELLS: ("on_date", "hour", "mesh_code", "size_m", "devices", "min_devices"),
    MOVES: ("zones", "day_type", "hour", "origin", "destination", "days", "trips", "devices", "first_day", "last_day"),
}
"""Format to the columns of its frame; MOVES has `min_devices`, too. What a table does not say is None."""

MESH_HOUR = pa.schema(
    [
        ("on_date", pa.date32()),
        ("hour", pa.int32()),
        ("mesh_code", pa.int64()),
        ("size_m", pa.int32()),
        ("devices", pa.int64()),
    ]
)
"""Devices that were in a cell (JIS X 0410) in an hour (Tokyo): distinct within the row."""

OD_HOUR = pa.schema(
    [
        ("day_type", pa.string()),
        ("hour", pa.int32()),
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("days", pa.int32()),
        ("trips", pa.int64()),
        ("devices", pa.int64()),
    ]
)
"""Trips of all `days` of a day type that depart in an hour (NULL: in any); devices are distinct within the row."""

KEY = b"otsu_maps_flows"
PARQUET = b"PAR1"

NAMES = {
    "on_date": ("on_date", "日付", "年月日", "date"),
    "hour": ("hour", "時", "時間帯", "出発時", "時刻"),
    "mesh_code": ("mesh_code", "メッシュコード", "地域メッシュコード", "meshcode"),
    "devices": ("devices", "端末数", "端末"),
    "day_type": ("day_type", "曜日区分", "平休日", "平日休日"),
    "origin": ("origin", "出発地", "発地", "発ゾーン", "from"),
    "destination": ("destination", "到着地", "着地", "着ゾーン", "to"),
    "days": ("days", "日数"),
    "zones": ("zones", "ゾーン種別"),
    "trips": ("trips", "トリップ数", "移動量", "移動人数", "人数", "flow", "count", "件数"),
}
ZONES = ("district", "mesh1000", "mesh500", "mesh250")
"""What origins and destinations may be; else they are names ('named')."""

DAY_TYPES = {"平日": "weekday", "休日": "holiday", "土日祝": "holiday", "全日": "all", "": "all"}
DAY_TYPES |= {name: name for name in ("weekday", "holiday", "all")}


@dataclass(frozen=True)
class Facts:
    """How a result was made. `release` names its contents: two results that share a day must have the same."""

    first_day: str
    last_day: str
    min_devices: int
    mesh_m: int
    zones: str
    area: str
    rules: Mapping[str, Any]
    release: str = ""

    def metadata(self) -> dict[bytes, bytes]:
        return {KEY: json.dumps(vars(self), sort_keys=True).encode()}

    def differs_within_its_days(self, other: Facts) -> bool:
        """Whether two results share a day and are not the same: their differences could tell small numbers."""
        is_apart = self.last_day < other.first_day or other.last_day < self.first_day  # ISO dates sort as texts
        return not is_apart and self.release != other.release

    @classmethod
    def of(cls, file: str, schema: pa.Schema) -> Facts:
        """Of a file that a run wrote. Raises FileRefused for any other."""
        try:
            return cls(**json.loads((schema.metadata or {})[KEY]))
        except (KeyError, TypeError, ValueError) as error:
            raise FileRefused("flows_no_result", file=file) from error


def facts(payload: Payload) -> Facts | None:
    """How a result was made; None for a table of somebody else. Raises FileRefused."""
    if payload.data[:4] != PARQUET:
        return None
    return Facts.of(payload.name, _parquet(payload).schema)


def read(payload: Payload) -> Reading:
    """People present by cell and hour (CELLS) or trips by zones and hour (MOVES).

    Raises FileRefused, MissingColumn for a file that is neither.
    """
    if payload.data[:4] == PARQUET:
        return _result(payload)
    table = read_table(payload)
    columns = pick(table, NAMES)
    if {"mesh_code", "devices", "on_date", "hour"} <= set(columns):
        return _cells(table, columns)
    for needed in ("origin", "destination", "trips"):
        if needed not in columns:
            raise MissingColumn("file_no_column", file=payload.name, column=NAMES[needed][0])
    return _moves(table, columns)


def _parquet(payload: Payload) -> pa.Table:
    try:
        return pq.read_table(io.BytesIO(payload.data))
    except (pa.ArrowInvalid, OSError) as error:
        raise FileRefused("flows_no_result", file=payload.name) from error


def _result(payload: Payload) -> Reading:
    table = _parquet(payload)
    made = Facts.of(payload.name, table.schema)
    first, last = date.fromisoformat(made.first_day), date.fromisoformat(made.last_day)
    frame = table.to_pandas()
    if table.schema.names == MESH_HOUR.names:
        kind = CELLS
    elif table.schema.names == OD_HOUR.names:
        kind = MOVES
        frame = frame.assign(zones=made.zones, first_day=first, last_day=last)
    else:
        raise FileRefused("flows_no_result", file=payload.name)
    frame = frame.assign(min_devices=made.min_devices, source_row=np.arange(1, len(frame) + 1))
    return Reading(kind, "parquet", len(frame), frame)


def _cells(table: Table, columns: Mapping[str, str]) -> Reading:
    rows = Rows(COLUMNS[CELLS])
    for row, cells in table.rows:
        texts = {name: cells[column] for name, column in columns.items()}
        try:
            code = _whole("mesh_code", texts, 10**7, 10**11)
            entry = {"on_date": _day(texts["on_date"]), "hour": _whole("hour", texts, 0, 23), "mesh_code": code}
            size = int(mesh.sizes_m([code])[0])
            if not size:
                raise _Bad("mesh_code", texts)
            rows.take(row, **entry, size_m=size, devices=_whole("devices", texts, 0, 10**9), min_devices=None)
        except _Bad as bad:
            rows.refuse(row, cells, "row_bad_value", column=columns[bad.name], value=bad.value)
    return rows.reading(CELLS, table.encoding, len(table.rows))


def _moves(table: Table, columns: Mapping[str, str]) -> Reading:
    rows = Rows((*COLUMNS[MOVES], "min_devices"))
    for row, cells in table.rows:
        texts = dict.fromkeys(NAMES, "") | {name: cells[column] for name, column in columns.items()}
        try:
            entry = {name: texts[name].strip() for name in ("origin", "destination")}
            for name, text in entry.items():
                if not text:
                    raise _Bad(name, texts)
            if folded(texts["day_type"]) not in DAY_TYPES:
                raise _Bad("day_type", texts)
            trips = number(texts["trips"])
            if trips is None or not 0 <= trips < 1e12:
                raise _Bad("trips", texts)
            rows.take(
                row,
                **entry,
                zones=texts["zones"].strip() if texts["zones"].strip() in ZONES else "named",
                day_type=DAY_TYPES[folded(texts["day_type"])],
                hour=_whole("hour", texts, 0, 23) if texts["hour"].strip() else None,
                days=_whole("days", texts, 1, 10000) if texts["days"].strip() else None,
                trips=trips,
                devices=_whole("devices", texts, 0, 10**9) if texts["devices"].strip() else None,
            )
        except _Bad as bad:
            rows.refuse(row, cells, "row_bad_value", column=columns.get(bad.name, bad.name), value=bad.value)
    return rows.reading(MOVES, table.encoding, len(table.rows))


class _Bad(ValueError):
    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        super().__init__(name)
        self.name, self.value = name, texts[name][:100]


def _whole(name: str, texts: Mapping[str, str], least: int, most: int) -> int:
    text = re.sub(r"時台?$", "", folded(texts[name])) if name == "hour" else texts[name]
    found = whole(text)
    if found is None or not least <= found <= most:
        raise _Bad(name, texts)
    return found


def _day(text: str) -> date:
    match = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", folded(text))
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise _Bad("on_date", {"on_date": text})


def empty(kind: str) -> pd.DataFrame:
    """No rows of a format."""
    return pd.DataFrame(columns=["source_row", *COLUMNS[kind], *(["min_devices"] if kind == MOVES else [])])
