"""The hazards page: what the map says, and what it does not."""

from __future__ import annotations

import json

import pytest
from app_page import opened, texts

from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("hazard", ["flood", "landslide", "inland_flood"])
def test_every_map_of_the_demo_opens(demo: Snapshot, hazard: str, lang: str) -> None:
    app = opened("hazards", view="zones", hazard=hazard, lang=lang)
    assert not app.exception
    assert len(app.dataframe[0].value) == 116 + 75
    assert say("hazards.maps_only", lang) in texts(app)


def test_the_largest_rain_is_shown_first_and_the_other_can_be_chosen(demo: Snapshot) -> None:
    inside = say("hazards.inside", "ja")
    column = say("hazards.where", "ja")
    largest = opened("hazards", view="zones").dataframe[0].value[column].str.contains(inside).sum()
    design = opened("hazards", view="zones", scale="design").dataframe[0].value[column].str.contains(inside).sum()
    assert (largest, design) == (55, 25)


def test_outside_what_a_map_covers_a_place_is_unknown_and_not_safe(demo: Snapshot) -> None:
    app = opened("hazards", view="zones", hazard="inland_flood")
    where = app.dataframe[0].value[say("hazards.where", "ja")]
    assert where.str.startswith(say("hazards.unknown", "ja")).sum() == 185
    assert not (where == say("hazards.outside", "ja")).any()
    assert say("hazards.covers_zones", "ja") in texts(app)


def test_places_inside_come_first_and_the_deepest_water_first_of_all(demo: Snapshot) -> None:
    where = opened("hazards", view="zones").dataframe[0].value[say("hazards.where", "ja")].tolist()
    assert where[0] == "⚠ 区域の中：3～5 m"
    assert [text.startswith("⚠") for text in where] == sorted((text.startswith("⚠") for text in where), reverse=True)


def test_a_designation_that_the_map_contradicts_is_marked(demo: Snapshot) -> None:
    table = opened("hazards", view="zones", hazard="inland_flood").dataframe[0].value
    designated = table[say("hazards.designated", "ja")]
    marked = table[designated.str.startswith("⚠")]
    assert len(marked)
    assert marked[say("hazards.where", "ja")].str.startswith("⚠").all()


def test_no_place_outside_a_zone_is_drawn_green(demo: Snapshot) -> None:
    layers = json.loads(opened("hazards", view="zones", hazard="landslide").get("deck_gl_json_chart")[0].proto.json)[
        "layers"
    ]
    discs = next(layer for layer in layers if layer["id"] == "premises")["data"]
    assert {point["mark"] for point in discs} == {"内", "外"}
    assert not any(point["fill"][:3] == [0, 176, 107] for point in discs)


def test_changing_the_hazard_forgets_a_scale_that_it_does_not_have(demo: Snapshot) -> None:
    app = opened("hazards", view="zones", hazard="landslide", scale="design")
    assert not app.exception
    assert len(app.dataframe[0].value) == 116 + 75
