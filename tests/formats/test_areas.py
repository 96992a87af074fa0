"""Boundaries, districts, lakes and lines: what is ours, what is elsewhere, what is refused."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, OtsuMapsError
from otsu_maps.formats import areas
from otsu_maps.formats.reading import Payload, Reading

OTSU = shapely.box(135.8, 34.9, 136.0, 35.3)
INSIDE, FAR = shapely.box(135.85, 35.0, 135.9, 35.05), shapely.box(140.0, 36.0, 140.1, 36.1)


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    geometry = json.loads(shapely.to_geojson(shape)) if shape is not None else None
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(*features: dict[str, Any]) -> Payload:
    return Payload("areas.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode())


def assert_whole(reading: Reading) -> None:
    assert reading.rows_in == reading.rows_out + len(reading.refused) + reading.rows_elsewhere


def test_the_pieces_of_one_city_become_one_outline() -> None:
    islands = [feature(INSIDE, N03_007="25201"), feature(shapely.box(135.95, 35.1, 135.96, 35.2), N03_007="25201")]
    reading = areas.boundary(geojson(*islands, feature(FAR, N03_007="08201")), "25201", "大津市")
    assert reading.frame["geometry"].iloc[0].geom_type == "MultiPolygon"
    assert (reading.rows_out, reading.rows_elsewhere) == (2, 1)
    assert_whole(reading)


def test_a_file_of_one_city_may_know_its_name_only() -> None:
    reading = areas.boundary(geojson(feature(INSIDE, name="滋賀県大津市")), "25201", "大津市")
    assert reading.rows_out == 1


def test_a_feature_alone_is_a_collection_of_one() -> None:
    alone = Payload("a.geojson", json.dumps(feature(INSIDE, code="2520101", name="大津市南部")).encode())
    reading = areas.warning_areas(alone, ("2520101", "2520102"))
    assert reading.frame[["area_code", "name_ja"]].values.tolist() == [["2520101", "大津市南部"]]


def test_districts_without_a_city_code_are_ours_where_their_inside_is() -> None:
    reading = areas.districts(geojson(feature(INSIDE, name="瀬田"), feature(FAR, name="水戸")), "25201", OTSU, "学区")
    assert reading.frame[["district_id", "kind", "name_ja"]].values.tolist() == [["瀬田", "学区", "瀬田"]]
    assert reading.rows_elsewhere == 1


def test_a_district_without_a_name_is_refused() -> None:
    reading = areas.districts(geojson(feature(INSIDE)), "25201", OTSU, "学区")
    assert [refused.reason.code for refused in reading.refused] == ["row_no_name"]
    assert_whole(reading)


def test_what_has_no_geometry_lies_nowhere_near() -> None:
    reading = areas.lakes(geojson(feature(None, W09_001="池"), feature(INSIDE, W09_001="琵琶湖")), OTSU)
    assert (reading.rows_out, reading.rows_elsewhere) == (1, 1)


def test_a_line_where_an_area_belongs_is_refused() -> None:
    line = shapely.LineString([(135.85, 35.0), (135.9, 35.0)])
    assert areas.lakes(geojson(feature(line)), OTSU).refused[0].reason.code == "row_wrong_geometry"
    assert areas.rail_lines(geojson(feature(line, N02_003="湖西線", N02_004="西日本旅客鉄道")), OTSU).rows_out == 1


def test_a_shape_in_metres_is_refused_and_not_drawn_in_africa() -> None:
    reading = areas.lakes(geojson(feature(shapely.box(-12000, -110000, -11000, -109000))), OTSU)
    assert reading.refused[0].reason.code == "row_outside_japan"


def test_a_polygon_that_crosses_itself_is_mended() -> None:
    bow = shapely.Polygon([(135.85, 35.0), (135.9, 35.05), (135.9, 35.0), (135.85, 35.05)])
    reading = areas.lakes(geojson(feature(bow)), OTSU)
    assert reading.frame["geometry"].iloc[0].is_valid


def test_what_mending_leaves_is_an_area_still_and_a_flat_one_is_refused() -> None:
    spiked = shapely.Polygon(
        [(135.85, 35), (135.9, 35), (135.9, 35.05), (135.95, 35.1), (135.9, 35.05), (135.85, 35.05)]
    )
    flat = shapely.Polygon([(135.85, 35.0), (135.9, 35.0), (135.87, 35.0)])
    reading = areas.lakes(geojson(feature(spiked), feature(flat)), OTSU)
    assert [shape.geom_type for shape in reading.frame["geometry"]] == ["Polygon"]
    assert [refused.reason.code for refused in reading.refused] == ["row_wrong_geometry"]
    assert_whole(reading)


@pytest.mark.parametrize("name", ["\ud800", "瀬田\0"])
def test_a_name_that_no_database_takes_is_no_name(name: str) -> None:
    reading = areas.districts(geojson(feature(INSIDE, name=name)), "25201", OTSU, "学区")
    assert [refused.reason.code for refused in reading.refused] == ["row_no_name"]
    reading.refused[0].value.encode()


def zipped_shapefile(folder: Path, epsg: int) -> Payload:
    frame = gpd.GeoDataFrame({"N03_007": ["25201"]}, geometry=[INSIDE], crs=4326).to_crs(epsg)
    frame.to_file(folder / "N03.shp", encoding="cp932")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.glob("N03.*")):
            archive.write(path, path.name)
    return Payload("N03.zip", packed.getvalue())


@pytest.mark.parametrize("epsg", [6668, 6674])
def test_a_zipped_shapefile_comes_out_in_degrees(tmp_path: Path, epsg: int) -> None:
    reading = areas.boundary(zipped_shapefile(tmp_path, epsg), "25201", "大津市")
    assert shapely.hausdorff_distance(reading.frame["geometry"].iloc[0], INSIDE) < 1e-4


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"type": "FeatureCollection"}', b"\xff", b"PK\x03\x04junk", b'{"a":' * 50_000]
)
def test_garbage_is_refused_with_our_own_error(data: bytes) -> None:
    with pytest.raises(FileRefused):
        areas.lakes(Payload("x.geojson", data), OTSU)


def test_two_thousand_mutations_give_our_own_errors_or_a_whole_reading() -> None:
    good = geojson(feature(INSIDE, W09_001="琵琶湖"), feature(None), feature(FAR, W09_001="霞ヶ浦")).data
    dice = random.Random(7)
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            assert_whole(areas.lakes(Payload("x.geojson", bytes(data)), OTSU))
        except OtsuMapsError:
            continue


@needs_real
@pytest.mark.real
def test_real_files_hold_what_the_manifest_says() -> None:
    def read(name: str) -> Payload:
        path = REAL / name
        return Payload(path.name, path.read_bytes())

    n03 = areas.boundary(read("boundaries/N03-20210101_25_GML.geojson"), "25201", "大津市")
    otsu = areas.boundary(read("boundaries/n03_shiga/25201.json"), "25201", "大津市").frame["geometry"].iloc[0]
    a32 = areas.districts(read("boundaries/A32-16_25.geojson"), "25201", otsu, "中学校区")
    w09 = areas.lakes(read("boundaries/W09-05-g_Lake.geojson"), otsu)
    jma = areas.warning_areas(read("jma_codes/warning_areas/2520102.geojson"), ("2520101", "2520102"))
    assert (n03.rows_in, n03.rows_out) == (19, 1)
    assert (a32.rows_in, a32.rows_out) == (60, 18)
    assert (w09.rows_in, w09.rows_out) == (556, 1)
    assert jma.frame["name_ja"].tolist() == ["大津市北部"]
    for reading in (n03, a32, w09, jma):
        assert_whole(reading)
