"""The transit page: lines, the stops of one, and whether the timetable still holds."""

from __future__ import annotations

from datetime import date

import pytest
from app_page import opened, texts

from otsu_maps import clock
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.queries import transit as query
from otsu_maps.transit.findings import Finding


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_opens_with_lines_map_and_stations(demo: Snapshot, lang: str) -> None:
    app = opened("transit", lang=lang)
    assert not app.exception
    assert len(app.dataframe[0].value) == 8
    drawn = app.get("deck_gl_json_chart")[0].proto.json
    assert all(f'"id": "{layer}"' in drawn for layer in ("lines", "stops", "stations"))


def test_a_link_to_a_line_shows_its_stops_in_order(demo: Snapshot) -> None:
    app = opened("transit", line="gtfs:R1")
    stops = app.dataframe[0].value
    assert list(stops[say("transit.order", "ja")]) == list(range(1, len(stops) + 1))
    assert stops[say("transit.stop", "ja")].notna().all()


def test_a_line_that_is_not_there_is_ignored(demo: Snapshot) -> None:
    assert len(opened("transit", line="nowhere:1").dataframe[0].value) == 8


@pytest.mark.parametrize(
    ("today", "code"), [(date(2026, 11, 24), None), (date(2027, 4, 1), "expired"), (date(2026, 3, 31), "not_yet")]
)
def test_a_timetable_out_of_its_period_says_so(
    demo: Snapshot, monkeypatch: pytest.MonkeyPatch, today: date, code: str | None
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    warnings = [str(warning.value) for warning in opened("transit").warning]
    about = {"name": "おおつ訓練バス（訓練用の架空のバス）", "first": "2026-04-01", "last": "2027-03-31"}
    assert [say(f"transit.{code}", "ja", **about)] == warnings if code else warnings == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_report_of_a_timetable_stands_under_it(demo: Snapshot, lang: str) -> None:
    kept = [Finding.of_row(row) for row in query.findings(demo, "gtfs")]
    tables = [each.value for each in opened("transit", lang).dataframe]
    sentences = [each.sentence(lang) for each in kept]
    shown = [list(each[say("feed_report.what", lang)]) for each in tables if say("feed_report.what", lang) in each]
    assert shown == ([sentences] if kept else [])


def test_without_a_timetable_the_stations_still_show(bare: None) -> None:
    app = opened("transit")
    assert not app.exception
    assert say("transit.none", "ja") in texts(app)
