"""A timetable by hand in the place of another: the same answers as if all had been read together."""

from __future__ import annotations

from datetime import date

import pytest
from feeds import feed, times, zipped

from otsu_maps import timetable_upload
from otsu_maps.errors import FileRefused
from otsu_maps.transit import compare, swap, tables
from otsu_maps.transit.compare import Side
from otsu_maps.transit.served import served

DAY = date(2026, 11, 24)
LATER = times(("T", [("1", "09:00:00"), ("2", "09:10:00"), ("3", "09:20:00")]))


def test_what_is_taken_out_and_put_back_gives_the_same_timetable() -> None:
    both = [feed("a.zip"), feed("b.zip", stop_times=LATER)]
    whole = tables.side_by_side(list(zip(["a", "b"], both, strict=True)), tables.NEEDED)
    alone = tables.side_by_side([("b", both[1])], tables.NEEDED)
    again = tables.timetable(swap.together(swap.without_feeds(whole, {"b"}), alone))
    expected = tables.timetable(whole)
    assert served(again, DAY).equals(served(expected, DAY))
    assert again.trips["trip_id"].tolist() == expected.trips["trip_id"].tolist() == ["a:T", "b:T"]


def test_nothing_of_a_feed_stays_when_it_is_taken_out() -> None:
    whole = tables.side_by_side([("a", feed("a.zip")), ("ab", feed("ab.zip"))], tables.NEEDED)
    left = swap.without_feeds(whole, {"a"})
    assert set(left["stop_time"]["trip_id"].astype(str)) == {"ab:T"}
    assert all((left[name]["feed_id"] == "ab").all() for name in left if "feed_id" in left[name])


def test_a_file_takes_the_id_of_the_feed_that_it_replaces_so_that_stops_match() -> None:
    upload = timetable_upload.read("new.zip", zipped({"stop_times": LATER}), "a")
    now = tables.of_feeds([feed("a.zip")])
    held = swap.without_feeds(tables.side_by_side([("a", feed("a.zip"))], tables.NEEDED), {"a"})
    new = tables.timetable(swap.together(held, upload.tables))
    table = compare.stops(Side(now, DAY), Side(new, DAY), 6674)
    assert set(table["matched"]) == {"id"} and set(table["change"]) == {0}
    assert set(table["first_s_before"]) != set(table["first_s_after"])
    assert upload.feed_ids == ("a",) and len(upload.sha256) == 64


def test_a_file_that_is_added_never_takes_the_id_of_a_feed_that_stays() -> None:
    upload = timetable_upload.read("a.zip", zipped({}), None, frozenset({"a"}))
    assert upload.feed_ids == ("a-new",)
    assert set(upload.tables["stop"]["stop_id"]) == {f"a-new:{number}" for number in range(1, 5)}


def test_rows_that_cannot_be_read_are_told() -> None:
    bad = LATER + "T,xx,09:30:00,4,4\n"
    upload = timetable_upload.read("new.zip", zipped({"stop_times": bad}), "a")
    assert [each.reason.params["file"] for each in upload.refused] == ["stop_times.txt"]
    assert upload.publisher == "大津バス"


@pytest.mark.parametrize("data", [b"", b"no zip", zipped({"stop_times": None})])
def test_what_is_no_timetable_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        timetable_upload.read("new.zip", data, None)
