"""Real timetables have the rows that they are known to have, or are refused for what they lack."""

from __future__ import annotations

from datetime import date

import pytest
from real import REAL, needs_real

from otsu_maps import config
from otsu_maps.errors import FileRefused
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload

MOST = 512 * 1024**2
COUNTED = ("routes", "stops", "trips", "stop_times", "shapes")

FEEDS = {
    "gtfs_jp/077434.zip": ((98, 778, 349, 8287, 17098), date(2019, 4, 1), date(2020, 3, 31), 0),
    "gtfs_jp/401005_shieitosengtfs.zip": ((4, 5, 292, 606, 0), date(2018, 9, 1), date(2019, 9, 30), 0),
    "gtfs_jp/402303tosengtfs.zip": ((2, 2, 40, 80, 12), date(2018, 11, 1), date(2020, 2, 29), 0),
    "gtfs_jp/donan_bus.zip": ((74, 706, 541, 20594, 34097), date(2020, 4, 1), date(2021, 4, 1), 2),
    "gtfs_jp/hakodate_shiden.zip": ((4, 52, 506, 10504, 697), date(2025, 12, 1), date(2026, 11, 30), 0),
    "gtfs_world/bart.zip": ((6, 50, 2525, 33167, 25074), date(2018, 5, 26), date(2019, 7, 1), 0),
    "gtfs_world/cairns_gtfs.zip": ((22, 416, 1339, 37790, 22784), date(2014, 5, 26), date(2014, 12, 28), 0),
    "gtfs_world/example-errors.zip": ((5, 9, 11, 28, 9), date(2007, 1, 1), date(2010, 12, 31), 3),
    "gtfs_world/example-nested-dir.zip": ((5, 9, 11, 28, 9), date(2007, 1, 1), date(2010, 12, 31), 0),
    "gtfs_world/example-nested-zip.zip": ((5, 9, 11, 28, 9), date(2007, 1, 1), date(2010, 12, 31), 0),
    "gtfs_world/island-transit_20090312_0314.zip": ((23, 410, 584, 14649, 0), date(2008, 1, 1), date(2009, 9, 27), 0),
    "gtfs_world/sample-feed-1.zip": ((5, 9, 11, 28, 0), date(2007, 1, 1), date(2010, 12, 31), 0),
    "gtfs_world/test_broken_gtfs.zip": ((479, 199, 401, 1999, 0), date(2022, 2, 22), date(2022, 4, 7), None),
}
"""Real zip: rows in the files of COUNTED, first and last day, rows refused (None: some)."""

REFUSED = {
    "gtfs_jp/kyoto_sangyo_univ_shuttle_incomplete.zip": "gtfs_no_file",
    "gtfs_world/badgtfs.zip": "gtfs_no_file",
    "gtfs_world/invalid.zip": "file_zip_broken",
}


def read(name: str) -> list[gtfs.Feed]:
    path = REAL / name
    return gtfs.read(Payload(path.name, path.read_bytes()), MOST)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", FEEDS)
def test_a_real_feed_has_the_rows_it_is_known_for(name: str) -> None:
    (feed,) = read(name)
    counts, first, last, refused = FEEDS[name]
    assert tuple(feed.tables[table].rows_in for table in COUNTED) == counts
    assert (feed.valid_from, feed.valid_until) == (first, last)
    assert len(feed.refused) == refused if refused is not None else feed.refused
    for table in feed.tables.values():
        assert table.rows_in == table.rows_out + len(table.refused)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", REFUSED)
def test_a_real_zip_that_is_no_timetable_is_refused_for_what_it_lacks(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(name)
    assert refused.value.reason.code == REFUSED[name]


def test_the_feed_of_the_demo_reads_whole_and_runs_past_midnight() -> None:
    path = config.GEODATA / "demo" / "gtfs.zip"
    (feed,) = gtfs.read(Payload(path.name, path.read_bytes()), MOST)
    assert feed.refused == ()
    assert (feed.valid_from, feed.valid_until) == (date(2026, 4, 1), date(2027, 3, 31))
    assert int(feed.tables["stop_times"].frame["departure_time"].max()) > 24 * 3600
