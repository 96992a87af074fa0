"""A municipality's own list of evacuation places: 自治体標準オープンデータセット, evacuation_space.

Its edition of 39 columns and the older ones (NO, 都道府県名, 方書 ...), the `#property` lists of Takamatsu, the shelter
list of Hamamatsu, and Nanao's lists. Columns are matched by header, never by position.
Source of the format: https://www.digital.go.jp/resources/open_data
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from otsu_maps.errors import MissingColumn
from otsu_maps.formats.dirt import city_code5, coordinate, flag, folded, lat_lon_pair, number, whole
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import HAZARDS_JA, REGISTER_COLUMNS, entry, refuse
from otsu_maps.formats.table import pick, read_table
from otsu_maps.models import SHELTER, SITE

FORMAT = "evacuation_space"

_COLUMNS: dict[str, tuple[str, ...]] = {
    # The publisher's code goes before the place's own: a city may designate a place beyond its border.
    "code": (
        "全国地方公共団体コード",
        "都道府県コード又は市区町村コード",
        "市区町村コード",
        "所在地_全国地方公共団体コード",
    ),
    "id": ("ID", "避難所No", "管理NO", "NO"),
    "name": ("名称", "避難所名称", "避難場所名称", "施設名称", "避難所名", "避難場所名", "施設名", "name"),
    "kana": ("名称_カナ", "名称カナ", "名称(カナ)"),
    "english": ("名称_英字", "名称_英語", "名称英語"),
    "address": ("所在地_連結表記", "所在地", "住所", "address"),
    "prefecture": ("所在地_都道府県", "都道府県名"),
    "city": ("所在地_市区町村", "市区町村名"),
    "town": ("所在地_町字",),
    "block": ("所在地_番地以下",),
    "lat": ("緯度", "latitude", "lat"),
    "lon": ("経度", "longitude", "lon", "lng"),
    "pair": ("location", "緯度経度", "座標"),
    "elevation": ("標高", "elevation"),
    "phone": ("電話番号", "電話1", "電話", "telephoneNumber"),
    "is_also_shelter": ("指定避難所との重複", "指定避難所との住所同一", "evacuationSpace"),
    "capacity": ("想定収容人数", "収容可能人員（屋内）", "収容人数", "収容可能人員", "capacity"),
    "note": ("備考", "note", "remarks"),
}
_ENGLISH_FLAGS = {
    "flood": ("flood",),
    "landslide": ("sedimentDisaster",),
    "storm_surge": ("stormSurge",),
    "earthquake": ("earthquake",),
    "tsunami": ("tsunami", "tunami"),
    "large_fire": ("fire",),
    "inland_flood": ("inundation",),
    "volcano": ("volcano",),
}
_FLAG_COLUMNS = {
    f"is_for_{hazard}": (f"災害種別_{name}", name, *_ENGLISH_FLAGS[hazard]) for hazard, name in HAZARDS_JA.items()
}
_FLAG_LABELS = {f"is_for_{hazard}": name for hazard, name in HAZARDS_JA.items()} | {
    "flood_L1": "洪水（L1）",
    "flood_L2": "洪水（L2）",
}
_FLOODS = ("flood_L1", "flood_L2")
"""Takamatsu tells the flood of the plan (L1) from the largest conceivable one (L2)."""

_NAMES = _COLUMNS | _FLAG_COLUMNS | {name: (name,) for name in _FLOODS}


def read(payload: Payload, code5: str | None) -> Reading:
    """The entries of a municipal list as REGISTER_COLUMNS, `id_scheme` 'municipal'.

    A list with hazard columns gives one site a row, and a shelter too where 指定避難所との重複 says so; a list without
    gives one shelter a row. Without a column of ids, `upstream_id` is '<name>|<address>'. Where the file holds the
    codes of several municipalities, the rows of others than `code5` (if any is given) are only counted. A row is
    refused with `row_no_name`, `row_no_position` or `row_bad_flag`. An elevation that is no number is None.

    Raises MissingColumn: `file_no_column` (no name, no position), and what `table.read_table` raises.
    """
    table = read_table(payload)
    columns = pick(table, _NAMES)
    if "name" not in columns:
        raise MissingColumn("file_no_column", file=payload.name, column=_COLUMNS["name"][0])
    if "pair" not in columns and not {"lat", "lon"} <= columns.keys():
        missing = "lon" if "lat" in columns else "lat"
        raise MissingColumn("file_no_column", file=payload.name, column=_COLUMNS[missing][0])
    list_ = _List(columns, code5)
    codes = {row: list_.code(values) for row, values in table.rows}
    has_several = len({code for code in codes.values() if code}) > 1
    rows = Rows(REGISTER_COLUMNS)
    elsewhere = 0
    for row, values in table.rows:
        if code5 and has_several and codes[row] not in (None, code5):
            elsewhere += 1
        else:
            list_.read_row(rows, row, values)
    return rows.reading(FORMAT, table.encoding, len(table.rows), elsewhere)


class _BadRow(ValueError):
    """Why a row cannot be used: a code, and the column that is to blame."""

    def __init__(self, code: str, name: str) -> None:
        self.code, self.name = code, name
        super().__init__(code, name)


@dataclass(frozen=True)
class _List:
    columns: dict[str, str]
    expected_code5: str | None

    def code(self, values: dict[str, str]) -> str | None:
        return city_code5(self.text(values, "code"), self.expected_code5)

    def text(self, values: dict[str, str], name: str) -> str:
        return values.get(self.columns.get(name, ""), "")

    def read_row(self, rows: Rows, row: int, values: dict[str, str]) -> None:
        try:
            entries = self._entries(values)
        except _BadRow as bad:
            raw = json.dumps(values, ensure_ascii=False)
            column = self.columns.get(bad.name, "")
            refuse(rows, row, raw, bad.code, value=self.text(values, bad.name), column=column)
            return
        for line in entries:
            rows.take(row, **line)

    def _entries(self, values: dict[str, str]) -> list[dict[str, Any]]:
        name = self.text(values, "name")
        if not name:
            raise _BadRow("row_no_name", "name")
        lat, lon = self._position(values)
        flags, flags_text = self._flags(values)
        address = self._address(values)
        persons, persons_text = _capacity(self.text(values, "capacity"))
        line = entry(
            id_scheme="municipal",
            upstream_id=self.text(values, "id") or f"{name}|{address}",
            city_code5=self.code(values),
            name_ja=name,
            name_kana=self.text(values, "kana"),
            name_en=self.text(values, "english"),
            address_ja=address,
            lon=lon,
            lat=lat,
            flags_text_ja=flags_text,
            capacity_persons=persons,
            capacity_text_ja=persons_text,
            elevation_m=_elevation(self.text(values, "elevation")),
            phone="" if folded(self.text(values, "phone")) == "-" else self.text(values, "phone"),
            note_ja=self.text(values, "note"),
            **flags,
        )
        kinds = [SITE] if flags else [SHELTER]
        if flags and self._flag(values, "is_also_shelter"):
            kinds.append(SHELTER)
        return [line | {"entry_kind": kind} for kind in kinds]

    def _position(self, values: dict[str, str]) -> tuple[float, float]:
        if "lat" in self.columns and "lon" in self.columns:
            found: list[float] = []
            for name in ("lat", "lon"):
                try:
                    degrees = coordinate(self.text(values, name))
                except ValueError:
                    degrees = None
                if degrees is None:
                    raise _BadRow("row_no_position", name)
                found.append(degrees)
            return found[0], found[1]
        try:
            pair = lat_lon_pair(self.text(values, "pair"))
        except ValueError:
            pair = None
        if pair is None:
            raise _BadRow("row_no_position", "pair")
        return pair

    def _flag(self, values: dict[str, str], name: str) -> bool | None:
        if name not in self.columns:
            return None
        try:
            return flag(self.text(values, name))
        except ValueError:
            raise _BadRow("row_bad_flag", name) from None

    def _flags(self, values: dict[str, str]) -> tuple[dict[str, bool | None], str]:
        """The flags of a row ({} where the file has none), and what stood in those that are a matter of conditions."""
        read = {name: self._flag(values, name) for name in (*_FLOODS, *_FLAG_COLUMNS) if name in self.columns}
        if not read:
            return {}, ""
        conditions = [
            f"{_FLAG_LABELS[name]}：{self.text(values, name)}" for name, value in read.items() if value is None
        ]
        flags = {name: read.get(name) for name in _FLAG_COLUMNS}
        floods = [read[name] for name in _FLOODS if name in read]
        if floods:
            flags["is_for_flood"] = False if False in floods else all(floods) or None
        return flags, "、".join(conditions)

    def _address(self, values: dict[str, str]) -> str:
        whole_address = self.text(values, "address")
        return whole_address or "".join(self.text(values, part) for part in ("prefecture", "city", "town", "block"))


def _capacity(text: str) -> tuple[int | None, str]:
    """Persons where the text is a plain count, else the text itself: a sentence is never cut down to a number."""
    try:
        persons = whole(text)
    except ValueError:
        return None, text
    return (None, text) if persons is not None and persons < 0 else (persons, "")


def _elevation(text: str) -> float | None:
    try:
        return number(text)
    except ValueError:
        return None
