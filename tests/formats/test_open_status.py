"""Published lists of open shelters: who, where, how many, and at which moment; unknown is never zero."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import MissingColumn, OtsuMapsError
from otsu_maps.formats import open_status
from otsu_maps.formats.open_status import COLUMNS, moment
from otsu_maps.formats.reading import Payload, Reading

FOLDER = REAL / "shelters" / "open_status"
GOOD = {
    "ID": "A1",
    "名称": "膳所小学校",
    "所在地": "滋賀県大津市膳所1-2",
    "緯度": "35.0",
    "経度": "135.9",
    "開設状況": "開設",
    "避難者数": "12",
    "世帯数": "5",
    "自主避難者数": "3",
    "時点": "令和6年1月9日午後6時",
}
SIX = datetime(2024, 1, 9, 9, 0)


def as_csv(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def read(*rows: dict[str, str], name: str = "list.csv", encoding: str = "utf-8") -> Reading:
    return open_status.read(Payload(name, as_csv(*rows, encoding=encoding)))


def one(**changes: str) -> dict[str, Any]:
    reading = read(GOOD | changes)
    assert not reading.refused, reading.refused
    return dict(reading.frame.iloc[0])


def test_a_row_gives_all_that_it_says() -> None:
    found = one()
    assert found.pop("source_row") == 2
    assert found == {
        "name_ja": "膳所小学校",
        "address_ja": "滋賀県大津市膳所1-2",
        "upstream_id": "A1",
        "lon": 135.9,
        "lat": 35.0,
        "status": "open",
        "people": 12,
        "households": 5,
        "voluntary": 3,
        "at": SIX,
    }


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("50", 50),
        ("５０", 50),
        ("約50人", 50),
        ("1,136人", 1136),
        ("50.0", 50),
        ("50名", 50),
        ("0", 0),
        ("", None),
        ("不明", None),
        ("調査中", None),
        ("－", None),
        ("ー", None),
    ],
)
def test_numbers_are_read_as_offices_write_them_and_unknown_is_none(text: str, people: int | None) -> None:
    assert one(避難者数=text)["people"] == people
    assert one(世帯数=text.replace("人", "世帯").replace("名", "世帯"))["households"] == people


def test_what_is_unknown_in_one_row_makes_no_fraction_of_the_others() -> None:
    counted = read(GOOD, GOOD | {"避難者数": "", "緯度": ""}).frame
    assert [type(value) for value in counted["people"]] == [int, type(None)]
    assert counted["lon"].tolist() == [135.9, None], "half a position is none"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("開設", "open"),
        ("開設中", "open"),
        ("○", "open"),
        ("常設", "open"),
        ("開設（一部）", "open"),
        ("閉鎖", "closed"),
        ("未開設", "closed"),
        ("×", "closed"),
        ("", None),
        ("不明", None),
        ("準備中", None),
    ],
)
def test_a_status_is_open_closed_or_unknown(text: str, status: str | None) -> None:
    assert one(開設状況=text)["status"] == status


def test_a_list_without_a_status_is_one_of_open_shelters() -> None:
    row = {name: text for name, text in GOOD.items() if name != "開設状況"}
    assert read(row).frame.iloc[0]["status"] == "open"


WRITINGS = [
    lambda at: f"令和{at.year - 2018}年{at.month}月{at.day}日{at.hour}時{at.minute}分",
    lambda at: f"R{at.year - 2018}.{at.month}.{at.day} {at.hour}:{at.minute:02}",
    lambda at: f"{at.year}年{at.month}月{at.day}日（月）{at.hour}時{at.minute:02}分現在",
    lambda at: f"{at:%Y/%m/%d %H:%M}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}+09:00",
    lambda at: f"{at - timedelta(hours=9):%Y-%m-%dT%H:%M:%S}Z",
    lambda at: (
        f"令和{at.year - 2018}年{at.month}月{at.day}日"
        f"{'午前' if at.hour < 12 else '午後'}{at.hour % 12}時{at.minute}分時点"
    ),
]
minutes = st.datetimes(datetime(2019, 5, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))


@given(minutes, st.sampled_from(WRITINGS))
def test_a_moment_of_japan_in_any_writing_is_the_same_moment_in_utc(at: datetime, write: Any) -> None:
    assert moment(write(at)) == at - timedelta(hours=9)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("令和6年1月9日正午", 12),
        ("令和6年1月9日午後1時30分", 13.5),
        ("令和6年1月9日18時半", 18.5),
        ("2024/1/9 24:00", 24),
    ],
)
def test_words_for_hours_are_understood(text: str, hour: float) -> None:
    assert moment(text) == datetime(2024, 1, 9) + timedelta(hours=hour - 9)


def test_a_day_without_an_hour_is_no_moment() -> None:
    assert moment("令和6年1月9日") is None
    assert moment("") is None


@pytest.mark.parametrize("text", ["夕方", "1月9日18時", "2024/13/9 18:00", "2024/1/9 25:00", "令和6年1月9日午後12時"])
def test_a_moment_that_nobody_can_tell_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text)


def test_the_moment_comes_from_the_row_else_the_header_else_the_name_of_the_file() -> None:
    bare = {"名称": "膳所小学校", "人数_令和6年1月9日午後6時時点": "12"}
    name = "open_shelter_2024-01-10-0730.csv"
    assert read(GOOD, name=name).frame.iloc[0]["at"] == SIX
    assert read(bare, name=name).frame.iloc[0]["at"] == SIX
    assert read({"名称": "膳所小学校", "人数": "12"}, name=name).frame.iloc[0]["at"] == datetime(2024, 1, 9, 22, 30)
    assert read({"名称": "膳所小学校", "人数": "12"}, name="list_2024-13-45-9999.csv").frame.iloc[0]["at"] is None


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"名称": ""}, "row_no_name", "名称"),
        ({"名称": "合　計"}, "occupancy_row_total", "名称"),
        ({"名称": "合計"}, "occupancy_row_total", "名称"),
        ({"避難者数": "多数"}, "row_bad_value", "避難者数"),
        ({"避難者数": "-5"}, "row_bad_value", "避難者数"),
        ({"避難者数": "2000000"}, "row_bad_value", "避難者数"),
        ({"避難者数": "12.5"}, "row_bad_value", "避難者数"),
        ({"開設状況": "満員"}, "row_bad_value", "開設状況"),
        ({"時点": "夕方"}, "row_bad_value", "時点"),
        ({"緯度": "湖畔"}, "row_no_position", "緯度"),
        ({"経度": "湖畔"}, "row_no_position", "経度"),
        ({"緯度": "135.9", "経度": "35.0"}, "row_no_position", "緯度"),
        ({"名称": "あ" * 201}, "row_bad_value", "名称"),
    ],
)
def test_a_row_that_cannot_be_used_says_where_and_the_others_load(
    changes: dict[str, str], code: str, column: str
) -> None:
    reading = read(GOOD | changes, GOOD)
    assert [(refused.row, refused.reason.code) for refused in reading.refused] == [(2, code)]
    params = reading.refused[0].reason.params
    assert (params["column"], params["value"]) == (column, changes[column][:200])
    assert reading.frame["source_row"].tolist() == [3]


def test_a_running_number_is_no_identifier() -> None:
    assert read({"NO": "1", "名称": "膳所小学校", "人数": "12"}).frame.iloc[0]["upstream_id"] is None


@pytest.mark.parametrize("header", [("所在地", "人数"), ("名称", "所在地")])
def test_a_list_without_names_or_without_anything_to_tell_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(MissingColumn):
        read(dict.fromkeys(header, "1"))


def test_the_same_list_reads_alike_in_any_encoding_and_from_excel() -> None:
    rows = [GOOD, GOOD | {"名称": "石山公園", "避難者数": "約３０人"}]
    plain = read(*rows).frame
    for encoding in ("utf-8-sig", "cp932", "utf-16"):
        assert read(*rows, encoding=encoding).frame.equals(plain)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(GOOD))
    for row in rows:
        sheet.append([*list(row.values())[:-1], datetime(2024, 1, 9, 18, 0)])
    data = io.BytesIO()
    book.save(data)
    assert open_status.read(Payload("list.xlsx", data.getvalue())).frame.equals(plain)


PIECES = [b"", b",", b"\n", b"\r", b'"', b" ", b"-", b"9", b"1e9", b"\xff", b"\0", "月".encode(), "　".encode()]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


def test_two_thousand_mutations_give_our_own_errors_or_a_whole_reading() -> None:
    good = as_csv(GOOD, GOOD | {"ID": "A2"}, GOOD | {"ID": "A3", "避難者数": "約50人"})
    chance = random.Random(17)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            reading = open_status.read(Payload("x.csv", mutated(good, chance)))
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "x.csv"
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        refused = {each.row for each in reading.refused}
        assert len(refused) == len(reading.refused) and not refused & set(reading.frame["source_row"])
        assert reading.rows_in == reading.rows_out + len(refused)
        assert list(reading.frame.columns) == ["source_row", *COLUMNS]
        assert set(reading.frame["status"]) <= {"open", "closed", None}
        (reading.frame.to_csv() + "".join(each.value + each.reason.sentence() for each in reading.refused)).encode()
    assert min(outcomes.values()) > 20


@needs_real
@pytest.mark.real
def test_the_real_lists_of_nanao_read_whole_with_their_own_moments() -> None:
    paths = sorted(FOLDER.glob("open_shelter_*.csv"))
    assert paths
    for path in paths:
        reading = open_status.read(Payload(path.name, path.read_bytes()))
        with path.open(encoding="utf-8", newline="") as file:
            raw = list(csv.DictReader(file))
        column = next(name for name in raw[0] if name.startswith("人数"))
        assert reading.frame["people"].tolist() == [int(row[column]) for row in raw] and not reading.refused
        assert reading.frame["upstream_id"].tolist() == [row["ID"] for row in raw]
        [at] = set(reading.frame["at"])
        said = re.search(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)", path.name)
        assert said and (at + timedelta(hours=9)).strftime("%Y %m %d %H") == " ".join(said.groups())


@needs_real
@pytest.mark.real
def test_what_the_rows_say_goes_before_the_name_of_the_file() -> None:
    path = FOLDER / "open_shelter_Nanao-shi_2024-07-25-1300.csv"
    at = open_status.read(Payload(path.name, path.read_bytes())).frame["at"]
    assert set(at) == {datetime(2024, 7, 25, 4, 30)}, "午後1時30分 in every row"
