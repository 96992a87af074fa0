"""The response board: normal, empty, silent, a drill, and what a person does with what needs a decision."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity


@pytest.fixture
def incident(folder: Path) -> str:
    """An open drill."""
    return str(incidents.open_incident(open_ledger(), "地震訓練", "drill", actor="hq").incident_id)


def shelters(count: int) -> list[dict[str, Any]]:
    with Snapshot.current() as snapshot:
        held = [place for place in validity.places(snapshot) if place["place_kind"] == "shelter"]
    return [place for place in held if place["capacity_refuge_persons"]][:count]


def did(incident: str, kind: str, shelter: str, payload: dict[str, Any] | None = None, hours_ago: float = 0) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    about = {"incident_id": incident, "mode": "drill", "shelter_id": shelter, "occurred_at": at}
    append.append(open_ledger(), kind, payload or {}, actor="hq", **about)


def board_of(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.markdown)


def tiles(app: AppTest) -> str:
    return next(str(each.proto.body) for each in app.get("html") if "otsu-tiles" in str(each.proto.body))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_before_anything_happened_it_says_so(folder: Path, lang: str) -> None:
    app = opened("board", lang=lang)
    assert not app.exception and say("incident.none", lang) in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_incident_without_shelters_shows_unknown_and_not_zero_people(incident: str, lang: str) -> None:
    app = opened("board", lang=lang)
    assert not app.exception
    assert tiles(app).count(f"<b>{say('app.unknown', lang)}</b>") == 2
    assert app.success[0].value == say("board.nothing", lang)
    mark = say("incident.not_real", lang, mode=say("mode.drill", lang))
    assert any(mark in str(each.proto.body) for each in app.get("html"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_full_silent_and_unknown_shelters_are_told_apart(incident: str, lang: str) -> None:
    full, silent, plain = shelters(3)
    did(incident, "shelter_opened", full["place_id"])
    did(incident, "head_count", full["place_id"], {"people": full["capacity_refuge_persons"], "method": "counted"})
    did(incident, "shelter_opened", silent["place_id"], hours_ago=2)
    did(incident, "shelter_opened", plain["place_id"])
    app = opened("board", lang=lang)
    assert not app.exception
    table = app.dataframe[0].value
    assert len(table) == 3
    counts = dict(zip(table[say("places.name", lang)], table[say("board.count", lang)], strict=True))
    assert counts[silent["name_ja"]] == counts[plain["name_ja"]] == say("app.unknown", lang)
    said = board_of(app)
    about = {"name": full["name_ja"], "people": full["capacity_refuge_persons"]}
    assert say("reason.board_full", lang, **about, capacity=full["capacity_refuge_persons"]) in said
    assert say("reason.board_silent", lang, name=silent["name_ja"]) in said
    assert say("reason.board_silent", lang, name=plain["name_ja"]) not in said


@pytest.mark.parametrize("as_role", ["headquarters"], indirect=True)
def test_headquarters_takes_a_decision_and_marks_it_done(incident: str, as_role: str) -> None:
    [full] = shelters(1)
    did(incident, "shelter_opened", full["place_id"])
    did(incident, "head_count", full["place_id"], {"people": 9999, "method": "counted"})
    app = alone("board")
    next(each for each in app.button if each.label == say("board.take", "ja")).click().run()
    assert say("board.taken", "ja", by="hq-1") in texts(app)
    [task] = read.state(open_ledger(), incident)["tasks"]
    assert (task["key"], task["assigned_to"]) == (f"full|{full['place_id']}", "hq-1")
    next(each for each in app.button if each.label == say("board.done", "ja")).click().run()
    assert not app.exception
    assert say("reason.board_full", "ja", name=full["name_ja"], people=9999, capacity="")[:10] not in board_of(app)
    assert say("board.dealt_with", "ja", count=1) in texts(app)
    did(incident, "head_count", full["place_id"], {"people": 10000, "method": "counted"})
    assert full["name_ja"] not in board_of(opened("board")), "each new number would bring it back at once"


@pytest.mark.parametrize("as_role", ["viewer", "planner", "administrator"], indirect=True)
def test_who_only_looks_has_no_button(incident: str, as_role: str) -> None:
    [full] = shelters(1)
    did(incident, "shelter_opened", full["place_id"])
    did(incident, "head_count", full["place_id"], {"people": 9999, "method": "counted"})
    labels = {each.label for each in opened("board").button}
    assert not labels & {say("board.take", "ja"), say("board.done", "ja")}


def test_people_outside_are_shown_beside_and_never_added(incident: str) -> None:
    [one] = shelters(1)
    did(incident, "shelter_opened", one["place_id"])
    did(incident, "head_count", one["place_id"], {"people": 12, "method": "counted"})
    outside = {"place": "駐車場", "place_kind": "car", "people": 345, "method": "estimated"}
    append.append(open_ledger(), "people_outside", outside, actor="x", incident_id=incident, mode="drill")
    shown = tiles(opened("board"))
    assert "<b>12</b>" in shown and "<b>345</b>" in shown and "357" not in shown


def test_an_ended_incident_is_no_board(incident: str) -> None:
    append.append(open_ledger(), "incident_closed", actor="hq", incident_id=incident, mode="drill")
    app = opened("board")
    assert say("board.closed_one", "ja") in texts(app) and not app.dataframe
