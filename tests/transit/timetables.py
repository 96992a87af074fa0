"""Small timetables for tests, as lines of text would say them, and strategies that draw many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from otsu_maps.transit.timetable import NONE, Calls, Services, Timetable

EAST_M = 0.0000109659
"""Degrees of longitude that are a metre, near Otsu."""

LON, LAT = 135.86, 35.0

PLANE = 6674


@dataclass(frozen=True)
class Trip:
    """`calls`: stop, arrival, departure (seconds); `marks`: which calls nobody may board ("b") or leave ("a") at."""

    route: int
    calls: Sequence[tuple[int, int, int]]
    days: tuple[bool, bool, bool] = (False, True, False)
    marks: Mapping[int, str] = field(default_factory=dict)
    often: Sequence[tuple[int, int, int, bool]] = ()


def timetable(
    places: Sequence[float | None],
    trips: Sequence[Trip],
    parents: Sequence[int] = (),
    transfers: pd.DataFrame | None = None,
) -> Timetable:
    """`places`: metres east of the first stop, None: unknown. Each trip has a service of its own (see `running`)."""
    count = len(places)
    routes = max((trip.route for trip in trips), default=-1) + 1
    lon = np.array([np.nan if metres is None else LON + metres * EAST_M for metres in places], float)
    stops = pd.DataFrame(
        {
            "stop_id": [f"f:s{i}" for i in range(count)],
            "feed_id": "f",
            "name_ja": [f"停留所{i}" for i in range(count)],
            "name_en": None,
            "platform_code": None,
            "location_type": np.zeros(count, np.int32),
            "parent": np.array(parents or [NONE] * count, np.int32),
            "zone_id": None,
            "wheelchair_boarding": pd.array([None] * count, "Int32"),
            "lon": lon,
            "lat": np.where(np.isnan(lon), np.nan, LAT),
        }
    )
    route_frame = pd.DataFrame(
        {
            "route_id": [f"f:r{i}" for i in range(routes)],
            "feed_id": "f",
            "agency_ja": "試験バス",
            "short_name": [str(i) for i in range(routes)],
            "long_name": None,
            "name_en": None,
            "route_type": np.full(routes, 3, np.int32),
            "color": None,
            "sort_order": pd.array([None] * routes, "Int32"),
        }
    )
    trip_frame = pd.DataFrame(
        {
            "trip_id": [f"f:t{i}" for i in range(len(trips))],
            "feed_id": "f",
            "route": np.array([trip.route for trip in trips], np.int32),
            "service": np.arange(len(trips), dtype=np.int32),
            "headsign": None,
            "short_name": None,
            "direction_id": pd.array([None] * len(trips), "Int32"),
            "block_id": None,
            "shape_id": None,
            "wheelchair_accessible": pd.array([None] * len(trips), "Int32"),
        }
    )
    flat = [call for trip in trips for call in trip.calls]
    marks = [trip.marks.get(i, "") for trip in trips for i in range(len(trip.calls))]
    lengths = [len(trip.calls) for trip in trips]
    stop, arrival, departure = (np.array([call[i] for call in flat], np.int32) for i in range(3))
    calls = Calls(
        first=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        stop=stop,
        sequence=np.concatenate([np.arange(n, dtype=np.int32) for n in lengths] or [np.zeros(0, np.int32)]),
        arrival_s=arrival,
        departure_s=departure,
        can_board=np.array(["b" not in mark for mark in marks], bool),
        can_alight=np.array(["a" not in mark for mark in marks], bool),
        is_timed=np.ones(len(flat), bool),
    )
    rows = [(number, *often) for number, trip in enumerate(trips) for often in trip.often]
    often = pd.DataFrame(rows, columns=["trip", "start_s", "end_s", "headway_s", "is_exact"])
    services = Services(
        ids=np.array([f"f:w{i}" for i in range(len(trips))], object),
        weekdays=np.zeros((len(trips), 7), bool),
        starts=np.full(len(trips), "NaT", "datetime64[D]"),
        ends=np.full(len(trips), "NaT", "datetime64[D]"),
        exceptions=pd.DataFrame({"service": [], "on": [], "is_added": []}),
    )
    left_out = pd.DataFrame({"trip_id": [], "reason": []})
    made = Timetable(stops, route_frame, trip_frame, services, calls, often, left_out)
    return made if transfers is None else replace(made, transfers=transfers)


def running(trips: Sequence[Trip]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which trips run the day before, on the day and the day after, as `network.build` takes it."""
    before, today, after = (np.array([trip.days[i] for trip in trips], bool) for i in range(3))
    return before, today, after


@dataclass(frozen=True)
class World:
    """A timetable that was drawn, with what makes it: places of stops, trips, rows of transfers.txt."""

    places: tuple[float | None, ...]
    trips: tuple[Trip, ...]
    transfers: tuple[tuple[int, int, int, int | None], ...] = ()

    @property
    def transfer_frame(self) -> pd.DataFrame:
        frame = pd.DataFrame(self.transfers, columns=["from_stop", "to_stop", "transfer_type", "min_transfer_s"])
        return frame.astype({"min_transfer_s": "Int64"})


BUSY_S = 8 * 3600
"""Trips that are drawn run within 20 minutes of this time, so that they meet."""


DAYS = [*[(False, True, False)] * 4, (True, True, True), (True, False, False), (False, False, True)]


@st.composite
def _trip(draw: st.DrawFn, stops: int, paths: Sequence[Sequence[int]]) -> Trip:
    route = draw(st.integers(0, len(paths) - 1))
    path = paths[route]
    days = draw(
        st.sampled_from([(False, True, False)] * 4 + [(True, True, True), (True, False, False), (False, False, True)])
    )
    shift = {(True, False, False): 86400, (False, False, True): -86400}.get(days, 0)
    now = BUSY_S + shift + 60 * draw(st.integers(-3, 12))
    calls = []
    for stop in path:
        arrival = now + 60 * draw(st.sampled_from([0, 1, 1, 2, 5]))
        now = arrival + 60 * draw(st.sampled_from([0, 0, 0, 1, 3]))
        calls.append((stop, arrival, now))
    marks = draw(st.dictionaries(st.integers(0, len(path) - 1), st.sampled_from(["a", "b", "ab"]), max_size=2))
    often = ()
    if draw(st.integers(0, 4)) == 0:
        start = BUSY_S + shift + 60 * draw(st.integers(-2, 8))
        often = ((start, start + 60 * draw(st.integers(1, 12)), 60 * draw(st.integers(1, 5)), draw(st.booleans())),)
    return Trip(route, calls, days, marks, often)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Few stops and many trips: loops, overtaking, nights, headways, closed doors, walks, unknown places."""
    stops = draw(st.integers(2, 6))
    metres = st.integers(0, 24).map(lambda steps: steps * 100.0)
    places = draw(st.lists(st.none() | metres | metres | metres, min_size=stops, max_size=stops))
    path = st.lists(st.integers(0, stops - 1), min_size=2, max_size=5).filter(
        lambda p: all(a != b for a, b in pairwise(p))
    )
    paths = draw(st.lists(path, min_size=1, max_size=3))
    trips = draw(st.lists(_trip(stops, paths), min_size=1, max_size=8))
    stop = st.integers(0, stops - 1)
    transfer = st.tuples(stop, stop, st.integers(0, 4), st.none() | st.integers(0, 300))
    transfers = draw(st.lists(transfer, max_size=2, unique_by=lambda row: row[:2])) if draw(st.booleans()) else []
    return World(tuple(places), tuple(trips), tuple(transfers))
