"""The lists of the Geospatial Information Authority: every row is read, refused with a reason, or belongs elsewhere."""

from __future__ import annotations

import csv
import io
import json
import random
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, MissingColumn, OtsuMapsError, UnsafeFile
from otsu_maps.formats.gsi_shelters import read
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.formats.register import HAZARDS_JA, REGISTER_COLUMNS
from otsu_maps.models import FLAGS, HAZARDS, SHELTER, SITE

SITE_COLUMNS = [
    "NO",
    "共通ID",
    "施設・場所名",
    "住所",
    *HAZARDS_JA.values(),
    "指定避難所との住所同一",
    "緯度",
    "経度",
    "備考",
]
SHELTER_COLUMNS = ["NO", "共通ID", "施設・場所名", "住所", "受入対象者", "緯度", "経度", "備考"]
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def site(**changes: Any) -> dict[str, Any]:
    row = {
        "NO": "1",
        "共通ID": "E2520100001201",
        "施設・場所名": "県立体育館",
        "住所": "大津市におの浜4-2-12",
        "緯度": "35.0",
        "経度": "135.8",
    }
    return dict.fromkeys(SITE_COLUMNS, "") | row | {"地震": "1"} | changes


def shelter(**changes: Any) -> dict[str, Any]:
    return {column: site(共通ID="E2520100001111").get(column, "") for column in SHELTER_COLUMNS} | changes


def as_csv(rows: list[dict[str, Any]], encoding: str = "utf-8-sig") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_geojson(rows: list[dict[str, Any]]) -> bytes:
    features = []
    for row in rows:
        properties = {name: value for name, value in row.items() if name not in ("緯度", "経度")}
        point = {"type": "Point", "coordinates": [float(row["経度"]), float(row["緯度"])]}
        features.append({"type": "Feature", "geometry": point, "properties": properties})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def as_excel(rows: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([value or None for value in row.values()])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_rows(rows: list[dict[str, Any]], code5: str = "25201") -> Reading:
    reading = read(Payload("a.csv", as_csv(rows)), code5)
    assert_whole(reading)
    return reading


def assert_whole(reading: Reading) -> None:
    refused_rows = {refused.row for refused in reading.refused}
    assert len(refused_rows) == len(reading.refused)
    assert reading.rows_in == reading.rows_out + len(refused_rows) + reading.rows_elsewhere
    assert not refused_rows & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *REGISTER_COLUMNS]


def refusal(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    reading = read_rows([row])
    assert len(reading.frame) == 0
    return reading.refused[0].reason.code, dict(reading.refused[0].reason.params)


def test_a_site_is_read_with_what_the_list_says_and_nothing_more() -> None:
    line = read_rows([site(備考="運動場", 洪水="1")]).frame.iloc[0]
    assert (line.entry_kind, line.id_scheme, line.upstream_id) == (SITE, "gsi", "E2520100001201")
    assert (line.premises_key, line.city_code5, line.lat, line.lon) == ("E2520100001", "25201", 35.0, 135.8)
    assert {flag for flag in FLAGS if line[flag]} == {"is_for_flood", "is_for_earthquake"}
    assert line.note_ja == "運動場"
    assert pd.isna(line[["capacity_persons", "capacity_text_ja", "phone", "name_kana", "elevation_m"]]).all()


def test_a_shelter_has_no_flags_but_whom_it_accepts() -> None:
    reading = read_rows([shelter(受入対象者="要配慮者")])
    assert reading.format == "gsi_shelters"
    line = reading.frame.iloc[0]
    assert (line.entry_kind, line.accepts_ja) == (SHELTER, "要配慮者")
    assert pd.isna(line[list(FLAGS)]).all()


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"共通ID": ""}, "row_no_id", "共通ID"),
        ({"共通ID": "E25201"}, "row_bad_id", "共通ID"),
        ({"共通ID": "CC0000000504"}, "row_bad_id", "共通ID"),
        ({"施設・場所名": " "}, "row_no_name", "施設・場所名"),
        ({"緯度": ""}, "row_no_position", "緯度"),
        ({"経度": "不明"}, "row_no_position", "経度"),
        ({"経度": "東"}, "row_no_position", "経度"),
        ({"津波": "2"}, "row_bad_flag", "津波"),
        ({"津波": "△"}, "row_bad_flag", "津波"),
    ],
)
def test_a_row_that_cannot_be_used_says_which_value_is_wrong(changes: dict[str, str], code: str, column: str) -> None:
    assert refusal(site(**changes)) == (code, {"value": changes[column].strip(), "column": column})


def test_rows_of_other_cities_are_counted_in_a_national_file() -> None:
    reading = read_rows(
        [site(), site(共通ID="E2520600001201"), site(共通ID="E0110000001201", 津波="?"), site(共通ID="x")]
    )
    assert (reading.rows_in, reading.rows_out, reading.rows_elsewhere, len(reading.refused)) == (4, 1, 2, 1)


def test_a_file_of_one_other_city_keeps_its_rows_for_the_caller_to_refuse() -> None:
    reading = read_rows([site(共通ID="E2520600001201")])
    assert (reading.rows_elsewhere, list(reading.frame.city_code5)) == (0, ["25206"])


def test_a_municipality_that_has_not_consented_is_named() -> None:
    data = json.dumps({"type": "unavailable", "code": "252042", "name": "滋賀県近江八幡市"}).encode()
    with pytest.raises(FileRefused) as caught:
        read(Payload("a.geojson", data), "25204")
    assert caught.value.reason.code == "register_unavailable"
    assert caught.value.reason.params == {"file": "a.geojson", "name": "滋賀県近江八幡市"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "file_broken"),
        (b"[" * 200_000, "file_broken"),
        (b'{"type":"FeatureCollection","features":' + b"[" * 100_000, "file_broken"),
        (b"[1, 2]", "register_unknown"),
        (b'{"a": 1}', "register_unknown"),
        (b'{"type":"FeatureCollection","features":[]}', "file_empty"),
        (b'{"type":"FeatureCollection","features":[1,null,{"properties":3}]}', "register_unknown"),
        (b"a,b\n1,2\n", "register_unknown"),
        (b"<!DOCTYPE html>\n", "register_unknown"),
        (b"", "file_empty"),
    ],
)
def test_a_file_that_is_neither_list_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(Payload("a", data), "25201")
    assert caught.value.reason.code == code


@pytest.mark.parametrize("spelt", [b"\\ud800", b"\\u0000"])
@pytest.mark.parametrize("place", ["県立", "備考", "施設・場所名"])
def test_half_a_character_or_none_in_json_is_refused(spelt: bytes, place: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(Payload("a", as_geojson([site()]).replace(place.encode(), spelt)), "25201")
    assert caught.value.reason.code == "file_broken"


def test_half_a_character_in_the_name_of_a_municipality_is_shown_as_a_question_mark() -> None:
    with pytest.raises(FileRefused) as caught:
        read(Payload("a.geojson", b'{"type": "unavailable", "name": "\\ud800"}'), "25204")
    assert caught.value.reason.params["name"] == "?"


def test_a_giant_text_in_json_is_unsafe() -> None:
    with pytest.raises(UnsafeFile) as unsafe:
        read(Payload("a", as_geojson([site(備考="x" * 100_001)])), "25201")
    assert unsafe.value.reason.code == "file_giant_cell"


def test_a_list_without_one_of_its_hazards_is_refused_by_name() -> None:
    row = site()
    del row["津波"]
    with pytest.raises(MissingColumn) as caught:
        read(Payload("a.csv", as_csv([row])), "25201")
    assert caught.value.reason.params == {"file": "a.csv", "column": "津波"}


@pytest.mark.parametrize("geometry", [None, {"type": "Polygon", "coordinates": []}, {"type": "Point"}, 3])
def test_a_feature_without_a_point_is_refused(geometry: Any) -> None:
    document = json.loads(as_geojson([site(), site()]))
    document["features"][1]["geometry"] = geometry
    reading = read(Payload("a", json.dumps(document).encode()), "25201")
    assert_whole(reading)
    assert [(refused.row, refused.reason.code) for refused in reading.refused] == [(2, "row_no_position")]


def test_a_feature_that_lacks_a_flag_of_the_others_is_not_guessed() -> None:
    document = json.loads(as_geojson([site(), site()]))
    del document["features"][0]["properties"]["高潮"]
    reading = read(Payload("a", json.dumps(document).encode()), "25201")
    assert [refused.reason.code for refused in reading.refused] == ["row_bad_flag"]


names = st.text(alphabet="大津小学校ピアザ淡海Ａ１（）", min_size=1, max_size=8)
places = st.fixed_dictionaries(
    {
        "共通ID": st.integers(0, 99_999).map(lambda number: f"E25201{number:05d}201"),
        "施設・場所名": names,
        "住所": names,
        "緯度": st.floats(34.9, 35.3).map(repr),
        "経度": st.floats(135.8, 136.0).map(repr),
        "備考": st.sampled_from(["", "土砂：体育館使用不可"]),
        **{name: st.sampled_from(["", "1"]) for name in HAZARDS_JA.values()},
    }
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(places, min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "wide", "geojson", "excel"]),
    st.randoms(use_true_random=False),
)
def test_a_register_written_in_any_of_its_dirty_ways_is_read_back(
    rows: list[dict[str, str]], way: str, chance: random.Random
) -> None:
    order = list(SITE_COLUMNS)
    chance.shuffle(order)
    written = [{column: row.get(column, "") for column in order} for row in rows]
    if way == "geojson":
        data = as_geojson(written)
    elif way == "excel":
        data = as_excel(written)
    elif way == "wide":
        digits = ("共通ID", "緯度", "経度", *HAZARDS_JA.values())
        wide = [
            {name: value.translate(WIDE) if name in digits else value for name, value in row.items()} for row in written
        ]
        data = as_csv(wide, "cp932")
    else:
        data = as_csv(written, way)
    reading = read(Payload("a", data), "25201")
    assert_whole(reading)
    assert not reading.refused
    first = 1 if way == "geojson" else 2
    for index, row in enumerate(rows):
        line = reading.frame.iloc[index]
        assert line.source_row == index + first
        assert (line.upstream_id, line.name_ja, line.address_ja) == (row["共通ID"], row["施設・場所名"], row["住所"])
        assert (line.lat, line.lon) == (float(row["緯度"]), float(row["経度"]))
        assert [line[flag] for flag in FLAGS] == [row[name] == "1" for name in HAZARDS_JA.values()]


PIECES = [
    b"",
    b",",
    b"\n",
    b"\r",
    b'"',
    b" ",
    b"-",
    b"9",
    b"1e9",
    b"\xff",
    b"\0",
    b"\\u0000",
    b"\\ud800",
    b"{}",
    "\u3000".encode(),
]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["utf-8", "cp932", "geojson", "excel", "shelters"])
def test_no_mutated_register_raises_anything_but_our_errors(kind: str) -> None:
    chance = random.Random(kind)
    rows = [site(NO=str(number), 共通ID=f"E25201{number:05d}201") for number in range(4)]
    whole = {
        "utf-8": as_csv(rows),
        "cp932": as_csv(rows, "cp932"),
        "geojson": as_geojson(rows),
        "excel": as_excel(rows),
        "shelters": as_csv([shelter(), shelter(受入対象者="要配慮者")]),
    }[kind]
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            assert_whole(read(Payload("a", mutated(whole, chance)), "25201"))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "a"
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 5  # of a packed .xlsx hardly any survive: see test_table


def read_real(path: str, code5: str) -> Reading:
    file = REAL / "shelters" / path
    reading = read(Payload(file.name, file.read_bytes()), code5)
    assert_whole(reading)
    assert not reading.refused
    return reading


@pytest.mark.real
@needs_real
@pytest.mark.parametrize("path", ["gsi_geojson/252018_otsu_emergency.geojson", "gsi_csv/25201_2.derived.csv"])
def test_the_sites_of_otsu_are_341_with_their_hazards(path: str) -> None:
    reading = read_real(path, "25201")
    assert (reading.format, reading.rows_in, len(reading.frame)) == ("gsi_sites", 341, 341)
    counts = {hazard: int(reading.frame[f"is_for_{hazard}"].sum()) for hazard in HAZARDS}
    assert counts == {
        "flood": 310,
        "landslide": 328,
        "storm_surge": 0,
        "earthquake": 328,
        "tsunami": 0,
        "large_fire": 16,
        "inland_flood": 261,
        "volcano": 0,
    }
    assert reading.frame["premises_key"].nunique() == 238


@pytest.mark.real
@needs_real
def test_the_csv_and_the_geojson_of_otsu_are_equal() -> None:
    from_csv = read_real("gsi_csv/25201_2.derived.csv", "25201").frame
    from_json = read_real("gsi_geojson/252018_otsu_emergency.geojson", "25201").frame
    pd.testing.assert_frame_equal(from_csv.drop(columns="source_row"), from_json.drop(columns="source_row"))


@pytest.mark.real
@needs_real
@pytest.mark.parametrize(
    ("path", "code5", "count"),
    [
        ("gsi_geojson/252018_otsu_evacuation.geojson", "25201", 229),
        ("gsi_geojson/252069_kusatsu_emergency.geojson", "25206", 68),
        ("gsi_geojson/252069_kusatsu_evacuation.geojson", "25206", 73),
        ("gsi_geojson/252077_moriyama_emergency.geojson", "25207", 58),
        ("gsi_geojson/252077_moriyama_evacuation.geojson", "25207", 40),
        ("gsi_geojson/252123_takashima_emergency.geojson", "25212", 60),
        ("gsi_geojson/252123_takashima_evacuation.geojson", "25212", 60),
        ("gsi_csv/42202_2.csv", "42202", 270),
        ("gsi_csv/42202_1.csv", "42202", 145),
    ],
)
def test_the_lists_of_other_cities_are_read_whole(path: str, code5: str, count: int) -> None:
    reading = read_real(path, code5)
    assert len(reading.frame) == count
    assert set(reading.frame["city_code5"]) == {code5}
    is_sites = "emergency" in path or path.endswith("_2.csv")
    assert reading.format == ("gsi_sites" if is_sites else "gsi_shelters")


@pytest.mark.real
@needs_real
@pytest.mark.parametrize("kind", ["emergency", "evacuation"])
def test_omihachiman_is_unavailable(kind: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read_real(f"gsi_geojson/252042_omihachiman_{kind}.geojson", "25204")
    assert caught.value.reason.code == "register_unavailable"
    assert caught.value.reason.params["name"] == "滋賀県近江八幡市"
