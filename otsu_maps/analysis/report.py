"""All figures of an incident together, with what they do not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otsu_maps.analysis import review
from otsu_maps.analysis.course import courses
from otsu_maps.analysis.review import Delay, Delivery, ShelterFigures, Start, Total
from otsu_maps.analysis.rules import Rules
from otsu_maps.ledger.events import Event

CHRONICLED = (
    *("incident_opened", "incident_closed", "alert_received", "contact_changed", "hazard_declared", "hazard_ended"),
    *("order_issued", "order_lifted", "shelter_opened", "shelter_closed", "shelter_paused"),
    *("service_suspended", "service_resumed"),
)
"""Kinds that a chronology tells: what went on in the world, and what was decided."""


@dataclass(frozen=True)
class Report:
    """`end`: the closing of the incident, or the moment of asking where it is not over. `was_silent`: for some time no
    warnings were heard."""

    end: datetime
    is_over: bool
    rules: Rules
    start: Start
    totals: Sequence[Total]
    peak: Total | None
    shelters: Sequence[ShelterFigures]
    deliveries: Sequence[Delivery]
    delay: Delay
    corrections: int
    chronology: Sequence[Event]
    was_silent: bool

    @property
    def opened(self) -> list[ShelterFigures]:
        """Shelters that were open at any time."""
        return [each for each in self.shelters if each.opened_at]

    @property
    def without_room(self) -> int:
        """Opened shelters whose room nobody ever knew."""
        return sum(all(span.capacity is None for span in each.course.spans if span.is_open) for each in self.opened)

    @property
    def without_number(self) -> int:
        """Opened shelters of which nobody ever said how many people were in them."""
        return sum(each.peak_people is None for each in self.opened)

    @property
    def open_requests(self) -> int:
        """Requests that were not delivered until the end."""
        return sum(each.delivered_at is None for each in self.deliveries)


def report(
    events: Sequence[Event],
    world: Iterable[Event],
    places: Iterable[Mapping[str, Any]],
    rules: Rules,
    areas: Sequence[str],
    began_at: datetime,
    end: datetime,
    is_over: bool,
) -> Report:
    """`events`: all of the incident; `world`: of the standing one; `rules`: those of the end, for the whole time."""
    outside = list(world)
    found = courses(events, places, rules, end)
    totals = review.timeline(found, end)
    chronology = review.told([*events, *outside], end, CHRONICLED)
    return Report(
        end=end,
        is_over=is_over,
        rules=rules,
        start=review.start([*events, *outside], found, areas, began_at, end),
        totals=totals,
        peak=review.peak(totals),
        shelters=[review.figures(course, rules.silent_after, end) for course in found],
        deliveries=review.deliveries(events, end),
        delay=review.delay(events),
        corrections=review.corrections(events),
        chronology=chronology,
        was_silent=any(event.kind == "contact_changed" and event.payload["is_lost"] for event in chronology),
    )
