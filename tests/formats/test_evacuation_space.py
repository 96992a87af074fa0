"""A municipality's own list, in whichever edition: flags, conditions and capacities come through as written."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import MissingColumn, OtsuMapsError
from otsu_maps.formats.evacuation_space import read
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.formats.register import HAZARDS_JA, REGISTER_COLUMNS
from otsu_maps.models import FLAGS, SHELTER, SITE

FLAG_COLUMNS = [f"災害種別_{name}" for name in HAZARDS_JA.values()]
EDITION = [
    "全国地方公共団体コード",
    "ID",
    "名称",
    "名称_カナ",
    "名称_英字",
    "所在地_全国地方公共団体コード",
    "町字ID",
    "所在地_連結表記",
    "所在地_都道府県",
    "所在地_市区町村",
    "所在地_町字",
    "所在地_番地以下",
    "建物名等(方書)",
    "緯度",
    "経度",
    "標高",
    "電話番号",
    "内線番号",
    "連絡先メールアドレス",
    "連絡先FormURL",
    "連絡先備考（その他、SNSなど）",
    "郵便番号",
    "市区町村コード",
    "地方公共団体名",
]
TAIL = [
    "指定避難所との重複",
    "想定収容人数",
    "対象となる町会・自治会",
    "URL",
    "画像",
    "画像_ライセンス",
    "備考",
]
COLUMNS = [*EDITION, *FLAG_COLUMNS, *TAIL]
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def place(**changes: str) -> dict[str, str]:
    row = {
        "全国地方公共団体コード": "252018",
        "ID": "CC01",
        "名称": "中央小学校",
        "名称_カナ": "チュウオウ",
        "名称_英字": "Chuo",
        "所在地_連結表記": "滋賀県大津市島の関1-60",
        "緯度": "35.0",
        "経度": "135.8",
        "災害種別_地震": "1",
        "想定収容人数": "１，１３６人",
    }
    return dict.fromkeys(COLUMNS, "") | row | changes


def as_csv(rows: list[dict[str, Any]], encoding: str = "utf-8") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_excel(rows: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([value or None for value in row.values()])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_data(data: bytes, code5: str = "25201") -> Reading:
    reading = read(Payload("a", data), code5)
    assert_whole(reading)
    return reading


def read_rows(*rows: dict[str, Any]) -> Reading:
    return read_data(as_csv(list(rows)))


def assert_whole(reading: Reading) -> None:
    refused_rows = {refused.row for refused in reading.refused}
    assert len(refused_rows) == len(reading.refused)
    assert reading.rows_in == reading.rows_out + len(refused_rows) + reading.rows_elsewhere
    assert not refused_rows & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *REGISTER_COLUMNS]


def test_the_national_edition_has_39_columns_and_is_read_by_name() -> None:
    assert len(COLUMNS) == 39
    reading = read_rows(place(備考="夜間閉鎖", 標高="85.5", 電話番号="077-1"))
    line = reading.frame.iloc[0]
    assert (reading.format, line.entry_kind, line.id_scheme, line.upstream_id) == (
        "evacuation_space",
        SITE,
        "municipal",
        "CC01",
    )
    assert (line.name_ja, line.name_kana, line.name_en) == ("中央小学校", "チュウオウ", "Chuo")
    assert (line.city_code5, line.lat, line.lon, line.elevation_m) == ("25201", 35.0, 135.8, 85.5)
    assert (line.address_ja, line.phone, line.note_ja) == ("滋賀県大津市島の関1-60", "077-1", "夜間閉鎖")
    assert line.capacity_persons == 1136
    assert pd.isna(line[["premises_key", "capacity_text_ja", "flags_text_ja", "accepts_ja"]]).all()
    assert {flag for flag in FLAGS if line[flag]} == {"is_for_earthquake"}


def test_a_site_that_is_also_a_shelter_gives_both_with_the_same_flags() -> None:
    frame = read_rows(place(指定避難所との重複="1"), place(ID="CC02", 指定避難所との重複="")).frame
    assert list(zip(frame.source_row, frame.entry_kind, strict=True)) == [(2, SITE), (2, SHELTER), (3, SITE)]
    assert list(frame.is_for_earthquake) == [True, True, True]


def test_an_older_edition_is_read_by_its_own_headers() -> None:
    row = {
        "都道府県コード又は市区町村コード": "252018",
        "NO": "7",
        "都道府県名": "滋賀県",
        "市区町村名": "大津市",
        "名称": "学校",
        "住所": "大津市1",
        "方書": "",
        "経度": "東経135.8度",
        "緯度": "北緯35度0分36秒",
        **dict.fromkeys(FLAG_COLUMNS, "1.0"),
    }
    line = read_rows(row).frame.iloc[0]
    assert (line.upstream_id, line.city_code5, line.address_ja, line.lon) == ("7", "25201", "大津市1", 135.8)
    assert line.lat == pytest.approx(35.01)


def test_a_list_without_hazards_is_a_list_of_shelters() -> None:
    row = {"避難所名称": "学校", "所在地": "大津市1", "収容可能人員（屋内）": "203", "緯度": "35", "経度": "135.8"}
    line = read_rows(row).frame.iloc[0]
    assert (line.entry_kind, line.upstream_id, line.capacity_persons) == (SHELTER, "学校|大津市1", 203)
    assert pd.isna(line[[*FLAGS, "city_code5"]]).all()


@pytest.mark.parametrize(
    ("low", "high", "is_for_flood"),
    [("○", "○", True), ("○", "×", False), ("△", "×", False), ("○", "△", None), ("△", "△", None), ("", "○", False)],
)
def test_a_site_is_for_floods_only_if_it_is_for_both_floods(low: str, high: str, is_for_flood: bool | None) -> None:
    line = read_rows({"name": "a", "location": "34.3,134.0", "flood_L1": low, "flood_L2": high}).frame.iloc[0]
    assert (None if pd.isna(line.is_for_flood) else bool(line.is_for_flood)) is is_for_flood
    assert pd.isna(line.is_for_volcano)


def test_a_condition_is_kept_as_it_was_written() -> None:
    line = read_rows(place(災害種別_洪水="○（2階以上）", 災害種別_津波="△")).frame.iloc[0]
    assert pd.isna(line[["is_for_flood", "is_for_tsunami"]]).all()
    assert line.flags_text_ja == "洪水：○（2階以上）、津波：△"


@pytest.mark.parametrize("text", ["屋内480人／屋外3,350人(面積の1/2)", "約500人", "-5", "12.5"])
def test_a_capacity_that_is_no_plain_number_stays_text(text: str) -> None:
    line = read_rows(place(想定収容人数=text)).frame.iloc[0]
    assert pd.isna(line.capacity_persons)
    assert line.capacity_text_ja == text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"名称": ""}, "row_no_name"),
        ({"緯度": ""}, "row_no_position"),
        ({"経度": "東のほう"}, "row_no_position"),
        ({"災害種別_高潮": "?"}, "row_bad_flag"),
        ({"指定避難所との重複": "?"}, "row_bad_flag"),
    ],
)
def test_a_row_that_cannot_be_used_says_which_value_is_wrong(changes: dict[str, str], code: str) -> None:
    reading = read_rows(place(**changes), place())
    ((column, value),) = changes.items()
    assert len(reading.frame) == 1
    assert (reading.refused[0].row, reading.refused[0].reason.code) == (2, code)
    assert reading.refused[0].reason.params == {"value": value, "column": column}


def test_rows_of_other_cities_are_counted_only_where_there_are_several() -> None:
    other = place(全国地方公共団体コード="252069")
    assert (read_rows(place(), other).rows_elsewhere, read_rows(other).rows_elsewhere) == (1, 0)
    assert list(read_rows(other).frame.city_code5) == ["25206"]


@pytest.mark.parametrize("missing", ["名称", "緯度", "経度"])
def test_a_list_without_names_or_positions_is_refused(missing: str) -> None:
    row = place()
    del row[missing]
    with pytest.raises(MissingColumn) as caught:
        read_rows(row)
    assert caught.value.reason.params == {"file": "a", "column": missing}


names = st.text(alphabet="大津小学校ピアザ淡海Ａ１（）", min_size=1, max_size=8)
places = st.fixed_dictionaries(
    {
        "ID": st.integers(1, 9999).map("CC{:05d}".format),
        "名称": names,
        "所在地_連結表記": names,
        "緯度": st.floats(34.9, 35.3).map(repr),
        "経度": st.floats(135.8, 136.0).map(repr),
        "想定収容人数": st.sampled_from(["", "238", "屋内191人／屋外0人(面積の1/2)"]),
        "指定避難所との重複": st.sampled_from(["", "1"]),
        "全国地方公共団体コード": st.just("252018"),
        **{name: st.sampled_from(["", "1", "○", "×", "△"]) for name in FLAG_COLUMNS},
    }
)
MEANING = {"": False, "1": True, "○": True, "×": False, "△": None}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(places, min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "wide", "excel"]),
    st.randoms(use_true_random=False),
)
def test_a_register_written_in_any_of_its_dirty_ways_is_read_back(
    rows: list[dict[str, str]], way: str, chance: random.Random
) -> None:
    order = list(COLUMNS)
    chance.shuffle(order)
    written = [{column: row.get(column, "") for column in order} for row in rows]
    if way == "excel":
        data = as_excel(written)
    elif way == "wide":
        digits = ("緯度", "経度", "全国地方公共団体コード", *FLAG_COLUMNS)
        wide = [
            {name: value.translate(WIDE) if name in digits else value for name, value in row.items()} for row in written
        ]
        data = as_csv(wide, "cp932")
    else:
        data = as_csv(written, way)
    reading = read_data(data)
    assert not reading.refused
    for index, row in enumerate(rows):
        lines = reading.frame[reading.frame.source_row == index + 2]
        assert list(lines.entry_kind) == ([SITE, SHELTER] if row["指定避難所との重複"] else [SITE])
        for _, line in lines.iterrows():
            assert (line.upstream_id, line.name_ja, line.lat) == (row["ID"], row["名称"], float(row["緯度"]))
            read_flags = [None if pd.isna(line[flag]) else bool(line[flag]) for flag in FLAGS]
            assert read_flags == [MEANING[row[name]] for name in FLAG_COLUMNS]
            persons, text = row["想定収容人数"] == "238", "屋内" in row["想定収容人数"]
            assert (pd.notna(line.capacity_persons), pd.notna(line.capacity_text_ja)) == (persons, text)


PIECES = [b"", b",", b"\n", b"\r", b'"', b" ", b"-", b"9", b"1e9", b"\xff", b"\0", "△".encode(), "\u3000".encode()]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["utf-8", "cp932", "excel"])
def test_no_mutated_register_raises_anything_but_our_errors(kind: str) -> None:
    chance = random.Random(kind)
    rows = [place(ID=f"CC{number}", 指定避難所との重複="1") for number in range(4)]
    whole = as_excel(rows) if kind == "excel" else as_csv(rows, kind)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            read_data(mutated(whole, chance))
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
@pytest.mark.parametrize(
    ("path", "encoding", "rows"),
    [
        ("municipal/takamatsu_0060_old.csv", "utf-8-sig", 193),
        ("municipal/takamatsu_evacuation_space.xlsx", "xlsx", 195),
    ],
)
def test_takamatsu_is_read_from_its_old_csv_and_its_excel_file(path: str, encoding: str, rows: int) -> None:
    reading = read_real(path, "37201")
    assert (reading.encoding, reading.rows_in) == (encoding, rows)
    assert dict(reading.frame.entry_kind.value_counts()) == {SITE: rows, SHELTER: 153}
    first = reading.frame.iloc[0]
    assert (first.name_ja, first.lat, first.capacity_persons) == ("日新小学校跡施設", 34.34753333, 238)
    assert first.upstream_id == "日新小学校跡施設|高松市瀬戸内町18-2"
    assert pd.isna(first.is_for_flood)
    assert first.is_for_earthquake
    assert first.flags_text_ja == "洪水（L2）：△、高潮：△、津波：△"


@pytest.mark.real
@needs_real
def test_the_182_shelters_of_hamamatsu_carry_the_wrong_code_of_their_file() -> None:
    frame = read_real("municipal/hamamatsu_hinanjo.csv", "22130").frame
    assert (len(frame), set(frame.entry_kind), set(frame.city_code5)) == (182, {SHELTER}, {"22139"})
    assert (frame.upstream_id[0], frame.capacity_persons[0], frame.phone[0]) == ("中央1", 1136, "(053)454-6406")
    assert frame.upstream_id.is_unique
    assert frame[list(FLAGS)].isna().all(axis=None)


@pytest.mark.real
@needs_real
def test_the_112_places_of_nanao_keep_their_sentences_of_capacity() -> None:
    frame = read_real("open_status/nanao_reference_data.csv", "17202").frame
    assert (len(frame), set(frame.entry_kind), set(frame.city_code5.dropna())) == (112, {SITE}, {"17202"})
    assert frame.capacity_persons.isna().all()
    assert frame.capacity_text_ja.notna().sum() == 109
    assert (int(frame.is_for_flood.sum()), int(frame.is_for_earthquake.sum())) == (87, 93)


@pytest.mark.real
@needs_real
@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("2024-01-09-1800", 29),
        ("2024-01-23-0600", 26),
        ("2024-02-09-0600", 23),
        ("2024-03-02-0600", 19),
        ("2024-03-20-0600", 17),
        ("2024-04-10-0600", 7),
        ("2024-05-02-0600", 7),
        ("2024-05-27-0600", 4),
        ("2024-06-23-1200", 3),
        ("2024-07-25-1300", 2),
    ],
)
def test_every_list_of_opened_shelters_of_nanao_is_a_register(moment: str, count: int) -> None:
    assert len(read_real(f"open_status/open_shelter_Nanao-shi_{moment}.csv", "17202").frame) == count
