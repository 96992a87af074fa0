"""The public is sent where the staff may send it, and nowhere else: in the status, on every page, in every feed."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_city import CITY, Read, register

sys.path.append(str(Path(__file__).parents[1] / "analysis"))

from telling import NORTH, RULES, SOUTH, Told, at, declared, row, shelter, situation, warned, warning
from worlds import World, may_be_offered, worlds

from otsu_maps.public import page, record, status
from otsu_maps.public.record import Place, Status
from otsu_maps.public.site import Site

LANGUAGES = ("ja", "en")


def of_world(world: World) -> tuple[Status, dict[str, str]]:
    """The status of a random world, and the files that come of it."""
    known = register(world.places, world.zones)
    told = status.status(known, status.judged(known, world.situation(), world.rules, CITY), CITY)
    files = Site(known, CITY, LANGUAGES).files(told, ())
    return told, {name: data.decode() for name, data in files.items()}


def told(*story: Told, places: Any = None, shelters: Any = None, **more: Any) -> Status:
    known = register(places or [row("p")])
    found = situation(*story, shelters={"p": shelter()} if shelters is None else shelters, **more)
    return status.status(known, status.judged(known, found, RULES, CITY), CITY, "大雨")


def place(*story: Told, **more: Any) -> Place:
    return told(*story, **more).places[0]


@settings(max_examples=600, deadline=None)
@given(worlds())
def test_what_the_public_is_offered_may_be_offered_and_is_what_the_staff_offers(world: World) -> None:
    known = register(world.places, world.zones)
    judged = status.judged(known, world.situation(), world.rules, CITY)
    found = status.status(known, judged, CITY)
    rows = {each["place_id"]: each for each in world.places}
    for each, judgement in zip(found.places, judged.records, strict=True):
        assert (each.state == record.OFFERED) == judgement.is_offered
        if each.state == record.OFFERED:
            assert may_be_offered(world, rows[each.place_id])
        assert each.state not in (record.UNSUITABLE, record.UNKNOWN) or each.why, "it says why"
    assert found.totals.offered == sum(each.is_offered for each in judged.records)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_no_page_and_no_feed_offers_what_the_status_does_not(world: World) -> None:
    found, files = of_world(world)
    offered = {each.name_ja for each in found.places if each.state == record.OFFERED}
    shown: dict[str, set[str]] = {lang: set() for lang in LANGUAGES}
    for name, text in files.items():
        if name.endswith(".html") and name != "index.html":
            lang = name.split(".")[-2]
            here = {entry.split()[-1] for entry in _names(Read(text).of(record.OFFERED), offered)}
            assert here <= offered, name
            shown[lang] |= here
    assert all(here == offered for here in shown.values())
    points = json.loads(files["shelters.geojson"])["features"]
    assert {p["properties"]["name_ja"] for p in points if p["properties"]["is_offered"]} == offered
    lines = csv.DictReader(io.StringIO(files["shelters.csv"].removeprefix("\ufeff")))
    assert {line["名称"] for line in lines if "避難できます" in line["備考"]} == offered


def _names(entries: list[str], offered: set[str]) -> list[str]:
    """Entries as the names they tell: places of random worlds are called p0, p1 and so on."""
    return [next((word for word in ("p0", "p1", "p2") if word in entry), entry) for entry in entries]


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_every_place_stands_on_its_page_with_its_state(world: World) -> None:
    found, files = of_world(world)
    for each in found.places:
        own = page.name("ja", each.district_id) if each.district_id else "ja.html"
        entries = Read(files[own]).of(each.state)
        assert any(each.name_ja in entry for entry in entries), own


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_a_status_reads_back_as_it_was_written(world: World) -> None:
    found, files = of_world(world)
    assert record.load(files["status.json"]) == found


@pytest.mark.parametrize(
    ("said", "needs_opening", "expected"),
    [
        (shelter(), True, (record.OFFERED, ())),
        (shelter(status="closed"), True, (record.CLOSED, ())),
        (shelter(status="paused"), True, (record.CLOSED, ())),
        (shelter(status="disputed"), True, (record.UNKNOWN, ("disputed",))),
        (None, True, (record.CLOSED, ("not_opened",))),
        (None, None, (record.UNKNOWN, ("opening_unknown",))),
    ],
)
def test_open_or_not_is_told_as_it_is_known(said: Any, needs_opening: bool | None, expected: Any) -> None:
    found = place(places=[row("p", needs_opening=needs_opening)], shelters={"p": said} if said else {})
    assert (found.state, tuple(why.code for why in found.why)) == expected


def test_a_full_shelter_is_full_and_an_unfit_one_says_for_what() -> None:
    full = {"people": 100, "at": at(0), "method": "counted"}
    assert place(shelters={"p": shelter(head_count=full)}).state == record.FULL
    unfit = place(declared(1, "flood"), places=[row("p", suits=("earthquake",))])
    assert (unfit.state, unfit.why[0].code, unfit.why[0].hazard) == (record.UNSUITABLE, "not_designated", "flood")


def test_at_level_5_nothing_is_offered_where_it_holds() -> None:
    found = told(
        warned(1, "VPWW55|250000", SOUTH, warning("33", 5)),
        places=[row("p"), row("q", warning_area_code=NORTH)],
        shelters={"p": shelter(), "q": shelter()},
    )
    assert [(each.state, [why.code for why in each.why]) for each in found.places] == [
        (record.UNSUITABLE, ["level_5"]),
        (record.OFFERED, []),
    ]


def test_whom_a_place_is_for_is_told_and_not_everybody_is_sent_there() -> None:
    found = place(places=[row("p", accepts_ja="妊産婦・乳幼児")])
    assert (found.state, found.why[0].code, found.accepts_ja) == (record.UNSUITABLE, "not_for_all", "妊産婦・乳幼児")


@pytest.mark.parametrize(
    ("people", "said"), [(None, None), (0, None), (9, None), (10, 10), (14, 10), (15, 20), (96, 100)]
)
def test_people_are_told_in_tens_and_fewer_than_ten_not_at_all(people: int | None, said: int | None) -> None:
    count = {"people": people, "at": at(0), "method": "counted"} if people is not None else None
    found = told(shelters={"p": shelter(head_count=count)})
    assert (found.places[0].people, found.totals.people) == (said, said)


def test_an_old_number_of_people_is_not_told() -> None:
    count = {"people": 60, "at": at(-300), "method": "counted"}
    found = place(shelters={"p": shelter(head_count=count)})
    assert (found.people, found.room, found.band) == (None, "unknown", "unknown")


def test_sums_are_added_before_they_are_rounded() -> None:
    count = {"people": 14, "at": at(0), "method": "counted"}
    here = {key: shelter(head_count=count) for key in ("p", "q", "r")}
    assert told(places=[row(key) for key in here], shelters=here).totals.people == 40


def test_silence_is_unknown_and_what_was_in_force_is_the_last_that_was_known() -> None:
    raining = warned(1, "VPWW55|250000", SOUTH, warning("43", 4))
    assert [area.level for area in told(raining).areas] == [4, 0]
    silent = told(raining, is_heard=False)
    assert [area.level for area in silent.areas] == [4, None]
    assert silent.level == 4 and told(is_heard=False).level is None


def test_orders_are_told_with_their_districts_the_gravest_first() -> None:
    orders = tuple({"district_id": key, "level": level, "at": at(1)} for key, level in (("D1", 3), ("D2", 4)))
    assert [(order.district_id, order.level) for order in told(orders=orders).orders] == [("D2", 4), ("D1", 3)]


def test_a_status_holds_for_three_minutes() -> None:
    found = told()
    assert found.valid_until - found.made_at == timedelta(minutes=3)


@given(st.sampled_from(["real", "drill", "test"]), st.booleans())
def test_only_what_is_real_and_no_demo_is_for_the_public(mode: str, is_demo: bool) -> None:
    known = register([row("p")], is_demo=is_demo)
    found = replace(situation(), mode=mode)
    made = status.status(known, status.judged(known, found, RULES, CITY), CITY)
    assert made.is_for_public == (mode == "real" and not is_demo)


def test_times_are_naive_in_the_program_and_have_a_z_in_the_file() -> None:
    text = record.dump(told())
    assert json.loads(text)["made_at"].endswith("Z")
    assert record.load(text).made_at == datetime(2026, 11, 24)
