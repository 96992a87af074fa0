"""`otsu-maps transit`: every real zip has the report that it is known for, and a bad one harms no other."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import feeds
import pytest
from real import REAL, needs_real

from otsu_maps import cli, config

DEMO = str(config.GEODATA / "demo" / "gtfs.zip")


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """The exit code, and what stands on standard output as JSON (None: nothing does)."""
    code = cli.main(["transit", *words])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def written(path: Path, **files: str | None) -> str:
    path.write_bytes(feeds.zipped(files))
    return str(path)


def manifest() -> dict[str, tuple[str, str]]:
    """What the manifest says of each zip of a feed: measured, box."""
    if not REAL.is_dir():
        return {}
    found, folder = {}, ""
    for line in (REAL / "MANIFEST.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            folder = line[3:].strip()
        cells = [cell.strip() for cell in line.split("|")]
        if folder in ("gtfs_jp", "gtfs_world") and len(cells) > 6 and cells[1].endswith(".zip"):
            found[f"{folder}/{cells[1]}"] = (cells[3], cells[4])
    return found


INSIDE = {"gtfs_world/example-nested-zip.zip": "gtfs_world/example-nested-dir.zip"}
"""A zip in a zip, of which the manifest counted the outer one: its inner feed is that of another row."""

NO_FEED = {
    "gtfs_jp/kyoto_sangyo_univ_shuttle_incomplete.zip",
    "gtfs_world/badgtfs.zip",
    "gtfs_world/invalid.zip",
}


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", sorted(manifest()))
def test_a_real_zip_has_the_counts_of_the_manifest(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    known = manifest()
    code, [found] = asked(capsys, "report", str(REAL / name), "--json")
    if name in NO_FEED:
        assert code == 2 and found["reason"] and found["feeds"] == []
        return
    assert code == 1  # all of them are of the past, or end soon
    [feed] = found["feeds"]
    measured, box = known[INSIDE.get(name, name)]
    for table, count in re.findall(r"(routes|stops|trips|stop_times|shapes) ([0-9]+)", measured):
        assert feed["counts"].get(table, 0) == int(count), table
    if "no shapes.txt" in measured:
        assert "shapes" not in feed["counts"]
    first, last = re.findall(r"calendar ([0-9]+)\.\.([0-9]+)", measured)[0]
    assert [each.replace("-", "") for each in feed["calendar"].values()] == [first, last]
    assert feed["has_bom"] == ("no BOM" not in measured)
    if name not in INSIDE:
        with zipfile.ZipFile(REAL / name) as file:
            members = [each.filename for each in file.infolist() if not each.is_dir()]
        assert len(members) == int(re.findall(r"([0-9]+) files", measured)[0])
        beside = [each for each in members if each.rpartition("/")[0] == members[0].rpartition("/")[0]]
        assert sorted(feed["files"]) == sorted(each.rpartition("/")[2].lower() for each in beside)
    refused = {row["file"] for row in feed["refused"]}
    if "stops.txt" not in refused:  # the manifest measured those stops as well
        edges = [float(each) for each in re.findall(r"-?[0-9]+\.[0-9]+", box)]
        west, south, east, north = feed["box"]
        assert edges == pytest.approx([west, east, south, north], abs=0.0006)
    assert {"code", "severity", "count", "sentence", "examples"} == set(feed["findings"][0])


@needs_real
@pytest.mark.real
def test_the_manifest_has_the_zips_that_are_there() -> None:
    there = {
        f"{path.parent.name}/{path.name}" for folder in ("gtfs_jp", "gtfs_world") for path in (REAL / folder).iterdir()
    }
    assert set(manifest()) == there and len(there) == 16


def test_a_clean_feed_ends_with_0_and_one_that_needs_a_look_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("otsu_maps.clock.today", lambda: date(2026, 6, 1))
    assert cli.main(["transit", "report", DEMO]) == 0
    broken = written(tmp_path / "a.zip", trips="route_id,service_id,trip_id\nX,W,T\n")
    code, found = asked(capsys, "report", broken, DEMO, "--json")
    assert code == 1
    assert [feed["is_clean"] for file in found for feed in file["feeds"]] == [False, True]
    [row] = [each for each in found[0]["feeds"][0]["refused"] if each["file"] == "trips.txt"]
    assert (row["code"], row["row"], row["column"], row["value"]) == ("row_gtfs_dangling", 2, "route_id", "X")


def test_a_bad_file_is_told_with_its_reason_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.zip").write_bytes(b"no zip")
    bad, gone = str(tmp_path / "b.zip"), str(tmp_path / "gone.zip")
    code, found = asked(capsys, "report", bad, gone, DEMO, "--json")
    assert code == 1 and len(found[2]["feeds"]) == 1
    assert "b.zip" in found[0]["reason"] and "gone.zip" in found[1]["reason"]
    assert asked(capsys, "report", bad, gone, "--json")[0] == 2
    monkeypatch.setenv("OTSU_MAX_FILE_MB", "1")
    large = tmp_path / "c.zip"
    with zipfile.ZipFile(large, "w") as file:
        file.writestr("stops.txt", "0" * 3_000_000)
    assert "OTSU_MAX_FILE_MB" in asked(capsys, "report", str(large), "--json")[1][0]["reason"]


def test_departures_of_a_stop_are_told_by_the_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = feeds.times(("T", [("1", "23:50:00"), ("2", "24:10:00"), ("3", "24:30:00")]))
    file = written(tmp_path / "a.zip", stop_times=late)
    code, found = asked(capsys, "departures", file, "--stop", "浜大津", "--date", "2026-04-02", "--json")
    assert code == 0
    [one] = found["departures"]
    assert (one["time"], one["days_before"], one["headsign"], one["route"]) == ("00:10", 1, "石山", "10")
    assert found["stops"][0]["stop_id"] == "a:2" and found["days"] == {"a": "2026-04-02"}
    code, found = asked(capsys, "departures", file, "--stop", "2", "--date", "2026-04-02", "--hour", "24", "--json")
    assert [one["time"] for one in found["departures"]] == ["24:10"]
    assert asked(capsys, "departures", file, "--stop", "2", "--date", "2026-04-05", "--json")[0] == 1
    assert asked(capsys, "departures", file, "--stop", "なし")[0] == 2
    assert asked(capsys, "departures", file, "--date", "4月2日")[0] == 2


def test_the_table_counts_every_stop_and_hour(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "a.zip")
    (tmp_path / "b.zip").write_bytes(b"no zip")
    code, found = asked(capsys, "departures", file, str(tmp_path / "b.zip"), "--date", "2026-04-01", "--json")
    assert code == 1 and found["refused"][0]["file"].endswith("b.zip")
    assert [(each["stop_id"], each["hour"], each["departures"]) for each in found["hours"]] == [
        ("a:1", 8, 1),
        ("a:2", 8, 1),
    ]
    assert asked(capsys, "departures", file, "--date", "2026-04-01", "--hour", "9", "--json")[1]["hours"] == []


def test_without_a_day_a_timetable_of_the_past_shows_its_usual_weekday(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = feeds.BASE["calendar"].replace("20260401,20270331", "20190401,20190430")
    file = written(tmp_path / "a.zip", calendar=old)
    assert asked(capsys, "departures", file, "--json")[1]["days"] == {"a": "2019-04-01"}


def test_what_is_told_on_a_screen_names_lines_and_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "a.zip")
    assert cli.main(["transit", "departures", file, "--stop", "大津駅", "--date", "2026-04-01"]) == 0
    assert "08:00" in capsys.readouterr().err
    assert cli.main(["transit", "departures", file, "--date", "2026-04-01"]) == 0
    assert "大津駅" in capsys.readouterr().err
    assert cli.main(["transit", "report", file]) == 1
    told = capsys.readouterr().err
    assert "feed_info" in told and "stop_times.txt" in told
