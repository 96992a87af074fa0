"""PLATEAU's zones: city objects in, zones with depths and classes out, and no XML trick gets through."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
import shapely
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, OtsuMapsError, UnsafeFile
from otsu_maps.formats import hazard_codes as codes
from otsu_maps.formats.hazards import ZONE_COLUMNS, read
from otsu_maps.formats.plateau import codelist, plateau
from otsu_maps.formats.reading import Payload, Reading

NEAR = shapely.box(138.5, 34.9, 139.1, 35.3)
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:wtr="http://www.opengis.net/citygml/waterbody/2.0" xmlns:uro="https://www.geospatial.jp/iur/uro/3.1"
 xmlns:urf="https://www.geospatial.jp/iur/urf/3.1" xmlns:bldg="http://www.opengis.net/citygml/building/2.0">
"""
TRIANGLES = (
    "35.10 138.80 1 35.10 138.81 1 35.11 138.81 1 35.10 138.80 1",
    "35.10 138.80 1 35.11 138.81 1 35.11 138.80 1 35.10 138.80 1",
)
SQUARE = shapely.box(138.80, 35.10, 138.81, 35.11)


def surface(rings: tuple[str, ...] = TRIANGLES, hole: str = "") -> str:
    inner = f"<gml:interior><gml:LinearRing><gml:posList>{hole}</gml:posList></gml:LinearRing></gml:interior>"
    members = "".join(
        "<gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>"
        f"<gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior>{inner if hole else ''}"
        "</gml:Polygon></gml:surfaceMember>"
        for ring in rings
    )
    return f"<wtr:lod1MultiSurface><gml:MultiSurface>{members}</gml:MultiSurface></wtr:lod1MultiSurface>"


def water(attribute: str = "WaterBodyRiverFloodingRiskAttribute", shape: str | None = None, **values: str) -> str:
    said = "".join(f'<uro:{k} codeSpace="../../codelists/{attribute}_{k}.xml">{v}</uro:{k}>' for k, v in values.items())
    risk = f"<uro:floodingRiskAttribute><uro:{attribute}>{said}</uro:{attribute}></uro:floodingRiskAttribute>"
    body = surface() if shape is None else shape
    return f'<wtr:WaterBody gml:id="fld_1"><gml:name>5</gml:name>{body}{risk}</wtr:WaterBody>'


def slope(shape: str | None = None, **values: str) -> str:
    said = "".join(f"<urf:{name}>{value}</urf:{name}>" for name, value in values.items())
    body = (surface() if shape is None else shape).replace("wtr:", "urf:")
    return f'<urf:SedimentDisasterProneArea gml:id="l_1">{said}{body}</urf:SedimentDisasterProneArea>'


def model(*objects: str, crs: str = "6697", dimension: str = ' srsDimension="3"') -> bytes:
    envelope = f'<gml:boundedBy><gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/{crs}"{dimension}/></gml:boundedBy>'
    members = "".join(f"<core:cityObjectMember>{item}</core:cityObjectMember>\n" for item in objects)
    return f"{HEAD}{envelope}{members}</core:CityModel>".encode()


def assert_whole(reading: Reading) -> None:
    refused = {row.row for row in reading.refused}
    assert len(refused) == len(reading.refused)
    assert reading.rows_in == reading.rows_out + len(refused) + reading.rows_elsewhere
    assert not refused & set(reading.frame["source_row"])
    assert list(reading.frame.columns) == ["source_row", *ZONE_COLUMNS]
    assert all(shape.is_valid and shape.area > 0 for shape in reading.frame["geometry"])


def read_model(*objects: str, name: str = "a.gml", **how: str) -> Reading:
    reading = read(Payload(name, model(*objects, **how)), NEAR)
    assert_whole(reading)
    assert reading.format == "plateau_gml"
    return reading


def only(item: str, **how: str) -> Any:
    reading = read_model(item, **how)
    assert len(reading.frame) == 1
    return reading.frame.iloc[0]


def refusal(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(Payload("a", data), NEAR)
    assert caught.value.reason.params["file"] == "a"
    return caught.value


def test_the_triangles_of_a_zone_become_one_shape_in_lon_lat() -> None:
    zone = only(water(rank="2", scale="L2", adminType="1"))
    assert zone.geometry.equals(SQUARE)
    assert not zone.geometry.has_z
    assert (zone.hazard, zone.scale, zone.depth_min_m, zone.depth_max_m) == ("flood", "maximum", 0.5, 3.0)
    assert (zone.publisher_ja, zone.river_ja, zone.name_ja) == ("国", None, None)


@pytest.mark.parametrize(
    ("attribute", "hazard", "depth"),
    [
        ("WaterBodyRiverFloodingRiskAttribute", "flood", (3.0, 5.0)),
        ("RiverFloodingRiskAttribute", "flood", (3.0, 5.0)),
        ("WaterBodyTsunamiRiskAttribute", "tsunami", (3.0, 5.0)),
        ("HighTideRiskAttribute", "storm_surge", (3.0, 5.0)),
        ("InlandFloodingRiskAttribute", "inland_flood", (None, None)),
    ],
)
def test_the_hazard_is_that_of_the_attribute_in_either_edition(attribute: str, hazard: str, depth: Any) -> None:
    zone = only(water(attribute, rank="3"))
    assert (zone.hazard, (zone.depth_min_m, zone.depth_max_m)) == (hazard, depth)
    assert zone.name_ja == (None if depth[0] else "rank 3")


@pytest.mark.parametrize(
    ("said", "name", "scale"),
    [
        ({"scale": "1"}, "a.gml", "design"),
        ({"scale": "L1"}, "a.gml", "design"),
        ({"scale": "２"}, "a.gml", "maximum"),
        ({"scale": "2"}, "533946_fld_6697_l1_op.gml", "maximum"),
        ({}, "533946_fld_6697_l1_op.gml", "design"),
        ({}, "533946_fld_6697_l2_op.gml", "maximum"),
        ({}, "a.gml", None),
    ],
)
def test_the_scale_is_said_by_the_attribute_or_by_the_file_name(said: dict[str, str], name: str, scale: str) -> None:
    assert only(water(rank="1", **said), name=name).scale == scale


def test_a_rank_of_the_city_itself_keeps_the_zone_with_its_code_for_a_name() -> None:
    zone = only(water(rankOrg="2"))
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja) == (None, None, "rankOrg 2")
    zone = only(water(rank="42"))
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja) == (None, None, "rank 42")


def test_a_measured_depth_stands_in_for_an_unknown_rank() -> None:
    zone = only(water(rankOrg="2", depth="1.25"))
    assert (zone.depth_min_m, zone.depth_max_m, zone.name_ja) == (1.25, 1.25, None)


def test_the_code_lists_of_the_city_give_depths_and_names() -> None:
    defined = "<gml:Definition><gml:description>{}</gml:description><gml:name>{}</gml:name></gml:Definition>"
    entry = f"<gml:dictionaryEntry>{defined}</gml:dictionaryEntry>"
    listed = "".join(entry.format(text, code) for code, text in {"1": "0.01-0.3", "2": "0.3-1", "8": "20以上"}.items())
    data = f'<gml:Dictionary xmlns:gml="http://www.opengis.net/gml"><gml:name>x</gml:name>{listed}</gml:Dictionary>'
    ranks = codelist(Payload("x_rankOrg.xml", data.encode()))
    assert ranks == {"1": "0.01-0.3", "2": "0.3-1", "8": "20以上"}
    attribute = "WaterBodyRiverFloodingRiskAttribute"
    lists = {f"{attribute}_rankOrg.xml": ranks, f"{attribute}_description.xml": {"3": "狩野川水系狩野川"}}
    data = model(water(rankOrg="2", description="3"), water(rankOrg="8", description="4"))
    frame = plateau(Payload("a", data), NEAR, lists).frame
    assert list(zip(frame["depth_min_m"], frame["depth_max_m"], strict=True)) == [(0.3, 1.0), (20.0, None)]
    assert list(frame["river_ja"]) == ["狩野川水系狩野川", None]


def test_a_landslide_zone_has_its_kind_its_class_its_name_and_its_day() -> None:
    zone = only(slope(disasterType="2", areaType="2", zoneName="八重", prefecture="22", validFrom="2006-12-26"))
    assert (zone.hazard, zone.phenomenon, zone.zone_class) == ("landslide", "debris_flow", "special")
    assert (zone.name_ja, zone.publisher_ja, zone.designated_on) == ("八重", "静岡県", date(2006, 12, 26))
    assert only(slope(disasterType="1", areaType="3", zoneNumber="103")).name_ja == "103（指定前）"
    zone = only(slope(disasterType="9", areaType="9"))
    assert (zone.phenomenon, zone.zone_class, zone.name_ja) == (None, None, "disasterType 9 areaType 9")


@pytest.mark.parametrize(
    ("crs", "dimension"), [("6668", ""), ("6668", ' srsDimension="2"'), ("6697", ' srsDimension="2"')]
)
def test_coordinates_without_a_height_are_read_too(crs: str, dimension: str) -> None:
    flat = ("35.10 138.80 35.10 138.81 35.11 138.81 35.11 138.80 35.10 138.80",)
    assert only(water(rank="1", shape=surface(flat)), crs=crs, dimension=dimension).geometry.equals(SQUARE)


def test_corners_that_differ_in_their_last_digit_leave_no_crack() -> None:
    near_miss = TRIANGLES[1].replace("35.11 138.81", "35.109999999999999 138.810000000000003")
    shape = only(water(rank="1", shape=surface((TRIANGLES[0], near_miss)))).geometry
    assert (shape.geom_type, len(shape.interiors)) == ("Polygon", 0)
    assert shape.area == pytest.approx(SQUARE.area)


def test_a_hole_stays_a_hole_and_single_positions_are_read() -> None:
    ring = "35.10 138.80 0 35.10 138.81 0 35.11 138.81 0 35.11 138.80 0 35.10 138.80 0"
    hole = "35.104 138.804 0 35.104 138.806 0 35.106 138.806 0 35.106 138.804 0 35.104 138.804 0"
    shape = only(water(rank="1", shape=surface((ring,), hole))).geometry
    assert shape.area == pytest.approx(0.01**2 - 0.002**2)
    apart = surface((ring,)).replace(f"<gml:posList>{ring}</gml:posList>", positions(ring))
    assert only(water(rank="1", shape=apart)).geometry.equals(SQUARE)


def positions(ring: str) -> str:
    numbers = ring.split()
    return "".join(f"<gml:pos>{' '.join(numbers[i : i + 3])}</gml:pos>" for i in range(0, len(numbers), 3))


@pytest.mark.parametrize(
    ("rings", "code"),
    [
        ((), "row_no_geometry"),
        (("",), "row_no_geometry"),
        (("35.1 138.8 0 35.2",), "row_no_geometry"),
        (("35.1 138.8 0 35.1 138.9 x 35.2 138.9 0",), "row_no_geometry"),
        (("35.1 138.8 0 nan 138.9 0 35.2 138.9 0 35.1 138.8 0",), "row_no_geometry"),
        (("35.1 138.8 0 35.1 138.9 0",), "row_no_geometry"),
        (("35.1 138.8 0 35.1 138.8 5 35.1 138.8 0 35.1 138.8 0",), "row_no_geometry"),
        ((*TRIANGLES, "35.1 138.8"), "row_no_geometry"),
        (("138.8 35.1 0 138.9 35.1 0 138.9 35.2 0 138.8 35.1 0",), "row_outside_japan"),
    ],
)
def test_an_object_with_a_broken_shape_is_refused_whole(rings: tuple[str, ...], code: str) -> None:
    reading = read_model(water(rank="1"), water(rank="1", shape=surface(rings)))
    assert [(row.row, row.reason.code) for row in reading.refused] == [(2, code)]


def test_a_wall_among_the_triangles_adds_nothing() -> None:
    wall = "35.10 138.80 1 35.10 138.81 1 35.10 138.81 9 35.10 138.80 1"
    assert only(water(rank="1", shape=surface((*TRIANGLES, wall)))).geometry.equals(SQUARE)


def test_zones_of_other_places_are_counted_and_other_things_are_refused() -> None:
    far = surface(("43.0 141.0 0 43.0 141.1 0 43.1 141.1 0 43.0 141.0 0",))
    river = f'<wtr:WaterBody gml:id="w">{surface()}</wtr:WaterBody>'
    pond = water("ReservoirFloodingRiskAttribute", rank="1")
    house = f'<bldg:Building gml:id="b">{surface()}</bldg:Building>'
    reading = read_model(water(rank="1"), water(rank="1", shape=far), river, pond, house, "")
    assert (reading.rows_in, reading.rows_out, reading.rows_elsewhere) == (6, 1, 1)
    assert [(row.row, row.reason.code) for row in reading.refused] == [(n, "row_no_hazard") for n in (3, 4, 5, 6)]
    assert refusal(model(river, house)).reason.code == "hazard_no_zones"


BILLION = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE x [<!ENTITY a0 "lol">{BILLION}]>',
        '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://localhost:9/x.dtd">',
        "<!DOCTYPE x>",
    ],
)
def test_a_bomb_or_any_other_dtd_is_unsafe(doctype: str) -> None:
    data = model(water(rank="1", description="&a9;")).replace(
        b"<core:CityModel", f"{doctype}<core:CityModel".encode(), 1
    )
    error = refusal(data)
    assert isinstance(error, UnsafeFile)
    assert error.reason.code == "file_xml_unsafe"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (model(water(rank="1"))[:-20], "file_broken"),
        (b"<", "file_broken"),
        (b"<a><b></a>", "file_not_citygml"),
        (b"<html/>", "file_not_citygml"),
        (model(), "file_empty"),
        (model(water(rank="1")).replace(b"UTF-8", b"UTF-7"), "file_broken"),
        (model(water(rank="1")).replace(b"UTF-8", b"nonsense"), "file_broken"),
        (model(water(rank="&nothing;")), "file_broken"),
    ],
)
def test_a_file_that_is_no_city_model_is_refused(data: bytes, code: str) -> None:
    assert refusal(data).reason.code == code


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_of_xml_are_read(encoding: str) -> None:
    document = (
        model(slope(disasterType="1", areaType="1", zoneName="八重")).decode().replace("UTF-8", encoding[:6].strip("-"))
    )
    reading = read(Payload("a", document.replace('encoding="utf-8"', 'encoding="UTF-8"').encode(encoding)), NEAR)
    assert reading.frame.iloc[0].name_ja == "八重"


def test_a_random_model_is_read_back() -> None:
    chance = random.Random(5)
    for _ in range(50):
        ranks = [chance.randint(1, 8) for _ in range(chance.randint(1, 6))]
        corners = [(round(chance.uniform(34.95, 35.2), 4), round(chance.uniform(138.6, 139.0), 4)) for _ in ranks]
        items, boxes = [], []
        for rank, (lat, lon) in zip(ranks, corners, strict=True):
            box = shapely.box(lon, lat, lon + 0.01, lat + 0.01)
            ring = " ".join(f"{y!r} {x!r} {chance.random()}" for x, y in box.exterior.coords)
            items.append(water(rank=chance.choice([str(rank), f" {rank} ", f"{rank}.0"]), shape=surface((ring,))))
            boxes.append(box)
        reading = read_model(*items)
        assert (reading.rows_in, reading.rows_out) == (len(ranks), len(ranks))
        for zone, rank, box in zip(reading.frame.itertuples(), ranks, boxes, strict=True):
            assert (zone.depth_min_m, zone.depth_max_m) == codes.STEPS.get(rank, (None, None))
            assert zone.geometry.equals(box)


def test_no_mutated_model_raises_anything_but_our_errors() -> None:
    chance = random.Random(19)
    whole = model(water(rank="2", scale="L1"), slope(disasterType="1", areaType="2", validFrom="2006-12-26"))
    for _ in range(2_000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert_whole(read(Payload("a", bytes(data)), NEAR))
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "a"


def read_real(name: str) -> Reading:
    file = REAL / "hazard" / "plateau_numazu" / name
    reading = read(Payload(file.name, file.read_bytes()), NEAR)
    assert_whole(reading)
    assert not reading.refused
    assert (reading.format, reading.rows_elsewhere) == ("plateau_gml", 0)
    return reading


@pytest.mark.real
@needs_real
def test_the_flood_zones_of_numazu_are_three_of_the_design_scale() -> None:
    frame = read_real("52385721_fld_6697_l1_op.gml").frame
    assert set(zip(frame["hazard"], frame["scale"], frame["publisher_ja"], strict=True)) == {("flood", "design", "国")}
    assert list(frame["name_ja"]) == ["rankOrg 1", "rankOrg 2", "rankOrg 1"]
    assert shapely.total_bounds(list(frame["geometry"])) == pytest.approx(
        [138.888125, 35.108125, 138.888875, 35.108333]
    )


@pytest.mark.real
@needs_real
def test_the_landslide_zones_of_numazu_are_81() -> None:
    frame = read_real("523857_lsld_6668_op.gml").frame
    kinds = frame.groupby(["phenomenon", "zone_class"]).size().to_dict()
    assert kinds == {("debris_flow", "warning"): 6, ("steep_slope", "special"): 42, ("steep_slope", "warning"): 33}
    assert set(frame["publisher_ja"]) == {"静岡県"}
    assert frame["designated_on"].value_counts()[date(2006, 12, 26)] == 48
    assert frame["name_ja"].notna().all()


@pytest.mark.real
@needs_real
def test_the_tsunami_zones_of_numazu_are_three() -> None:
    frame = read_real("523855_tnm_6697_op.gml").frame
    assert list(frame["hazard"]) == ["tsunami"] * 3
    assert list(frame["name_ja"]) == ["rankOrg 1", "rankOrg 2", "rankOrg 3"]
