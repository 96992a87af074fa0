"""Stations load from N02, from station lists and from named points; one that is closed says so, NULL is no name."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps import config
from otsu_maps.errors import FileRefused, OtsuMapsError
from otsu_maps.formats import areas, stations
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.geo import JAPAN

ANYWHERE = shapely.box(*JAPAN)
OTSU = shapely.box(135.7, 34.8, 136.1, 35.4)
HEADER = "code,id,name,original_name,name_kana,lat,lng,prefecture,closed,open_date"

names = st.text("大津石山堅田膳所山科ヶ丘ABC1", min_size=1, max_size=6)
places = st.tuples(st.floats(135.8, 136.0).map(lambda x: round(x, 6)), st.floats(34.9, 35.2).map(lambda x: round(x, 6)))


def n02(name: str, line: str, code: str, shape: dict[str, Any]) -> dict[str, Any]:
    properties = {"N02_003": line, "N02_004": "西日本旅客鉄道", "N02_005": name, "N02_005c": code}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def collection(*features: dict[str, Any]) -> Payload:
    return Payload("N02.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode())


def line_of(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": points}


def listed(*rows: str, encoding: str = "utf-8") -> Reading:
    return stations.read(Payload("station.csv", "\n".join([HEADER, *rows]).encode(encoding)), OTSU)


def test_a_station_drawn_as_a_platform_lies_at_its_middle() -> None:
    reading = stations.read(collection(n02("大津", "東海道線", "1", line_of((135.86, 35.0), (135.87, 35.0)))), OTSU)
    [row] = reading.frame.to_dict("records")
    assert (row["name_ja"], row["line_ja"], row["operator_ja"]) == ("大津", "東海道線", "西日本旅客鉄道")
    assert (row["lon"], row["lat"]) == pytest.approx((135.865, 35.0))


def test_lines_take_no_stations_from_the_same_download() -> None:
    station = n02("大津", "東海道線", "1", line_of((135.86, 35.0), (135.87, 35.0)))
    track = {"type": "Feature", "properties": {"N02_003": "東海道線"}, "geometry": station["geometry"]}
    assert areas.rail_lines(collection(station, track), OTSU).rows_out == 1


def test_the_text_null_is_no_reading_and_closed_is_kept() -> None:
    frame = listed("1,a,山科,山科,NULL,34.99,135.82,26,1,NULL", "2,b,大津,大津,おおつ,35.0,135.86,25,0,NULL").frame
    assert list(frame["name_kana"].fillna("")) == ["", "おおつ"]
    assert list(frame["is_closed"]) == [True, False]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,a,,x,x,35.0,135.9,25,0,NULL", "row_no_name"),
        ("1,a,NULL,x,x,35.0,135.9,25,0,NULL", "row_no_name"),
        ("1,a,大津,x,x,NULL,135.9,25,0,NULL", "row_bad_value"),
        ("1,a,大津,x,x,nan,135.9,25,0,NULL", "row_bad_value"),
        ("1,a,大津,x,x,135.9,35.0,25,0,NULL", "row_outside_japan_point"),
    ],
)
def test_a_row_that_is_no_station_is_refused_with_its_number(row: str, code: str) -> None:
    reading = listed(row, "2,b,大津,大津,おおつ,35.0,135.86,25,0,NULL")
    assert [(refused.row, refused.reason.code) for refused in reading.refused] == [(2, code)]
    assert reading.rows_out == 1


def test_a_station_elsewhere_is_counted_and_not_taken() -> None:
    reading = listed("1,a,東京,東京,とうきょう,35.68,139.77,13,0,NULL")
    assert (reading.rows_out, reading.rows_elsewhere) == (0, 1)


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b'{"type":"FeatureCollection","features":[]}', b"{}"])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        stations.read(Payload("x", data), OTSU)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(names, places, st.sampled_from(["0", "1"])), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_list_reads_back_as_it_was_written(
    rows: list[tuple[str, tuple[float, float], str]], encoding: str, end: str
) -> None:
    lines = [
        f"{i},x{i},{name},{name},NULL,{lat},{lon},25,{closed},NULL" for i, (name, (lon, lat), closed) in enumerate(rows)
    ]
    reading = stations.read(Payload("駅.csv", end.join([HEADER, *lines]).encode(encoding)), ANYWHERE)
    assert reading.refused == ()
    read = list(reading.frame[["name_ja", "lon", "lat", "is_closed"]].itertuples(index=False, name=None))
    assert read == [(name, lon, lat, closed == "1") for name, (lon, lat), closed in rows]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(names, places), min_size=1, max_size=8))
def test_features_read_back_as_they_were_written(rows: list[tuple[str, tuple[float, float]]]) -> None:
    shapes = [n02(name, "湖西線", str(i), line_of(at, (at[0] + 0.002, at[1]))) for i, (name, at) in enumerate(rows)]
    frame = stations.read(collection(*shapes), ANYWHERE).frame
    assert list(frame["name_ja"]) == [name for name, _ in rows]
    assert list(frame["lon"]) == pytest.approx([lon + 0.001 for _, (lon, _) in rows])


@pytest.mark.parametrize("kind", ["csv", "geojson"])
def test_no_mutated_file_raises_anything_but_our_errors(kind: str) -> None:
    good = {
        "csv": "\n".join(
            [HEADER, "1,a,山科,山科,NULL,34.99,135.82,26,1,NULL", "2,b,大津,x,y,35.0,135.9,25,0,x"]
        ).encode(),
        "geojson": collection(n02("大津", "東海道線", "1", line_of((135.86, 35.0), (135.87, 35.0)))).data,
    }[kind]
    chance = random.Random(kind)
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            reading = stations.read(Payload("駅", bytes(data)), ANYWHERE)
        except OtsuMapsError:
            continue
        assert reading.rows_in == reading.rows_out + len(reading.refused) + reading.rows_elsewhere
        "".join(reading.frame["name_ja"]).encode()


def test_the_stations_of_the_base_map_load_whole() -> None:
    path = config.GEODATA / "basemap" / "stations.geojson"
    reading = stations.read(Payload(path.name, path.read_bytes()), OTSU)
    assert (reading.rows_in, reading.rows_out, reading.refused) == (51, 51, ())
    assert reading.frame["name_en"].notna().all()


@needs_real
@pytest.mark.real
def test_the_real_list_has_its_stations_closed_ones_among_them() -> None:
    path = REAL / "rail" / "stations_shiga_kyoto.csv"
    reading = stations.read(Payload(path.name, path.read_bytes()), ANYWHERE)
    assert (reading.rows_in, reading.rows_out, reading.refused) == (392, 392, ())
    closed = reading.frame["is_closed"]
    assert 0 < int(closed.sum()) < 392 and closed.notna().all()
    assert not reading.frame["name_kana"].eq("NULL").any()
