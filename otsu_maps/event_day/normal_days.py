"""Which days an event day is held against: the same kind of day, near in time, without another event nearby."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from otsu_maps import mesh
from otsu_maps.transit.services import day_type

MOST_DAYS = 8
"""So many days tell what is usual; more would reach into other seasons."""

Event = Mapping[str, Any]
"""A row of table `event`."""


@dataclass(frozen=True)
class NormalDays:
    """`days`: what the event day is held against, nearest first. `left_out`: days of the same kind that are as near but
    have an event nearby, each with its events. `doubtful`: events that may have taken place nearby on one of `days`,
    for the list does not say where, or says in words alone on which days. `kind`: of day, as `day_type` says."""

    kind: str
    days: tuple[date, ...]
    left_out: tuple[tuple[date, tuple[Event, ...]], ...]
    doubtful: tuple[Event, ...]


def normal_days(
    on: date, measured: Iterable[date], events: Sequence[Event], cells: Sequence[int], most: int = MOST_DAYS
) -> NormalDays:
    """The normal days of `on` among the `measured` ones, at most `most`.

    The same kind of day (weekday, Saturday, Sunday or holiday), not `on` itself, no day with another event in one of
    the `cells` (mesh codes around the venue); nearest first, of two as near the later one. `events`: starts_on,
    ends_on, recurrence_text_ja, lon, lat, as table `event` has them; without a first day they are passed over.
    """
    kind = day_type(on)
    same = [day for day in set(measured) if day != on and day_type(day) == kind]
    near = sorted(same, key=lambda day: (abs((day - on).days), on > day))
    dated = [event for event in events if event["starts_on"] is not None]
    placed = [(event, _is_near(event, cells)) for event in dated]
    days: list[date] = []
    left_out: list[tuple[date, tuple[Event, ...]]] = []
    for day in near:
        if len(days) == most:
            break
        there = tuple(event for event, is_near in placed if is_near and not _by_words(event) and _holds(event, day))
        if there:
            left_out.append((day, there))
        else:
            days.append(day)
    doubtful = tuple(
        event
        for event, is_near in placed
        if (is_near is None or (is_near and _by_words(event))) and any(_holds(event, day) for day in days)
    )
    return NormalDays(kind, tuple(days), tuple(left_out), doubtful)


def _is_near(event: Event, cells: Sequence[int]) -> bool | None:
    """Whether it takes place in one of the cells, None: the list does not say where."""
    if event["lon"] is None or event["lat"] is None:
        return None
    sizes = set(mesh.sizes_m(list(cells)).tolist()) if cells else set()
    return any(int(mesh.codes([event["lon"]], [event["lat"]], size)[0]) in cells for size in sizes)


def _by_words(event: Event) -> bool:
    """Whether it recurs by a pattern in words: which days it means is not known."""
    return bool(event["recurrence_text_ja"])


def _holds(event: Event, day: date) -> bool:
    return bool(event["starts_on"] <= day <= (event["ends_on"] or event["starts_on"]))
