"""The next departures on the screen: until they have left, never an empty board, "on time" only where it is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import statuses
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.display import page, programme, views
from otsu_maps.display.pieces import said
from otsu_maps.display.programme import Show
from otsu_maps.display.source import Seen
from otsu_maps.public import words
from otsu_maps.public.record import Departure, Status

AT = datetime(2026, 11, 26, 13, 0)
ROUND = 14


def shows(found: Status, districts: tuple[str, ...] = (), minutes: float = 0) -> list[Show]:
    """Boards that are shown in two rounds."""
    every = [programme.show(found, step, districts, AT + timedelta(minutes=minutes)) for step in range(ROUND)]
    return [show for show in every if show.kind == "departures"]


def view(found: Status, langs: tuple[str, ...] = ("ja",), districts: tuple[str, ...] = ()) -> str:
    return views.body(found, shows(found, districts)[0], langs, AT)


def left(found: Status, minutes: float) -> tuple[Departure, ...]:
    """What the first board has by then."""
    board = shows(found, minutes=minutes)[0].board
    assert board
    return board.next


def names(found: list[Show]) -> set[str]:
    return {show.board.name_ja for show in found if show.board}


def one(departure: Departure) -> Status:
    return statuses.status(AT, departures=(statuses.board(1, (departure,)),))


def test_a_screen_of_a_district_shows_its_stop_and_any_other_one_that_of_the_city() -> None:
    found = statuses.leaving(AT)
    assert names(shows(found)) == {"大津市役所・県民会館前"}
    assert names(shows(found, ("d-2",))) == {"南町"}
    assert names(shows(found, ("nowhere",))) == {"大津市役所・県民会館前"}
    assert names(shows(found, ("d-1", "d-2"))) == {"大津市役所・県民会館前", "南町"}


def test_what_has_left_by_the_clock_of_the_screen_is_gone_and_what_is_late_is_not() -> None:
    found = statuses.leaving(AT)
    assert [len(left(found, at)) for at in (0, 19, 21, 28, 45)] == [5, 5, 5, 4, 1]
    late = left(found, 21)[0]
    assert (late.planned_at, late.expected_at) == (AT + timedelta(minutes=15), AT + timedelta(minutes=27))


def test_without_a_departure_to_come_there_is_no_view_at_all() -> None:
    found = statuses.leaving(AT)
    assert shows(found, minutes=51) == [] == shows(statuses.stopped(AT)) == shows(statuses.worst(AT))
    quiet = found.model_copy(update={"departures": (found.departures[0], statuses.board(2, ()))})
    assert shows(quiet, ("d-2",)) == [], "a district whose stop is quiet is not sent to another one"
    assert names(shows(quiet, ("d-1",))) == {"大津市役所・県民会館前"}


def test_the_page_asks_its_own_clock() -> None:
    found = statuses.leaving(AT).model_copy(update={"valid_until": AT + timedelta(hours=3)})
    for minutes, is_there in ((0, True), (60, False)):
        screens = [
            page.html(Seen(found), AT + timedelta(minutes=minutes, seconds=6 * slot), ("ja",)) for slot in range(9)
        ]
        assert any('class="departures"' in screen for screen in screens) == is_there


def test_at_level_5_nobody_is_sent_to_a_stop() -> None:
    assert shows(statuses.worst(AT).model_copy(update={"departures": statuses.leaving(AT).departures})) == []


def test_lines_out_of_service_keep_their_view_right_after_it() -> None:
    kinds = [programme.show(statuses.leaving(AT), step).kind for step in range(7)]
    assert kinds[-2:] == ["departures", "transport"]


@pytest.mark.parametrize("lang", words.CODES)
def test_each_departure_says_what_is_known_of_it(lang: str) -> None:
    shown = view(statuses.leaving(AT), (lang,))
    for key in ("title", "on_time", "unknown", "scheduled", "cancelled"):
        assert said(f"departures.{key}", (lang,)) in shown, key
    assert said("departures.late", (lang,), minutes=12) in shown
    assert said("departures.suspended", (lang,), count=4) in shown
    assert "<time>22:15</time><small>→<time>22:27</time></small>" in shown and "湖南バス" in shown
    assert ("Kitamachi 3-chome" in shown) == (not words.is_read("北町三丁目", lang))
    about = view(statuses.leaving(AT), (lang,), ("d-2",))
    assert said("departures.about", (lang,)) in about
    assert said("departures.suspended", (lang,), count=0) not in about


@given(
    st.sampled_from(["scheduled", "unknown", "real_time"]),
    st.integers(-600, 3600),
    st.booleans(),
    st.sampled_from(words.CODES),
)
def test_on_time_is_only_what_an_operator_tells_so(state: str, late_s: int, is_cancelled: bool, lang: str) -> None:
    late = late_s / 60 if state == "real_time" else 0.0
    made = statuses.departure(AT, 20, late, state=state, is_cancelled=is_cancelled)
    is_told = said("departures.on_time", (lang,)) in view(one(made), (lang,))
    assert is_told == (state == "real_time" and not is_cancelled and round(late) == 0)


def test_one_that_comes_early_says_so() -> None:
    made = one(statuses.departure(AT, 20, -3))
    assert said("departures.early", ("ja",), minutes=3) in view(made)


def test_one_of_no_timetable_is_called_additional_and_never_late() -> None:
    shown = view(one(statuses.departure(AT, 20, 0, planned_at=None)))
    assert said("departures.added", ("ja",)) in shown and said("departures.on_time", ("ja",)) not in shown
    assert "<time>22:20</time></span>" in shown


def test_names_cannot_write_html() -> None:
    bad = statuses.departure(AT, 20, line_ja="<b>線", operator_ja="<i>社", towards_ja="<u>行")
    shown = view(statuses.status(AT, departures=(statuses.board(1, (bad,), name_ja="<s>前", name_en=None),)))
    assert not [tag for tag in ("<b>", "<i>", "<u>", "<s>") if tag in shown]


def test_a_drill_is_marked_on_it() -> None:
    found = statuses.leaving(AT, mode="drill")
    screens = [page.html(Seen(found), AT + timedelta(seconds=6 * slot), ("ja",)) for slot in range(9)]
    marked = [said("page.drill", ("ja",)) in screen for screen in screens if 'class="departures"' in screen]
    assert marked and all(marked)


def test_a_line_that_is_off_is_not_called_an_empty_board() -> None:
    found = statuses.status(AT, departures=(statuses.board(1, (), suspended=9),))
    assert shows(found) == []
