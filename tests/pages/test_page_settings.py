"""The page of limits: what holds in an incident beside the standard, a change that counts at once, the past kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, config, incidents
from otsu_maps.access.roles import HEADQUARTERS, RECEPTION
from otsu_maps.analysis.limits import LIMITS
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, store, story
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access, now

SILENT = config.SILENT_MIN.name


def cards(app: AppTest) -> str:
    return "".join(str(each.proto.body) for each in app.get("html") if "otsu-limit" in str(each.proto.body))


def signed_in(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    signed = Signed(account_id="a", name="hq", display_name="本部 係", role=role)
    monkeypatch.setattr(access, "current", lambda is_alive=False: signed)


@pytest.fixture
def incident(demo_folder: Path, data_dir: Path) -> Iterator[str]:
    """A drill that was opened two hours ago, with one open shelter that was heard 40 minutes ago."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    begun = clock.now() - timedelta(hours=2)
    where = {"incident_id": append.new_incident_id("drill"), "mode": "drill"}
    about = incidents.opening("大雨訓練")
    append.append(open_ledger(), "incident_opened", about, actor="hq", occurred_at=begun, **where)
    at = clock.now() - timedelta(minutes=40)
    drafts = [
        Draft("shelter_created", {"name": "自治会館"}, **where, shelter_id="prov-1", occurred_at=at),
        Draft("shelter_opened", {}, **where, shelter_id="prov-1", occurred_at=at),
    ]
    append.append_all(open_ledger(), drafts, "desk")
    yield where["incident_id"]
    store._opened.cache_clear()


def change(incident: str, value: str, name: str = SILENT, **more: object) -> None:
    payload = {"name": name, "value": value}
    append.append(open_ledger(), "setting_changed", payload, actor="係長", incident_id=incident, mode="drill", **more)


def about() -> dict[str, object]:
    return read.incidents(open_ledger())[0]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_an_incident_the_standards_are_shown_and_nothing_can_be_changed(
    demo_folder: Path, data_dir: Path, lang: str
) -> None:
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    app = opened("settings", lang=lang)
    assert not app.exception and say("settings.no_incident", lang) in texts(app)
    for code in LIMITS:
        assert say(f"limit.{code}", lang) in cards(app)
    assert say("unit.minutes", lang, value=60) in cards(app)
    assert "is-other" not in cards(app).replace(".is-other", "") and not app.button


def test_a_standard_that_was_changed_since_stands_beside_what_the_incident_keeps(
    incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SILENT, "30")
    shown = cards(opened("settings"))
    assert "<b>60 分</b>" in shown and say("settings.standard", "ja", value="30 分") in shown


def test_a_change_says_when_by_whom_and_to_those_who_work_with_people_why(
    incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(incident, "45", note="夜間 <b>少人数</b>")
    shown = cards(opened("settings"))
    assert "係長" in shown and "夜間" not in shown, "free text may name somebody"
    signed_in(monkeypatch, RECEPTION)
    shown = cards(opened("settings"))
    assert "<b>45 分</b>" in shown and "係長" in shown and "夜間 &lt;b&gt;少人数&lt;/b&gt;" in shown


def test_no_secret_and_nothing_of_the_machine_is_shown(incident: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(config.INSTALLATION.name, "秘密の拠点")
    app = opened("settings")
    everything = cards(app) + texts(app)
    technical = {
        *("OTSU_DATA_DIR", "OTSU_CITY", "OTSU_LANG", "OTSU_HOST", "OTSU_PORT", "OTSU_KEEP_SNAPSHOTS", "OTSU_FEEDS"),
        *("OTSU_MAX_FILE_MB", "OTSU_QUERY_SECONDS", "OTSU_LEDGER_URL", "OTSU_INSTALLATION", "OTSU_WATCH_SECONDS"),
        *("OTSU_SESSION_IDLE_MINUTES", "OTSU_SESSION_HOURS", "OTSU_PUBLIC_HOST", "OTSU_PUBLIC_PORT"),
        *("OTSU_PUBLIC_URL", "OTSU_PUBLISH_SECONDS", "OTSU_REALTIME", "OTSU_REALTIME_SECONDS", "OTSU_REALTIME_MINUTES"),
        *("OTSU_REALTIME_DAYS", "OTSU_SEATS", "OTSU_MIN_DEVICES"),
    }
    limits = {limit.setting.name for limit in LIMITS.values()}
    assert {setting.name for setting in config.SETTINGS} == technical | limits, "a new setting is the one or the other"
    assert not technical & limits
    assert "秘密の拠点" not in everything and str(config.data_dir()) not in everything


def test_headquarters_changes_a_limit_and_every_page_goes_by_it(incident: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    monkeypatch.setattr(now, "PACE_S", 0.0)  # seconds that a page which refreshes itself may lag behind
    old = about()
    assert now.view(old).rules.silent_after == timedelta(minutes=60)
    app = alone("settings")
    app.selectbox[-1].set_value("silent").run()
    assert not [button for button in app.button if button.key == "change_limit"], "nothing to change yet"
    app.text_input(key="limit_silent").set_value("30").run()
    app.text_input(key="limit_why").set_value("夜間").run()
    assert any("60 分" in each.value and "30 分" in each.value for each in app.markdown)
    app.button(key="change_limit").click().run()
    assert not app.exception
    assert say("settings.changed", "ja", what=say("limit.silent", "ja"), value="30 分") in app.success[0].value
    assert story.settings(open_ledger(), incident)[SILENT] == "30"
    assert now.view(old).rules.silent_after == timedelta(minutes=30), "a page that was drawn before goes by it too"
    assert say("reason.board_silent", "ja", name="自治会館") in texts(opened("board"))
    [done] = story.changes(open_ledger(), incident)
    assert done.actor == "hq" and story.notes(open_ledger(), [done])[done.event_id] == "夜間"


@pytest.mark.parametrize("value", ["0", "-5", "abc", "99999", "六十"])
def test_a_value_that_cannot_be_is_refused_with_a_sentence_and_records_nothing(
    incident: str, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    app = alone("settings")
    app.selectbox[-1].set_value("silent").run()
    app.text_input(key="limit_silent").set_value(value).run()
    assert value in app.error[0].value and not [button for button in app.button if button.key == "change_limit"]
    assert story.changes(open_ledger(), incident) == []


def test_an_intensity_is_chosen_from_those_that_there_are(incident: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    app = alone("settings")
    next(box for box in app.selectbox if box.label == say("settings.which", "ja")).set_value("quake").run()
    app.selectbox(key="limit_quake").set_value("6-").run()
    app.button(key="change_limit").click().run()
    assert story.settings(open_ledger(), incident)[config.QUAKE.name] == "6-"
    assert "<b>震度6弱</b>" in cards(app)


def test_a_role_that_may_not_sees_the_limits_and_no_way_to_change_them(
    incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, RECEPTION)
    app = opened("settings")
    assert not app.exception and "<b>60 分</b>" in cards(app) and not app.expander


def test_a_closed_incident_keeps_its_limits(incident: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    append.append(open_ledger(), "incident_closed", actor="hq", incident_id=incident, mode="drill")
    app = opened("settings")
    assert "<b>60 分</b>" in cards(app) and not app.expander


def test_a_wrong_limit_from_elsewhere_is_said_here_and_can_be_repaired(
    incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, HEADQUARTERS)
    change(incident, "soon")
    app = alone("settings")
    assert "soon" in app.error[0].value
    app.selectbox[-1].set_value("silent").run()
    app.text_input(key="limit_silent").set_value("50").run()
    app.button(key="change_limit").click().run()
    assert not app.error and "<b>50 分</b>" in cards(app)


def test_a_past_moment_is_judged_by_the_limits_of_that_moment(incident: str) -> None:
    change(incident, "10", occurred_at=clock.now() - timedelta(minutes=15))
    held = {
        minutes: now.view_then(about(), clock.now() - timedelta(minutes=minutes), None).rules.silent_after
        for minutes in (20, 5)
    }
    assert held == {20: timedelta(minutes=60), 5: timedelta(minutes=10)}


def test_a_drill_is_marked_and_no_snapshot_is_said(incident: str, data_dir: Path) -> None:
    marked = "".join(str(each.proto.body) for each in opened("settings").get("html"))
    assert say("incident.not_real", "ja", mode=say("mode.drill", "ja")) in marked
    shutil.rmtree(data_dir / "snapshots")
    app = opened("settings")
    assert not app.exception and app.error
