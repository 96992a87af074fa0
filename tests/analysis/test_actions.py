"""What needs a decision: each trouble with its reason, the most urgent first, in the hands of who took it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from test_board import records, row, rows
from worlds import START, World, worlds

from otsu_maps.analysis.actions import Action, actions
from otsu_maps.analysis.forecast import Forecast, Outlook
from otsu_maps.analysis.lines import minute
from otsu_maps.analysis.reach import Reach
from otsu_maps.analysis.room import People
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.supplies import Rates, stocks
from otsu_maps.ledger.events import written


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_an_open_shelter_that_is_invalid_is_always_on_the_list_and_first(world: World) -> None:
    found, held = rows(world), records(world)
    bad = {each.place_id for each in held if each.validity == "invalid"}
    listed = actions(found, world.situation(), held)
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
    listed = actions(found, Situation(START), [])
    assert [(action.key, action.reason.code) for action in listed] == [
        ("full|a", "board_full"),
        ("disputed|d", "board_disputed"),
        ("crowded|b", "board_crowded"),
        ("silent|c", "board_silent"),
    ]
    assert all(action.reason.sentence(lang) for action in listed for lang in ("ja", "en"))


def test_what_was_dealt_with_goes_last_and_comes_back_when_it_is_still_so() -> None:
    full = row(place_id="a", band="full", people=People(100, written(START), "counted"), share=1.0)

    def after(minutes: float, **task: str) -> Action:
        tasks = ({"key": "full|a", **task},)
        at = START + timedelta(minutes=minutes)
        newest = replace(full, people=People(100, written(at), "counted"))
        [found] = actions([newest], Situation(at, tasks=tasks), [])
        return found

    assert not after(1).is_done and after(1).taken_by is None
    assert after(29, done_at=written(START)).is_done, "a new count does not undo it at once"
    assert not after(31, done_at=written(START)).is_done, "still full half an hour later"
    taken = {"assigned_at": written(START), "assigned_to": "hq"}
    assert after(179, **taken).taken_by == "hq"
    assert after(181, **taken).taken_by is None, "of another time"
    assert after(5, **taken, done_at=written(START + timedelta(minutes=1))).taken_by is None


def test_what_can_kill_comes_back_with_the_next_word_of_it() -> None:
    order = {"district_id": "D1", "level": 4, "at": written(START + timedelta(minutes=2))}
    tasks = ({"key": "no_place|D1", "done_at": written(START + timedelta(minutes=1))},)
    [found] = actions([], Situation(START + timedelta(minutes=3), orders=(order,), tasks=tasks), [])
    assert not found.is_done


def test_an_order_without_a_place_to_offer_in_its_district_needs_a_decision() -> None:
    order = {"district_id": "D1", "level": 4, "at": written(START)}
    [found] = actions([], Situation(START, orders=(order,)), [])
    assert (found.key, found.urgency, found.district_id) == ("no_place|D1", 95, "D1")
    assert actions([], Situation(START, orders=({**order, "level": 5},)), []) == [], "at 5 nobody is sent"


def test_a_task_that_nobody_took_is_on_the_list_and_those_of_the_board_itself_are_not() -> None:
    tasks = (
        {"key": "t1", "title": "毛布", "raised_at": written(START)},
        {"key": "full|a", "title": "x", "raised_at": "1"},
    )
    [found] = actions([], Situation(START, tasks=tasks), [])
    assert found.key == "t1" and "毛布" in found.reason.sentence("ja")


def ahead(earliest: float | None, middle: float | None, latest: float | None = None, chance: float = 0.5) -> Outlook:
    made = Forecast("a", 1.0, 100.0, 70.0, chance, earliest, middle, latest)
    return Outlook({("a", 1.0): made}, {}, {}, minute(START))


def test_a_shelter_that_may_be_full_within_the_hour_is_on_the_list_before_it_is() -> None:
    filling = row(place_id="a", people=People(70, written(START), "counted"))
    for outlook, wanted in (
        (ahead(10, 30, 55), [("filling|a", 88)]),
        (ahead(40, 90), [("filling|a", 80)]),
        (ahead(70, 90), []),
        (ahead(40, None), []),
        (ahead(50, 90, chance=0.49), []),
        (Outlook({}, {}, {}), []),
    ):
        found = actions([filling], Situation(START), [], ahead=outlook)
        assert [(action.key, action.urgency) for action in found] == wanted
    crowded = replace(filling, band="crowded", share=0.8)
    assert [action.key for action in actions([crowded], Situation(START), [], ahead=ahead(10, 30, 55))] == ["filling|a"]
    closed = replace(filling, openness="closed")
    full = replace(filling, band="full")
    assert actions([closed], Situation(START), [], ahead=ahead(10, 30, 55)) == []
    assert [action.key for action in actions([full], Situation(START), [], ahead=ahead(0, 0, 1))] == ["full|a"]


def test_a_stock_that_is_out_or_lasts_a_few_hours_needs_a_decision() -> None:
    people = row(place_id="a", people=People(10, written(START), "counted"))
    for amount, hours, wanted in (
        (0, 0, "board_stock_out"),
        (7, 0, "board_stock_low"),
        (8, 0, None),
        (8, 1, "board_stock_low"),
        (8, 7, "board_stock_due"),
        (None, 0, None),
    ):
        told = written(START - timedelta(hours=hours))
        about = {"stock": {"water": {"amount": amount, "at": told}}}
        situation = Situation(START, shelters={"a": about})
        found = actions([people], situation, [], stocks([people], situation, Rates.of({})))
        assert [action.reason.code for action in found] == ([wanted] if wanted else [])


def test_a_place_in_the_district_that_is_too_far_for_most_is_no_place() -> None:
    order = {"district_id": "D1", "level": 4, "at": written(START)}
    situation = Situation(START, orders=(order,))
    [far] = actions([], situation, [], reaches={"D1": Reach(1000, 500)})
    assert (far.key, far.reason.code, far.reason.params["people"]) == ("no_place|D1", "board_far", 500)
    assert actions([], situation, [], reaches={"D1": Reach(1000, 499)}) == []
    [none] = actions([], situation, [], reaches={"D2": Reach(1000, 0)})
    assert none.reason.code == "board_no_place", "nobody knows who lives there"
