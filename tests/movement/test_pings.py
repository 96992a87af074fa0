"""Raw pings: each row is a ping or refused for one reason; what is said of a refused row tells nobody's place."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, MissingColumn, SettingWrong, SourceMissing
from otsu_maps.movement import columns, pings, times
from otsu_maps.movement.rules import EVERYWHERE, Area, Rules

OTSU = Area(135.7, 34.8, 136.1, 35.4)


def read(path: Path, area: Area = EVERYWHERE, rules: Rules | None = None) -> tuple[pings.Pings, pings.Tally]:
    given_source, tally = pings.source(path, area, rules), pings.Tally()
    found = [batch for part in pings.parts(given_source) for batch in pings.batches(given_source, part, tally)]
    return pings.Pings.together(found or [pings.NONE]), tally


def written(tmp_path: Path, text: str, name: str = "pings.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


GOOD = "device,time,lon,lat\na,2023-10-02T08:00:00+09:00,135.9,35.0\nb,2023-10-01T23:00:00Z,135.8,34.9\n"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("device,time,lon,lat", "utf-8"),
        ("uid,datetime,lng,latitude", "utf-8-sig"),
        ("端末ID,測位日時,経度,緯度", "cp932"),
        ("ユーザーID,時刻,経度（度）,緯度（度）", "utf-8"),
    ],
)
def test_common_spellings_are_recognised(tmp_path: Path, header: str, encoding: str) -> None:
    text = GOOD.replace("device,time,lon,lat", header)
    found, tally = read(written(tmp_path, text, encoding=encoding))
    assert found.time.tolist() == [1_696_201_200_000] * 2
    assert found.lon.tolist() == [1_359_000_000, 1_358_000_000]
    assert (tally.rows_in, tally.without_offset, sum(tally.refused.values())) == (2, 0, 0)


def test_other_names_are_given_and_missing_ones_say_what_there_is(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("device", "who"))
    with pytest.raises(MissingColumn, match="who"):
        pings.source(path)
    assert pings.source(path, columns=columns.read_given("device=who")).key
    with pytest.raises(MissingColumn):
        pings.source(path, columns={"device": "whom"})
    with pytest.raises(FileRefused):
        pings.source(written(tmp_path, GOOD.replace("device", "lng")), columns={"device": "a"})
    for wrong in ("device", "device=a,place=b", ""):
        with pytest.raises(FileRefused):
            columns.read_given(wrong)


def test_every_bad_row_is_counted_once_by_its_first_reason(tmp_path: Path) -> None:
    rows = [
        *("a,2023-10-02 08:00:00,135.9,35.0", ",2023-10-02 08:00:00,135.9,35.0", "a,yesterday,135.9,35.0"),
        *("a,2023-10-02,135.9,35.0", "a,2023-10-02 08:00:00,35.0,135.9", "a,2023-10-02 08:00:00,east,35.0"),
        *("a,2023-10-02 08:00:00,,35.0", "a,2023-10-02 08:00:00,139.7,35.7", "a,2023-13-02 08:00:00,135.9,35.0"),
        *("a,2023-10-02 08:00:00,135.9", "a,1969-10-02 08:00:00,135.9,35.0", "a,2023-10-02 08:00:00,nan,35.0"),
    ]
    found, tally = read(written(tmp_path, "\n".join(["device,time,lon,lat", *rows, ""])), OTSU)
    assert len(found.device) == 1 and tally.rows_in == len(rows)
    expected = {"no_device": 1, "bad_time": 4, "bad_position": 4, "outside": 1, "bad_line": 1, "inaccurate": 0}
    assert tally.refused == expected
    assert tally.examples["bad_time"][0] == {"file": "pings.csv", "row": 4, "value": "yesterday"}
    assert tally.examples["bad_position"][0] == {"file": "pings.csv", "row": 6, "value": "35.0, 135.9"}
    assert tally.examples["outside"] == [{"file": "pings.csv", "row": 9}]
    assert len(tally.examples["bad_time"]) == pings.MOST_EXAMPLES


def test_accuracy_is_asked_for_only_where_a_limit_is_set(tmp_path: Path) -> None:
    text = "device,time,lon,lat,精度\n" + "".join(
        f"a,2023-10-02 08:00:0{n},135.9,35.0,{m}\n" for n, m in enumerate("18x")
    )
    path = written(tmp_path, text)
    assert len(read(path)[0].device) == 3
    found, tally = read(path, rules=Rules(max_accuracy_m=5))
    assert len(found.device) == 1 and tally.refused["inaccurate"] == 2


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        *(("2023-10-02T08:00:00+09:00", "2023-10-01 23:00:00"), ("2023-10-02 08:00:00", "2023-10-01 23:00:00")),
        *(("2023-10-02T08:00:00Z", "2023-10-02 08:00:00"), ("2023-10-02 08:00:00.250 UTC", "2023-10-02 08:00:00.250")),
        *(("2023/10/2 8:05", "2023-10-01 23:05:00"), ("2023-10-02T08:00+0530", "2023-10-02 02:30:00")),
        *(("1696230000", "2023-10-02 07:00:00"), ("1696230000123", "2023-10-02 07:00:00.123")),
        *(("1696230000.5", "2023-10-02 07:00:00.500"), (" 2023-10-02T08:00:00-01:00 ", "2023-10-02 09:00:00")),
    ],
)
@pytest.mark.parametrize("others", [[], ["", "x"], ["2023-10-02 08:00:00", "2023-10-02T08:00:00Z"]])
def test_times_of_every_spelling(text: str, utc: str, others: list[str]) -> None:
    found = times.read(pa.array([text, *others]))
    assert datetime.fromisoformat(utc + "+00:00").timestamp() * 1000 == found.ms[0]


@given(st.datetimes(datetime(1991, 1, 1), datetime(2087, 1, 1)), st.sampled_from(["s", "ms", "us", "ns"]))
def test_stamps_and_numbers_give_the_same_as_text(moment: datetime, unit: str) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000 if unit != "s" else 0)
    plain = times.read(pa.array([moment.isoformat(" ")])).ms[0]
    naive = pa.array([moment], pa.timestamp("us")).cast(pa.timestamp(unit))
    assert times.read(naive).ms[0] == plain
    aware = times.read(naive.cast(pa.int64()).cast(pa.timestamp(unit, "UTC")))
    assert (aware.ms[0], aware.without_offset) == (plain + 9 * 3_600_000, 0)
    assert times.read(naive.cast(pa.int64())).ms[0] == aware.ms[0]


def test_ids_of_text_become_numbers_that_differ_in_every_run(tmp_path: Path) -> None:
    path = written(
        tmp_path, GOOD + "a,2023-10-02 08:00:00,135.9,35.0\n 007 ,2023-10-02 08:00:00,135.9,35.0\n", "p.csv.gz"
    )
    one, other = (read(path)[0].device.tolist() for _ in range(2))
    assert one[0] == one[2] and len(set(one)) == 3
    assert set(one).isdisjoint(other)


def test_whole_number_ids_stay_and_a_folder_of_both_is_hashed(tmp_path: Path) -> None:
    table = pa.table({"device": [5, None, 7], "time": [1696230000] * 3, "lon": [135.9] * 3, "lat": [35.0] * 3})
    pq.write_table(table, tmp_path / "a.parquet")
    found, tally = read(tmp_path)
    assert found.device.tolist() == [5, 7] and tally.refused["no_device"] == 1
    written(tmp_path, "device,time,lon,lat\n5,1696230001,135.9,35.0\n")
    found, _ = read(tmp_path)
    assert found.device[0] == found.device[2] != 5


@pytest.mark.parametrize("name", ["p.parquet", "p.csv.gz", "p.csv"])
def test_files_that_are_none_are_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(
        b"\x1f\x8b\x08nothing" if name.endswith("gz") else b"PAR1 no" if "parq" in name else b""
    )
    with pytest.raises(FileRefused, match=name) as refused:
        read(tmp_path / name)
    assert refused.value.reason.code in ("pings_unreadable", "pings_no_column")


def test_no_file_no_pings(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "away.csv"):
        with pytest.raises(SourceMissing):
            pings.source(path)


@pytest.mark.parametrize(
    "text", ["1,2,3", "136,35,135,36", "0,35,135,36", "135,35,136,91", "a,b,c,d", "135,35,136,nan"]
)
def test_an_area_is_four_numbers_that_a_mesh_code_can_name(text: str) -> None:
    with pytest.raises(SettingWrong):
        Area.read(text)


@settings(deadline=None)
@given(st.floats(100, 179), st.floats(0, 66), st.floats(0.001, 0.5))
def test_the_edges_of_an_area_are_in_on_the_south_west_and_out_on_the_north_east(
    w: float, s: float, side: float
) -> None:
    area = Area(w, s, w + side, s + side)
    west, south, east, north = area.edges
    x = np.array([west, west - 1, east - 1, east, west, west]) / 1e7
    y = np.array([south, south, south, south, north - 1, north]) / 1e7
    assert pings.judged(x, y, area.edges)[2].tolist() == [0, 2, 0, 2, 0, 2]


@needs_real
@pytest.mark.real
def test_geolife_loads_and_counts_as_a_plain_reader_counts() -> None:
    path = REAL / "people_flow" / "world" / "geolife_sample.txt.gz"
    found, tally = read(path)
    with gzip.open(path, "rt") as lines:
        rows = [
            (r["uid"], r["datetime"], round(float(r["lng"]), 7), round(float(r["lat"]), 7))
            for r in csv.DictReader(lines)
        ]
    assert len(rows) == tally.rows_in == len(found.device) == tally.without_offset
    assert len({row[0] for row in rows}) == len(set(found.device.tolist()))
    naive = pd.to_datetime([row[1] for row in rows]).tz_localize("Asia/Tokyo").tz_convert("UTC")
    assert (found.time == naive.as_unit("ms").asi8).all()
    assert found.lon.sum(dtype=np.int64) == sum(round(row[2] * 1e7) for row in rows)
    assert found.lat.sum(dtype=np.int64) == sum(round(row[3] * 1e7) for row in rows)


@needs_real
@pytest.mark.real
def test_the_gps_log_of_the_ministrys_guide_loads_whole() -> None:
    path = REAL / "people_flow" / "mlit_guide" / "S3_B_step1_gps_log_10000rec.csv"
    found, tally = read(path)
    assert (tally.rows_in, len(found.device), tally.without_offset) == (10000, 10000, 0)
    plain = [datetime.fromisoformat(t.replace(" UTC", "+00:00")) for t in pd.read_csv(path)["timestamp"]]
    assert found.time.tolist() == [round(moment.timestamp() * 1000) for moment in plain]
