"""Which hazards count, where and why: by example, from the telegram to the danger."""

from __future__ import annotations

from typing import Any

import pytest
from jma_samples import landslide_alert, quake, river, warnings
from telling import (
    AREAS,
    CITY,
    NORTH,
    RULES,
    SOUTH,
    Told,
    at,
    declared,
    ended,
    heard,
    payload,
    shaken,
    situation,
    warned,
    warning,
)

from otsu_maps.analysis import danger
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.rules import Rules
from otsu_maps.models import HAZARDS, SHAKING, WARNED_OF

RIVER = "860604000100"
WEEK = 168 * 60
BY_RAIN = {"flood", "inland_flood"}


def dangers(*story: Told, is_heard: bool = True, rules: Rules = RULES, **more: Any) -> tuple[Danger, ...]:
    found = situation(*story)
    return danger.dangers(found.alerts, found.hazards, is_heard, rules, AREAS, **more)


def on(*story: Told, **more: Any) -> set[tuple[str, str | None]]:
    """Hazards and areas that count."""
    return {(found.hazard, found.area) for found in dangers(*story, **more)}


def certain(*story: Told, **more: Any) -> set[str]:
    return {found.hazard for found in dangers(*story, **more) if found.is_certain}


def levelled(minute: float, kind: str, code: str) -> Told:
    """A warning by level in the south, nothing in the north."""
    return heard(minute, warnings(kind, [(code, "", "発表")]))


def rain(minute: float, code: str = "43") -> Told:
    return levelled(minute, "VPWW55", code)


def lifted(minute: float, kind: str = "VPWW55") -> Told:
    return heard(minute, warnings(kind, [("00", "解除", "解除")]))


# From the telegram to the hazard


@pytest.mark.parametrize(
    ("kind", "codes", "hazards"),
    [
        ("VPWW55", ("10", "03", "43", "33"), BY_RAIN),
        ("VPWW56", ("29", "09", "49", "39"), {"landslide"}),
        ("VPWW57", ("19", "08", "48", "38"), {"storm_surge"}),
    ],
)
def test_from_level_3_a_warning_decides_in_its_area_and_level_2_never(
    kind: str, codes: tuple[str, ...], hazards: set[str]
) -> None:
    for level, code in enumerate(codes, 2):
        expected = {(hazard, SOUTH) for hazard in hazards} if level >= 3 else set()
        assert on(levelled(1, kind, code)) == expected, code


@pytest.mark.parametrize(("least", "decide"), [(1, "10 03 43 33"), (2, "10 03 43 33"), (4, "43 33")])
def test_from_which_level_on_is_a_setting(least: int, decide: str) -> None:
    rules = Rules.of({"OTSU_HAZARD_LEVEL": str(least)})
    assert [code for code in ("10", "03", "43", "33") if on(rain(1, code), rules=rules)] == decide.split()


@pytest.mark.parametrize(
    ("code", "condition", "hazards"),
    [
        ("03", "土砂災害", {"landslide"}),
        ("03", "浸水害", {"inland_flood"}),
        ("03", "土砂災害、浸水害", {"landslide", "inland_flood"}),
        ("03", "", {"landslide", "inland_flood"}),
        ("33", "浸水害", {"inland_flood"}),
        ("04", "", {"flood"}),
        ("08", "", {"storm_surge"}),
        ("38", "", {"storm_surge"}),
        ("10", "", set()),
        ("18", "", set()),
        ("19", "", set()),
        ("05", "", set()),
    ],
)
def test_an_older_warning_decides_by_what_it_says_it_means(code: str, condition: str, hazards: set[str]) -> None:
    told = heard(1, warnings("VPWW54", [(code, "警報", "発表", condition)]))
    assert on(told) == {(hazard, SOUTH) for hazard in hazards}


@pytest.mark.parametrize(("code", "is_on"), [("20", False), ("30", True), ("40", True), ("51", True), ("10", False)])
def test_a_river_forecast_is_flood_alone_and_in_the_whole_city(code: str, is_on: bool) -> None:
    told = heard(1, river(code, "", [CITY]))
    assert [area["code"] for area in told.payload["areas"]] == [RIVER]
    assert on(told) == ({("flood", None)} if is_on else set())


def test_a_landslide_alert_is_landslide_in_its_area() -> None:
    assert on(heard(1, landslide_alert(("1", "解除", ""), ("3", "警戒", "発表")))) == {("landslide", NORTH)}


def test_a_warning_tells_since_when_its_level_and_its_name() -> None:
    told = heard(3, warnings("VPWW56", [("49", "レベル４土砂災害危険警報", "発表")]))
    again = heard(7, warnings("VPWW56", [("49", "レベル４土砂災害危険警報", "継続")]))
    expected = Danger("landslide", "in_force", SOUTH, None, at(3), 4, "レベル４土砂災害危険警報")
    assert dangers(told) == dangers(told, again) == (expected,)
    assert expected.is_certain and expected.shaken_at == ""


def test_what_is_told_twice_counts_once_and_stands_in_one_order() -> None:
    story = (rain(1), levelled(2, "VPWW56", "49"), declared(3, "tsunami"), heard(4, river("41", "", [CITY])))
    found = dangers(*story, is_heard=False)
    again = danger.dangers(
        [*situation(*story).alerts[::-1], *situation(*story).alerts], situation(*story).hazards, False, RULES, AREAS
    )
    assert again == found and len(set(found)) == len(found) == 5 + len(WARNED_OF)


# What was lifted


def test_a_lifted_warning_counts_until_headquarters_says_that_it_is_over() -> None:
    story = (rain(1), lifted(5))
    assert {(d.hazard, d.why, d.area, d.level, d.since) for d in dangers(*story)} == {
        (hazard, "lifted", SOUTH, 4, at(1)) for hazard in BY_RAIN
    }
    assert all(found.is_certain for found in dangers(*story))
    assert certain(*story, ended(6, "flood")) == {"inland_flood"}
    assert certain(*story, ended(6, "flood"), ended(6, "inland_flood")) == set()


@pytest.mark.parametrize(
    ("where", "is_over"), [(None, True), (SOUTH, True), (NORTH, False), ("D1", False), (RIVER, False)]
)
def test_a_warning_is_ended_in_its_area_or_in_the_whole_city(where: str | None, is_over: bool) -> None:
    story = (levelled(1, "VPWW56", "49"), lifted(5, "VPWW56"), ended(6, "landslide", where))
    assert certain(*story) == (set() if is_over else {"landslide"})


def test_what_holds_in_the_whole_city_is_not_ended_by_one_area() -> None:
    story = (heard(1, river("41", "", [CITY])), heard(5, river("10", "", [CITY])))
    assert certain(*story) == certain(*story, ended(6, "flood", SOUTH)) == {"flood"}
    assert certain(*story, ended(6, "flood")) == set()


@pytest.mark.parametrize(("minute", "is_over"), [(3, False), (4.9, False), (5, True), (6, True)])
def test_an_end_that_was_said_before_the_warning_was_lifted_says_nothing(minute: float, is_over: bool) -> None:
    story = (levelled(1, "VPWW56", "49"), lifted(5, "VPWW56"), ended(minute, "landslide"))
    assert certain(*story) == (set() if is_over else {"landslide"})


def test_while_a_warning_is_in_force_nobody_can_end_it() -> None:
    assert certain(rain(1), ended(6, "flood"), ended(6, "inland_flood")) == BY_RAIN


def test_the_end_of_one_hazard_is_not_that_of_another_and_a_declaration_is_no_end() -> None:
    assert certain(rain(1), lifted(5), ended(6, "landslide")) == BY_RAIN
    found = dangers(levelled(1, "VPWW56", "49"), lifted(5, "VPWW56"), declared(6, "landslide"))
    assert {each.why for each in found} == {"lifted", "declared"}


def test_a_lower_warning_in_place_of_a_higher_one_does_not_end_it() -> None:
    story = (rain(1, "43"), rain(5, "10"))
    assert {found.why for found in dangers(*story)} == {"lifted"}
    assert certain(*story, ended(6, "flood"), ended(6, "inland_flood")) == set()


def test_level_2_leaves_nothing_behind() -> None:
    assert dangers(rain(1, "10"), lifted(5)) == ()


def test_a_warning_that_comes_back_counts_again_since_then() -> None:
    found = dangers(rain(1), lifted(5), ended(6, "flood"), ended(6, "inland_flood"), rain(9))
    assert {(each.why, each.since) for each in found} == {("in_force", at(9))}


def test_a_cancelled_message_leaves_its_hazards_until_headquarters_ends_them() -> None:
    cancelled = heard(5, warnings("VPWW55", [], (), info_type="取消"))
    assert cancelled.payload["info_type"] == "cancelled"
    assert {found.why for found in dangers(rain(1), cancelled)} == {"lifted"}


# Earthquakes


@pytest.mark.parametrize("degree", SHAKING)
def test_an_earthquake_counts_from_5_lower_on_in_the_whole_city(degree: str) -> None:
    told = heard(1, quake("VXSE53", (CITY, "大津市", degree)))
    assert on(told) == ({("earthquake", None)} if SHAKING.index(degree) >= 4 else set())


def test_no_figure_counts_as_strong_and_the_quick_report_of_a_region_as_of_the_city() -> None:
    [unheard] = dangers(heard(2, quake("VXSE53", (CITY, "大津市", ""), condition="震度５弱以上未入電")))
    assert unheard == Danger("earthquake", "shaken", None, None, at(2), None, "震度５弱以上未入電", at(2))
    [quick] = dangers(heard(2, quake("VXSE51", ("501", "滋賀県南部", "6-"))))
    assert (quick.hazard, quick.why, quick.area, quick.is_certain) == ("earthquake", "shaken", None, True)


def test_from_which_intensity_on_is_a_setting() -> None:
    rules = Rules.of({"OTSU_QUAKE_INTENSITY": "6-"})
    assert [degree for degree in SHAKING if on(shaken(1, degree), rules=rules)] == ["6-", "6+", "7"]


@pytest.mark.parametrize(("minute", "is_over"), [(2, False), (WEEK, False), (WEEK + 1, True), (WEEK + 2, True)])
def test_an_earthquake_can_be_ended_a_week_after_it_and_not_before(minute: float, is_over: bool) -> None:
    assert certain(shaken(1, "5-"), ended(minute, "earthquake")) == (set() if is_over else {"earthquake"})


def test_an_end_counts_from_the_last_strong_one_and_silence_alone_ends_none() -> None:
    story = (shaken(1, "6+"), shaken(100, "5-"))
    assert certain(*story, shaken(9 * WEEK, "1")) == {"earthquake"}
    [left] = dangers(*story, ended(WEEK + 50, "earthquake"))
    assert left.since == at(100)
    assert certain(*story, ended(WEEK + 100, "earthquake")) == set()
    assert certain(shaken(1, "5-"), ended(WEEK + 100, "flood")) == {"earthquake"}


def test_how_long_an_earthquake_lasts_is_a_setting() -> None:
    rules = Rules.of({"OTSU_QUAKE_HOURS": "1"})
    assert certain(shaken(1, "5-"), ended(60, "earthquake"), rules=rules) == {"earthquake"}
    assert certain(shaken(1, "5-"), ended(61, "earthquake"), rules=rules) == set()


@pytest.mark.parametrize("degree", SHAKING)
def test_shaking_of_4_and_more_after_it_calls_for_a_new_check(degree: str) -> None:
    found = [each for each in dangers(shaken(5, "5-"), shaken(9, degree)) if each.since == at(5)]
    assert [each.shaken_at for each in found] == [at(9) if SHAKING.index(degree) >= 3 else at(5)]


def test_shaking_before_it_calls_for_none_and_the_last_after_it_counts() -> None:
    [found] = dangers(shaken(2, "4"), shaken(5, "5-"), shaken(11, "4"), shaken(8, "4"), shaken(12, "3"))
    assert (found.since, found.shaken_at) == (at(5), at(11))


def test_shaking_in_one_area_calls_for_no_check_in_another() -> None:
    story = (shaken(5, "5-", SOUTH), shaken(6, "4", NORTH))
    assert [(each.area, each.shaken_at) for each in dangers(*story)] == [(SOUTH, at(5))]
    assert [each.shaken_at for each in dangers(*story, shaken(7, "4"))] == [at(7)]
    assert [each.shaken_at for each in dangers(*story, shaken(7, "4", SOUTH))] == [at(7)]
    [whole] = dangers(shaken(5, "5-"), shaken(6, "4", NORTH))
    assert whole.shaken_at == at(6)


def test_an_earthquake_in_one_area_is_ended_there() -> None:
    story = (shaken(1, "5-", SOUTH),)
    assert certain(*story, ended(WEEK + 1, "earthquake", NORTH)) == {"earthquake"}
    assert certain(*story, ended(WEEK + 1, "earthquake", SOUTH)) == set()


@pytest.mark.parametrize(("minute", "is_over"), [(4, False), (5, True), (6, True)])
@pytest.mark.parametrize(
    "back", [quake("VXSE53", info_type="取消"), quake("VXSE53", (CITY, "大津市", "4"), info_type="訂正")]
)
def test_one_that_was_taken_back_counts_until_headquarters_ends_it_which_it_can_at_once(
    back: bytes, minute: float, is_over: bool
) -> None:
    story = (heard(1, quake("VXSE53", (CITY, "大津市", "6-"))), heard(5, back))
    assert certain(*story) == {"earthquake"}
    assert certain(*story, ended(minute, "earthquake")) == (set() if is_over else {"earthquake"})


# What headquarters declares


@pytest.mark.parametrize("hazard", HAZARDS)
def test_a_declared_hazard_counts_until_it_is_ended(hazard: str) -> None:
    [found] = dangers(declared(1, hazard))
    quaked = at(1) if hazard == "earthquake" else ""
    assert found == Danger(hazard, "declared", None, None, at(1), None, "", quaked) and found.is_certain
    assert dangers(declared(1, hazard), ended(2, hazard)) == ()


@pytest.mark.parametrize(
    ("where", "area", "district"), [(None, None, None), (SOUTH, SOUTH, None), ("D1", None, "D1"), (NORTH, NORTH, None)]
)
def test_it_counts_in_an_area_a_district_or_the_whole_city(
    where: str | None, area: str | None, district: str | None
) -> None:
    [found] = dangers(declared(1, "large_fire", where))
    assert (found.area, found.district_id) == (area, district)


@pytest.mark.parametrize(
    ("begun", "over", "counts"),
    [
        ("D1", "D1", False),
        ("D1", None, False),
        ("D1", "D2", True),
        ("D1", SOUTH, True),
        (None, SOUTH, True),
        (SOUTH, None, False),
    ],
)
def test_a_declaration_is_ended_where_it_was_made_or_in_the_whole_city(
    begun: str | None, over: str | None, counts: bool
) -> None:
    assert bool(dangers(declared(1, "volcano", begun), ended(2, "volcano", over))) == counts
    assert dangers(declared(1, "volcano", begun), ended(2, "flood", over)) != ()


def test_an_end_before_the_declaration_or_at_the_same_moment_does_not_end_it() -> None:
    assert dangers(ended(1, "volcano"), declared(2, "volcano", "D1")) != ()
    assert dangers(ended(2, "volcano"), declared(2, "volcano", "D1")) != ()
    assert dangers(declared(1, "volcano"), ended(2, "volcano"), declared(3, "volcano")) != ()


def test_a_declared_earthquake_asks_for_a_check_after_the_last_strong_shaking() -> None:
    [found] = dangers(declared(2, "earthquake"), shaken(1, "4"), shaken(5, "4"), shaken(6, "3"))
    assert (found.why, found.shaken_at) == ("declared", at(5))
    [south] = dangers(declared(2, "earthquake", SOUTH), shaken(5, "4", NORTH))
    assert south.shaken_at == at(2)
    assert dangers(declared(2, "earthquake"), ended(3, "earthquake")) == ()


# What nobody knows


def test_an_unknown_code_in_force_leaves_all_that_jma_warns_of_unknown() -> None:
    told = heard(4, warnings("VPWW55", [("99", "レベル４謎危険警報", "発表")]))
    expected = {Danger(h, "unknown_code", SOUTH, None, at(4), None, "レベル４謎危険警報") for h in WARNED_OF}
    assert set(dangers(told)) == expected and certain(told) == set()
    assert dangers(told, lifted(5)) == ()
    assert {found.hazard for found in dangers(told, warned_of=("flood",))} == {"flood"}


def test_an_unknown_code_without_a_name_is_told_by_its_code() -> None:
    nameless = {**warning("99", None, is_known=False), "name": ""}
    assert {found.name for found in dangers(warned(1, "s", SOUTH, nameless))} == {"99"}


def test_silence_leaves_all_that_jma_warns_of_unknown_in_the_whole_city() -> None:
    assert set(dangers(is_heard=False)) == {Danger(hazard, "silent") for hazard in WARNED_OF}
    assert WARNED_OF == ("flood", "inland_flood", "landslide", "storm_surge", "earthquake")
    assert dangers() == ()


def test_silence_takes_no_certain_danger_away() -> None:
    silent = dangers(rain(1), is_heard=False, warned_of=("landslide",))
    assert set(silent) == {*dangers(rain(1)), Danger("landslide", "silent")}


# Whom it concerns


@pytest.mark.parametrize(
    ("area", "district", "here", "there", "reaches"),
    [
        (None, None, SOUTH, "D1", True),
        (SOUTH, None, SOUTH, "D1", True),
        (SOUTH, None, NORTH, "D1", False),
        (SOUTH, None, None, "D1", True),
        (None, "D1", SOUTH, "D1", True),
        (None, "D1", SOUTH, "D2", False),
        (None, "D1", SOUTH, None, True),
        (SOUTH, "D1", NORTH, "D1", False),
        (SOUTH, "D1", SOUTH, "D2", False),
    ],
)
def test_a_danger_reaches_its_area_and_whatever_lies_nobody_knows_where(
    area: str | None, district: str | None, here: str | None, there: str | None, reaches: bool
) -> None:
    assert Danger("flood", "declared", area, district).concerns(here, there) is reaches


# Levels and what is in force


def test_the_level_of_an_area_is_the_highest_that_reaches_it() -> None:
    story = [rain(1, "03"), levelled(2, "VPWW56", "49"), heard(3, river("51", "", [CITY]))]
    alerts = [situation(told).alerts[0] for told in story]
    assert danger.level_in(alerts[:2], SOUTH, AREAS) == 4
    assert danger.level_in(alerts[:2], NORTH, AREAS) == 0
    assert danger.level_in(alerts[:2], None, AREAS) == 4
    assert danger.level_in(alerts, NORTH, AREAS) == danger.level_in(alerts, None, AREAS) == 5
    assert danger.level_in([], None, AREAS) == 0


def test_what_was_lifted_and_what_has_no_level_give_none() -> None:
    alerts = situation(rain(1), lifted(2), heard(3, warnings("VPWW58", [("05", "暴風警報", "発表")]))).alerts
    assert danger.level_in(alerts, SOUTH, AREAS) == 0


def test_what_is_in_force_is_listed_by_area_without_earthquakes_and_what_was_lifted() -> None:
    story = (
        levelled(1, "VPWW56", "49"),
        rain(2),
        lifted(3),
        shaken(4, "6-"),
        heard(5, river("20", "", [CITY])),
        heard(6, warnings("VPWW58", [("05", "暴風警報", "発表")])),
    )
    found = danger.in_force(situation(*story).alerts, AREAS)
    assert {(area, code) for area, code, _ in found} == {(SOUTH, "49"), (None, "20"), (SOUTH, "05")}
    assert {held["since"] for _, _, held in found} == {at(1), at(5), at(6)}


def test_the_ledger_keeps_a_warning_as_the_telegram_says_it() -> None:
    said = payload(warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")]))
    [south, north] = said["areas"]
    assert (south["code"], north["code"], north["warnings"]) == (SOUTH, NORTH, [])
    assert south["warnings"] == [
        {
            "code": "43",
            "name": "レベル４大雨危険警報",
            "level": 4,
            "hazards": ["flood", "inland_flood"],
            "is_known": True,
        }
    ]


def test_the_reasons_why_a_hazard_counts_and_what_is_not_said_of_one() -> None:
    assert danger.WHY == ("in_force", "lifted", "shaken", "declared", "unknown_code", "silent")
    assert Danger("flood", "silent") == Danger("flood", "silent", None, None, "", None, "", "")
