"""What a message of GTFS Realtime says, as plain records (https://gtfs.org/documentation/realtime/reference/).

Codes are the names of the specification in small letters; one that it does not know stays a number, as text. Times are
naive UTC, None: not told. Nothing that is not told is filled in: no delay is not "on time".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from otsu_maps.formats.reading import Refused

SCHEDULED, SKIPPED, NO_DATA, CANCELED, DELETED = "scheduled", "skipped", "no_data", "canceled", "deleted"
ADDED_TRIPS = frozenset({"added", "new", "unscheduled", "duplicated", "replacement"})
"""Trips that no timetable holds as they run."""

Texts = Mapping[str, str]
"""A text by language code; '' where the language is not told."""


@dataclass(frozen=True)
class StopUpdate:
    """What is expected at one stop of a trip. Delays in seconds, early ones below 0. `relationship`: see SKIPPED."""

    sequence: int | None
    stop_id: str | None
    arrival_delay_s: int | None = None
    arrival_at: datetime | None = None
    departure_delay_s: int | None = None
    departure_at: datetime | None = None
    relationship: str = SCHEDULED


@dataclass(frozen=True)
class TripUpdate:
    """A trip as it runs. `start_time_s` counts as the timetable does; `at`: when this was true, as its sender says;
    `delay_s` is of the whole trip, where no stop says more; ids as in the feed of the operator."""

    entity_id: str
    trip_id: str | None
    route_id: str | None
    direction_id: int | None
    start_date: date | None
    start_time_s: int | None
    relationship: str
    vehicle_id: str | None
    at: datetime | None
    delay_s: int | None
    stops: tuple[StopUpdate, ...]


@dataclass(frozen=True)
class Vehicle:
    """Where a vehicle is. Bearing in degrees from north, speed in m/s; `occupancy`: how full, None: not told."""

    entity_id: str
    vehicle_id: str | None
    label: str | None
    trip_id: str | None
    route_id: str | None
    start_date: date | None
    lon: float | None
    lat: float | None
    bearing_deg: float | None
    speed_ms: float | None
    stop_id: str | None
    stop_sequence: int | None
    status: str | None
    occupancy: str | None
    at: datetime | None


@dataclass(frozen=True)
class Informed:
    """What an alert is about: all that is told together holds."""

    agency_id: str | None = None
    route_id: str | None = None
    route_type: int | None = None
    trip_id: str | None = None
    stop_id: str | None = None


@dataclass(frozen=True)
class Alert:
    """A notice of an operator. `periods`: from and until, None: open; without any it holds as long as it is told."""

    entity_id: str
    periods: tuple[tuple[datetime | None, datetime | None], ...]
    informed: tuple[Informed, ...]
    cause: str | None
    effect: str | None
    severity: str | None
    header: Texts
    description: Texts
    url: Texts

    def is_active(self, at: datetime) -> bool:
        """Whether it holds at a moment."""
        return not self.periods or any(
            (since is None or since <= at) and (until is None or at < until) for since, until in self.periods
        )


@dataclass(frozen=True)
class Message:
    """One message. `at`: its own time; `entities`: how many it held; each is read into one or more of `updates`,
    `vehicles` and `alerts`, or counted by kind in `others` (`removed`: taken back by id), or refused.

    `refused`: rows as a person counts entities; parts of an entity that was read (a stop of a trip) may be among them.
    """

    version: str
    is_differential: bool
    at: datetime | None
    entities: int
    updates: tuple[TripUpdate, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    alerts: tuple[Alert, ...] = ()
    removed: tuple[str, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many of what it holds, by kind; kinds of which there is none are left out."""
        found = {"trip_update": len(self.updates), "vehicle": len(self.vehicles), "alert": len(self.alerts)}
        found |= {"removed": len(self.removed), **self.others}
        return {kind: count for kind, count in found.items() if count}
