"""By which stops and stations people come and go, and how many the vehicles there can take, step by step.

A vehicle is counted once: at the nearest of the places where it calls, though people may get on or off at others too.
Where it ends there, it brings people and takes none home. What it holds comes from `transit.seats`; where nobody knows
that, it is counted as unknown and carries nobody.
Stations without a timetable, and extra trips, are typed by the planner: `Service`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.analysis.transit import kind
from otsu_maps.event_day.plan import BUS, LAST_S, RAIL, STEP_S, STEPS, Plan
from otsu_maps.event_day.profile import Floats
from otsu_maps.transit import services
from otsu_maps.transit.distance import metres
from otsu_maps.transit.seats import ASSUMED
from otsu_maps.transit.services import Day
from otsu_maps.transit.timetable import Timetable

ON_TRACKS = ("tram", "metro", "rail", "cable")
SHOWN_WAYS = 2
"""So many destinations name a direction."""

Key = tuple[str, str, str]
"""Mode, place, and where lines on tracks go ('' of a bus stop: people choose the line there)."""


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
    vehicles of which nobody knows what they hold. `last_s`: the last departure, None: there is none. `is_assumed`:
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
    lost = set(out_of_reach(typed, sites, plan))
    for service in (each for each in typed if (each.mode, each.place) not in lost):
        lon, lat = sites[service.mode, service.place]
        held = found.get((service.mode, service.place, service.toward)) or _empty(service, lon, lat, plan)
        found[held.key] = _with(held, service, plan)
    return sorted(found.values(), key=lambda each: (each.metres, each.place, each.toward))


def near(sites: Sites, plan: Plan) -> list[tuple[str, str]]:
    """Mode and name of the places within reach on foot, the nearest first."""
    away = {key: _metres(*at, plan) for key, at in sites.items()}
    return sorted((key for key in away if away[key] <= _reach(key[0], plan)), key=lambda key: (away[key], key))


def out_of_reach(typed: Sequence[Service], sites: Sites, plan: Plan) -> list[tuple[str, str]]:
    """Mode and place of typed services that nobody knows, or that are too far to walk to."""
    usable = set(near(sites, plan))
    return [key for key in dict.fromkeys((each.mode, each.place) for each in typed) if key not in usable]


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
    rows = _once(_runs(timetable, on, close), timetable, vehicles, away, plan)
    found: list[Exit] = []
    for key, held in rows.groupby(["mode", "place", "feed", "direction"], sort=False):
        mode, place, _, direction = (str(each) for each in key)
        names = held["headsign"].dropna().value_counts()
        toward = "・".join(map(str, names.index[:SHOWN_WAYS])) if mode == RAIL else ""
        if any(each.key == (mode, place, toward) for each in found):  # both ways are called the same, or nothing
            toward = f"{toward}（{direction}）"
        first = held.iloc[0]  # the nearest: `_once` has them in this order
        going, coming = held[held["can_go"]], held[held["can_come"]]
        found.append(
            Exit(
                mode=mode,
                place=place,
                toward=toward,
                lon=float(first["lon"]),
                lat=float(first["lat"]),
                metres=float(first["metres"]),
                come=_by_step(coming, "arrives_s", "room"),
                go=_by_step(going, "leaves_s", "room"),
                trips=_by_step(going, "leaves_s", "one"),
                places=float(held["places"].max()),
                unknown=int(held["is_unknown"].sum()),
                last_s=int(going["leaves_s"].max()) if len(going) else None,
                is_assumed=bool(held["is_assumed"].any()),
            )
        )
    return found


def _runs(timetable: Timetable, on: Day, stops: npt.NDArray[np.int32]) -> pd.DataFrame:
    """call, trip, run (seconds after the timetable), arrives_s, leaves_s, can_come, can_go: calls of a service day."""
    calls = timetable.calls
    is_first = np.zeros(len(calls.stop), bool)
    is_first[calls.first[:-1]] = True
    call = np.flatnonzero(services.runs_on(timetable, on)[calls.trip] & np.isin(calls.stop, stops))
    rows, shift, _ = timetable.repeats.expanded(calls.trip[call])
    call = call[rows]
    return pd.DataFrame(
        {
            "call": call,
            "trip": calls.trip[call],
            "run": shift,
            "arrives_s": calls.arrival_s[call] + shift,
            "leaves_s": calls.departure_s[call] + shift,
            "can_come": calls.can_alight[call] & ~is_first[call],
            "can_go": calls.can_board[call] & ~calls.is_last[call],
        }
    )


def _once(found: pd.DataFrame, timetable: Timetable, vehicles: pd.DataFrame, away: Floats, plan: Plan) -> pd.DataFrame:
    """Each vehicle at the nearest place of its kind within reach, with what it holds; the nearest first."""
    calls, trips, stops = timetable.calls, timetable.trips, timetable.stops
    trip, call = found["trip"].to_numpy(), found["call"].to_numpy()
    stop, route = calls.stop[call], trips["route"].to_numpy()[trip]
    modes = np.array([mode_of(each) for each in timetable.routes["route_type"]], object)[route]
    is_rail = modes == RAIL
    headsign = timetable.headsign_of(call, trip.astype(np.int32))
    direction = trips["direction_id"].astype("string").fillna("").to_numpy(object)[trip]
    direction = np.where(direction == "", [str(each or "") for each in headsign], direction)
    held = vehicles.iloc[route]
    places = (held["seats"] + held["standing"].fillna(0)).to_numpy("float64", na_value=np.nan)
    rows = found.assign(
        mode=modes,
        place=stops["name_ja"].fillna(stops["stop_id"]).to_numpy(object)[stop],
        feed=np.where(is_rail, trips["feed_id"].to_numpy(object)[trip], ""),
        direction=np.where(is_rail, direction, ""),
        headsign=headsign,
        lon=stops["lon"].to_numpy()[stop],
        lat=stops["lat"].to_numpy()[stop],
        metres=away[stop],
        one=1.0,
        places=np.nan_to_num(places),
        room=np.nan_to_num(places) * np.where(is_rail, plan.free(RAIL), plan.free(BUS)),
        is_unknown=np.isnan(places),
        is_assumed=(held["basis"] == ASSUMED).to_numpy(),
    )
    reach = np.where(is_rail, plan.rail_m, plan.bus_m)
    rows = rows[(rows["metres"] <= reach) & (rows["leaves_s"] < LAST_S) & (rows["arrives_s"] >= 0)]
    return rows.sort_values(["metres", "call"]).drop_duplicates(["trip", "run"])


def mode_of(route_type: int) -> str:
    """RAIL for lines on tracks, else BUS."""
    return RAIL if kind(int(route_type)) in ON_TRACKS else BUS


def _by_step(rows: pd.DataFrame, at: str, name: str) -> Floats:
    steps = (rows[at].to_numpy() // STEP_S).astype(np.int64)
    found: Floats = np.bincount(steps, rows[name].to_numpy(np.float64), STEPS).astype(np.float64)
    return found


def _overlap(from_s: int, until_s: int) -> Floats:
    """[STEPS] which part of a time lies in each step."""
    edges = np.clip(np.arange(STEPS + 1) * STEP_S, from_s, until_s)
    return np.diff(edges) / max(until_s - from_s, 1)


def _reach(mode: str, plan: Plan) -> int:
    return plan.rail_m if mode == RAIL else plan.bus_m


def _metres(lon: float, lat: float, plan: Plan) -> float:
    return float(metres(np.array([lon]), np.array([lat]), plan.lon, plan.lat)[0])
