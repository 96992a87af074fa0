"""Answers about travel times for pages: computed once for all sessions that ask the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import streamlit as st

from otsu_maps import geo
from otsu_maps.analysis.residents import COUNTS, ELSEWHERE
from otsu_maps.transit import places, reachable, travel
from otsu_maps.transit.network import Network, Open
from otsu_maps.transit.places import Place, Places
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.timetable import Flags, Seconds
from otsu_maps.transit.walk import Walking, Ways
from otsu_maps.ui import data, timetables

LEAVE, ARRIVE, WINDOW = WAYS = ("leave", "arrive", "window")
"""Leaving at a time, being there by a time, leaving at any minute of an hour."""

WINDOW_S = 3600
WALKING = Walking()


@dataclass(frozen=True)
class Asked:
    """From where (to where, if ARRIVE), on which kind of day, how, within how many seconds; without which routes (ids),
    and without the stops inside which hazard map (hazard, scale)."""

    lon: float
    lat: float
    name: str
    day_type: str
    way: str
    most_s: int
    without: tuple[str, ...] = ()
    zones: tuple[str, str | None] | None = None


@dataclass(frozen=True)
class Answer:
    """Seconds of travel, NEVER: not within the time asked for. With a window, the median over its minutes.

    `pieces_s` by piece of the residents, None: no census; `stops_s` by stop of the timetable; `by_district` by column
    (`median`, in a window also `slow` and `planned`) and district; `last_s` when one must leave the place of the
    question for a district at the latest, -NEVER: in no way; `on_foot`: one can walk there. `near_stops`: how many
    stops are within the walk.
    """

    near_stops: int
    pieces_s: Seconds | None
    stops_s: Seconds
    stations_s: Seconds
    shelters_s: Seconds
    districts: tuple[str, ...]
    by_district: Mapping[str, Seconds]
    last_s: Seconds
    on_foot: Flags

    @property
    def districts_s(self) -> Seconds:
        return self.by_district["median"]


@st.cache_resource(max_entries=data.KEPT, show_spinner=False)
def middles(snapshot_id: str) -> dict[str, tuple[float, float]]:
    """Where the people of each district live in the middle, lon and lat; without a census, a point inside it."""
    found = {}
    for row in data.districts(snapshot_id):
        point = shapely.from_wkb(row["geom"]).representative_point()
        found[str(row["district_id"])] = (point.x, point.y)
    residents = data.residents(snapshot_id)
    if residents is not None:
        people = np.nan_to_num(residents.counts[COUNTS[0]][residents.cell] * residents.share)
        at = shapely.get_coordinates(shapely.centroid(residents.shapes))
        for place, key in enumerate(residents.districts["district_id"]):
            mine = (residents.district == place) & (residents.district != ELSEWHERE)
            if people[mine].sum() > 0:
                x, y = np.average(at[mine], axis=0, weights=people[mine])
                found[str(key)] = geo.to_degrees([x], [y], residents.plane_epsg)[0]
    return found


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def placed_stops(snapshot_id: str) -> list[dict[str, Any]]:
    """Stops to be drawn: row (position), name_ja, name_en, lon, lat."""
    stops = timetables.timetable(snapshot_id).stops
    placed = stops[stops["lon"].notna() & (stops["location_type"] == 0)]
    found = placed[["name_ja", "name_en", "lon", "lat"]].rename_axis("row").reset_index()
    return [{str(name): value for name, value in row.items()} for row in found.to_dict("records")]


@st.cache_resource(max_entries=256, show_spinner=False)
def answer(snapshot_id: str, asked: Asked, at_s: int) -> Answer:
    """What is reached from (or reaches) a place, and how long it takes."""
    net = timetables.network(snapshot_id, asked.day_type, WALKING)
    usable = _usable(snapshot_id, net, asked)
    place = places.at_place(net, asked.lon, asked.lat)
    keys, targets = _targets(snapshot_id, asked.day_type)
    ask = partial(_seconds, net, place, usable, asked, at_s)
    districts = ask(targets["districts"])
    return Answer(
        near_stops=int(usable.stops[place.stops].sum()),
        pieces_s=ask(targets["pieces"])["median"] if "pieces" in targets else None,
        stops_s=ask(None)["median"],
        stations_s=ask(targets["stations"])["median"],
        shelters_s=ask(targets["shelters"])["median"],
        districts=keys,
        by_district=districts,
        last_s=_last(snapshot_id, net, place, usable, asked, targets["districts"]),
        on_foot=places.direct_s(net, place.at[None], targets["districts"].at)[0] < NEVER,
    )


def _usable(snapshot_id: str, net: Network, asked: Asked) -> Open:
    """What is left without the suspended routes, and without the stops inside the zones."""
    routes, stops = net.timetable.routes, net.timetable.stops
    closed: npt.NDArray[np.intp] = np.zeros(0, np.intp)
    if asked.zones:
        shapes = [shapely.from_wkb(zone["geom"]) for zone in data.hazard_zones(snapshot_id, *asked.zones)]
        placed = np.flatnonzero(stops["lon"].notna())
        at = shapely.points(stops[["lon", "lat"]].to_numpy(float)[placed])
        closed = placed[np.unique(shapely.STRtree(shapes).query(at, predicate="intersects")[0])]
    return net.without(routes=np.flatnonzero(routes["route_id"].isin(asked.without)), stops=closed)


@st.cache_resource(max_entries=data.KEPT * 3, show_spinner=False)
def _targets(snapshot_id: str, day_type: str) -> tuple[tuple[str, ...], dict[str, Places]]:
    """The ids of the districts, and the places whose travel times a page shows."""
    net = timetables.network(snapshot_id, day_type, WALKING)
    held, stations = middles(snapshot_id), data.stations(snapshot_id)
    shelters = [
        each for each in data.judged_places(snapshot_id) if each["place_kind"] == "shelter" and each["lon"] is not None
    ]
    found = {
        "districts": places.places(net, *_columns(held.values())),
        "stations": places.places(net, *_columns((each["lon"], each["lat"]) for each in stations)),
        "shelters": places.places(net, *_columns((each["lon"], each["lat"]) for each in shelters)),
    }
    residents = data.residents(snapshot_id)
    if residents is not None:
        found["pieces"] = reachable.homes(net, residents)
    return tuple(held), found


def _columns(points: Iterable[tuple[float, float]]) -> tuple[list[float], list[float]]:
    pairs = list(points)
    return [lon for lon, _ in pairs], [lat for _, lat in pairs]


def _seconds(
    net: Network, place: Place, usable: Open, asked: Asked, at_s: int, to: Places | None
) -> dict[str, Seconds]:
    """Travel times to places, or to all stops where there are none; see Answer.by_district."""
    if asked.way == WINDOW:
        found = travel.window(net, place, at_s, at_s + WINDOW_S, usable, asked.most_s, to)
        return {
            "median": found.travel_s(0.5),
            "slow": found.travel_s(0.9),
            "planned": found.travel_s(0.5, is_planned=True),
        }
    if asked.way == LEAVE:
        reached = travel.earliest(net, place, at_s, usable, asked.most_s)
        return {"median": reached.travel_s if to is None else reached.places_s(to)}
    leaving = travel.latest(net, place, at_s, usable, asked.most_s)
    left = leaving.leave_s if to is None else leaving.places_s(to)
    return {"median": np.where(left == -NEVER, NEVER, at_s - left).astype(np.int32)}


def _last(snapshot_id: str, net: Network, place: Place, usable: Open, asked: Asked, districts: Places) -> Seconds:
    """When one must leave the place at the latest for each district; if ARRIVE, each district for the place."""
    if asked.way == ARRIVE:
        return travel.last(net, place, usable).places_s(districts)
    here = places.places(net, [asked.lon], [asked.lat])
    targets = (places.at_place(net, *at) for at in middles(snapshot_id).values())
    return np.array([travel.last(net, target, usable).places_s(here)[0] for target in targets], np.int32)


@st.cache_resource(max_entries=256, show_spinner=False)
def shapes(snapshot_id: str, asked: Asked, at_s: int, minutes: tuple[int, ...]) -> list[bytes]:
    """The area that is reached within each number of minutes (WKB, lon/lat)."""
    net = timetables.network(snapshot_id, asked.day_type, WALKING)
    place = places.at_place(net, asked.lon, asked.lat)
    ride_s = _seconds(net, place, _usable(snapshot_id, net, asked), asked, at_s, _alighting(net))["median"]
    return [shapely.to_wkb(area) for area in reachable.areas_around(net, place.at, ride_s, minutes)]


def _alighting(net: Network) -> Places:
    """Each stop as a place that only its own vehicles reach: no walk ends or begins there."""
    every = np.arange(net.stop_count, dtype=np.int32)
    ways = Ways(np.arange(net.stop_count + 1), every, np.zeros_like(every))
    return Places(np.full_like(net.at, np.nan), ways)


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def busiest_stop(snapshot_id: str) -> str | None:
    """The name that most vehicles of the timetable call at, None: there is none with a position."""
    held = timetables.timetable(snapshot_id)
    calls = pd.Series(np.bincount(held.calls.stop, minlength=len(held.stops)), held.stops.index)
    by_name = calls[held.stops["lon"].notna()].groupby(held.stops["name_ja"]).sum()
    return str(by_name.idxmax()) if len(by_name) else None
