"""People flow: by header name, fast, and nothing about a cell that the ministry left out."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps import mesh
from otsu_maps.errors import FileRefused, OtsuMapsError
from otsu_maps.formats import people_flow
from otsu_maps.formats.people_flow import COLUMNS, DAY_TYPES, FROM_AREAS, TIME_BANDS, read
from otsu_maps.formats.reading import Payload, Reading

MESH = ["mesh1kmid", "prefcode", "citycode", "year", "month", "dayflag", "timezone", "population"]
FROMTO = ["year", "month", "dayflag", "timezone", "prefcode", "citycode", "from_area", "population"]
GUIDE = ["meshcode", "option1", "option2", "option3", "option4", "option5", "option6", "value"]
OD = ["time_o", "time_d", "origin", "destination", "id", "value", "option1", "option2", "option3", "option4"]
CITY_HALL = "52354609"
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
OTSU = shapely.box(135.8, 34.85, 136.05, 35.3)


def row(**changes: Any) -> dict[str, str]:
    usual = dict(zip(MESH, [CITY_HALL, "25", "25201", "2021", "04", "1", "0", "1234"], strict=True))
    return usual | {"from_area": "1"} | changes


def move(**changes: str) -> dict[str, str]:
    usual = ["2022-10-14 12:30:00", "2022-10-14 13:00:00", "北", "南", "d1b0", "98.137", "男性", "40代", "区内", "平日"]
    return dict(zip(OD, usual, strict=True)) | changes


def as_csv(columns: list[str], rows: list[dict[str, str]], encoding: str = "utf-8", **how: Any) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, **how)
    writer.writerow(columns)
    writer.writerows([[each[column] for column in columns] for each in rows])
    return buffer.getvalue().encode(encoding)


def as_guide(rows: list[dict[str, str]]) -> bytes:
    return ",".join(GUIDE).encode() + b"\r\n" + as_csv(MESH, rows).partition(b"\r\n")[2]


def assert_whole(reading: Reading) -> None:
    refused = [each.row for each in reading.refused]
    assert refused == sorted(set(refused))
    assert reading.rows_in == reading.rows_out + len(refused) + reading.rows_elsewhere
    assert not set(refused) & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *COLUMNS[reading.format]]
    for each in reading.refused:
        each.reason.params_json().encode()


def read_rows(columns: list[str], rows: list[dict[str, str]], near: Any = None) -> Reading:
    reading = read(Payload("a.csv", as_csv(columns, rows)), near)
    assert_whole(reading)
    return reading


def test_a_cell_is_read_with_its_codes_in_words() -> None:
    reading = read_rows(MESH, [row()])
    assert (reading.format, reading.encoding, reading.rows_in) == ("mlit_mesh", "utf-8", 1)
    line = reading.frame.iloc[0]
    assert (line.source_row, line.mesh_code, line.city_code5) == (2, int(CITY_HALL), "25201")
    assert (line.year, line.month, line.day_type, line.time_band) == (2021, 4, "weekday", "noon")
    assert line.population_persons == 1234
    assert reading.frame["mesh_code"].dtype == np.int64


@pytest.mark.parametrize(("code", "area"), [*enumerate(FROM_AREAS)])
def test_where_people_live_is_a_ring_around_the_city(code: int, area: str) -> None:
    reading = read_rows(FROMTO, [row(from_area=str(code))])
    assert reading.format == "mlit_fromto"
    assert (reading.frame.iloc[0].from_area_code, reading.frame.iloc[0].from_area) == (str(code), area)


def test_an_unknown_home_area_keeps_its_code_and_is_not_guessed() -> None:
    line = read_rows(FROMTO, [row(from_area="7")]).frame.iloc[0]
    assert line.from_area_code == "7"
    assert pd.isna(line.from_area)


def test_the_generic_headers_of_the_guide_are_read_by_position_in_that_layout_only() -> None:
    reading = read(Payload("a.csv", as_guide([row()])))
    assert_whole(reading)
    assert reading.format == "guide_mesh"
    assert reading.frame.equals(read_rows(MESH, [row()]).frame)
    for header in ("meshcode,option1,option2,option3,option4,option5,value", "meshcode,value," + ",".join(GUIDE[1:7])):
        with pytest.raises(FileRefused) as caught:
            read(Payload("a.csv", f"{header}\n{CITY_HALL},25,25201,2021,4,1,0,9\n".encode()))
        assert caught.value.reason.code == "flow_not_this_format"


def test_a_column_that_names_125_m_holds_125_m_cells() -> None:
    columns = ["mesh125mid", *MESH[1:]]
    small = row(mesh125mid=f"{CITY_HALL}123")
    assert read_rows(columns, [small]).frame.iloc[0].mesh_code == int(f"{CITY_HALL}123")
    wrong = read_rows(columns, [row(mesh125mid=CITY_HALL)])
    assert [each.reason.code for each in wrong.refused] == ["row_bad_mesh"]
    assert read(Payload("a.csv", as_guide([row(mesh1kmid=f"{CITY_HALL}123")]))).rows_out == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mesh1kmid": "52358609"}, "row_bad_mesh"),
        ({"mesh1kmid": ""}, "row_bad_mesh"),
        ({"mesh1kmid": "523546091"}, "row_bad_mesh"),
        ({"citycode": "Otsu"}, "row_bad_value"),
        ({"year": "21"}, "row_bad_value"),
        ({"month": "13"}, "row_bad_value"),
        ({"dayflag": "3"}, "row_bad_flag"),
        ({"dayflag": ""}, "row_bad_flag"),
        ({"timezone": "noon"}, "row_bad_flag"),
        ({"population": ""}, "row_bad_value"),
        ({"population": "-5"}, "row_bad_value"),
        ({"population": "*"}, "row_bad_value"),
    ],
)
def test_a_row_that_cannot_be_used_says_which_value_is_wrong(changes: dict[str, str], code: str) -> None:
    ((column, value),) = changes.items()
    reading = read_rows(MESH, [row(), row(**changes), row()])
    assert [(each.row, each.reason.code) for each in reading.refused] == [(3, code)]
    assert dict(reading.refused[0].reason.params) == {"value": value, "column": column}
    assert reading.rows_out == 2


def test_a_bad_row_is_refused_once_for_its_first_fault() -> None:
    reading = read_rows(MESH, [row(year="x", month="x", timezone="x")])
    assert [each.reason.params["column"] for each in reading.refused] == ["year"]


def test_cells_far_from_the_city_are_counted_as_elsewhere_even_with_a_fault() -> None:
    reading = read_rows(MESH, [row(), row(mesh1kmid="53394611"), row(mesh1kmid="53394611", dayflag="9")], OTSU)
    assert (reading.rows_out, reading.rows_elsewhere, len(reading.refused)) == (1, 2, 0)


def test_a_city_without_its_leading_zero_is_restored() -> None:
    assert read_rows(MESH, [row(citycode="1101")]).frame.iloc[0].city_code5 == "01101"
    assert pd.isna(read_rows(MESH, [row(citycode="")]).frame.iloc[0].city_code5)


def test_moves_between_areas_are_read_in_utc_and_devices_are_not_followed() -> None:
    reading = read_rows(OD, [move(), move(time_o="2022-10-14 14:00:00")])
    assert reading.format == "guide_od"
    line = reading.frame.iloc[0]
    assert (line.origin_ja, line.destination_ja, line.population_persons) == ("北", "南", 98.137)
    assert (line.starts_at, line.ends_at) == (pd.Timestamp("2022-10-14 03:30"), pd.Timestamp("2022-10-14 04:00"))
    assert [line.option1, line.option4] == ["男性", "平日"]
    assert "d1b0" not in reading.frame.to_csv()
    assert [(each.row, each.reason.params["column"]) for each in reading.refused] == [(3, "time_d")]


def test_the_areas_of_moves_are_points() -> None:
    data = "area,lat,lon,option1\n北,35.0,135.9,駅\n東京,35.7,139.7,駅\n南,,135.9,駅\n".encode()
    reading = read(Payload("a.csv", data), OTSU)
    assert_whole(reading)
    assert (reading.format, reading.rows_out, reading.rows_elsewhere) == ("guide_area", 1, 1)
    assert [each.reason.params for each in reading.refused] == [{"value": "", "column": "lat"}]


def test_a_giant_file_takes_seconds() -> None:
    chance = np.random.default_rng(0)
    count = 300_000
    cells = mesh.codes(chance.uniform(135, 140, count), chance.uniform(34, 36, count), 1000)
    frame = pd.DataFrame({"mesh1kmid": cells, "prefcode": 25, "citycode": 25201, "year": 2021, "month": 4})
    frame = frame.assign(dayflag=chance.integers(0, 3, count), timezone=1, population=chance.integers(10, 9999, count))
    begun = time.perf_counter()
    reading = read(Payload("a.csv", frame.to_csv(index=False).encode()))
    assert time.perf_counter() - begun < 10
    assert reading.rows_out == count
    assert (reading.frame["mesh_code"].to_numpy() == cells).all()
    assert (reading.frame["day_type"] == np.array(DAY_TYPES)[frame["dayflag"]]).all()


present = st.fixed_dictionaries(
    {
        "mesh": st.tuples(st.floats(135.7, 136.3), st.floats(34.7, 35.4)),
        "citycode": st.sampled_from(["25201", "26101", "01101"]),
        "year": st.integers(2019, 2021),
        "month": st.integers(1, 12),
        "day": st.integers(0, 2),
        "time": st.integers(0, 2),
        "area": st.integers(0, 3),
        "population": st.one_of(st.integers(10, 99_999), st.floats(10, 1e6).map(lambda value: round(value, 3))),
    }
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(present, min_size=1, max_size=6),
    st.sampled_from(["mesh", "fromto", "guide"]),
    st.sampled_from(["plain", "cp932", "bom", "quoted", "wide", "spaces", "blanks", "commas", "shuffled"]),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_a_file_written_in_any_of_its_dirty_ways_is_read_back(
    people: list[dict[str, Any]], kind: str, way: str, is_padded: bool, chance: random.Random
) -> None:
    cells = [int(mesh.codes(*each["mesh"], 1000)) for each in people]
    rows = [
        row(
            mesh1kmid=str(cell),
            citycode=each["citycode"],
            year=str(each["year"]),
            month=f"{each['month']:02}" if is_padded else str(each["month"]),
            dayflag=str(each["day"]),
            timezone=str(each["time"]),
            from_area=str(each["area"]),
            population=repr(each["population"]),
        )
        for each, cell in zip(people, cells, strict=True)
    ]
    columns = list(FROMTO if kind == "fromto" else MESH)
    if way == "shuffled" and kind != "guide":
        chance.shuffle(columns)
    if way == "wide":
        rows = [{name: value.translate(WIDE) for name, value in each.items()} for each in rows]
    if way == "spaces":
        rows = [{name: f" {value} " for name, value in each.items()} for each in rows]
    quoting = {"quoting": csv.QUOTE_ALL} if way == "quoted" else {}
    data = as_csv(columns, rows, {"cp932": "cp932", "bom": "utf-8-sig"}.get(way, "utf-8"), **quoting)
    if kind == "guide":
        head, newline, rest = data.partition(b"\r\n")
        data = as_csv(GUIDE, [], "utf-8-sig" if way == "bom" else "utf-8") + rest
    numbers = list(range(2, len(rows) + 2))
    if way == "blanks":
        data = data.replace(b"\r\n", b"\r\n\r\n")
        numbers = [number * 2 - 1 for number in numbers]
    if way == "commas":
        head, newline, rest = data.partition(b"\r\n")
        data = head + newline + rest.replace(b"\r\n", b",,\r\n")
    reading = read(Payload("a.csv", data))
    assert_whole(reading)
    assert not reading.refused
    assert list(reading.frame["source_row"]) == numbers
    for index, each in enumerate(people):
        line = reading.frame.iloc[index]
        assert (line.city_code5, line.year, line.month) == (each["citycode"], each["year"], each["month"])
        assert (line.day_type, line.time_band) == (DAY_TYPES[each["day"]], TIME_BANDS[each["time"]])
        assert line.population_persons == each["population"]
        if kind == "fromto":
            assert line.from_area == FROM_AREAS[each["area"]]
        else:
            assert line.mesh_code == cells[index]


@pytest.mark.parametrize("kind", ["mesh", "fromto", "guide", "od"])
def test_no_mutated_file_raises_anything_but_our_errors(kind: str) -> None:
    chance = random.Random(kind)
    rows = [row(mesh1kmid=str(int(CITY_HALL) - number), month=str(number + 1)) for number in range(4)]
    whole = {
        "mesh": as_csv(MESH, rows),
        "fromto": as_csv(FROMTO, rows),
        "guide": as_guide(rows),
        "od": as_csv(OD, [move(), move(option1="女性")]),
    }[kind]
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
                    data[at:at] = chance.choice([b",", b"\n", b'"', b"\r", b"-", b"9", b"1e9", b"\xff", b"\0"])
                case _:
                    data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 30)]
        try:
            assert_whole(read(Payload("a.csv", bytes(data)), chance.choice([None, OTSU])))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.code
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


def test_a_plain_file_reads_the_same_at_once_as_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    rows = [row(mesh1kmid=str(int(CITY_HALL) - number)) for number in range(4)]
    whole = as_csv(MESH, rows)
    pairs = []
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(0, 5)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(2)] = chance.choice([b",", b"\r\n", b" ", b"7", b"", b"\r\n\r\n", b"#"])
        with contextlib.suppress(OtsuMapsError):
            pairs.append((bytes(data), read(Payload("a.csv", bytes(data)), OTSU)))
    monkeypatch.setattr(people_flow, "_fast", lambda *_: None)
    for written, quick in pairs:
        slow = read(Payload("a.csv", written), OTSU)
        pd.testing.assert_frame_equal(quick.frame, slow.frame)
        assert (quick.rows_in, quick.rows_elsewhere) == (slow.rows_in, slow.rows_elsewhere)
        assert [(each.row, each.reason) for each in quick.refused] == [(each.row, each.reason) for each in slow.refused]
    assert len(pairs) > 100


# --- the files of the ministry ---------------------------------------------------------------------------------------

FLOW = REAL / "people_flow"


def read_real(path: Any, near: Any = None) -> Reading:
    reading = read(Payload(path.name, path.read_bytes()), near)
    assert_whole(reading)
    return reading


@needs_real
@pytest.mark.real
def test_the_month_of_kanagawa_is_read_whole() -> None:
    reading = read_real(FLOW / "mlit_guide" / "S1_mesh1km_step1_kanagawa_2019_2020_2021_12.csv")
    assert (reading.format, reading.rows_in, reading.rows_out, reading.refused) == ("guide_mesh", 51_193, 51_193, ())
    frame = reading.frame
    assert frame["population_persons"].min() == 10
    assert (sorted(frame["year"].unique()), set(frame["month"])) == ([2019, 2020, 2021], {12})
    assert frame["city_code5"].nunique() == 58
    assert (mesh.sizes_m(frame["mesh_code"].to_numpy()) == 1000).all()
    assert (frame["day_type"] == "holiday").sum() == 17_281
    assert (frame["time_band"] == "noon").sum() == 17_769
    assert read_real(FLOW / "mlit_guide" / "S1_mesh1km_step1_kanagawa_2019_2020_2021_12.csv", OTSU).rows_out == 0


@needs_real
@pytest.mark.real
def test_the_moves_of_nakano_are_read_whole() -> None:
    reading = read_real(FLOW / "mlit_guide" / "S3_A_step2_nakano_od.csv")
    assert (reading.format, reading.rows_in, reading.rows_out, reading.refused) == ("guide_od", 16_515, 16_515, ())
    areas = read_real(FLOW / "mlit_guide" / "S3_A_step1_nakano_area.csv")
    assert areas.rows_out == 4
    assert set(reading.frame["origin_ja"]) | set(reading.frame["destination_ja"]) == set(areas.frame["area_ja"])
    assert ((reading.frame["ends_at"] - reading.frame["starts_at"]) == pd.Timedelta(minutes=30)).all()


@needs_real
@pytest.mark.real
def test_every_other_file_of_that_folder_is_refused() -> None:
    read_here = ("S1_mesh1km_step1", "S3_A_step2", "S3_A_step1")
    others = [path for path in FLOW.rglob("*") if path.is_file() and not path.name.startswith(read_here)]
    codes: dict[str, str] = {}
    for path in others:
        with pytest.raises(FileRefused) as caught:
            read(Payload(path.name, path.read_bytes()))
        codes[path.name] = caught.value.reason.code
    assert len(codes) == len(others) == 19
    silent = {name for name in codes if (FLOW / "sabae_sensor" / name).is_file() and codes[name] == "file_empty"}
    assert len(silent) == 5
    assert codes.pop("geolife_sample.txt.gz") == "file_not_text"
    assert {code for name, code in codes.items() if name not in silent} == {"flow_not_this_format"}
