"""What a city adds to its register. A blank cell is unknown: never zero, never 'no'."""

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

from otsu_maps.errors import FileRefused, MissingColumn, OtsuMapsError
from otsu_maps.formats.city_facts import CITY_FACT_COLUMNS, read
from otsu_maps.formats.reading import Payload, Reading

ID = "E2520100001111"
TITLES = [
    "共通ID",
    "避難収容人数",
    "滞在収容人数",
    "面積",
    "開設要否",
    "種別",
    "車いす",
    "トイレ",
    "ペット",
    "非常用電源",
    "給水",
    "連絡先",
    "警報区域",
]
FULL = dict(
    zip(
        TITLES,
        [ID, "１,１３６人", "200", "350㎡", "要", "避難所", "○", "5", "×", "有", "無", "077-1", "2520101"],
        strict=True,
    )
)


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
        book.active.append([None if value == "" else value for value in row.values()])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_data(data: bytes) -> Reading:
    reading = read(Payload("facts.csv", data))
    refused_rows = {refused.row for refused in reading.refused}
    assert len(refused_rows) == len(reading.refused)
    assert reading.rows_in == reading.rows_out + len(refused_rows) + reading.rows_elsewhere
    assert list(reading.frame.columns) == ["source_row", *CITY_FACT_COLUMNS]
    return reading


def read_rows(*rows: dict[str, Any]) -> Reading:
    return read_data(as_csv(list(rows)))


def facts(reading: Reading) -> list[Any]:
    return [None if pd.isna(value) else value for value in reading.frame.iloc[0][list(CITY_FACT_COLUMNS)]]


EXPECTED = [ID, 1136, 200, 350.0, True, "general", True, 5, False, True, False, "077-1", "2520101"]


def test_japanese_headers_english_headers_and_excel_give_the_same_facts() -> None:
    english = dict(zip(CITY_FACT_COLUMNS, FULL.values(), strict=True))
    assert facts(read_rows(FULL)) == EXPECTED
    assert facts(read_rows(english)) == EXPECTED
    assert facts(read_data(as_csv([FULL], "cp932"))) == EXPECTED
    numbers = {"避難収容人数": 1136, "滞在収容人数": 200.0, "面積": 350, "トイレ": 5, "警報区域": 2520101}
    assert facts(read_data(as_excel([FULL | numbers]))) == EXPECTED


@pytest.mark.parametrize("nothing", ["", "不明", "\u3000"])
def test_a_blank_cell_is_unknown_and_never_zero_or_no(nothing: str) -> None:
    assert facts(read_rows(dict.fromkeys(TITLES, nothing) | {"共通ID": ID})) == [ID, *[None] * 12]


def test_a_column_that_the_sheet_lacks_is_unknown() -> None:
    assert facts(read_rows({"共通ID": ID, "トイレ": "0"})) == [ID, *[None] * 6, 0, *[None] * 5]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("避難所", "general"), ("福祉避難所", "welfare"), ("一時滞在施設", "stranded"), ("welfare", "welfare")],
)
def test_kinds_have_one_name_each(text: str, kind: str) -> None:
    assert read_rows(FULL | {"種別": text}).frame.kind[0] == kind


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("避難収容人数", "-5"),
        ("滞在収容人数", "約200"),
        ("避難収容人数", "12.5"),
        ("面積", "-1"),
        ("開設要否", "○"),
        ("種別", "公園"),
        ("車いす", "?"),
        ("トイレ", "-1"),
        ("ペット", "2"),
        ("警報区域", "25201"),
    ],
)
def test_a_bad_value_refuses_its_row_by_name(column: str, value: str) -> None:
    reading = read_rows(FULL, FULL | {"共通ID": "E2520100002111", column: value})
    assert len(reading.frame) == 1
    assert (reading.refused[0].row, reading.refused[0].reason.code) == (3, "row_bad_value")
    assert reading.refused[0].reason.params == {"value": value, "column": column}


def test_every_later_row_of_an_id_is_refused() -> None:
    reading = read_rows(FULL, FULL | {"トイレ": "9"}, FULL)
    assert list(reading.frame.source_row) == [2]
    assert [(refused.row, refused.reason.code) for refused in reading.refused] == [
        (3, "row_duplicate_id"),
        (4, "row_duplicate_id"),
    ]
    assert reading.refused[0].reason.params["first_row"] == 2


def test_a_row_needs_a_good_id() -> None:
    reading = read_rows(FULL | {"共通ID": ""}, FULL | {"共通ID": "CC01"})
    assert [refused.reason.code for refused in reading.refused] == ["row_no_id", "row_bad_id"]


def test_a_sheet_needs_ids_and_at_least_one_fact() -> None:
    with pytest.raises(MissingColumn) as missing:
        read_rows({"名称": "a", "トイレ": "1"})
    assert missing.value.reason.params == {"file": "facts.csv", "column": "共通ID"}
    with pytest.raises(FileRefused) as empty:
        read_rows({"共通ID": ID, "名称": "a"})
    assert empty.value.reason.code == "facts_no_columns"


rows_of_facts = st.fixed_dictionaries(
    {
        "避難収容人数": st.none() | st.integers(0, 99_999),
        "面積": st.none() | st.floats(0, 1e6).map(lambda area: round(area, 2)),
        "開設要否": st.none() | st.booleans(),
        "車いす": st.none() | st.booleans(),
        "連絡先": st.none() | st.text(alphabet="大津市役所", min_size=1),
    }
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(rows_of_facts, min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "excel"]),
    st.randoms(use_true_random=False),
)
def test_a_sheet_written_in_any_of_its_dirty_ways_is_read_back(
    rows: list[dict[str, Any]], way: str, chance: random.Random
) -> None:
    order = ["共通ID", *rows[0]]
    chance.shuffle(order)
    words = {"開設要否": {True: "要", False: "不要"}, "車いす": {True: "○", False: "×"}}
    written = []
    for number, row in enumerate(rows):
        shown = {name: "" if value is None else words.get(name, {}).get(value, value) for name, value in row.items()}
        shown["共通ID"] = f"E25201{number:05d}111"
        written.append({name: shown[name] for name in order})
    reading = read_data(as_excel(written) if way == "excel" else as_csv(written, way))
    assert not reading.refused
    names = {
        "避難収容人数": "capacity_refuge_persons",
        "面積": "area_m2",
        "開設要否": "needs_opening",
        "車いす": "is_wheelchair_ok",
        "連絡先": "contact",
    }
    for index, row in enumerate(rows):
        line = reading.frame.iloc[index]
        assert {title: None if pd.isna(line[name]) else line[name] for title, name in names.items()} == row


PIECES = [b"", b",", b"\n", b"\r", b'"', b" ", b"-", b"9", b"1e9", b"\xff", b"\0", "不明".encode(), "\u3000".encode()]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["utf-8", "cp932", "excel"])
def test_no_mutated_sheet_raises_anything_but_our_errors(kind: str) -> None:
    chance = random.Random(kind)
    rows = [FULL | {"共通ID": f"E25201{number:05d}111"} for number in range(4)]
    whole = as_excel(rows) if kind == "excel" else as_csv(rows, kind)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            read_data(mutated(whole, chance))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "facts.csv"
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 5  # of a packed .xlsx hardly any survive: see test_table
