"""Figures for the time after an incident, each from its events alone. Unknown is None, never 0; what had not ended when
the figures end is said to go on.

`end` is the closing of the incident, or now. Every number of minutes is between two times that the ledger holds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from otsu_maps.analysis import board, danger
from otsu_maps.analysis.course import MINUTE, Course, Span
from otsu_maps.ledger import replay, topics
from otsu_maps.ledger.events import Event

FIRST_LEVEL = 3
"""At this alert level the first people leave: from here on a shelter is waited for."""

BY_THEMSELVES = frozenset({"alert_received", "contact_changed", "correction"})
"""Kinds that no person records when something happens at a shelter."""


@dataclass(frozen=True)
class Gaps:
    """Times without a sign of life that were longer than the limit, while a shelter was open. `goes_on`: the last of
    them had not ended."""

    number: int
    longest_min: float | None
    total_min: float
    goes_on: bool


@dataclass(frozen=True)
class Out:
    """Minutes with nothing left of an item: while people were there, and while nobody knew whether there were any."""

    item: str
    minutes: float
    unknown_min: float


@dataclass(frozen=True)
class ShelterFigures:
    """One shelter. `band_min`: minutes open by band of the board (free, crowded, full, unknown), which add up to
    `open_min`; `peak_people` None: nobody said a number while it was open."""

    course: Course
    opened_at: datetime | None
    open_min: float
    is_open_at_end: bool
    band_min: Mapping[str, float]
    peak_people: int | None
    peak_at: datetime | None
    gaps: Gaps
    out: tuple[Out, ...]

    @property
    def crowded_min(self) -> float:
        """Minutes from the share on that counts as crowded, full among them."""
        return self.band_min[board.CROWDED] + self.band_min[board.FULL]


@dataclass(frozen=True)
class Delivery:
    """What a shelter asked for, and when all of it had been delivered, None: not until the end."""

    place_id: str
    item: str
    amount: int
    requested_at: datetime
    delivered_at: datetime | None

    @property
    def minutes(self) -> float | None:
        return None if self.delivered_at is None else (self.delivered_at - self.requested_at) / MINUTE


@dataclass(frozen=True)
class Start:
    """First times, each None where the ledger has none. `by_district`: the first order and the first opening."""

    began_at: datetime
    warned_at: datetime | None
    ordered_at: datetime | None
    opened_at: datetime | None
    by_district: Mapping[str, tuple[datetime | None, datetime | None]]


@dataclass(frozen=True)
class Total:
    """All open shelters from `at` on. `people`: of the `counted` that have a number, None: none has; `capacity`: the
    known room, None: none is known, with `no_room` shelters whose room nobody knows."""

    at: datetime
    open: int
    people: int | None
    counted: int
    capacity: int | None
    no_room: int


@dataclass(frozen=True)
class Delay:
    """Minutes from when something was true to when it was recorded; None where nothing was recorded."""

    events: int
    median_min: float | None
    ninetieth_min: float | None


def figures(course: Course, silent_after: timedelta, end: datetime) -> ShelterFigures:
    """All figures of one shelter."""
    working = [span for span in course.spans if span.is_open]
    counted = [span for span in working if span.people is not None]
    peak = max(counted, key=lambda span: span.people or 0, default=None)
    minutes = {name: sum(span.minutes for span in working if span.band == name) for name in board.BANDS}
    return ShelterFigures(
        course=course,
        opened_at=working[0].start if working else None,
        open_min=sum(span.minutes for span in working),
        is_open_at_end=bool(working) and working[-1].end == end,
        band_min=minutes,
        peak_people=peak.people if peak else None,
        peak_at=peak.start if peak else None,
        gaps=gaps(course, silent_after, end),
        out=_outs(working),
    )


def gaps(course: Course, silent_after: timedelta, end: datetime) -> Gaps:
    """Between two signs of life, or the last one and the end, while the shelter was open: longer than the limit."""
    found: list[timedelta] = []
    goes_on = False
    for start, until in _open_times(course.spans):
        marks = [start, *(sign for sign in course.signs if start < sign < until), until]
        lengths = [after - before for before, after in pairwise(marks)]
        found += [length for length in lengths if length > silent_after]
        goes_on = until == end and lengths[-1] > silent_after
    longest = max(found) / MINUTE if found else None
    return Gaps(len(found), longest, sum(found, timedelta()) / MINUTE, goes_on)


def timeline(courses: Iterable[Course], end: datetime) -> list[Total]:
    """Sums over all open shelters, one entry a change before `end`."""
    moves: list[tuple[datetime, int, Span]] = []
    for course in courses:
        for span in course.spans:
            if span.is_open:
                moves += [(span.start, 1, span)] + ([(span.end, -1, span)] if span.end < end else [])
    found: list[Total] = []
    sums = Counter[str]()
    for at, sign, span in sorted(moves, key=lambda move: move[:2]):
        sums["open"] += sign
        sums["people"] += sign * (span.people or 0)
        sums["counted"] += sign * (span.people is not None)
        sums["capacity"] += sign * (span.capacity or 0)
        sums["no_room"] += sign * (span.capacity is None)
        total = Total(
            at=at,
            open=sums["open"],
            people=sums["people"] if sums["counted"] else None,
            counted=sums["counted"],
            capacity=sums["capacity"] if sums["open"] > sums["no_room"] else None,
            no_room=sums["no_room"],
        )
        if found and found[-1].at == at:
            found.pop()
        found.append(total)
    return found


def peak(totals: Sequence[Total]) -> Total | None:
    """The first moment at which most people were in shelters; None where nobody said a number."""
    counted = [total for total in totals if total.people is not None]
    return max(counted, key=lambda total: total.people or 0, default=None)


def thinned(totals: Sequence[Total], most: int) -> list[Total]:
    """At most about `most` entries for a chart: the first, and of each stretch of time the one with most people and
    the last."""
    if len(totals) <= most:
        return list(totals)
    first, width = totals[0].at, (totals[-1].at - totals[0].at) / (most // 2)
    stretches: dict[int, list[Total]] = {}
    for total in totals:
        stretches.setdefault(int((total.at - first) / width), []).append(total)
    kept = [pick for held in stretches.values() for pick in (max(held, key=lambda t: t.people or 0), held[-1])]
    return sorted({totals[0], *kept}, key=lambda total: total.at)


def deliveries(events: Iterable[Event], end: datetime) -> list[Delivery]:
    """Every request, the first on top. What is delivered meets the oldest request of that item in that shelter first;
    what was delivered before it was asked for meets none."""
    waiting: dict[tuple[str, str], list[list[Any]]] = {}
    done: list[Delivery] = []
    for event in told(events, end, ("supply_requested", "supply_delivered")):
        key = (str(event.shelter_id), str(event.payload["item"]))
        queue, amount = waiting.setdefault(key, []), int(event.payload["amount"])
        if event.kind == "supply_requested":
            if amount:
                queue.append([amount, amount, event.occurred_at])
            continue
        while queue and amount:
            met = min(amount, queue[0][1])
            queue[0][1] -= met
            amount -= met
            if not queue[0][1]:
                asked, _, requested_at = queue.pop(0)
                done.append(Delivery(*key, asked, requested_at, event.occurred_at))
    done += [Delivery(*key, asked, since, None) for key, queue in waiting.items() for asked, _, since in queue]
    return sorted(done, key=lambda each: (each.requested_at, each.place_id, each.item))


def start(
    events: Iterable[Event],
    courses: Iterable[Course],
    areas: Sequence[str],
    began_at: datetime,
    end: datetime,
) -> Start:
    """When people were warned, told to leave, and when the first shelter opened.

    `events`: of the incident, and of the standing one from before `began_at` on: a warning that was in force then
    counts from when it came.
    """
    held = list(events)
    orders: dict[str, datetime] = {}
    for event in told(held, end, ("order_issued",)):
        orders.setdefault(str(event.payload["district_id"]), event.occurred_at)
    openings: dict[str, datetime] = {}
    for course in courses:
        opened = next((span.start for span in course.spans if span.is_open), None)
        if opened:
            key = course.district_id or ""
            openings[key] = min(opened, openings.get(key, opened))
    names = sorted({*orders, *openings} - {""})
    return Start(
        began_at=began_at,
        warned_at=_warned_at(held, areas, began_at, end),
        ordered_at=min(orders.values(), default=None),
        opened_at=min(openings.values(), default=None),
        by_district={name: (orders.get(name), openings.get(name)) for name in names},
    )


def delay(events: Iterable[Event]) -> Delay:
    """How late people recorded what they saw. 90th percentile: the smallest delay that nine of ten do not exceed."""
    found = sorted(
        max((event.recorded_at - event.occurred_at) / MINUTE, 0.0)
        for event in events
        if event.kind not in BY_THEMSELVES and event.flag is None
    )
    if not found:
        return Delay(0, None, None)
    return Delay(len(found), median(found), found[math.ceil(0.9 * len(found)) - 1])


def corrections(events: Iterable[Event]) -> int:
    """How many events correct another one."""
    return sum(event.kind == "correction" and event.flag is None for event in events)


def _outs(working: Iterable[Span]) -> tuple[Out, ...]:
    found: dict[str, list[float]] = {}
    for span in working:
        for item in span.empty if span.people != 0 else ():
            found.setdefault(item, [0.0, 0.0])[span.people is None] += span.minutes
    return tuple(Out(item, *found[item]) for item in sorted(found))


def _open_times(spans: Iterable[Span]) -> list[tuple[datetime, datetime]]:
    """From each opening to its end, whatever else changed between."""
    found: list[tuple[datetime, datetime]] = []
    for span in spans:
        if not span.is_open:
            continue
        if found and found[-1][1] == span.start:
            found[-1] = (found[-1][0], span.end)
        else:
            found.append((span.start, span.end))
    return found


def _warned_at(events: Iterable[Event], areas: Sequence[str], began_at: datetime, end: datetime) -> datetime | None:
    """Since when warnings from the first level on have held without a break, the first time that they did."""
    states: dict[str, topics.State] = {}
    since: datetime | None = None
    for event in told(events, end, ("alert_received",)):
        if since and event.occurred_at > began_at:
            break
        key = str(event.payload["series"])
        states[key] = topics.step("alert", states.get(key), event)
        since = (since or event.occurred_at) if _is_warned(states, areas) else None
    return since


def _is_warned(states: Mapping[str, topics.State], areas: Sequence[str]) -> bool:
    held = danger.in_force(states.values(), areas)
    return any(warned["level"] is not None and warned["level"] >= FIRST_LEVEL for _, _, warned in held)


def told(events: Iterable[Event], end: datetime, kinds: Sequence[str]) -> list[Event]:
    """Events of some kinds as their corrections say, until `end`, in their order."""
    wanted = replay.effective(event for event in events if event.flag is None and event.kind in (*kinds, "correction"))
    return sorted((event for event in wanted if event.occurred_at <= end), key=lambda event: event.moment)
