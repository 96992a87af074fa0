"""Layers against golden files, and the base map that asks nobody for anything.

A golden file is made anew by deleting it and running the test once; look at the difference before you commit it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pydeck as pdk
import pytest
import shapely

from otsu_maps.maps import basemap, deck, palette
from otsu_maps.maps.layers import areas, disrupted, districts, lines, premises, service

GOLDEN = Path(__file__).parents[1] / "golden"
BOX = shapely.to_wkb(shapely.box(135.8, 34.9, 136.0, 35.2))
POINTS = [
    {"premises_id": f"p-{state}", "lon": 135.9 + i / 100, "lat": 35.0, "state": state, "label": state}
    for i, state in enumerate(palette.MARK)
]


def assert_golden(name: str, layers: Sequence[pdk.Layer]) -> None:
    made = json.dumps(
        json.loads(pdk.Deck(list(layers), map_style="x").to_json())["layers"], ensure_ascii=False, indent=1
    )
    path = GOLDEN / f"{name}.json"
    if not path.exists():
        path.write_text(made + "\n", "utf-8")
        pytest.fail(f"{path.name} was missing and has been written: look at it, then run again")
    assert made + "\n" == path.read_text("utf-8")


def test_premises_are_drawn_as_agreed() -> None:
    assert_golden("premises", premises.layers(POINTS, chosen="p-yes"))


def test_districts_are_drawn_as_agreed() -> None:
    assert_golden("districts", districts.layers([{"district_id": "D1", "name": "瀬田", "geom": BOX}], "light", "D1"))


def test_more_people_make_a_larger_disc_and_nobody_knows_is_the_smallest() -> None:
    sized = [POINTS[0] | {"premises_id": str(people), "people": people} for people in (None, 0, 40, 900, 90_000)]
    drawn = json.loads(pdk.Deck(premises.layers(sized)).to_json())["layers"][1]
    pixels = {point["premises_id"]: point["radius"] for point in drawn["data"]}
    assert pixels["None"] == pixels["0"] < pixels["40"] < pixels["900"] < pixels["90000"] == premises.LARGEST
    assert drawn["getRadius"] == "@@=radius" and drawn["radiusUnits"] == "pixels"


def test_areas_are_drawn_as_agreed_and_an_unknown_one_looks_its_own() -> None:
    drawn = [{"geom": BOX, "step": step, "label": str(step)} for step in (0, 4, None)]
    assert_golden("areas", areas.layers(drawn, "light"))


def test_lines_are_drawn_as_agreed_and_a_pale_one_is_still_seen() -> None:
    way = shapely.to_wkb(shapely.MultiLineString([[(135.8, 35.0), (135.9, 35.1)]]))
    drawn = [
        {"route_id": f"f:{i}", "color": color, "label": f"{i}", "geom": way}
        for i, color in enumerate(["FF0000", None, "FFFFFF"])
    ]
    assert_golden("lines", lines.layers(drawn, chosen="f:0"))


def test_a_line_out_of_service_is_marked_and_lies_over_the_others() -> None:
    ways = [shapely.MultiLineString([[(135.8, 35.0 + i / 100), (135.9, 35.1)]]) for i in range(3)]
    states = (disrupted.OFF, disrupted.CROSSING, disrupted.OTHER)
    drawn = [
        {"state": state, "color": "FF0000", "label": state, "geom": shapely.to_wkb(way)}
        for state, way in zip(states, ways, strict=True)
    ]
    assert_golden(
        "disrupted", disrupted.layers([*drawn, drawn[0] | {"geom": shapely.to_wkb(shapely.MultiLineString())}])
    )


def test_who_is_served_is_drawn_as_agreed_and_an_empty_piece_is_not() -> None:
    boxes = [shapely.box(135.8 + i / 10, 34.9, 135.85 + i / 10, 35.0) for i in range(4)]
    states = ["served", "gap", "unknown", "empty"]
    assert_golden("service", service.pieces(boxes, states, states))


def test_what_a_change_does_to_stops_is_told_by_marks_and_what_stays_is_small() -> None:
    stops = [
        {"lon": 135.9 + i / 100, "lat": 35.0, "state": state, "label": state} for i, state in enumerate(palette.CHANGES)
    ]
    assert_golden("changes", service.changes(stops))


def test_more_people_stand_out_more_on_either_theme() -> None:
    brightness = {
        theme: [sum(palette.crowd(i, theme)) for i in range(len(palette.CROWD))] for theme in ("light", "dark")
    }
    assert brightness["light"] == sorted(brightness["light"], reverse=True)
    assert brightness["dark"] == sorted(brightness["dark"])


def test_every_state_has_its_own_character_and_a_colour() -> None:
    for together in (
        palette.SUITABILITY,
        palette.PREMISES,
        palette.AGAINST_ZONES,
        palette.OFFERS,
        palette.BANDS,
        palette.OPENNESS,
    ):
        assert len({palette.MARK[state] for state in together}) == len(together)
    assert set(palette.MARK) == set(palette.STATES)


def test_what_is_not_known_to_be_usable_is_drawn_hollow() -> None:
    drawn = {p["premises_id"]: p for p in json.loads(pdk.Deck(premises.layers(POINTS)).to_json())["layers"][1]["data"]}
    paper = [*palette.PAPER, 255]
    assert drawn["p-no"]["fill"] == drawn["p-unknown"]["fill"] == drawn["p-uncovered"]["fill"] == paper
    assert paper not in (drawn["p-yes"]["fill"], drawn["p-part"]["fill"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_base_map_holds_everything_it_draws(theme: str) -> None:
    address = basemap.style(theme, city=BOX, water=[BOX], rail=[])
    style = json.loads(base64.b64decode(address.split(",", 1)[1]))
    assert address.startswith("data:application/json;base64,")
    assert {layer.get("source") for layer in style["layers"]} - {None} == set(style["sources"])
    assert all(source["type"] == "geojson" and isinstance(source["data"], dict) for source in style["sources"].values())
    assert "glyphs" not in style and "sprite" not in style
    assert "http" not in json.dumps(style)


@pytest.mark.parametrize("bounds", [(135.8, 34.8, 136.1, 35.3), (135.9, 35.0, 135.9, 35.0), (122.0, 20.0, 154.0, 46.0)])
def test_a_view_shows_its_bounds(bounds: tuple[float, float, float, float]) -> None:
    view = deck.view(bounds, pixels=480)
    west, south, east, north = bounds
    assert west <= view.longitude <= east and south <= view.latitude <= north
    assert 480 / (512 * 2**view.zoom) * 360 >= (east - west) - 1e-6
