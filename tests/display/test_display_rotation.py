"""Whose turn it is: every view speaks every language, and no language stays away for longer than twenty seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import statuses

from otsu_maps.display import programme, rotation
from otsu_maps.public import words

BEGUN = datetime(2026, 11, 26, 13, 0)
MOST_S = 20


@pytest.mark.parametrize("count", range(1, len(words.CODES) + 1))
def test_each_language_is_back_within_twenty_seconds_however_many_there_are(count: int) -> None:
    langs = words.CODES[:count]
    for lang in langs:
        begins = [
            second
            for second in range(120)
            if lang in spoken(second, langs) and (second == 0 or lang not in spoken(second - 1, langs))
        ]
        assert all(later - sooner <= MOST_S for sooner, later in pairwise(begins)), lang
        assert begins[0] < MOST_S and (count <= 1 or begins[-1] > 120 - 2 * MOST_S)


@pytest.mark.parametrize("count", range(1, len(words.CODES) + 1))
def test_a_view_stands_until_each_language_had_its_turn(count: int) -> None:
    langs = words.CODES[:count]
    heard: dict[int, list[str]] = {}
    for slot in range(30):
        view, now = rotation.turn(BEGUN + timedelta(seconds=rotation.SLOT_S * slot), langs)
        heard.setdefault(view, []).extend(now)
    whole = [spoken_of for view, spoken_of in heard.items() if view not in (min(heard), max(heard))]
    assert whole and all(each == list(langs) for each in whole)


def test_every_place_comes_up_and_the_levels_come_back_in_each_round() -> None:
    places = tuple(statuses.place(n, room="yes") for n in range(1, 40))
    places += tuple(statuses.place(n, "closed", "unknown") for n in range(40, 70))
    found = statuses.status(places=places)
    shows = [programme.show(found, step) for step in range(200)]
    shown = {line.place.place_id for show in shows if show.kind in ("places", "avoid") for line in show.lines}
    assert shown == {place.place_id for place in places}
    levels = [step for step, show in enumerate(shows) if show.kind == "levels"]
    assert max(later - sooner for sooner, later in pairwise(levels)) <= 5


def test_a_page_has_at_most_six_places_those_with_room_before_those_where_it_is_unknown() -> None:
    found = statuses.status()
    pages = {show.page: show for step in range(20) if (show := programme.show(found, step)).kind == "places"}
    listed = [line for page in sorted(pages) for line in pages[page].lines]
    assert max(len(show.lines) for show in pages.values()) <= 6
    assert [line.number for line in listed] == list(range(1, 11))
    for district in ("d-1", "d-2"):
        rooms = [line.place.room for line in listed if line.place.district_id == district]
        assert rooms == sorted(rooms, reverse=True)


def test_a_screen_can_be_narrowed_to_districts_and_an_unknown_one_narrows_nothing() -> None:
    found = statuses.status()
    narrow = [programme.show(found, step, ("d-2",)) for step in range(10)]
    assert {line.place.district_id for show in narrow for line in show.lines} == {"d-2"}
    assert [programme.show(found, step, ("nowhere",)) for step in range(10)] == [
        programme.show(found, step) for step in range(10)
    ]


def spoken(second: int, langs: tuple[str, ...]) -> tuple[str, ...]:
    return rotation.turn(BEGUN + timedelta(seconds=second), langs)[1]
