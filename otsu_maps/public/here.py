"""「いまここ」: the nearest places for whoever knows only at which station they are. A page a station, no script.

Where to go is decided by the rules of the staff's advice (analysis.advice): straight lines that cross no lake, river or
zone that may be on; at alert level 5 nobody is sent anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from otsu_maps import clock
from otsu_maps.analysis import room
from otsu_maps.analysis.advice import Way
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.ground import Ground, advice_at
from otsu_maps.analysis.offer import LIFE_IN_DANGER, PlaceStatus
from otsu_maps.analysis.situation import Situation
from otsu_maps.geo import to_metres
from otsu_maps.public import page, record
from otsu_maps.public.page import named
from otsu_maps.public.record import Place, Status
from otsu_maps.public.words import tell

MOST = 5
APART_M = 500
"""Platforms of one name that are closer are one station."""

WORTH_SAYING = 3
"""From this alert level on people leave: a station in it says so."""

DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True)
class Start:
    """Where somebody may be. `name_en`: only where the source has one."""

    name_ja: str
    name_en: str | None
    lon: float
    lat: float

    @property
    def key(self) -> str:
        """What tells it from another of the same name."""
        return f"{self.name_ja} {self.lon:.3f} {self.lat:.3f}"


@dataclass(frozen=True)
class Near:
    """A place to go to: straight metres, minutes on foot for those who walk well and for those who do not."""

    place_id: str
    direction: str
    distance_m: int
    able_min: int
    infirm_min: int


@dataclass(frozen=True)
class Here:
    """What is told at a start. `level`: the alert level there as far as anybody knows; at 5 `near` is empty."""

    start: Start
    level: int
    near: tuple[Near, ...]


def starts(stations: Iterable[Mapping[str, Any]], ground: Ground) -> tuple[Start, ...]:
    """Stations (queries.transit.stations) that lie in the city, by name; platforms of one station once."""
    found: list[Start] = []
    for row in sorted(stations, key=lambda row: (row["name_ja"], row["name_en"] is None)):
        start = Start(row["name_ja"], row["name_en"], row["lon"], row["lat"])
        if ground.lies_in(start.lon, start.lat)[0] and not any(_is_same(start, other, ground) for other in found):
            found.append(start)
    return tuple(found)


def around(
    starts: Iterable[Start],
    ground: Ground,
    situation: Situation,
    records: Sequence[PlaceStatus],
    dangers: Sequence[Danger],
    areas: Sequence[str],
) -> tuple[Here, ...]:
    """What is told at each start: the nearest places that are offered, those with room first. `areas`: of the city."""
    found = []
    for start in starts:
        told = advice_at(start.lon, start.lat, ground, situation, records, dangers, areas, most=len(records))
        nearest = sorted(told.ways, key=lambda way: way.distance_m)[:MOST]
        ordered = sorted(nearest, key=lambda way: (room.ROOMS.index(way.place.room), way.distance_m))
        found.append(Here(start, told.level, tuple(_near(start, way, ground) for way in ordered)))
    return tuple(found)


def pages(status: Status, found: Sequence[Here], langs: Sequence[str]) -> dict[str, str]:
    """Every page by its file: a list of the stations in each language, and a page a station."""
    made = {name(lang): _index(status, found, lang, {code: name(code) for code in langs}) for lang in langs}
    for each in found:
        tongues = {code: name(code, each.start) for code in langs}
        made |= {tongues[lang]: _page(status, each, lang, tongues) for lang in langs}
    return made


def name(lang: str, start: Start | None = None) -> str:
    """The file of a page: of a start, or of their list."""
    return page.name(lang, start.key, "here") if start else f"here.{lang}.html"


def _index(status: Status, found: Sequence[Here], lang: str, tongues: Mapping[str, str]) -> str:
    links = "".join(
        f'<li><a class="button" href="{name(lang, each.start)}">{_station(each.start, lang)}</a></li>' for each in found
    )
    main = (
        f'{_button(page.name(lang), "page.all_city", lang)}<section id="places" aria-labelledby="stations">'
        f'<h2 id="stations">{_say("here.list", lang)}</h2><p>{_say("here.how", lang)}</p>'
        f'<ul class="row">{links}</ul></section>'
    )
    return page.whole(status, lang, tell("here.title", lang), name(lang), tongues, main, ".row li {display: inline}")


def _page(status: Status, here: Here, lang: str, tongues: Mapping[str, str]) -> str:
    """Only what the status offers: two answers that disagree are no answer."""
    offered = {place.place_id: place for place in status.places if place.state == record.OFFERED}
    near = [each for each in here.near if each.place_id in offered] if here.level < LIFE_IN_DANGER else []
    where = "".join(_entry(each, offered[each.place_id], lang) for each in near)
    none = "do.level_5" if here.level >= LIFE_IN_DANGER else "here.none"
    main = (
        f"{_button(name(lang), 'here.list', lang)}{_silence(status, lang)}{_level(here.level, status.is_heard, lang)}"
        f'<section id="places" aria-labelledby="where"><h2 id="where">{_say("page.where", lang)}</h2>'
        + (f"<ul>{where}</ul><p>{_say('here.straight', lang)}</p>" if near else f"<p><b>{_say(none, lang)}</b></p>")
        + f"</section>{_button(page.name(lang), 'page.all_city', lang)}"
    )
    title = tell("here.station", lang, name=_plain(here.start, lang))
    return page.whole(status, lang, title, name(lang, here.start), tongues, main)


def _button(file: str, key: str, lang: str) -> str:
    return f'<p><a class="button" href="{file}">{_say(key, lang)}</a></p>'


def _entry(near: Near, place: Place, lang: str) -> str:
    way = _say(
        "here.way",
        lang,
        direction=tell(f"direction.{near.direction}", lang),
        metres=f"{near.distance_m:,}",
        minutes=near.able_min,
        slow=near.infirm_min,
    )
    return (
        f'<li class="place offered"><b>{named(place.name_ja, place.name_en, lang)}</b>'
        f' <span class="tag">{_say(f"room.{place.room}", lang)}</span><p>{way}</p></li>'
    )


def _level(level: int, is_heard: bool, lang: str) -> str:
    if level < WORTH_SAYING:
        return ""
    words = f"{_say('level.name', lang, level=level)}　{_say(f'level.word_{level}', lang)}"
    last = "" if is_heard else f"（{_say('level.last_known', lang)}）"
    return f'<p class="level level-{level}">{words}{last}</p>'


def _silence(status: Status, lang: str) -> str:
    if status.is_heard:
        return ""
    said = (
        _say("warned.unheard", lang, at=clock.shown_near(status.heard_at, status.made_at))
        if status.heard_at
        else _say("warned.never_heard", lang)
    )
    return f'<p class="loud">{said}</p>'


def _station(start: Start, lang: str) -> str:
    return _say("here.station", lang, name="\0").replace("\0", named(start.name_ja, start.name_en, lang))


def _plain(start: Start, lang: str) -> str:
    """For a title, where no part can be marked as Japanese: both names where the reader may know only one."""
    return f"{start.name_en} ({start.name_ja})" if start.name_en and not lang.startswith("ja") else start.name_ja


def _near(start: Start, way: Way, ground: Ground) -> Near:
    (x, y), (to_x, to_y) = to_metres([start.lon, way.place.lon], [start.lat, way.place.lat], ground.barriers.plane_epsg)
    turn = math.atan2(to_x - x, to_y - y) / (2 * math.pi)
    direction = DIRECTIONS[round(turn * len(DIRECTIONS)) % len(DIRECTIONS)]
    return Near(way.place.place_id, direction, way.distance_m, way.able_min, way.infirm_min)


def _is_same(one: Start, other: Start, ground: Ground) -> bool:
    if one.name_ja != other.name_ja:
        return False
    ends = to_metres([one.lon, other.lon], [one.lat, other.lat], ground.barriers.plane_epsg)
    return math.dist(*ends) < APART_M


def _say(key: str, lang: str, **params: object) -> str:
    return escape(tell(key, lang, **params))
