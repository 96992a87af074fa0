"""Hazard zones of 国土数値情報 and plain polygons: every zone is kept, refused with a reason, or lies elsewhere."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, MissingColumn, OtsuMapsError
from otsu_maps.formats import hazard_codes as codes
from otsu_maps.formats.hazards import ZONE_COLUMNS, flood, inland, landslide, polygons, read
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.formats.text import is_storable
from otsu_maps.models import HAZARDS

NEAR = shapely.box(135.8, 34.8, 136.1, 35.3)
HERE = shapely.box(135.85, 35.0, 135.86, 35.01)
THERE = shapely.box(139.7, 35.6, 139.8, 35.7)
BOW_TIE = shapely.Polygon([(135.85, 35.0), (135.86, 35.01), (135.86, 35.0), (135.85, 35.01)])
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")

RIVER = {"A31a_201": "8606040001", "A31a_202": "瀬田川", "A31a_203": "86", "A31a_204": "近畿地方整備局", "A31a_205": 3}
SLOPE = {
    "A33_001": 1,
    "A33_002": 2,
    "A33_003": "25",
    "A33_004": "Ⅰ-1",
    "A33_005": "坂本表",
    "A33_006": "大津市坂本",
    "A33_007": "2018/03/27",
    "A33_008": 0,
}
DRAIN = {"A51_001": "滋賀県", "A51_002": "25", "A51_003": "大津市", "A51_004": "25201", "A51_005": "0.3m以上0.5m未満"}


def as_geojson(*rows: tuple[dict[str, Any], Any]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": json.loads(shapely.to_geojson(shape)) if isinstance(shape, shapely.Geometry) else shape,
        }
        for properties, shape in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def write_shapefile(
    archive: zipfile.ZipFile, folder: Path, name: str, rows: list[tuple[dict[str, Any], Any]], **how: Any
) -> None:
    frame = gpd.GeoDataFrame([row for row, _ in rows], geometry=[shape for _, shape in rows], crs=how.get("crs", 6668))
    frame.to_file(folder / "a.shp", encoding=how.get("encoding", "cp932"))
    for part in sorted(folder.glob("a.*")):
        if part.suffix != ".cpg" or how.get("says_encoding", False):
            archive.write(part, name + part.suffix)


def as_zip(folder: Path, *layers: tuple[str, list[tuple[dict[str, Any], Any]]], **how: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in layers:
            write_shapefile(archive, folder, name, rows, **how)
    return buffer.getvalue()


def assert_whole(reading: Reading) -> None:
    refused = {row.row for row in reading.refused}
    assert len(refused) == len(reading.refused)
    assert reading.rows_in == reading.rows_out + len(refused) + reading.rows_elsewhere
    assert not refused & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *ZONE_COLUMNS]
    for zone in reading.frame.itertuples():
        assert zone.hazard in HAZARDS
        assert zone.scale in ("design", "maximum", None)
        assert zone.phenomenon in (*codes.PHENOMENA, None)
        assert zone.zone_class in ("warning", "special", None)
        assert zone.geometry.is_valid
        assert zone.geometry.geom_type in ("Polygon", "MultiPolygon")
        assert zone.geometry.area > 0
        assert zone.depth_min_m is None or zone.depth_max_m is None or 0 <= zone.depth_min_m <= zone.depth_max_m
        assert zone.depth_max_m is None or zone.depth_min_m is not None
        assert type(zone.designated_on) in (date, type(None))
        assert all(text is None or text for text in (zone.river_ja, zone.name_ja, zone.publisher_ja))
        assert all(is_storable(str(text)) for text in (zone.river_ja, zone.name_ja, zone.publisher_ja))
    for row in reading.refused:
        assert is_storable(row.value) and is_storable(row.reason.params_json())


def read_rows(*rows: tuple[dict[str, Any], Any], hazard: str | None = None) -> Reading:
    reading = read(Payload("a.geojson", as_geojson(*rows)), NEAR, hazard)
    assert_whole(reading)
    return reading


def only(properties: dict[str, Any], hazard: str | None = None) -> Any:
    reading = read_rows((properties, HERE), hazard=hazard)
    assert len(reading.frame) == 1
    return reading.frame.iloc[0]


def refusal(data: bytes, hazard: str | None = None, name: str = "a") -> tuple[str, dict[str, Any]]:
    with pytest.raises(FileRefused) as caught:
        read(Payload(name, data), NEAR, hazard)
    return caught.value.reason.code, dict(caught.value.reason.params)


def test_a_flood_zone_has_its_depth_its_scale_its_river_and_who_manages_it() -> None:
    zone = only(RIVER)
    assert (zone.hazard, zone.scale, zone.depth_min_m, zone.depth_max_m) == ("flood", "maximum", 3.0, 5.0)
    assert (zone.river_ja, zone.publisher_ja, zone.name_ja) == ("瀬田川", "近畿地方整備局", None)
    assert (zone.phenomenon, zone.zone_class, zone.designated_on) == (None, None, None)


@pytest.mark.parametrize(
    ("properties", "format", "scale", "depth"),
    [
        ({"A31a_102": "野洲川", "A31a_105": 1}, "ksj_a31a", "design", (0.0, 0.5)),
        ({"A31a_202": "野洲川", "A31a_205": 6}, "ksj_a31a", "maximum", (20.0, None)),
        ({"A31_202": "野洲川", "A31_205": 2}, "ksj_a31", "maximum", (0.5, 3.0)),
        ({"A31_201": 4}, "ksj_a31", "maximum", (5.0, 10.0)),
        ({"A31b_101": 5}, "ksj_a31b", "design", (10.0, 20.0)),
        ({"A31_001": 14, "A31_002": 2, "A31_003": "x"}, "ksj_a31", "design", (2.0, 5.0)),
        ({"A31_001": "27"}, "ksj_a31", "design", (5.0, None)),
        ({"a31a_205": 3}, "ksj_a31a", "maximum", (3.0, 5.0)),
    ],
)
def test_each_edition_of_the_flood_data_is_told_by_its_columns(
    properties: dict[str, Any], format: str, scale: str, depth: tuple[float, float | None]
) -> None:
    assert read_rows((properties, HERE)).format == format
    zone = only(properties)
    assert (zone.scale, zone.depth_min_m, zone.depth_max_m) == (scale, *depth)


@pytest.mark.parametrize("rank", [3, 3.0, "3", "３", "3.0", " ３．０ "])
def test_a_rank_is_read_however_it_is_written(rank: Any) -> None:
    zone = only({**RIVER, "A31a_205": rank})
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja) == (3.0, 5.0, None)


@pytest.mark.parametrize(
    ("rank", "name"),
    [
        (9, "浸水深ランク 9"),
        (0, "浸水深ランク 0"),
        ("深い", "浸水深ランク 深い"),
        (2.5, "浸水深ランク 2.5"),
        (True, "浸水深ランク True"),
        ("1" * 400, "浸水深ランク " + "1" * 400),
        (None, None),
        ("", None),
    ],
)
def test_an_unknown_rank_keeps_the_zone_without_a_depth(rank: Any, name: str | None) -> None:
    zone = only({**RIVER, "A31a_205": rank})
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja, zone.river_ja) == (None, None, name, "瀬田川")


def test_a_row_that_speaks_of_both_scales_gives_a_zone_for_each() -> None:
    both = {"A31a_102": "瀬田川", "A31a_105": 1, "A31a_202": "瀬田川", "A31a_205": 3}
    reading = read_rows((both, HERE), ({"A31a_102": None, "A31a_205": 2}, HERE))
    assert list(reading.frame["source_row"]) == [1, 1, 2]
    assert list(reading.frame["scale"]) == ["design", "maximum", "maximum"]
    assert list(reading.frame["depth_max_m"]) == [0.5, 5.0, 3.0]


@pytest.mark.parametrize("column", ["A31a_305", "A31a_405", "A31b_401", "A31_301"])
def test_maps_of_duration_and_of_collapsing_houses_are_not_taken_for_depths(column: str) -> None:
    assert refusal(as_geojson(({column: 2}, HERE))) == ("hazard_layer_unused", {"file": "a", "column": column})


def test_a_landslide_zone_has_its_kind_its_class_its_name_and_its_day() -> None:
    zone = only(SLOPE)
    assert (zone.hazard, zone.phenomenon, zone.zone_class) == ("landslide", "steep_slope", "special")
    assert (zone.name_ja, zone.publisher_ja, zone.designated_on) == ("坂本表", "滋賀県", date(2018, 3, 27))
    assert (zone.scale, zone.depth_min_m, zone.depth_max_m, zone.river_ja) == (None, None, None, None)


@pytest.mark.parametrize(("value", "kind"), [(1, "steep_slope"), ("２", "debris_flow"), ("3.0", "slide"), (7, None)])
def test_the_three_phenomena_are_named_and_no_other(value: Any, kind: str | None) -> None:
    assert only({**SLOPE, "A33_001": value}).phenomenon == kind


@pytest.mark.parametrize(
    ("value", "zone_class", "name"),
    [
        (1, "warning", "坂本表"),
        (2, "special", "坂本表"),
        ("３", "warning", "坂本表（指定前）"),
        (4, "special", "坂本表（指定前）"),
        (5, None, "坂本表"),
        (None, None, "坂本表"),
    ],
)
def test_a_zone_before_its_designation_is_as_dangerous_and_says_so(value: Any, zone_class: str, name: str) -> None:
    zone = only({**SLOPE, "A33_002": value})
    assert (zone.zone_class, zone.name_ja) == (zone_class, name)


def test_a_landslide_zone_of_unknown_codes_without_a_name_shows_the_codes() -> None:
    assert only({"A33_001": 8, "A33_002": 9}).name_ja == "A33_001=8 A33_002=9"
    assert only({**SLOPE, "A33_005": ""}).name_ja == "I-1"
    assert only({"A33_001": 1, "A33_002": 1}).name_ja is None


@pytest.mark.parametrize(
    "written",
    ["2018/03/27", "2018-3-27", "20180327", "平成30年3月27日", "平成３０年３月２７日", "H30.3.27", "2018年3月27日"],
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert only({**SLOPE, "A33_007": written}).designated_on == date(2018, 3, 27)
    assert codes.day("令和元年5月1日") == date(2019, 5, 1)


@pytest.mark.parametrize("written", [None, "", "不明", "2018/13/27", "平成30年", "20181345", "0000/00/00", 12, "1/2"])
def test_a_day_that_is_none_is_unknown_and_the_zone_stays(written: Any) -> None:
    assert only({**SLOPE, "A33_007": written}).designated_on is None


def test_an_inland_zone_has_a_depth_and_the_municipality_that_set_it() -> None:
    zone = only(DRAIN)
    assert (zone.hazard, zone.scale, zone.depth_min_m, zone.depth_max_m) == ("inland_flood", None, 0.3, 0.5)
    assert (zone.publisher_ja, zone.name_ja) == ("大津市", None)
    zone = only({**DRAIN, "A51_005": "床下浸水"})
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja) == (None, None, "床下浸水")


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("0.3m未満", (0.0, 0.3)),
        ("０．５ｍ以上３．０ｍ未満", (0.5, 3.0)),
        ("1.0～2.0m", (1.0, 2.0)),
        ("0.5〜1.0m未満", (0.5, 1.0)),
        ("3m以上～5m未満", (3.0, 5.0)),
        ("20m以上", (20.0, None)),
        ("50cm未満", (0.0, 0.5)),
        ("20cm以上50cm未満", (0.2, 0.5)),
        ("50cm以上1m未満", (0.5, 1.0)),
        ("～0.5m", (0.0, 0.5)),
        ("0.01-0.3", (0.01, 0.3)),
        ("20以上", (20.0, None)),
        ("3m以上1m未満", None),
        ("1.5m", None),
        ("12", None),
        ("浸水なし", None),
        ("", None),
        ("1" * 100 + "m未満", None),
    ],
)
def test_a_depth_in_words_is_read_and_none_is_guessed(text: str, depth: tuple[float, float | None] | None) -> None:
    assert codes.depth_of_text(text) == depth


def test_plain_polygons_need_to_be_told_what_they_show() -> None:
    data = as_geojson(({}, HERE))
    code, params = refusal(data)
    assert (code, params["file"]) == ("hazard_kind_unknown", "a")
    assert refusal(data, "zombie")[0] == "hazard_name_unknown"
    reading = read(Payload("a", data), NEAR, "storm_surge")
    assert (reading.format, list(reading.frame["hazard"])) == ("hazard_polygons", ["storm_surge"])


def test_plain_polygons_that_name_their_hazard_are_read_as_they_say() -> None:
    said = {
        "hazard": "flood",
        "scale": "maximum",
        "depth_min_m": 0.5,
        "depth_max_m": "３.0",
        "name": "西岸",
        "river": "吾妻川",
        "publisher": "滋賀県",
        "designated_on": "2020-01-02",
    }
    zone = only(said)
    assert (zone.hazard, zone.scale, zone.depth_min_m, zone.depth_max_m) == ("flood", "maximum", 0.5, 3.0)
    assert (zone.name_ja, zone.river_ja, zone.publisher_ja) == ("西岸", "吾妻川", "滋賀県")
    assert zone.designated_on == date(2020, 1, 2)


@pytest.mark.parametrize(
    ("properties", "depth", "name"),
    [
        ({"depth_rank": "２"}, (0.5, 3.0), None),
        ({"depth_max_m": 0.5}, (0.0, 0.5), None),
        ({"depth_min_m": 5}, (5.0, None), None),
        ({"depth_min_m": 5, "depth_max_m": 1}, (None, None), "5.0–1.0 m"),
        ({"depth_min_m": -1}, (None, None), None),
        ({"depth_rank": 99}, (None, None), "浸水深ランク 99"),
    ],
)
def test_the_depth_of_plain_polygons(properties: dict[str, Any], depth: tuple[Any, Any], name: str | None) -> None:
    reading = polygons(Payload("a", as_geojson((properties, HERE))), NEAR, "flood", "design")
    assert_whole(reading)
    zone = reading.frame.iloc[0]
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja, zone.scale) == (*depth, name, "design")


def test_a_file_that_shows_another_hazard_than_its_card_says_is_refused() -> None:
    expected = {"file": "a", "expected": "flood", "found": "landslide"}
    assert refusal(as_geojson((SLOPE, HERE)), "flood") == ("hazard_kind_other", expected)
    assert refusal(as_geojson(({"hazard": "landslide"}, HERE)), "flood") == ("hazard_kind_other", expected)
    assert len(read_rows((SLOPE, HERE), hazard="landslide").frame) == 1


@pytest.mark.parametrize("reader", [flood, landslide, inland])
def test_a_reader_given_another_format_names_the_column_it_misses(reader: Any) -> None:
    with pytest.raises(MissingColumn) as caught:
        reader(Payload("a", as_geojson(({"x": 1}, HERE))), NEAR)
    assert caught.value.reason.code == "file_no_column"


def test_zones_of_other_places_are_counted_and_zones_at_the_edge_are_kept() -> None:
    edge = shapely.box(136.1, 35.0, 136.2, 35.1)
    reading = read_rows((RIVER, HERE), (RIVER, THERE), (RIVER, edge))
    assert (reading.rows_in, reading.rows_elsewhere, list(reading.frame["source_row"])) == (3, 1, [1, 3])


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (None, "row_no_geometry"),
        (3, "row_no_geometry"),
        ({"type": "Polygon", "coordinates": []}, "row_no_geometry"),
        ({"type": "Polygon", "coordinates": [[[135.9, 35], [135.91, 35], [135.9, 35]]]}, "row_no_geometry"),
        (shapely.Polygon([(135.9, 35), (135.91, 35), (135.92, 35)]), "row_no_geometry"),
        (shapely.Point(135.9, 35), "row_wrong_geometry"),
        (shapely.LineString([(135.9, 35), (135.91, 35)]), "row_wrong_geometry"),
        (shapely.box(-18000, 100, -17000, 200), "row_outside_japan"),
        (shapely.box(35.0, 135.85, 35.01, 135.86), "row_outside_japan"),
    ],
)
def test_a_row_without_a_usable_shape_says_why(shape: Any, code: str) -> None:
    reading = read_rows((SLOPE, HERE), (SLOPE, shape))
    assert [(row.row, row.reason.code) for row in reading.refused] == [(2, code)]


def test_a_shape_that_crosses_itself_is_made_valid_and_height_is_left_out() -> None:
    high = shapely.force_3d(HERE, 85.0)
    reading = read_rows((RIVER, BOW_TIE), (RIVER, high))
    assert reading.frame.geometry[0].area == pytest.approx(BOW_TIE.convex_hull.area / 2)
    assert not reading.frame.geometry[1].has_z


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_not_geojson"),
        (b"[1]", "file_not_geojson"),
        (b'{"type":"FeatureCollection","features":' + b"[" * 100_000, "file_not_geojson"),
        (b'{"type":"FeatureCollection","features":[]}', "file_empty"),
        (b"PK\x03\x04" + b"x" * 100, "file_zip_broken"),
        (b"PKnothing", "file_not_shapefile"),
    ],
)
def test_a_file_that_holds_no_zones_is_refused(data: bytes, code: str) -> None:
    assert refusal(data, "flood")[0] == code


@pytest.mark.parametrize("spelt", [b"\\ud800", b"\\u0000"])
def test_half_a_character_or_none_in_json_does_not_spoil_the_zone(spelt: bytes) -> None:
    data = as_geojson((RIVER, HERE), (RIVER, None)).replace("瀬田川".encode(), spelt)
    reading = read(Payload("a", data), NEAR)
    assert_whole(reading)
    assert reading.frame.iloc[0].river_ja == "?"
    reading.refused[0].value.encode()


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
@pytest.mark.parametrize("says_encoding", [True, False])
def test_the_text_of_a_dbf_is_read_whether_or_not_it_names_its_encoding(
    tmp_path: Path, encoding: str, says_encoding: bool
) -> None:
    rows = [({**SLOPE, "A33_005": "表十ソ能"}, HERE)]
    data = as_zip(tmp_path, ("A33", rows), encoding=encoding, says_encoding=says_encoding)
    reading = read(Payload("a.zip", data), NEAR)
    assert_whole(reading)
    assert (reading.format, reading.frame.iloc[0].name_ja) == ("ksj_a33", "表十ソ能")


def test_every_shapefile_of_a_zip_is_read_in_whatever_folder(tmp_path: Path) -> None:
    lines = [({**SLOPE, "A33_005": "線"}, shapely.LineString([(135.9, 35), (135.91, 35)]))]
    data = as_zip(
        tmp_path, ("A33-16/面/a", [(SLOPE, HERE), (SLOPE, THERE)]), ("A33-16/b", lines), ("c", [(SLOPE, HERE)])
    )
    reading = read(Payload("a.zip", data), NEAR)
    assert_whole(reading)
    assert (reading.rows_in, reading.rows_elsewhere, list(reading.frame["source_row"])) == (4, 1, [1, 4])
    assert [(row.row, row.reason.code) for row in reading.refused] == [(3, "row_wrong_geometry")]


def test_a_shapefile_in_plane_coordinates_comes_out_in_degrees(tmp_path: Path) -> None:
    plane = gpd.GeoSeries([HERE], crs=6668).to_crs(6674)
    data = as_zip(tmp_path, ("a", [(RIVER, plane.iloc[0])]), crs=6674)
    reading = read(Payload("a.zip", data), NEAR)
    assert shapely.hausdorff_distance(reading.frame.geometry[0], HERE) < 1e-6


ranks = st.sampled_from([1, 2, 3, 4, 5, 6, 9])
styles = st.sampled_from([int, float, str, lambda rank: str(rank).translate(WIDE), lambda rank: f"{rank}.0"])
zones = st.tuples(ranks, styles, st.sampled_from(["瀬田川", "表川ソ", ""]), st.sampled_from([HERE, THERE, BOW_TIE]))


@settings(max_examples=40, deadline=None)
@given(st.lists(zones, min_size=1, max_size=5), st.sampled_from(["geojson", "bom", "lower", "cp932", "utf-8"]))
def test_a_flood_map_written_in_any_of_its_dirty_ways_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[int, Any, str, Any]], way: str
) -> None:
    # A DBF has one type a column, so a Shapefile keeps every rank as text.
    as_text = way in ("cp932", "utf-8")
    rows = [
        ({"A31a_202": river, "A31a_204": "滋賀県", "A31a_205": str(style(rank)) if as_text else style(rank)}, shape)
        for rank, style, river, shape in written
    ]
    if as_text:
        data = as_zip(tmp_path_factory.mktemp("shp"), ("x/a", rows), encoding=way)
    elif way == "lower":
        data = as_geojson(*(({name.lower(): value for name, value in row.items()}, shape) for row, shape in rows))
    else:
        data = (b"\xef\xbb\xbf" if way == "bom" else b"") + as_geojson(*rows)
    reading = read(Payload("a", data), NEAR)
    assert_whole(reading)
    assert (reading.format, reading.rows_in, reading.refused) == ("ksj_a31a", len(rows), ())
    assert reading.rows_elsewhere == sum(shape is THERE for *_, shape in written)
    for zone in reading.frame.itertuples():
        rank, _, river, shape = written[zone.source_row - 1]
        assert (zone.scale, zone.publisher_ja, zone.river_ja) == ("maximum", "滋賀県", river or None)
        assert (zone.depth_min_m, zone.depth_max_m) == codes.STEPS.get(rank, (None, None))
        assert (zone.name_ja is None) == (rank in codes.STEPS)
        assert zone.name_ja is None or zone.name_ja.startswith("浸水深ランク 9")
        assert shapely.hausdorff_distance(zone.geometry, shapely.make_valid(shape)) < 1e-9


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
    b"NaN",
    b"null",
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


def assert_all_read_or_refused(files: Iterable[bytes], hazard: str | None = None) -> None:
    outcomes = {"read": 0, "refused": 0}
    for data in files:
        try:
            assert_whole(read(Payload("a", data), NEAR, hazard))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "a"
            outcomes["refused"] += 1
    assert sum(outcomes.values()) == 2000 and min(outcomes.values()) > 5


@pytest.mark.parametrize("properties", [RIVER, SLOPE, DRAIN])
def test_no_mutated_geojson_raises_anything_but_our_errors(properties: dict[str, Any]) -> None:
    chance = random.Random(11)
    whole = as_geojson((properties, HERE), (properties, THERE), (properties, BOW_TIE))
    assert_all_read_or_refused(mutated(whole, chance) for _ in range(2000))


def test_no_mutated_zip_raises_anything_but_our_errors(tmp_path: Path) -> None:
    chance = random.Random(13)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored, so that a mutation reaches the Shapefile
        write_shapefile(archive, tmp_path, "a", [(SLOPE, HERE), (SLOPE, THERE)])
    assert_all_read_or_refused((mutated(buffer.getvalue(), chance) for _ in range(2000)), "landslide")


@pytest.mark.filterwarnings("ignore::RuntimeWarning:pyogrio", "ignore:DataFrame columns are not unique")
def test_no_mutated_shapefile_raises_anything_but_our_errors(tmp_path: Path) -> None:
    chance = random.Random(17)
    slope = {name: SLOPE[name] for name in ("A33_001", "A33_002", "A33_005", "A33_007")}
    with zipfile.ZipFile(io.BytesIO(as_zip(tmp_path, ("a", [(slope, HERE), (slope, THERE)])))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def broken() -> bytes:
        victim = chance.choice(sorted(parts))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in parts.items():
                # Without its .prj, a file needs no change of coordinates, which would take most of the time.
                if name == victim or name != "a.prj":
                    archive.writestr(name, mutated(data, chance) if name == victim else data)
        return buffer.getvalue()

    assert_all_read_or_refused((broken() for _ in range(2000)), "landslide")


@pytest.mark.real
@needs_real
def test_the_flood_polygons_of_tokyo_are_3515_and_do_not_say_what_they_are() -> None:
    file = REAL / "hazard" / "tokyo_flood_a31_derived.geojson"
    payload = Payload(file.name, file.read_bytes())
    near = shapely.box(139.6, 35.6, 140.0, 35.9)
    with pytest.raises(FileRefused) as caught:
        read(payload, near)
    assert caught.value.reason.code == "hazard_kind_unknown"
    reading = read(payload, near, "flood")
    assert_whole(reading)
    assert (reading.format, reading.rows_in, len(reading.frame), reading.refused) == ("hazard_polygons", 3515, 3515, ())
    here = read(payload, shapely.box(139.674, 35.643, 139.8, 35.7), "flood")
    assert_whole(here)
    assert 0 < here.rows_out < 3515
    assert read(payload, NEAR, "flood").rows_elsewhere == 3515
