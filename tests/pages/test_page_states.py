"""Each page of the response in each state that a night brings, in both languages: it opens, and says what it is."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from app_page import opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.append import Draft, new_incident_id
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity

PAGES = (
    *("incident", "board", "shelter", "desk", "outside", "supplies", "service", "replay", "handover", "review"),
    "settings",
)
LANGUAGES = ("ja", "en")

every_page = pytest.mark.parametrize("page", PAGES)
both_languages = pytest.mark.parametrize("lang", LANGUAGES)


pytestmark = [
    pytest.mark.usefixtures("folder", "as_role"),
    pytest.mark.parametrize("as_role", ["headquarters"], indirect=True),
]


def one_shelter() -> dict[str, str]:
    with Snapshot.current() as snapshot:
        return next(place for place in validity.places(snapshot) if place["place_kind"] == "shelter")


def happened(mode: str, hours_ago: float = 0.0) -> str:
    """An open incident in which one shelter was opened, counted and stocked so long ago."""
    then = clock.now() - timedelta(hours=hours_ago)
    incident, ledger = new_incident_id(mode), open_ledger()
    about = {**incidents.opening("大雨"), "is_demo": mode != "real"}
    append.append(ledger, "incident_opened", about, actor="hq", incident_id=incident, mode=mode, occurred_at=then)
    here = {"incident_id": incident, "mode": mode, "shelter_id": one_shelter()["place_id"], "occurred_at": then}
    told = (
        ("shelter_opened", {}),
        ("head_count", {"people": 17, "method": "counted"}),
        ("supply_counted", {"item": "water", "amount": 30}),
    )
    append.append_all(ledger, [Draft(kind, payload, **here) for kind, payload in told], "hq")
    return incident


def everything(app: AppTest) -> str:
    html = "".join(str(each.proto.body) for each in app.get("html"))
    tables = "".join(each.value.to_string() for each in app.dataframe)
    return texts(app) + html + tables


@every_page
@both_languages
def test_normal(page: str, lang: str) -> None:
    happened("drill")
    app = opened(page, lang=lang)
    assert not app.exception and not app.error, [each.value for each in app.error]


@every_page
@both_languages
def test_a_drill_is_marked_as_a_drill(page: str, lang: str) -> None:
    happened("drill")
    assert say("incident.not_real", lang, mode=say("mode.drill", lang)) in everything(opened(page, lang=lang))


@every_page
@both_languages
def test_a_test_is_marked_as_a_test(page: str, lang: str) -> None:
    happened("test")
    assert say("incident.not_real", lang, mode=say("mode.test", lang)) in everything(opened(page, lang=lang))


@every_page
@both_languages
def test_before_anything_happened(page: str, lang: str) -> None:
    app = opened(page, lang=lang)
    assert not app.exception and not app.error
    assert app.info or app.dataframe or app.button or app.get("html"), "the page is not blank"


@pytest.mark.parametrize("page", ["board", "shelter"])
@both_languages
def test_a_shelter_that_fell_silent_says_so_and_its_count_is_old(page: str, lang: str) -> None:
    happened("drill", hours_ago=5)
    query = {"place": one_shelter()["place_id"]} if page == "shelter" else {}
    found = everything(opened(page, lang=lang, **query))
    if page == "board":
        assert say("reason.board_silent", lang, name=one_shelter()["name_ja"]) in found
    else:
        assert say("shelter.old_count", lang) in found


@pytest.mark.parametrize("page", ["board", "handover"])
@both_languages
def test_without_contact_to_the_warnings_levels_are_unknown_and_not_none(page: str, lang: str) -> None:
    happened("real")
    found = everything(opened(page, lang=lang))
    assert say("app.unknown", lang) in found
    levels = [piece.partition("</span>")[0] for piece in found.split('class="otsu-chip"')[1:]]
    assert not any(say("warnings.no_level", lang) in level for level in levels)


@every_page
@both_languages
def test_without_a_snapshot_it_says_what_to_do_and_shows_no_trace(page: str, lang: str, folder: Path) -> None:
    happened("drill")
    shutil.rmtree(folder / "snapshots")
    app = opened(page, lang=lang)
    assert not app.exception
    assert say("app.no_snapshot_next", lang) in everything(app)
