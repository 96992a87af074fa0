"""The ministry's people flow from its zips to the pages, by the commands that a newcomer types."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import official_flow as made
import pandas as pd
import pytest
import shapely
from official_flow import DAYS, FROMTO, MESH, MONTHS, ZONES
from real import REAL, needs_real

from etl import __main__ as etl
from etl import cards, raw
from etl.inspect import LOOK, inspect
from etl.source import Inputs, Job, Tidy
from etl.sources import activities
from otsu_maps import config
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import FileRefused, SourceMissing
from otsu_maps.formats.people_flow import FROM_AREAS
from otsu_maps.formats.reading import Payload
from otsu_maps.i18n import say
from otsu_maps.ledger.accounts import Signed
from otsu_maps.queries import flow, sources
from otsu_maps.ui import access

sys.path.append(str(Path(__file__).parents[1] / "pages"))
from app_page import opened, texts

OTSU, NEXT_TOWN, KYOTO = "25201", "25206", "26100"
EDGE = 135.83
"""Cells west of it stand in the file of the next prefecture."""

Key = tuple[int, int, str, str]
"""Year, month, day type, time band."""


@dataclass
class Written:
    """What was put into files, summed here: people of cells that touch the city, and of the city by home."""

    cells: dict[Key, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    homes: dict[Key, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True)
class Built:
    folder: Path
    written: Written
    said: dict[str, str]


def outline() -> Any:
    return gpd.read_file(config.GEODATA / "basemap" / "outline.geojson").union_all()


def files(folder: Path, city: Any) -> Written:
    """Four zips of the ministry: two prefectures, people by cell and by home, all months, with two wrong rows each."""
    written = Written()
    every = made.cells(135.75, 34.80, 136.05, 35.35)
    near = {cell.code for cell in every if shapely.intersects(cell.shape, city)}
    towns = {
        "25": {
            c.code: OTSU if c.shape.centroid.within(city) else NEXT_TOWN for c in every if c.shape.bounds[0] >= EDGE
        },
        "26": {c.code: KYOTO for c in every if c.shape.bounds[0] < EDGE},
    }
    wrong = {(2020, 4): f"{min(near)},25,{OTSU},2020,04,9,0,77", (2021, 12): f"{min(near)},25,{OTSU},2021,12,0,0,*"}
    wrong_home = {(2020, 4): f"2020,04,0,night,25,{OTSU},0,77", (2021, 12): f"2021,12,0,0,25,{OTSU},0,-1"}
    for prefecture, of in towns.items():
        is_ours = prefecture == "25"
        rows = {month: made.mesh_rows(of, *month) for month in MONTHS}
        homes = {month: made.fromto_rows(sorted(set(of.values())), *month) for month in MONTHS}
        for month in wrong if is_ours else ():
            rows[month].append(wrong[month])
            homes[month].append(wrong_home[month])
        end = "\n" if is_ours else "\r\n"
        (folder / f"{MESH}_{prefecture}.zip").write_bytes(made.published(MESH, prefecture, rows, end))
        (folder / f"{FROMTO}_{prefecture}.zip").write_bytes(made.published(FROMTO, prefecture, homes, end))
        for month in MONTHS:
            written.rows[MESH] += len(rows[month])
            written.rows[FROMTO] += len(homes[month])
        for code in near & set(of):
            for year, month in MONTHS:
                for day, zone in ((day, zone) for day in DAYS for zone in ZONES):
                    if (number := made.people(code, year, month, day, zone)) >= 10:
                        written.cells[year, month, DAYS[day], ZONES[zone]][int(code)] = number
    for year, month in MONTHS:
        for day, zone, area in ((day, zone, area) for day in DAYS for zone in ZONES for area in range(4)):
            if (number := made.people(f"{OTSU}{area}", year, month, day, zone)) >= 10:
                written.homes[year, month, DAYS[day], ZONES[zone]][FROM_AREAS[area]] = number
    written.wrong |= {MESH: len(wrong), FROMTO: len(wrong_home)}
    return written


def everything_else(file: Path) -> None:
    """Places, districts and hazards of the demo as files of a city, without flows and without a mark of the demo."""
    tables = tomllib.loads(cards.DEMO.read_text("utf-8"))
    lines = []
    for name, table in tables.items():
        if name.startswith("flow_"):
            continue
        about = {key: value for key, value in table.items() if key != "is_demo"}
        about["paths"] = [str((cards.DEMO.parent / path).resolve()) for path in table["paths"]]
        values = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items())
        lines += [f"[{name}]", *values, ""]
    file.write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The way of a newcomer: look, add, build. Exit code 1 of the build: rows in quarantine."""
    folder = tmp_path_factory.mktemp("official")
    written = files(folder, outline())
    everything_else(folder / "mine.toml")
    said = {}
    for name, expected, *command in (
        ("fetch", 0, "fetch", "--only", "flow_mesh", "--only", "flow_fromto"),
        ("mesh", 0, "add", "flow_mesh", str(folder / f"{MESH}_25.zip")),
        ("next", 0, "add", "flow_mesh", str(folder / f"{MESH}_26.zip")),
        ("fromto", 0, "add", "flow_fromto", str(folder / f"{FROMTO}_25.zip")),
        ("other", 0, "add", "flow_fromto", str(folder / f"{FROMTO}_26.zip")),
        ("build", 1, "build", "--sources", str(folder / "mine.toml")),
    ):
        said[name] = run(folder / "data", expected, *command)
    return Built(folder / "data", written, said)


def run(data: Path, expected: int, *command: str, **more: str) -> str:
    """What `python -m etl` says, which must end with this exit code."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OTSU_")}
    environment = plain | {"OTSU_DATA_DIR": str(data), "COLUMNS": "300"} | more
    done = subprocess.run(
        [sys.executable, "-m", "etl", *command], cwd=config.ROOT, env=environment, capture_output=True, check=False
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == expected, said
    return said


@pytest.fixture
def snapshot(built: Built, monkeypatch: pytest.MonkeyPatch, _no_settings_of_the_shell: None) -> Iterator[Snapshot]:
    monkeypatch.setenv("OTSU_DATA_DIR", str(built.folder))
    signed = Signed(account_id="a", name="plan-1", display_name="plan-1", role="planner")
    monkeypatch.setattr(access, "current", lambda **_: signed)
    with Snapshot.current() as snapshot:
        yield snapshot


def test_what_to_take_from_where_is_said_before_anything_is_there(built: Built) -> None:
    said = built.said["fetch"]
    assert f"{MESH}_25.zip" in said and f"{FROMTO}_25.zip" in said
    assert say("cli.left_out", "ja") in built.said["build"], "two wrong rows each"
    assert "https://www.geospatial.jp/ckan/dataset/mlit-1km-fromto" in said
    assert "python -m etl add flow_mesh" in said and "python -m etl add flow_fromto" in said


def test_each_row_is_read_refused_or_elsewhere(built: Built, snapshot: Snapshot) -> None:
    expected = {MESH: sum(map(len, built.written.cells.values())), FROMTO: sum(map(len, built.written.homes.values()))}
    for kind, source_id in ((MESH, "flow_mesh"), (FROMTO, "flow_fromto")):
        record = sources.source(snapshot, source_id)
        assert record and record["state"] == "fresh" and not record["problem_code"]
        assert (record["rows_in"], record["rows_out"]) == (built.written.rows[kind], expected[kind])
        assert record["quarantined"] == built.written.wrong[kind] == 2
        assert record["rows_elsewhere"] == record["rows_in"] - record["rows_out"] - 2 > 0
    refused = sources.quarantine(snapshot, "flow_mesh")
    assert [row["file"] for row in refused] == [
        f"25/{month}/{MESH}.csv.zip/{MESH}.csv" for month in ("2020/04", "2021/12")
    ]
    assert [row["reason_code"] for row in refused] == ["row_bad_flag", "row_bad_value"]


def test_the_figures_of_every_month_day_and_time_are_those_that_were_written(built: Built, snapshot: Snapshot) -> None:
    assert flow.months(snapshot) == list(MONTHS)
    assert len(built.written.cells) == len(MONTHS) * 9
    for key, cells in built.written.cells.items():
        found = {row["mesh_code"]: row["population_persons"] for row in flow.cells(snapshot, *key)}
        assert found == cells, key
        homes = {row["from_area"]: row["population_persons"] for row in flow.fromto(snapshot, *key)}
        assert homes == built.written.homes[key], key
    for day in DAYS.values():
        for zone in ZONES.values():
            found = {
                (row["year"], row["month"]): row["population_persons"] for row in flow.monthly(snapshot, day, zone)
            }
            assert found == {month: sum(built.written.cells[*month, day, zone].values()) for month in MONTHS}


def test_cells_of_the_shore_and_of_the_next_prefecture_are_among_them(built: Built, snapshot: Snapshot) -> None:
    lake = gpd.read_file(config.GEODATA / "basemap" / "lake.geojson").union_all()
    shapes = {int(cell.code): cell.shape for cell in made.cells(135.75, 34.80, 136.05, 35.35)}
    found = {row["mesh_code"] for row in flow.cells(snapshot, 2021, 10, "weekday", "noon")}
    assert sum(shapely.crosses(lake.boundary, shapes[code]) for code in found) > 5
    assert sum(shapes[code].bounds[0] < EDGE for code in found) > 5


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_of_people_flow_shows_them(built: Built, snapshot: Snapshot, lang: str) -> None:
    app = opened("people_flow", lang, month="2019-10")
    cells = built.written.cells[2019, 10, "weekday", "noon"]
    assert not app.exception and not app.error
    assert say("flow.total", lang, total=sum(cells.values()), cells=len(cells)) in texts(app)
    homes = built.written.homes[2019, 10, "weekday", "noon"]
    assert sorted(app.dataframe[1].value.iloc[:, 1]) == sorted(homes.values())


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_of_movement_compares_two_months(built: Built, snapshot: Snapshot, lang: str) -> None:
    app = opened("movement", lang, view="difference", before="2019-10", after="2021-10", band="night")
    before, after = (built.written.cells[year, 10, "weekday", "night"] for year in (2019, 2021))
    both = set(before) & set(after)
    counts = {
        "more": sum(after[code] > before[code] for code in both),
        "less": sum(after[code] < before[code] for code in both),
        "unknown": len(set(before) ^ set(after)),
    }
    assert not app.exception and not app.error
    assert min(counts["more"], counts["less"]) > 30 and counts["unknown"] > 2
    assert say("movement.difference", lang, before="2019-10", after="2021-10", **counts) in texts(app)


def test_the_page_of_movement_puts_them_against_the_room_of_districts(built: Built, snapshot: Snapshot) -> None:
    app = opened("movement", view="rooms", hazard="flood", month="2021-10")
    assert not app.exception and not app.error
    table = app.dataframe[0].value
    for column, band in ((3, "noon"), (2, "night")):
        known = [int(each.replace(",", "")) for each in table.iloc[:, column] if each[0].isdigit()]
        cells = built.written.cells[2021, 10, "weekday", band]
        assert len(known) > 10 and 0.5 * sum(cells.values()) < sum(known) <= sum(cells.values()) + len(known)


def test_a_newcomer_can_look_into_the_zip_first(tmp_path: Path) -> None:
    rows = {month: [f"52353684,25,{OTSU},{month[0]},{month[1]:02},1,0,{month[1]}00"] for month in MONTHS}
    rows[2020, 4].append("52353684,25,25201,2020,04,9,0,77")
    (tmp_path / "any.zip").write_bytes(made.published(MESH, "25", rows))
    found = inspect(tmp_path / "any.zip")
    assert (found.format, found.rows_in, found.rows_out, found.exit_code) == ("mlit_mesh", 37, 36, LOOK)


# --- what goes wrong says what to do ---------------------------------------------------------------------------------


def tidy(source_id: str, *payloads: tuple[str, bytes]) -> Tidy:
    frames = {"boundary": pd.DataFrame({"geom": [shapely.to_wkb(shapely.box(135.8, 34.85, 136.05, 35.3))]})}
    inputs = Inputs(tuple(Payload(*each) for each in payloads), datetime(2026, 11, 27))
    job = Job(cards.registry(config.city())[source_id], config.city(), inputs, frames)
    return (activities.flow_cells if source_id == "flow_mesh" else activities.flow_origins)(job)


def month_of(month: made.Month, *rows: str) -> bytes:
    text = "\n".join((made.HEADS[MESH], *(rows or made.mesh_rows({"52353684": OTSU}, *month))))
    return text.encode()


def test_a_month_in_two_files_is_refused_and_told_how_to_mend() -> None:
    months = {month: made.mesh_rows({"52353684": OTSU}, *month) for month in MONTHS}
    whole = (f"{MESH}_25.zip", made.published(MESH, "25", months))
    for twice in ((f"{MESH}.csv", month_of((2020, 5))), ("copy.zip", whole[1])):
        with pytest.raises(FileRefused) as caught:
            tidy("flow_mesh", whole, twice)
        assert caught.value.reason.code == "flow_told_twice"
        assert "python -m etl remove flow_mesh" in str(caught.value) and twice[0] in str(caught.value)
    with pytest.raises(FileRefused):
        homes = {(2019, 1): made.fromto_rows([OTSU], 2019, 1)}
        tidy("flow_fromto", *((name, made.published(FROMTO, "25", homes)) for name in ("a.zip", "b.zip")))


def test_a_row_twice_in_one_file_is_refused_once() -> None:
    rows = made.mesh_rows({"52353684": OTSU}, 2020, 5)
    found = tidy("flow_mesh", (f"{MESH}.csv", month_of((2020, 5), *rows, rows[0])))
    assert (found.rows_in, found.rows_out) == (len(rows) + 1, len(rows))
    [(_, refused)] = found.refused
    assert refused.row == len(rows) + 2
    assert (refused.reason.code, dict(refused.reason.params)) == ("row_duplicate", {"value": "52353684", "first": 2})


def test_two_prefectures_and_single_months_stand_together() -> None:
    one = made.published(MESH, "25", {(2020, 5): made.mesh_rows({"52353684": OTSU}, 2020, 5)})
    other = made.published(MESH, "26", {(2020, 5): made.mesh_rows({"52353685": KYOTO}, 2020, 5)})
    found = tidy("flow_mesh", ("25.zip", one), ("26.zip", other), ("more.csv", month_of((2020, 6))))
    assert not found.refused and found.rows_in == found.rows_out and found.frame["file"].nunique() == 3


def test_a_month_that_cannot_be_read_is_told_and_the_others_load() -> None:
    outer = {
        f"25/2020/05/{MESH}.csv.zip": made.packed({f"{MESH}.csv": month_of((2020, 5))}),
        f"25/2020/06/{MESH}.csv.zip": made.packed({f"{MESH}.csv": b"mesh1kmid,people\n52353684,5\n"}),
        "attribute/attribute_mesh1km_2020.csv.zip": made.packed(
            {"attribute_mesh1km_2020.csv": b"mesh1kmid,lon\n1,2\n"}
        ),
        "readme.txt": b"hello\n",
    }
    found = tidy("flow_mesh", (f"{MESH}_25.zip", made.packed(outer)))
    [(file, refused)] = found.refused
    assert file == f"25/2020/06/{MESH}.csv.zip/{MESH}.csv" and refused.reason.code == "flow_not_this_format"
    assert found.rows_in == found.rows_out + 1 and set(found.frame["month"]) == {5}


def test_the_other_kind_and_the_cells_beside_it_are_refused_by_name() -> None:
    homes = made.published(FROMTO, "25", {(2019, 1): made.fromto_rows([OTSU], 2019, 1)})
    with pytest.raises(FileRefused) as caught:
        tidy("flow_mesh", (f"{FROMTO}_25.zip", homes))
    assert caught.value.reason.code == "flow_other_kind"
    assert f"{FROMTO} " in str(caught.value) and MESH in str(caught.value)
    beside = made.packed({"a.csv.zip": made.packed({"a.csv": b"mesh1kmid,lon_center,lat_center\n52353684,1,2\n"})})
    with pytest.raises(FileRefused) as caught:
        tidy("flow_mesh", ("attribute.zip", beside))
    assert caught.value.reason.code == "flow_not_this_format" and "python -m etl remove" in str(caught.value)


def test_a_build_says_why_a_source_was_refused_and_what_to_do(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = {(2019, 1): made.fromto_rows([OTSU], 2019, 1)}
    (tmp_path / "homes.zip").write_bytes(made.published(FROMTO, "25", homes))
    everything_else(tmp_path / "mine.toml")
    assert etl.main(["add", "flow_mesh", str(tmp_path / "homes.zip")]) == 0
    capsys.readouterr()
    assert etl.main(["build", "--sources", str(tmp_path / "mine.toml")]) == 1
    said = capsys.readouterr().err
    assert FROMTO in said and "python -m etl remove flow_mesh" in said
    assert say("cli.left_out", "ja") not in said


def test_a_file_that_was_added_can_be_taken_away_again(data_dir: Path, tmp_path: Path) -> None:
    card = cards.registry(config.city())["flow_mesh"]
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(name.encode())
        raw.add(card, tmp_path / name)
    raw.remove(card, "a.zip")
    held = raw.inputs(card)
    assert held and held.names.endswith("-b.zip") and not list(raw.folder(card.id).glob("*a.zip*"))
    with pytest.raises(SourceMissing, match=r"b\.zip"):
        raw.remove(card, "a.zip")
    raw.remove(card, held.names)
    assert raw.inputs(card) is None


def test_months_of_one_name_take_the_place_of_each_other_and_it_is_said(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for month in ("01", "02"):
        (tmp_path / month).mkdir()
        (tmp_path / month / f"{MESH}.csv.zip").write_bytes(made.packed({f"{MESH}.csv": month_of((2019, int(month)))}))
    title = cards.registry(config.city())["flow_mesh"].title_ja
    told = say("cli.replaced", "ja", title=title, file=f"{MESH}.csv.zip")
    for month, is_told in (("01", False), ("02", True), ("02", False)):
        assert etl.main(["add", "flow_mesh", str(tmp_path / month / f"{MESH}.csv.zip")]) == 0
        assert (told in capsys.readouterr().err) == is_told
    assert etl.main(["remove", "flow_mesh", "gone.zip"]) == 2
    assert f"{MESH}.csv.zip" in capsys.readouterr().err
    assert etl.main(["remove", "flow_mesh", f"{MESH}.csv.zip"]) == 0


# --- the one real sample ---------------------------------------------------------------------------------------------

KANAGAWA = REAL / "people_flow" / "mlit_guide" / "S1_mesh1km_step1_kanagawa_2019_2020_2021_12.csv"
BOX = (139.44, 35.29, 139.52, 35.42)
"""Around Fujisawa, in place of its outline."""


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("is_official", [False, True], ids=["as the guide has it", "as the ministry packs it"])
def test_the_real_month_of_kanagawa_gives_its_own_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_official: bool
) -> None:
    """Sums by year, day and time of the sample, by the csv module, are those of a snapshot: of the box and of cells."""
    with KANAGAWA.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    area = shapely.box(*BOX)
    inside = {code for code in {row[0] for row in rows} if shapely.intersects(cell_of(code).shape, area)}
    sums: dict[tuple[int, str, str], float] = defaultdict(float)
    for code, _, _, year, _, day, zone, number in rows:
        if code in inside:
            sums[int(year), DAYS[int(day)], ZONES[int(zone)]] += float(number)
    assert len(sums) == 27 and 100 < len(inside) < 300
    put = KANAGAWA
    if is_official:
        months = {(year, 12): [",".join(row) for row in rows if row[3] == str(year)] for year in (2019, 2020, 2021)}
        put = tmp_path / f"{MESH}_14.zip"
        put.write_bytes(made.published(MESH, "14", months))
    a_city(tmp_path, area)
    more = {"OTSU_CITY": str(tmp_path / "city.toml")}
    run(tmp_path / "data", 0, "add", "flow_mesh", str(put), **more)
    run(tmp_path / "data", 0, "build", "--sources", str(tmp_path / "mine.toml"), **more)
    monkeypatch.setenv("OTSU_DATA_DIR", str(tmp_path / "data"))
    with Snapshot.current() as snapshot:
        assert flow.months(snapshot) == [(2019, 12), (2020, 12), (2021, 12)]
        for (year, day, zone), total in sums.items():
            cells = flow.cells(snapshot, year, 12, day, zone)
            assert sum(row["population_persons"] for row in cells) == total
            assert {str(row["mesh_code"]) for row in cells} <= inside
        record = sources.source(snapshot, "flow_mesh")
        assert record and record["rows_in"] == len(rows) == 51_193 and not record["quarantined"]


def cell_of(code: str) -> made.Cell:
    lat1, lon1, lat2, lon2, lat3, lon3 = (int(part) for part in (code[:2], code[2:4], *code[4:]))
    return made.Cell(lon1 * 80 + lon2 * 10 + lon3, lat1 * 80 + lat2 * 10 + lat3)


def a_city(folder: Path, area: Any) -> None:
    """A city with an outline and one invented place, which a snapshot needs."""
    city = {
        "code5": "14205",
        "code6": "142051",
        "name_ja": "藤沢市",
        "name_en": "Fujisawa",
        "prefecture_ja": "神奈川県",
        "plane_epsg": 6677,
        "warning_areas": ["1420500"],
        "quake_area": "1420500",
        "first_meshes": ["5239"],
        "neighbours": ["14204"],
        "languages": ["ja", "en"],
    }
    text = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in city.items())
    (folder / "city.toml").write_text(text, "utf-8")
    about = {"N03_007": ["14205"], "N03_004": ["藤沢市"]}
    gpd.GeoDataFrame(about, geometry=[area], crs=4326).to_file(folder / "outline.geojson", driver="GeoJSON")
    head = (config.GEODATA / "demo" / "sites.csv").read_text("utf-8-sig").splitlines()[0]
    place = "1,E1420500001201,試験の広場,神奈川県藤沢市,1,,,1,,,,,,35.34,139.48,"
    (folder / "sites.csv").write_text(f"{head}\n{place}\n", "utf-8")
    lines = ('[boundary]\npaths = ["outline.geojson"]', '[gsi_sites]\npaths = ["sites.csv"]')
    (folder / "mine.toml").write_text("\n".join(lines), "utf-8")
