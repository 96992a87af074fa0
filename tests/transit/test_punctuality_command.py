"""`otsu-maps realtime punctuality`: from files of the archive and a feed to figures."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from feeds import BASE, zipped

from otsu_maps import cli, clock
from otsu_maps.realtime import archive
from otsu_maps.realtime.archive import Archive
from otsu_maps.realtime.records import StopUpdate, TripUpdate

DAY = date(2026, 11, 27)  # a Friday; the feed runs on weekdays
EIGHT = datetime(2026, 11, 26, 23, 0)  # there, in UTC


@pytest.fixture
def feed(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(clock, "now", lambda: EIGHT + timedelta(hours=1))
    held = Archive(archive.folder(), 30)
    for minute, stop, late in ((-1, "1", 60), (9, "2", 240), (25, "3", 420)):
        told = TripUpdate(
            *("e", "T", None, None, DAY, None, "scheduled", None, None, None),
            stops=(StopUpdate(None, stop, late, None, late),),
        )
        at = EIGHT + timedelta(minutes=minute)
        held.add("trips", archive.trip_rows([told]), {"heard_at": at, "message_at": at, "source": "s", "feed_id": None})
        held.flush()
    file = data_dir / "bus.zip"
    file.write_bytes(zipped(BASE))
    return str(file)


def test_days_in_figures(feed: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["realtime", "punctuality", feed, "--from", "2026-11-26", "--to", "2026-11-27", "--by", "", "--json"]
    assert cli.main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["trips"] == {"trips": 2, "seen": 1, "cancelled": 0, "unknown": 1, "by_headway": 0}
    [row] = found["rows"]
    assert {name: row[name] for name in ("scheduled", "observed", "unknown", "median_s")} == {
        "scheduled": 6,
        "observed": 3,
        "unknown": 3,
        "median_s": 240.0,
    }
    assert row["on_time"] == pytest.approx(2 / 3)
    assert (found["unmatched"], found["broken"]) == ({}, [])


def test_on_the_screen(feed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["realtime", "punctuality", feed, "--from", "2026-11-27", "--by", "route,hour"]) == 0
    shown = capsys.readouterr().err
    assert "bus:R 8" in shown and "+4.0" in shown and "67%" in shown


def test_days_of_which_nothing_is_known_are_not_on_time(feed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["realtime", "punctuality", feed, "--from", "2026-11-20", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["trips"]["unknown"], found["rows"][0]["on_time"]) == (1, None)


def test_a_broken_file_of_the_archive_is_named(feed: str, capsys: pytest.CaptureFixture[str]) -> None:
    [first, *_] = sorted(archive.folder().rglob("*.parquet"))
    first.write_bytes(b"PAR1")
    assert cli.main(["realtime", "punctuality", feed, "--from", "2026-11-27", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["broken"], found["rows"][0]["observed"]) == ([first.name], 2)


@pytest.mark.parametrize(
    "more",
    [["--by", "driver"], ["--from", "yesterday"], ["--from", "2026-11-27", "--to", "2026-11-26"]],
)
def test_what_cannot_be_asked_is_refused(feed: str, more: list[str]) -> None:
    assert cli.main(["realtime", "punctuality", feed, *more]) == 2
