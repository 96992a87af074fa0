"""The chart of people: two ways of counting that are never joined, the clock of this place, a forecast on demand."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from otsu_maps import clock
from otsu_maps.i18n import say
from otsu_maps.ledger.events import written
from otsu_maps.ui import people_chart

START = datetime(2026, 11, 24, 14, 30)  # 23:30 here
NOW = START + timedelta(hours=2)


def came(minutes: float, people: int, away: int = 0) -> dict[str, Any]:
    return {"at": written(START + timedelta(minutes=minutes)), "checked_in": people, "away": away}


def counted(minutes: float, people: int, method: str = "counted") -> dict[str, Any]:
    return {"at": written(START + timedelta(minutes=minutes)), "head_count": {"people": people, "method": method}}


def layers(chart: dict[str, Any]) -> list[dict[str, Any]]:
    flat = []
    for layer in chart["layer"]:
        flat += layers(layer) if "layer" in layer else [layer]
    return flat


def test_check_ins_and_head_counts_are_drawn_apart() -> None:
    rows = people_chart.rows([came(0, 3), counted(5, 40), came(10, 4)], "ja")
    drawn = layers(people_chart.spec(rows, None, 0.8, NOW, "ja", "light"))
    assert [(layer["mark"]["type"], layer["transform"][0]["filter"]) for layer in drawn] == [
        ("line", "datum.series == 'check_ins'"),
        ("point", "datum.series == 'counts'"),
    ]
    assert drawn[0]["mark"]["interpolate"] == "step-after", "between two check-ins nobody came"


def test_of_the_check_ins_of_one_minute_the_last_one_is_drawn_and_every_count() -> None:
    rows = people_chart.rows([came(0.1, 1), came(0.2, 2), came(0.9, 3), came(1, 4), counted(1, 9), counted(1, 8)], "ja")
    assert list(rows["people"]) == [3, 4, 9, 8]


def test_a_count_that_nobody_knows_is_no_point() -> None:
    nobody = {"at": written(START), "head_count": {"people": None, "method": None}}
    assert people_chart.rows([nobody], "ja").empty


def test_an_estimate_has_a_shape_of_its_own() -> None:
    rows = people_chart.rows([counted(0, 1), counted(1, 2, "estimated")], "en")
    points = layers(people_chart.spec(rows, None, 0.8, NOW, "en", "dark"))[-1]
    scale = points["encoding"]["shape"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        say("method.counted", "en"): "circle",
        say("method.estimated", "en"): "triangle-up",
    }


def test_times_are_those_of_the_clock_here_in_every_browser() -> None:
    rows = people_chart.rows([came(0, 3)], "ja")
    assert rows["shown"][0] == clock.shown(START) == "2026-11-24 23:30"
    assert datetime.fromtimestamp(rows["at"][0] / 1000, clock.UTC).strftime("%H:%M") == "23:30"
    x = people_chart.spec(rows, None, 0.8, NOW, "ja", "light")["layer"][0]["encoding"]["x"]
    assert x["scale"]["type"] == "utc"
    first, last = x["scale"]["domain"]
    assert (first["date"], first["hours"], last["date"], last["hours"], last["minutes"]) == (24, 23, 25, 1, 30)


def test_a_line_stands_where_it_is_full_and_where_it_is_crowded() -> None:
    rows = people_chart.rows([came(0, 3)], "ja")
    rules = [
        each for each in layers(people_chart.spec(rows, 55, 0.8, NOW, "ja", "light")) if each["mark"]["type"] == "rule"
    ]
    assert [rule["encoding"]["y"]["datum"] for rule in rules] == [44, 55]


@pytest.mark.parametrize("band", [None, []])
def test_without_a_forecast_nothing_of_one_is_drawn(band: list[Any] | None) -> None:
    rows = people_chart.rows([came(0, 3)], "ja", band)
    assert "forecast" not in json.dumps(people_chart.spec(rows, None, 0.8, NOW, "ja", "light"))


def test_a_forecast_is_a_band_with_a_broken_line_and_widens_the_chart() -> None:
    end = NOW + timedelta(hours=3)
    rows = people_chart.rows([came(0, 3)], "ja", [(NOW, 3.0, 5.0, 9.0), (end, 2.0, 8.0, 20.0)])
    chart = people_chart.spec(rows, None, 0.8, NOW, "ja", "light")
    area, line = layers(chart)[:2]
    assert area["mark"]["type"] == "area" and "strokeDash" in line["mark"]
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"][1]["hours"] == 4


def test_its_words_say_the_last_of_both_and_never_their_sum() -> None:
    words = people_chart.in_words([came(0, 30, 2), counted(60, 41, "estimated")], None, NOW, "ja")
    assert say("shelter.last_check_in", "ja", people=30, at="11-24 23:30", away=2) in words
    assert say("shelter.last_count", "ja", people=41, at="00:30", method=say("method.estimated", "ja")) in words
    assert say("app.unknown", "ja") in words and "71" not in words
