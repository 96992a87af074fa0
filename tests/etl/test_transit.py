"""Feeds side by side: their keys never mix, a broken one harms no other, and each line has something to draw."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from real import REAL, needs_real

from etl import build, cards, derive_transit
from etl.sources import transit
from otsu_maps import clock, config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.queries import transit as ask
from otsu_maps.transit import rules
from otsu_maps.transit.findings import SEVERITIES, Finding

GTFS = config.GEODATA / "demo" / "gtfs.zip"


def repacked(change: dict[str, str | None] | None = None) -> bytes:
    """The feed of the demo with some of its files replaced or (None) left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(GTFS) as old, zipfile.ZipFile(buffer, "w") as new:
        files = {name: old.read(name).decode("utf-8-sig") for name in old.namelist()} | (change or {})
        for name, text in files.items():
            if text is not None:
                new.writestr(name, text)
    return buffer.getvalue()


def built(data_dir: Path, tmp_path: Path, *feeds: tuple[str, bytes]) -> tuple[Snapshot, dict[str, Any]]:
    """A snapshot of the demo with these timetables and no people flow, and the record of their source."""
    paths = tuple(tmp_path / name for name, _ in feeds)
    for path, (_, data) in zip(paths, feeds, strict=True):
        path.write_bytes(data)
    city = config.city()
    known = cards.registry(city, cards.DEMO)
    known["timetables"] = replace(known["timetables"], paths=paths)
    known["flow_hours"] = replace(known["flow_hours"], paths=())
    outcome = build.build(city, known)
    [record] = [each for each in outcome.sources if each["source_id"] == "timetables"]
    return Snapshot(snapshots.path_of(outcome.snapshot_id)), record


def one(snapshot: Snapshot, sql: str) -> Any:
    [row] = snapshot.rows(sql)
    return next(iter(row.values()))


def test_two_feeds_with_the_same_keys_stay_two(data_dir: Path, tmp_path: Path) -> None:
    snapshot, record = built(data_dir, tmp_path, ("a.zip", repacked()), ("b.zip", repacked()))
    with snapshot:
        assert [feed["feed_id"] for feed in ask.feeds(snapshot)] == ["a", "b"]
        assert one(snapshot, "SELECT count(DISTINCT trip_id) FROM trip") == 2 * 416
        assert one(snapshot, "SELECT count(*) FROM stop_time ANTI JOIN trip USING (trip_id, feed_id)") == 0
        assert one(snapshot, "SELECT count(*) FROM stop_time ANTI JOIN stop USING (stop_id)") == 0
        assert one(snapshot, "SELECT count(*) FROM trip ANTI JOIN route USING (route_id)") == 0
    assert record["rows_in"] == record["rows_out"] + record["quarantined"]


def test_the_report_of_a_feed_is_kept_with_its_places_and_its_sentences(data_dir: Path, tmp_path: Path) -> None:
    bad = repacked({"feed_info.txt": None, "translations.txt": None})
    snapshot, _ = built(data_dir, tmp_path, ("bad.zip", bad), ("good.zip", repacked()))
    with snapshot:
        kept = {feed: [Finding.of_row(row) for row in ask.findings(snapshot, feed)] for feed in ("bad", "good")}
    for name, data in (("bad", bad), ("good", repacked())):
        [feed] = gtfs.read(Payload(f"{name}.zip", data), 2**30)
        found = rules.findings(feed, clock.today())
        assert [(each.code, each.severity, each.count, each.examples) for each in kept[name]] == [
            (each.code, each.severity, each.count, each.examples) for each in found
        ]
        assert [each.sentence("ja") for each in kept[name]] == [each.sentence("ja") for each in found]
    assert len(kept["bad"]) > len(kept["good"])
    assert [each.severity for each in kept["bad"]] == sorted(
        (each.severity for each in kept["bad"]), key=SEVERITIES.index
    )


def test_a_file_that_is_no_timetable_harms_no_other(data_dir: Path, tmp_path: Path) -> None:
    snapshot, record = built(data_dir, tmp_path, ("bad.zip", repacked({"trips.txt": None})), ("good.zip", repacked()))
    with snapshot:
        assert [feed["feed_id"] for feed in ask.feeds(snapshot)] == ["good"]
        [row] = snapshot.rows("SELECT * FROM quarantine WHERE source_id = 'timetables'")
    assert (row["file"], row["reason_code"]) == ("bad.zip", "gtfs_no_file")
    assert record["rows_in"] == record["rows_out"] + 1


def test_where_no_file_is_a_timetable_the_source_says_why(data_dir: Path, tmp_path: Path) -> None:
    bad = repacked({"trips.txt": None})
    snapshot, record = built(data_dir, tmp_path, ("bad.zip", bad), ("worse.zip", bad))
    with snapshot:
        assert ask.feeds(snapshot) == []
    assert (record["state"], record["problem_code"]) == ("absent", "source_no_rows")


def test_a_broken_download_keeps_the_timetable_that_was_there(data_dir: Path, tmp_path: Path) -> None:
    first, _ = built(data_dir, tmp_path, ("bus.zip", repacked()))
    first.close()
    second, record = built(data_dir, tmp_path, ("bus.zip", b"PK\x03\x04 cut off"))
    with second:
        assert record["state"] == "kept"
        assert one(second, "SELECT count(*) FROM stop_time") == 5396
        assert len(ask.route_lines(second)) == 8


def test_the_identifier_of_a_feed_outlives_its_editions() -> None:
    def feed(name: str) -> gtfs.Feed:
        return gtfs.read(Payload(name, GTFS.read_bytes()), 2**30)[0]

    assert transit.feed_ids([feed("0123456789ab-kurutto bus.zip")]) == transit.feed_ids([feed("kurutto bus.zip")])
    there, back = [feed("a.zip"), feed("x/b.zip")], [feed("x/b.zip"), feed("a.zip")]
    assert transit.feed_ids(there) == list(reversed(transit.feed_ids(back)))
    assert len(set(transit.feed_ids([feed("feed.zip"), feed("feed.zip"), feed("feed.zip")]))) == 3


def test_every_line_is_drawn_by_its_shape_or_from_stop_to_stop(data_dir: Path, tmp_path: Path) -> None:
    snapshot, _ = built(data_dir, tmp_path, ("a.zip", repacked()), ("b.zip", repacked({"shapes.txt": None})))
    with snapshot:
        ways = ask.route_lines(snapshot)
        assert {(way["feed_id"], way["is_straight"]) for way in ways} == {("a", False), ("b", True)}
        assert {way["route_id"] for way in ways} == {route["route_id"] for route in ask.routes(snapshot)}
        for way in ways:
            assert shapely.from_wkb(way["geom"]).length > 0


def test_stops_know_their_area_and_their_english_name(data_dir: Path, tmp_path: Path) -> None:
    snapshot, _ = built(data_dir, tmp_path, ("a.zip", repacked()))
    with snapshot:
        stops = snapshot.rows("SELECT * FROM stop")
        halves = {stop["warning_area_code"] for stop in stops}
    assert {"2520101", "2520102"} <= halves
    assert all(stop["name_en"] for stop in stops)


def test_a_name_is_translated_by_its_row_before_its_text() -> None:
    rows = pd.DataFrame(
        {"feed_id": ["f", "f", "f"], "stop_id": ["f:1", "f:2", "f:3"], "name_ja": ["大津", "大津", "膳所"]}
    )
    said = pd.DataFrame(
        [
            ("f", "stops", "en", "f:1", None, "Otsu (north)"),
            ("f", None, "en", None, "大津", "Otsu"),
            ("f", None, "ja-Hrkt", None, "膳所", "ぜぜ"),
            ("g", None, "en", None, "膳所", "Zeze"),
        ],
        columns=["feed_id", "table_name", "language", "record_id", "field_value", "translation"],
    )
    named = derive_transit.named(rows, said, "stops", "stop_id", ("name_ja",))
    assert list(named["name_en"]) == ["Otsu (north)", "Otsu", None]


@needs_real
@pytest.mark.real
def test_real_feeds_load_side_by_side(data_dir: Path, tmp_path: Path) -> None:
    names = ["077434", "402303tosengtfs", "401005_shieitosengtfs", "hakodate_shiden", "donan_bus"]
    feeds = [(f"{name}.zip", (REAL / "gtfs_jp" / f"{name}.zip").read_bytes()) for name in names]
    snapshot, record = built(data_dir, tmp_path, *feeds)
    with snapshot:
        counts = {
            feed["feed_id"]: (
                feed["routes"],
                one(snapshot, f"SELECT count(*) FROM stop WHERE feed_id = '{feed['feed_id']}'"),
            )
            for feed in ask.feeds(snapshot)
        }
        assert counts == {
            "077434": (98, 778),
            "402303tosengtfs": (2, 2),
            "401005_shieitosengtfs": (4, 5),
            "hakodate_shiden": (4, 52),
            "donan_bus": (74, 706),
        }
        assert one(snapshot, "SELECT count(*) FROM stop_time") == 8287 + 80 + 606 + 10504 + 20594
    assert record["rows_in"] == record["rows_out"] + record["quarantined"]
