"""The incident page: what goes on, unmistakably a drill where it is one, and for headquarters to open and end."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import incidents
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, store
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Somebody signed in with this role."""
    signed = Signed(account_id="a", name="desk", display_name="机", role=request.param)
    monkeypatch.setattr(access, "current", lambda **_: signed)
    return str(request.param)


HQ = pytest.mark.parametrize("as_role", ["headquarters"], indirect=True)
OTHERS = pytest.mark.parametrize("as_role", ["viewer", "reception", "planner", "administrator"], indirect=True)


def drill(name: str = "大雨訓練") -> str:
    return str(incidents.open_incident(open_ledger(), name, "drill", actor="hq").incident_id)


def button(app: AppTest, label: str) -> bool:
    return any(each.label == say(label, "ja") for each in app.button)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_before_anything_happened_it_says_so(folder: Path, lang: str) -> None:
    app = opened("incident", lang=lang)
    assert not app.exception
    assert say("incident.none", lang) in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_drill_is_marked_and_unknown_is_not_zero(folder: Path, lang: str) -> None:
    incident = drill()
    append.append(open_ledger(), "shelter_opened", actor="hq", incident_id=incident, mode="drill", shelter_id="s-9")
    app = opened("incident", lang=lang)
    assert not app.exception
    mark = say("incident.not_real", lang, mode=say("mode.drill", lang))
    assert any(mark in str(each.proto.body) for each in app.get("html"))
    assert {metric.value for metric in app.metric} == {"1", "0", say("app.unknown", lang)}
    shelters = app.dataframe[0].value
    assert list(shelters[say("incident.head_count", lang)]) == [say("app.unknown", lang)]


@HQ
def test_headquarters_opens_and_ends_a_drill_and_the_demo_offers_no_real_one(folder: Path, as_role: str) -> None:
    app = alone("incident")
    assert app.radio[0].options == [say("mode.drill", "ja"), say("mode.test", "ja")]
    app.text_input[0].set_value("地震訓練")
    next(each for each in app.button if each.label == say("incident.do_open", "ja")).click().run()
    [incident] = read.incidents(open_ledger())
    assert (incident["name"], incident["mode"], incident["opened_by"]) == ("地震訓練", "drill", "desk")
    assert incident["settings"]["OTSU_CITY"] == "otsu" and "OTSU_LEDGER_URL" not in incident["settings"]
    assert incident["snapshot_id"]
    next(each for each in app.button if each.label == say("incident.do_close", "ja")).click().run()
    assert read.incidents(open_ledger())[0]["is_open"] is False


@HQ
def test_an_incident_needs_a_name(folder: Path, as_role: str) -> None:
    app = alone("incident")
    next(each for each in app.button if each.label == say("incident.do_open", "ja")).click().run()
    assert say("incident.needs_name", "ja") in texts(app)
    assert not store.is_there() or read.incidents(open_ledger()) == []


@OTHERS
def test_nobody_else_is_offered_to_open_or_end_one(folder: Path, as_role: str) -> None:
    drill()
    app = opened("incident")
    assert not app.exception
    assert not button(app, "incident.do_open") and not button(app, "incident.do_close")


def test_a_dispute_stands_on_top(folder: Path) -> None:
    incident = drill()
    for kind, shelter in (("shelter_opened", "s-1"), ("shelter_opened", "s-2"), ("shelter_closed", "s-2")):
        payload = {"follows": []}
        append.append(open_ledger(), kind, payload, actor="x", incident_id=incident, mode="drill", shelter_id=shelter)
    shelters = opened("incident").dataframe[0].value
    assert list(shelters[say("incident.status", "ja")]) == [
        say("status_of.disputed", "ja"),
        say("status_of.open", "ja"),
    ]


@HQ
def test_the_chain_can_be_checked_on_the_page(folder: Path, as_role: str) -> None:
    drill()
    app = alone("incident")
    next(each for each in app.button if each.label == say("incident.do_verify", "ja")).click().run()
    assert [each.value for each in app.success] == [say("incident.whole", "ja")]
