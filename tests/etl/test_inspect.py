"""`otsu-maps inspect`: what a file is, whatever its name; how much loads; what is wrong where."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest
from real import REAL, needs_real

from etl.inspect import GOOD, LOOK, REFUSED, Finding, inspect
from otsu_maps import cli, config
from otsu_maps.formats.recognise import FORMATS
from otsu_maps.i18n import languages, say

DEMO, BASE = config.GEODATA / "demo", config.GEODATA / "basemap"

OWN = {
    DEMO / "sites.csv": ("gsi_sites", 116),
    DEMO / "shelters.csv": ("gsi_shelters", 75),
    DEMO / "facts.csv": ("city_facts", 96),
    DEMO / "towns.json": ("address_points", 65),
    DEMO / "flood.geojson": ("ksj_a31a", 43),
    DEMO / "landslide.geojson": ("ksj_a33", 118),
    DEMO / "population_500m.csv": ("estat_mesh", 579),
    DEMO / "flow_mesh.csv": ("mlit_mesh", 43594),
    DEMO / "flow_fromto.csv": ("mlit_fromto", 864),
    DEMO / "events.csv": ("events", 27),
    DEMO / "gtfs.zip": ("gtfs", 6531),
    BASE / "outline.geojson": ("boundary", 1),
    BASE / "lake.geojson": ("lakes", 1),
    BASE / "stations.geojson": ("stations", 51),
}

SHAPES = {
    "shelters/gsi_csv/25201_2.derived.csv": ("gsi_sites", 341, 0),
    "shelters/gsi_csv/42202_1.csv": ("gsi_shelters", 145, 0),
    "shelters/gsi_csv/42202_2.csv": ("gsi_sites", 270, 0),
    "shelters/gsi_csv/notice.txt": ("unknown", 0, 0),
    "shelters/gsi_csv/prefectureListData.csv": ("unknown", 0, 0),
    "shelters/gsi_geojson/252018_otsu_emergency.geojson": ("gsi_sites", 341, 0),
    "shelters/gsi_geojson/252018_otsu_evacuation.geojson": ("gsi_shelters", 229, 0),
    "shelters/gsi_geojson/252069_kusatsu_emergency.geojson": ("gsi_sites", 68, 0),
    "shelters/gsi_geojson/252069_kusatsu_evacuation.geojson": ("gsi_shelters", 73, 0),
    "shelters/gsi_geojson/252077_moriyama_emergency.geojson": ("gsi_sites", 58, 0),
    "shelters/gsi_geojson/252077_moriyama_evacuation.geojson": ("gsi_shelters", 40, 0),
    "shelters/gsi_geojson/252123_takashima_emergency.geojson": ("gsi_sites", 60, 0),
    "shelters/gsi_geojson/252123_takashima_evacuation.geojson": ("gsi_shelters", 60, 0),
    "shelters/gsi_geojson/252042_omihachiman_emergency.geojson": ("unknown", 0, 0),
    "shelters/gsi_geojson/data-availability.json": ("unknown", 0, 0),
    "shelters/municipal/hamamatsu_hinanjo.csv": ("evacuation_space", 182, 0),
    "shelters/municipal/takamatsu_0060_old.csv": ("evacuation_space", 193, 0),
    "shelters/municipal/takamatsu_evacuation_space.xlsx": ("evacuation_space", 195, 0),
    "shelters/open_status/nanao_reference_data.csv": ("evacuation_space", 112, 0),
    "shelters/open_status/open_shelter_Nanao-shi_2024-01-09-1800.csv": ("evacuation_space", 29, 0),
    "boundaries/A32-16_25.geojson": ("districts", 60, 0),
    "boundaries/N03-20210101_25_GML.geojson": ("boundary", 19, 0),
    "boundaries/N03-21_25_210101.json": ("boundary", 19, 0),
    "boundaries/W09-05-g_Lake.geojson": ("lakes", 556, 203),
    "boundaries/n03_shiga/25201.json": ("boundary", 1, 0),
    "jma_codes/warning_areas/2520101.geojson": ("warning_areas", 1, 0),
    "hazard/plateau_numazu/52385721_fld_6697_l1_op.gml": ("plateau_gml", 3, 0),
    "hazard/plateau_numazu/523857_lsld_6668_op.gml": ("plateau_gml", 81, 0),
    "hazard/plateau_numazu/523855_tnm_6697_op.gml": ("plateau_gml", 3, 0),
    "hazard/tokyo_flood_a31_derived.geojson": ("unknown", 0, 0),
    "events/takamatsu_events.xlsx": ("events", 51, 0),
    "gtfs_jp/077434.zip": ("gtfs", None, 0),
    "gtfs_jp/401005_shieitosengtfs.zip": ("gtfs", None, 0),
    "gtfs_jp/402303tosengtfs.zip": ("gtfs", None, 0),
    "gtfs_jp/donan_bus.zip": ("gtfs", None, 2),
    "gtfs_jp/hakodate_shiden.zip": ("gtfs", None, 0),
    "gtfs_jp/kyoto_sangyo_univ_shuttle_incomplete.zip": ("unknown", 0, 0),
    "gtfs_world/bart.zip": ("gtfs", None, 0),
    "gtfs_world/cairns_gtfs.zip": ("gtfs", None, 0),
    "gtfs_world/example-nested-zip.zip": ("gtfs", None, 0),
    "gtfs_world/test_broken_gtfs.zip": ("gtfs", None, 1442),
    "gtfs_world/badgtfs.zip": ("unknown", 0, 0),
    "gtfs_world/invalid.zip": ("unknown", 0, 0),
    "population/takamatsu_population_201811.csv": ("town_population", 235, 0),
    "population_mesh/kanagawa_population_mesh_1km.json": ("mesh_density_json", 1852, 0),
    "population_mesh/kanagawa_population_mesh_500m.json": ("mesh_density_json", 6250, 0),
    "population_mesh/muni_mesh1.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S1_mesh1km_step1_kanagawa_2019_2020_2021_12.csv": ("guide_mesh", 51193, 0),
    "people_flow/mlit_guide/S1_mesh1km_step2_header.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S3_A_step1_nakano_area.csv": ("guide_area", 4, 0),
    "people_flow/mlit_guide/S3_A_step2_nakano_od.csv": ("guide_od", 16515, 0),
    "people_flow/mlit_guide/S3_B_step1_gps_log_10000rec.csv": ("unknown", 0, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-14.csv": ("counter", 180, 0),
    "people_flow/transport_census/202112_1_3jiod_tripend.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S1_mesh125m_step2_header.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S1_mesh1km_step3_landmark.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S2_step1_kyoto_city_info.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S2_step3_header.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S3_A_step3_header.csv": ("unknown", 0, 0),
    "people_flow/mlit_guide/S3_B_step2_header.csv": ("unknown", 0, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-01.csv": ("unknown", 0, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-02.csv": ("unknown", 0, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-10.csv": ("counter", 3, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-11.csv": ("unknown", 0, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-12.csv": ("unknown", 0, 0),
    "people_flow/sabae_sensor/8981040000001404776_2023-11-13.csv": ("unknown", 0, 0),
    "people_flow/world/NY_counties_2011.geojson": ("unknown", 0, 0),
    "people_flow/world/NY_commuting_flows_2011.csv": ("od_hour", 1954, 0),
    "people_flow/world/geolife_sample.txt.gz": ("unknown", 0, 0),
    "gtfs_world/example-errors.zip": ("gtfs", None, 3),
    "gtfs_world/example-nested-dir.zip": ("gtfs", None, 0),
    "gtfs_world/island-transit_20090312_0314.zip": ("gtfs", None, 0),
    "gtfs_world/sample-feed-1.zip": ("gtfs", None, 0),
    "rail/11601_JR_biwako.polyline.json": ("rail_lines", 10, 0),
    "rail/11605_JR_kosei.polyline.json": ("rail_lines", 5, 0),
    "rail/33006_keihan_ishiyama_sakamoto.polyline.json": ("rail_lines", 1, 0),
    "rail/33007_keihan_keishin.polyline.json": ("rail_lines", 2, 0),
    "rail/11511_JR_kusatsu.polyline.json": ("rail_lines", 1, 0),
    "rail/lines.csv": ("unknown", 0, 0),
    "rail/stations_shiga_kyoto.csv": ("stations", 392, 0),
    "addresses/otsu_towns.json": ("address_points", 509, 0),
    "addresses/kusatsu_towns.json": ("address_points", 151, 4),
}
"""Real file: format, rows in the file (None: counted in the tests of that format), rows left out."""


def shape(found: Finding) -> tuple[str, int, int]:
    return found.format, found.rows_in, len(found.quarantined)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_the_files_of_the_demo_are_recognised_and_load_whole(path: Path) -> None:
    found = inspect(path)
    assert (found.format, found.rows_in) == OWN[path]
    assert found.exit_code == GOOD


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_neither_name_nor_zip_nor_folder_hides_a_format(tmp_path: Path, path: Path) -> None:
    packed = tmp_path / "export (1).dat"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("避難/2026/新しいファイル", path.read_bytes())
    assert shape(inspect(packed)) == (*OWN[path], 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16", "euc-jp", "iso2022_jp"])
def test_no_encoding_hides_a_format(tmp_path: Path, encoding: str) -> None:
    text = (DEMO / "facts.csv").read_text("utf-8")
    path = tmp_path / "台帳.txt"
    path.write_bytes(text.encode(encoding))
    assert inspect(path).format == "city_facts"


def test_rows_that_would_not_load_are_named_with_the_reason(tmp_path: Path) -> None:
    header, first, second, *others = (DEMO / "sites.csv").read_text("utf-8").splitlines()
    cells = second.split(",")
    cells[13], cells[14] = cells[14], cells[13]
    path = tmp_path / "sites.csv"
    path.write_text("\n".join([header, first, ",".join(cells), first, *others]), "utf-8")
    found = inspect(path)
    assert found.exit_code == LOOK
    assert [(row.row, row.reason.code) for _, row in found.quarantined] == [
        (3, "row_swapped_position"),
        (4, "row_duplicate"),
    ]
    assert found.rows_in == found.rows_out + 2


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"{}", b"[]", b"PK\x03\x04", b"%PDF-1.7", bytes(range(256)), b"a,b\n1,2\n"]
)
def test_what_nobody_knows_is_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "what"
    path.write_bytes(data)
    found = inspect(path)
    assert (found.format, found.exit_code) == ("unknown", REFUSED)
    for lang in languages():
        assert say("inspect.refused", lang) in found.summary(lang)
        assert "{" not in found.summary(lang)


def test_a_zip_bomb_is_refused_and_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 60_000_000)
    found = inspect(path)
    assert found.why and found.why.code == "file_zip_bomb"


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_a_damaged_file_never_ends_in_a_traceback(tmp_path: Path, path: Path) -> None:
    good, dice = path.read_bytes()[:4000], random.Random(path.name)
    broken = tmp_path / "broken"
    for _ in range(60):
        data = bytearray(good)
        for _ in range(dice.randint(1, 30)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        broken.write_bytes(data)
        found = inspect(broken)
        assert found.format in FORMATS
        assert found.rows_in >= found.rows_out


def test_the_command_answers_in_json_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(DEMO / "sites.csv"), "--json"]) == GOOD
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"format", "encoding", "rows_in", "rows_out", "quarantined", "summary"}
    assert (answer["format"], answer["rows_in"], answer["rows_out"]) == ("gsi_sites", 116, 116)


def test_the_command_refuses_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", "nowhere.csv"]) == REFUSED
    assert "nowhere.csv" in capsys.readouterr().err


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", SHAPES)
def test_real_files_are_what_they_are(name: str) -> None:
    format, rows_in, left_out = SHAPES[name]
    found = inspect(REAL / name)
    assert (found.format, len(found.quarantined)) == (format, left_out)
    assert found.rows_in == (found.rows_out + left_out if rows_in is None else rows_in)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("theme", ["hazard", "gtfs_jp", "gtfs_world", "rail", "population", "people_flow", "events"])
def test_no_real_file_of_a_theme_is_left_out_of_the_table(theme: str) -> None:
    found = {str(path.relative_to(REAL)) for path in (REAL / theme).rglob("*") if path.is_file()}
    assert found and found <= set(SHAPES)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", [name for name, (format, _, _) in SHAPES.items() if format == "unknown"])
def test_a_real_file_that_is_refused_is_told_why_in_both_languages(name: str) -> None:
    found = inspect(REAL / name)
    assert found.why is not None
    for lang in languages():
        assert found.why.sentence(lang) and found.why.code not in found.summary(lang)
