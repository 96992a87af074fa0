"""Cut a timetable down to some of its trips, and copy trips to other times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit.timetable import NONE, Flags, Seconds, Timetable

Places = npt.NDArray[np.int64]

LEAST = 2
"""Calls of a trip that carries anybody."""


def starts(timetable: Timetable) -> Seconds:
    """The departure of each trip from its first stop; of one that repeats, of its pattern."""
    found: Seconds = timetable.calls.departure_s[timetable.calls.first[:-1]]
    return found


def repeats(timetable: Timetable) -> Flags:
    """Which trips run by a headway: their own times are a pattern."""
    found = np.zeros(len(timetable.trips), bool)
    found[timetable.frequencies["trip"].to_numpy()] = True
    return found


def only(timetable: Timetable, kept: Flags) -> Timetable:
    """The timetable with these trips alone; they keep their order, and headways their trips."""
    return _gathered(timetable, np.flatnonzero(kept), np.zeros(int(kept.sum()), np.int32))


def with_copies(timetable: Timetable, of: Sequence[int], starts_s: Sequence[int]) -> Timetable:
    """The timetable and, behind its trips, a copy of trip `of[i]` that departs at `starts_s[i]`.

    A copy has the stops, run times and service of its trip, an id of its own, no block and no headway.
    """
    if not len(of):
        return timetable
    number, source = len(timetable.trips), np.asarray(of, np.int64)
    shift = np.asarray(starts_s, np.int32) - starts(timetable)[source]
    which = np.concatenate([np.arange(number), source])
    made = _gathered(timetable, which, np.concatenate([np.zeros(number, np.int32), shift]))
    rows, taken, ids = made.trips.copy(), set(timetable.trips["trip_id"]), []
    for trip, start in zip(source, starts_s, strict=True):
        plain = f"{timetable.trips['trip_id'].iloc[trip]}+{start // 3600:02}{start // 60 % 60:02}"
        name, again = plain, 2
        while name in taken:
            name, again = f"{plain}-{again}", again + 1
        taken.add(name)
        ids.append(name)
    rows.loc[number:, "trip_id"] = ids
    rows.loc[number:, "block_id"] = None
    return replace(made, trips=rows)


def without_calls(timetable: Timetable, dropped: Flags) -> Timetable:
    """The timetable without these calls, and without trips that then carry nobody."""
    calls = timetable.calls
    left = np.bincount(calls.trip[~dropped], minlength=len(timetable.trips))
    is_kept = left >= LEAST
    kept = ~dropped & is_kept[calls.trip]
    first = np.concatenate([[0], np.cumsum(left[is_kept])]).astype(np.int64)
    cut = replace(
        calls,
        first=first,
        headsign=calls.headsign[kept] if len(calls.headsign) else calls.headsign,
        **{name: getattr(calls, name)[kept] for name in _OF_CALLS},
    )
    rows = timetable.trips[is_kept].reset_index(drop=True)
    return replace(timetable, trips=rows, calls=cut, frequencies=_frequencies(timetable, np.flatnonzero(is_kept)))


_OF_CALLS = ("stop", "sequence", "arrival_s", "departure_s", "can_board", "can_alight", "is_timed")


def _gathered(timetable: Timetable, which: Places, shift_s: Seconds) -> Timetable:
    """The trips at these positions (where one comes twice, its first keeps its headways), moved by seconds."""
    calls = timetable.calls
    sizes = np.diff(calls.first)[which]
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.repeat(calls.first[which] - first[:-1], sizes) + np.arange(first[-1])
    moved = np.repeat(shift_s, sizes)
    made = replace(
        calls,
        first=first,
        headsign=calls.headsign[at] if len(calls.headsign) else calls.headsign,
        **{name: getattr(calls, name)[at] for name in _OF_CALLS},
    )
    made = replace(made, arrival_s=made.arrival_s + moved, departure_s=made.departure_s + moved)
    rows = timetable.trips.iloc[which].reset_index(drop=True)
    return replace(timetable, trips=rows, calls=made, frequencies=_frequencies(timetable, which))


def _frequencies(timetable: Timetable, which: Places) -> pd.DataFrame:
    new = np.full(len(timetable.trips), NONE, np.int32)
    new[which[::-1]] = np.arange(len(which), dtype=np.int32)[::-1]  # of two places the first is written last
    rows = timetable.frequencies.assign(trip=new[timetable.frequencies["trip"].to_numpy()])
    return rows[rows["trip"] != NONE].sort_values(["trip", "start_s"], ignore_index=True)
