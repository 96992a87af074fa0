"""What one public page speaks of, the city or a district in a language, and how it says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from otsu_maps import clock
from otsu_maps.public import record
from otsu_maps.public.page import named
from otsu_maps.public.record import Area, District, Order, Place, Status
from otsu_maps.public.words import tell


@dataclass(frozen=True)
class Part:
    """What a page speaks of: the whole city (`district` None) or a district."""

    status: Status
    lang: str
    district: District | None = None

    @property
    def places(self) -> list[Place]:
        """Those here: with room first, then by name."""
        own = self.district.district_id if self.district else None
        here = [place for place in self.status.places if self.district is None or place.district_id == own]
        return sorted(here, key=lambda place: (place.room != "yes", place.name_ja, place.place_id))

    @property
    def offered(self) -> list[Place]:
        return [place for place in self.places if place.state == record.OFFERED]

    @property
    def areas(self) -> list[Area]:
        """Warning areas that the places lie in; all of them where nobody knows."""
        here = {place.area for place in self.places}
        is_known = self.district is not None and bool(here) and None not in here
        return [area for area in self.status.areas if not is_known or area.code in here]

    @property
    def orders(self) -> list[Order]:
        own = self.district.district_id if self.district else None
        return [order for order in self.status.orders if self.district is None or order.district_id == own]

    @property
    def content(self) -> tuple[object, ...]:
        """All that the page depends on but the minute it is made in: equal contents make equal pages."""
        told = self.status
        silence = None if told.is_heard else (told.heard_at,)
        day = clock.to_shown(told.made_at).date()
        city = (told.totals, told.districts, told.places) if self.district is None else ()
        about = (self.lang, self.district, told.city, told.incident_ja, told.snapshot_id, told.hazards, silence, day)
        return (
            *about,
            tuple(self.places),
            tuple(self.areas),
            tuple(self.orders),
            told.districts,
            told.transport,
            *city,
        )

    def say(self, key: str, /, **params: object) -> str:
        """A sentence, as HTML."""
        return escape(tell(key, self.lang, **params))

    def around(self, key: str, name: str, html: str, /, **params: object) -> str:
        """A sentence around what is HTML already."""
        return self.say(key, **{name: "\0"}, **params).replace("\0", html)

    @property
    def last_known(self) -> str:
        """Behind a level that stands since before the silence; in HTML."""
        return f" {self.say('page.aside', words=tell('level.last_known', self.lang))}"

    def time(self, moment: datetime) -> str:
        """A time near that of the page."""
        return clock.shown_near(moment, self.status.made_at)

    def section(self, name: str, title: str, body: str) -> str:
        """A part of the page with its heading; `title` is a key, `body` is HTML."""
        return f'<section aria-labelledby="{name}"><h2 id="{name}">{self.say(title)}</h2>{body}</section>'

    def district_name(self, district_id: str) -> str:
        """In HTML."""
        about = next((each for each in self.status.districts if each.district_id == district_id), None)
        return named(about.name_ja, about.name_en, self.lang) if about else escape(district_id)
