"""「いまここ」 for whoever is at no station: landmarks by district, each with the nearest places. No script.

A landmark opens where it stands (`<details>`), so that one page answers for all of a district.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any

from otsu_maps.analysis.ground import Ground
from otsu_maps.public import alarm, here, page
from otsu_maps.public.here import Here, Start
from otsu_maps.public.page import named
from otsu_maps.public.part import Part
from otsu_maps.public.record import Status
from otsu_maps.public.words import is_read, tell

NEAREST = 3
ON_A_PAGE = 15
"""Landmarks with the nearest places of each, in the longest language, are smaller than a page may be."""

STYLE = "summary {padding: .55rem 0; min-height: 2.75rem; cursor: pointer}"


@dataclass(frozen=True)
class Landmark:
    """Where somebody may be, and the district that holds it, None: none does."""

    start: Start
    district_id: str | None


@dataclass(frozen=True)
class Sheet:
    """A page: some landmarks of a district. `number`: of it among the pages of the district, from 1."""

    district_id: str | None
    number: int
    told: tuple[Here, ...]

    @property
    def key(self) -> str:
        return f"{self.district_id or ''} {self.number}"


def landmarks(rows: Iterable[Mapping[str, Any]], ground: Ground) -> tuple[Landmark, ...]:
    """Of queries.landmarks, those in the city, by district and reading; the first of those that are one place."""
    found: list[Landmark] = []
    for row in rows:
        start = Start(row["name_ja"], row["name_kana"], row["name_en"], row["lon"], row["lat"])
        area, district_id, _ = ground.lies_in(start.lon, start.lat)
        if area and not any(here.is_same(start, other.start) for other in found):
            found.append(Landmark(start, district_id))
    return tuple(sorted(found, key=_order))


def _order(landmark: Landmark) -> tuple[str, str, str]:
    return landmark.district_id or "~", landmark.start.name_kana or landmark.start.name_ja, landmark.start.name_ja


def sheets(landmarks: Sequence[Landmark], told: Sequence[Here]) -> tuple[Sheet, ...]:
    """The pages; `told` is here.around for the same landmarks."""
    found = []
    pairs = zip(landmarks, told, strict=True)
    for district_id, held in groupby(pairs, key=lambda pair: pair[0].district_id):
        short = [replace(each, near=each.near[:NEAREST]) for _, each in held]
        parts = [tuple(short[first : first + ON_A_PAGE]) for first in range(0, len(short), ON_A_PAGE)]
        found += [Sheet(district_id, number, part) for number, part in enumerate(parts, 1)]
    return tuple(found)


def links(part: Part, found: Sequence[Sheet]) -> str:
    """A button a page, for the list of stations; empty where there is no landmark."""
    if not found:
        return ""
    buttons = "".join(
        f'<li><a class="button" href="{name(part.lang, sheet)}">{_district(part, sheet)}</a></li>' for sheet in found
    )
    return part.section("landmarks", "here.landmarks", f'<ul class="row">{buttons}</ul>')


def pages(status: Status, found: Sequence[Sheet], langs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every page by its file."""
    for part in (Part(status, lang) for lang in langs):
        for sheet in found:
            tongues = {code: name(code, sheet) for code in langs}
            own, title = tongues[part.lang], tell("here.near", part.lang, district=_title(part, sheet))
            yield own, page.whole(status, part.lang, title, own, tongues, _sheet(part, sheet), STYLE)


def name(lang: str, sheet: Sheet) -> str:
    """The file of a page."""
    return page.name(lang, sheet.key, "landmarks")


def _sheet(part: Part, sheet: Sheet) -> str:
    entries = "".join(
        f"<details><summary><b>{_landmark(part, each.start)}</b></summary>{here.answer(part, each)}</details>"
        for each in sheet.told
    )
    how = f"<p>{part.say('here.landmarks_how')}</p><p>{part.say('here.straight')}</p>"
    back = here.button(part, here.name(part.lang), "here.list")
    return back + alarm.silence(part) + part.section("places", "here.landmarks", how + entries)


def _landmark(part: Part, start: Start) -> str:
    if part.lang == "ja-easy" and start.name_kana:
        return escape(f"{start.name_ja}（{start.name_kana}）")
    return named(start.name_ja, start.name_en, part.lang)


def _district(part: Part, sheet: Sheet) -> str:
    """In HTML."""
    about = part.district_name(sheet.district_id) if sheet.district_id else part.say("page.no_district")
    return about + (f" {sheet.number}" if sheet.number > 1 else "")


def _title(part: Part, sheet: Sheet) -> str:
    """As plain text."""
    about = next((each for each in part.status.districts if each.district_id == sheet.district_id), None)
    if about is None:
        return sheet.district_id or tell("page.no_district", part.lang)
    own = about.name_ja if is_read(about.name_ja, part.lang) else about.name_en or about.name_ja
    return own + (f" {sheet.number}" if sheet.number > 1 else "")
