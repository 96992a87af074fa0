"""`otsu-maps transit reach` tells what the search finds, and says in one sentence what it cannot understand."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from otsu_maps.cli import main

FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,試験バス,https://a.example/,Asia/Tokyo\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    "a,大津港,35.0000,135.8600\nb,石場,35.0000,135.9000\nc,石場,35.0000,135.9010\nd,膳所,35.0000,135.9500\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nr1,A,1,3\nr2,A,2,3\n",
    "trips.txt": "route_id,service_id,trip_id\nr1,w,t1\nr2,w,t2\nr1,w,t3\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "w,1,1,1,1,1,1,1,20260401,20270331\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,08:00:00,08:00:00,a,1\nt1,08:10:00,08:10:00,b,2\n"
    "t2,08:15:00,08:15:00,c,1\nt2,08:30:00,08:30:00,d,2\n"
    "t3,25:00:00,25:00:00,a,1\nt3,25:10:00,25:10:00,b,2\n",
}
WAIT = {"transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nb,c,2,600\n"}


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return _written(tmp_path / "feed.zip", FILES)


def _written(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return path


def ask(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> dict[str, Any]:
    assert main(["transit", "reach", *map(str, words), "--date", "2026-06-03", "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def stops(found: dict[str, Any], *keys: str) -> dict[str, Sequence[Any]]:
    return {stop["stop_id"].split(":")[1]: [stop[key] for key in keys] for stop in found["stops"]}


def test_leaving_at_a_time(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, feed, "--from", "大津港", "--at", "07:55")
    assert stops(found, "minutes", "arrives", "rides") == {
        "a": [0, "07:55", 0],
        "b": [15, "08:10", 1],
        "c": [16.8, "08:11", 1],
        "d": [35, "08:30", 2],
    }
    assert found["days"] == {"feed": "2026-06-03"} and found["walking"]["change_m"] == 400


def test_a_change_that_the_feed_says_takes_long_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow = _written(tmp_path / "slow.zip", FILES | WAIT)
    assert "d" not in stops(ask(capsys, slow, "--from", "a", "--at", "07:55"))


def test_by_a_time_and_after_midnight(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, feed, "--to", "d", "--by", "08:30")
    assert stops(found, "leaves", "rides") == {
        "d": ["08:30", 0],
        "c": ["08:15", 1],
        "b": ["08:13", 1],
        "a": ["08:00", 2],
    }
    assert "b" in stops(ask(capsys, feed, "--from", "a", "--at", "24:50", "--max-min", 30))
    assert "b" not in stops(ask(capsys, feed, "--from", "a", "--at", "24:50", "--max-min", 19, code=1))


def test_over_a_window(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, feed, "--from", "a", "--window", "07:41-08:01")
    assert stops(found, "minutes", "minutes_p90", "planned_minutes", "share_reached")["b"] == [19, 27, 10, 1]


def test_without_a_route_and_without_a_stop(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(stops(ask(capsys, feed, "--from", "a", "--at", "07:55", "--without-route", "2"))) == {"a", "b", "c"}
    ask(capsys, feed, "--from", "a", "--at", "07:55", "--without-route", "r1", code=1)
    ask(capsys, feed, "--from", "a", "--at", "07:55", "--without-stop", "石場", code=1)


def test_from_a_place(feed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = stops(ask(capsys, feed, "--from", "135.8640,35.0000", "--at", "07:50"), "minutes")
    assert found["b"] == [20] and 7 < found["a"][0] < 7.3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "a", "--at", "8時"], "8時"),
        (["--from", "a", "--window", "09:00-08:00"], "09:00-08:00"),
        (["--from", "a", "--at", "08:00", "--max-min", "0"], "--max-min"),
        (["--from", "どこか", "--at", "08:00"], "どこか"),
        (["--from", "35.0,135.0", "--at", "08:00"], "35.0,135.0"),
        (["--from", "a", "--at", "08:00", "--without-route", "99"], "1、2"),
    ],
)
def test_what_cannot_be_understood_is_said(
    feed: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["transit", "reach", str(feed), *words]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_no_feed_is_told_and_the_others_go_on(
    feed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")
    found = ask(capsys, broken, feed, "--from", "a", "--at", "07:55", code=1)
    assert len(found["stops"]) == 4 and len(found["refused"]) == 1
    assert main(["transit", "reach", str(feed), "--from", "a", "--at", "07:55"]) == 0
    assert "大津港" in capsys.readouterr().err
