"""What a screen says in each situation, in every language: never an old place, never one where nobody should go."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from html import unescape
from xml.dom import minidom

import pytest
import statuses
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.display import page, pieces, programme, rotation
from otsu_maps.display.source import Seen
from otsu_maps.public import words
from otsu_maps.public.record import STATES, Status
from otsu_maps.public.words import tell

AT = datetime(2026, 11, 26, 13, 0)
LANGS = ("ja", "ja-easy", "en")
ROUND = 40
IMAGE = r'src="data:image/svg\+xml;base64,([^"]+)"'


def screens(found: Status, at: datetime = AT, langs: tuple[str, ...] = LANGS, problem: str | None = None) -> list[str]:
    """All that is shown in some minutes; the status is as fresh in each as at `at`."""
    seen = Seen(found, problem)
    slots = (at + timedelta(seconds=rotation.SLOT_S * slot) for slot in range(ROUND))
    return [page.html(fresh(seen, at, then), then, langs) for then in slots]


def fresh(seen: Seen, at: datetime, then: datetime) -> Seen:
    assert seen.status
    later = {"made_at": seen.status.made_at + (then - at), "valid_until": seen.status.valid_until + (then - at)}
    return Seen(seen.status.model_copy(update=later), seen.problem)


def plain(key: str, lang: str, **params: object) -> str:
    return pieces.said(key, (lang,), **params)


@pytest.mark.parametrize("lang", words.CODES)
def test_levels_stand_on_the_ladder_with_number_and_word_and_the_divider(lang: str) -> None:
    shown = "".join(screens(statuses.status(AT), langs=(lang,)))
    for level in (1, 2, 3, 4, 5):
        assert f">{level}</div>" in shown and plain(f"level.word_{level}", lang) in shown
    assert plain("level.divider", lang) in shown and plain("do.level_4", lang) in shown
    assert "大津市南部" in shown and plain("order.level_4", lang) in shown


@pytest.mark.parametrize("lang", words.CODES)
def test_at_level_five_no_place_is_named_and_everybody_is_told_to_save_their_life(lang: str) -> None:
    found = statuses.worst(AT)
    shown = "".join(screens(found, langs=(lang,)))
    assert plain("do.level_5", lang) in shown
    assert not [place.name_ja for place in found.places if place.name_ja in shown]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(STATES), st.sampled_from(["yes", "unknown", "full"])), max_size=12),
    st.sampled_from([None, 0, 2, 3, 4, 5]),
    st.sampled_from([None, "大雨"]),
)
def test_only_what_is_offered_is_on_the_list_and_on_the_map(
    states: list[tuple[str, str]], level: int | None, incident: str | None
) -> None:
    places = tuple(statuses.place(n, state, room) for n, (state, room) in enumerate(states, 1))
    areas = (statuses.area(statuses.SOUTH, level, AT),)
    found = statuses.status(AT, places=places, areas=areas, orders=(), incident_ja=incident)
    good = {place.place_id for place in places if place.state == "offered"} if level != 5 else set()
    shows = [programme.show(found, step) for step in range(20)]
    assert {line.place.place_id for show in shows if show.kind in ("places", "map") for line in show.lines} == good
    assert not {line.place.place_id for show in shows if show.kind == "avoid" for line in show.lines} & good
    for step in range(20):
        page.html(Seen(found), AT + timedelta(seconds=step), LANGS)


@pytest.mark.parametrize("lang", words.CODES)
def test_silence_is_said_since_when_and_a_level_of_before_is_called_the_last_that_was_known(lang: str) -> None:
    shown = "".join(screens(statuses.unheard(AT), langs=(lang,)))
    assert plain("warned.unheard", lang, at="21:30") in shown
    assert plain("level.last_known", lang) in shown


def test_without_any_contact_so_far_no_time_is_invented() -> None:
    found = statuses.unheard(AT).model_copy(update={"heard_at": None})
    assert plain("warned.never_heard", "ja") in "".join(screens(found))


@pytest.mark.parametrize("lang", words.CODES)
def test_a_drill_a_test_and_the_demo_are_marked_on_every_screen(lang: str) -> None:
    for more, key in (({"mode": "drill"}, "drill"), ({"mode": "test"}, "test"), ({"is_demo": True}, "demo")):
        found = statuses.status(AT, **more)
        assert all(plain(f"page.{key}", lang) in shown for shown in screens(found, langs=(lang,)))
    assert all('class="band"' not in shown for shown in screens(statuses.status(AT)))


@pytest.mark.parametrize("late_s", [0, 1, 3600, 86400])
def test_past_its_validity_nothing_is_shown_but_that_it_is_old(late_s: int) -> None:
    found = statuses.status(AT)
    at = found.valid_until + timedelta(seconds=late_s)
    said = {page.html(Seen(found), at + timedelta(seconds=6 * slot), LANGS) for slot in range(3)}
    assert all(any(plain("page.expired_title", lang) in shown for shown in said) for lang in LANGS)
    assert all(any(plain("display.old", lang) in shown for shown in said) for lang in LANGS)
    assert not [place.name_ja for place in found.places for shown in said if place.name_ja in shown]


@pytest.mark.parametrize("problem", ["missing", "broken", "unreachable"])
def test_without_a_status_the_screen_says_why(problem: str) -> None:
    said = "".join(page.html(Seen(None, problem), AT + timedelta(seconds=6 * slot), LANGS) for slot in range(3))
    assert all(plain(f"display.{problem}", lang) in said for lang in LANGS)
    assert plain("display.missing", "ja") in page.html(Seen(), AT, ("ja",))


def test_information_from_the_future_means_that_a_clock_is_wrong() -> None:
    found = statuses.status(AT)
    assert plain("display.clock_wrong", "ja") in page.html(Seen(found), AT - timedelta(minutes=5), ("ja",))
    assert plain("display.clock_wrong", "ja") not in page.html(Seen(found), AT - timedelta(seconds=30), ("ja",))


def test_clock_and_age_stand_on_every_screen_and_a_source_that_fails_is_said() -> None:
    found = statuses.status(AT)
    at = AT + timedelta(minutes=2, seconds=30)
    shown = page.html(Seen(found, "unreachable"), at, ("ja",))
    assert "22:02" in shown and plain("display.age", "ja", minutes=2) in shown
    assert plain("page.valid", "ja", at="22:03") in shown and plain("display.late", "ja") in shown
    assert plain("display.late", "ja") not in page.html(Seen(found), at, ("ja",))


def test_a_language_that_nobody_has_checked_says_so() -> None:
    shown = screens(statuses.status(AT), langs=("zh-hans", "vi"))
    assert all("未校閲" in each for each in shown)
    assert not any("未校閲" in each for each in screens(statuses.status(AT)))


def test_the_map_is_a_whole_picture_with_the_numbers_of_the_list_and_asks_for_nothing() -> None:
    (source,) = {source for shown in screens(statuses.status(AT), langs=("ja",)) for source in re.findall(IMAGE, shown)}
    drawn = base64.b64decode(source).decode("utf-8")
    told = minidom.parseString(drawn)
    texts = {text.firstChild.data for text in told.getElementsByTagName("text") if text.firstChild}
    assert {"北町学区", "南町学区"} <= texts and any(text.startswith("1") for text in texts)
    assert "href" not in drawn and "url(" not in drawn


def test_when_there_is_no_place_to_offer_that_is_said() -> None:
    found = statuses.status(AT, places=(statuses.place(1, "full", "full"),))
    assert plain("page.none_offered", "ja") in "".join(screens(found))


def test_what_is_written_in_a_status_stays_text() -> None:
    evil = '<img src=x onerror="alert(1)">'
    found = statuses.status(
        AT, places=(statuses.place(1, name_ja=evil, name_en=evil), statuses.place(2, "full", "full", name_ja=evil))
    )
    shown = "".join(screens(found))
    assert "<img src=x" not in shown and evil in unescape(shown)


def test_readings_of_easy_japanese_stand_over_their_characters() -> None:
    assert "<ruby>逃<rt>に</rt></ruby>げる" in pieces.said("page.where", ("ja-easy",))
    assert tell("page.where", "ja-easy").startswith("逃（に）げる")
