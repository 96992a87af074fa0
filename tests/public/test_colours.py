"""Colours of the public side: apart for every kind of eye, words readable on what they stand on, levels never bare."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import combinations

import pytest
import seen
import statuses

from otsu_maps.maps import palette
from otsu_maps.maps.palette import INK, LEVELS, PAPER, PUBLIC_STATES, RGB
from otsu_maps.public import alarm, words
from otsu_maps.public.part import Part

AT = datetime(2026, 11, 24, 3)
APART = 0.12
"""Six times what can just be told side by side: these edges are seen one at a time, on a phone, in the rain."""

READABLE, SEEN = 4.5, 3.0
"""WCAG 2.2, AA: contrast of text (1.4.3), and of what is no text but tells something (1.4.11)."""


def hexadecimal(colour: str) -> RGB:
    red, green, blue = bytes.fromhex(colour.lstrip("#"))
    return red, green, blue


LAND = hexadecimal(palette.BASE["light"]["city"])
TEXTS = {
    "words on paper": (INK, PAPER),
    "a place on its ground": (INK, LAND),
    "the cover": (PAPER, INK),
    "the alarm of the display": (INK, palette.YELLOW),
    "the alarm on the cover of the display": (palette.YELLOW, INK),
    "small words of the display": (palette.GREY, PAPER),
    **{f"level {level}": (palette.ink_on(colour), colour) for level, colour in LEVELS.items()},
}
"""Every pair of text and ground on public pages and the display."""


@pytest.mark.parametrize("eyes", seen.EYES)
def test_states_of_places_are_apart_for_every_eye(eyes: str) -> None:
    close = {
        (one, other): round(seen.apart(PUBLIC_STATES[one], PUBLIC_STATES[other], eyes), 3)
        for one, other in combinations(PUBLIC_STATES, 2)
    }
    assert {pair: distance for pair, distance in close.items() if distance < APART} == {}


@pytest.mark.parametrize(("text", "ground"), TEXTS.values(), ids=TEXTS)
def test_words_are_readable_on_their_ground(text: RGB, ground: RGB) -> None:
    assert palette.contrast(text, ground) >= READABLE


@pytest.mark.parametrize("state", PUBLIC_STATES)
def test_edges_are_seen_on_the_page_and_on_the_ground_of_a_place(state: str) -> None:
    assert min(palette.contrast(PUBLIC_STATES[state], ground) for ground in (PAPER, LAND)) >= SEEN


def test_the_official_colours_of_the_levels_are_as_the_cabinet_office_gives_them() -> None:
    assert {level: LEVELS[level] for level in range(1, 6)} == {
        5: (12, 0, 12),
        4: (170, 0, 170),
        3: (255, 40, 0),
        2: (242, 231, 0),
        1: (255, 255, 255),
    }


@pytest.mark.parametrize("lang", words.CODES)
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_a_level_never_stands_by_its_colour_alone(level: int, lang: str) -> None:
    areas = (statuses.area(statuses.SOUTH, level, AT), statuses.area(statuses.NORTH, level, AT))
    told = alarm.danger(Part(statuses.status(AT, areas=areas, orders=()), lang))
    [banner] = re.findall(rf'<p class="level level-{level}">(.*?)</p>', told)
    assert words.tell("level.name", lang, level=level) in banner and words.tell(f"level.word_{level}", lang) in banner


@pytest.mark.parametrize("lang", words.CODES)
def test_no_two_states_or_levels_have_the_same_words(lang: str) -> None:
    for keys in (
        [f"state.{state}" for state in PUBLIC_STATES],
        [f"level.word_{level}" for level in range(1, 6)],
        [f"order.level_{level}" for level in (3, 4, 5)],
        ["room.yes", "room.unknown", "room.full"],
    ):
        assert len({words.tell(key, lang) for key in keys}) == len(keys)
