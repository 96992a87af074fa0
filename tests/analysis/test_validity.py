"""A place is valid only where it is designated, outside the zones, sound, and checked; every reason is said."""

from __future__ import annotations

from typing import Any

import pytest
from states import NORTH, SOUTH, at

from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.validity import Building, Place, Verdict, Zone, verdict
from otsu_maps.i18n import languages
from otsu_maps.models import HAZARDS
from otsu_maps.reasons import Reason

WARNING, RED = Zone("warning"), Zone("special")
CHECKED = Building(checked_at=at(100))


def place(**changes: Any) -> Place:
    about = {"suits": dict.fromkeys(HAZARDS, True), "area": SOUTH, "district_id": "D1", "needs_opening": True}
    return Place("p", **{**about, **changes})


def on(hazard: str, why: str = "in_force", **more: Any) -> Danger:
    return Danger(hazard, why, **more)


def said(found: Verdict) -> list[str]:
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize("hazard", HAZARDS)
@pytest.mark.parametrize(
    ("suits", "zone", "validity", "reasons"),
    [
        (True, None, "valid", []),
        (True, WARNING, "unknown", ["validity_designated_in_zone"]),
        (True, RED, "invalid", ["validity_special_zone"]),
        (None, None, "unknown", ["validity_not_known"]),
        (None, WARNING, "invalid", ["validity_in_zone"]),
        (None, RED, "invalid", ["validity_special_zone"]),
        (False, None, "invalid", ["validity_not_designated"]),
        (False, WARNING, "invalid", ["validity_not_designated"]),
        (False, RED, "invalid", ["validity_not_designated"]),
        (True, Zone(None, 5), "unknown", ["validity_designated_in_zone"]),
    ],
)
def test_designation_decides_and_a_zone_takes_away(
    hazard: str, suits: bool | None, zone: Zone | None, validity: str, reasons: list[str]
) -> None:
    here = place(suits={hazard: suits}, zones={hazard: zone} if zone else {})
    assert verdict(here, CHECKED, [on(hazard)]) == Verdict(
        validity, tuple(Reason(code, {"hazard": hazard}) for code in reasons)
    )


def test_a_hazard_that_the_register_does_not_speak_of_is_unknown() -> None:
    assert verdict(place(suits={}), CHECKED, [on("flood")]) == Verdict(
        "unknown", (Reason("validity_not_known", {"hazard": "flood"}),)
    )


def test_without_danger_every_place_is_valid_and_only_the_hazards_that_count_are_asked() -> None:
    for suits in (True, False, None):
        assert verdict(place(suits=dict.fromkeys(HAZARDS, suits)), Building(), []) == Verdict("valid", ())
    only_inland = place(suits={"flood": False, "inland_flood": True}, zones={"flood": RED})
    assert verdict(only_inland, Building(), [on("inland_flood")]).validity == "valid"
    assert verdict(only_inland, Building(), iter([on("inland_flood"), on("flood")])).validity == "invalid"


@pytest.mark.parametrize(
    ("where", "validity"),
    [({}, "invalid"), ({"area": SOUTH}, "invalid"), ({"area": NORTH}, "valid"), ({"district_id": "D2"}, "valid")],
)
def test_only_what_reaches_the_place_counts(where: dict[str, str], validity: str) -> None:
    assert verdict(place(suits={"flood": False}), Building(), [on("flood", **where)]).validity == validity


@pytest.mark.parametrize("suits", [False, None])
@pytest.mark.parametrize("zone", [None, WARNING, RED])
def test_what_may_be_on_makes_unknown_and_never_unfit(suits: bool | None, zone: Zone | None) -> None:
    here = place(suits={"flood": suits}, zones={"flood": zone} if zone else {})
    assert verdict(here, CHECKED, [on("flood", "silent")]) == Verdict(
        "unknown", (Reason("validity_silent", {"hazard": "flood"}),)
    )
    assert verdict(here, CHECKED, [on("flood", "unknown_code", name="謎警報")]) == Verdict(
        "unknown", (Reason("validity_unknown_code", {"hazard": "flood", "name": "謎警報"}),)
    )


def test_what_may_be_on_does_not_speak_against_a_place_that_stands_it() -> None:
    dangers = [on("flood", "silent"), on("landslide", "unknown_code"), on("earthquake", "silent")]
    assert verdict(place(), Building(), dangers) == Verdict("valid", ())
    assert said(verdict(place(zones={"flood": WARNING}), Building(), dangers)) == ["validity_silent"]


def test_the_worst_holds_and_every_reason_is_said_once_the_gravest_first() -> None:
    here = place(suits={"flood": None, "landslide": False, "volcano": False}, area=None)
    dangers = [
        on("flood", area=SOUTH),
        on("flood", area=NORTH),
        on("flood", "silent"),
        on("volcano"),
        on("landslide"),
    ]
    found = verdict(here, Building(damage="light"), dangers)
    assert found == verdict(here, Building(damage="light"), dangers[::-1])
    assert found.validity == "invalid"
    assert [(reason.code, reason.params.get("hazard")) for reason in found.reasons] == [
        ("validity_not_designated", "landslide"),
        ("validity_not_designated", "volcano"),
        ("validity_damage_unclear", None),
        ("validity_not_known", "flood"),
        ("validity_silent", "flood"),
    ]
    for lang in languages():
        assert all("{" not in reason.sentence(lang) for reason in found.reasons)


@pytest.mark.parametrize(
    ("damage", "unchecked"),
    [
        (None, []),
        ("none", []),
        ("light", ["validity_damage_unclear"]),
        ("unknown", ["validity_damage_unclear"]),
        ("heavy", ["validity_damaged"]),
        ("unusable", ["validity_damaged"]),
    ],
)
def test_damage_counts_until_somebody_checks_after_it(damage: str | None, unchecked: list[str]) -> None:
    worst = {"validity_damaged": "invalid", "validity_damage_unclear": "unknown"}
    for checked_at in (None, at(0), at(9.999), at(10)):
        found = verdict(place(), Building(checked_at, damage, at(10)), [])
        assert (said(found), found.validity) == (unchecked, worst.get("".join(unchecked), "valid")), checked_at
    assert verdict(place(), Building(at(10.001), damage, at(10)), []) == Verdict("valid", ())
    assert said(verdict(place(needs_opening=False), Building(None, damage, at(10)), [])) == unchecked
    assert said(verdict(place(), Building(None, damage, None), [])) == unchecked
    assert verdict(place(), Building(at(1), damage, None), []) == Verdict("valid", ())


SHAKEN = on("earthquake", "shaken", since=at(0), shaken_at=at(10))


@pytest.mark.parametrize(
    ("checked_at", "reasons"),
    [
        (None, ["validity_unchecked"]),
        (at(5), ["validity_unchecked"]),
        (at(10), ["validity_unchecked"]),
        (at(10.001), []),
    ],
)
def test_after_shaking_a_building_is_unknown_until_checked(checked_at: str | None, reasons: list[str]) -> None:
    for needs_opening in (True, None):
        found = verdict(place(needs_opening=needs_opening), Building(checked_at), [SHAKEN])
        assert found == Verdict("unknown" if reasons else "valid", tuple(Reason(code) for code in reasons))
    assert verdict(place(needs_opening=False), Building(checked_at), [SHAKEN]) == Verdict("valid", ())


def test_the_check_must_be_newer_than_the_last_shaking_of_all() -> None:
    later = on("earthquake", "declared", since=at(20), shaken_at=at(20))
    assert said(verdict(place(), Building(at(15)), [SHAKEN, later])) == ["validity_unchecked"]
    assert said(verdict(place(), Building(at(15)), [later, SHAKEN])) == ["validity_unchecked"]
    assert said(verdict(place(), Building(at(21)), [SHAKEN, later])) == []
    elsewhere = on("earthquake", "declared", area=NORTH, shaken_at=at(20))
    assert said(verdict(place(), Building(at(15)), [SHAKEN, elsewhere])) == []


def test_only_an_earthquake_that_is_certain_asks_for_a_check() -> None:
    assert said(verdict(place(), Building(), [on("earthquake", "silent"), on("flood", shaken_at=at(9))])) == []


def test_a_check_takes_no_missing_designation_away() -> None:
    found = verdict(place(suits={"earthquake": False}), CHECKED, [SHAKEN])
    assert said(found) == ["validity_not_designated"]
