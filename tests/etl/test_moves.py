"""Movement in a snapshot: large enough figures alone, results that stand together, hours of counters; never a ping."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl import build, cards
from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.db.writer import SCHEMA
from otsu_maps.movement import job, pings
from otsu_maps.movement.rules import Area
from otsu_maps.movement.zones import Cells
from otsu_maps.queries import tables

ROOT = Path(__file__).parents[2]
Made = Callable[[dict[str, list[Path]]], tuple[dict[str, dict[str, Any]], Snapshot]]


@pytest.fixture
def made(tmp_path: Path, data_dir: Path) -> Made:
    """The demo with files of its own for some sources: the records of the build by id, and the snapshot."""

    def run(own: dict[str, list[Path]]) -> tuple[dict[str, dict[str, Any]], Snapshot]:
        overlay = tmp_path / "files" / "sources.toml"
        shutil.copytree(config.GEODATA, overlay.parent, dirs_exist_ok=True)
        lines = [f"[{name}]\npaths = {json.dumps([str(path) for path in paths])}\n" for name, paths in own.items()]
        text = (overlay.parent / "demo" / "sources.toml").read_text("utf-8")
        for name in own:
            text = re.sub(rf"\[{name}\]\npaths = .*\n", "", text)
        demo = overlay.parent / "demo" / "sources.toml"
        kept = [part for part in text.split("\n\n") if part.startswith(("[", "#"))]
        demo.write_text("\n\n".join(kept) + "\n\n" + "\n".join(lines), "utf-8")
        city = config.city()
        report = build.build(city, cards.registry(city, demo))
        snapshot = Snapshot(snapshots.path_of(report.snapshot_id))
        records = {row["source_id"]: row for row in snapshot.rows("SELECT * FROM source")}
        return records, snapshot

    return run


def crowd(start: int, devices: int = 30) -> pd.DataFrame:
    rows = [
        (d, start + d + minute * 60, 135.87 + 0.03 * (minute >= 120) + d * 1e-6, 35.0)
        for d in range(devices)
        for minute in (0, 30, 60, 120, 150, 180)
    ]
    return pd.DataFrame(rows, columns=["device", "time", "lon", "lat"])


def result(folder: Path, name: str, start: int, devices: int = 30) -> Path:
    file = folder / f"{name}.csv"
    crowd(start, devices).to_csv(file, index=False)
    source = pings.source(file, Area(135.5, 34.5, 136.5, 35.5))
    job.run(job.Asked(source, Cells(500), 500, 10, folder / name))
    return folder / name


def test_results_of_a_run_enter_a_snapshot(tmp_path: Path, made: Made) -> None:
    one, two = result(tmp_path, "one", 1748736000), result(tmp_path, "two", 1748822400)
    records, snapshot = made(
        {
            name: [each / f"{file}.parquet" for each in (one, two)]
            for name, file in (("flow_hours", "mesh_hour"), ("flow_trips", "od"))
        }
    )
    hours, trips = tables.whole(snapshot, "mesh_hour").to_pandas(), tables.whole(snapshot, "od_hour").to_pandas()
    assert records["flow_hours"]["rows_out"] == len(hours) > 5 and set(hours["min_devices"]) == {10}
    assert hours["devices"].min() >= 10 and trips["trips"].sum() == 60 and set(trips["zones"]) == {"mesh500"}


def test_two_results_that_tell_by_their_difference_are_not_taken(tmp_path: Path, made: Made) -> None:
    one, two = result(tmp_path, "one", 1748736000), result(tmp_path, "two", 1748736000, devices=31)
    records, snapshot = made({"flow_hours": [each / "mesh_hour.parquet" for each in (one, two)]})
    assert records["flow_hours"]["problem_code"] == "flows_two_results"
    assert tables.whole(snapshot, "mesh_hour").num_rows == 0


def test_figures_under_the_limit_go_to_quarantine(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_MIN_DEVICES", "12")
    (tmp_path / "od.csv").write_text(
        "origin,destination,hour,count,devices\nA,B,8,30,12\nA,C,8,30,11\nA,D,8,5,\nA,E,9,12,\n"
    )
    records, snapshot = made({"flow_trips": [tmp_path / "od.csv"]})
    kept = tables.whole(snapshot, "od_hour").to_pandas()
    assert kept["destination"].tolist() == ["B", "E"] and records["flow_trips"]["quarantined"] == 2
    codes = {row["reason_code"] for row in tables.of_source(snapshot, "quarantine", "flow_trips").to_pylist()}
    assert codes == {"row_too_few"}


def test_counts_become_hours_and_a_silent_hour_is_absent(tmp_path: Path, made: Made) -> None:
    (tmp_path / "7_2025-06-01.csv").write_text("t,n\n08:05:00,3\n08:55:00,4\n09:00:00,5\n11:00:01,6\n")
    records, snapshot = made({"flow_counters": [tmp_path / "7_2025-06-01.csv"]})
    found = tables.whole(snapshot, "counter_hour").to_pandas()
    assert found[["hour", "passages", "readings"]].to_numpy().tolist() == [[8, 12, 3], [11, 6, 1]]
    assert (records["flow_counters"]["rows_in"], records["flow_counters"]["rows_out"]) == (4, 4)
    assert set(found["site_id"]) == {"7"}


def test_the_demo_has_movement_that_keeps_the_limit(demo: Snapshot) -> None:
    hours, trips = tables.whole(demo, "mesh_hour").to_pandas(), tables.whole(demo, "od_hour").to_pandas()
    assert len(hours) > 5000 and len(trips) > 500 and tables.whole(demo, "counter_hour").num_rows > 300
    assert hours["devices"].min() >= 10 and trips["devices"].min() >= 10
    assert not hours.duplicated(["on_date", "hour", "mesh_code"]).any()
    fine = hours[hours["size_m"] == 500]
    both = set(zip(fine["on_date"], fine["hour"], fine["mesh_code"] // 10, strict=True))
    whole = hours[hours["size_m"] == 1000]
    assert both.isdisjoint(zip(whole["on_date"], whole["hour"], whole["mesh_code"], strict=True))


def test_no_table_can_hold_a_ping_and_nothing_that_shows_or_builds_reads_one() -> None:
    columns = dict(re.findall(r"COMMENT ON COLUMN (\w+\.(\w+)) IS", SCHEMA.read_text("utf-8")))
    of_devices = {name for name, column in columns.items() if re.search(r"device|ping|terminal|uid|accuracy", column)}
    counts = {f"{table}.{column}" for table in ("mesh_hour", "od_hour") for column in ("devices", "min_devices")}
    assert of_devices == counts
    for folder in ("etl", "pages", "otsu_maps/ui", "otsu_maps/queries", "otsu_maps/public", "otsu_maps/display"):
        for path in (ROOT / folder).rglob("*.py"):
            names = {
                name
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                for name in (
                    [alias.name for alias in node.names] if isinstance(node, ast.Import)
                    else [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom)
                    else []
                )
            }  # fmt: skip
            assert not any(name.startswith("otsu_maps.movement") for name in names), path


def test_raw_pings_are_no_file_of_any_source(tmp_path: Path, made: Made) -> None:
    crowd(1748736000).to_csv(tmp_path / "pings.csv", index=False)
    records, snapshot = made({key: [tmp_path / "pings.csv"] for key in ("flow_hours", "flow_trips", "flow_counters")})
    for source, table in (("flow_hours", "mesh_hour"), ("flow_trips", "od_hour"), ("flow_counters", "counter_hour")):
        assert records[source]["problem_code"] == "file_no_column"
        assert tables.whole(snapshot, table).num_rows == 0
