"""The people-flow page: who is where, and what is not known."""

from __future__ import annotations

import json

import pytest
from app_page import opened, texts

from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_newest_month_opens(demo: Snapshot, lang: str) -> None:
    app = opened("people_flow", lang=lang)
    assert not app.exception
    assert say("flow.absent", lang) in texts(app)
    assert len(app.dataframe[0].value) > 100


def test_month_day_and_time_are_chosen_by_the_address(demo: Snapshot) -> None:
    chosen = opened("people_flow", month="2019-07", day="holiday", band="night").dataframe[0].value
    sql = """
        SELECT mesh_code, population_persons AS n FROM flow_mesh
        WHERE year = 2019 AND month = 7 AND day_type = 'holiday' AND time_band = 'night' ORDER BY n DESC LIMIT 1
    """
    most = demo.rows(sql)[0]
    assert chosen.iloc[0].tolist() == [str(most["mesh_code"]), round(most["n"])]


def test_a_cell_that_is_not_published_is_not_drawn_as_zero(demo: Snapshot) -> None:
    layers = json.loads(opened("people_flow").get("deck_gl_json_chart")[0].proto.json)["layers"]
    cells = next(layer for layer in layers if layer["id"] == "mesh")["data"]
    newest = "year = 2021 AND month = 12 AND day_type = 'weekday' AND time_band = 'noon'"
    published = demo.rows(f"SELECT count(*) AS n FROM flow_mesh WHERE {newest}")[0]["n"]
    assert len(cells) == published < 203


def test_people_are_told_by_where_they_live(demo: Snapshot) -> None:
    assert say("from.same_city", "ja") in opened("people_flow").dataframe[1].value.iloc[:, 0].tolist()
