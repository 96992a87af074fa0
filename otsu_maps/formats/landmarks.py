"""Places that visitors know: 観光施設一覧, 公共施設一覧 of 自治体標準オープンデータセット, or a list with such headers.

`<code6>_tourism.csv`, `<code6>_public_facility.csv`; headers are matched by name, as editions differ. Columns of
公共施設一覧: https://www.digital.go.jp/resources/open_data
"""

from __future__ import annotations

from typing import Any

from otsu_maps.errors import MissingColumn
from otsu_maps.formats.dirt import city_code5, coordinate
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import refuse
from otsu_maps.formats.table import pick, read_table

FORMAT = "landmarks"
COLUMNS = ("landmark_id", "city_code5", "name_ja", "name_kana", "name_en", "category_ja", "lon", "lat")
"""Positions are degrees; `category_ja`: what the list calls it (POIコード, カテゴリー), None: it does not say."""

NAMES = {
    "landmark_id": ("ID", "NO", "管理番号"),
    "city_code": ("全国地方公共団体コード", "都道府県コード又は市区町村コード"),
    "name_ja": ("名称", "施設名", "施設名称"),
    "common_ja": ("名称_通称", "通称"),
    "name_kana": ("名称_カナ", "施設名_カナ"),
    "name_en": ("名称_英字", "名称_英語", "名称_英字表記"),
    "category_ja": ("POIコード", "カテゴリー", "種別", "分類"),
    "lat": ("緯度",),
    "lon": ("経度",),
}


def read(payload: Payload) -> Reading:
    """Landmarks of a list: COLUMNS; by the common name where there is one.

    Nobody can stand at a place without a position: such a row is refused. Raises FileRefused, MissingColumn where no
    column has names or positions.
    """
    table = read_table(payload)
    columns = pick(table, NAMES)
    for needed in ("name_ja", "lat", "lon"):
        if needed not in columns:
            raise MissingColumn("file_no_column", file=payload.name, column=NAMES[needed][0])
    rows = Rows(COLUMNS)
    for number, cells in table.rows:
        texts = {name: cells[column].strip() for name, column in columns.items()}
        problem, values = _landmark(texts, number)
        if problem:
            code, column = problem
            params = {"file": payload.name, "column": NAMES[column][0], "value": texts[column][:200]}
            refuse(rows, number, str(cells), code, **params)
        else:
            rows.take(number, **values)
    return rows.reading(FORMAT, table.encoding, len(table.rows))


def _landmark(texts: dict[str, str], number: int) -> tuple[tuple[str, str] | None, dict[str, Any]]:
    """Why a row is refused, as code and column, and its values."""
    name = " ".join((texts.get("common_ja") or texts["name_ja"]).split())
    if not name:
        return ("row_no_name", "name_ja"), {}
    found: dict[str, float] = {}
    for axis in ("lat", "lon"):
        try:
            degrees = coordinate(texts[axis])
        except ValueError:
            degrees = None
        if degrees is None:
            return ("row_no_position", axis), {}
        found[axis] = degrees
    return None, found | {
        "landmark_id": texts.get("landmark_id") or str(number),
        "city_code5": city_code5(texts.get("city_code", "")),
        "name_ja": name,
        **{key: texts.get(key) or None for key in ("name_kana", "name_en", "category_ja")},
    }
