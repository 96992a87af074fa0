"""Whoever is at no station finds a landmark of their district and, in it, the nearest places that are offered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
import shapely
import statuses

from otsu_maps import config
from otsu_maps.analysis import ground as grounds
from otsu_maps.analysis.ground import Ground
from otsu_maps.db.reader import Snapshot
from otsu_maps.public import here, landmark, page, register, words
from otsu_maps.public.here import Here, Near, Start
from otsu_maps.public.landmark import Landmark
from otsu_maps.public.part import Part
from otsu_maps.queries import landmarks

NOON = datetime(2026, 11, 24, 3)
SOUTH = "2520101"


def square(west: float, south: float, size: float = 0.1) -> bytes:
    return bytes(shapely.to_wkb(shapely.box(west, south, west + size, south + size)))


TOWN: Ground = grounds.ground(
    config.read_city("otsu").plane_epsg,
    districts=[
        {"district_id": "d-1", "geom": square(135.8, 35.0)},
        {"district_id": "d-2", "geom": square(135.9, 35.0)},
    ],
    areas=[{"area_code": SOUTH, "geom": square(135.8, 35.0, 0.2)}],
    zones=[],
    water=[],
    rivers=[],
)


def row(name: str, lon: float = 135.85, lat: float = 35.05, kana: str | None = None, name_en: str | None = None) -> Any:
    return {"name_ja": name, "name_kana": kana, "name_en": name_en, "lon": lon, "lat": lat}


def found(*rows: Any) -> list[tuple[str, str | None]]:
    return [(each.start.name_ja, each.district_id) for each in landmark.landmarks(rows, TOWN)]


def near(place_id: str = "p-001", distance_m: int = 1_250) -> Near:
    return Near(place_id, "ne", distance_m, 21, 42)


def sheets(count: int = 1, level: int = 0, nearest: Sequence[Near] = (near(),)) -> Sequence[landmark.Sheet]:
    held = [Landmark(Start(f"音楽ホール{n:03}", None, None, 135.85, 35.05), "d-1") for n in range(count)]
    return landmark.sheets(held, [Here(each.start, level, tuple(nearest)) for each in held])


def shown(lang: str = "ja", told: Sequence[landmark.Sheet] | None = None, **more: Any) -> str:
    [(_, text)] = landmark.pages(statuses.status(NOON, **more), told or sheets(), (lang,))
    return text.split("<main>")[1]


def test_they_lie_in_the_city_by_district_and_reading() -> None:
    rows = [
        row("い", kana="い"),
        row("城跡", 135.95),
        row("寺", kana="あ"),
        row("隣の市", 136.3),
        row("港", 135.85, 35.3),
    ]
    assert found(*rows) == [("寺", "d-1"), ("い", "d-1"), ("城跡", "d-2")]


def test_what_two_lists_name_stands_once_as_the_first_says_it_and_two_of_one_name_apart() -> None:
    rows = [row("城跡", name_en="Castle"), row("城跡", 135.8505), row("城跡", 135.87)]
    told = landmark.landmarks(rows, TOWN)
    assert [(each.start.name_ja, each.start.name_en) for each in told] == [("城跡", "Castle"), ("城跡", None)]


def test_each_stands_on_one_page_and_no_page_has_too_many() -> None:
    told = sheets(40)
    names = [each.start.name_ja for sheet in told for each in sheet.told]
    assert len(names) == len(set(names)) == 40
    assert max(len(sheet.told) for sheet in told) <= landmark.ON_A_PAGE
    assert len({landmark.name("ja", sheet) for sheet in told}) == len(told) == 3


def test_a_landmark_opens_without_a_script_and_tells_the_three_nearest() -> None:
    ids = [near(f"p-00{n}") for n in range(1, 6)]
    text = shown(told=sheets(nearest=ids))
    assert "<summary><b>音楽ホール000</b></summary>" in text
    assert text.count('<li class="place offered">') == landmark.NEAREST
    assert "北東へ約 1,250 m" in text and "道は確かめていません" in text


def test_who_stands_at_a_place_is_told_so() -> None:
    text = shown(told=sheets(nearest=[near(distance_m=20)]))
    assert words.tell("here.at", "ja") in text and "20 m" not in text


def test_at_level_5_no_place_is_named() -> None:
    text = shown(told=sheets(level=5))
    assert "小学校" not in text and words.tell("do.level_5", "ja") in text


def test_a_place_that_the_status_does_not_offer_is_not_on_the_page() -> None:
    text = shown(told=sheets(nearest=[near("p-011"), near("p-404")]))
    assert "小学校" not in text and words.tell("here.none", "ja") in text


def test_silence_and_drills_are_said() -> None:
    assert words.tell("warned.never_heard", "ja") in shown(is_heard=False, heard_at=None)
    [(_, text)] = landmark.pages(statuses.drill(NOON), sheets(), ("ja",))
    assert words.tell("page.drill", "ja") in text


def test_names_cannot_write_html() -> None:
    start = Start("<b>寺", None, "A&B", 135.85, 35.05)
    told = landmark.sheets([Landmark(start, "<i>")], [Here(start, 0, ())])
    for lang in words.CODES:
        [(_, text)] = landmark.pages(statuses.status(NOON), told, (lang,))
        assert "<b>寺" not in text and "<i>" not in text.split("<main>")[1]


@pytest.mark.parametrize("lang", words.CODES)
def test_every_language_has_it_and_the_fullest_page_is_small_enough_for_a_thin_line(lang: str) -> None:
    long = "大津市立北町総合福祉会館及び北町児童センター"
    places = tuple(statuses.place(n, name_ja=long, name_en="A name in Latin letters " * 2) for n in range(5))
    ids = [near(f"p-00{n}") for n in range(3)]
    for sheet in sheets(landmark.ON_A_PAGE, level=4, nearest=ids):
        [(_, text)] = landmark.pages(statuses.drill(NOON).model_copy(update={"places": places}), [sheet], (lang,))
        assert f'<html lang="{words.language(lang).tag}"' in text
        assert not re.search(r"\{\w+\}|here\.\w+ |direction\.", text.split("<main>")[1])
        assert len(text.encode()) < page.LARGEST_BYTES


def test_the_list_of_stations_leads_to_every_page() -> None:
    told = sheets(20)
    part = Part(statuses.status(NOON), "en")
    made = here.pages(part.status, (), ("en",), lambda part: landmark.links(part, told))[here.name("en")]
    assert all(f'href="{landmark.name("en", sheet)}"' in made for sheet in told)
    assert landmark.links(part, ()) == ""


def test_the_demo_has_grounds_of_shelters_and_places_of_events(demo: Snapshot) -> None:
    rows = landmarks.landmarks(demo)
    names = {row["name_ja"] for row in rows}
    assert {"日吉大社", "小松市民センター"} <= names
    known = register.read(demo, config.read_city("otsu")).landmarks
    assert len(known) > 80 and all(each.district_id for each in known)
    assert len({each.start.key for each in known}) == len(known)
