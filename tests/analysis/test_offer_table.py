"""Each thing that keeps people from being sent to a place, one by one, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from states import (
    AREAS,
    NORTH,
    RAIN_3,
    SLOPE_4,
    SOUTH,
    START,
    STRANGE,
    alert,
    at,
    hazard,
    place,
    quake,
    shelter,
    warned,
)

from otsu_maps.analysis import offer
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.validity import Zone
from otsu_maps.models import HAZARDS, SITE

RULES = Rules.of({})
NOW = START + timedelta(minutes=30)
CALM = Situation(NOW, shelters={"p": shelter()}, is_heard=True, heard_at=NOW)


def record(
    situation: Situation = CALM, row: dict[str, Any] | None = None, *zones: dict[str, Any], **more: Any
) -> PlaceStatus:
    [found] = offer.statuses([row or place()], zones, situation, RULES, AREAS, **more)
    return found


def with_shelter(**changes: Any) -> Situation:
    return replace(CALM, shelters={"p": shelter(**changes)})


def zone(hazard: str, **changes: Any) -> dict[str, Any]:
    about = {"place_id": "p", "hazard": hazard, "scale": "maximum", "zone_class": None}
    return {**about, "depth_min_m": 0.5, "depth_max_m": 3.0, **changes}


def test_the_record_of_a_good_place_holds_what_is_known_of_it() -> None:
    assert record(row=place(name_en="School", accepts_ja=None)) == PlaceStatus(
        place_id="p",
        place_kind="shelter",
        name_ja="学校",
        name_en="School",
        district_id="D1",
        area=SOUTH,
        lon=135.9,
        lat=35.0,
        openness="open",
        validity="valid",
        reasons=(),
        room="yes",
        level=0,
        is_for_all=True,
        accepts_ja=None,
        heard_at=at(0),
        is_offered=True,
    )
    assert record(row=place(kind=None, accepts_ja="")).is_offered


def test_a_place_of_which_the_ledger_knows_nothing_is_unknown_and_not_offered() -> None:
    found = record(replace(CALM, shelters={"q": shelter()}))
    assert (found.openness, found.room, found.heard_at) == ("unknown", "unknown", None)
    assert not found.is_offered and found.validity == "valid"


@pytest.mark.parametrize("status", ["open", "closed", "paused", "disputed", "unknown"])
def test_only_an_open_shelter_is_offered(status: str) -> None:
    found = record(with_shelter(status=status))
    assert found.openness == status
    assert found.is_offered is (status == "open")


@pytest.mark.parametrize(
    ("row", "status", "openness"),
    [
        ({"place_kind": SITE, "needs_opening": False}, None, "always_open"),
        ({"place_kind": SITE, "needs_opening": False}, "unknown", "always_open"),
        ({"place_kind": SITE, "needs_opening": False}, "closed", "closed"),
        ({"place_kind": SITE, "needs_opening": False}, "open", "open"),
        ({"place_kind": SITE, "needs_opening": None}, None, "unknown"),
        ({"place_kind": SITE, "needs_opening": True}, None, "unknown"),
        ({"place_kind": "shelter", "needs_opening": False}, None, "unknown"),
    ],
)
def test_only_a_site_that_needs_no_opening_is_open_without_a_word(
    row: dict[str, Any], status: str | None, openness: str
) -> None:
    said = {"p": shelter(status=status)} if status else {}
    found = record(replace(CALM, shelters=said), place(**row))
    assert found.openness == openness
    assert found.is_offered is (openness in ("open", "always_open"))


@pytest.mark.parametrize(("people", "room"), [(99, "yes"), (100, "full"), (180, "full")])
def test_a_full_shelter_is_not_offered(people: int, room: str) -> None:
    found = record(with_shelter(head_count={"people": people, "at": at(20), "method": "counted"}))
    assert (found.room, found.is_offered) == (room, room != "full")


def test_a_shelter_of_unknown_room_is_offered_after_those_with_room() -> None:
    rows = [place(place_id=name) for name in ("a", "b", "c", "d")]
    said = {"a": shelter(head_count=None), "b": shelter(), "d": shelter(status="closed"), "c": shelter()}
    found = offer.statuses(rows, [], replace(CALM, shelters=said), RULES, AREAS)
    assert [each.place_id for each in offer.offered(reversed(found))] == ["b", "c", "a"]
    assert [each.place_id for each in found] == ["a", "b", "c", "d"]


def test_room_counts_by_the_capacity_of_the_incident_and_at_the_time_that_is_asked_for() -> None:
    changed = {"refuge_persons": 10, "stay_persons": None}
    assert record(with_shelter(capacity=changed)).room == "full"
    assert record(replace(CALM, at=NOW + timedelta(hours=9))).room == "unknown"


@pytest.mark.parametrize(
    "row",
    [{"kind": "welfare"}, {"kind": "stranded"}, {"kind": "new"}, {"accepts_ja": "高齢者"}, {"accepts_ja": "妊産婦"}],
)
def test_a_place_that_is_not_for_everybody_is_never_offered(row: dict[str, Any]) -> None:
    found = record(row=place(**row))
    assert not found.is_for_all and not found.is_offered and found.accepts_ja == row.get("accepts_ja")


def order(level: int | None, district_id: str = "D1") -> dict[str, Any]:
    return {"district_id": district_id, "level": level}


LIFE = alert((0, {SOUTH: [warned("33", 5, "flood", "inland_flood")]}), series="VPWW55|250000")


@pytest.mark.parametrize(
    ("situation", "row", "level"),
    [
        (replace(CALM, alerts=(LIFE,)), {}, 5),
        (replace(CALM, alerts=(LIFE,)), {"warning_area_code": NORTH}, 0),
        (replace(CALM, alerts=(LIFE,)), {"warning_area_code": None}, 5),
        (replace(CALM, alerts=(LIFE,)), {"warning_area_code": "elsewhere"}, 5),
        (replace(CALM, orders=(order(5),)), {}, 5),
        (replace(CALM, orders=(order(5),)), {"district_id": "D2"}, 0),
        (replace(CALM, orders=(order(5), order(3, "D2"))), {"district_id": None}, 5),
        (replace(CALM, orders=(order(4),)), {}, 4),
        (replace(CALM, orders=(order(None),)), {}, 0),
        (replace(CALM, orders=(order(None),)), {"district_id": None}, 0),
        (replace(CALM, alerts=(alert((0, {SOUTH: [SLOPE_4]})),), orders=(order(3),)), {}, 4),
        (replace(CALM, alerts=(alert((0, {SOUTH: [RAIN_3]})),), orders=(order(4),)), {}, 4),
    ],
)
def test_at_level_5_of_warnings_or_of_orders_nobody_is_sent_there(
    situation: Situation, row: dict[str, Any], level: int
) -> None:
    found = record(situation, place(**row))
    assert (found.level, found.validity) == (level, "valid")
    assert found.is_offered is (level < 5)


@pytest.mark.parametrize("hazard_name", HAZARDS)
def test_each_hazard_is_held_against_the_flag_of_its_name(hazard_name: str) -> None:
    declared = replace(CALM, hazards=(hazard(hazard_name, (-1, "declared")),))
    assert record(declared).is_offered
    for flag, validity in ((False, "invalid"), (None, "unknown")):
        found = record(declared, place(**{f"is_for_{hazard_name}": flag}))
        assert (found.validity, found.is_offered) == (validity, False)
    assert record(declared, None, zone(hazard_name)).validity == "unknown"
    others = {f"is_for_{other}": False for other in HAZARDS if other != hazard_name}
    assert record(declared, place(**others)).is_offered


def test_unknown_codes_and_silence_leave_those_places_that_stand_everything() -> None:
    for situation in (replace(CALM, is_heard=False), replace(CALM, alerts=(alert((0, {SOUTH: [STRANGE]})),))):
        assert record(situation).is_offered
        assert record(situation, place(is_for_storm_surge=None)).validity == "unknown"
        assert record(situation, place(is_for_storm_surge=None), warned_of=("flood",)).is_offered
        assert record(situation, place(is_for_volcano=False)).is_offered


def test_zones_of_several_maps_make_the_gravest_class_and_the_deepest_water() -> None:
    found = offer.zones_of(
        [
            zone("flood", depth_min_m=5.0, depth_max_m=10.0),
            zone("flood", scale="design"),
            zone("landslide", zone_class="special", depth_min_m=None, depth_max_m=None),
            zone("landslide", zone_class="warning", depth_min_m=None, depth_max_m=None),
            zone("landslide", place_id="q", zone_class="warning", depth_min_m=None, depth_max_m=None),
            zone("landslide", place_id="q", zone_class=None),
            zone("landslide", place_id="r", zone_class="warning"),
            zone("landslide", place_id="r", zone_class="special"),
        ]
    )
    assert found == {
        "p": {"flood": Zone(None, 3), "landslide": Zone("special", -1)},
        "q": {"landslide": Zone("warning", 1)},
        "r": {"landslide": Zone("special", 1)},
    }
    assert offer.zones_of([]) == {}


SHAKEN = replace(CALM, alerts=(quake(10, "6-"),))


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({"since": at(11)}, []),
        ({"since": at(9)}, ["validity_unchecked"]),
        ({"since": at(11), "building": "not_checked"}, ["validity_unchecked"]),
        ({"since": at(11), "building": "unknown"}, ["validity_unchecked"]),
        ({"since": at(11), "status": "disputed"}, ["validity_unchecked"]),
        ({"since": at(11), "status": "closed"}, []),
        ({"since": at(11), "damage": {"level": "heavy", "at": at(12)}}, ["validity_damaged"]),
        ({"since": at(11), "damage": {"level": "heavy", "at": at(10)}}, []),
    ],
)
def test_a_check_counts_where_the_last_decision_says_so_and_nobody_disagrees(
    said: dict[str, Any], reasons: list[str]
) -> None:
    found = record(replace(SHAKEN, shelters={"p": shelter(**said)}))
    assert [reason.code for reason in found.reasons] == reasons
    assert (found.validity == "valid") is (not reasons)


def test_after_shaking_a_place_of_which_nobody_spoke_is_unchecked_unless_it_stands_open() -> None:
    nobody = replace(SHAKEN, shelters={})
    assert [reason.code for reason in record(nobody).reasons] == ["validity_unchecked"]
    assert record(nobody, place(place_kind=SITE, needs_opening=False)).is_offered


@pytest.mark.parametrize(
    "changes",
    [
        {"validity": "unknown"},
        {"validity": "invalid"},
        {"openness": "closed"},
        {"room": "full"},
        {"is_for_all": False},
        {"level": 5},
        {"is_offered": False},
    ],
)
def test_a_record_that_was_changed_by_hand_is_not_offered(changes: dict[str, Any]) -> None:
    assert offer.offered([record()]) == [record()]
    assert offer.offered([replace(record(), **changes)]) == []
    assert offer.may_be_offered(replace(record(), **changes)) is ("is_offered" in changes)


def test_a_record_becomes_plain_values() -> None:
    situation = replace(CALM, hazards=(hazard("flood", (-1, "declared")),))
    told = record(situation, place(is_for_flood=False)).as_json()
    assert told["reasons"] == [{"code": "validity_not_designated", "params": {"hazard": "flood"}}]
    assert (told["place_id"], told["validity"], told["is_offered"]) == ("p", "invalid", False)
