"""Each rule speaks of the feed that breaks it, with the row, and of no other; both languages have its sentence."""

from __future__ import annotations

from datetime import date

import feeds
import pytest

from otsu_maps.i18n import languages
from otsu_maps.i18n.catalogue import catalogue
from otsu_maps.transit import rules
from otsu_maps.transit.findings import SEVERITIES, Finding

TODAY = date(2026, 11, 27)

GOOD = {
    "agency": (
        "agency_id,agency_name,agency_url,agency_timezone,agency_lang\n"
        "9000020252018,大津市のバス,https://a.example/,Asia/Tokyo,ja\n"
    ),
    "stops": (
        "stop_id,stop_name,stop_lat,stop_lon,platform_code,location_type,parent_station,zone_id\n"
        "S,大津駅,35.0031,135.8640,,1,,\n1,大津駅,35.003,135.864,1,0,S,1\n2,浜大津,35.011,135.866,,0,,2\n"
        "3,膳所,34.999,135.879,,0,,3\n"
    ),
    "routes": "route_id,agency_id,route_short_name,route_type\nR,9000020252018,10,3\n",
    "calendar": feeds.BASE["calendar"],
    "trips": ("route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\nR,W,T,膳所,0,P\nR,W,U,膳所,0,P\n"),
    "stop_times": feeds.times(
        ("T", [("1", "08:00:00"), ("2", "08:10:00"), ("3", "08:20:00")]),
        ("U", [("1", "09:00:00"), ("2", "09:10:00"), ("3", "09:20:00")]),
    ),
    "shapes": (
        "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
        "P,35.003,135.864,1\nP,35.011,135.866,2\nP,34.999,135.879,3\n"
    ),
    "frequencies": "trip_id,start_time,end_time,headway_secs\nU,9:00:00,10:00:00,600\nU,10:00:00,11:00:00,900\n",
    "feed_info": (
        "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version\n"
        "大津市,https://a.example/,ja,20260401,20270331,1\n"
    ),
    "translations": "trans_id,lang,translation\n"
    + "".join(
        f"{name},{lang},{text}\n"
        for name, kana, english in (
            ("大津駅", "おおつえき", "Otsu"),
            ("浜大津", "はまおおつ", "Hamaotsu"),
            ("膳所", "ぜぜ", "Zeze"),
        )
        for lang, text in (("ja-Hrkt", kana), ("en", english))
    ),
    "fare_attributes": "fare_id,price,currency_type,payment_method\nF,200,JPY,0\nG,300,JPY,0\n",
    "fare_rules": "fare_id,route_id,origin_id,destination_id\nF,R,1,2\nG,R,1,3\n",
    "agency_jp": "agency_id,agency_official_name\n9000020252018,大津市\n",
    "routes_jp": "route_id,origin_stop\nR,大津駅\n",
    "office_jp": "office_id,office_name\nO,本社\n",
}
"""A feed that keeps every rule."""


def found(today: date = TODAY, **files: str | None) -> dict[str, Finding]:
    return {each.code: each for each in rules.findings(feeds.feed(**(GOOD | files)), today)}


def swap(table: str, old: str, new: str) -> dict[str, str | None]:
    """GOOD with one text of one file replaced."""
    assert GOOD[table].count(old) >= 1, (table, old)
    return {table: GOOD[table].replace(old, new)}


def more(table: str, line: str) -> dict[str, str | None]:
    return {table: GOOD[table] + line + "\n"}


BREAKS: list[tuple[str, dict[str, str | None], int, int]] = [
    ("times_decrease", swap("stop_times", "T,08:20:00,08:20:00", "T,08:05:00,08:05:00"), 4, 1),
    ("times_decrease", swap("stop_times", "T,08:10:00,08:10:00", "T,08:10:00,08:09:00"), 3, 1),
    ("time_missing", swap("stop_times", "T,08:00:00,08:00:00", "T,,"), 2, 1),
    ("time_missing", swap("stop_times", "T,08:20:00,08:20:00", "T,,"), 2, 1),
    ("frequencies_overlap", swap("frequencies", "U,10:00:00", "U,9:30:00"), 3, 1),
    ("frequencies_overlap", swap("frequencies", "U,9:00:00,10:00:00", "U,9:00:00,9:00:00"), 2, 1),
    ("feed_expired", swap("feed_info", "20270331", "20261126"), 0, 1),
    ("feed_ends_soon", swap("feed_info", "20270331", "20261226"), 0, 1),
    ("feed_not_yet", swap("feed_info", "20260401", "20261128"), 0, 1),
    (
        "feed_dates_unknown",
        swap("feed_info", "20260401,20270331", ",")
        | {"calendar": None, "calendar_dates": "service_id,date,exception_type\nW,20261201,2\n"},
        0,
        1,
    ),
    ("parent_missing", swap("stops", "1,0,S,1", "1,0,X,1"), 3, 1),
    ("parent_missing", more("stops", "E,出口,35.003,135.864,,2,,"), 6, 1),
    ("parent_wrong", swap("stops", "35.011,135.866,,0,,2", "35.011,135.866,,0,3,2"), 4, 1),
    ("parent_wrong", more("stops", "Z,駅,35.003,135.864,,1,S,"), 6, 1),
    ("route_without_name", swap("routes", ",10,3", ",,3"), 2, 1),
    (
        "route_without_agency",
        swap("routes", "R,9000020252018", "R,") | more("agency", "1000020252018,別,https://b.example/,Asia/Tokyo,ja"),
        2,
        1,
    ),
    ("timezones_differ", more("agency", "1000020252018,別,https://b.example/,Asia/Seoul,ja"), 0, 1),
    (
        "too_fast",
        swap("stop_times", "T,08:10:00,08:10:00,2", "T,08:00:00,08:00:00,X")
        | more("stops", "X,遠い,35.10,135.866,,0,,2"),
        3,
        1,
    ),
    ("trip_without_calls", more("trips", "R,W,V,膳所,0,"), 4, 1),
    ("trip_with_one_call", more("trips", "R,W,V,膳所,0,") | more("stop_times", "V,8:00:00,8:00:00,1,1"), 4, 1),
    (
        "trips_same",
        more("trips", "R,W,V,膳所,0,P")
        | {
            "stop_times": GOOD["stop_times"]
            + "".join(
                line.replace("T,", "V,") + "\n" for line in GOOD["stop_times"].splitlines() if line.startswith("T,")
            )
        },
        4,
        1,
    ),
    ("service_without_days", swap("calendar", "1,1,1,1,1,0,0", "0,0,0,0,0,0,0"), 2, 1),
    ("service_without_days", swap("calendar", "20260401,20270331", "20260404,20260405"), 2, 1),
    ("stop_far", swap("stops", "34.999,135.879", "34.999,35.879"), 5, 1),
    ("shape_far", swap("shapes", "P,35.011,135.866,2", "P,35.003,135.865,2"), 3, 1),
    ("fare_zone_unknown", swap("fare_rules", "G,R,1,3", "G,R,1,9"), 3, 1),
    ("headsign_missing", swap("trips", "R,W,T,膳所", "R,W,T,"), 2, 1),
    ("service_unused", more("calendar", "X,1,1,1,1,1,0,0,20260401,20270331"), 3, 1),
    ("route_unused", more("routes", "Q,9000020252018,20,3"), 3, 1),
    ("stop_unused", more("stops", "X,膳所,34.998,135.879,,0,,"), 6, 1),
    ("stops_same", more("stops", "X,膳所,34.999,135.879,,0,,"), 6, 1),
    ("jp_feed_info", {"feed_info": GOOD["feed_info"].splitlines()[0] + "\n"}, 0, 1),
    ("jp_feed_dates", swap("feed_info", ",20260401", ","), 2, 1),
    ("jp_feed_dates", swap("feed_info", "20270331,1", "20270331,"), 2, 1),
    ("jp_language", swap("agency", ",ja", ",en"), 2, 1),
    ("jp_language", swap("feed_info", ",ja,", ",en,"), 2, 1),
    ("jp_timezone", swap("agency", "Asia/Tokyo", "Asia/Seoul"), 2, 1),
    (
        "jp_agency_id",
        {name: GOOD[name].replace("9000020252018", "OTSU") for name in ("agency", "routes", "agency_jp")},
        2,
        1,
    ),
    ("jp_kana", swap("translations", "膳所,ja-Hrkt,ぜぜ\n", ""), 5, 1),
    ("jp_english", swap("translations", "大津駅,en,Otsu\n", ""), 2, 2),
    ("jp_platform_in_name", swap("stops", "2,浜大津", "2,浜大津2番のりば"), 4, 1),
    ("jp_no_fares", {"fare_attributes": None, "fare_rules": None}, 0, 1),
    ("jp_currency", swap("fare_attributes", "F,200,JPY", "F,200,USD"), 2, 1),
    ("jp_currency", swap("fare_attributes", "F,200,JPY", "F,200.5,JPY"), 2, 1),
    ("jp_fare_rules", {"fare_rules": None}, 0, 1),
    ("jp_agency_file", {"agency_jp": None}, 0, 1),
    ("jp_route_file", {"routes_jp": None}, 0, 1),
    ("jp_office_file", {"office_jp": None}, 0, 1),
]
"""Rule, what breaks it in GOOD, the first row to blame (0: the file), how often."""


def test_a_feed_that_keeps_every_rule_is_told_nothing() -> None:
    good = feeds.feed(**GOOD)
    assert good.refused == () and good.warnings == ()
    assert found() == {}


@pytest.mark.parametrize(
    ("code", "files", "row", "count"), BREAKS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_rule_that_is_broken_names_the_row(code: str, files: dict[str, str | None], row: int, count: int) -> None:
    broken = found(**files)
    assert code in broken, sorted(broken)
    assert (broken[code].count, broken[code].examples[0].row) == (count, row)
    assert broken[code].severity == rules.RULES[code][0]


def test_every_rule_is_broken_here_and_has_a_sentence_in_each_language() -> None:
    assert {code for code, *_ in BREAKS} == set(rules.RULES)
    for lang in languages():
        assert {f"gtfs_rule.{code}" for code in rules.RULES} <= set(catalogue(lang))
    for code, files, *_ in BREAKS:
        each = found(**files)[code]
        for lang in ("ja", "en"):
            assert "{" not in each.sentence(lang), each.sentence(lang)


def test_the_gravest_comes_first() -> None:
    broken = rules.findings(
        feeds.feed(**(GOOD | {"agency_jp": None, "fare_rules": None, "fare_attributes": None})), TODAY
    )
    order = [SEVERITIES.index(each.severity) for each in broken]
    assert len(order) >= 2 and order == sorted(order)


def test_a_feed_from_elsewhere_is_not_held_against_the_japanese_format() -> None:
    abroad = {
        "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,Bus,https://a.example/,Europe/Oslo\n",
        "routes": "route_id,agency_id,route_short_name,route_type\nR,A,10,3\n",
        "feed_info": None,
        **dict.fromkeys(("agency_jp", "routes_jp", "office_jp", "translations", "fare_attributes", "fare_rules")),
    }
    assert found(**abroad) == {}


def test_a_train_may_be_faster_than_a_bus_and_a_rounded_minute_is_no_fault() -> None:
    far = more("stops", "X,遠い,35.10,135.866,,0,,2")
    ride = {
        "stop_times": feeds.times(
            ("T", [("1", "08:00:00"), ("X", "08:03:00")]), ("U", [("1", "9:00:00"), ("2", "9:00:00"), ("3", "9:01:00")])
        )
    }
    assert "too_fast" in found(**far, **ride)  # 10.8 km in three minutes
    assert "too_fast" not in found(**far, **ride, **swap("routes", ",10,3", ",10,2"))


def test_examples_are_few_and_the_count_is_of_all() -> None:
    lines = "".join(f"Q{n},9000020252018,{n},3\n" for n in range(40))
    unused = found(routes=GOOD["routes"] + lines)["route_unused"]
    assert (unused.count, len(unused.examples)) == (40, 5)
