"""The board of a stop shows every departure of its kind of day once, by hour, with marks that are explained."""

from __future__ import annotations

import re
from datetime import date

import feeds
import pytest

from otsu_maps import config
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import departures, services, stop_board, tables
from otsu_maps.transit.services import HOLIDAY, SATURDAY, WEEKDAY
from otsu_maps.transit.timetable import Timetable
from otsu_maps.ui import stop_sheet

DAYS = "1,1,1,1,1,0,0", "0,0,0,0,0,1,1"


def busy(**more: str | None) -> Timetable:
    """On weekdays 10 times to 石山 and once to 膳所; on other days once, after midnight."""
    head = feeds.BASE["calendar"].splitlines()[0]
    calendar = f"{head}\nW,{DAYS[0]},20260401,20270331\nS,{DAYS[1]},20260401,20270331\n"
    trips = "route_id,service_id,trip_id,trip_headsign\n" + "".join(f"R,W,T{n},石山\n" for n in range(10))
    trips += "Q,W,U,膳所\nR,S,V,石山\n"
    ends = [(f"T{n}", [("1", f"{7 + n}:05:00"), ("4", f"{7 + n}:30:00")]) for n in range(10)]
    rows = feeds.times(
        *ends, ("U", [("1", "8:00:00"), ("3", "8:30:00")]), ("V", [("1", "24:15:00"), ("4", "24:30:00")])
    )
    return feeds.timetable(**({"calendar": calendar, "trips": trips, "stop_times": rows} | more))


def test_the_most_usual_way_has_no_mark_and_the_others_a_letter() -> None:
    made = stop_board.board(busy(), 0)
    assert made.marks == {("10", "石山"): "", ("20", "膳所"): "a"}
    assert made.hours == range(7, 25)
    weekday, saturday, holiday = made.days
    assert [(each.hour, each.minute) for each in weekday.minutes][:3] == [(7, 5), (8, 0), (8, 5)]
    assert [(each.hour, each.minute) for each in saturday.minutes] == [(24, 15)]
    assert holiday.minutes == saturday.minutes
    assert made.valid == (date(2026, 4, 1), date(2027, 3, 31))
    assert weekday.typical[0].on == date(2026, 4, 1)


def test_there_are_as_many_marks_as_ways() -> None:
    trips = "route_id,service_id,trip_id,trip_headsign\n" + "".join(f"R,W,T{n},H{n}\n" for n in range(60))
    rows = feeds.times(*((f"T{n}", [("1", f"8:{n:02}:00"), ("4", f"9:{n:02}:00")]) for n in range(60)))
    made = stop_board.board(feeds.timetable(trips=trips, stop_times=rows), 0, [WEEKDAY])
    assert len(set(made.marks.values())) == 60
    assert list(made.marks.values())[:3] == ["", "a", "b"]
    assert "aa" in made.marks.values()


def test_the_last_stop_has_an_empty_board_that_says_so() -> None:
    made = stop_board.board(busy(), 2)
    assert made.hours == range(0) and made.marks == {}
    assert "ここから出る便はありません" in stop_sheet.body(made, "ja")


def test_a_service_that_never_runs_on_such_days_is_told() -> None:
    made = stop_board.board(feeds.timetable(), 0, [WEEKDAY, SATURDAY])
    assert made.days[1].minutes == () and made.days[1].typical[0].on is None
    assert "運行しません" in stop_sheet.body(made, "ja")


def test_words_of_another_language_stand_in_place_of_those_of_the_feed() -> None:
    said = (
        "table_name,field_name,language,translation,record_id,field_value\n"
        "stops,stop_name,en,Otsu Sta.,1,\nstops,stop_name,en,Ishiyama,,石山\n"
        "trips,trip_headsign,en,Zeze Loop,,膳所\nstops,stop_name,en,Zeze,,膳所\nroutes,route_short_name,en,No. 10,R,\n"
    )
    files = {"translations": said}
    made = busy(**files)
    held = tables.side_by_side([("a", feeds.feed(**files))])
    words = stop_board.words_of(held, made, "en")
    board = stop_board.board(made, 0, [WEEKDAY], words)
    assert board.name == "Otsu Sta."
    assert set(board.marks) == {("No. 10", "Ishiyama"), ("20", "Zeze Loop")}
    assert stop_board.board(made, 2, [WEEKDAY], words).name == "Zeze"
    page = stop_sheet.sheet([board], "en")
    assert "Otsu Sta." in page and "大津" not in page and 'lang="en"' in page


def test_a_repeated_trip_is_shown_as_about_then() -> None:
    made = feeds.timetable(frequencies="trip_id,start_time,end_time,headway_secs\nT,7:00:00,8:00:00,1800\n")
    body = stop_sheet.body(stop_board.board(made, 0, [WEEKDAY]), "ja")
    assert "00*　30*" in body and "およその目安" in body


def test_what_a_feed_calls_its_stops_is_never_read_as_html() -> None:
    made = feeds.timetable(stops=feeds.BASE["stops"].replace("大津駅", "<b>大津駅"))
    page = stop_sheet.sheet([stop_board.board(made, 0)], "ja")
    assert "<b>大津駅" not in page and "&lt;b&gt;大津駅" in page


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_departure_of_the_demo_stands_on_its_sheet(lang: str) -> None:
    path = config.GEODATA / "demo" / "gtfs.zip"
    feed = gtfs.read(Payload(path.name, path.read_bytes()), 2**30)
    made = tables.of_feeds(feed)
    words = stop_board.words_of(tables.side_by_side([("gtfs", feed[0])]), made, lang)
    for stop in (0, 20, 94):
        board = stop_board.board(made, stop, services.DAY_TYPES, words)
        page = stop_sheet.sheet([board], lang)
        cells = re.findall(r"<td>([^<]*)</td>", page)
        shown = sum(len([each for each in cell.split("　") if each]) for cell in cells)
        wanted = sum(
            len(departures.of_service_day(made, services.plan(services.typical_days(made, kind)), [stop]))
            for kind in (WEEKDAY, SATURDAY, HOLIDAY)
        )
        assert shown == wanted > 0
        said = made.stops.iloc[stop]["name_ja" if lang == "ja" else "name_en"]
        assert board.name == said and said in page
        assert "{" not in page.split("</style>")[1]
        assert lang == "ja" or not re.search(r"[\u3041-\u30fa\u4e00-\u9fff]", page.split("</style>")[1])
