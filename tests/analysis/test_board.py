"""The board: nothing unknown counts as zero."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from test_offer import records
from worlds import START, World, changed, worlds

from otsu_maps.analysis import board
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.room import People
from otsu_maps.analysis.situation import Situation
from otsu_maps.ledger.events import written


def rows(world: World) -> list[Row]:
    held = [{**place, "premises_id": place["place_id"]} for place in world.places]
    situation = world.situation()
    shelters = {key: {"provisional": None, **about} for key, about in situation.shelters.items()}
    return board.rows(Situation(**{**vars(situation), "shelters": shelters}), records(world), held, world.rules)


def row(**more: Any) -> Row:
    about: dict[str, Any] = {
        "place_id": "p",
        "name": "学校",
        "record": None,
        "openness": "open",
        "people": People(10, written(START), "counted"),
        "capacity_persons": 100,
        "share": 0.1,
        "band": "free",
        "heard_at": written(START),
        "silent_since": None,
        "district_id": None,
    }
    return Row(**{**about, **more})


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_the_sum_of_people_is_of_open_shelters_with_a_number_and_unknown_is_none(world: World) -> None:
    found = rows(world)
    sums = board.totals(found, [])
    known = [each.people.people for each in found if each.openness == "open" and each.people.people is not None]
    assert sums.counted == len(known)
    assert sums.people == (sum(known) if known else None)
    assert sums.outside is None
    assert sums.open == sum(each.openness == "open" for each in found)


def test_a_shelter_is_silent_from_one_second_after_the_limit_on() -> None:
    about = {
        "status": "open",
        "heard_at": written(START),
        "provisional": None,
        "head_count": None,
        "checked_in": None,
        "capacity": None,
    }
    base = World((), (), (), True)
    for seconds, is_silent in ((3600, False), (3601, True)):
        situation = Situation(START + timedelta(seconds=seconds), shelters={"x": about})
        [found] = board.rows(situation, [], [], base.rules)
        assert (found.silent_since is not None) == is_silent
        assert found.people.people is None and found.band == "unknown" and found.share is None


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_no_number_of_people_changes_with_the_contact_to_warnings(world: World) -> None:
    one, other = (board.totals(rows(changed(world, is_heard=heard)), []) for heard in (True, False))
    assert one == other
