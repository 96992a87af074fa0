"""Counters of people or vehicles at a place: a table of site, time, direction, count; or one file a site and day.

The second is how sensors of Sabae City write (code4fukui/jinryu): `<site>_<yyyy-mm-dd>.csv` with columns t, n.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.errors import FileRefused, MissingColumn
from otsu_maps.formats.dirt import folded, whole
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.table import pick, read_table

FORMAT = "counter"
COLUMNS = ("site_id", "counted_at", "direction", "passages")
"""`counted_at` is naive UTC, when the count ended; `direction` as it was written, or None."""

NAMES = {
    "site_id": ("site", "site_id", "地点", "観測地点", "調査地点", "計測地点"),
    "counted_at": ("time", "日時", "観測日時", "計測日時", "datetime", "timestamp"),
    "direction": ("direction", "方向", "向き"),
    "passages": ("count", "人数", "通行量", "歩行者数", "交通量", "カウント"),
}
OF_SENSOR = ("t", "n")
SITE_AND_DAY = re.compile(r"(?:.*/)?([0-9A-Za-z-]{1,64})_([0-9]{4}-[0-9]{2}-[0-9]{2})\.csv")

_TOKYO = timedelta(hours=9)


def read(payload: Payload) -> Reading:
    """Counts as COLUMNS. Raises FileRefused, MissingColumn where a file is none."""
    table = read_table(payload)
    site, day = "", ""
    if table.columns == OF_SENSOR:
        match = SITE_AND_DAY.fullmatch(payload.name)
        if match is None:
            raise FileRefused("counter_name", file=payload.name)
        site, day = match.groups()
        columns = {"counted_at": "t", "passages": "n"}
    else:
        columns = pick(table, NAMES)
        for needed in ("site_id", "counted_at", "passages"):
            if needed not in columns:
                raise MissingColumn("file_no_column", file=payload.name, column=NAMES[needed][0])
    rows = Rows(COLUMNS)
    for row, cells in table.rows:
        texts = {name: cells[column].strip() for name, column in columns.items()}
        entry: dict[str, Any] = {
            "site_id": texts.get("site_id", site),
            "counted_at": _utc(f"{day} {texts['counted_at']}".strip()),
            "direction": texts.get("direction") or None,
            "passages": whole(texts["passages"]),
        }
        bad = next((name for name in columns if name != "direction" and entry[name] in (None, "")), None)
        if bad is None and entry["passages"] < 0:
            bad = "passages"
        if bad:
            rows.refuse(row, cells, "row_bad_value", column=columns[bad], value=texts[bad][:100])
        else:
            rows.take(row, **entry)
    return rows.reading(FORMAT, table.encoding, len(table.rows))


def _utc(text: str) -> datetime | None:
    """A time of Japan or one with an offset."""
    try:
        moment = datetime.fromisoformat(folded(text).replace("/", "-"))
    except ValueError:
        return None
    if len(text) < len("2023-11-14 09") or not 1990 <= moment.year <= 2100:
        return None
    return (
        moment - _TOKYO if moment.tzinfo is None else moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta(0))
    )
