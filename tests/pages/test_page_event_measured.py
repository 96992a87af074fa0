"""What was measured on an event day, beside days that may be called normal, as the snapshot has it, on any page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from app_page import texts
from streamlit.testing.v1 import AppTest

from etl import build, cards, publish
from otsu_maps import config, mesh
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.queries import events, moves
from otsu_maps.ui import event_day_measured_chart as chart
from otsu_maps.ui import event_day_measured_data as measured

FIREWORKS, SATURDAYS = date(2025, 7, 26), (date(2025, 7, 19), date(2025, 7, 12), date(2025, 6, 7))
FRIDAY, UNKNOWN_DAY = date(2025, 6, 6), date(2025, 8, 2)
PORT = (135.8655, 35.0128)
CELLS = sorted(
    {
        int(code)
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
        for code in mesh.codes([PORT[0] + dx / 80], [PORT[1] + dy / 120], 1000)
    }
)
MOUNTAIN = [int(mesh.codes([135.80], [35.20], 1000)[0])]


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    for kept in (measured._normal, measured.measured, measured.passages):
        kept.clear()
    yield
    measured._normal.clear()


def shown(on: date = FIREWORKS, cells: list[int] = CELLS, lang: str = "ja", **query: str) -> AppTest:
    """A page that has nothing else."""
    script = f"""
from datetime import date

import streamlit as st
from otsu_maps.ui import event_day_measured

st.session_state["times"] = event_day_measured.show(date({on.year}, {on.month}, {on.day}), {cells}, {lang!r})
"""
    app = AppTest.from_string(script, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def table(app: AppTest, column: str, lang: str = "ja") -> pd.DataFrame:
    """The first table with a column."""
    return next(each.value for each in app.dataframe if say(column, lang) in each.value)


def layer(app: AppTest) -> list[dict[str, Any]]:
    drawn = json.loads(app.get("deck_gl_json_chart")[0].proto.json)["layers"]
    found: list[dict[str, Any]] = next(each for each in drawn if each["id"] == "differences")["data"]
    return found


def of_hour(held: Snapshot, on: date, hour: int) -> dict[int, float]:
    return {row["mesh_code"]: row["devices"] for row in moves.cells(held, on, hour)}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_sentence_is_the_largest_row_of_the_table_and_what_is_given_back(demo: Snapshot, lang: str) -> None:
    app = shown(lang=lang)
    rows = table(app, "event_measured.left_out", lang)
    times = app.session_state["times"]
    assert 4 < times < 15
    most = say("event_measured.so_many_times", lang, times=times)
    [row] = rows[rows[say("event_measured.times", lang)] == most].to_dict("records")
    hour = row[say("event_measured.hour", lang)]
    assert hour in ("19:00", "20:00")
    about = {"hour": hour.removesuffix(":00"), "times": times}
    numbers = {name: float(row[say(f"event_measured.{name}", lang)].replace(",", "")) for name in ("event", "usual")}
    assert say("event_measured.most", lang, **about, **numbers) in texts(app)
    assert set(rows[say("event_measured.days", lang)]) <= {2, 3} and len(rows) == 12
    assert say("event_measured.one_day", lang, kind=say("day_type.saturday", lang)) not in texts(app)


def test_a_cell_of_an_hour_is_what_the_snapshot_says_of_it(demo: Snapshot) -> None:
    app = shown(m_hour="20")
    cells = table(app, "movement.mesh")
    event, usual = of_hour(demo, FIREWORKS, 20), [of_hour(demo, on, 20) for on in SATURDAYS]
    same = [
        row
        for row in cells.to_dict("records")
        if (code := int(row["メッシュ"])) in event and all(code in day for day in usual)
    ]
    assert len(same) > 10
    for row in same:
        code = int(row["メッシュ"])
        middle = sorted(day[code] for day in usual)[1]
        assert (row["当日"], row["ふだん"], row["ふだんの日数"]) == (f"{event[code]:,}", f"{middle:,.0f}", 3)
    assert len(layer(app)) == len(cells)
    unknown = say("app.unknown", "ja")
    for row in cells.to_dict("records"):
        assert (row["ふだんの何倍"] == unknown) == (unknown in (row["当日"], row["ふだん"]))


def test_the_hour_of_the_map_stands_in_the_address_and_is_at_first_that_of_the_sentence(demo: Snapshot) -> None:
    early, first = shown(m_hour="13"), shown()
    assert early.select_slider[0].value == "13" and first.select_slider[0].value in ("19", "20")
    assert early.query_params["m_hour"] == "13" and "m_hour" not in first.query_params
    assert {each["label"] for each in layer(early)} != {each["label"] for each in layer(first)}
    assert shown(m_hour="3").select_slider[0].value == first.select_slider[0].value, "an hour that nobody measured"


def test_the_map_shows_more_at_the_port_with_a_sign(demo: Snapshot) -> None:
    cells = table(shown(m_hour="20"), "movement.mesh").head(3)
    for code in cells["メッシュ"]:
        west, south, east, north = mesh.bounds(int(code))
        assert abs((west + east) / 2 - PORT[0]) < 0.02 and abs((south + north) / 2 - PORT[1]) < 0.02


def test_the_chart_breaks_where_nothing_is_known(demo: Snapshot) -> None:
    found = measured.measured(demo.id, FIREWORKS, SATURDAYS, tuple(CELLS))
    rows = chart.rows(found.table, FIREWORKS, 3, "ja")
    assert len(rows) == 48 and rows.loc[rows["hour"] < 12, ["number", "least", "most"]].isna().all(axis=None)
    known = rows[(rows["hour"] >= 12)]
    assert known["number"].notna().all()
    usual = known[known["least"].notna()]
    assert len(usual) == 12 and ((usual["least"] <= usual["number"]) & (usual["number"] <= usual["most"])).all()


def test_which_days_are_normal_is_said(demo: Snapshot) -> None:
    days = "、".join(day.isoformat() for day in SATURDAYS)
    about = {"kind": say("day_type.saturday", "ja"), "days": days, "count": 3}
    told = say("event_measured.taken", "ja", **about)
    assert texts(shown()).count(told) == 1, "the same days for devices and for counters"
    assert texts(shown(cells=MOUNTAIN)).count(told) == 1, "without devices the counters say it"


def test_a_day_with_another_event_is_left_out_with_its_name(demo: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    [other] = events.between(demo, FIREWORKS, FIREWORKS)
    other |= {"starts_on": SATURDAYS[0], "ends_on": SATURDAYS[0], "name_ja": "湖上の市"}
    vague = other | {"starts_on": SATURDAYS[1], "ends_on": SATURDAYS[1], "name_ja": "どこかの市", "lon": None}
    monkeypatch.setattr(measured.events, "between", lambda *_: [other, vague])
    app = shown()
    assert say("event_measured.left_out_day", "ja", day="2025-07-19", names="湖上の市") in texts(app)
    assert say("event_measured.doubtful", "ja", names="どこかの市") in texts(app)
    assert set(table(app, "event_measured.left_out")["ふだんの日数"]) <= {1, 2}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_one_normal_day_is_said_to_be_one(demo: Snapshot, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    [other] = events.between(demo, FIREWORKS, FIREWORKS)
    busy = [other | {"starts_on": day, "ends_on": day} for day in SATURDAYS[1:]]
    monkeypatch.setattr(measured.events, "between", lambda *_: busy)
    app = shown(lang=lang)
    assert say("event_measured.one_day", lang, kind=say("day_type.saturday", lang)) in texts(app)
    assert app.session_state["times"] is None, "one day alone is kept nowhere"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_a_normal_day_the_day_itself_is_told_and_nothing_is_made_of_it(demo: Snapshot, lang: str) -> None:
    app = shown(FRIDAY, lang=lang)
    assert app.session_state["times"] is None
    assert say("event_measured.no_day", lang, kind=say("day_type.weekday", lang)) in texts(app)
    rows = table(app, "event_measured.event", lang)
    assert len(rows) == 24 and list(rows) == [say(f"event_measured.{name}", lang) for name in ("hour", "event")]
    assert say("event_measured.band", lang) not in texts(app) and say("event_measured.rule", lang) not in texts(app)
    assert not app.get("deck_gl_json_chart")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_day_or_a_place_without_devices_is_unknown_in_plain_words(demo: Snapshot, lang: str) -> None:
    other_day = shown(UNKNOWN_DAY, lang=lang)
    assert say("event_measured.not_this_day", lang, day="2025-08-02") in texts(other_day)
    assert say("event_measured.not_counted", lang, day="2025-08-02") in texts(other_day)
    elsewhere = shown(cells=MOUNTAIN, lang=lang)
    assert say("event_measured.not_here", lang, day="2025-07-26") in texts(elsewhere)
    assert other_day.session_state["times"] is None is elsewhere.session_state["times"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_data_it_says_what_is_missing(data_dir: Path, lang: str) -> None:
    city = config.city()
    known = cards.registry(city, cards.DEMO)
    for source in ("flow_hours", "flow_counters"):
        known[source] = replace(known[source], paths=())
    publish.publish(build.build(city, known).snapshot_id)
    app = shown(lang=lang)
    assert [each.value for each in app.warning] == [
        say(key, lang) for key in ("movement.no_hours", "movement.no_counters")
    ]
    assert app.session_state["times"] is None and not app.dataframe


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_counter_that_counted_most_comes_first(demo: Snapshot, lang: str) -> None:
    app = shown(lang=lang)
    sites = table(app, "movement.site", lang)
    first = sites.iloc[0]
    assert first[say("movement.site", lang)].startswith("大津駅前")
    name, hour, event, usual, _ = first
    of_day = [
        row["passages"]
        for row in moves.passages(demo, name)
        if row["on_date"] == FIREWORKS and f"{row['hour']}:00" == hour
    ]
    assert sum(of_day) == int(event.replace(",", ""))
    numbers = {"event": sum(of_day), "usual": float(usual.replace(",", ""))}
    about = {"site": name, "hour": hour.removesuffix(":00"), "times": sum(of_day) / numbers["usual"]}
    assert say("event_measured.counted_most", lang, **about, **numbers) in texts(app)
    other = shown(lang=lang, m_site="石山駅前（訓練用）")
    assert other.selectbox[0].value == "石山駅前（訓練用）"


def test_an_hour_of_a_counter_that_is_not_whole_is_unknown(demo: Snapshot) -> None:
    sql = "SELECT site_id, on_date, hour, sum(passages) AS passages, min(readings) AS least FROM counter_hour"
    whole = demo.rows(f"{sql} GROUP BY ALL HAVING count(*) = 2 AND min(readings) = 6")
    days = [row["on_date"] for row in moves.days(demo)]
    found = moves.whole_hours(demo, days)
    assert {(row["site_id"], row["on_date"], row["hour"], row["passages"]) for row in found} == {
        (row["site_id"], row["on_date"], row["hour"], row["passages"]) for row in whole
    }
    assert moves.whole_hours(demo, []) == [] and set(moves.counted_days(demo)) == set(days)
