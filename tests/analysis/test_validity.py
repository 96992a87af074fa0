"""Whether a place is valid, and every reason against it: designation, zones, damage, unchecked buildings."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from telling import NORTH, SOUTH, at

from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.depth import UNKNOWN as UNKNOWN_DEPTH
from otsu_maps.analysis.validity import VALIDITIES, Building, Place, Verdict, Zone, verdict
from otsu_maps.models import HAZARDS
from otsu_maps.reasons import Reason

SOUND = Building(checked_at=at(100))
FLOOD = Danger("flood", "in_force", SOUTH)
INSIDE = {"flood": Zone(None, 1)}
ABOUT = {"hazard": "flood"}


def place(suits: Any = True, zones: Any = None, **more: Any) -> Place:
    flags = suits if isinstance(suits, dict) else dict.fromkeys(HAZARDS, suits)
    return Place("p", flags, zones or {}, SOUTH, "D1", more.get("needs_opening", True))


def said(*against: tuple[str, str], **params: Any) -> Verdict:
    """The worst validity and the reasons, all with the same parameters."""
    return Verdict(against[0][0], tuple(Reason(code, params) for _, code in against))


@pytest.mark.parametrize(
    ("suits", "zones", "validity", "code"),
    [
        (True, {}, "valid", None),
        (None, {}, "unknown", "validity_not_known"),
        (False, {}, "invalid", "validity_not_designated"),
        (True, INSIDE, "unknown", "validity_designated_in_zone"),
        (None, INSIDE, "invalid", "validity_in_zone"),
        (False, INSIDE, "invalid", "validity_not_designated"),
        (True, {"flood": Zone("warning")}, "unknown", "validity_designated_in_zone"),
        (True, {"flood": Zone("special")}, "invalid", "validity_special_zone"),
        (None, {"flood": Zone("special")}, "invalid", "validity_special_zone"),
        (True, {"landslide": Zone("special")}, "valid", None),
    ],
)
def test_designation_decides_and_a_zone_takes_away(
    suits: bool | None, zones: dict[str, Zone], validity: str, code: str | None
) -> None:
    found = verdict(place(suits, zones), SOUND, [FLOOD])
    assert found == Verdict(validity, (Reason(code, ABOUT),) if code else ())


@pytest.mark.parametrize("hazard", HAZARDS)
def test_each_hazard_asks_for_its_own_designation(hazard: str) -> None:
    danger = Danger(hazard, "declared", shaken_at=at(1) if hazard == "earthquake" else "")
    others = {each: each != hazard for each in HAZARDS}
    assert verdict(place(others), SOUND, [danger]).validity == "invalid"
    assert verdict(place({hazard: True}), SOUND, [danger]).validity == "valid"
    assert verdict(place({}), SOUND, [danger]).validity == "unknown"


def test_without_danger_everything_is_valid_and_danger_elsewhere_counts_for_nothing() -> None:
    assert verdict(place(False), SOUND, []) == Verdict("valid")
    assert verdict(place(False), SOUND, [Danger("flood", "in_force", NORTH)]) == Verdict("valid")
    assert verdict(place(False), SOUND, [Danger("flood", "declared", None, "D2")]) == Verdict("valid")


@pytest.mark.parametrize(("suits", "zones"), [*product((True, None, False), ({}, INSIDE))])
def test_where_nobody_knows_whether_a_hazard_is_on_the_place_is_at_most_unknown(
    suits: bool | None, zones: dict[str, Zone]
) -> None:
    """Silence never makes a place unfit either: only what holds for certain does."""
    here = place(suits, zones)
    stands = suits is True and not zones
    silent = said(("unknown", "validity_silent"), hazard="flood")
    assert verdict(here, SOUND, [Danger("flood", "silent")]) == (Verdict("valid") if stands else silent)
    strange = Danger("flood", "unknown_code", SOUTH, name="謎")
    unclear = said(("unknown", "validity_unknown_code"), hazard="flood", name="謎")
    assert verdict(here, SOUND, [strange]) == (Verdict("valid") if stands else unclear)


@pytest.mark.parametrize("why", ["in_force", "lifted", "declared"])
def test_whatever_holds_for_certain_decides_alike(why: str) -> None:
    assert verdict(place(False), SOUND, [Danger("flood", why)]).validity == "invalid"


def test_the_worst_holds_and_stands_first_and_each_reason_stands_once() -> None:
    here = place({"flood": False, "landslide": None, "tsunami": False})
    dangers = [
        Danger("landslide", "declared"),
        Danger("flood", "in_force"),
        Danger("flood", "lifted"),
        Danger("flood", "silent"),
        Danger("tsunami", "declared"),
    ]
    found = verdict(here, Building(damage="light", damaged_at=at(1)), dangers)
    assert found.validity == "invalid"
    assert [(reason.code, reason.params.get("hazard")) for reason in found.reasons] == [
        ("validity_not_designated", "flood"),
        ("validity_not_designated", "tsunami"),
        ("validity_damage_unclear", None),
        ("validity_not_known", "landslide"),
        ("validity_silent", "flood"),
    ]
    assert verdict(here, Building(damage="light", damaged_at=at(1)), dangers[::-1]) == found


@pytest.mark.parametrize(
    ("level", "validity", "code"),
    [
        ("none", "valid", None),
        (None, "valid", None),
        ("light", "unknown", "validity_damage_unclear"),
        ("unknown", "unknown", "validity_damage_unclear"),
        ("heavy", "invalid", "validity_damaged"),
        ("unusable", "invalid", "validity_damaged"),
    ],
)
def test_damage_counts_without_any_danger_until_a_check_after_it(level: str, validity: str, code: str | None) -> None:
    reasons = (Reason(code),) if code else ()
    for checked_at in (None, at(4), at(5)):
        assert verdict(place(), Building(checked_at, level, at(5)), []) == Verdict(validity, reasons)
    assert verdict(place(), Building(at(6), level, at(5)), []) == Verdict("valid")


def test_damage_of_which_nobody_knows_when_counts_whatever_was_checked() -> None:
    for checked_at in (None, at(6)):
        assert verdict(place(), Building(checked_at, "heavy", None), []).validity == "invalid"
        assert verdict(place(), Building(checked_at, "light", None), []).validity == "unknown"
        assert verdict(place(), Building(checked_at, None, None), []).validity == "valid"


@pytest.mark.parametrize(
    ("checked", "is_valid"), [(None, False), (at(3), False), (at(5), False), (at(5.01), True), (at(9), True)]
)
def test_after_shaking_a_building_needs_a_newer_check(checked: str | None, is_valid: bool) -> None:
    dangers = [Danger("earthquake", "shaken", shaken_at=at(2)), Danger("earthquake", "declared", shaken_at=at(5))]
    unchecked = said(("unknown", "validity_unchecked"))
    for order in (dangers, dangers[::-1]):
        assert verdict(place(), Building(checked), order) == (Verdict("valid") if is_valid else unchecked)


@pytest.mark.parametrize(("needs_opening", "validity"), [(True, "unknown"), (None, "unknown"), (False, "valid")])
def test_grounds_that_stand_open_need_no_check(needs_opening: bool | None, validity: str) -> None:
    dangers = [Danger("earthquake", "shaken", shaken_at=at(2))]
    assert verdict(place(needs_opening=needs_opening), Building(), dangers).validity == validity
    assert verdict(place(False, needs_opening=needs_opening), Building(), dangers).validity == "invalid"


def test_only_an_earthquake_that_is_certain_and_reaches_the_place_asks_for_a_check() -> None:
    for danger in (
        Danger("earthquake", "silent"),
        Danger("earthquake", "unknown_code", name="謎"),
        Danger("earthquake", "shaken", NORTH, shaken_at=at(2)),
        Danger("flood", "in_force", shaken_at=at(2)),
    ):
        assert verdict(place(), Building(), [danger]) == Verdict("valid")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_reason_is_a_sentence(lang: str) -> None:
    here = [Danger("flood", "in_force"), Danger("earthquake", "shaken", shaken_at=at(2))]
    found = verdict(place({"flood": False}), Building(None, "heavy", at(1)), here)
    assert len(found.reasons) == 4
    for reason in found.reasons:
        assert "{" not in reason.sentence(lang) and reason.code not in reason.sentence(lang)


def test_the_validities_from_good_to_bad_and_what_is_not_said_of_a_zone() -> None:
    assert VALIDITIES == ("valid", "unknown", "invalid")
    assert Zone() == Zone(None, UNKNOWN_DEPTH)
