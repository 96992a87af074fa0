"""A whole screen as HTML: what it shows, or why it can show nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from otsu_maps import clock
from otsu_maps.display import programme, rotation, views
from otsu_maps.display.pieces import city_name, each, said
from otsu_maps.display.source import Seen
from otsu_maps.maps import palette
from otsu_maps.public import words
from otsu_maps.public.record import Status

AHEAD = timedelta(minutes=1)
"""Information from further in the future: a clock is wrong, and nobody can say what is still valid."""

COLOURS = {
    "ink": palette.INK,
    "paper": palette.PAPER,
    "grey": palette.GREY,
    "alarm": palette.YELLOW,
}


def html(seen: Seen, at: datetime, langs: Sequence[str], districts: Sequence[str] = ()) -> str:
    """The screen at a moment. Nothing that is past its validity is ever on it."""
    step, now = rotation.turn(at, langs)
    status = seen.status
    why = unusable(seen, at)
    if why or status is None:
        return _screen(_cover(why or "missing", status, now, at), now)
    show = programme.show(status, step, districts, at)
    middle = f'<main class="middle">{views.body(status, show, now, at)}</main>'
    return _screen(_head(status, now, at) + middle + _foot(seen, status, now, at), now)


def unusable(seen: Seen, at: datetime) -> str | None:
    """Why nothing can be shown, None: it can."""
    if seen.status is None:
        return seen.problem or "missing"
    if seen.status.made_at > at + AHEAD:
        return "clock_wrong"
    return "expired" if at >= seen.status.valid_until else None


def style() -> str:
    """The colours of the palette as variables of the style sheet."""
    return ":root {" + "".join(f"--{name}: {palette.css(colour)};" for name, colour in COLOURS.items()) + "}"


def _screen(inside: str, langs: Sequence[str]) -> str:
    return f'<div class="otsu-display speaks-{len(langs)}" lang="{words.language(langs[0]).tag}">{inside}</div>'


def _head(status: Status, langs: Sequence[str], at: datetime) -> str:
    title = each(lambda lang: words.tell("page.title", lang, city=city_name(status, lang)), langs)
    mark = status.mode if status.mode != "real" else "demo" if status.is_demo else None
    band = f'<p class="band">{said(f"page.{mark}", langs)}</p>' if mark else ""
    return f'<header><h1>{title}</h1><time class="clock">{_clock(at)}</time></header>{band}'


def _foot(seen: Seen, status: Status, langs: Sequence[str], at: datetime) -> str:
    minutes = int(clock.age(status.made_at, at).total_seconds() // 60)
    age = said("display.age", langs, minutes=minutes) if minutes else said("display.age_new", langs)
    until = said("page.valid", langs, at=clock.shown_near(status.valid_until, at))
    late = f'<b class="late">{said("display.late", langs)}</b>' if seen.problem else ""
    unread = "".join(f"<span>{mark}</span>" for lang in langs if (mark := words.language(lang).mark))
    return f"<footer><b>{age}</b><span>{until}</span>{late}{unread}</footer>"


def _cover(why: str, status: Status | None, langs: Sequence[str], at: datetime) -> str:
    """Plain words instead of places."""
    title = said("page.expired_title" if why == "expired" else f"display.{why}", langs)
    last = said("display.last", langs, at=clock.shown_near(status.made_at, at)) if status else ""
    return (
        f'<main class="cover" role="alert"><time class="clock">{_clock(at)}</time><h1>{title}</h1>'
        f"<p>{said('display.old', langs)}</p><p>{last}</p></main>"
    )


def _clock(at: datetime) -> str:
    return clock.to_shown(at).strftime("%H:%M")
