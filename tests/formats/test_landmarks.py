"""Landmarks come from lists of any edition of the national form; a row without a position is refused."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.errors import MissingColumn, OtsuMapsError
from otsu_maps.formats import landmarks, recognise
from otsu_maps.formats.reading import Payload, Reading

OLD = ("都道府県コード又は市区町村コード", "NO", "名称", "名称_カナ", "名称_通称", "POIコード", "住所", "緯度", "経度")
NEW = ("全国地方公共団体コード", "ID", "名称", "名称_カナ", "名称_英字", "POIコード", "緯度", "経度")
HALL = {
    "全国地方公共団体コード": "252018",
    "ID": "7",
    "名称": "音楽ホール",
    "名称_カナ": "オンガクホール",
    "名称_英字": "Concert Hall",
    "POIコード": "1601",
    "緯度": "35.0",
    "経度": "135.9",
}


def payload(*rows: dict[str, str], header: tuple[str, ...] = NEW, encoding: str = "utf-8-sig") -> Payload:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return Payload("252018_tourism.csv", out.getvalue().encode(encoding))


def read(*rows: dict[str, str], **how: object) -> Reading:
    return landmarks.read(payload(*rows, **how))  # type: ignore[arg-type]


def test_a_row_becomes_a_landmark() -> None:
    [row] = read(HALL).frame.to_dict("records")
    assert {name: row[name] for name in landmarks.COLUMNS} == {
        "landmark_id": "7",
        "city_code5": "25201",
        "name_ja": "音楽ホール",
        "name_kana": "オンガクホール",
        "name_en": "Concert Hall",
        "category_ja": "1601",
        "lon": 135.9,
        "lat": 35.0,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_older_edition_in_any_encoding_gives_the_common_name(encoding: str) -> None:
    old = {**HALL, "NO": "3", "名称_通称": "ホール", "都道府県コード又は市区町村コード": "252018"}
    [row] = read(old, header=OLD, encoding=encoding).frame.to_dict("records")
    assert (row["landmark_id"], row["name_ja"], row["name_en"]) == ("3", "ホール", None)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("名称", " ", "row_no_name"), ("緯度", "", "row_no_position"), ("経度", "東", "row_no_position")],
)
def test_a_row_that_names_no_place_is_refused_with_its_column(column: str, value: str, code: str) -> None:
    reading = read({**HALL, column: value}, HALL)
    [refused] = reading.refused
    assert (refused.reason.code, refused.reason.params["column"], refused.row) == (code, column, 2)
    assert len(reading.frame) == 1


@pytest.mark.parametrize("column", ["名称", "緯度", "経度"])
def test_a_list_without_names_or_positions_is_none(column: str) -> None:
    with pytest.raises(MissingColumn):
        read(HALL, header=tuple(name for name in NEW if name != column))


def test_it_is_recognised_by_itself() -> None:
    assert recognise.recognise(payload(HALL), 1_000_000).format == landmarks.FORMAT


@given(st.lists(st.lists(st.text(max_size=12), min_size=len(NEW), max_size=len(NEW)), max_size=6))
def test_whatever_the_cells_hold_every_row_is_taken_or_refused(rows: list[list[str]]) -> None:
    try:
        reading = read(*(dict(zip(NEW, cells, strict=True)) for cells in rows))
    except OtsuMapsError:
        return
    assert len(reading.frame) + len({each.row for each in reading.refused}) == reading.rows_in
