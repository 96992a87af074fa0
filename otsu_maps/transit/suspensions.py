"""Lines and stops that are out of service, as headquarters recorded them, taken out of the timetable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from otsu_maps.ledger.events import read_time
from otsu_maps.transit import departures
from otsu_maps.transit.timetable import Flags, Timetable


@dataclass(frozen=True)
class Suspension:
    """A line, a stop, a line at a stop, or what an operator calls `name`. Times are UTC; `until`: a hope, None: none.

    `source` said so, `by` recorded it.
    """

    route_id: str | None
    stop_id: str | None
    name: str | None
    reason: str
    source: str
    since: datetime
    until: datetime | None
    by: str


@dataclass(frozen=True)
class TakenOut:
    """`calls`: the calls of a timetable at which nobody gets on or off now; `routes`, `stops`: those wholly out.

    `unmatched` are suspensions that name nothing of this timetable: which lines they mean nobody knows, say them.
    """

    calls: Flags
    routes: Flags
    stops: Flags
    unmatched: tuple[Suspension, ...] = ()


def current(services: Iterable[Mapping[str, Any]]) -> tuple[Suspension, ...]:
    """What is out of service: of the `services` of an incident (ledger.document), those that do not run again.

    That the time has passed at which it should run again does not bring it back: only somebody's word does.
    """
    return tuple(
        Suspension(
            route_id=each.get("route_id"),
            stop_id=each.get("stop_id"),
            name=each.get("name"),
            reason=str(each.get("reason", "unknown")),
            source=str(each.get("source", "")),
            since=read_time(each["since"]),
            until=read_time(each["until"]) if each.get("until") else None,
            by=str(each.get("by", "")),
        )
        for each in services
        if each.get("is_suspended")
    )


def taken_out(timetable: Timetable, suspensions: Iterable[Suspension]) -> TakenOut:
    """What of a timetable does not run. A station takes its platforms along; a name means all lines of an operator."""
    calls = timetable.calls
    route = timetable.trips["route"].to_numpy()[calls.trip] if len(calls.stop) else calls.stop
    routes, stops = np.zeros(len(timetable.routes), bool), np.zeros(len(timetable.stops), bool)
    here = np.zeros(len(calls.stop), bool)
    unmatched = []
    for each in suspensions:
        of_route = _routes(timetable, each)
        of_stop = _stops(timetable, each)
        if not ((of_route is None or of_route.any()) and (of_stop is None or of_stop.any())):
            unmatched.append(each)
        elif of_route is not None and of_stop is not None:
            here |= of_route[route] & of_stop[calls.stop]
        elif of_route is not None:
            routes |= of_route
        elif of_stop is not None:
            stops |= of_stop
    return TakenOut(here | routes[route] | stops[calls.stop], routes, stops, tuple(unmatched))


def _routes(timetable: Timetable, suspension: Suspension) -> Flags | None:
    """The lines that it means, None where it means all."""
    rows = timetable.routes
    if suspension.route_id is not None:
        return _equal(rows["route_id"], suspension.route_id)
    return None if suspension.name is None else _equal(rows["agency_ja"], suspension.name)


def _stops(timetable: Timetable, suspension: Suspension) -> Flags | None:
    if suspension.stop_id is None:
        return None
    found = _equal(timetable.stops["stop_id"], suspension.stop_id)
    for stop in np.flatnonzero(found):
        found[departures.platforms(timetable, int(stop))] = True
    return found


def _equal(values: pd.Series, value: str) -> Flags:
    found: Flags = (values == value).to_numpy(bool).copy()
    return found
