"""Layers of movement against golden files: arcs, and what changed between two times."""

from __future__ import annotations

import json

import pydeck as pdk
import pytest
import seen
from test_layers import assert_golden

from otsu_maps.maps import palette
from otsu_maps.maps.layers import arcs, mesh_difference

CODES = [52353684_1, 52353684_2, 52353684_3, 52353684_4, 52353685, 52353694]
STEPS = [0, 1, 2, 3, 4, None]


def test_arcs_are_drawn_as_agreed() -> None:
    places = [(135.85, 35.0), (135.9, 35.1), (135.95, 35.05)]
    drawn = [
        {"source": one, "target": other, "trips": trips, "label": f"{trips}"}
        for one, other, trips in zip(places, (*places[1:], places[0]), (300.0, 150.0, 10.0), strict=True)
    ]
    assert_golden("arcs", arcs.layers(drawn, "light"))


def test_no_pairs_are_no_arcs() -> None:
    assert json.loads(pdk.Deck(arcs.layers([], "light")).to_json())["layers"][0]["data"] == []


@pytest.mark.parametrize("eyes", seen.EYES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_eye_tells_where_an_arc_begins_and_where_it_ends(theme: str, eyes: str) -> None:
    assert seen.apart(palette.TRIP_FROM, palette.TRIP_TO[theme], eyes) > 0.12


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_ends_of_an_arc_stand_out_from_the_ground(theme: str) -> None:
    city = palette.BASE[theme]["city"]
    ground = tuple(int(city[i : i + 2], 16) for i in (1, 3, 5))
    for colour in (palette.TRIP_FROM, palette.TRIP_TO[theme]):
        assert seen.apart(colour, ground) > 0.2


def test_what_changed_is_drawn_as_agreed() -> None:
    assert_golden("mesh_difference", mesh_difference.layers(CODES, STEPS, [str(step) for step in STEPS], "light"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colour_alone_tells_no_difference(theme: str) -> None:
    cells, signs = json.loads(pdk.Deck(mesh_difference.layers(CODES, STEPS, [""] * 6, theme)).to_json())["layers"]
    assert len(cells["data"]) == len(signs["data"]) == len(CODES)
    told = [each["sign"] for each in signs["data"]]
    assert told == [*palette.MORE_OR_LESS_SIGN, palette.SIGN_UNKNOWN] and len(set(told)) == len(told)
