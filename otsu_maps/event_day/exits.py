"""By which stops and stations people come and go, and how many the vehicles there can take, step by step.

A vehicle is counted once: at the nearest of the places where it calls, though people may get on at others too. What a
vehicle holds comes from `transit.seats`; where nobody knows it, its departures are counted as unknown and carry nobody.
Stations without a timetable, and extra trips, are typed by the planner: `Service`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.analysis.transit import kind
from otsu_maps.event_day.plan import BUS, LAST_S, MODES, RAIL, STEP_S, STEPS, Plan
from otsu_maps.event_day.profile import Floats
from otsu_maps.transit import departures, services
from otsu_maps.transit.distance import metres
from otsu_maps.transit.seats import ASSUMED
from otsu_maps.transit.services import Day
from otsu_maps.transit.timetable import Timetable

ON_TRACKS = ("tram", "metro", "rail", "cable")
SHOWN_WAYS = 2
"""So many destinations name a direction."""

Key = tuple[str, str, str]
"""Mode, place, and the direction of a line on tracks ('' of a bus stop: people choose the line there)."""


@dataclass(frozen=True)
class Service:
    """Trips that a planner typed: `trips` of `places` persons each, spread evenly over `from_s` to `until_s`.

    `toward`: where they go, '' for all directions. `is_extra`: put on for the event, so without ordinary passengers.
    """

    place: str
    mode: str
    toward: str
    from_s: int
    until_s: int
    trips: int
    places: int
    is_extra: bool


@dataclass(frozen=True)
class Exit:
    """A place of a mode in one direction. `come`, `go`: [STEPS] persons for whom vehicles that arrive and that leave
    have room; `trips`: [STEPS] of those that leave. `places`: what a vehicle holds at the most, 0: unknown. `unknown`:
    departures of which nobody knows what they hold. `last_s`: the last departure, None: there is none. `is_assumed`:
    what a vehicle holds is assumed for some of them."""

    mode: str
    place: str
    toward: str
    lon: float
    lat: float
    metres: float
    come: Floats
    go: Floats
    trips: Floats
    places: float
    unknown: int
    last_s: int | None
    is_assumed: bool

    @property
    def key(self) -> Key:
        return self.mode, self.place, self.toward


Sites = Mapping[tuple[str, str], tuple[float, float]]
"""Places that a typed service may name, by mode and name, with lon and lat."""


def exits(
    timetable: Timetable, on: Day, vehicles: pd.DataFrame, typed: Sequence[Service], sites: Sites, plan: Plan
) -> list[Exit]:
    """All places within reach on foot, the nearest first. `vehicles`: seats.vehicles of the timetable.

    Typed services that `out_of_reach` names are left out.
    """
    found = {each.key: each for each in _of_timetable(timetable, on, vehicles, plan)}
    lost = out_of_reach(typed, sites, plan)
    for service in (each for each in typed if each.place not in lost):
        lon, lat = sites[service.mode, service.place]
        held = found.get((service.mode, service.place, service.toward)) or _empty(service, lon, lat, plan)
        found[held.key] = _with(held, service, plan)
    return sorted(found.values(), key=lambda each: (each.metres, each.place, each.toward))


def near(sites: Sites, plan: Plan) -> list[tuple[str, str]]:
    """Mode and name of the places within reach on foot, the nearest first."""
    away = {key: _metres(*at, plan) for key, at in sites.items()}
    return sorted((key for key in away if away[key] <= _reach(key[0], plan)), key=lambda key: (away[key], key))


def out_of_reach(typed: Sequence[Service], sites: Sites, plan: Plan) -> list[str]:
    """Places of typed services that nobody knows, or that are too far to walk to."""
    usable = set(near(sites, plan))
    return list(dict.fromkeys(each.place for each in typed if (each.mode, each.place) not in usable))


def _empty(service: Service, lon: float, lat: float, plan: Plan) -> Exit:
    """A place of which no timetable speaks."""
    nothing = np.zeros(STEPS)
    return Exit(
        mode=service.mode,
        place=service.place,
        toward=service.toward,
        lon=lon,
        lat=lat,
        metres=_metres(lon, lat, plan),
        come=nothing,
        go=nothing,
        trips=nothing,
        places=0.0,
        unknown=0,
        last_s=None,
        is_assumed=False,
    )


def _with(held: Exit, service: Service, plan: Plan) -> Exit:
    """A place with the trips of a typed service."""
    share = _overlap(service.from_s, service.until_s)
    part = plan.full(held.mode) if service.is_extra else plan.free(held.mode)
    room = share * service.trips * service.places * part
    last = int(min(service.until_s, LAST_S))
    return replace(
        held,
        come=held.come + room,
        go=held.go + room,
        trips=held.trips + share * service.trips,
        places=max(held.places, service.places),
        last_s=last if held.last_s is None else max(held.last_s, last),
    )


def _of_timetable(timetable: Timetable, on: Day, vehicles: pd.DataFrame, plan: Plan) -> list[Exit]:
    stops = timetable.stops
    away = metres(stops["lon"].to_numpy(), stops["lat"].to_numpy(), plan.lon, plan.lat)
    close = np.flatnonzero(away <= max(plan.rail_m, plan.bus_m)).astype(np.int32)
    going, coming = (
        _once(_runs(timetable, on, close, is_going=is_going), timetable, vehicles, away, plan)
        for is_going in (True, False)
    )
    keys = ["mode", "place", "direction"]
    by_coming = dict(list(coming.groupby(keys, sort=False)))
    found: list[Exit] = []
    for key, rows in going.groupby(keys, sort=False):
        mode, place, direction = (str(each) for each in key)
        names = rows["headsign"].dropna().value_counts()
        toward = "・".join(map(str, names.index[:SHOWN_WAYS])) if mode == RAIL else ""
        if any(each.key == (mode, place, toward) for each in found):  # both ways are called the same, or nothing
            toward = f"{toward}（{direction}）"
        first = rows.iloc[0]  # the nearest: `_once` has them in this order
        arrives = by_coming.get(key)
        found.append(
            Exit(
                mode=mode,
                place=place,
                toward=toward,
                lon=float(first["lon"]),
                lat=float(first["lat"]),
                metres=float(first["metres"]),
                come=np.zeros(STEPS) if arrives is None else _by_step(arrives, "room"),
                go=_by_step(rows, "room"),
                trips=_by_step(rows, "trips"),
                places=float(rows["places"].max()),
                unknown=int(rows["is_unknown"].sum()),
                last_s=int(rows["at_s"].max()),
                is_assumed=bool(rows["is_assumed"].any()),
            )
        )
    return found


def _runs(timetable: Timetable, on: Day, stops: npt.NDArray[np.int32], *, is_going: bool) -> pd.DataFrame:
    """call, trip, run (seconds after the timetable), at_s: departures, or arrivals at which somebody can get off."""
    calls = timetable.calls
    if is_going:
        left = departures.of_service_day(timetable, on, stops)
        run = left.at_s - calls.departure_s[left.call]
        return pd.DataFrame({"call": left.call, "trip": left.trip, "run": run, "at_s": left.at_s})
    is_first = np.zeros(len(calls.stop), bool)
    is_first[calls.first[:-1]] = True
    runs = services.runs_on(timetable, on)
    call = np.flatnonzero(runs[calls.trip] & calls.can_alight & ~is_first & np.isin(calls.stop, stops))
    rows, shift, _ = timetable.repeats.expanded(calls.trip[call])
    call = call[rows]
    return pd.DataFrame({"call": call, "trip": calls.trip[call], "run": shift, "at_s": calls.arrival_s[call] + shift})


def _once(found: pd.DataFrame, timetable: Timetable, vehicles: pd.DataFrame, away: Floats, plan: Plan) -> pd.DataFrame:
    """Each vehicle at the nearest place of its kind within reach, with what it holds."""
    calls, trips, stops = timetable.calls, timetable.trips, timetable.stops
    trip, call = found["trip"].to_numpy(), found["call"].to_numpy()
    stop, route = calls.stop[call], trips["route"].to_numpy()[trip]
    modes = np.array([mode_of(each) for each in timetable.routes["route_type"]], object)[route]
    names = stops["name_ja"].fillna(stops["stop_id"]).to_numpy(object)[stop]
    direction = trips["direction_id"].astype("string").fillna("").to_numpy(object)[trip]
    headsign = timetable.headsign_of(call, trip.astype(np.int32))
    direction = np.where(direction == "", [str(each or "") for each in headsign], direction)
    held = vehicles.iloc[route]
    places = (held["seats"] + held["standing"].fillna(0)).to_numpy("float64", na_value=np.nan)
    rows = found.assign(
        mode=modes,
        place=names,
        direction=np.where(modes == RAIL, direction, ""),
        headsign=headsign,
        lon=stops["lon"].to_numpy()[stop],
        lat=stops["lat"].to_numpy()[stop],
        metres=away[stop],
        trips=1.0,
        places=np.nan_to_num(places),
        room=np.nan_to_num(places) * np.array([plan.free(each) for each in MODES])[(modes == BUS).astype(int)],
        is_unknown=np.isnan(places),
        is_assumed=(held["basis"] == ASSUMED).to_numpy(),
    )
    reach = np.where(modes == RAIL, plan.rail_m, plan.bus_m)
    rows = rows[(rows["metres"] <= reach) & (rows["at_s"] < LAST_S)]
    return rows.sort_values(["metres", "call"]).drop_duplicates(["trip", "run"])


def mode_of(route_type: int) -> str:
    """RAIL for lines on tracks, else BUS."""
    return RAIL if kind(int(route_type)) in ON_TRACKS else BUS


def _by_step(rows: pd.DataFrame, name: str) -> Floats:
    at = (rows["at_s"].to_numpy() // STEP_S).astype(np.int64)
    found: Floats = np.bincount(at, rows[name].to_numpy(np.float64), STEPS).astype(np.float64)
    return found


def _overlap(from_s: int, until_s: int) -> Floats:
    """[STEPS] which part of a time lies in each step."""
    edges = np.clip(np.arange(STEPS + 1) * STEP_S, from_s, until_s)
    return np.diff(edges) / max(until_s - from_s, 1)


def _reach(mode: str, plan: Plan) -> int:
    return plan.rail_m if mode == RAIL else plan.bus_m


def _metres(lon: float, lat: float, plan: Plan) -> float:
    return float(metres(np.array([lon]), np.array([lat]), plan.lon, plan.lat)[0])
