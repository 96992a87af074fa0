"""The sheet for the next shift: what stands on it, the words that hand over, and a past sheet that stays as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.access.roles import HEADQUARTERS, VIEWER
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, private, store, story
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity
from otsu_maps.ui import access, actions, handover, now
from otsu_maps.ui.incident import named


@pytest.fixture
def shelters(demo_folder: Path, data_dir: Path) -> Iterator[list[dict[str, Any]]]:
    """Three shelters of the demo with known room."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    with Snapshot.current() as snapshot:
        found = [p for p in validity.places(snapshot) if p["place_kind"] == "shelter" and p["capacity_refuge_persons"]]
    yield found[:3]
    store._opened.cache_clear()


def begun(mode: str = "drill", hours: float = 12) -> str:
    """An incident that was opened some hours ago."""
    about = incidents.opening("大雨") | ({"is_demo": False} if mode == "real" else {})
    where = {"incident_id": append.new_incident_id(mode), "mode": mode}
    at = clock.now() - timedelta(hours=hours)
    append.append(open_ledger(), "incident_opened", about, actor="hq", occurred_at=at, **where)
    return where["incident_id"]


def did(
    incident: str, kind: str, shelter: str | None = None, ago: float = 0, note: str | None = None, **payload: Any
) -> Any:
    at = clock.now() - timedelta(minutes=ago) if ago else None
    mode = incident.partition("-")[0]
    return append.append_all(
        open_ledger(), [Draft(kind, payload, incident, mode, shelter, None, at, note=note)], "desk"
    )[0]


def signed_in(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    signed = Signed(account_id="a", name="hq", display_name="本部", role=role)
    monkeypatch.setattr(access, "current", lambda is_alive=False: signed)


def sheet(app: AppTest) -> str:
    assert not app.exception
    return "".join(str(each.proto.body) for each in app.get("html") if "otsu-sheet" in str(each.proto.body))


def printed(incident: str, lang: str = "ja", may_read: bool = True, **query: str) -> str:
    return handover.printed({"incident": incident, **query}, "hq", may_read, lang)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_an_incident_it_says_so(shelters: Any, lang: str) -> None:
    assert say("incident.none", lang) in texts(opened("handover", lang=lang))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_empty_incident_says_of_each_part_that_nothing_is_known(shelters: Any, lang: str) -> None:
    begun()
    shown = sheet(opened("handover", lang=lang))
    for key in ("board.nothing", "handover.no_news", "handover.no_tasks", "handover.nothing_runs_out"):
        assert say(key, lang) in shown
    assert say("incident.no_shelters", lang) in shown and say("app.unknown", lang) in shown


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_all_that_the_next_shift_needs_stands_on_it(
    shelters: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    incident = begun()
    full, quiet, shut = (each["place_id"] for each in shelters)
    room = shelters[0]["capacity_refuge_persons"]
    for place in (full, quiet, shut):
        did(incident, "shelter_opened", place, ago=200)
    did(incident, "head_count", full, ago=5, people=room, method="counted")
    did(incident, "supply_counted", full, ago=5, item="water", amount=room)
    did(incident, "supply_counted", full, ago=5, item="special", amount=3)
    did(incident, "shelter_closed", shut, ago=50)
    did(incident, "damage_reported", full, ago=40, level="light")
    did(
        incident,
        "order_issued",
        ago=30,
        level=4,
        district_id=shelters[0]["district_id"],
        authority="市長",
        confirmed_by="副市長",
    )
    did(incident, "hazard_declared", ago=20, hazard="flood")
    did(incident, "people_outside", ago=10, place="道の駅", place_kind="car", people=7, method="counted")
    did(incident, "task_raised", ago=10, task_id="t1", title="毛布を運ぶ <b>")
    did(incident, "task_assigned", ago=9, task_id="t1", to="田上班")
    did(incident, "remark", full, ago=8, note="発電機の燃料が残り少ない <script>")
    shown = sheet(opened("handover", lang=lang))
    names = [each["name_ja"] for each in shelters]
    assert say("reason.board_full", lang, name=names[0], people=room, capacity=room) in shown
    assert say("reason.board_silent", lang, name=names[1]) in shown
    for key in ("opened", "closed", "full", "orders", "hazards", "damage"):
        assert say(f"news.{key}", lang) in shown
    assert names[2] in shown.split(say("openness.closed", lang))[-1]
    assert "毛布を運ぶ &lt;b&gt;" in shown and "田上班" in shown
    assert "発電機の燃料が残り少ない &lt;script&gt;" in shown and "<script>" not in shown
    assert say("item.water", lang) in shown.split(say("handover.supplies", lang))[1]
    assert "<b>7</b>" in shown and "100%" in shown


def test_a_shelter_that_opened_and_closed_again_is_told_once(shelters: list[dict[str, Any]]) -> None:
    incident = begun()
    did(incident, "shelter_opened", shelters[0]["place_id"], ago=100)
    did(incident, "shelter_closed", shelters[0]["place_id"], ago=50)
    shown = sheet(opened("handover"))
    assert (
        f"{say('news.closed', 'ja')}：{shelters[0]['name_ja']}" in shown
        and say("news.opened", "ja") + "：" not in shown
    )


def test_free_texts_are_for_those_who_work_with_the_people(
    shelters: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = begun()
    did(incident, "handover", ago=60, note="山田さんは透析が要る")
    did(incident, "remark", ago=30, note="佐藤さん宅に 3 人")
    signed_in(monkeypatch, VIEWER)
    shown = sheet(opened("handover"))
    assert "山田" not in shown and "佐藤" not in shown and say("handover.hidden", "ja") in shown
    assert "佐藤" not in printed(incident, may_read=False) and "佐藤" in printed(incident)


def test_words_are_recorded_as_a_handover_and_begin_a_new_period(
    shelters: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    incident = begun()
    did(incident, "shelter_opened", shelters[0]["place_id"], ago=100)
    app = alone("handover")
    app.text_area(key="handover_words").set_value("鍵は正門の金庫")
    next(each for each in app.button if each.label == say("handover.do", "ja")).click().run()
    assert not app.exception and say("handover.done", "ja") in app.success[0].value
    [event] = story.handovers(open_ledger(), incident)
    assert event.payload["is_heard"] is True and event.actor == "hq"
    shown = sheet(opened("handover"))
    assert "鍵は正門の金庫" in shown and say("handover.no_news", "ja") in shown
    ended = printed(incident, handover=event.event_id)
    assert "鍵は正門の金庫" in ended and f"{say('news.opened', 'ja')}：{shelters[0]['name_ja']}" in ended


def test_a_handover_needs_words(shelters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    incident = begun()
    app = alone("handover")
    next(each for each in app.button if each.label == say("handover.do", "ja")).click().run()
    assert app.error[0].value == say("handover.needs", "ja")
    assert story.handovers(open_ledger(), incident) == []


def test_a_past_sheet_is_the_same_whenever_it_is_printed(shelters: list[dict[str, Any]]) -> None:
    incident = begun()
    first = shelters[0]["place_id"]
    did(incident, "shelter_opened", first, ago=100)
    did(incident, "head_count", first, ago=90, people=12, method="counted")
    event = did(incident, "handover", note="夜勤から日勤へ")
    before = printed(incident, handover=event.event_id)
    did(incident, "head_count", first, ago=80, people=99, method="counted")  # came late
    did(incident, "shelter_closed", first)
    did(incident, "setting_changed", name="OTSU_SILENT_MINUTES", value="1440")
    assert printed(incident, handover=event.event_id) == before
    assert "99" not in before and "夜勤から日勤へ" in before
    with open_ledger().writing() as connection:
        private.erase_note(connection, event.payload["note"]["id"])
    assert say("handover.erased", "ja") in printed(incident, handover=event.event_id), "erased is erased"


def test_silence_at_a_handover_stays_on_its_sheet_though_the_ledger_learnt_of_it_later(
    shelters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = begun("real")
    now = clock.now()
    payload = {"source": "jma", "is_lost": False}
    append.append(
        open_ledger(), "contact_changed", payload, actor="watch", incident_id=STANDING["real"], mode="real",
        occurred_at=now - timedelta(hours=3),
    )  # fmt: skip
    event = did(incident, "handover", note="警報が届かない", is_heard=False, heard_at="2026-11-24T00:00:00Z")
    shown = printed(incident, handover=event.event_id)
    assert say("warnings.silent", "ja", since="2026-11-24 09:00", minutes=10) in shown
    assert say("app.unknown", "ja") in shown.split(say("warnings.title", "ja"))[1][:400]
    heard = did(incident, "handover", note="届いている", is_heard=True)
    assert say("warnings.title", "ja") in printed(incident, handover=heard.event_id)


def test_a_stale_source_of_warnings_is_said(shelters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun("real")
    shown = sheet(opened("handover"))
    assert say("warnings.never_heard", "ja") in shown


def test_a_moment_of_the_past_and_a_closed_incident_can_be_looked_at(shelters: list[dict[str, Any]]) -> None:
    incident = begun()
    did(incident, "shelter_opened", shelters[0]["place_id"], ago=100)
    early = (clock.now() - timedelta(minutes=150)).isoformat() + "Z"
    assert say("incident.no_shelters", "ja") in printed(incident, at=early)
    assert shelters[0]["name_ja"] in printed(incident, at=(clock.now() - timedelta(minutes=50)).isoformat() + "Z")
    did(incident, "incident_closed")
    app = opened("handover")
    assert shelters[0]["name_ja"] in sheet(app) and not app.text_area


def test_a_drill_is_marked_and_no_snapshot_is_said(shelters: Any, data_dir: Path) -> None:
    incident = begun()
    mark = say("incident.not_real", "ja", mode=say("mode.drill", "ja"))
    assert mark in "".join(str(each.proto.body) for each in opened("handover").get("html"))
    assert mark in printed(incident) and say("app.demo", "ja") in printed(incident)
    shutil.rmtree(data_dir / "snapshots")
    app = opened("handover")
    assert not app.exception and app.error


def test_the_sheet_lists_what_the_board_lists(shelters: list[dict[str, Any]]) -> None:
    incident, place = begun(), shelters[0]
    did(incident, "shelter_opened", place["place_id"], ago=400)
    did(incident, "head_count", place["place_id"], people=20, method="counted")
    did(incident, "supply_counted", place["place_id"], ago=390, item="water", amount=5)
    order = {"level": 4, "district_id": place["district_id"], "authority": "市長", "confirmed_by": "次長"}
    did(incident, "order_issued", **order)
    held = now.view(named(incident))
    listed = [actions.sentence(each, held.situation.at, "ja") for each in actions.to_do(held)]
    assert any(say("item.water", "ja") in each for each in listed)
    assert all(escape(each) in sheet(opened("handover")) for each in listed)


def test_a_view_that_is_changed_shares_no_piece_with_the_one_it_came_from(shelters: list[dict[str, Any]]) -> None:
    incident = begun()
    did(incident, "shelter_opened", shelters[0]["place_id"])
    held = now.view(named(incident))
    assert len(held.rows) == 1
    assert replace(held, situation=replace(held.situation, shelters={})).rows == []
