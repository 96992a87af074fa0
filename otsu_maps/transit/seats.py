"""How many seats pass a stop: by the vehicles that a city's operators name, else by kinds of lines.

What a vehicle holds is no measurement of how full it is. A line of whose vehicles nobody knows anything counts as
unknown, never as no seats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from otsu_maps.analysis.transit import kind
from otsu_maps.transit import departures
from otsu_maps.transit.services import Day
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import Timetable

NAMED, BY_KIND, ASSUMED, UNKNOWN = "named", "by_kind", "assumed", "unknown"
BASES = (NAMED, BY_KIND, ASSUMED, UNKNOWN)
"""Where the seats of a line come from: its own row, that of its kind, DEFAULTS, or nowhere."""


@dataclass(frozen=True)
class Vehicle:
    """Persons who sit and who stand; None: unknown."""

    seats: int | None
    standing: int | None


DEFAULTS: Mapping[str, Vehicle] = {
    "bus": Vehicle(28, 42),
    "tram": Vehicle(78, 112),
}
"""By kind of line, where nobody named its vehicles. Bus: assumed, a city bus of 10.5 m with a low floor. Tram: Keihan
700 of the Ishiyama-Sakamoto line, two cars of 95 persons, 38 and 40 of them on seats (Wikipedia, 京阪700形電車 (3代)).
Trains, ships and the rest differ too much to be assumed: unknown."""


def vehicles(timetable: Timetable, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """For each line of a timetable (by position): seats, standing (Int64, NA: unknown) and basis, one of BASES.

    `rows`: those of formats.seats. A row for a line goes before one for its route_type, that before one of the same
    kind of lines (700 and 3 are both buses), and DEFAULTS come last. An id without feed counts where one line has it.
    """
    given = list(rows)
    by_id = {str(row["route_id"]): row for row in given if _is_said(row.get("route_id"))}
    by_type = {int(row["route_type"]): row for row in given if _is_said(row.get("route_type"))}
    by_kind = {name: row for route_type, row in reversed(by_type.items()) if (name := kind(route_type))}
    routes = timetable.routes
    bare = routes["route_id"].map(lambda route_id: str(route_id).split(":", 1)[-1])
    times = bare.value_counts()
    found: list[tuple[int | None, int | None, str]] = []
    for route_id, short, route_type in zip(routes["route_id"], bare, routes["route_type"], strict=True):
        own = by_id.get(str(route_id)) or (by_id.get(short) if times[short] == 1 else None)
        name = kind(int(route_type))
        alike = by_type.get(int(route_type)) or by_kind.get(str(name))
        row = own or alike
        if row is not None:
            found.append((_whole(row.get("seats")), _whole(row.get("standing")), NAMED if own else BY_KIND))
        elif name is not None and name in DEFAULTS:
            found.append((DEFAULTS[name].seats, DEFAULTS[name].standing, ASSUMED))
        else:
            found.append((None, None, UNKNOWN))
    frame = pd.DataFrame(found, columns=["seats", "standing", "basis"])
    return frame.astype({"seats": "Int64", "standing": "Int64", "basis": object})


def past_stop(
    timetable: Timetable,
    on: Day,
    stops: Sequence[int],
    of_route: pd.DataFrame,
    out: TakenOut | None = None,
) -> pd.DataFrame:
    """Seats past some stops (positions, such as departures.place gives) on a day, by hour of the clock and direction.

    hour, direction_id (NA: the feed does not say), departures; seats and standing: of the vehicles of which they are
    known; unknown: departures of which the seats are not; assumed: departures whose seats are assumed. Hours in which
    nothing departs are left out. `of_route`: `vehicles`; `out`: what does not run. A vehicle that calls at two of the
    stops is counted once, at the first one.
    """
    found = departures.of_clock_day(timetable, on, np.asarray(stops, np.int32))
    if out is not None:
        found = found.chosen(~out.calls[found.call])
    run = found.at_s - timetable.calls.departure_s[found.call]  # of a repeated trip, each run is a vehicle
    frame = pd.DataFrame(
        {
            "hour": found.at_s // 3600,
            "direction_id": timetable.trips["direction_id"].array[found.trip],
            "trip": found.trip,
            "run": run,
        }
    ).drop_duplicates(["trip", "run"])
    held = of_route.iloc[timetable.trips["route"].to_numpy()[frame["trip"].to_numpy()]]
    frame["departures"] = 1
    for name in ("seats", "standing"):
        frame[name] = held[name].fillna(0).to_numpy(np.int64)
    frame["unknown"] = held["seats"].isna().to_numpy(np.int64)
    frame["assumed"] = (held["basis"] == ASSUMED).to_numpy(np.int64)
    names = ["departures", "seats", "standing", "unknown", "assumed"]
    return frame.groupby(["hour", "direction_id"], dropna=False, sort=True)[names].sum().reset_index()


def _is_said(value: Any) -> bool:
    return value is not None and not pd.isna(value)


def _whole(value: Any) -> int | None:
    return int(value) if _is_said(value) else None
