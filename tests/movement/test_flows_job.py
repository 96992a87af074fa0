"""A run as a whole: what it writes, what it never writes, and that it writes all or nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import made
import pandas as pd
import plain
import pyarrow.parquet as pq
import pytest

from otsu_maps import cli, mesh
from otsu_maps.errors import FileRefused, SettingWrong
from otsu_maps.movement import job, pings, result
from otsu_maps.movement.rules import Rules
from otsu_maps.movement.zones import Cells

TRACKS = made.tracks(150, 60)
TABLES = {
    "mesh_hour.parquet": ["on_date", "hour", "mesh_code", "size_m", "devices"],
    "od.parquet": ["day_type", "hour", "origin", "destination", "days", "trips", "devices"],
    "profile.parquet": ["day_type", "hour", "days", "present", "departures"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.parquet(tmp_path_factory.mktemp("made") / "pings", crowded(TRACKS), 3, "none")


def crowded(frame: pd.DataFrame) -> pd.DataFrame:
    """Most live and work in the same two quarters, so that there is something to publish; some do not."""
    middle = frame[["lon", "lat"]].to_numpy()
    where = (frame["device"] + frame["time"] // 43200) % 2
    near = (135.87, 35.0) + (middle - middle.mean(axis=0)) * 0.02
    near[:, 0] += where * 0.02
    near[frame["device"] > 140] = middle[frame["device"] > 140]
    return frame.assign(lon=near[:, 0].round(7), lat=near[:, 1].round(7))


def asked(folder: Path, out: Path, **other: object) -> job.Asked:
    return replace(job.Asked(pings.source(folder), Cells(1000), 500, 10, out), **other)  # type: ignore[arg-type]


def test_the_tables_hold_figures_of_ten_devices_and_nobody(folder: Path, tmp_path: Path) -> None:
    report = job.run(asked(folder, tmp_path / "out"))
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == sorted([*TABLES, "report.json"]) and [p.name for p in tmp_path.iterdir()] == ["out"]
    tables = {name: pq.read_table(tmp_path / "out" / name) for name in TABLES}
    assert {name: table.column_names for name, table in tables.items()} == TABLES
    cells, pairs = tables["mesh_hour.parquet"].to_pandas(), tables["od.parquet"].to_pandas()
    assert len(cells) > 50 and len(pairs) > 20
    assert cells["devices"].min() >= 10 and pairs["devices"].min() >= 10
    assert report["figures"]["mesh_hour"]["published"] == len(cells)
    assert report["figures"]["mesh_hour"]["suppressed"] > 0 < report["figures"]["od"]["suppressed"]
    clean = [p for track in plain.by_device(made.plain_pings(crowded(TRACKS))) for p in plain.cleaned(track, Rules())]
    for size in (1000, 500):
        counts = plain.cells(clean, size)
        of_size = cells[cells["size_m"] == size]
        for row in of_size.itertuples():
            west, south, east, north = mesh.bounds(row.mesh_code)
            hour = row.on_date.toordinal() * 24 - 719163 * 24 + row.hour
            key = (hour, int((south + north) / 2 * 120_000 / size), int(((west + east) / 2 - 100) * 80_000 / size))
            assert counts[key] == row.devices
    text = (tmp_path / "out" / "report.json").read_text("utf-8")
    assert json.loads(text) == report
    assert report["rows_in"] == len(TRACKS) and (report["first_day"], report["last_day"]) == (
        "2023-10-01",
        "2023-10-03",
    )


def test_the_profile_is_made_from_the_other_two_tables_alone(folder: Path, tmp_path: Path) -> None:
    job.run(asked(folder, tmp_path / "out"))
    cells, pairs, profile = (pq.read_table(tmp_path / "out" / name).to_pandas() for name in TABLES)
    assert profile["hour"].tolist() == [*range(24), *range(24)] and profile["days"].unique().tolist() == [2, 1]
    day = pd.to_datetime(cells["on_date"]).dt.day_of_week
    present = cells[day >= 5].groupby("hour")["devices"].sum()
    holiday = profile[profile["day_type"] == "holiday"].set_index("hour")
    assert holiday["present"].dropna().to_dict() == present.to_dict()
    gone = pairs[pairs["day_type"] == "weekday"].groupby("hour")["trips"].sum() / 2
    assert (
        profile[profile["day_type"] == "weekday"].set_index("hour")["departures"].dropna().to_dict() == gone.to_dict()
    )


def test_the_same_pings_in_another_order_are_the_same_release(folder: Path, tmp_path: Path) -> None:
    job.run(asked(folder, tmp_path / "one"))
    other = made.parquet(tmp_path / "pings", crowded(TRACKS).sample(frac=1, random_state=9), 2, "device")
    job.run(asked(other, tmp_path / "two", published=[tmp_path / "one"]))
    assert result.facts_in(tmp_path / "one") == result.facts_in(tmp_path / "two")


@pytest.mark.parametrize("change", ["k", "mesh", "zones", "days", "pings"])
def test_two_results_that_share_a_day_and_differ_are_refused(folder: Path, tmp_path: Path, change: str) -> None:
    job.run(asked(folder, tmp_path / "one"))
    frame = crowded(TRACKS)
    if change == "days":
        frame = frame[frame["time"] < made.FIRST_SECOND + 2 * 86400]
    elif change == "pings":
        frame = frame[frame["device"] > 20]
    other = made.parquet(tmp_path / "pings", frame, 2, "none")
    settings = {"k": {"k": 11}, "mesh": {"mesh_m": 250}, "zones": {"zones": Cells(500)}}.get(change, {})
    with pytest.raises(FileRefused, match="2023-10-0") as refused:
        job.run(asked(other, tmp_path / "two", published=[tmp_path / "one"], **settings))
    assert refused.value.reason.code == "flows_two_results" and not (tmp_path / "two").exists()


def test_results_of_other_days_stand_beside_each_other(folder: Path, tmp_path: Path) -> None:
    job.run(asked(folder, tmp_path / "one"))
    frame = crowded(TRACKS)
    later = made.parquet(tmp_path / "pings", frame.assign(time=frame["time"] + 3 * 86400), 2, "none")
    job.run(asked(later, tmp_path / "two", published=[tmp_path / "one"]))
    with pytest.raises(FileRefused):
        job.run(asked(later, tmp_path / "three", published=[tmp_path]))


def test_an_earlier_result_is_replaced_and_anything_else_is_not(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    job.run(asked(folder, out))
    job.run(asked(folder, out, k=20))
    assert result.facts_in(out).min_devices == 20
    (tmp_path / "mine").mkdir()
    with pytest.raises(FileRefused, match="mine"):
        job.run(asked(folder, tmp_path / "mine"))
    with pytest.raises(SettingWrong):
        job.run(asked(folder, out, mesh_m=125))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "out"]


def test_a_run_killed_between_its_two_renames_loses_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    job.run(asked(folder, out))
    out.rename(tmp_path / f"{job.OLD}out")
    with pytest.raises(FileRefused):
        job.run(asked(folder, tmp_path / "out", published=[tmp_path / "nothing"]))
    assert result.facts_in(out).min_devices == 10


RUN = "import sys; from otsu_maps.cli import main; sys.exit(main(sys.argv[1:]))"


def test_a_killed_run_leaves_no_result_and_the_next_one_cleans_up(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    out = tmp_path / "results" / "out"
    command = ["flows", "run", "--pings", str(folder), "--out", str(out), "--area", "135,34,137,36", "--zones", "mesh"]
    for wait_for in ("folder", "spread"):
        process = subprocess.Popen([sys.executable, "-c", RUN, *command], stderr=subprocess.DEVNULL)
        wait_until(lambda: unfinished(out.parent), process)
        if wait_for == "spread":
            wait_until(lambda: [*out.parent.glob(".flows-*/pings-*/*")], process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not out.exists() and len(unfinished(out.parent)) == 1
    assert cli.main([*command, "--json"]) == 0
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def unfinished(folder: Path) -> list[Path]:
    return [*folder.glob(".flows-*")] if folder.exists() else []


def wait_until(found: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while not found():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)


def test_the_command_says_what_it_did(
    folder: Path, tmp_path: Path, demo: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert cli.main(["flows", "run", "--pings", str(folder), "--out", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["zones"] == "district" and report["min_devices"] == 10 and report["refused"]["outside"] == 0
    names = set(pq.read_table(out / "od.parquet")["origin"].to_pylist())
    assert names and not any(name.isdigit() for name in names)
    bad = tmp_path / "bad.csv"
    crowded(TRACKS).assign(time="never").head(4).to_csv(bad, index=False)
    pd.concat([pd.read_csv(bad), crowded(TRACKS)]).to_csv(bad, index=False)
    monkeypatch.setenv("OTSU_MIN_DEVICES", "12")
    assert cli.main(["flows", "run", "--pings", str(bad), "--out", str(out), "--mesh", "1000"]) == 1
    told = capsys.readouterr().err
    assert "bad.csv:2" in told and "12 台" in told
    for wrong in (["--k", "2"], ["--area", "1,2"], ["--columns", "x"], ["--accuracy", "-1"]):
        assert cli.main(["flows", "run", "--pings", str(folder), "--out", str(tmp_path / "no"), *wrong]) == 2
    assert not (tmp_path / "no").exists()
