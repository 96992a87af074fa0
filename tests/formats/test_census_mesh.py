"""The census by grid square: labels decide, what is hidden stays unknown, and a total stays with its cell."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps import mesh
from otsu_maps.errors import FileRefused, MissingColumn, OtsuMapsError
from otsu_maps.formats.census_mesh import COLUMNS, COUNTS, chain, read
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.formats.text import is_storable

OTSU = shapely.box(135.8, 34.85, 136.05, 35.3)
JAPAN = shapely.box(120, 20, 154, 46)
CELL, NEXT, FAR = "523546091", "523546092", "533946111"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
LABELS = {
    "population_persons": "　人口（総数）",
    "men_persons": "　人口（総数）　男",
    "women_persons": "　人口（総数）　女",
    "age_0_14_persons": "　０～１４歳人口　総数",
    "over_15": "　１５歳以上人口　総数",
    "age_15_64_persons": "　１５～６４歳人口　総数",
    "age_65_over_persons": "　６５歳以上人口　総数",
    "over_65_men": "　６５歳以上人口　男",
    "age_75_over_persons": "　７５歳以上人口　総数",
    "households": "　世帯総数",
    "single": "　１人世帯数　一般世帯数",
}
KEYS = ["KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN"]


def cell(code: str = CELL, mark: str = "0", target: str = "", gathered: str = "", **values: Any) -> list[str]:
    given = dict.fromkeys(LABELS, "5") | {"population_persons": "120"} | values
    return [code, mark, target, gathered, *(str(given[name]) for name in LABELS)]


def as_txt(
    rows: list[list[str]], encoding: str = "cp932", labels: list[str] | None = None, newline: str = "\r\n"
) -> bytes:
    labels = list(LABELS.values()) if labels is None else labels
    items = [*KEYS, *(f"T001141{number:03}" for number in range(1, len(labels) + 1))]
    lines = [items, ["", "", "", "", *labels], *rows]
    return "".join(",".join(line) + newline for line in lines).encode(encoding)


def assert_whole(reading: Reading) -> None:
    refused = [each.row for each in reading.refused]
    assert refused == sorted(set(refused))
    assert reading.rows_in == reading.rows_out + len(refused) + reading.rows_elsewhere
    assert not set(refused) & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *COLUMNS]
    assert reading.frame["mesh_code"].is_unique
    for each in reading.refused:
        each.reason.params_json().encode()
        each.value.encode()


def read_rows(*rows: list[str], near: Any = OTSU) -> Reading:
    reading = read(Payload("tblT001141H5235.txt", as_txt(list(rows))), near)
    assert_whole(reading)
    return reading


def test_a_cell_is_read_by_its_labels_below_the_item_codes() -> None:
    counts = {name: number for number, name in enumerate(LABELS, 1)}
    reading = read_rows(cell(**counts))
    assert (reading.format, reading.encoding, reading.rows_in) == ("estat_mesh", "cp932", 1)
    line = reading.frame.iloc[0]
    assert (line.source_row, line.mesh_code, line.size_m) == (3, int(CELL), 500)
    assert {name: line[name] for name in COUNTS} == {name: counts[name] for name in COUNTS}
    assert line.is_suppressed == False  # noqa: E712  it may be unknown
    assert pd.isna(line[["density_per_km2", "merged_into"]]).all()


def test_a_column_is_known_by_its_label_and_never_by_its_place() -> None:
    rows = [[CELL, "0", "", "", "7", "100", "40"]]
    labels = ["　世帯総数", "　人口総数", "　人口総数　男"]
    line = read(Payload("a", as_txt(rows, labels=labels)), OTSU).frame.iloc[0]
    assert (line.households, line.population_persons, line.men_persons) == (7, 100, 40)
    assert pd.isna(line.women_persons)


def test_what_is_hidden_is_unknown_and_the_total_stays_with_its_cell() -> None:
    hidden = {name: "*" for name in LABELS if name not in ("population_persons", "households")}
    reading = read_rows(cell(mark="2", target=NEXT, population_persons=3, **hidden), cell(NEXT, "1", "", CELL))
    first, second = reading.frame.iloc[0], reading.frame.iloc[1]
    assert (first.is_suppressed, first.merged_into) == (True, int(NEXT))
    assert (first.population_persons, first.households) == (3, 5)
    assert pd.isna(first[["men_persons", "age_0_14_persons", "age_65_over_persons", "age_75_over_persons"]]).all()
    assert (second.is_suppressed, second.population_persons) == (False, 120)
    assert pd.isna(second.merged_into)


def test_a_dash_is_zero_and_a_star_or_nothing_is_unknown() -> None:
    line = read_rows(cell(men_persons="-", women_persons="*", households="X", age_0_14_persons="")).frame.iloc[0]
    assert line.men_persons == 0
    assert pd.isna(line[["women_persons", "households", "age_0_14_persons"]]).all()


def test_ages_are_the_sum_of_five_year_bands_where_no_column_has_them() -> None:
    bands = [f"{age}～{age + 4}歳人口　総数" for age in range(0, 95, 5)] + [
        "９５歳以上人口　総数",
        "６５～６９歳人口　男",
    ]
    labels = ["　人口（総数）", *("　" + band.translate(WIDE) for band in bands)]
    rows = [[CELL, "0", "", "", "20", *["1"] * 21], [NEXT, "0", "", "", "20", *["1"] * 18, "*", "1", "1"]]
    frame = read(Payload("a", as_txt(rows, labels=labels)), OTSU).frame
    assert frame.loc[0, [name for name in COUNTS if name.startswith("age")]].tolist() == [3, 10, 7, 5]
    assert frame.loc[1, ["age_0_14_persons", "age_15_64_persons"]].tolist() == [3, 10]
    assert pd.isna(frame.loc[1, ["age_65_over_persons", "age_75_over_persons"]]).all()


def test_bands_fill_ages_without_gap_or_overlap() -> None:
    fives = [(age, age + 4) for age in range(0, 100, 5)]
    assert chain([*fives, (100, None), (65, None)], 65, None) == [(65, None)]
    assert chain([*fives, (100, None), (15, None)], 90, None) == [(90, 94), (95, 99), (100, None)]
    assert chain([(0, 9), *fives], 0, 14) in ([(0, 9), (10, 14)], fives[:3])
    assert chain([(0, 4), (6, 14)], 0, 14) is None
    assert chain(fives, 65, None) is None
    assert chain([(age, age + width) for age in range(100) for width in (0, 1)], 0, 200) is None


@pytest.mark.parametrize(
    ("wrong", "code", "params"),
    [
        (cell("52358609"), "row_bad_mesh", {"value": "52358609", "column": "KEY_CODE"}),
        (cell(""), "row_bad_mesh", {"value": "", "column": "KEY_CODE"}),
        (cell("5235460951"), "row_bad_mesh", {"value": "5235460951", "column": "KEY_CODE"}),
        (cell(mark="3"), "row_bad_flag", {"value": "3", "column": "HTKSYORI"}),
        (cell(mark="2", target="9"), "row_bad_mesh", {"value": "9", "column": "HTKSAKI"}),
        (cell(population_persons="-3"), "row_bad_value", {"value": "-3", "column": "T001141001"}),
        (cell(households="many"), "row_bad_value", {"value": "many", "column": "T001141010"}),
        (cell(NEXT), "row_duplicate", {"value": NEXT, "first": 3}),
    ],
)
def test_a_row_that_cannot_be_used_says_which_value_is_wrong(wrong: list[str], code: str, params: Any) -> None:
    reading = read_rows(cell(NEXT), wrong)
    assert [(each.row, each.reason.code, dict(each.reason.params)) for each in reading.refused] == [(4, code, params)]


def test_cells_that_do_not_touch_the_city_are_elsewhere() -> None:
    reading = read_rows(cell(), cell(FAR), cell(FAR, mark="9"))
    assert (reading.rows_out, reading.rows_elsewhere, len(reading.refused)) == (1, 2, 0)
    _, south, east, north = mesh.bounds(int(CELL))
    assert read_rows(cell(), near=shapely.box(east, north, east + 1, north + 1)).rows_out == 1
    assert read_rows(cell(), near=shapely.box(east + 1e-6, south, east + 1, north)).rows_elsewhere == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"a,b\n1,2\n", "census_mesh_unknown"),
        (as_txt([cell()], labels=["", ""]), "census_no_labels"),
        (b"KEY_CODE,T001141001\n523546091,5\n", "census_no_labels"),
        (as_txt([cell()], labels=["世帯総数"]), "file_no_column"),
        (b"{}", "census_mesh_unknown"),
        (b"[]", "file_empty"),
        (b"[1, null]", "census_mesh_unknown"),
        (b'[{"meshId": "523546091"}]', "census_mesh_unknown"),
        (b"[" * 100_000, "file_broken"),
        (b'[{"meshId":', "file_broken"),
    ],
)
def test_a_file_that_is_no_census_by_cell_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        read(Payload("a", data), OTSU)
    assert caught.value.reason.code == code
    assert isinstance(caught.value, MissingColumn) == (code == "file_no_column")


def as_json(*cells: tuple[Any, Any]) -> bytes:
    return json.dumps(
        [{"meshId": code, "coordinates": [], "populationDensity": value} for code, value in cells]
    ).encode()


def read_json(*cells: tuple[Any, Any]) -> pd.DataFrame:
    reading = read(Payload("a.json", as_json(*cells)), OTSU)
    assert_whole(reading)
    assert reading.format == "mesh_density_json"
    return reading.frame


def test_the_derived_number_is_persons_where_that_is_sure_and_a_density_otherwise() -> None:
    thousand = read_json((CELL[:8], 90))
    assert (thousand.population_persons[0], thousand.size_m[0]) == (90, 1000)
    proven = read_json((CELL, 75), (NEXT, 16))
    assert proven.population_persons.tolist() == [75, 16]
    assert proven.density_per_km2.isna().all()
    doubtful = read_json((CELL, 72), (NEXT, 16))
    assert doubtful.population_persons.isna().all()
    assert doubtful.density_per_km2.tolist() == [72, 16]
    assert read_json((CELL[:8], 90.5)).population_persons.isna().all()


def test_a_derived_zero_is_unknown_because_its_writer_fills_gaps_with_it() -> None:
    frame = read_json((CELL, 75), (NEXT, 0))
    assert pd.isna(frame.loc[1, ["population_persons", "density_per_km2"]]).all()


def test_a_derived_row_that_cannot_be_used_is_refused() -> None:
    cells = [(CELL, 7), ("x", 7), (NEXT, "7"), (None, 7), (FAR, 7), ("523546093", -1), (CELL, 9), ("523546094", True)]
    reading = read(Payload("a.json", as_json(*cells)), OTSU)
    assert_whole(reading)
    assert [(each.row, each.reason.code) for each in reading.refused] == [
        (2, "row_bad_mesh"),
        (3, "row_bad_value"),
        (4, "row_bad_mesh"),
        (6, "row_bad_value"),
        (7, "row_duplicate"),
        (8, "row_bad_value"),
    ]
    assert reading.rows_elsewhere == 1


@pytest.mark.parametrize("spelt", ["\ud800", "5\0", "\ud800" * 3000])
def test_half_a_character_or_none_in_json_spoils_no_more_than_its_row(spelt: str) -> None:
    data = as_json((CELL, 7), (spelt, 7), (NEXT, spelt), ("523546093", {spelt: spelt}))
    reading = read(Payload("a.json", data), OTSU)
    assert_whole(reading)
    assert (reading.rows_out, [each.row for each in reading.refused]) == (1, [2, 3, 4])
    stored = [each.value + str(each.reason.params["value"]) + each.reason.sentence() for each in reading.refused]
    assert all(map(is_storable, [reading.frame.to_csv(), *stored]))


places = st.tuples(st.floats(135.81, 136.04), st.floats(34.86, 35.29))
numbers = st.one_of(st.integers(0, 9999), st.none())


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(places, st.lists(numbers, min_size=11, max_size=11)), min_size=1, max_size=6),
    st.sampled_from([1000, 500, 250, 125]),
    st.sampled_from(["cp932", "utf-8-sig", "wide", "lf", "order", "one header", "blanks"]),
    st.randoms(use_true_random=False),
)
def test_a_census_written_in_any_of_its_dirty_ways_is_read_back(
    cells: list[tuple[tuple[float, float], list[int | None]]], size: int, way: str, chance: random.Random
) -> None:
    given = {int(mesh.codes(*place, size)): values for place, values in cells}
    texts = {code: ["*" if value is None else str(value) for value in values] for code, values in given.items()}
    if way == "wide":
        texts = {code: [text.translate(WIDE) for text in values] for code, values in texts.items()}
    order = list(range(len(LABELS)))
    if way == "order":
        chance.shuffle(order)
    labels = [list(LABELS.values())[index] for index in order]
    rows = [[str(code), "0", "", "", *(values[index] for index in order)] for code, values in texts.items()]
    data = as_txt(rows, "utf-8-sig" if way == "utf-8-sig" else "cp932", labels, "\n" if way == "lf" else "\r\n")
    first = 3
    if way == "one header":
        data = ",".join([*KEYS, *labels]).encode("cp932") + b"\r\n" + data.split(b"\r\n", 2)[2]
        first = 2
    step = 1
    if way == "blanks":
        data, step, first = data.replace(b"\r\n", b"\r\n\r\n"), 2, 5
    reading = read(Payload("a", data), OTSU)
    assert_whole(reading)
    assert not reading.refused
    assert reading.frame["source_row"].tolist() == [first + step * index for index in range(len(given))]
    assert reading.frame["mesh_code"].tolist() == list(given)
    assert set(reading.frame["size_m"]) == {size}
    for index, values in enumerate(given.values()):
        wanted = dict(zip(LABELS, values, strict=True))
        line = reading.frame.iloc[index]
        for name in COUNTS:
            assert pd.isna(line[name]) if wanted[name] is None else line[name] == wanted[name]


@pytest.mark.parametrize("kind", ["cp932", "utf-8", "json"])
def test_no_mutated_file_raises_anything_but_our_errors(kind: str) -> None:
    chance = random.Random(kind)
    rows = [cell(), cell(NEXT, "2", CELL, men_persons="*"), cell("523546093", "1", "", NEXT), cell(FAR)]
    whole = as_json((CELL, 7), (NEXT, 8), (FAR, 0), (CELL[:8], 9.5)) if kind == "json" else as_txt(rows, kind)
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
                    extra = [b",", b"\n", b'"', b"\r", b"-", b"9", b"e9", b"\xff", b"\\u0000", b"\\ud800", b"{}", b"*"]
                    data[at:at] = chance.choice(extra)
                case _:
                    data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 30)]
        try:
            assert_whole(read(Payload("a", bytes(data)), chance.choice([JAPAN, OTSU])))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.code
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


@needs_real
@pytest.mark.real
def test_both_cell_sizes_of_kanagawa_count_the_same_people() -> None:
    sums: dict[int, pd.Series] = {}
    for name, rows, size in (("1km", 1_852, 1000), ("500m", 6_250, 500)):
        path = REAL / "population_mesh" / f"kanagawa_population_mesh_{name}.json"
        reading = read(Payload(path.name, path.read_bytes()), JAPAN)
        assert_whole(reading)
        assert (reading.rows_in, reading.rows_out, reading.refused) == (rows, rows, ())
        frame = reading.frame
        assert set(frame["size_m"]) == {size}
        assert frame["population_persons"].sum() == 9_237_337  # the census of 2020
        thousand = mesh.parent(frame["mesh_code"].to_numpy(), 1000)
        sums[size] = frame["population_persons"].groupby(thousand).sum()
        rings = json.loads(path.read_bytes())
        corners = np.array([[*item["coordinates"][0], *item["coordinates"][2]] for item in rings])
        assert np.abs(np.column_stack(mesh.bounds_of(frame["mesh_code"])) - corners).max() < 1e-6
        assert read(Payload(path.name, path.read_bytes()), OTSU).rows_elsewhere == rows
    assert sums[1000].equals(sums[500])


@needs_real
@pytest.mark.real
def test_a_list_of_municipalities_by_mesh_is_not_a_census() -> None:
    path = REAL / "population_mesh" / "muni_mesh1.csv"
    with pytest.raises(FileRefused) as caught:
        read(Payload(path.name, path.read_bytes()), JAPAN)
    assert caught.value.reason.code == "census_mesh_unknown"
