"""People outside shelters: recorded by place, shown by place and district, never added to the shelters."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from app_page import alone, opened, texts

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, store
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import areas
from otsu_maps.ui import access


@pytest.fixture
def incident(demo_folder: Path, data_dir: Path) -> Iterator[str]:
    """An open drill on the demo."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    yield str(incidents.open_incident(open_ledger(), "地震訓練", "drill", actor="hq").incident_id)
    store._opened.cache_clear()


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Somebody signed in with this role."""
    signed = Signed(account_id="a", name="field", display_name="現地", role=request.param)
    monkeypatch.setattr(access, "current", lambda **_: signed)
    return str(request.param)


RECEPTION = pytest.mark.parametrize("as_role", ["reception"], indirect=True)


def record(incident: str, place: str, people: int, **more: object) -> None:
    note = more.pop("note", None)
    payload = {"place": place, "place_kind": "car", "people": people, "method": "estimated", **more}
    about = {"incident_id": incident, "mode": "drill", "note": note}
    append.append(open_ledger(), "people_outside", payload, actor="x", **about)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_recorded_is_unknown_and_not_nobody(incident: str, lang: str) -> None:
    app = opened("outside", lang=lang)
    assert not app.exception and not app.metric
    assert say("outside.none", lang) in texts(app)
    mark = say("incident.not_real", lang, mode=say("mode.drill", lang))
    assert any(mark in str(each.proto.body) for each in app.get("html"))


@RECEPTION
def test_a_group_is_recorded_with_all_that_was_said_and_counts_for_no_shelter(incident: str, as_role: str) -> None:
    app = alone("outside")
    app.text_input[0].set_value(" 道の駅 駐車場 ")
    app.number_input[0].set_value(34)
    app.number_input[1].set_value(12)
    app.text_input[1].set_value("毛布が足りない")
    choice = next(each for each in app.selectbox if each.label == say("outside.district", "ja"))
    with Snapshot.current() as snapshot:
        first = areas.districts(snapshot)[0]
    choice.set_value(first["district_id"])
    app.button[0].click().run()
    assert not app.exception and not app.error
    state = read.state(open_ledger(), incident)
    [found] = state["outside"]
    assert (found["place"], found["people"], found["households"], found["method"], found["by"]) == (
        *("道の駅 駐車場", 34, 12, "counted"),
        "field",
    )
    assert state["shelters"] == {} and app.metric[0].value == "34"
    places, districts = (each.value for each in app.dataframe)
    assert list(places[say("outside.note", "ja")]) == ["毛布が足りない"]
    assert list(districts[say("outside.district", "ja")]) == [first["name_ja"]]


@RECEPTION
@pytest.mark.parametrize(("place", "people"), [("", 5), ("  ", 5), ("公園", None)])
def test_without_place_or_number_nothing_is_recorded(
    incident: str, as_role: str, place: str, people: int | None
) -> None:
    app = alone("outside")
    app.text_input[0].set_value(place)
    if people is not None:
        app.number_input[0].set_value(people)
    app.button[0].click().run()
    assert say("outside.needs", "ja") in texts(app)
    assert read.state(open_ledger(), incident)["outside"] == []


@RECEPTION
@pytest.mark.parametrize(("ahead_h", "recorded"), [(1, False), (0, True)])
def test_a_late_report_keeps_its_own_time_and_the_future_is_refused(
    incident: str, as_role: str, ahead_h: int, recorded: bool
) -> None:
    at = clock.now() + timedelta(hours=ahead_h) - timedelta(seconds=1)
    app = alone("outside")
    app.text_input[0].set_value("公園")
    app.number_input[0].set_value(3)
    app.get("datetime_input")[0].set_value((at + timedelta(hours=9)).replace(second=0, microsecond=0))
    app.button[0].click().run()
    found = read.state(open_ledger(), incident)["outside"]
    assert bool(found) is recorded
    assert bool(app.error) is not recorded


def test_the_newest_report_of_a_place_replaces_the_one_before_and_districts_add_up(incident: str) -> None:
    record(incident, "駐車場", 40)
    record(incident, "駐車場", 25)
    record(incident, "公園", 7)
    app = opened("outside")
    places, districts = (each.value for each in app.dataframe)
    assert list(places[say("desk.count_people", "ja")]) == [25, 7]
    assert list(districts[say("outside.district", "ja")]) == [say("app.unknown", "ja")]
    assert list(districts[say("desk.count_people", "ja")]) == [32] and list(districts[say("outside.places", "ja")]) == [
        2
    ]
    assert say("outside.not_added", "ja") in texts(app)


@pytest.mark.parametrize("as_role", ["viewer", "planner", "administrator"], indirect=True)
def test_whoever_may_not_record_sees_numbers_but_no_form_and_no_free_text(incident: str, as_role: str) -> None:
    record(incident, "駐車場", 40, note="○○さんの家族")
    app = opened("outside")
    assert not app.get("text_input") and app.metric[0].value == "40"
    assert "○○さん" not in app.dataframe[0].value.to_csv()
