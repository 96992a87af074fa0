"""What somebody is told and where they are sent, on a plane with a lake, a river and zones; by example, then random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from telling import AREAS, NORTH, RULES, SOUTH, at, row, shelter, situation

from otsu_maps.analysis import offer
from otsu_maps.analysis.advice import Advice, Barriers, Origin, advice
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.validity import Zone
from otsu_maps.formats import jma_codes
from otsu_maps.geo import to_metres
from otsu_maps.i18n import languages
from otsu_maps.reasons import Reason

LON, LAT, PLANE = 135.9, 35.0, 6674
[(X, Y)] = to_metres([LON], [LAT], PLANE)
NOON, NIGHT = datetime(2026, 11, 24, 3), datetime(2026, 11, 24, 13)
"""Noon and ten in the evening in Japan."""

COUNTED = {"people": 1, "at": at(0), "method": "tally"}
[GOOD] = offer.statuses([row()], [], situation(shelters={"p": shelter(head_count=COUNTED)}), RULES, AREAS)
FLOOD = Danger("flood", "in_force", SOUTH)
NOTHING = Barriers(PLANE, shapely.union_all([]), shapely.union_all([]), {})


def place(place_id: str, east_m: float = 0, north_m: float = 600, **more: Any) -> PlaceStatus:
    """An offered place so many metres from the origin."""
    lon = LON + east_m / (111_320 * math.cos(math.radians(LAT)))
    return replace(GOOD, place_id=place_id, lon=lon, lat=LAT + north_m / 110_950, **more)


def box(west: float, south: float, east: float, north: float) -> Any:
    """A rectangle around the origin, metres."""
    return shapely.box(X + west, Y + south, X + east, Y + north)


def in_zones(hazard: str, *polygons: Any) -> Barriers:
    return replace(NOTHING, zones={hazard: np.array(polygons, dtype=object)})


def told(
    records: Sequence[PlaceStatus] = (),
    dangers: Sequence[Danger] = (),
    barriers: Barriers = NOTHING,
    *,
    level: int = 0,
    ordered: int = 0,
    is_heard: bool = True,
    moment: datetime = NOON,
    zones: dict[str, Zone] | None = None,
    **more: Any,
) -> Advice:
    origin = Origin(LON, LAT, SOUTH, "D1", zones or {}, level)
    return advice(origin, records, dangers, barriers, ordered, is_heard, moment, **more)


def codes(found: Advice) -> list[str]:
    return [reason.code for reason in found.says]


def ways(found: Advice) -> list[str]:
    return [way.place.place_id for way in found.ways]


# What is said


def test_what_is_said_in_its_order() -> None:
    wet = {"flood": Zone(None, 1)}
    found = told([place("a")], [FLOOD], level=4, ordered=3, zones=wet)
    assert codes(found) == [
        "advice_order_3",
        "advice_warned",
        "advice_relatives",
        "advice_upstairs",
        "advice_straight",
    ]
    assert found.says[1].params == {"level": 4} and found.level == 4


@pytest.mark.parametrize(
    ("ordered", "first"), [(0, "advice_order_first"), (3, "advice_order_3"), (4, "advice_order_4")]
)
def test_the_order_of_the_city_comes_first_always(ordered: int, first: str) -> None:
    for level, is_heard, records in product(range(5), (True, False), ([], [place("a")])):
        found = told(records, [FLOOD], level=max(level, ordered), ordered=ordered, is_heard=is_heard)
        assert codes(found)[0] == first
        assert [code for code in codes(found) if code.startswith("advice_order")] == [first]


def test_a_warning_is_told_as_one_where_it_is_above_the_order() -> None:
    for level, ordered in product(range(5), (0, 3, 4)):
        assert ("advice_warned" in codes(told(level=max(level, ordered), ordered=ordered))) == (level > ordered)


def test_in_silence_the_level_is_unknown_and_no_level_is_told() -> None:
    for level in range(5):
        said = codes(told(level=level, is_heard=False))
        assert "advice_silent" in said and "advice_warned" not in said
    assert "advice_silent" not in codes(told())


def test_relatives_and_hotels_are_named_from_level_3() -> None:
    assert [level for level in range(5) if "advice_relatives" in codes(told(level=level))] == [3, 4]


def test_without_a_way_that_is_said_and_with_one_that_no_route_was_checked() -> None:
    assert codes(told())[-1] == "advice_nowhere"
    assert codes(told([place("a")]))[-1] == "advice_straight"


@pytest.mark.parametrize("ordered", [0, 3, 4, 5])
def test_at_level_5_one_sentence_and_no_ways(ordered: int) -> None:
    for level in (5, 0) if ordered == 5 else (5,):
        found = told([place("a")], [FLOOD], level=level, ordered=ordered, zones={"flood": Zone(None, 0)})
        assert (found.level, codes(found), found.ways) == (5, ["advice_life_in_danger"], ())


def test_a_warning_of_level_4_is_never_worded_as_an_order_of_the_city() -> None:
    """避難指示 is the city's word alone: every sentence that can be said without that order, in every language."""
    reasons: list[Reason] = []
    inside: list[dict[str, Zone]] = [{}, {"flood": Zone(None, 1)}]
    for level, ordered, is_heard, zones, records in product(
        range(6), (0, 3), (True, False), inside, ([], [place("a")])
    ):
        found = told(records, [FLOOD], level=max(level, ordered), ordered=ordered, is_heard=is_heard, zones=zones)
        reasons += found.says
    assert len({reason.code for reason in reasons}) == 9
    sentences = {reason.sentence(lang) for reason in reasons for lang in languages()}
    tables = (jma_codes.LEVELLED, jma_codes.OLDER, jma_codes.RIVER, jma_codes.LANDSLIDE_ALERT)
    names = {meaning.name for table in tables for meaning in table.values()} | {*jma_codes.RIVER_NAMES}
    assert [each for each in (sentences | names) if "避難指示" in each or "instruction" in each.lower()] == []
    order = told(level=4, ordered=4).says[0]
    assert "避難指示" in order.sentence("ja") and "Instruction" in order.sentence("en")


# Upstairs


@pytest.mark.parametrize(
    ("hazards", "zones", "may_stay"),
    [
        ("flood", {"flood": 0}, True),
        ("flood", {"flood": 1}, True),
        ("flood", {"flood": 2}, False),
        ("flood", {"flood": -1}, False),
        ("flood", {}, False),
        ("inland_flood", {"inland_flood": 1}, True),
        ("flood inland_flood", {"flood": 1, "inland_flood": 1}, True),
        ("flood inland_flood", {"flood": 2, "inland_flood": 1}, False),
        ("flood inland_flood", {"inland_flood": 1}, True),
        ("inland_flood", {"flood": 1}, False),
        ("", {"flood": 1}, False),
        ("flood landslide", {"flood": 1}, True),
        ("flood landslide", {"flood": 1, "landslide": -1}, False),
        ("landslide", {}, False),
        ("flood earthquake", {"flood": 1}, False),
        ("flood large_fire", {"flood": 1}, False),
        ("flood landslide tsunami", {"flood": 1}, False),
    ],
)
@pytest.mark.parametrize("why", ["in_force", "silent"])
def test_staying_upstairs_is_named_only_in_shallow_water_and_with_no_other_danger(
    hazards: str, zones: dict[str, int], may_stay: bool, why: str
) -> None:
    dangers = [Danger(hazard, why) for hazard in hazards.split()]
    inside = {hazard: Zone(None, step) for hazard, step in zones.items()}
    assert ("advice_upstairs" in codes(told([], dangers, level=3, zones=inside))) is may_stay
    assert "advice_upstairs" not in codes(told([], dangers, level=2, zones=inside))


def test_only_dangers_that_reach_the_origin_speak_for_or_against_staying() -> None:
    inside = {"flood": Zone(None, 1)}
    elsewhere = Danger("earthquake", "declared", NORTH)
    for other in (elsewhere, Danger("earthquake", "declared", None, "D2")):
        assert "advice_upstairs" in codes(told([], [FLOOD, other], level=3, zones=inside))
    assert "advice_upstairs" not in codes(told([], [replace(FLOOD, area=NORTH)], level=3, zones=inside))


# How far


def test_metres_and_minutes_of_those_who_walk_well_and_those_who_do_not_by_day_and_by_night() -> None:
    [day] = told([place("a", 0, 600)]).ways
    [night] = told([place("a", 0, 600)], moment=NIGHT).ways
    assert day.distance_m == night.distance_m == pytest.approx(600, abs=2)
    assert (day.able_min, day.infirm_min) == (math.ceil(day.distance_m / 60), math.ceil(day.distance_m / 30))
    assert (night.able_min, night.infirm_min) == (math.ceil(day.distance_m / 48), math.ceil(day.distance_m / 24))


@pytest.mark.parametrize(("hour", "is_day"), [(5, False), (6, True), (17, True), (18, False)])
def test_day_is_from_six_to_six_here(hour: int, is_day: bool) -> None:
    moment = datetime(2026, 11, 24, hour) - timedelta(hours=9)
    [way] = told([place("a", 0, 580)], moment=moment).ways
    assert way.able_min == (10 if is_day else 13)


def test_minutes_are_rounded_up() -> None:
    [near] = told([place("a", 0, 5)]).ways
    assert (near.able_min, near.infirm_min) == (1, 1)


def test_room_comes_first_then_unknown_room_each_by_distance() -> None:
    records = [
        place("far", 0, 900),
        place("near", 0, 100),
        place("who-knows", 0, 50, room="unknown"),
        place("middle", 300, 300),
    ]
    assert ways(told(records)) == ["near", "middle", "far", "who-knows"]
    assert ways(told(records, most=2)) == ["near", "middle"]
    assert len(told([place(str(n)) for n in range(9)]).ways) == 5
    assert ways(told([place(n) for n in "cab"])) == ["a", "b", "c"]


def test_what_may_not_be_offered_is_no_way() -> None:
    records = [place("a", validity="unknown"), place("b", room="full"), place("c", level=5), place("d")]
    assert ways(told([*records, place("e", openness="closed")])) == ["d"]


# What lies between


@pytest.mark.parametrize(("thickness", "is_crossed"), [(40, False), (60, True), (400, True)])
def test_a_line_over_a_lake_is_left_out(thickness: float, is_crossed: bool) -> None:
    lake = replace(NOTHING, water=box(-500, 100, 500, 100 + thickness))
    assert ways(told([place("a"), place("b", 400, 0)], barriers=lake)) == (["b"] if is_crossed else ["b", "a"])


def test_a_line_over_a_river_is_left_out() -> None:
    river = shapely.LineString([(X - 500, Y + 300), (X + 500, Y + 300)])
    assert ways(told([place("a"), place("b", 0, -600)], barriers=replace(NOTHING, rivers=river))) == ["b"]


@pytest.mark.parametrize("why", ["in_force", "lifted", "declared", "unknown_code", "silent"])
def test_a_line_through_a_zone_of_a_hazard_that_may_be_on_is_left_out(why: str) -> None:
    barriers = in_zones("flood", box(-500, 200, 500, 300))
    records = [place("a"), place("b", 0, -600)]
    assert ways(told(records, [Danger("flood", why)], barriers)) == ["b"]
    assert ways(told(records, [Danger("landslide", why)], barriers)) == ["a", "b"]
    assert ways(told(records, [], barriers)) == ["a", "b"]


@pytest.mark.parametrize("hazard", ["flood", "landslide"])
def test_of_several_hazards_each_is_looked_at(hazard: str) -> None:
    barriers = in_zones(hazard, box(-500, 200, 500, 300))
    assert ways(told([place("a")], [FLOOD, Danger("landslide", "in_force")], barriers)) == []


def test_a_zone_of_a_hazard_that_is_on_elsewhere_is_not_crossed_either() -> None:
    barriers = in_zones("flood", box(-500, 200, 500, 300))
    assert ways(told([place("a")], [replace(FLOOD, area=NORTH)], barriers)) == []


def test_a_line_that_ends_in_a_zone_is_left_out() -> None:
    assert ways(told([place("a")], [FLOOD], in_zones("flood", box(-50, 550, 50, 650)))) == []


def test_a_hazard_without_zones_here_blocks_nothing() -> None:
    for polygons in ((), (box(600, 600, 700, 700),)):
        assert ways(told([place("a")], [FLOOD], in_zones("flood", *polygons))) == ["a"]


def test_who_stands_in_a_zone_may_leave_it_but_not_enter_another_or_the_same_again() -> None:
    around = box(-100, -100, 100, 200)
    assert ways(told([place("a")], [FLOOD], in_zones("flood", around))) == ["a"]
    assert ways(told([place("a")], [FLOOD], in_zones("flood", around, box(-100, 150, 100, 250)))) == ["a"]
    assert ways(told([place("a")], [FLOOD], in_zones("flood", around, box(-100, 300, 100, 400)))) == []
    assert ways(told([place("a")], [FLOOD], in_zones("flood", box(-100, 300, 100, 400), around))) == []
    assert ways(told([place("a")], [FLOOD], in_zones("flood", around, box(-100, 20, 100, 90), around))) == ["a"]
    bent = shapely.union_all([around, box(100, -100, 300, 0), box(200, 0, 300, 500), box(-100, 400, 300, 500)])
    assert ways(told([place("a")], [FLOOD], in_zones("flood", bent))) == []


@pytest.mark.parametrize(("gap", "is_one"), [(0, True), (0.9, True), (1.1, False), (25, False)])
def test_tiles_of_a_map_are_one_zone(gap: float, is_one: bool) -> None:
    """Water on a map is a thousand cells: from one into the next nobody enters anything again."""
    tiles = [box(-100, south, 100, south + 50 - gap) for south in range(-50, 450, 50)]
    assert ways(told([place("a")], [FLOOD], in_zones("flood", *tiles))) == (["a"] if is_one else [])
    assert ways(told([place("a")], [FLOOD], in_zones("flood", *tiles[::-1]))) == (["a"] if is_one else [])


@pytest.mark.parametrize(("south", "may_leave"), [(-50, True), (0.5, True), (1.5, False)])
def test_somebody_at_the_edge_of_a_zone_stands_in_it(south: float, may_leave: bool) -> None:
    barriers = in_zones("flood", box(-100, south, 100, 200))
    assert ways(told([place("a")], [FLOOD], barriers)) == (["a"] if may_leave else [])


@pytest.mark.parametrize(("depth", "is_crossed"), [(0.9, False), (1.1, True)])
def test_a_line_that_only_touches_a_zone_crosses_none(depth: float, is_crossed: bool) -> None:
    barriers = in_zones("flood", box(-500, 300, 500, 300 + depth))
    assert ways(told([place("a")], [FLOOD], barriers)) == ([] if is_crossed else ["a"])


def test_a_place_where_somebody_stands_is_no_way_at_all() -> None:
    [way] = told([place("a", 0, 0)], [FLOOD], in_zones("flood", box(200, 200, 300, 300))).ways
    assert (way.distance_m, way.able_min, way.infirm_min) == (0, 0, 0)


def test_of_two_zones_at_the_origin_each_may_be_left() -> None:
    barriers = replace(
        NOTHING,
        zones={
            "flood": np.array([box(-100, -100, 100, 200)], dtype=object),
            "landslide": np.array([box(-100, -100, 100, 300), box(-10, 400, 10, 500)], dtype=object),
        },
    )
    assert ways(told([place("a")], [FLOOD], barriers)) == ["a"]
    assert ways(told([place("a")], [FLOOD, Danger("landslide", "silent")], barriers)) == []


# At random


@given(
    level=st.integers(0, 5),
    ordered=st.sampled_from([0, 3, 4, 5]),
    is_heard=st.booleans(),
    hazards=st.lists(st.sampled_from(["flood", "landslide", "earthquake"]), max_size=2),
    spots=st.lists(
        st.tuples(
            st.integers(-800, 800),
            st.integers(-800, 800),
            st.sampled_from(["valid", "unknown", "invalid"]),
            st.sampled_from(["yes", "unknown", "full"]),
            st.sampled_from([0, 4, 5]),
            st.booleans(),
        ),
        max_size=6,
    ),
    thick=st.integers(1, 300),
)
def test_ways_are_always_among_what_is_offered_and_none_at_level_5(
    level: int, ordered: int, is_heard: bool, hazards: list[str], spots: list[tuple[Any, ...]], thick: int
) -> None:
    records = [
        place(str(n), east, north, validity=validity, room=room, level=there, is_for_all=is_for_all)
        for n, (east, north, validity, room, there, is_for_all) in enumerate(spots)
    ]
    barriers = replace(in_zones("flood", box(-900, 100, 900, 100 + thick)), water=box(-900, -400, 900, -300))
    dangers = [Danger(hazard, "in_force", SOUTH) for hazard in hazards]
    level = max(level, ordered)
    found = told(records, dangers, barriers, level=level, ordered=ordered, is_heard=is_heard)
    assert {*ways(found)} <= {record.place_id for record in offer.offered(records)}
    if level == 5:
        assert codes(found) == ["advice_life_in_danger"] and found.ways == ()
    for way in found.ways:
        east, north = spots[int(way.place.place_id)][:2]
        assert way.distance_m == pytest.approx(math.hypot(east, north), abs=4)
        assert north > -399 and ("flood" not in hazards or north < 103)
