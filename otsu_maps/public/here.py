"""「いまここ」: the nearest places for whoever knows only at which station they are. A page a station, no script.

Where to go is decided by the rules of the staff's advice (analysis.advice): straight lines that cross no lake, river or
zone that may be on; at alert level 5 nobody is sent anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from otsu_maps.analysis import offer, room
from otsu_maps.analysis.advice import Way
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.ground import Ground, advice_at
from otsu_maps.analysis.offer import LIFE_IN_DANGER, PlaceStatus
from otsu_maps.analysis.situation import Situation
from otsu_maps.public import alarm, page
from otsu_maps.public.page import named
from otsu_maps.public.part import Part
from otsu_maps.public.record import Place, Status
from otsu_maps.public.words import tell

MOST = 5
APART_M = 500
"""Platforms of one name that are closer are one station."""

AT_M = 50
"""What is closer is where one stands: a way of so many metres would only puzzle."""

WORTH_SAYING = 3
"""From this alert level on people leave: a station in it says so."""

METRES_PER_DEGREE = 111_000
WINDOWS = (20, 80)
"""So many of the nearest places are looked at before all are: each line is held against lake, rivers and zones."""

STYLE = ".row li {display: inline}"
DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True)
class Start:
    """Where somebody may be. Reading and Latin name: only where the source has them."""

    name_ja: str
    name_kana: str | None
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
    """Stations (queries.transit.stations) that lie in the city, by reading; platforms of one station once."""
    found: list[Start] = []
    for row in sorted(stations, key=lambda row: (row["name_kana"] or "", row["name_ja"], row["name_en"] is None)):
        start = Start(row["name_ja"], row["name_kana"], row["name_en"], row["lon"], row["lat"])
        if ground.lies_in(start.lon, start.lat)[0] and not any(is_same(start, other) for other in found):
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
        level, ways = _ways(start, ground, situation, records, dangers, areas)
        nearest = sorted(ways, key=lambda way: way.distance_m)[:MOST]
        ordered = sorted(nearest, key=lambda way: (room.ROOMS.index(way.place.room), way.distance_m))
        found.append(Here(start, level, tuple(_near(start, way) for way in ordered)))
    return tuple(found)


def _ways(
    start: Start,
    ground: Ground,
    situation: Situation,
    records: Sequence[PlaceStatus],
    dangers: Sequence[Danger],
    areas: Sequence[str],
) -> tuple[int, tuple[Way, ...]]:
    """Level, and ways to go. Lines to what is far are looked at only where too few of the near ones are free."""
    near_first = sorted(offer.offered(records), key=lambda each: math.hypot(*_east_north_m(start, each.lon, each.lat)))
    for many in (*WINDOWS, len(near_first)):
        held = near_first[:many]
        told = advice_at(start.lon, start.lat, ground, situation, held, dangers, areas, most=len(held))
        if len(told.ways) >= MOST or many >= len(near_first):
            break
    return told.level, told.ways


def pages(
    status: Status, found: Sequence[Here], langs: Sequence[str], more: Callable[[Part], str] = lambda _: ""
) -> dict[str, str]:
    """Every page by its file: a list of the stations in each language, and a page a station. `more`: what the list has
    below the stations, as HTML.
    """
    made = {}
    for part in (Part(status, lang) for lang in langs):
        tongues = {code: name(code) for code in langs}
        made[name(part.lang)] = page.whole(
            status,
            part.lang,
            tell("here.title", part.lang),
            name(part.lang),
            tongues,
            _list(part, found) + more(part),
            STYLE,
        )
        for here in found:
            tongues = {code: name(code, here.start) for code in langs}
            title, own = _title(here.start, part.lang), tongues[part.lang]
            made[own] = page.whole(status, part.lang, title, own, tongues, _station(part, here))
    return made


def name(lang: str, start: Start | None = None) -> str:
    """The file of a page: of a start, or of their list."""
    return page.name(lang, start.key, "here") if start else f"here.{lang}.html"


def _list(part: Part, found: Sequence[Here]) -> str:
    links = "".join(
        f'<li><a class="button" href="{name(part.lang, each.start)}">{_named(part, each.start)}</a></li>'
        for each in found
    )
    return button(part, page.name(part.lang), "page.all_city") + part.section(
        "places", "here.list", f'<p>{part.say("here.how")}</p><ul class="row">{links}</ul>'
    )


def _station(part: Part, here: Here) -> str:
    return (
        f"{button(part, name(part.lang), 'here.list')}{alarm.silence(part)}{_level(part, here.level)}"
        f"{part.section('places', 'page.where', _answer(part, here, part.say('here.straight')))}"
        f"{button(part, page.name(part.lang), 'page.all_city')}"
    )


def answer(part: Part, here: Here) -> str:
    """The level where it says something, and where to go; in HTML."""
    return _level(part, here.level) + _answer(part, here, "")


def _answer(part: Part, here: Here, caveat: str) -> str:
    """Only what the status offers: two answers that disagree are no answer."""
    offered = {place.place_id: place for place in part.offered} if here.level < LIFE_IN_DANGER else {}
    where = "".join(_entry(part, each, offered[each.place_id]) for each in here.near if each.place_id in offered)
    none = "do.level_5" if here.level >= LIFE_IN_DANGER else "here.none"
    return f"<ul>{where}</ul><p>{caveat}</p>" if where else f"<p><b>{part.say(none)}</b></p>"


def _entry(part: Part, near: Near, place: Place) -> str:
    way = (
        part.say("here.at")
        if near.distance_m < AT_M
        else part.say(
            "here.way",
            direction=tell(f"direction.{near.direction}", part.lang),
            metres=f"{near.distance_m:,}",
            minutes=near.able_min,
            slow=near.infirm_min,
        )
    )
    return (
        f'<li class="place offered"><b>{named(place.name_ja, place.name_en, part.lang)}</b>'
        f' <span class="tag">{part.say(f"room.{place.room}")}</span><p>{way}</p></li>'
    )


def _level(part: Part, level: int) -> str:
    if level < WORTH_SAYING:
        return ""
    last = "" if part.status.is_heard else part.last_known
    words = f"{part.say('level.name', level=level)}<br>{part.say(f'level.word_{level}')}{last}"
    return f'<p class="level level-{level}">{words}</p>'


def button(part: Part, file: str, key: str) -> str:
    """A link to another page, `key` says where to; in HTML."""
    return f'<p><a class="button" href="{file}">{part.say(key)}</a></p>'


def _named(part: Part, start: Start) -> str:
    """In HTML: as the reader says it, and as it stands on the sign."""
    if part.lang.startswith("ja"):
        return escape(_title(start, part.lang))
    sign = f'<span lang="ja">{escape(tell("here.station", "ja", name=start.name_ja))}</span>'
    return f"{part.say('here.station', name=start.name_en)} {sign}" if start.name_en else sign


def _title(start: Start, lang: str) -> str:
    sign = tell("here.station", "ja", name=start.name_ja)
    if lang == "ja-easy":
        kana = start.name_kana
        return tell("here.station", lang, name=f"{start.name_ja}（{kana}）" if kana else start.name_ja)
    if lang == "ja" or not start.name_en:
        return sign
    return f"{tell('here.station', lang, name=start.name_en)} ({sign})"


def _near(start: Start, way: Way) -> Near:
    turn = math.atan2(*_east_north_m(start, way.place.lon, way.place.lat)) / (2 * math.pi)
    direction = DIRECTIONS[round(turn * len(DIRECTIONS)) % len(DIRECTIONS)]
    return Near(way.place.place_id, direction, way.distance_m, way.able_min, way.infirm_min)


def is_same(one: Start, other: Start) -> bool:
    """Whether two of one name are one place."""
    return one.name_ja == other.name_ja and math.hypot(*_east_north_m(one, other.lon, other.lat)) < APART_M


def _east_north_m(start: Start, lon: float, lat: float) -> tuple[float, float]:
    """Metres to the east and to the north, true to a hundredth within a city: to sort by and to point with."""
    east = (lon - start.lon) * math.cos(math.radians(start.lat))
    return east * METRES_PER_DEGREE, (lat - start.lat) * METRES_PER_DEGREE
