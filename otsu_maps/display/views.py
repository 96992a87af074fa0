"""The views as HTML: each fills the screen between its head and its foot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape

from otsu_maps import clock
from otsu_maps.display.ground import TALLEST, around, picture, under
from otsu_maps.display.pieces import MARKS, district_name, each, place_name, said
from otsu_maps.display.programme import LIFE_IN_DANGER, Line, Show
from otsu_maps.maps import palette
from otsu_maps.public import svg_map, words
from otsu_maps.public.record import Area, Departure, Notice, Status

LEVELS = (5, 4, 3, 2, 1)
MOST_NAMES = 4
"""Districts named on a rung; of more the number is told."""

MOST_NUMBERS = 30
"""With more places than this the map has dots: numbers would cover each other."""

MOST_DISTRICTS = 12
"""With more districts than this their names would."""

EDGE = 0.004
"""Degrees left round a place, so that one alone has a map too."""


def body(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """One view. `at`: now, so that a time of another day carries its date."""
    return _VIEWS[show.kind](status, show, langs, at)


def what_to_do(status: Status, langs: Sequence[str]) -> str:
    """What everybody should do at the highest level; what to do where nobody knows it."""
    level = status.level
    key = "do.unknown" if level is None else f"do.level_{level if level > 1 else 0}"
    return said(key, langs)


def _levels(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """The ladder: what the agency says of each half of the city, what the city says of its districts."""
    rungs = []
    for level in LEVELS:
        rungs.append(_rung(level, status, langs))
        if level == LIFE_IN_DANGER:
            rungs.append(f'<div class="divider">{said("level.divider", langs)}</div>')
    head = f"<div></div><div></div><div>{said('display.agency', langs)}</div><div>{said('display.city', langs)}</div>"
    return (
        f'<section class="levels"><div class="ladder"><div class="columns">{head}</div>{"".join(rungs)}</div>'
        f'{_off_the_ladder(status, langs, at)}<p class="do">{what_to_do(status, langs)}</p></section>'
    )


def _rung(level: int, status: Status, langs: Sequence[str]) -> str:
    colour = palette.LEVELS[level]
    look = f"background:{palette.css(colour)};color:{palette.css(palette.ink_on(colour))}"
    warned = [area for area in status.areas if area.level == level]
    is_on = bool(warned) or any(order.level == level for order in status.orders)
    last = f"<small>{said('level.last_known', langs)}</small>" if warned and not status.is_heard else ""
    return (
        f'<div class="rung{" on" if is_on else ""}"><div class="number" style="{look}">{level}</div>'
        f'<div class="word">{said(f"level.word_{level}", langs)}</div>'
        f"<div>{_chips(warned)}{last}</div><div>{_orders(level, status, langs)}</div></div>"
    )


def _orders(level: int, status: Status, langs: Sequence[str]) -> str:
    under = {order.district_id for order in status.orders if order.level == level}
    found = [district_name(district, langs) for district in status.districts if district.district_id in under]
    if not found:
        return ""
    more = said("display.more", langs, count=len(found) - MOST_NAMES) if len(found) > MOST_NAMES else ""
    names = "　".join(found[:MOST_NAMES])
    return f"<b>{said(f'order.level_{level}', langs)}</b><small>{escape(names)} {more}</small>"


def _off_the_ladder(status: Status, langs: Sequence[str], at: datetime) -> str:
    """Areas without a level, and those of which nobody knows it."""
    lines = []
    if not status.is_heard:
        heard = status.heard_at
        since = (
            said("warned.unheard", langs, at=clock.shown_near(heard, at))
            if heard
            else said("warned.never_heard", langs)
        )
        lines.append(f'<p class="unheard">{_chips([a for a in status.areas if a.level is None])}<b>{since}</b></p>')
    if calm := [area for area in status.areas if area.level == 0]:
        lines.append(f'<p class="calm">{_chips(calm)}{said("level.none", langs)}</p>')
    return "".join(lines)


def _chips(areas: Sequence[Area]) -> str:
    return "".join(f'<span class="chip" lang="ja">{escape(area.name_ja)}</span>' for area in areas)


def _places(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """Where to go, as big as it gets."""
    if not show.lines:
        return (
            f'<section class="life"><h2>{said("page.none_offered", langs)}</h2>'
            f'<p class="do">{what_to_do(status, langs)}</p></section>'
        )
    quiet = "" if status.incident_ja is not None else f'<p class="quiet">{said("page.quiet", langs)}</p>'
    names = {district.district_id: district_name(district, langs) for district in status.districts}
    lines = "".join(_place(line, names, langs) for line in show.lines)
    return f'<section class="places">{_title("display.places", show, langs)}<ol>{lines}</ol>{quiet}</section>'


def _place(line: Line, names: Mapping[str, str], langs: Sequence[str]) -> str:
    place = line.place
    where = names.get(place.district_id or "", "")
    return (
        f'<li><span class="at">{line.number}</span><span class="what">{place_name(place, langs)}</span>'
        f'<span class="where">{escape(where)}</span>'
        f'<span class="room {place.room}"><i>{MARKS[place.room]}</i>'
        f"<span>{said(f'room.{place.room}', langs)}</span></span></li>"
    )


def _avoid(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """Where not to go, small, each with what it is."""
    lines = "".join(
        f'<li><i>{MARKS[line.place.state]}</i><span class="what">{place_name(line.place, ("ja",))}</span>'
        f'<span class="room">{said(f"state.{line.place.state}", langs)}</span></li>'
        for line in show.lines
    )
    return f'<section class="avoid">{_title("display.avoid", show, langs)}<ol>{lines}</ol></section>'


def _map(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """Where the places lie, with the numbers of the list."""
    has_numbers = len(show.lines) <= MOST_NUMBERS
    marks = [
        svg_map.Mark(line.place.lon, line.place.lat, line.place.room == "yes", line.number if has_numbers else None)
        for line in show.lines
    ]
    here = {line.place.district_id for line in show.lines}
    districts = [district for district in status.districts if district.district_id in here]
    bounds = around(
        [district.bounds for district in districts]
        + [(mark.lon - EDGE, mark.lat - EDGE, mark.lon + EDGE, mark.lat + EDGE) for mark in marks]
    )
    names = {district_name(district, langs): _middle(district.bounds) for district in districts}
    shown = names if len(names) <= MOST_DISTRICTS else {}
    title = words.tell("page.map", langs[0])
    drawn = picture(svg_map.draw(marks, bounds, under(bounds), title, shown, TALLEST))
    key = "".join(
        f'<p class="room {room}"><i>{MARKS[room]}</i><span>{said(f"room.{room}", langs)}</span></p>'
        for room in ("yes", "unknown")
    )
    count = said("page.offered_count", langs, count=len(show.lines))
    return (
        f'<section class="chart"><div><img src="{drawn}" alt="{escape(title)}"></div>'
        f'<div class="key"><h2>{count}</h2>{key}</div></section>'
    )


def _middle(bounds: svg_map.Bounds) -> tuple[float, float]:
    west, south, east, north = bounds
    return (west + east) / 2, (south + north) / 2


def _life(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """Level 5: nobody is sent anywhere."""
    colour = palette.LEVELS[LIFE_IN_DANGER]
    look = f"background:{palette.css(colour)};color:{palette.css(palette.ink_on(colour))}"
    title = each(
        lambda lang: f"{words.tell('level.name', lang, level=LIFE_IN_DANGER)}　{words.tell('level.word_5', lang)}",
        langs,
    )
    return f'<section class="life" style="{look}"><h2>{title}</h2><p>{said("do.level_5", langs)}</p></section>'


def _transport(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """What does not run, since when, why, and who said so."""
    lines = "".join(
        f'<li><i>{MARKS["closed"]}</i><span class="what"><b>{_what(each, langs)}</b></span>'
        f'<span class="why">{said(f"transport.{each.reason}", langs)}</span>'
        f'<span class="since">{said("transport.since", langs, at=clock.shown_near(each.since, at))}'
        f'<small lang="ja">{escape(each.source_ja)}</small></span></li>'
        for each in show.notices
    )
    others = f'<p class="quiet">{said("transport.others", langs)}</p>'
    return f'<section class="transport">{_title("transport.title", show, langs)}<ol>{lines}</ol>{others}</section>'


def _departures(status: Status, show: Show, langs: Sequence[str], at: datetime) -> str:
    """What leaves next at a stop: when, where to, and whether anybody knows that it is on time."""
    board = show.board
    if board is None:
        return ""
    lines = "".join(_departure(each, langs) for each in board.next)
    off = (
        f'<p class="quiet">{said("departures.suspended", langs, count=board.suspended)}</p>' if board.suspended else ""
    )
    title = f"<h2><span>{said('departures.title', langs)}</span>{_names([(board.name_ja, board.name_en)], langs)}</h2>"
    return f'<section class="departures">{title}<ol>{lines}</ol>{off}</section>'


def _departure(each: Departure, langs: Sequence[str]) -> str:
    operator = f'<small lang="ja">{escape(each.operator_ja)}</small>' if each.operator_ja else ""
    return (
        f'<li class="{"off" if each.is_cancelled else each.state}">'
        f'<span class="when">{_when(each)}</span>'
        f'<span class="line">{_names([(each.line_ja, each.line_en)], langs)}{operator}</span>'
        f'<span class="to">{_names([(each.towards_ja, each.towards_en)], langs)}</span>'
        f'<span class="how">{_how(each, langs)}</span></li>'
    )


def _when(each: Departure) -> str:
    """As the timetable at the stop has it, and behind an arrow when it is expected, where that is another minute."""
    planned, expected = _clock(each.planned_at or each.expected_at), _clock(each.expected_at)
    then = f"<small>→<time>{expected}</time></small>" if expected != planned else ""
    return f"<time>{planned}</time>{then}"


def _how(each: Departure, langs: Sequence[str]) -> str:
    """Only what an operator tells of now is on time, late or early."""
    if each.is_cancelled:
        return said("departures.cancelled", langs)
    if each.state != "real_time":
        is_about = each.is_by_headway and each.state == "scheduled"
        return said("departures.about" if is_about else f"departures.{each.state}", langs)
    if each.planned_at is None:
        return said("departures.added", langs)
    late = round((each.expected_at - each.planned_at).total_seconds() / 60)
    key = "late" if late > 0 else "early" if late else "on_time"
    return said(f"departures.{key}", langs, minutes=abs(late))


def _clock(moment: datetime) -> str:
    return clock.to_shown(moment).strftime("%H:%M")


def _what(notice: Notice, langs: Sequence[str]) -> str:
    return _names([(notice.line_ja, notice.line_en), (notice.stop_ja, notice.stop_en)], langs)


def _names(names: Sequence[tuple[str | None, str | None]], langs: Sequence[str]) -> str:
    """In Latin letters where nobody of the turn can read the Japanese ones, if they are known."""
    return "　".join(
        f'<span class="name">{escape(name_en)}</span>'
        if name_en and not any(words.is_read(name_ja or "", lang) for lang in langs)
        else f'<span class="name" lang="ja">{escape(name_ja)}</span>'
        for name_ja, name_en in names
        if name_ja
    )


def _title(key: str, show: Show, langs: Sequence[str]) -> str:
    page = f'<span class="page">{show.page} / {show.pages}</span>' if show.pages > 1 else ""
    return f"<h2>{said(key, langs)}{page}</h2>"


_VIEWS: Mapping[str, Callable[[Status, Show, Sequence[str], datetime], str]] = {
    "levels": _levels,
    "places": _places,
    "map": _map,
    "avoid": _avoid,
    "life": _life,
    "transport": _transport,
    "departures": _departures,
}
"""A new view is a function here and a lane in programme.py."""
