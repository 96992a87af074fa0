"""The world of a scenario: shelters and households, and what can happen to them. Each happening is written in the book.

Everything comes from one seeded dice, and things happen in the order of their minutes. Collections keep their order:
the same seed gives the same world.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from otsu_maps import clock
from otsu_maps.drill import rates, words
from otsu_maps.drill.book import Book, Report
from otsu_maps.drill.ground import District, Place, room_of

MARGIN_MIN = 10.0
"""Nothing happens in the last minutes of a scenario, so that all of it is recorded when it ends."""


@dataclass(eq=False)
class Household:
    """People who come and go together, under one reference."""

    ref: str
    people: int
    district_id: str
    is_infirm: bool
    where: Shelter | None = None
    is_away: bool = False
    is_gone: bool = False


@dataclass(eq=False)
class Shelter:
    """A shelter as it is in truth, which the ledger learns later."""

    place: Place
    room: int
    desk: str
    status: str = "unknown"
    is_usable: bool = True
    present: int = 0
    households: dict[str, Household] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    blankets_given: int = 0
    is_enlarged: bool = False
    is_tallied: bool = False
    paused_for: str | None = None
    moved_to: Shelter | None = None

    @property
    def named(self) -> tuple[str, str]:
        return self.place.place_id, self.place.name

    @property
    def load(self) -> float:
        """People present by room."""
        return self.present / max(self.room, 1)

    @property
    def takes_people(self) -> bool:
        return self.is_usable and self.status == "open"


class World:
    """Shelters, time, dice and book. `hazards`: a shelter that is known not to suit one of them stays closed."""

    def __init__(
        self,
        scenario: str,
        seed: int,
        places: tuple[Place, ...],
        districts: tuple[District, ...],
        hazards: tuple[str, ...],
        start: datetime,
    ) -> None:
        self.scenario = scenario
        self.hours = rates.HOURS[scenario]
        self.dice = Random(f"{scenario}:{seed}")  # noqa: S311 - a drill, no secret
        self.book = Book(self.dice, start, self.hours * 60)
        self.districts = {district.district_id: district for district in districts}
        self.sites = [place for place in places if not place.is_shelter]
        is_stay = scenario == "earthquake"
        known_bad = [place for place in places if any(place.suits.get(hazard) is False for hazard in hazards)]
        suitable = [place for place in places if place.is_shelter and place not in known_bad]
        ordered = sorted(place.lat for place in suitable)
        self.shelters: list[Shelter] = []
        for place in suitable:
            desk = words.DESKS[min(ordered.index(place.lat) * len(words.DESKS) // len(ordered), len(words.DESKS) - 1)]
            is_tallied = self.dice.random() < rates.TALLIED_SHARE
            self.shelters.append(Shelter(place, room_of(place, is_stay), desk, is_tallied=is_tallied))
        self.general = [shelter for shelter in self.shelters if shelter.place.kind in (None, "general")]
        self.welfare = [shelter for shelter in self.shelters if shelter.place.kind == "welfare"]
        self.provisional: list[Shelter] = []
        self._near: dict[Shelter, list[Shelter]] = {}
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = 0
        local = start.replace(tzinfo=UTC).astimezone(clock.TOKYO)
        self.start_of_day_min = local.hour * 60 + local.minute + local.second / 60

    # --- time -------------------------------------------------------------------------------------------------------

    @property
    def last_min(self) -> float:
        """The last minute in which something happens."""
        return self.hours * 60 - MARGIN_MIN

    def at(self, minute: float, what: Callable[..., None], *about: Any) -> None:
        """Let something happen at a minute: `what(minute, *about)`. Past the last minute it does not happen."""
        if minute <= self.last_min:
            self._number += 1
            heapq.heappush(self._heap, (minute, self._number, what, about))

    def run(self) -> list[Report]:
        """Let everything happen; gives all reports in the order of recording."""
        while self._heap:
            minute, _, what, about = heapq.heappop(self._heap)
            what(minute, *about)
        return self.book.in_order_of_recording()

    def times_of_day(self, hours: tuple[int, ...]) -> list[float]:
        """Every minute of the scenario at which a clock here shows one of these hours."""
        days = range(int(self.hours / 24) + 2)
        found = (day * 1440 + hour * 60 - self.start_of_day_min for day in days for hour in hours)
        return sorted(minute for minute in found if 0 < minute <= self.last_min)

    def is_night(self, minute: float) -> bool:
        hour = (self.start_of_day_min + minute) / 60 % 24
        return not rates.DAY_HOURS[0] <= hour < rates.DAY_HOURS[1]

    # --- shelters ---------------------------------------------------------------------------------------------------

    def set_status(
        self, minute: float, shelter: Shelter, status: str, actor: str = words.HEADQUARTERS, **said: Any
    ) -> None:
        """Open, pause or close a shelter."""
        shelter.status = status
        shelter.paused_for = said.get("reason") if status == "paused" else None
        kind = {"open": "shelter_opened", "paused": "shelter_paused", "closed": "shelter_closed"}[status]
        if actor == words.HEADQUARTERS:
            said = {"decided_by": words.DECIDED_BY, **said}
        self.book.write(minute, kind, said, actor=actor, place=shelter.named, delay_min=self._decision_min())

    def near(self, shelter: Shelter) -> list[Shelter]:
        """General shelters, the nearest first, without itself."""
        if shelter not in self._near:
            narrow = math.cos(math.radians(shelter.place.lat))

            def away(other: Shelter) -> float:
                return math.hypot((other.place.lon - shelter.place.lon) * narrow, other.place.lat - shelter.place.lat)

            self._near[shelter] = sorted((s for s in self.general if s is not shelter), key=away)
        return self._near[shelter]

    def of_district(self, district_id: str) -> list[Shelter]:
        """General shelters of a district; all of them where it has none."""
        here = [shelter for shelter in self.general if (shelter.place.district_id or "") == district_id]
        return here or self.general

    # --- households -------------------------------------------------------------------------------------------------

    def new_ref(self) -> str:
        """A reference that says nothing about anybody."""
        return f"{self.dice.getrandbits(64):016x}"

    def check_in(self, minute: float, household: Household, shelter: Shelter) -> None:
        """Take a household in; sometimes written down wrong, or twice, and corrected later."""
        household.where = shelter
        shelter.households[household.ref] = household
        shelter.present += household.people
        right = {"ref": household.ref, "people": household.people}
        delay_min = self.book.delay_min()
        about: dict[str, Any] = {"actor": shelter.desk, "place": shelter.named, "delay_min": delay_min}
        if shelter.is_tallied:
            tap = {"delta": household.people}
            self.book.write(minute, "count_changed", tap, actor=shelter.desk, place=shelter.named)
        roll = self.dice.random()
        if roll < rates.WRONG_PEOPLE_SHARE:
            wrong = {"ref": household.ref, "people": household.people + self.dice.choice((1, 2))}
            self.book.correct(self.book.write(minute, "check_in", wrong, **about), right)
            return
        self.book.write(minute, "check_in", right, **about)
        if roll < rates.WRONG_PEOPLE_SHARE + rates.TWICE_SHARE:
            again = {"ref": self.new_ref(), "people": household.people}
            self.book.correct(self.book.write(minute + 1, "check_in", again, **about), None)

    def check_out(self, minute: float, household: Household, delay_min: float | None = None) -> None:
        """A household leaves for good."""
        shelter = self._out(household)
        household.is_gone = True
        self._of(minute, "check_out", household, shelter, delay_min)

    def leave(self, minute: float, household: Household) -> None:
        """A household goes out for a while."""
        shelter = _shelter_of(household)
        household.is_away = True
        shelter.present -= household.people
        self._of(minute, "temporary_leave", household, shelter)

    def come_back(self, minute: float, household: Household) -> None:
        """It comes back; where its shelter had to be given up meanwhile, it goes on to the other one."""
        shelter = _shelter_of(household)
        household.is_away = False
        shelter.present += household.people
        self._of(minute, "returned", household, shelter)
        target = shelter.moved_to
        while target is not None and target.moved_to is not None and target.moved_to is not shelter:
            target = target.moved_to
        if target is not None:
            self.transfer(minute + 1, household, target)

    def transfer(self, minute: float, household: Household, to: Shelter) -> None:
        """Move a household that is present to another shelter."""
        shelter = self._out(household)
        household.where = to
        to.households[household.ref] = household
        to.present += household.people
        payload = {"ref": household.ref, "to": to.place.place_id}
        self.book.write(
            minute, "transferred", payload, actor=shelter.desk, place=shelter.named, delay_min=self.book.delay_min()
        )

    def _out(self, household: Household) -> Shelter:
        shelter = _shelter_of(household)
        del shelter.households[household.ref]
        shelter.present -= 0 if household.is_away else household.people
        household.where, household.is_away = None, False
        return shelter

    def _of(
        self, minute: float, kind: str, household: Household, shelter: Shelter, delay_min: float | None = None
    ) -> None:
        delay_min = self.book.delay_min() if delay_min is None else delay_min
        about = {"ref": household.ref}
        self.book.write(minute, kind, about, actor=shelter.desk, place=shelter.named, delay_min=delay_min)

    def _decision_min(self) -> float:
        return self.dice.uniform(0, 5)


def _shelter_of(household: Household) -> Shelter:
    if household.where is None:
        raise ValueError(household.ref)
    return household.where
