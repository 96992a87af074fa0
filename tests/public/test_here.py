"""What a visitor at a station is told: the nearest places that are offered, and nothing at alert level 5."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import shapely
import statuses
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps import config
from otsu_maps.analysis import ground as grounds
from otsu_maps.analysis.ground import Ground
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.situation import Situation
from otsu_maps.public import here, page, words
from otsu_maps.public.here import Here, Near, Start

SOUTH, NORTH = AREAS = ("2520101", "2520102")
LON, LAT = 135.9, 35.0
NOON = datetime(2026, 11, 24, 3)
ISHIYAMA = Start("石山", "いしやま", "Ishiyama", LON, LAT)
STATION = {"station_id": "1", "name_ja": "石山", "name_kana": None, "name_en": None, "lon": LON, "lat": LAT}


def box(size_m: float, east_m: float = 0, north_m: float = 0) -> bytes:
    """A square of land around a spot so many metres from the station."""
    lon, lat = spot(east_m, north_m)
    half = size_m / 2 / 100_000
    return bytes(shapely.to_wkb(shapely.box(lon - half, lat - half, lon + half, lat + half)))


def spot(east_m: float, north_m: float) -> tuple[float, float]:
    return LON + east_m / (111_320 * math.cos(math.radians(LAT))), LAT + north_m / 110_950


def town(water: Sequence[bytes] = ()) -> Ground:
    return grounds.ground(
        config.read_city("otsu").plane_epsg,
        districts=[{"district_id": "D1", "geom": box(20_000)}],
        areas=[{"area_code": SOUTH, "geom": box(20_000)}],
        zones=[],
        water=water,
        rivers=[],
    )


TOWN = town()


def record(number: int, east_m: float, north_m: float, **more: Any) -> PlaceStatus:
    lon, lat = spot(east_m, north_m)
    facts: dict[str, Any] = {
        "place_id": f"p-{number:03}",
        "place_kind": "shelter",
        "name_ja": f"第{number}小学校",
        "name_en": None,
        "district_id": "D1",
        "area": SOUTH,
        "openness": "open",
        "validity": "valid",
        "reasons": (),
        "room": "yes",
        "level": 0,
        "is_for_all": True,
        "accepts_ja": None,
        "heard_at": None,
    }
    return PlaceStatus(lon=lon, lat=lat, **(facts | more))


def told(records: Sequence[PlaceStatus], ground: Ground = TOWN, **more: Any) -> Here:
    situation = Situation(at=NOON, is_heard=True, **more)
    [found] = here.around(here.starts([STATION], ground), ground, situation, records, (), AREAS)
    return found


def ids(found: Here) -> list[str]:
    return [near.place_id for near in found.near]


def test_the_five_nearest_those_with_room_before_those_of_which_nobody_knows() -> None:
    ring = [record(n, 0, 200 * n, room="unknown" if n == 1 else "yes") for n in range(1, 8)]
    assert ids(told(ring)) == ["p-002", "p-003", "p-004", "p-005", "p-001"]


def test_room_far_away_does_not_push_out_what_is_near() -> None:
    near = [record(n, 0, 100 * n, room="unknown") for n in range(1, 6)]
    assert "p-009" not in ids(told([*near, record(9, 0, 9_000)]))


@pytest.mark.parametrize(
    ("east_m", "north_m", "direction"),
    [(0, 9, "n"), (9, 9, "ne"), (9, 0, "e"), (9, -9, "se"), (0, -9, "s"), (-9, -9, "sw"), (-9, 0, "w"), (-9, 9, "nw")],
)
def test_each_has_its_direction_its_metres_and_its_minutes(east_m: int, north_m: int, direction: str) -> None:
    [near] = told([record(1, 100 * east_m, 100 * north_m)]).near
    assert near.direction == direction
    assert near.distance_m == pytest.approx(100 * math.hypot(east_m, north_m), rel=0.01)
    assert near.able_min == math.ceil(near.distance_m / 60) and near.infirm_min >= near.able_min


def test_where_the_near_ones_lie_across_the_lake_those_farther_away_are_told() -> None:
    lake = town(water=[box(1_000, 800)])
    across = [record(n, 1_500, 10 * n) for n in range(1, 30)]
    assert ids(told([*across, record(90, -4_000, 0), record(91, -4_500, 0)], lake)) == ["p-090", "p-091"]


def test_nobody_is_sent_across_the_lake() -> None:
    lake = town(water=[box(200, 500)])
    assert ids(told([record(1, 1_000, 0), record(2, -2_000, 0)], lake)) == ["p-002"]


@pytest.mark.parametrize(("ordered", "expected"), [(4, ["p-001"]), (5, [])])
def test_at_level_5_nobody_is_sent_anywhere(ordered: int, expected: list[str]) -> None:
    found = told([record(1, 0, 500)], orders=({"district_id": "D1", "level": ordered},))
    assert (found.level, ids(found)) == (ordered, expected)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_goes_on_only_places_that_are_offered_are_told(data: st.DataObject) -> None:
    records = [
        record(
            number,
            data.draw(st.integers(-3_000, 3_000)),
            data.draw(st.integers(-3_000, 3_000)),
            openness=data.draw(st.sampled_from(["open", "always_open", "paused", "closed", "disputed", "unknown"])),
            validity=data.draw(st.sampled_from(["valid", "invalid", "unknown"])),
            room=data.draw(st.sampled_from(["yes", "unknown", "full"])),
            level=data.draw(st.integers(0, 5)),
            is_for_all=data.draw(st.booleans()),
        )
        for number in range(data.draw(st.integers(0, 12)))
    ]
    assert set(ids(told(records))) <= {each.place_id for each in records if each.is_offered}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-4_000, 4_000), st.integers(-4_000, 4_000)), max_size=120, unique=True))
def test_to_look_at_near_ones_first_changes_nothing(spots: list[tuple[int, int]]) -> None:
    lake = town(water=[box(1_200, 700), box(1_200, -900, -900)])
    records = [record(n, *spot) for n, spot in enumerate(spots)]
    everyone = grounds.advice_at(LON, LAT, lake, Situation(at=NOON, is_heard=True), records, (), AREAS, most=200)
    nearest = sorted(way.distance_m for way in everyone.ways)[: here.MOST]
    assert [near.distance_m for near in told(records, lake).near] == nearest


def test_platforms_of_a_station_are_one_and_stations_outside_the_city_are_none() -> None:
    def station(name: str, east_m: float, name_en: str | None = None) -> dict[str, Any]:
        lon, lat = spot(east_m, 0)
        return {"name_ja": name, "name_kana": None, "name_en": name_en, "lon": lon, "lat": lat}

    rows = [station("石山", 0), station("石山", 100, "Ishiyama"), station("石山", 3_000), station("京都", 60_000)]
    found = here.starts(rows, TOWN)
    assert [(start.name_ja, start.name_en) for start in found] == [("石山", "Ishiyama"), ("石山", None)]


# The page


def near(place_id: str) -> Near:
    return Near(place_id, "ne", 1_250, 21, 42)


def shown(lang: str = "ja", level: int = 0, near_ids: Sequence[str] = ("p-001",), **more: Any) -> str:
    found = Here(ISHIYAMA, level, tuple(map(near, near_ids)))
    return here.pages(statuses.status(NOON, **more), [found], words.CODES)[here.name(lang, ISHIYAMA)]


def test_the_list_leads_to_the_page_of_the_station_and_that_to_the_places() -> None:
    made = here.pages(statuses.status(NOON), [Here(ISHIYAMA, 0, (near("p-001"),))], ("ja", "en"))
    assert len(made) == 4
    own = here.name("en", ISHIYAMA)
    assert f'href="{own}">Ishiyama Station <span lang="ja">石山駅</span></a>' in made[here.name("en")]
    assert "<h1>Ishiyama Station (石山駅)</h1>" in made[own]
    assert "north-east, about 1,250 m, 21 min on foot (slow walkers: 42 min)" in made[own]
    assert "No route was checked" in made[own] and "Has room" in made[own]


@pytest.mark.parametrize(
    ("lang", "start", "title"),
    [
        ("ja", ISHIYAMA, "石山駅"),
        ("ja-easy", ISHIYAMA, "石山（いしやま）駅（えき）"),
        ("ja-easy", replace(ISHIYAMA, name_kana=None), "石山駅（えき）"),
        ("vi", ISHIYAMA, "Ga Ishiyama (石山駅)"),
        ("en", replace(ISHIYAMA, name_en=None), "石山駅"),
    ],
)
def test_readings_and_latin_names_stand_where_the_source_has_them(lang: str, start: Start, title: str) -> None:
    made = here.pages(statuses.status(NOON), [Here(start, 0, ())], (lang,))
    assert f"<h1>{title}</h1>" in made[here.name(lang, start)]


def test_two_stations_of_one_name_have_two_pages() -> None:
    other = replace(ISHIYAMA, lon=LON + 0.1)
    made = here.pages(statuses.status(NOON), [Here(ISHIYAMA, 0, ()), Here(other, 0, ())], ("ja",))
    assert len(made) == 3


@pytest.mark.parametrize("lang", words.CODES)
def test_every_language_has_the_page_with_its_marks(lang: str) -> None:
    text = shown(lang)
    assert f'<html lang="{words.language(lang).tag}"' in text
    assert ("未校閲" in text) == (words.language(lang).mark is not None)
    assert not re.search(r"\{\w+\}|here\.\w+ |direction\.", text.split("<main>")[1])


def test_a_place_that_the_status_does_not_offer_is_not_on_the_page() -> None:
    text = shown(near_ids=("p-011", "p-012", "p-013", "p-014", "p-404"))
    assert "小学校" not in text and words.tell("here.none", "ja") in text


def test_at_level_5_the_page_says_what_saves_a_life_and_names_no_place() -> None:
    text = shown(level=5)
    assert "小学校" not in text and words.tell("do.level_5", "ja") in text and "警戒レベル5" in text


def test_silence_of_the_warnings_is_said_first() -> None:
    body = shown(is_heard=False).split("<main>")[1]
    assert body.index("警報の情報が届いていません") < body.index("小学校")
    never = shown(is_heard=False, heard_at=None)
    assert words.tell("warned.never_heard", "ja") in never


def test_a_drill_is_marked() -> None:
    assert words.tell("page.drill", "ja") in shown(mode="drill")


def test_names_cannot_write_html() -> None:
    bad = replace(ISHIYAMA, name_ja="<b>石山", name_en="A&B")
    status = statuses.status(NOON, places=(statuses.place(1, name_ja='<script src="//x">'),))
    text = "".join(here.pages(status, [Here(bad, 0, (near("p-001"),))], ("en",)).values())
    assert "<b>石山" not in text and "A&amp;B" in text and '<script src="' not in text


def test_each_page_is_small_enough_for_a_thin_line() -> None:
    places = tuple(statuses.place(n) for n in range(5))
    stations = [
        Here(Start(f"びわ湖浜大津{n}", None, None, LON, LAT), 4, tuple(near(place.place_id) for place in places))
        for n in range(60)
    ]
    for file, text in here.pages(statuses.status(NOON, places=places), stations, words.CODES).items():
        assert len(text.encode()) < page.LARGEST_BYTES, (file, len(text.encode()))
