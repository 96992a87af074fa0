"""Travel times on their page: three ways to ask, what is closed, and that the area drawn is what the figures say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from app_page import opened, texts

from otsu_maps import geo
from otsu_maps.i18n import say
from otsu_maps.transit import places
from otsu_maps.transit import travel as search
from otsu_maps.transit.raptor import NEVER
from otsu_maps.ui import data, timetables, travel, travel_answers
from otsu_maps.ui.travel_answers import ARRIVE, LEAVE, WAYS, WINDOW, Asked

EIGHT = 8 * 3600


@pytest.fixture
def snapshot_id(folder: Path) -> str:
    return data.snapshot().id


def asked(way: str, **more: object) -> Asked:
    place = next(stop for stop in data.stops(data.snapshot().id) if stop["name_ja"] == "石山駅前")
    return Asked(place["lon"], place["lat"], "石山駅前", "weekday", way, 3600, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_ask_is_answered_with_people_districts_and_a_last_bus(
    snapshot_id: str, way: str, lang: str
) -> None:
    app = opened("travel", lang, way=way)
    assert not app.exception
    answer = travel_answers.answer(snapshot_id, asked(way), EIGHT)
    assert answer.pieces_s is not None
    people = travel.people(snapshot_id, answer, [60])
    assert people is not None and f"**{people.iloc[0]['population_persons']:,}" in texts(app)
    bands, districts = (each.value for each in app.dataframe)
    assert len(bands) == travel.BANDS and len(districts) == len(data.districts(snapshot_id))
    assert say("travel.no_rail", lang) in texts(app)


@pytest.mark.parametrize("way", WAYS)
def test_the_area_on_the_map_holds_those_who_are_counted_and_nobody_else(snapshot_id: str, way: str) -> None:
    residents, limit = data.residents(snapshot_id), 45
    assert residents is not None
    answer = travel_answers.answer(snapshot_id, asked(way), EIGHT)
    [area] = geo.shapes_in_metres(travel_answers.shapes(snapshot_id, asked(way), EIGHT, (limit,)), residents.plane_epsg)
    middles = shapely.centroid(residents.shapes)
    assert answer.pieces_s is not None
    is_reached = answer.pieces_s <= limit * 60
    assert 0 < is_reached.sum() < len(is_reached)
    rounding_m = 10.0  # discs of a few corners, and whole seconds
    assert shapely.within(middles[is_reached], shapely.buffer(area, rounding_m)).all()
    assert not shapely.within(middles[~is_reached], shapely.buffer(area, -rounding_m)).any()


def test_a_longer_time_reaches_more_and_a_suspended_line_never_more(snapshot_id: str) -> None:
    routes = timetables.timetable(snapshot_id).routes["route_id"]
    whole = travel_answers.answer(snapshot_id, asked(LEAVE), EIGHT)
    less = travel_answers.answer(snapshot_id, asked(LEAVE, without=tuple(routes)), EIGHT)
    assert whole.pieces_s is not None and less.pieces_s is not None
    assert (whole.pieces_s <= less.pieces_s).all() and (whole.pieces_s < less.pieces_s).any()
    counts = [(whole.pieces_s <= minutes * 60).sum() for minutes in (15, 30, 45, 60)]
    assert counts == sorted(counts)
    assert (less.last_s[~less.on_foot] == -NEVER).all(), "without a line nobody comes home but on foot"


def test_stops_inside_a_closed_zone_are_left_out(snapshot_id: str) -> None:
    found = {
        row["hazard"]: travel_answers.answer(snapshot_id, asked(LEAVE, zones=(row["hazard"], row["scale"])), EIGHT)
        for row in data.hazard_maps(snapshot_id)
    }
    whole = travel_answers.answer(snapshot_id, asked(LEAVE), EIGHT)
    assert all((whole.stops_s <= each.stops_s).all() for each in found.values())
    assert any((whole.stops_s < each.stops_s).any() for each in found.values())


def test_the_last_departure_home_is_the_last_one_by_which_one_still_arrives(snapshot_id: str) -> None:
    answer = travel_answers.answer(snapshot_id, asked(LEAVE), EIGHT)
    by_bus = np.flatnonzero((answer.last_s > -NEVER) & ~answer.on_foot)
    assert len(by_bus)
    net = timetables.network(snapshot_id, "weekday", travel_answers.WALKING)
    place = places.at_place(net, asked(LEAVE).lon, asked(LEAVE).lat)
    targets = places.places(net, *zip(*travel_answers.middles(snapshot_id).values(), strict=True))
    for i in by_bus[:5].tolist():
        last_s = int(answer.last_s[i])
        there, later = (
            search.earliest(net, place, at_s, within_s=20 * 3600).places_s(targets)[i] for at_s in (last_s, last_s + 1)
        )
        assert there < NEVER and (later == NEVER or later > 4 * 3600), "until the first bus of the morning"


def test_who_can_be_here_by_nine_leaves_earlier_than_nine(snapshot_id: str) -> None:
    answer = travel_answers.answer(snapshot_id, asked(ARRIVE), 9 * 3600)
    reached = answer.districts_s < NEVER
    assert reached.any() and (answer.districts_s[reached] <= 3600).all()


def test_a_slow_minute_takes_no_less_than_the_median_and_a_planned_one_no_more(snapshot_id: str) -> None:
    found = travel_answers.answer(snapshot_id, asked(WINDOW), EIGHT).by_district
    assert (found["slow"] >= found["median"]).all()
    both = (found["median"] < NEVER) & (found["planned"] < NEVER)
    assert both.any() and (found["planned"][both] <= found["median"][both]).all()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_a_timetable_it_says_what_to_do(bare: None, lang: str) -> None:
    app = opened("travel", lang)
    assert not app.exception and say("travel.none", lang) in texts(app)
