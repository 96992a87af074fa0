"""How late vehicles were: what was observed (transit.observed) against the timetable, by line, stop and hour.

Unknown is counted, and never on time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.transit import services
from otsu_maps.transit.observed import Observed, planned_s
from otsu_maps.transit.timetable import Timetable

EARLY_S, LATE_S = -60, 300
"""On time: from 1 minute early to 5 minutes late, both included. Assumed, as many operators count."""

BY = ("route", "stop", "hour")

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Report:
    """`rows`: route_id, stop_id, hour (of the clock at the planned time), as far as asked for; then calls: scheduled,
    observed, cancelled, skipped, unknown (the rest); of those observed median_s and p90_s (delay in seconds) and
    on_time (share from EARLY_S to LATE_S), NaN where none was observed.

    `trips`, and of them `seen` at one stop at least, `cancelled`, and `unknown`: neither. `by_headway`: trips and days
    that have no times.
    """

    rows: pd.DataFrame
    trips: int
    seen: int
    cancelled: int
    by_headway: int
    unmatched: dict[str, int]

    @property
    def unknown(self) -> int:
        return self.trips - self.seen - self.cancelled


def report(timetable: Timetable, seen: Observed, days: Iterable[date], by: Sequence[str] = ("route",)) -> Report:
    """Delays over days of service, by some of BY; `()`: one row for all.

    Every call that the timetable plans on these days is in exactly one of observed, cancelled, skipped and unknown.
    """
    calls, often = timetable.calls, timetable.repeats
    group, rows = _groups(timetable, by)
    wanted = np.array(sorted(set(days)), "datetime64[D]")
    found = seen.calls[seen.calls["on"].isin(wanted)]
    off = _off(timetable, seen, wanted, found)
    scheduled = np.zeros(len(rows), np.int64)
    trips = by_headway = 0
    for day in wanted:
        runs = services.runs_on(timetable, day.item())
        by_headway += int((runs & often.has).sum())
        trips += int((runs & ~often.has).sum())
        scheduled += np.bincount(group[(runs & ~often.has)[calls.trip]], minlength=len(rows))
    rows["scheduled"] = scheduled
    of = group[found["call"].to_numpy(np.int64)]
    delays = found["delay_s"].to_numpy(np.float64)
    rows["observed"] = np.bincount(of, minlength=len(rows))
    for name in ("cancelled", "skipped"):
        rows[name] = np.bincount(group[off.loc[off["why"] == name, "call"].to_numpy(np.int64)], minlength=len(rows))
    rows["unknown"] = rows["scheduled"] - rows["observed"] - rows["cancelled"] - rows["skipped"]
    series = pd.Series(delays).groupby(of)
    rows["median_s"], rows["p90_s"] = series.median(), series.quantile(0.9)
    rows["on_time"] = pd.Series((delays >= EARLY_S) & (delays <= LATE_S)).groupby(of).mean()
    rows = rows.astype({"median_s": float, "p90_s": float, "on_time": float})
    at_all = pd.DataFrame({"trip": calls.trip[found["call"].to_numpy(np.int64)], "on": found["on"]}).drop_duplicates()
    gone = seen.cancelled[seen.cancelled["on"].isin(wanted)].merge(at_all, how="left", indicator=True)
    cancelled = int((gone["_merge"] == "left_only").sum())
    is_there = rows["scheduled"] > 0
    return Report(rows[is_there].reset_index(drop=True), trips, len(at_all), cancelled, by_headway, seen.unmatched)


def _groups(timetable: Timetable, by: Sequence[str]) -> tuple[Longs, pd.DataFrame]:
    """The group of each call, and the groups' names in their order."""
    calls = timetable.calls
    planned = planned_s(timetable, np.arange(len(calls.stop)))
    keys = {
        "route": timetable.trips["route"].to_numpy(np.int64)[calls.trip],
        "stop": calls.stop.astype(np.int64),
        "hour": planned // 3600 % 24,
    }
    frame = pd.DataFrame({name: keys[name] for name in BY if name in by}, index=np.arange(len(calls.stop)))
    if frame.columns.empty:
        return np.zeros(len(frame), np.int64), pd.DataFrame(index=[0])
    grouped = frame.groupby(list(frame.columns), sort=True)
    rows = grouped.size().index.to_frame(index=False)
    number: Longs = grouped.ngroup().to_numpy(np.int64).astype(np.int64)
    for name, table in (("route", timetable.routes), ("stop", timetable.stops)):
        if name in rows:
            rows[name] = table[f"{name}_id"].to_numpy(object)[rows[name].to_numpy()]
    return number, rows.rename(columns={"route": "route_id", "stop": "stop_id"})


def _off(timetable: Timetable, seen: Observed, days: npt.NDArray[np.datetime64], found: pd.DataFrame) -> pd.DataFrame:
    """Calls that were cancelled with their trip, or skipped, and not observed all the same: call, on, why."""
    calls = timetable.calls
    trips = seen.cancelled[seen.cancelled["on"].isin(days)]
    trip = trips["trip"].to_numpy(np.int64)
    length = np.diff(calls.first)[trip]
    call = np.repeat(calls.first[trip] - (np.cumsum(length) - length), length) + np.arange(length.sum())
    cancelled = pd.DataFrame({"call": call, "on": np.repeat(trips["on"].to_numpy(), length), "why": "cancelled"})
    skipped = seen.skipped[seen.skipped["on"].isin(days)].assign(why="skipped")
    both = pd.concat([cancelled, skipped], ignore_index=True).drop_duplicates(["call", "on"])
    keys = pd.MultiIndex.from_frame(both[["call", "on"]])
    return both[~keys.isin(pd.MultiIndex.from_frame(found[["call", "on"]]))]
