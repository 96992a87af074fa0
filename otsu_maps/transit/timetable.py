"""A timetable as arrays: what all questions about service and travel time are asked of.

Made from the transit tables of a snapshot, or from feeds that were just read: `tables.side_by_side` gives both the same
columns. Field names are those of the snapshot (db/schema.sql); a row of another table is named by its position.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit.repeats import Repeats

Positions = npt.NDArray[np.int32]
Seconds = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NONE = -1
"""In place of a position: none."""


@dataclass(frozen=True)
class Calls:
    """Stop times, by trip and within a trip in their order: those of trip t are first[t] to first[t + 1].

    Seconds count from noon minus 12 h of the service day and go past 86,400. `is_timed` is false where the feed names
    no time and it was interpolated between its neighbours. A pickup or drop-off that has to be arranged is one.
    `headsign` is where the vehicle says from here on that it goes, a position in Timetable.headsigns, NONE: what its
    trip says; empty where no call says anything of its own.
    """

    first: npt.NDArray[np.int64]
    stop: Positions
    sequence: Positions
    arrival_s: Seconds
    departure_s: Seconds
    can_board: Flags
    can_alight: Flags
    is_timed: Flags
    headsign: Positions = field(default_factory=lambda: np.zeros(0, np.int32))

    def __post_init__(self) -> None:
        if len(self.headsign) not in (0, len(self.stop)):
            raise ValueError(f"headsign has {len(self.headsign)} entries for {len(self.stop)} calls")

    @cached_property
    def trip(self) -> Positions:
        """The trip of each call."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))

    @cached_property
    def is_last(self) -> Flags:
        """Whether a call is the last one of its trip, where nobody gets on."""
        last = np.zeros(len(self.stop), bool)
        last[self.first[1:] - 1] = True
        return last


@dataclass(frozen=True)
class Services:
    """On which days trips run: `weekdays` [n, 7] from Monday, `starts` to `ends` (both included), then `exceptions`.

    Days are numpy datetime64[D]. A service that only calendar_dates names has no week and NaT for both ends.
    `exceptions`: service (position), on (day), is_added.
    """

    ids: npt.NDArray[np.object_]
    weekdays: Flags
    starts: npt.NDArray[np.datetime64]
    ends: npt.NDArray[np.datetime64]
    exceptions: pd.DataFrame


def no_transfers() -> pd.DataFrame:
    """Where no feed has transfers.txt."""
    return pd.DataFrame(columns=["from_stop", "to_stop", "transfer_type", "min_transfer_s"], dtype="Int64")


@dataclass(frozen=True)
class Timetable:
    """Feeds side by side; every frame has a RangeIndex and its rows are named by their position.

    `stops`: stop_id, feed_id, name_ja, name_en, platform_code, location_type, parent (position or NONE), zone_id,
    wheelchair_boarding, lon, lat (NaN: unknown). `routes`: route_id, feed_id, agency_ja, short_name, long_name,
    name_en, route_type, color, sort_order. `trips`: trip_id, feed_id, route and service (positions), headsign,
    short_name, direction_id, block_id, shape_id, wheelchair_accessible. `frequencies`: trip (position), start_s, end_s,
    headway_s, is_exact; the calls of such a trip are a pattern and no departure of their own. `left_out`: trips without
    two calls whose times are known (or whose times run backwards), by trip_id and reason. `transfers`: from_stop,
    to_stop (positions), transfer_type, min_transfer_s (NA: none), of those that hold for all lines. Texts that are not
    there are None, whole numbers that are not there NA.
    """

    stops: pd.DataFrame
    routes: pd.DataFrame
    trips: pd.DataFrame
    services: Services
    calls: Calls
    frequencies: pd.DataFrame
    left_out: pd.DataFrame
    headsigns: npt.NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, object))
    transfers: pd.DataFrame = field(default_factory=no_transfers)

    def headsign_of(self, calls: npt.NDArray[np.int64], trips: Positions) -> npt.NDArray[np.object_]:
        """What the vehicle shows at these calls of these trips, None where the feed does not say."""
        shown: npt.NDArray[np.object_] = self.trips["headsign"].to_numpy(object)[trips]
        if len(self.calls.headsign):
            own = self.calls.headsign[calls]
            shown = np.where(own == NONE, shown, self.headsigns[own]) if len(self.headsigns) else shown
        return shown

    @cached_property
    def by_stop(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Calls by stop: those of stop s are calls[first[s] : first[s + 1]] of (first, calls)."""
        count = len(self.stops)
        small = self.calls.stop.astype(np.uint16) if count < 2**16 else self.calls.stop  # sixteen bits sort at once
        first = np.concatenate([[0], np.cumsum(np.bincount(self.calls.stop, minlength=count))])
        return first.astype(np.int64), np.argsort(small, kind="stable")

    @cached_property
    def children(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Stops by the station that they are part of, likewise; those of none stand before the first."""
        parent = self.stops["parent"].to_numpy()
        order = np.argsort(parent, kind="stable")
        return np.searchsorted(parent[order], np.arange(len(parent) + 1)), order

    @cached_property
    def repeats(self) -> Repeats:
        """How often the trips of frequencies.txt run."""
        return Repeats.of(self.frequencies, self.calls.departure_s[self.calls.first[:-1]])

    @cached_property
    def last_s(self) -> int:
        """The latest moment at which any trip is on its way."""
        calls, repeats = self.calls, self.repeats
        if not len(calls.stop):
            return 0
        latest = int(calls.arrival_s.max())
        if len(repeats.shift_s):
            ends = calls.arrival_s[calls.first[1:] - 1]
            latest = max(latest, int((np.repeat(ends, np.diff(repeats.first)) + repeats.shift_s).max()))
        return latest
