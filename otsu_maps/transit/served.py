"""What each stop has in a band of time on a day: departures, first, last, longest gap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from otsu_maps.transit import departures
from otsu_maps.transit.departures import DAY_S
from otsu_maps.transit.headways import headways
from otsu_maps.transit.services import Day
from otsu_maps.transit.timetable import NONE, Positions, Timetable

PLATFORMS = (0, 4)
"""Kinds of stops at which one gets on: stop or platform, boarding area."""


def served(timetable: Timetable, on: Day, from_s: int = 0, until_s: int = DAY_S) -> pd.DataFrame:
    """A row a stop or platform, in their order, whether anything departs there or not.

    Columns: stop (position), stop_id, name_ja, name_en, lon, lat (NaN: unknown); departures by the clock from `from_s`
    (included) to `until_s` (not), those of trips of the day before among them; first_s, last_s and longest_gap_s within
    the band, NaN where there are too few; station_departures: of all platforms of its station together, or its own.
    Each pole of a stop without a station stands for itself: nobody can take the bus of the other side.
    """
    found = headways(timetable, departures.of_clock_day(timetable, on), ("stop",), from_s, until_s)
    found = found.set_index("stop")[["departures", "first_s", "last_s", "longest_gap_s"]]
    rows = timetable.stops
    here = rows.index[rows["location_type"].isin(PLATFORMS)]
    table = rows.loc[here, ["stop_id", "name_ja", "name_en", "lon", "lat"]].join(found)
    table["departures"] = table["departures"].fillna(0).astype(np.int64)
    top = stations(timetable)
    whole = np.bincount(top[here], table["departures"], len(rows)).astype(np.int64)
    table["station_departures"] = whole[top[here]]
    return table.rename_axis("stop").reset_index()


def stations(timetable: Timetable) -> Positions:
    """For each stop the station that it is part of, or itself. A circle of parents ends where it began."""
    top, parent = np.arange(len(timetable.stops), dtype=np.int32), timetable.stops["parent"].to_numpy(np.int32)
    for _ in range(3):  # boarding area, platform, station
        above = parent[top]
        top = np.where(above == NONE, top, above).astype(np.int32)
    return top
