"""The page of transport gaps: what it counts, what it says it does not know, and who may keep it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from app_page import alone, opened, texts
from planner import button

from otsu_maps import clock, evidence
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say


def table(app: object) -> pd.DataFrame:
    frame: pd.DataFrame = app.dataframe[0].value  # type: ignore[attr-defined]
    return frame


def people(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column].str.replace(",", "").astype(int)


GAP_ALL = say("gaps.column_gap", "ja", group=say("gaps.of_all", "ja"))
GAP_75 = say("gaps.column_gap", "ja", group=say("gaps.of_75", "ja"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_says_how_many_live_in_a_gap_and_districts_add_up(demo: Snapshot, lang: str) -> None:
    app = opened("gaps", lang=lang)
    assert not app.exception and not app.error
    frame = table(app)
    column = say("gaps.column_gap", lang, group=say("gaps.of_all", lang))
    numbers = people(frame, column)
    assert frame.iloc[0, 0] == say("exposure.city", lang)
    assert numbers.iloc[0] == pytest.approx(numbers.iloc[1:].sum(), abs=len(numbers)) and numbers.iloc[0] > 0
    assert frame.iloc[0][column] in texts(app), "the headline has the figure of the table"
    drawn = app.get("deck_gl_json_chart")[0].proto.json
    assert all(f'"id": "{layer}"' in drawn for layer in ("pieces", "stops", "stations"))


def test_more_departures_asked_for_and_a_shorter_way_leave_more_people_in_a_gap(demo: Snapshot) -> None:
    usual, often, wide = (
        people(table(opened("gaps", **query)), GAP_ALL).iloc[0] for query in ({}, {"often": "12"}, {"stop": "1000"})
    )
    assert wide < usual < often


def test_a_group_of_ages_is_asked_for_in_the_address(demo: Snapshot) -> None:
    app = opened("gaps", who="75")
    assert table(app).columns[1] == GAP_75
    assert f"**{table(app).iloc[0][GAP_75]} 人" in texts(app)


def test_a_band_that_ends_before_it_begins_is_said(demo: Snapshot) -> None:
    assert say("gaps.band_wrong", "ja", first=10, last=9) in texts(opened("gaps", from_h="10"))


def test_an_expired_timetable_says_so(demo: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2027, 4, 1))
    about = {"name": "おおつ訓練バス（訓練用の架空のバス）", "first": "2026-04-01", "last": "2027-03-31"}
    assert say("transit.expired", "ja", **about) in texts(opened("gaps"))


def test_without_a_timetable_nothing_is_computed(without: Callable[..., None]) -> None:
    without("timetables")
    app = opened("gaps")
    assert not app.exception and say("gaps.none", "ja") in texts(app) and not app.dataframe


def test_without_people_nobody_is_counted_and_it_is_said(without: Callable[..., None]) -> None:
    without("population_mesh")
    app = opened("gaps")
    assert not app.exception and say("gaps.no_people", "ja") in texts(app) and not app.dataframe


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner"], indirect=True)
@pytest.mark.parametrize("page", ["gaps", "compare", "evidence"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_a_snapshot_it_says_what_to_do_and_shows_no_trace(folder: Path, page: str, lang: str) -> None:
    shutil.rmtree(folder / "snapshots")
    app = opened(page, lang=lang)
    assert not app.exception
    assert say("app.no_snapshot_next", lang) in texts(app)


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner", "headquarters"], indirect=True)
def test_who_may_plan_keeps_the_figure_with_all_it_came_from() -> None:
    app = alone("gaps", who="75")
    shown = people(table(app), GAP_75).iloc[0]
    app.text_area[0].set_value("通院の足")
    app.text_area[1].set_value("人口はそのまま\n\n運転手はいる")
    target = next(each for each in app.text_input if each.label.startswith("目標"))
    target.set_value("１5,000")
    button(app, say("evidence.save", "ja"))
    [record] = evidence.read_all().records
    assert record.before == pytest.approx(shown, abs=1) and record.after is None and record.target == 15000
    assert record.goal == "通院の足" and record.assumptions == ("人口はそのまま", "運転手はいる")
    assert record.inputs.settings["group"] == "75" and record.inputs.settings["stop_m"] == "300"
    assert record.inputs.feeds and record.inputs.feeds[0].sha256 and record.inputs.is_demo
    assert sum(part.before or 0 for part in record.parts) == pytest.approx(record.before, abs=2)
    assert (record.author, record.better, record.status) == ("hq-1", "less", "proposed")


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner"], indirect=True)
def test_a_target_that_is_no_number_is_refused_and_nothing_is_kept() -> None:
    app = alone("gaps")
    next(each for each in app.text_input if each.label.startswith("目標")).set_value("半分")
    button(app, say("evidence.save", "ja"))
    assert any("target" in each.value and "半分" in each.value for each in app.error)
    assert not evidence.read_all().records


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["viewer", "reception"], indirect=True)
def test_others_see_the_figures_and_no_form() -> None:
    app = opened("gaps")
    assert app.dataframe and say("evidence.not_yours", "ja") in texts(app)
    assert say("evidence.save", "ja") not in [each.label for each in app.button]
