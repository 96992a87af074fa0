"""The record of one place and whether it is offered, by example; `test_offer` tries the same with random disasters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jma_samples import warnings
from telling import AREAS, NORTH, RULES, SOUTH, Told, at, declared, heard, row, shaken, shelter, situation, zone

from otsu_maps.analysis import offer
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.validity import Place, Zone
from otsu_maps.models import HAZARDS
from otsu_maps.reasons import Reason


def status(
    place: dict[str, Any] | None = None, said: Any = None, *story: Told, zones: Any = (), **more: Any
) -> PlaceStatus:
    """The record of place `p`."""
    shelters = {"p": shelter() if said is None else said} if said != {} else {}
    found = situation(*story, shelters=shelters, **more)
    [record] = offer.statuses([place or row()], zones, found, RULES, AREAS)
    return record


def rain(code: str, north: str = "") -> Told:
    kinds = [[(each, "", "発表")] if each else [("", "", "発表警報・注意報はなし")] for each in (code, north)]
    return heard(2, warnings("VPWW55", *kinds))


def order(level: int | None, district: str = "D1") -> dict[str, Any]:
    return {"district_id": district, "level": level}


def test_the_record_of_a_place_that_is_offered_whole() -> None:
    said = shelter(head_count={"people": 30, "at": at(1), "method": "tally"}, heard_at=at(2))
    assert status(row(name_en="School", accepts_ja=""), said, rain("03")) == PlaceStatus(
        place_id="p",
        place_kind="shelter",
        name_ja="学校p",
        name_en="School",
        district_id="D1",
        area=SOUTH,
        lon=135.9,
        lat=35.0,
        openness="open",
        validity="valid",
        reasons=(),
        room="yes",
        level=3,
        is_for_all=True,
        accepts_ja="",
        heard_at=at(2),
    )


def test_a_place_of_which_nobody_has_spoken() -> None:
    record = status(None, {})
    assert (record.openness, record.room, record.heard_at, record.level) == ("unknown", "unknown", None, 0)
    assert record.validity == "valid" and not record.is_offered


def test_a_record_as_json_has_plain_values() -> None:
    told = status(row(suits=()), None, rain("43")).as_json()
    assert told["reasons"] == [
        {"code": "validity_not_designated", "params": {"hazard": hazard}} for hazard in ("flood", "inland_flood")
    ]
    assert (told["place_id"], told["validity"], told["level"], told["is_offered"]) == ("p", "invalid", 4, False)
    assert set(told) == {*PlaceStatus.__dataclass_fields__, "is_offered"}


# Open or not


@pytest.mark.parametrize(
    ("kind", "needs_opening", "said", "expected"),
    [
        ("site", False, None, "always_open"),
        ("site", False, "unknown", "always_open"),
        ("site", False, "open", "open"),
        ("site", False, "closed", "closed"),
        ("site", False, "paused", "paused"),
        ("site", False, "disputed", "disputed"),
        ("site", True, None, "unknown"),
        ("site", None, None, "unknown"),
        ("shelter", False, None, "unknown"),
        ("shelter", True, "open", "open"),
        ("shelter", False, "closed", "closed"),
    ],
)
def test_a_site_that_needs_no_opening_is_open_until_somebody_decides_otherwise(
    kind: str, needs_opening: bool | None, said: str | None, expected: str
) -> None:
    place = row(place_kind=kind, needs_opening=needs_opening)
    assert offer.openness_of(place, {"status": said} if said else None) == expected
    if said is None:
        assert offer.openness_of(place, {}) == expected
    record = status(place, {} if said is None else shelter(status=said, building="unknown"))
    assert record.openness == expected and record.is_offered == (expected in ("open", "always_open"))


# For whom


@pytest.mark.parametrize(
    ("kind", "accepts", "is_offered"),
    [
        ("general", None, True),
        (None, None, True),
        ("general", "", True),
        ("welfare", None, False),
        ("stranded", None, False),
        ("general", "要配慮者", False),
        (None, "乳幼児", False),
    ],
)
def test_a_place_for_some_people_only_is_never_offered(kind: str | None, accepts: str | None, is_offered: bool) -> None:
    record = status(row(kind=kind, accepts_ja=accepts))
    assert record.is_for_all is is_offered and record.is_offered is is_offered


# Level 5


@pytest.mark.parametrize(("code", "level"), [("10", 2), ("03", 3), ("43", 4), ("33", 5)])
def test_at_level_5_in_the_area_nothing_there_is_offered(code: str, level: int) -> None:
    record = status(None, None, rain(code))
    assert (record.level, record.is_offered) == (level, level < 5)
    assert status(row(warning_area_code=NORTH), None, rain(code)).level == 0
    for nowhere in (None, "9999999"):
        assert status(row(warning_area_code=nowhere), None, rain(code)).level == level


@pytest.mark.parametrize("level", [3, 4, 5])
def test_at_an_order_of_level_5_in_the_district_nothing_there_is_offered(level: int) -> None:
    orders = (order(level), order(3, "D2"), order(None, "D3"))
    record = status(None, None, orders=orders)
    assert (record.level, record.is_offered) == (level, level < 5)
    assert status(row(district_id="D2"), None, orders=orders).level == 3
    assert status(row(district_id="D3"), None, orders=orders).level == 0
    assert status(row(district_id="D4"), None, orders=orders).level == 0
    assert status(row(district_id=None), None, orders=orders).level == level
    assert status(row(district_id=None), None).level == 0


def test_the_level_is_the_higher_of_warning_and_order() -> None:
    assert status(None, None, rain("33"), orders=(order(3),)).level == 5
    assert status(None, None, rain("03"), orders=(order(4),)).level == 4


# Room, building and damage from what the ledger says


@pytest.mark.parametrize(("people", "room", "is_offered"), [(99, "yes", True), (100, "full", False)])
def test_a_full_shelter_is_not_offered(people: int, room: str, is_offered: bool) -> None:
    record = status(None, shelter(head_count={"people": people, "at": at(0), "method": "tally"}))
    assert (record.room, record.is_offered) == (room, is_offered)


def test_the_capacity_that_was_changed_in_the_incident_holds() -> None:
    said = shelter(
        head_count={"people": 30, "at": at(0), "method": "tally"}, capacity={"refuge_persons": 30, "stay_persons": None}
    )
    assert status(None, said).room == "full"


@pytest.mark.parametrize(
    ("building", "state", "since", "validity"),
    [
        ("checked", "open", at(3), "valid"),
        ("checked", "open", at(1), "unknown"),
        ("not_checked", "open", at(3), "unknown"),
        ("unknown", "open", at(3), "unknown"),
        ("checked", "disputed", at(3), "unknown"),
        ("checked", "closed", at(3), "valid"),
    ],
)
def test_a_check_counts_where_the_last_decision_says_so_and_nobody_disagrees(
    building: str, state: str, since: str, validity: str
) -> None:
    record = status(None, shelter(building=building, status=state, since=since), shaken(2, "5-"))
    assert record.validity == validity
    assert record.reasons == (() if validity == "valid" else (Reason("validity_unchecked"),))


def test_damage_is_read_with_its_time() -> None:
    damage = {"level": "heavy", "at": at(5)}
    assert status(None, shelter(damage=damage)).validity == "invalid"
    assert status(None, shelter(damage=damage, since=at(6))).validity == "valid"


def test_a_place_of_which_nobody_has_spoken_is_unchecked_after_shaking() -> None:
    assert status(None, {}, shaken(2, "5-")).reasons == (Reason("validity_unchecked"),)


# What the snapshot says


def test_a_row_becomes_a_place_with_every_flag() -> None:
    place = row(suits=("flood", "volcano"), is_for_tsunami=None, needs_opening=False)
    zones = {"flood": Zone(None, 2)}
    suits: dict[str, bool | None] = {hazard: hazard in ("flood", "volcano") for hazard in HAZARDS}
    assert offer.place_of(place, zones) == Place("p", suits | {"tsunami": None}, zones, SOUTH, "D1", False)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ([zone("flood", None, (0.0, 0.5)), zone("flood", None, (3.0, 5.0))], Zone(None, 2)),
        ([zone("flood", None, (3.0, 5.0)), zone("flood", None, (0.0, 0.5))], Zone(None, 2)),
        ([zone("flood"), zone("flood", None, (0.0, 0.5))], Zone(None, 0)),
        ([zone("flood")], Zone(None, -1)),
        ([zone("flood", None, (0.3, 1.0))], Zone(None, 1)),
        ([zone("flood", None, (5.0, None))], Zone(None, 3)),
        ([zone("flood", None, (None, 5.0))], Zone(None, 2)),
        ([zone("flood", "warning"), zone("flood", "special")], Zone("special", -1)),
        ([zone("flood", "special"), zone("flood", "warning")], Zone("special", -1)),
        ([zone("flood", None), zone("flood", "warning")], Zone("warning", -1)),
        ([zone("flood", "warning"), zone("flood", None)], Zone("warning", -1)),
        ([zone("flood", "a"), zone("flood", "b")], Zone("a", -1)),
    ],
)
def test_of_several_maps_the_gravest_class_and_the_deepest_water_count(zones: list[Any], expected: Zone) -> None:
    other = {**zone("landslide", "warning"), "place_id": "q"}
    both = [*zones, zone("landslide", "special"), other]
    assert offer.zones_of(both) == {
        "p": {"flood": expected, "landslide": Zone("special", -1)},
        "q": {"landslide": Zone("warning", -1)},
    }


def test_the_zones_of_a_place_decide_about_it_alone() -> None:
    inside = [zone("inland_flood", None, (0.0, 0.5))]
    record = status(None, None, rain("03"), zones=inside)
    assert record.reasons == (Reason("validity_designated_in_zone", {"hazard": "inland_flood"}),)
    assert status(row("q"), {}, rain("03"), zones=inside).validity == "valid"


def test_which_hazards_silence_leaves_unknown_is_the_citys() -> None:
    found = situation(is_heard=False)
    everything_but = row(suits=[hazard for hazard in HAZARDS if hazard != "storm_surge"])
    [coast] = offer.statuses([everything_but], [], found, RULES, AREAS)
    [inland] = offer.statuses([everything_but], [], found, RULES, AREAS, ("flood", "landslide"))
    assert (coast.validity, inland.validity) == ("unknown", "valid")


def test_the_limits_of_the_incident_decide() -> None:
    strict = replace(RULES, hazard_level=2, count_lasts=timedelta(0))
    counted = shelter(head_count={"people": 1, "at": at(1), "method": "tally"})
    found = situation(rain("10"), shelters={"p": counted})
    for rules, expected in ((RULES, ("valid", "yes")), (strict, ("invalid", "unknown"))):
        [record] = offer.statuses([row(suits=())], [], found, rules, AREAS)
        assert (record.validity, record.room) == expected


def test_what_headquarters_declares_in_a_district_reaches_its_places() -> None:
    place = row(suits=())
    assert status(place, None, declared(2, "volcano", "D1")).validity == "invalid"
    assert status(place, None, declared(2, "volcano", "D2")).validity == "valid"


# The one rule


GOOD = status()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("validity", {"valid": True, "unknown": False, "invalid": False}),
        ("openness", {each: each in ("open", "always_open") for each in offer.OPENNESS}),
        ("room", {"yes": True, "unknown": True, "full": False}),
        ("is_for_all", {True: True, False: False}),
        ("level", {0: True, 4: True, 5: False, 6: False}),
    ],
)
def test_one_thing_against_a_place_is_enough(field: str, values: dict[Any, bool]) -> None:
    for value, expected in values.items():
        record = replace(GOOD, **{field: value})
        assert record.is_offered is expected, value
        assert offer.offered([record]) == ([record] if expected else [])


def test_those_with_room_come_first_then_by_id() -> None:
    records = [replace(GOOD, place_id=name, room=room) for name, room in (("d", "yes"), ("a", "unknown"), ("b", "yes"))]
    assert [record.place_id for record in offer.offered(records)] == ["b", "d", "a"]


def test_a_status_counts_the_dangers_that_it_is_given() -> None:
    found = offer.status(row(suits=()), {}, situation(), [Danger("volcano", "declared")], 1, RULES)
    assert (found.validity, found.level) == ("invalid", 1)


def test_the_states_of_openness() -> None:
    assert offer.OPENNESS == ("always_open", "open", "paused", "closed", "disputed", "unknown")
    assert (offer.CLOSED, offer.PAUSED) == ("closed", "paused")
