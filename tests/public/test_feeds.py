"""Open data of a status: other programs read it, a newsroom is told each change once, no drill passes for real."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import statuses
from small_city import CITY, register

sys.path.append(str(Path(__file__).parents[1] / "analysis"))

from telling import RULES, row, situation

from otsu_maps.formats import evacuation_space
from otsu_maps.formats.reading import Payload
from otsu_maps.public import feeds, news, record, status
from otsu_maps.public.news import News
from otsu_maps.public.record import Order, Status

AT = datetime(2026, 11, 24, 3)
ATOM = "{http://www.w3.org/2005/Atom}"


def csv_of(told: Status) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(feeds.national_csv(told, CITY).removeprefix(feeds.BOM))))


def after(*told: Status) -> News:
    """What is remembered when these statuses came one after the other; each time read back from its file."""
    held: bytes | None = None
    for each in told:
        held = news.told(news.read(held, each), each).model_dump_json().encode()
    return news.read(held, told[-1])


def titles(held: News) -> list[str]:
    return [entry.title for entry in held.entries]


def later(told: Status, minutes: int = 1, **more: Any) -> Status:
    step = timedelta(minutes=minutes)
    return told.model_copy(update={"made_at": told.made_at + step, "valid_until": told.valid_until + step, **more})


# CSV


def test_the_csv_has_the_39_columns_of_the_national_form_and_a_mark_for_spreadsheets() -> None:
    text = feeds.national_csv(statuses.status(AT), CITY)
    assert text.startswith("\ufeff全国地方公共団体コード,ID,名称,名称_カナ,名称_英字,")
    assert len(text.splitlines()[0].split(",")) == len(feeds.COLUMNS) == 39


def test_the_csv_is_read_back_by_whoever_reads_the_national_form() -> None:
    place = row("p", suits=("flood", "earthquake"), name_en="Chuo", address_ja="滋賀県大津市御陵町3-1")
    known = register([place])
    told = status.status(known, status.judged(known, situation(), RULES, CITY), CITY)
    data = feeds.national_csv(told, CITY).encode()
    reading = evacuation_space.read(Payload("252018_evacuation_space.csv", data), "25201")
    assert len(reading.refused) == 0
    lines = reading.frame.to_dict("records")
    assert {line["name_ja"] for line in lines} == {"学校p"}
    assert (lines[0]["upstream_id"], lines[0]["name_en"], lines[0]["lat"], lines[0]["lon"]) == (
        "p",
        "Chuo",
        35.0,
        135.9,
    )
    site = next(line for line in lines if line["is_for_flood"] is not None)
    assert (site["is_for_flood"], site["is_for_earthquake"], site["is_for_landslide"]) == (True, True, False)
    assert site["capacity_persons"] == 100


def test_the_csv_says_of_every_place_what_it_is_now_and_until_when() -> None:
    remarks = {line["ID"]: line["備考"] for line in csv_of(statuses.status(AT))}
    assert remarks["p-001"].startswith("避難できます、空きあり、") and "12:03 まで有効" in remarks["p-001"]
    assert remarks["p-011"].startswith("満員、") and remarks["p-012"].startswith("開いていません、")
    assert remarks["p-013"].startswith("いまの避難先ではありません、土砂災害の想定区域の中です")
    assert remarks["p-014"].startswith("使えるか不明、")


def test_a_name_that_a_spreadsheet_would_run_is_only_shown() -> None:
    place = statuses.place(1, name_ja="=HYPERLINK(1)", address_ja="@x", name_en="+1")
    [line] = csv_of(statuses.status(AT, places=(place,)))
    assert (line["名称"], line["所在地_連結表記"], line["名称_英字"]) == ("'=HYPERLINK(1)", "'@x", "'+1")


# GeoJSON


def test_the_geojson_holds_every_place_lon_before_lat() -> None:
    told = statuses.status(AT)
    whole = json.loads(feeds.geojson(told))
    assert whole["valid_until"] == "2026-11-24T03:03:00Z" and len(whole["features"]) == len(told.places)
    first = whole["features"][0]
    assert first["geometry"]["coordinates"] == [told.places[0].lon, told.places[0].lat]
    assert {f["properties"]["is_offered"] for f in whole["features"] if f["properties"]["state"] != "offered"} == {
        False
    }


# News


def test_what_does_not_change_is_told_once() -> None:
    told = statuses.status(AT)
    held = after(told, *(later(told, minutes) for minutes in (1, 2, 3)))
    assert held == after(told)
    assert len({entry.key for entry in held.entries}) == len(held.entries)


def test_a_level_an_order_and_an_opening_are_each_one_entry() -> None:
    held = after(statuses.status(AT))
    assert "大津市南部：警戒レベル4" in titles(held)
    assert "北町学区：警戒レベル4 避難指示" in titles(held)
    assert "開設：第01小学校体育館" in titles(held)


def test_a_day_on_which_nothing_happens_has_no_news() -> None:
    assert titles(after(statuses.quiet(AT))) == []


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"orders": (Order(district_id="d-1", level=5, since=AT),)}, "北町学区：警戒レベル5 緊急安全確保"),
        ({"orders": ()}, "北町学区：避難情報は解除されました"),
        (
            {"areas": (statuses.area(statuses.SOUTH, 0, AT), statuses.area(statuses.NORTH, 2, AT))},
            "大津市南部：警戒レベルのつく警報なし",
        ),
        ({"is_heard": False}, "大津市南部：警報の情報が届いていません"),
        ({"places": (statuses.place(1, "closed"),)}, "受け入れ終了：第01小学校体育館"),
    ],
)
def test_a_change_is_told_first_and_once(change: dict[str, Any], title: str) -> None:
    told = statuses.status(AT)
    changed = later(told, **change)
    held = after(told, changed, later(changed))
    assert title in titles(held)[: len(held.entries) - len(after(told).entries)]
    assert titles(held).count(title) == 1


def test_what_comes_back_is_told_again_with_a_key_of_its_own() -> None:
    told = statuses.status(AT)
    lifted = later(told, orders=())
    again = later(told, 2, orders=(Order(district_id="d-1", level=4, since=AT + timedelta(minutes=2)),))
    held = after(told, lifted, again)
    assert titles(held).count("北町学区：警戒レベル4 避難指示") == 2
    assert len({entry.key for entry in held.entries}) == len(held.entries)


def test_lost_memory_gives_what_has_a_time_the_same_key_again() -> None:
    told = statuses.status(AT)
    before = {entry.key for entry in after(told).entries if entry.key.startswith(("level", "order"))}
    assert before <= {entry.key for entry in after(later(told, 5)).entries}


@pytest.mark.parametrize("held", [b"", b"{}", b"not json", b'{"world": 1}'])
def test_memory_that_cannot_be_read_is_begun_anew(held: bytes) -> None:
    assert news.read(held, statuses.status(AT)).entries == ()


def test_the_news_stay_a_bounded_list() -> None:
    told = statuses.status(AT, places=tuple(statuses.place(n) for n in range(300)))
    assert len(after(told).entries) == news.LONGEST


def test_a_drill_has_a_feed_of_its_own() -> None:
    real, drill = statuses.status(AT), statuses.drill(AT)
    assert news.world(real) != news.world(drill)
    memory = after(real).model_dump_json().encode()
    assert news.read(memory, drill).entries == ()


def test_the_atom_feed_is_well_formed_and_newest_first() -> None:
    told = statuses.status(AT, places=(statuses.place(1, name_ja="<b>&\"'", since=AT - timedelta(hours=1)),))
    tree = ElementTree.fromstring(feeds.atom(told, after(told).entries, "https://example.jp/"))
    times = [entry.findtext(f"{ATOM}updated") for entry in tree.iter(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True) and tree.findtext(f"{ATOM}updated") == max(times)  # type: ignore[type-var]
    entries = [entry.findtext(f"{ATOM}title") for entry in tree.iter(f"{ATOM}entry")]
    assert "開設：<b>&\"'" in entries
    assert all(link.get("href", "").startswith("https://example.jp/") for link in tree.iter(f"{ATOM}link"))


def test_the_status_is_told_whole() -> None:
    told = statuses.status(AT)
    assert record.load(record.dump(told)) == told
