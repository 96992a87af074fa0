"""The page of one shelter: normal, empty, silent, a drill, unknown, and links that lead to it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app_page import opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, roster
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity


@pytest.fixture
def incident(folder: Path) -> str:
    """An open drill."""
    return str(incidents.open_incident(open_ledger(), "地震訓練", "drill", actor="hq").incident_id)


def some_shelter(*, has_room: bool = True) -> dict[str, Any]:
    with Snapshot.current() as snapshot:
        held = [place for place in validity.places(snapshot) if place["place_kind"] == "shelter"]
    room = ("capacity_refuge_persons", "capacity_stay_persons")
    return next(place for place in held if all((place[name] is not None) == has_room for name in room))


def did(incident: str, kind: str, shelter: str, hours_ago: float = 0, note: str | None = None, **payload: Any) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    about = {"incident_id": incident, "mode": "drill", "shelter_id": shelter, "occurred_at": at, "note": note}
    append.append(open_ledger(), kind, payload, actor="desk-1", **about)


def html(app: AppTest) -> str:
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def chart(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_shelter_at_work_shows_people_room_supplies_and_what_happened(incident: str, lang: str) -> None:
    place = some_shelter()
    key, room = place["place_id"], place["capacity_refuge_persons"]
    did(incident, "shelter_opened", key, 3, building="checked", decided_by="本部")
    did(incident, "check_in", key, 2, ref="card-1", people=7)
    did(incident, "head_count", key, 0.5, people=12, method="counted")
    did(incident, "supply_counted", key, 0.4, item="water", amount=6)
    did(incident, "supply_requested", key, 0.3, item="water", amount=100)
    app = opened("shelter", lang, place=key)
    assert not app.exception and app.subheader[0].value == place["name_ja"]
    shown = html(app)
    assert say("incident.not_real", lang, mode=say("mode.drill", lang)) in shown
    assert f"<b>{say('places.persons', lang, number=12)}</b>" in shown
    assert f"<b>{say('places.persons', lang, number=room)}</b>" in shown
    assert say("building.checked", lang) in shown and "本部" in shown
    assert say("shelter.load", lang, percent=round(1200 / room), capacity=room) in shown
    assert say("shelter.requests", lang, requested=100, promised=0, delivered=0) in shown
    assert say("shelter.short", lang, short=30) in shown
    marks = json.dumps(chart(app), ensure_ascii=False)
    assert say("shelter.full_line", lang, number=room) in marks
    said = list(app.dataframe[-1].value[say("incident.what", lang)])
    assert len(said) == 5 and any(say("item.water", lang) in words for words in said)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_before_anything_happened_it_says_so(folder: Path, lang: str) -> None:
    assert say("incident.none", lang) in texts(opened("shelter", lang))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_a_place_it_asks_for_one_and_offers_those_of_the_incident_first(incident: str, lang: str) -> None:
    place = some_shelter()
    did(incident, "shelter_opened", place["place_id"])
    app = opened("shelter", lang)
    assert say("shelter.pick", lang) in texts(app)
    picker = next(each for each in app.selectbox if each.label == say("shelter.which", lang))
    assert picker.options[1].startswith(place["name_ja"]) and len(picker.options) > 50


def test_a_place_that_nobody_knows_is_named_and_not_guessed(incident: str) -> None:
    app = opened("shelter", place="h-gone")
    assert say("shelter.not_found", "ja", id="h-gone") in texts(app) and not app.subheader


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_shelter_without_any_record_is_unknown_and_not_empty(incident: str, lang: str) -> None:
    app = opened("shelter", lang, place=some_shelter()["place_id"])
    assert not app.exception
    told, unknown = texts(app), say("app.unknown", lang)
    assert say("shelter.no_record", lang) in told and say("shelter.series_none", lang) in told
    assert say("shelter.nobody_asked", lang) in told and say("shelter.stock_none", lang) in told
    assert f"<b>{unknown}</b>" in html(app) and say("shelter.load_unknown", lang) in html(app)
    assert say("openness.unknown", lang) in html(app)
    assert f"<b>{say('places.persons', lang, number=0)}</b>" not in html(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_unknown_room_is_written_out_and_draws_no_line(incident: str, lang: str) -> None:
    place = some_shelter(has_room=False)
    did(incident, "shelter_opened", place["place_id"], 1)
    did(incident, "head_count", place["place_id"], people=5, method="estimated")
    app = opened("shelter", lang, place=place["place_id"])
    assert html(app).count(f"<b>{say('app.unknown', lang)}</b>") >= 2
    assert say("shelter.load_unknown", lang) in html(app)
    assert "rule" not in json.dumps(chart(app))


def test_a_closed_shelter_needs_no_new_count(incident: str) -> None:
    key = some_shelter()["place_id"]
    did(incident, "shelter_opened", key, 6)
    did(incident, "head_count", key, 5, people=0, method="counted")
    did(incident, "shelter_closed", key, 4)
    app = opened("shelter", place=key)
    assert say("openness.closed", "ja") in html(app) and say("shelter.old_count", "ja") not in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_silent_shelter_says_since_when_and_that_its_number_is_old(incident: str, lang: str) -> None:
    key = some_shelter()["place_id"]
    did(incident, "shelter_opened", key, 6)
    did(incident, "head_count", key, 5, people=30, method="counted")
    told = [each.value for each in opened("shelter", lang, place=key).warning]
    at = clock.shown_near(clock.now() - timedelta(hours=5), clock.now())
    assert say("shelter.silent", lang, at=at) in told and say("shelter.old_count", lang) in told


def test_room_changed_in_the_incident_stands_beside_the_registered_one(incident: str) -> None:
    place = some_shelter()
    did(incident, "shelter_opened", place["place_id"])
    did(incident, "capacity_changed", place["place_id"], refuge_persons=11)
    shown = html(opened("shelter", place=place["place_id"]))
    assert "<b>11 人</b>" in shown and f"<b>{place['capacity_stay_persons']} 人</b>" in shown
    assert f"登録は {place['capacity_refuge_persons']} 人" in shown


def test_installations_that_disagree_are_both_named(incident: str) -> None:
    key = some_shelter()["place_id"]
    did(incident, "shelter_opened", key, 2, decided_by="本部")
    did(incident, "shelter_closed", key, 1, decided_by="現地", follows=[])  # nobody there knew of the opening
    [said] = [each.value for each in opened("shelter", place=key).error]
    assert "本部" in said and "現地" in said


def needs_of(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.markdown)


@pytest.mark.parametrize(
    ("as_role", "shown"), [("headquarters", "**3 組**"), ("viewer", "**10 組未満**")], indirect=["as_role"]
)
def test_needs_are_totals_exact_only_for_who_may_see_the_persons(incident: str, as_role: str, shown: str) -> None:
    key = some_shelter()["place_id"]
    did(incident, "shelter_opened", key)
    for number in range(12):
        about = {"name": f"氏名の例{number}", "needs": ["wheelchair"] if number < 3 else []}
        roster.check_in(open_ledger(), incident, key, about, actor="desk-1")
    app = opened("shelter", place=key)
    assert f"{say('need.wheelchair', 'ja')}　{shown}" in needs_of(app)
    assert say("shelter.asked", "ja", asked=12, registered=12) in texts(app)
    assert "氏名の例" not in texts(app) + html(app)


@pytest.mark.parametrize("as_role", ["viewer"], indirect=True)
def test_while_few_were_asked_others_see_no_need(incident: str, as_role: str) -> None:
    key = some_shelter()["place_id"]
    did(incident, "shelter_opened", key)
    roster.check_in(open_ledger(), incident, key, {"name": "氏名の例", "needs": ["pregnant"]}, actor="desk-1")
    app = opened("shelter", place=key)
    assert say("shelter.needs_hidden", "ja", few=10) in texts(app)
    assert say("need.pregnant", "ja") not in texts(app)


@pytest.mark.parametrize(
    ("as_role", "may"), [("headquarters", True), ("reception", True), ("viewer", False)], indirect=["as_role"]
)
def test_free_texts_and_the_desk_are_for_those_who_record(incident: str, as_role: str, may: bool) -> None:
    key = some_shelter()["place_id"]
    did(incident, "head_count", key, people=3, method="counted", note="雨漏りしている")
    app = opened("shelter", place=key)
    table = app.dataframe[-1].value
    assert (say("outside.note", "ja") in table.columns) == may
    assert ("雨漏りしている" in table.to_string()) == may
    labels = {each.proto.label for each in app.get("page_link")}
    assert (say("board.to_desk", "ja") in labels) == may
    assert say("shelter.to_board", "ja") in labels


def test_a_place_that_no_register_knows_is_shown_and_never_called_valid(incident: str) -> None:
    did(incident, "shelter_created", "prov-1", name="自治会館")
    did(incident, "shelter_opened", "prov-1")
    did(incident, "head_count", "prov-1", people=9, method="reported")
    app = opened("shelter", place="prov-1")
    assert app.subheader[0].value == "自治会館" and "<b>9 人</b>" in html(app)
    assert say("shelter.not_judged", "ja") in texts(app)
    assert say("offer.offered", "ja") not in html(app)


def test_a_link_to_a_place_that_was_merged_leads_to_the_one_of_the_register(incident: str) -> None:
    place = some_shelter()
    did(incident, "shelter_created", "prov-1", name="自治会館")
    did(incident, "shelter_merged", "prov-1", into=place["place_id"])
    assert opened("shelter", place="prov-1").subheader[0].value == place["name_ja"]


def test_a_link_counts_more_than_what_was_chosen_before(incident: str) -> None:
    first = some_shelter()
    did(incident, "shelter_created", "prov-1", name="自治会館")
    app = opened("shelter", place=first["place_id"])
    app.query_params["place"] = "prov-1"
    assert app.run().subheader[0].value == "自治会館"


def test_an_ended_incident_is_no_live_page(incident: str) -> None:
    append.append(open_ledger(), "incident_closed", actor="hq", incident_id=incident, mode="drill")
    app = opened("shelter", place=some_shelter()["place_id"])
    assert say("board.closed_one", "ja") in texts(app) and not app.subheader


def test_without_a_snapshot_the_page_says_what_to_do(data_dir: Path) -> None:
    app = opened("shelter")
    assert say("app.no_snapshot_next", "ja") in app.error[0].value
