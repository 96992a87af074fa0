"""Facts that a city adds to its register by 共通ID, in a sheet (xlsx or CSV) of its own.

The sheet is this project's format: its headers are Japanese or the English names below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from otsu_maps.errors import FileRefused, MissingColumn
from otsu_maps.formats.dirt import flag, folded, number, whole
from otsu_maps.formats.gsi_shelters import COMMON_ID
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import refuse
from otsu_maps.formats.table import pick, read_table

FORMAT = "city_facts"
KINDS = {"避難所": "general", "福祉避難所": "welfare", "一時滞在施設": "stranded"}

_UNKNOWN = ("", "不明")
_NEEDS = {"要": True, "不要": False}
_WARNING_AREA = re.compile(r"[0-9]{7}")


def _not_negative(value: float | None) -> float | None:
    if value is not None and value < 0:
        raise ValueError(value)
    return value


def _persons(text: str) -> int | None:
    value = whole(text)
    _not_negative(value)
    return value


def _area(text: str) -> float | None:
    return _not_negative(number(text))


def _yes_no(text: str) -> bool | None:
    return None if folded(text) in _UNKNOWN else flag(text)


def _needs_opening(text: str) -> bool | None:
    plain = folded(text)
    if plain not in _NEEDS and plain not in _UNKNOWN:
        raise ValueError(text)
    return _NEEDS.get(plain)


def _kind(text: str) -> str | None:
    plain = folded(text)
    if plain in _UNKNOWN:
        return None
    if plain not in KINDS and plain not in KINDS.values():
        raise ValueError(text)
    return KINDS.get(plain, plain)


def _words(text: str) -> str | None:
    return None if text in _UNKNOWN else text


def _area_code(text: str) -> str | None:
    plain = folded(text)
    if plain in _UNKNOWN:
        return None
    if not _WARNING_AREA.fullmatch(plain):
        raise ValueError(text)
    return plain


_FACTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "capacity_refuge_persons": ("避難収容人数", _persons),
    "capacity_stay_persons": ("滞在収容人数", _persons),
    "area_m2": ("面積", _area),
    "needs_opening": ("開設要否", _needs_opening),
    "kind": ("種別", _kind),
    "is_wheelchair_ok": ("車いす", _yes_no),
    "toilet_count": ("トイレ", _persons),
    "is_pet_ok": ("ペット", _yes_no),
    "has_power": ("非常用電源", _yes_no),
    "has_water": ("給水", _yes_no),
    "contact": ("連絡先", _words),
    "warning_area_code": ("警報区域", _area_code),
}
CITY_FACT_COLUMNS = ("common_id", *_FACTS)
"""`common_id`, then one column a fact; None is unknown, and a blank cell is unknown (not zero, not 'no')."""


def read(payload: Payload) -> Reading:
    """The facts of a sheet as CITY_FACT_COLUMNS; `needs_opening` and the facilities are True, False or None.

    A row is refused with `row_no_id`, `row_bad_id`, `row_duplicate_id` (every later row of an id) or `row_bad_value`.
    Raises MissingColumn: `file_no_column` (no 共通ID); FileRefused: `facts_no_columns` (no fact at all), and what
    `table.read_table` raises.
    """
    table = read_table(payload)
    names = {"common_id": ("共通ID", "common_id")} | {name: (title, name) for name, (title, _) in _FACTS.items()}
    columns = pick(table, names)
    if "common_id" not in columns:
        raise MissingColumn("file_no_column", file=payload.name, column="共通ID")
    if len(columns) == 1:
        titles = "、".join(title for title, _ in _FACTS.values())
        raise FileRefused("facts_no_columns", file=payload.name, columns=titles)
    rows = Rows(CITY_FACT_COLUMNS)
    first_rows: dict[str, int] = {}
    for row, values in table.rows:
        raw = json.dumps(values, ensure_ascii=False)
        column = columns["common_id"]
        common_id = folded(values[column])
        if not COMMON_ID.fullmatch(common_id):
            code = "row_bad_id" if common_id else "row_no_id"
            refuse(rows, row, raw, code, value=values[column], column=column)
            continue
        if common_id in first_rows:
            first = first_rows[common_id]
            refuse(rows, row, raw, "row_duplicate_id", value=common_id, column=column, first_row=first)
            continue
        first_rows[common_id] = row
        facts: dict[str, Any] = dict.fromkeys(_FACTS)
        try:
            for name in _FACTS:
                if name in columns:
                    facts[name] = _FACTS[name][1](values[columns[name]])
        except ValueError:
            refuse(rows, row, raw, "row_bad_value", value=values[columns[name]], column=columns[name])
            continue
        rows.take(row, common_id=common_id, **facts)
    return rows.reading(FORMAT, table.encoding, len(table.rows))
