"""The events page: a month, its map and its list."""

from __future__ import annotations

import pytest
from app_page import opened
from streamlit.testing.v1 import AppTest

from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say


def calendar(app: AppTest) -> str:
    return next(str(e.proto.body) for e in app.get("html") if "otsu-calendar" in e.proto.body)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_month_opens_with_calendar_map_and_list(demo: Snapshot, lang: str) -> None:
    app = opened("events", month="2026-10", lang=lang)
    assert not app.exception
    assert say("events.of_month", lang, year=2026, month=10) in calendar(app)
    assert len(app.dataframe[0].value) >= 3
    assert app.get("deck_gl_json_chart")


def test_an_event_of_two_days_stands_on_both(demo: Snapshot) -> None:
    assert calendar(opened("events", month="2026-10")).count("大津祭") == 2


def test_an_event_that_recurs_by_words_is_not_put_on_every_day(demo: Snapshot) -> None:
    app = opened("events", month="2026-11")
    assert "唐橋朝市" not in calendar(app)
    listed = app.dataframe[0].value
    recurring = listed[listed[say("events.name", "ja")].str.contains("唐橋朝市")]
    assert recurring[say("events.day", "ja")].str.contains("毎月第1日曜日").all()


def test_an_event_without_an_hour_says_unknown_and_not_midnight(demo: Snapshot) -> None:
    hours = opened("events", month="2026-10").dataframe[0].value[say("events.hours", "ja")]
    assert not hours.str.contains("None").any()
    assert (hours != "").all()
