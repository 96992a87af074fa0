"""The page of measures: the list, one record whole, what is added later, and files that cannot be read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from app_page import alone, opened, texts
from planner import button, html

from otsu_maps import evidence
from otsu_maps.analysis.evidence import Record
from otsu_maps.i18n import say
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ui import access

AT = datetime(2026, 11, 24, 1, 2)
EVIL = "<script>alert(1)</script>"

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(autouse=True)
def planner(monkeypatch: pytest.MonkeyPatch) -> None:
    sits(monkeypatch, "planner")


def sits(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """Somebody of this role is signed in."""
    signed = Signed(account_id="a", name="hq-1", display_name="本部", role=role)
    monkeypatch.setattr(access, "current", lambda **_: signed)


def kept(title: str = "増便", author: str = "plan-1", **other: Any) -> Record:
    about: dict[str, Any] = {
        "title": title,
        "goal": f"通院 {EVIL}",
        "indicator": "空白地の人",
        "unit": "人",
        "better": "less",
        "before": 1200.0,
        "after": 800.0,
        "target": 900.0,
        "assumptions": ["人口はそのまま"],
        "method": "直線で測る",
        "inputs": {"snapshot_id": "otsu-1", "is_demo": True, "program_version": "0", "settings": {"group": "75"}},
        "parts": [{"name": "中央", "before": 10, "after": None}, {"name": "周辺", "before": None, "after": None}],
    }
    return evidence.save(evidence.draft(**about | other), author, AT)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_before_anything_was_kept_it_says_where_to_begin(lang: str) -> None:
    app = opened("evidence", lang=lang)
    assert not app.exception and say("evidence.none", lang) in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_link_opens_one_record_whole_and_what_people_wrote_is_no_markup(lang: str) -> None:
    record = kept()
    app = opened("evidence", lang=lang, record=record.evidence_id)
    assert not app.exception and not app.error
    shown = html(app)
    for value in ("1,200 人", "800 人", "900 人", "人口はそのまま", "直線で測る", "中央", "plan-1", "otsu-1"):
        assert value in shown
    assert EVIL not in shown and "&lt;script&gt;" in shown
    assert say("evidence.demo", lang) in shown and say("evidence.expected_reached", lang) in shown
    assert say("gaps.of_75", lang) in shown and say("app.unknown", lang) in shown


def test_filters_narrow_the_list_and_an_empty_answer_is_said() -> None:
    kept("増便"), kept("減便", author="plan-2")
    one = kept("廃止", goal="車庫")
    evidence.set_status(one.evidence_id, "running", "hq-1", AT)
    name = say("evidence.list_title", "ja")
    assert list(opened("evidence").dataframe[0].value[name]) == ["廃止", "減便", "増便"]
    assert list(opened("evidence", author="plan-2").dataframe[0].value[name]) == ["減便"]
    assert list(opened("evidence", status="running").dataframe[0].value[name]) == ["廃止"]
    assert list(alone("evidence", words="車庫").dataframe[0].value[name]) == ["廃止"]
    assert say("evidence.none_like", "ja") in texts(alone("evidence", words="nothing"))


def test_a_record_that_a_filter_takes_away_is_closed() -> None:
    record = kept()
    app = alone("evidence", record=record.evidence_id)
    assert "1,200 人" in html(app)
    next(each for each in app.selectbox if each.label == say("evidence.status", "ja")).set_value("running").run()
    assert not app.exception and "1,200 人" not in html(app)
    next(each for each in app.selectbox if each.label == say("evidence.status", "ja")).set_value("").run()
    assert not app.exception and not app.error and record.title in str(app.dataframe[0].value)


def test_a_measurement_is_added_with_day_note_and_who_and_the_status_moves() -> None:
    record = kept()
    app = alone("evidence", record=record.evidence_id)
    next(each for each in app.text_input if each.label == say("evidence.value", "ja", unit="人")).set_value("８50")
    app.text_area[0].set_value("冬の調査")
    app.date_input[0].set_value(date(2026, 11, 20))
    button(app, say("evidence.add_do", "ja"))
    assert say("evidence.added", "ja") in [each.value for each in app.success]
    [found] = evidence.read_all().records
    last = found.last_measured
    assert last and (last.value, last.on, last.note, last.by) == (850, date(2026, 11, 20), "冬の調査", "hq-1")
    verdict = say("evidence.verdict_reached", "ja")
    assert say("evidence.seen", "ja", on=date(2026, 11, 20), verdict=verdict) in html(app)
    next(
        each for each in app.selectbox if each.label == say("evidence.status", "ja") and each.value == "proposed"
    ).set_value("evaluated")
    button(app, say("evidence.status_do", "ja"))
    assert evidence.read_all().records[0].status == "evaluated"
    assert len(evidence.history(record.evidence_id)) == 3


def test_what_is_no_number_is_refused_and_nothing_changes() -> None:
    record = kept()
    app = alone("evidence", record=record.evidence_id)
    next(each for each in app.text_input if each.label == say("evidence.value", "ja", unit="人")).set_value("多い")
    button(app, say("evidence.add_do", "ja"))
    assert say("evidence.no_number", "ja", value="多い") in [each.value for each in app.error]
    assert evidence.read_all().records == (record,)


def test_a_broken_file_is_named_and_the_others_show(folder: Path) -> None:
    kept("増便")
    torn = kept("破損")
    path = folder / "evidence" / f"{torn.evidence_id}.0001.json"
    path.write_text("{")
    app = opened("evidence")
    assert path.name in texts(app) and len(app.dataframe[0].value) == 1


def test_a_viewer_reads_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sits(monkeypatch, "viewer")
    record = kept()
    app = opened("evidence", record=record.evidence_id)
    assert "1,200 人" in html(app) and say("evidence.not_yours", "ja") in texts(app)
    assert not [each for each in app.button if each.label == say("evidence.add_do", "ja")]
