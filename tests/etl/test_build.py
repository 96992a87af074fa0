"""A build from files to a snapshot: what it counts, what it keeps when a source fails, what it refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from real import REAL, needs_real
from sources_file import take_out

from etl import build, cards, publish
from etl.__main__ import main
from etl.pipeline import PIPELINE, Derived
from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import BuildRefused
from otsu_maps.queries import areas, integrity, places, sources, tables

HERE = Path(__file__).resolve().parent.parent
DEMO = {"premises": 80, "sites": 116, "shelters": 75, "shelters_with_flags": 58}
STATUS_KEYS = {
    "id", "rows_in", "rows_out", "quarantined", "built_at", "age_s", "is_stale", "licence", "attribution", "state",
    "rows_elsewhere", "problem_code",
}  # fmt: skip

Etl = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def etl(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> Etl:
    """Runs `python -m etl ... --json` in this process: its exit code, and what it printed."""

    def run(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
        capsys.readouterr()
        code = main([str(word) for word in words] + ["--json"])
        printed = capsys.readouterr()
        run.sentence = "".join(printed.err.split())  # type: ignore[attr-defined]
        return code, json.loads(printed.out) if printed.out else []

    return run


@pytest.fixture
def own(tmp_path: Path, light: Path) -> Path:
    """A copy of the demo's files that a test may spoil; build with `own / "sources.toml"`."""
    return shutil.copytree(light.parents[1], tmp_path / "files") / light.parent.name


def of(records: list[dict[str, Any]], source_id: str) -> dict[str, Any]:
    [found] = [record for record in records if record["id"] == source_id]
    return found


def overlay(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def counts() -> dict[str, int]:
    with Snapshot.current() as snapshot:
        assert integrity.broken_rules(snapshot) == []
        return places.count(snapshot)


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00\xff<html>503 Service Unavailable" * 50)


def cut_to(path: Path, lines: int) -> None:
    """The header and the first lines of a CSV."""
    path.write_text("\n".join(path.read_text("utf-8").split("\n")[: lines + 1]) + "\n", "utf-8")


# The demo


def test_the_demo_builds_whole_and_all_is_well(etl: Etl) -> None:
    code, records = etl("build", "--sources", "demo")
    assert code == 0
    assert counts() == DEMO
    assert {record["state"] for record in records} == {"fresh", "absent"}
    with Snapshot.current() as snapshot:
        card = sources.snapshot_card(snapshot)
        assert card["is_demo"] is True
        assert card["city_code5"] == "25201"
        assert card["snapshot_id"] == snapshot.id == snapshots.current_id()


def test_every_row_of_every_source_is_accounted_for(demo: Snapshot) -> None:
    read = [record for record in sources.all_sources(demo) if record["state"] == "fresh"]
    assert len(read) == len([card for card in cards.registry(config.city(), cards.DEMO).values() if card.paths])
    for record in read:
        assert record["rows_in"] == record["rows_out"] + record["quarantined"] + record["rows_elsewhere"], record


def test_two_builds_of_the_same_files_give_the_same_ids(etl: Etl, light: Path) -> None:
    seen = []
    for _ in range(2):
        etl("build", "--sources", light)
        with Snapshot.current() as snapshot:
            seen.append({row["place_id"]: row["upstream_id"] for row in places.places(snapshot)})
    assert seen[0] == seen[1]


def test_a_second_build_says_of_a_source_that_was_never_there_what_the_first_said(etl: Etl, light: Path) -> None:
    first, second = (of(etl("build", "--sources", light)[1], "municipal_register") for _ in range(2))
    assert first == second
    assert first["state"] == "absent"
    assert first["problem_code"] is None


def test_nothing_is_left_of_a_build_but_its_snapshot(etl: Etl, light: Path) -> None:
    etl("build", "--sources", light)
    assert sorted(path.name for path in snapshots.folder().iterdir()) == ["CURRENT", snapshots.current_path().name]


def test_a_build_can_wait_to_be_published(etl: Etl, light: Path) -> None:
    code, _ = etl("build", "--sources", light, "--no-publish")
    assert code == 0
    assert snapshots.current_id() is None
    assert etl("check")[0] == 0
    assert etl("publish")[0] == 0
    assert counts() == DEMO


# Status


def test_status_gives_exactly_the_documented_keys(etl: Etl, light: Path) -> None:
    etl("build", "--sources", light)
    code, records = etl("status")
    assert code == 0
    assert [record["id"] for record in records] == sorted(cards.registry(config.city()))
    for record in records:
        assert set(record) == STATUS_KEYS
        assert record["licence"]
        assert record["attribution"]
        if record["state"] == "fresh":
            assert record["built_at"].endswith("Z")
            assert record["age_s"] >= 0
            assert record["is_stale"] is False


def test_status_without_a_snapshot_is_refused_with_a_sentence(etl: Etl, data_dir: Path) -> None:
    assert etl("status") == (2, [])
    assert etl.sentence  # type: ignore[attr-defined]


def test_status_says_stale_once_the_data_is_older_than_its_card_allows(etl: Etl, own: Path) -> None:
    toml = own / "sources.toml"
    toml.write_text(toml.read_text("utf-8").replace("[gsi_sites]", "[gsi_sites]\nstale_after_days = -1"), "utf-8")
    etl("build", "--sources", toml)
    code, records = etl("status")
    assert code == 1
    assert [record["id"] for record in records if record["is_stale"]] == ["gsi_sites"]


# A source that fails


@pytest.mark.parametrize(
    ("source_id", "file", "problem"),
    [
        ("gsi_sites", "sites.csv", None),
        ("gsi_shelters", "shelters.csv", None),
        ("city_facts", "facts.csv", None),
        ("districts", "districts.geojson", "file_not_geojson"),
        ("warning_areas", "warning_areas.geojson", "file_not_geojson"),
        ("address_points", "towns.json", "file_not_json"),
    ],
)
def test_a_source_that_turned_to_garbage_keeps_its_last_good_rows_and_says_so(
    etl: Etl, own: Path, source_id: str, file: str, problem: str | None
) -> None:
    before = of(etl("build", "--sources", own / "sources.toml")[1], source_id)
    garbage(own / file)
    code, records = etl("build", "--sources", own / "sources.toml")
    after = of(records, source_id)
    assert code == 1
    assert after["state"] == "kept"
    assert after["problem_code"] and problem in (None, after["problem_code"])
    assert after["rows_out"] == before["rows_out"]
    assert after["built_at"] == before["built_at"], "its rows are as old as they were"
    assert counts() == DEMO
    code, records = etl("status")
    assert code == 1
    assert of(records, source_id)["is_stale"] is True
    assert [record["id"] for record in records if record["state"] == "kept"] == [source_id]


def test_a_source_whose_file_vanished_keeps_its_last_good_rows_and_says_so(etl: Etl, own: Path) -> None:
    etl("build", "--sources", own / "sources.toml")
    take_out(own / "sources.toml", "gsi_shelters")
    for _ in range(2):
        code, records = etl("build", "--sources", own / "sources.toml")
        shelters = of(records, "gsi_shelters")
        assert (code, shelters["state"], shelters["problem_code"]) == (1, "kept", "source_away")
        assert counts() == DEMO
    assert etl("status")[0] == 1


def test_a_source_that_is_well_again_is_fresh_again(etl: Etl, own: Path) -> None:
    good = (own / "sites.csv").read_bytes()
    etl("build", "--sources", own / "sources.toml")
    garbage(own / "sites.csv")
    assert etl("build", "--sources", own / "sources.toml")[0] == 1
    (own / "sites.csv").write_bytes(good)
    code, records = etl("build", "--sources", own / "sources.toml")
    assert code == 0
    assert of(records, "gsi_sites")["problem_code"] is None


def test_a_first_build_with_a_source_of_garbage_says_so(etl: Etl, own: Path) -> None:
    garbage(own / "facts.csv")
    code, records = etl("build", "--sources", own / "sources.toml")
    facts = of(records, "city_facts")
    assert code == 1
    assert (facts["state"], facts["rows_out"]) == ("absent", None)
    assert facts["problem_code"]
    assert counts() == DEMO


def test_the_two_lists_of_gsi_swapped_are_refused_and_both_kept(etl: Etl, own: Path) -> None:
    etl("build", "--sources", own / "sources.toml")
    sites, shelters = (own / "sites.csv").read_bytes(), (own / "shelters.csv").read_bytes()
    (own / "sites.csv").write_bytes(shelters)
    (own / "shelters.csv").write_bytes(sites)
    code, records = etl("build", "--sources", own / "sources.toml")
    assert code == 1
    assert {of(records, name)["problem_code"] for name in ("gsi_sites", "gsi_shelters")} == {"file_other_list"}
    assert counts() == DEMO


def test_a_list_that_shrank_below_half_is_kept_until_a_person_accepts_it(etl: Etl, own: Path) -> None:
    etl("build", "--sources", own / "sources.toml")
    cut_to(own / "sites.csv", 57)
    code, records = etl("build", "--sources", own / "sources.toml")
    assert code == 1
    assert of(records, "gsi_sites")["problem_code"] == "source_shrunk"
    assert counts() == DEMO
    code, records = etl("build", "--sources", own / "sources.toml", "--accept", "gsi_sites")
    assert of(records, "gsi_sites")["state"] == "fresh"
    assert counts()["sites"] == 57
    assert etl("build", "--sources", own / "sources.toml")[1] != [], "the shorter list is now the one to compare with"
    assert counts()["sites"] == 57


def test_a_list_that_shrank_to_half_is_taken(etl: Etl, own: Path) -> None:
    etl("build", "--sources", own / "sources.toml")
    cut_to(own / "sites.csv", 58)
    assert of(etl("build", "--sources", own / "sources.toml")[1], "gsi_sites")["state"] == "fresh"
    assert counts()["sites"] == 58


def test_bad_rows_go_to_quarantine_with_their_file_and_row_and_somebody_should_look(etl: Etl, own: Path) -> None:
    text = (own / "sites.csv").read_text("utf-8").split("\n")
    text[1] = text[1].replace("35.255,135.974", "135.974,35.255")
    text[2] = text[2].replace("35.236,135.957", "0,0")
    (own / "sites.csv").write_text("\n".join(text), "utf-8")
    code, records = etl("build", "--sources", own / "sources.toml")
    assert code == 1
    assert of(records, "gsi_sites")["quarantined"] == 2
    with Snapshot.current() as snapshot:
        refused = sources.quarantine(snapshot, "gsi_sites")
    assert [row["row_no"] for row in refused] == [2, 3]
    assert {row["file"] for row in refused} == {"sites.csv"}
    assert refused[1]["reason_code"] == "row_zero_position"


def test_a_list_given_in_two_files_that_overlap_holds_nobody_twice(etl: Etl, own: Path) -> None:
    shutil.copy(own / "sites.csv", own / "sites2.csv")
    shutil.copy(own / "facts.csv", own / "facts2.csv")
    toml = own / "sources.toml"
    text = toml.read_text("utf-8")
    for name in ("sites", "facts"):
        text = text.replace(f'"{name}.csv"', f'"{name}.csv", "{name}2.csv"')
    toml.write_text(text, "utf-8")
    code, records = etl("build", "--sources", toml)
    assert code == 1
    assert (of(records, "gsi_sites")["rows_out"], of(records, "gsi_sites")["quarantined"]) == (116, 116)
    assert counts() == DEMO


def test_two_files_of_one_name_in_two_folders_are_two_files(etl: Etl, own: Path) -> None:
    lines = (own / "sites.csv").read_text("utf-8").rstrip("\n").split("\n")
    for folder, part in (("north", lines[1:60]), ("south", lines[60:])):
        (own / folder).mkdir()
        (own / folder / "sites.csv").write_text("\n".join([lines[0], *part]) + "\n", "utf-8")
    toml = own / "sources.toml"
    toml.write_text(toml.read_text("utf-8").replace('"sites.csv"', '"north/sites.csv", "south/sites.csv"'), "utf-8")
    code, records = etl("build", "--sources", toml)
    assert code == 0
    assert of(records, "gsi_sites")["rows_out"] == 116
    assert counts() == DEMO


# Some sources alone


def test_only_reads_what_it_names_and_leaves_the_others_as_they_are(etl: Etl, own: Path) -> None:
    before = etl("build", "--sources", own / "sources.toml")[1]
    garbage(own / "districts.geojson")
    cut_to(own / "facts.csv", 90)
    code, after = etl("build", "--sources", own / "sources.toml", "--only", "city_facts")
    assert code == 0
    assert of(after, "city_facts")["rows_out"] == 90
    for record in before:
        if record["id"] != "city_facts":
            assert of(after, record["id"]) | {"age_s": 0} == record | {"age_s": 0}
    assert counts() == DEMO


def test_only_keeps_the_trouble_of_the_others_too(etl: Etl, own: Path) -> None:
    etl("build", "--sources", own / "sources.toml")
    garbage(own / "districts.geojson")
    etl("build", "--sources", own / "sources.toml")
    code, records = etl("build", "--sources", own / "sources.toml", "--only", "city_facts")
    assert code == 1
    assert (of(records, "districts")["state"], of(records, "districts")["problem_code"]) == ("kept", "file_not_geojson")


def test_only_keeps_the_trouble_of_a_source_that_never_gave_a_row(etl: Etl, own: Path) -> None:
    lines = (own / "facts.csv").read_text("utf-8").split("\n")[:2]
    lines[1] = lines[1].replace("E2520190001111", "E9999990001111")
    (own / "facts.csv").write_text("\n".join(lines), "utf-8")
    before = of(etl("build", "--sources", own / "sources.toml")[1], "city_facts")
    assert before["problem_code"] == "source_no_rows"
    for words in (("--only", "lakes"), ()):
        code, records = etl("build", "--sources", own / "sources.toml", *words)
        assert code == 1
        assert of(records, "city_facts") == before
        with Snapshot.current() as snapshot:
            assert [row["reason_code"] for row in sources.quarantine(snapshot, "city_facts")] == ["row_unknown_id"]


@pytest.mark.parametrize("option", ["--only", "--accept"])
def test_an_unknown_source_on_the_command_line_is_refused_and_named(etl: Etl, option: str) -> None:
    assert etl("build", "--sources", "demo", option, "gsi_site")[0] == 2
    assert "gsi_site" in etl.sentence  # type: ignore[attr-defined]
    assert snapshots.current_id() is None


# What is refused


def test_no_build_without_a_boundary_and_the_old_snapshot_serves_on(etl: Etl, own: Path) -> None:
    assert etl("build")[0] == 2, "no source has a file yet"
    assert "boundary" in etl.sentence  # type: ignore[attr-defined]
    assert not snapshots.folder().exists() or not list(snapshots.folder().iterdir())
    garbage(own.parent / "basemap" / "outline.geojson")
    assert etl("build", "--sources", own / "sources.toml")[0] == 2
    etl("build", "--sources", "demo")
    current = snapshots.current_id()
    no_demo = overlay(own / "real.toml", "")
    assert etl("build", "--sources", no_demo)[0] == 2
    assert snapshots.current_id() == current
    assert counts() == DEMO


def test_no_build_without_a_place(etl: Etl, own: Path) -> None:
    for source_id in ("gsi_sites", "gsi_shelters", "city_facts"):
        take_out(own / "sources.toml", source_id)
    assert etl("build", "--sources", own / "sources.toml")[0] == 2
    assert snapshots.current_id() is None
    assert not list(snapshots.folder().iterdir()), "a refused build leaves nothing behind"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[gsi_site]\npaths = []", "gsi_site"),
        ('[gsi_sites]\nlicense = "x"', "license"),
        ('[gsi_sites]\npaths = ["nowhere.csv"]', "nowhere.csv"),
        ('[gsi_sites]\npaths = ["."]', "gsi_sites"),
        ('[gsi_sites]\npaths = "sites.csv"', "gsi_sites"),
        ("gsi_sites = 3", "gsi_sites"),
        ("[gsi_sites\n", "own.toml"),
    ],
)
def test_a_sources_file_with_a_mistake_is_refused_and_the_mistake_is_named(
    etl: Etl, tmp_path: Path, text: str, named: str
) -> None:
    assert etl("build", "--sources", overlay(tmp_path / "own.toml", text))[0] == 2
    assert named in etl.sentence  # type: ignore[attr-defined]
    assert not snapshots.folder().exists()


def test_a_sources_file_that_is_not_there_is_refused_and_named(etl: Etl, tmp_path: Path) -> None:
    assert etl("build", "--sources", tmp_path / "nowhere.toml")[0] == 2
    assert "nowhere.toml" in etl.sentence  # type: ignore[attr-defined]


# Demo and real


def demo_as_real(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's files, said to be real data."""
    toml = own / "real.toml"
    toml.write_text((own / "sources.toml").read_text("utf-8").replace("is_demo = true\n", ""), "utf-8")
    return toml


def test_a_demo_build_never_keeps_rows_of_real_data_nor_the_other_way_round(
    etl: Etl, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, demo = demo_as_real(own, monkeypatch), own / "sources.toml"
    for built, other in ((demo, real), (real, demo)):
        assert etl("build", "--sources", built)[0] == 0
        good = (own / "facts.csv").read_bytes()
        garbage(own / "facts.csv")
        code, records = etl("build", "--sources", other)
        state = of(records, "city_facts")["state"]
        (own / "facts.csv").write_bytes(good)
        assert code == 1
        assert state == ("absent" if built is demo else "kept")
        with Snapshot.current() as snapshot:
            assert sources.snapshot_card(snapshot)["is_demo"] is (other is demo)
            assert (tables.of_source(snapshot, "city_fact", "city_facts").num_rows > 0) is (built is real)
    assert len(snapshots.finished()) == 4


def test_a_build_never_keeps_rows_of_another_city(
    etl: Etl, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etl("build", "--sources", own / "sources.toml")
    other = (config.GEODATA / "cities" / "otsu.toml").read_text("utf-8").replace('"25201"', '"99201"', 1)
    monkeypatch.setenv("OTSU_CITY", str(overlay(tmp_path / "other.toml", other)))
    garbage(own / "facts.csv")
    current = snapshots.current_id()
    code, _ = etl("build", "--sources", own / "sources.toml")
    assert code == 2, "no row of the demo is of that city, and none is taken from the snapshot of the first"
    assert snapshots.current_id() == current


# Wrong city codes


def test_a_list_whose_every_row_has_a_wrong_city_code_loads_once_a_maintainer_accepts_the_code(
    etl: Etl, own: Path, tmp_path: Path
) -> None:
    lines = ["市区町村コード,NO,名称,緯度,経度,災害種別_洪水,指定避難所との重複,想定収容人数"]
    lines += [f"221309,{n},集会所{n},35.0{n},135.87,1,1,{n}0" for n in range(1, 6)]
    overlay(own / "list.csv", "\n".join(lines) + "\n")
    toml = own / "sources.toml"
    text = toml.read_text("utf-8") + '\n[municipal_register]\npaths = ["list.csv"]\n'
    code, records = etl("build", "--sources", overlay(toml, text))
    mine = of(records, "municipal_register")
    assert code == 1
    assert (mine["state"], mine["rows_out"], mine["problem_code"]) == ("absent", None, "source_no_rows")
    assert counts() == DEMO
    with Snapshot.current() as snapshot:
        refused = sources.quarantine(snapshot, "municipal_register")
    assert [row["reason_code"] for row in refused] == ["row_wrong_city_code"] * 5
    code, records = etl("build", "--sources", overlay(toml, text + 'accept_city_codes = ["221309"]\n'))
    mine = of(records, "municipal_register")
    assert (code, mine["rows_in"], mine["rows_out"], mine["state"]) == (0, 5, 5, "fresh")
    assert counts() == DEMO | {"premises": 85, "sites": 121, "shelters": 80, "shelters_with_flags": 63}


# In this process


def test_whoever_waits_is_told_every_step(data_dir: Path) -> None:
    told: list[str] = []
    city = config.city()
    build.build(city, cards.registry(city, cards.DEMO), progress=lambda step, about: told.append(step))
    steps = ["derive" if isinstance(step, Derived) else "read" for step in PIPELINE]
    assert told == [*steps, "write", "verify"]


def test_a_build_that_breaks_a_rule_is_refused_and_leaves_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(integrity.RULES, "snapshot_no_places", "SELECT 1")
    city = config.city()
    with pytest.raises(BuildRefused):
        build.build(city, cards.registry(city, cards.DEMO))
    assert not list(snapshots.folder().iterdir())


# Real data

KUSATSU = str(HERE / "kusatsu.toml")


@needs_real
@pytest.mark.real
def test_real_otsu_comes_out_as_published(etl: Etl) -> None:
    code, records = etl("build", "--sources", HERE / "real_otsu.toml")
    assert code == 0
    for record in records:
        if record["state"] == "fresh":
            assert record["rows_in"] == record["rows_out"] + record["quarantined"] + record["rows_elsewhere"]
    assert counts() == {"premises": 260, "sites": 341, "shelters": 229, "shelters_with_flags": 170}
    with Snapshot.current() as snapshot:
        assert sources.snapshot_card(snapshot)["is_demo"] is False
        flags = ("flood", "landslide", "earthquake", "large_fire", "inland_flood")
        counted = snapshot.rows(
            "SELECT " + ", ".join(f"count(*) FILTER (is_for_{flag})::INT AS {flag}" for flag in flags) + " FROM site"
        )
        assert counted == [dict(zip(flags, (310, 328, 328, 16, 261), strict=True))]
        outline = shapely.from_wkb(areas.boundary(snapshot))
        points = snapshot.rows("SELECT lon, lat, warning_area_code FROM place")
    assert len(points) == 570
    assert all(outline.covers(shapely.Point(point["lon"], point["lat"])) for point in points)
    assert {point["warning_area_code"] for point in points} == {"2520101", "2520102"}


@needs_real
@pytest.mark.real
def test_real_kusatsu_builds_from_its_own_city_file(etl: Etl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_CITY", KUSATSU)
    etl("build", "--sources", HERE / "real_kusatsu.toml")
    found = counts()
    assert (found["sites"], found["shelters"], found["premises"]) == (68, 73, 69)
    with Snapshot.current() as snapshot:
        assert sources.snapshot_card(snapshot)["city_code5"] == "25206"
        assert {row["warning_area_code"] for row in places.places(snapshot)} == {"2520600"}
    assert snapshots.current_path().name.startswith("kusatsu-")


@needs_real
@pytest.mark.real
def test_two_cities_in_one_folder_never_mix(etl: Etl, monkeypatch: pytest.MonkeyPatch) -> None:
    etl("build", "--sources", HERE / "real_otsu.toml")
    monkeypatch.setenv("OTSU_CITY", KUSATSU)
    etl("build", "--sources", HERE / "real_kusatsu.toml")
    assert counts()["sites"] == 68
    monkeypatch.setenv("OTSU_CITY", "otsu")
    code, records = etl("build", "--sources", HERE / "real_otsu.toml", "--only", "lakes")
    assert code == 0
    assert of(records, "gsi_sites")["rows_out"] == 341
    assert counts()["sites"] == 341


@needs_real
@pytest.mark.real
def test_the_list_of_hamamatsu_is_refused_for_otsu_row_by_row_and_read_for_hamamatsu(
    etl: Etl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code column says another city on every row."""
    file = REAL / "shelters" / "municipal" / "hamamatsu_hinanjo.csv"
    text = (HERE / "real_otsu.toml").read_text("utf-8").replace("../../shared/data", REAL.as_posix())
    toml = overlay(tmp_path / "own.toml", f'{text}\n[municipal_register]\npaths = ["{file.as_posix()}"]\n')
    code, records = etl("build", "--sources", toml)
    mine = of(records, "municipal_register")
    assert (code, mine["state"], mine["problem_code"]) == (1, "absent", "source_no_rows")
    assert counts()["shelters"] == 229


def test_publish_is_what_moves_the_pointer(data_dir: Path) -> None:
    city = config.city()
    made = build.build(city, cards.registry(city, cards.DEMO))
    assert snapshots.current_id() is None
    publish.publish(made.snapshot_id)
    assert snapshots.current_id() == made.snapshot_id
