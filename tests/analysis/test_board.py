"""The board: nothing unknown counts as zero, the worst comes first, what was dealt with stays away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from test_offer import records
from worlds import START, World, changed, worlds

from otsu_maps.analysis import board
from otsu_maps.analysis.board import Action, Row
from otsu_maps.analysis.room import People
from otsu_maps.analysis.situation import Situation
from otsu_maps.ledger.events import written
from otsu_maps.reasons import Reason


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


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_an_open_shelter_that_is_invalid_is_always_on_the_list_and_first(world: World) -> None:
    found, held = rows(world), records(world)
    bad = {each.place_id for each in held if each.validity == "invalid"}
    listed = board.actions(found, world.situation(), held)
    wanted = {f"invalid|{each.place_id}" for each in found if each.openness == "open" and each.place_id in bad}
    keys = [action.key for action in listed]
    assert set(keys[: len(wanted)]) == wanted
    assert len(keys) == len(set(keys))


def test_full_crowded_silent_and_disputed_each_say_so() -> None:
    found = [
        row(place_id="a", band="full", people=People(100, written(START), "counted"), share=1.0),
        row(place_id="b", band="crowded", people=People(85, written(START), "counted"), share=0.85),
        row(place_id="c", silent_since=written(START)),
        row(place_id="d", openness="disputed"),
        row(place_id="e"),
        row(place_id="f", openness="closed", band="full"),
    ]
    listed = board.actions(found, Situation(START), [])
    assert [(action.key, action.reason.code) for action in listed] == [
        ("full|a", "board_full"),
        ("disputed|d", "board_disputed"),
        ("crowded|b", "board_crowded"),
        ("silent|c", "board_silent"),
    ]
    assert all(action.reason.sentence(lang) for action in listed for lang in ("ja", "en"))


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


def test_what_was_dealt_with_goes_last_and_comes_back_when_it_begins_anew() -> None:
    def action(since: str, **task: str) -> Action:
        return Action("full|a", 90, Reason("board_full"), since, task=task or None)

    before, after = written(START), written(START + timedelta(hours=1))
    assert not action(before).is_done and action(before).taken_by is None
    assert action(before, done_at=after).is_done
    assert not action(after, done_at=before).is_done
    assert action(before, assigned_at=after, assigned_to="hq").taken_by == "hq"
    assert action(after, assigned_at=before, assigned_to="hq").taken_by is None


def test_an_order_without_a_place_to_offer_in_its_district_needs_a_decision() -> None:
    order = {"district_id": "D1", "level": 4, "at": written(START)}
    [found] = board.actions([], Situation(START, orders=(order,)), [])
    assert (found.key, found.urgency, found.district_id) == ("no_place|D1", 95, "D1")
    assert board.actions([], Situation(START, orders=({**order, "level": 5},)), []) == [], "at 5 nobody is sent"


def test_a_task_that_nobody_took_is_on_the_list_and_those_of_the_board_itself_are_not() -> None:
    tasks = (
        {"key": "t1", "title": "毛布", "raised_at": written(START)},
        {"key": "full|a", "title": "x", "raised_at": "1"},
    )
    [found] = board.actions([], Situation(START, tasks=tasks), [])
    assert found.key == "t1" and "毛布" in found.reason.sentence("ja")


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_no_number_of_people_changes_with_the_contact_to_warnings(world: World) -> None:
    one, other = (board.totals(rows(changed(world, is_heard=heard)), []) for heard in (True, False))
    assert one == other
