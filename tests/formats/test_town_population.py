"""Population by town: towns and not totals, dates with their year, and unknown is not zero."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, MissingColumn, OtsuMapsError
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.formats.town_population import COLUMNS, COUNTS, day, read

BANDS = [f"{age}-{age + 4}歳の" for age in range(0, 85, 5)] + ["85歳以上の"]
AGES = [f"{band}{sex}" for band in BANDS for sex in ("男性", "女性")]
STANDARD = [
    "都道府県コード又は市区町村コード",
    "市区町村名",
    "調査年月日",
    "地域名",
    "総人口",
    "男性",
    "女性",
    *AGES,
    "世帯数",
]
NUMBERED = [f"{word}{number}" for number in range(1, 19) for word in ("man", "woman")]
LINKDATA = ["prefCode", "cityName", "surveyDate", "regionName", "totalPopulation", "male", "woman", *NUMBERED]
LINKDATA += ["numberOfHouseholds"]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def town(**changes: Any) -> dict[str, str]:
    row = dict.fromkeys(STANDARD, "1") | {
        "市区町村名": "大津市",
        "調査年月日": "2024-10-01",
        "地域名": "におの浜一丁目",
    }
    return (
        row
        | {"総人口": "36", "男性": "18", "女性": "18", "世帯数": "15"}
        | {name: str(value) for name, value in changes.items()}
    )


def as_csv(rows: list[dict[str, str]], encoding: str = "utf-8-sig", **how: Any) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), **how)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_linkdata(rows: list[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([["#LINK"], ["#lang", "ja"], ["#property", *LINKDATA], ["#property_context", "Assertion"]])
    writer.writerows([number, *(row[name] for name in STANDARD)] for number, row in enumerate(rows, 1))
    return buffer.getvalue().encode("utf-8-sig")


def assert_whole(reading: Reading) -> None:
    refused = [each.row for each in reading.refused]
    assert refused == sorted(set(refused))
    assert reading.rows_in == reading.rows_out + len(refused) + reading.rows_elsewhere
    assert not set(refused) & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *COLUMNS]
    for each in reading.refused:
        each.reason.params_json().encode()


def read_rows(*rows: dict[str, str]) -> Reading:
    reading = read(Payload("a.csv", as_csv(list(rows))))
    assert_whole(reading)
    return reading


def test_a_town_is_read_with_its_ages_from_the_bands_of_both_sexes() -> None:
    reading = read_rows(town())
    assert (reading.format, reading.rows_in) == ("town_population", 1)
    line = reading.frame.iloc[0]
    assert (line.source_row, line.town_ja, line.on_date) == (2, "におの浜一丁目", date(2024, 10, 1))
    assert line[list(COUNTS)].tolist() == [36, 18, 18, 15, 6, 20, 10, 6]


def test_the_numbered_bands_of_the_linkdata_twin_are_those_of_the_national_layout() -> None:
    rows = [town(**{f"{BANDS[number]}男性": number for number in range(18)})]
    named, twin = read_rows(*rows), read(Payload("a.csv", as_linkdata(rows)))
    assert_whole(twin)
    assert twin.frame[list(COLUMNS)].equals(named.frame[list(COLUMNS)])
    assert twin.frame.iloc[0].source_row == 5


def test_totals_and_rows_without_a_name_are_no_towns() -> None:
    names = ["合計", "総　数", "小計", "本庁管内計", "（合計）", "", "大津市", "計"]
    reading = read_rows(town(), *(town(地域名=name) for name in names), town(地域名="時計台町"))
    assert [each.reason.code for each in reading.refused] == ["row_is_total"] * len(names)
    assert reading.frame["town_ja"].tolist() == ["におの浜一丁目", "時計台町"]


def test_an_unknown_count_is_unknown_and_spreads_to_no_more_than_its_own_ages() -> None:
    line = read_rows(town(世帯数="-", **{"0-4歳の女性": ""})).frame.iloc[0]
    assert pd.isna(line[["households", "age_0_14_persons"]]).all()
    assert line[["population_persons", "age_15_64_persons", "age_65_over_persons"]].tolist() == [36, 20, 10]
    assert read_rows(town(総人口="0")).frame.iloc[0].population_persons == 0


def test_a_list_by_hand_needs_only_a_town_and_its_people() -> None:
    reading = read(Payload("a.csv", '町名,人口,世帯\n膳所,"1,234人",５００\n'.encode("cp932")))
    line = reading.frame.iloc[0]
    assert (line.town_ja, line.population_persons, line.households) == ("膳所", 1234, 500)
    assert pd.isna(line[["on_date", "men_persons", "age_65_over_persons"]]).all()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"総人口": "many"}, "row_bad_value"),
        ({"世帯数": "-4"}, "row_bad_value"),
        ({"85歳以上の女性": "2.5"}, "row_bad_value"),
        ({"調査年月日": "10月1日"}, "row_bad_value"),
        ({"調査年月日": "2024-13-01"}, "row_bad_value"),
    ],
)
def test_a_row_that_cannot_be_used_says_which_value_is_wrong(changes: dict[str, str], code: str) -> None:
    ((column, value),) = changes.items()
    reading = read_rows(town(地域名="膳所"), town(**changes))
    assert [(each.row, each.reason.code) for each in reading.refused] == [(3, code)]
    assert reading.refused[0].reason.params == {"value": value, "column": column}


def test_a_town_counts_once_a_day() -> None:
    reading = read_rows(town(), town(調査年月日="2023-10-01"), town(総人口="37"))
    assert reading.rows_out == 2
    assert [each.reason.params for each in reading.refused] == [{"value": "におの浜一丁目", "first": 2}]


@pytest.mark.parametrize("text", ["町名,緯度\nx,1\n", "人口\n5\n"])
def test_a_list_without_towns_or_people_is_refused_by_name(text: str) -> None:
    with pytest.raises(MissingColumn) as caught:
        read(Payload("a.csv", text.encode()))
    assert caught.value.reason.code == "file_no_column"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("2018-11-01", date(2018, 11, 1)),
        ("2018/11/1", date(2018, 11, 1)),
        ("2018-11-01T00:00:00", date(2018, 11, 1)),
        ("20181101", date(2018, 11, 1)),
        ("２０１８年１１月１日現在", date(2018, 11, 1)),
        ("平成30年11月1日", date(2018, 11, 1)),
        ("令和元年 5月 1日", date(2019, 5, 1)),
        ("R6.10.1", date(2024, 10, 1)),
        ("11/1/2018", date(2018, 11, 1)),
        ("2/28/2018", date(2018, 2, 28)),
    ],
)
def test_a_date_is_read_as_towns_write_it(text: str, expected: date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    "text", ["1/2/2018", "30/11/2018", "2018-02-30", "11月1日", "2018年11月", "H0.1.32", "昨日", "18-11-1"]
)
def test_a_date_that_could_be_two_or_none_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        day(text)


counts = st.one_of(st.integers(0, 20_000), st.none())
rows_of_towns = st.fixed_dictionaries(
    {
        "town": st.text(alphabet="大津浜町一二三丁目ヶノ", min_size=1, max_size=7),
        "day": st.dates(date(1990, 1, 1), date(2030, 12, 31)),
        "numbers": st.lists(counts, min_size=4, max_size=4),
        "ages": st.lists(st.integers(0, 99), min_size=36, max_size=36),
    }
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(rows_of_towns, min_size=1, max_size=5, unique_by=lambda row: row["town"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "wide", "quoted", "linkdata", "shuffled", "commas"]),
    st.sampled_from(["iso", "slash", "packed", "kanji"]),
    st.randoms(use_true_random=False),
)
def test_a_list_written_in_any_of_its_dirty_ways_is_read_back(
    towns: list[dict[str, Any]], way: str, dates: str, chance: random.Random
) -> None:
    form = {"iso": "%Y-%m-%d", "slash": "%Y/%m/%d", "packed": "%Y%m%d", "kanji": "%Y年%m月%d日"}[dates]
    rows = []
    for each in towns:
        texts = [
            "" if number is None else f"{number:,}" if way == "commas" else str(number) for number in each["numbers"]
        ]
        texts = [text.translate(WIDE) for text in texts] if way == "wide" else texts
        row = dict(zip(["総人口", "男性", "女性", "世帯数"], texts, strict=True)) | {"地域名": each["town"]}
        row |= {"調査年月日": each["day"].strftime(form)} | dict(zip(AGES, map(str, each["ages"]), strict=True))
        rows.append(town() | row)
    if way == "shuffled":
        order = list(STANDARD)
        chance.shuffle(order)
        rows = [{name: row[name] for name in order} for row in rows]
    encoding = way if way in ("utf-8", "utf-8-sig", "cp932") else "utf-8"
    how = {"quoting": csv.QUOTE_ALL} if way == "quoted" else {}
    reading = read(Payload("a.csv", as_linkdata(rows) if way == "linkdata" else as_csv(rows, encoding, **how)))
    assert_whole(reading)
    assert not reading.refused
    for index, each in enumerate(towns):
        line = reading.frame.iloc[index]
        assert (line.town_ja, line.on_date) == (each["town"], each["day"])
        read_back = [None if pd.isna(value) else value for value in line[list(COUNTS[:4])]]
        assert read_back == each["numbers"]
        ages = each["ages"]
        assert line[list(COUNTS[4:])].tolist() == [sum(ages[:6]), sum(ages[6:26]), sum(ages[26:]), sum(ages[30:])]


@pytest.mark.parametrize("kind", ["standard", "linkdata"])
def test_no_mutated_file_raises_anything_but_our_errors(kind: str) -> None:
    chance = random.Random(kind)
    rows = [town(), town(地域名="膳所", 調査年月日="平成30年4月1日"), town(地域名="合計")]
    whole = as_csv(rows) if kind == "standard" else as_linkdata(rows)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randint(1, 8)]
                case 2:
                    data[at:at] = chance.choice([b",", b"\n", b'"', b"\r", b"-", b"9", b"1e9", b"\xff", b"\0", b"/"])
                case _:
                    data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 30)]
        try:
            assert_whole(read(Payload("a.csv", bytes(data))))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.code
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


@needs_real
@pytest.mark.real
def test_the_towns_of_takamatsu_are_read_whole() -> None:
    path = REAL / "population" / "takamatsu_population_201811.csv"
    data = path.read_bytes()
    assert len(data.splitlines()) == 9 + 235  # `#LINK`, eight more lines that begin with a hash, and the towns
    reading = read(Payload(path.name, data))
    assert_whole(reading)
    assert (reading.encoding, reading.rows_in, reading.rows_out, reading.refused) == ("utf-8-sig", 235, 235, ())
    frame = reading.frame
    assert set(frame["on_date"]) == {date(2018, 11, 1)}
    assert frame["town_ja"].is_unique
    assert frame["population_persons"].sum() == 428_276
    assert (frame["men_persons"] + frame["women_persons"]).equals(frame["population_persons"])
    ages = frame[["age_0_14_persons", "age_15_64_persons", "age_65_over_persons"]].sum(axis=1)
    assert ages.tolist() == frame["population_persons"].tolist()
    assert frame["age_65_over_persons"].sum() / frame["population_persons"].sum() == pytest.approx(0.273, abs=0.001)
    unknown = frame[frame["households"].isna()]
    assert len(unknown) > 0
    assert (unknown["population_persons"] == 0).all()


@needs_real
@pytest.mark.real
def test_a_census_of_cells_has_no_towns() -> None:
    path = REAL / "population_mesh" / "muni_mesh1.csv"
    with pytest.raises(FileRefused):
        read(Payload(path.name, path.read_bytes()))
