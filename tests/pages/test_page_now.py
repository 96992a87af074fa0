"""Warnings and where to go: what is on screen follows the ledger, says what is unknown, and offers nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, contact, read, tables
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity
from otsu_maps.ui.offers import LOOKS

SOUTH, NORTH = "2520101", "2520102"
LANDSLIDE_4 = {"code": "49", "name": "レベル４土砂災害危険警報", "level": 4, "hazards": ["landslide"]}
RAIN_4 = {"code": "43", "name": "レベル４大雨危険警報", "level": 4, "hazards": ["inland_flood", "flood"]}
SURGE_4 = {"code": "48", "name": "レベル４高潮危険警報", "level": 4, "hazards": ["storm_surge"]}
RAIN_5 = {"code": "33", "name": "レベル５大雨特別警報", "level": 5, "hazards": ["inland_flood", "flood"]}


HQ = pytest.mark.parametrize("as_role", ["headquarters"], indirect=True)
OTHERS = pytest.mark.parametrize("as_role", ["viewer", "reception", "planner", "administrator"], indirect=True)


def drill() -> str:
    return str(incidents.open_incident(open_ledger(), "大雨訓練", "drill", actor="hq").incident_id)


def warn(warned: dict[str, Any] | None, areas: tuple[str, ...] = (SOUTH, NORTH), incident: str | None = None) -> None:
    told = [{"code": a, "name": a, "warnings": [warned] if warned and a in areas else []} for a in (SOUTH, NORTH)]
    about = {"alert_id": "x", "source": "jma", "kind": "VPWW56", "title": "t", "series": "VPWW56|250000", "areas": told}
    place = incident or STANDING["real"]
    mode = place.partition("-")[0]
    append.append(open_ledger(), "alert_received", about, actor="watch", incident_id=place, mode=mode)


def hear() -> None:
    ledger = open_ledger()
    with ledger.writing() as connection:
        contact.heard(connection, "jma", clock.now(), timedelta(minutes=10), "watch")


def open_everything(incident: str) -> None:
    with Snapshot.current() as snapshot:
        places = validity.places(snapshot)
    drafts = [
        append.Draft("shelter_opened", {"building": "checked"}, incident, "drill", place["place_id"])
        for place in places
    ]
    append.append_all(open_ledger(), drafts, "hq")


def markup(app: AppTest) -> str:
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def rung_of(app: AppTest, area: str) -> str:
    """The words of the rung on which an area stands."""
    ladder = next(str(each.proto.body) for each in app.get("html") if "otsu-ladder" in str(each.proto.body))
    rungs = re.findall(r'role="listitem">([^<]*)</div><div>(.*?)</div>', ladder)
    return next(title for title, rest in rungs if area in rest)


def tile(app: AppTest, look: str) -> int:
    words = re.escape(say(f"offer.{look}", "ja"))
    return int(re.search(rf"{words}<b>([\d,]+)</b>", markup(app)).group(1).replace(",", ""))  # type: ignore[union-attr]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_any_contact_warnings_are_unknown_and_not_none(folder: Path, lang: str) -> None:
    app = opened("hazards", lang=lang)
    assert not app.exception
    assert say("warnings.never_heard", lang) in texts(app)
    assert say("warnings.none", lang) not in texts(app)
    assert say("why.silent", lang) in list(app.dataframe[0].value[say("warnings.why", lang)])
    assert rung_of(app, "大津市北部") == rung_of(app, "大津市南部") == say("app.unknown", lang)


def test_silence_after_a_warning_shows_the_last_that_was_known_and_offers_less(folder: Path) -> None:
    hear()
    warn(LANDSLIDE_4, (NORTH,))
    ledger = open_ledger()
    with ledger.writing() as connection:
        long_ago = clock.now() - timedelta(hours=2)
        connection.execute(tables.contact.update().values(heard_at=long_ago))
    app = opened("hazards")
    ladder = next(str(each.proto.body) for each in app.get("html") if "otsu-ladder" in str(each.proto.body))
    assert rung_of(app, "大津市北部") == say("app.unknown", "ja")
    assert ladder.count("大津市北部") == 2 and say("warnings.last_known", "ja") in ladder
    assert clock.shown(long_ago) in texts(app)


def test_heard_and_quiet_says_that_nothing_is_in_force(folder: Path) -> None:
    hear()
    app = opened("hazards")
    assert say("warnings.none", "ja") in texts(app) and not app.error
    assert say("warnings.no_danger", "ja") in texts(app)


@pytest.mark.parametrize("warned", [RAIN_4, SURGE_4, LANDSLIDE_4])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_43_48_and_49_reach_the_page_as_level_4(folder: Path, warned: dict[str, Any], lang: str) -> None:
    hear()
    warn(warned, (NORTH,))
    app = opened("hazards", lang=lang)
    assert not app.exception
    assert rung_of(app, "大津市北部") == say("warnings.level", lang, level=4)
    assert rung_of(app, "大津市南部") == say("warnings.no_level", lang)
    assert warned["name"] in list(app.dataframe[0].value[say("warnings.name", lang)])
    assert say("order.level_4", lang) not in texts(app) + markup(app), "a warning is no order"


def test_the_divider_stands_between_5_and_4(folder: Path) -> None:
    ladder = markup(opened("hazards"))
    five, divider, four = (
        ladder.index(words)
        for words in (
            say("warnings.level", "ja", level=5),
            say("warnings.divider", "ja"),
            f">{say('warnings.level', 'ja', level=4)}<",
        )
    )
    assert five < divider < four


def test_the_four_numbers_hold_every_place_and_the_table_shows_what_was_counted(folder: Path) -> None:
    incident = drill()
    open_everything(incident)
    warn(LANDSLIDE_4, incident=incident)
    counted = {}
    for look in LOOKS:
        app = opened("hazards", look=look)
        counted[look] = tile(app, look)
        tables = [each.value for each in app.dataframe if say("offer.room", "ja") in each.value.columns]
        assert (len(tables[0]) if tables else 0) == counted[look]
        if look in ("unfit", "fit_unknown"):
            assert (tables[0][say("offer.reasons", "ja")] != "").all(), "every refusal says why"
    assert sum(counted.values()) == 116 + 75
    assert counted["offered"] > 20 and counted["unfit"] > 5


def test_a_lifted_warning_still_counts_until_headquarters_says_so(folder: Path) -> None:
    incident = drill()
    open_everything(incident)
    warn(LANDSLIDE_4, incident=incident)
    during = tile(opened("hazards"), "unfit")
    warn(None, incident=incident)
    app = opened("hazards")
    assert tile(app, "unfit") == during > 0
    assert say("why.lifted", "ja", name=LANDSLIDE_4["name"]) in list(app.dataframe[0].value[say("warnings.why", "ja")])
    append.append(
        open_ledger(), "hazard_ended", {"hazard": "landslide"}, actor="hq", incident_id=incident, mode="drill"
    )
    assert tile(opened("hazards"), "unfit") == 0


def test_real_warnings_are_not_those_of_a_drill_and_the_other_way_round(folder: Path) -> None:
    incident = drill()
    warn(LANDSLIDE_4, incident=incident)
    hear()
    app = opened("hazards", incident="none")
    assert rung_of(app, "大津市北部") == say("warnings.no_level", "ja")
    assert rung_of(opened("hazards"), "大津市北部") == say("warnings.level", "ja", level=4)


def test_what_if_changes_no_record_and_no_real_screen(folder: Path) -> None:
    incident = drill()
    warn(RAIN_4, (NORTH,), incident=incident)
    before = read.mark(open_ledger())
    app = opened("hazards", view="what_if")
    all_open = tile(app, "offered")
    slopes = [each for each in app.selectbox if each.label == say("what_if.slopes", "ja")]
    for each in slopes:
        each.set_value(4)
    app.run()
    assert not app.exception
    assert say("what_if.title", "ja") in texts(app)
    assert 0 < tile(app, "offered") < all_open and tile(app, "unfit") > 0
    assert read.mark(open_ledger()) == before
    assert rung_of(opened("hazards"), "大津市北部") == say("warnings.level", "ja", level=4)


def test_what_if_at_level_5_offers_nothing_there(folder: Path) -> None:
    app = opened("hazards", view="what_if")
    for each in app.selectbox:
        if each.label == say("what_if.rain", "ja"):
            each.set_value(5)
    app.run()
    assert tile(app, "offered") == 0


@HQ
def test_headquarters_declares_and_ends_a_hazard_of_the_real_world(folder: Path, as_role: str) -> None:
    hear()
    app = alone("hazards")
    press(app, "warnings.declare")
    [state] = read.of_mode(open_ledger(), "real", ["hazard"])
    assert (state["hazard"], state["is_on"], state["by"]) == ("flood", True, "hq-1")
    assert say("why.declared", "ja") in list(app.dataframe[0].value[say("warnings.why", "ja")])
    press(app, "warnings.over")
    assert not read.of_mode(open_ledger(), "real", ["hazard"])[0]["is_on"]


@HQ
def test_in_a_drill_a_declaration_stays_in_the_drill(folder: Path, as_role: str) -> None:
    incident = drill()
    press(alone("hazards"), "warnings.declare")
    assert read.of_mode(open_ledger(), "real", ["hazard"]) == []
    assert read.state(open_ledger(), incident)["hazards"][0]["is_on"]


@HQ
def test_an_earthquake_cannot_be_ended_the_day_after(folder: Path, as_role: str) -> None:
    hear()
    warn({"code": "6-", "name": "震度６弱", "hazards": ["earthquake"]})
    app = alone("hazards")
    next(each for each in app.selectbox if each.label == say("warnings.hazard", "ja")).set_value("earthquake")
    press(app, "warnings.over")
    assert say("warnings.quake_goes_on", "ja", until="").split("は、")[1] in texts(app)
    assert read.of_mode(open_ledger(), "real", ["hazard"]) == []


@OTHERS
def test_nobody_else_declares_or_orders(folder: Path, as_role: str) -> None:
    drill()
    for view in ("now", "orders"):
        app = opened("hazards", view=view)
        labels = {each.label for each in app.button}
        assert not labels & {say(f"{key}", "ja") for key in ("warnings.declare", "warnings.over", "orders.do")}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_in_silence_the_level_of_a_district_is_unknown_and_not_none(folder: Path, lang: str) -> None:
    def levels() -> set[str]:
        return set(opened("hazards", view="orders", lang=lang).dataframe[0].value[say("orders.warned", lang)])

    assert levels() == {say("app.unknown", lang)}
    hear()
    assert levels() == {say("warnings.no_level", lang)}


@HQ
def test_orders_need_an_incident_a_second_person_and_reach_the_ledger(folder: Path, as_role: str) -> None:
    app = alone("hazards", view="orders")
    assert say("orders.needs_incident", "ja") in texts(app)
    incident = drill()
    warn(RAIN_4, (NORTH,), incident=incident)
    app = alone("hazards", view="orders")
    app.radio[0].set_value(4).run()
    north = app.multiselect[0].value
    assert 0 < len(north) < len(app.multiselect[0].options), "the draft: districts of the northern half"
    press(app, "orders.do")
    assert say("orders.needs", "ja") in texts(app)
    second = next(each for each in app.text_input if each.label == say("orders.confirmed_by", "ja"))
    second.set_value("hq-1")
    press(app, "orders.do")
    assert say("reason.event_confirmed_by_self", "ja") in texts(app)
    assert read.state(open_ledger(), incident)["orders"] == []
    next(each for each in app.text_input if each.label == say("orders.confirmed_by", "ja")).set_value("次長")
    press(app, "orders.do")
    held = read.state(open_ledger(), incident)["orders"]
    assert {order["district_id"] for order in held} == set(north)
    assert {(order["level"], order["authority"], order["confirmed_by"]) for order in held} == {(4, "市長", "次長")}


def test_advice_says_the_order_first_and_offers_only_what_is_offered(folder: Path) -> None:
    incident = drill()
    open_everything(incident)
    warn(LANDSLIDE_4, incident=incident)
    with Snapshot.current() as snapshot:
        town = validity.places(snapshot)[0]["place_id"]
    app = opened("hazards", view="advice", **{"from": town})
    assert not app.exception
    assert app.warning[0].value == say("reason.advice_order_first", "ja")
    assert say("reason.advice_warned", "ja", level=4) in texts(app)
    offered = opened("hazards", look="offered").dataframe[-1].value
    names = set(app.dataframe[0].value[say("places.name", "ja")])
    assert names and names <= set(offered[say("places.name", "ja")])
    assert set(app.dataframe[0].value[say("advice.route", "ja")]) == {say("advice.unchecked", "ja")}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_at_level_5_nobody_is_routed(folder: Path, lang: str) -> None:
    incident = drill()
    open_everything(incident)
    warn(RAIN_5, incident=incident)
    with Snapshot.current() as snapshot:
        town = validity.places(snapshot)[0]["place_id"]
    app = opened("hazards", view="advice", lang=lang, **{"from": town})
    assert [each.value for each in app.error] == [say("reason.advice_life_in_danger", lang)]
    assert not app.dataframe


def press(app: AppTest, key: str) -> None:
    next(each for each in app.button if each.label == say(key, "ja")).click().run()
    assert not app.exception


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("hazard", ["flood", "landslide", "inland_flood"])
def test_people_in_zones_by_district_and_for_the_city(demo: Snapshot, hazard: str, lang: str) -> None:
    app = opened("hazards", view="exposure", hazard=hazard, lang=lang)
    assert not app.exception
    table = app.dataframe[0].value
    assert say("exposure.city", lang) in list(table[say("places.district", lang)])
    assert say("exposure.synthetic", lang) in texts(app) and say("exposure.method", lang) in texts(app)
    inside = [value for value in table[say("exposure.inside", lang)] if value != say("app.unknown", lang)]
    assert any(value != "0" for value in inside)
