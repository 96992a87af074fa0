"""Trips of frequencies.txt: how often each of them runs, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Repeats:
    """The runs of trip t are first[t] to first[t + 1] of `shift_s`: so many seconds after the times of its calls.

    `has`: whether a trip is in frequencies.txt; such a trip runs at these times only. `is_by_headway`: the headway is
    kept, not the time (exact_times 0).
    """

    has: Flags
    first: Longs
    shift_s: Longs
    is_by_headway: Flags

    @staticmethod
    def of(frequencies: pd.DataFrame, starts_s: npt.NDArray[np.int32]) -> Repeats:
        """`frequencies` as in Timetable, by trip; `starts_s`: departure of each trip at its first call.

        A trip starts at start_s and then every headway_s before end_s: at the end itself the next period begins.
        """
        names = ("trip", "start_s", "end_s", "headway_s")
        trip, start, end, headway = (frequencies[name].to_numpy(np.int64) for name in names)
        each = np.maximum(-(-(end - start) // headway), 0)
        row, number = _numbered(each)
        shift = start[row] + number * headway[row] - starts_s[trip[row]]
        has = np.zeros(len(starts_s), bool)
        has[trip] = True
        times = np.bincount(trip, each, len(starts_s)).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(times)])
        return Repeats(has, first, shift, ~frequencies["is_exact"].to_numpy(bool)[row])

    def expanded(self, trips: npt.NDArray[np.int32]) -> tuple[Longs, Longs, Flags]:
        """Rows of `trips` once for each run, how many seconds later that run is, and whether it is by headway."""
        times = np.where(self.has[trips], np.diff(self.first)[trips], 1)
        rows, number = _numbered(times)
        often = self.has[trips[rows]]
        shift, is_by_headway = np.zeros(len(rows), np.int64), np.zeros(len(rows), bool)
        run = self.first[trips[rows[often]]] + number[often]
        shift[often], is_by_headway[often] = self.shift_s[run], self.is_by_headway[run]
        return rows, shift, is_by_headway


def _numbered(times: Longs) -> tuple[Longs, Longs]:
    """Each position as often as `times` says, and its number among those of the same position from 0."""
    rows = np.repeat(np.arange(len(times)), times)
    return rows, np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
