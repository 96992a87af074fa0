"""How late vehicles were: what operators told (GTFS Realtime, as the archive keeps it) against the timetable.

An arrival counts as observed where the last thing that was told of it before it came, came at most NEAR_S before it.
What was told earlier and never again is a forecast that nobody confirmed: unknown, like all that was never told of.
Unknown is counted, and never on time. Only what is said of the stop itself counts, no delay carried on from another
one. At the first call of a trip the departure counts, elsewhere the arrival (the departure where no arrival is told).

Trips by headway have no times that one could be late for, and added ones stand in no timetable: both are counted apart.
So are trips whose told times and delays contradict this timetable: their operator speaks of another edition of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.clock import TOKYO
from otsu_maps.realtime.records import ADDED_TRIPS, CANCELED, DELETED, NO_DATA, SCHEDULED, SKIPPED
from otsu_maps.transit import services
from otsu_maps.transit.live import DISAGREE_S, SEVERAL, Names, day_start_s
from otsu_maps.transit.timetable import NONE, Timetable

NEAR_S = 300
"""Assumed: ten questions at the usual pace; what was foreseen longer ahead is no observation."""

EARLY_S, LATE_S = -60, 300
"""On time: from 1 minute early to 5 minutes late, both included. Assumed, as many operators count."""

BY = ("route", "stop", "hour")

UNKNOWN_TRIP, SEVERAL_FEEDS, ADDED, NOT_RUNNING, BY_HEADWAY = (
    *("unknown_trip", "several_feeds", "added", "not_running"),
    "by_headway",
)
UNKNOWN_STOP, OTHER_EDITION = "unknown_stop", "other_edition"

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Observed:
    """What was told, by call and day of service (datetime64[D]).

    `calls`: call (position), on, delay_s, one row each. `cancelled`: trip, on; `skipped`: call, on. `unmatched`: how
    many trips (a day and trip each; stops for unknown_stop) could not be used, by why.
    """

    calls: pd.DataFrame
    cancelled: pd.DataFrame
    skipped: pd.DataFrame
    unmatched: dict[str, int] = field(default_factory=dict)


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


def observed(timetable: Timetable, told: pd.DataFrame, zone: ZoneInfo = TOKYO, near_s: float = NEAR_S) -> Observed:
    """What rows of the archive (realtime.archive.SCHEMAS["trips"], times as datetime64) say of the timetable."""
    names = Names(timetable)
    told = told.reset_index(drop=True)
    unmatched: dict[str, int] = {}
    trip = _trips(names, told, unmatched)
    call = _calls(names, trip, told, unmatched)
    at = _told_at(told)
    on, start_s = _days(timetable, told, trip, call, at, zone)
    is_used = (trip >= 0) & ~np.isnat(on)
    _count(unmatched, NOT_RUNNING, told, (trip >= 0) & np.isnat(on))
    rows = pd.DataFrame({"trip": trip, "call": call, "on": on, "told": at, "start": start_s})[is_used]
    of_trip, of_stop = (told.loc[is_used, f"{name}_relationship"].to_numpy(object) for name in ("trip", "stop"))
    last = rows.assign(is_off=np.isin(of_trip, [CANCELED, DELETED]))
    last = last.sort_values("told", kind="stable").drop_duplicates(["trip", "on"], keep="last")
    rows["expected"], rows["delay"], is_other = _expected(timetable, rows, told[is_used])
    is_other &= (rows["call"] != NONE).to_numpy()
    _count(unmatched, OTHER_EDITION, told[is_used], is_other)
    rows.loc[is_other, ["expected", "delay"]] = np.nan
    stops = rows[(rows["call"] != NONE) & (of_trip == SCHEDULED)].assign(kind=of_stop[_both(rows, of_trip)])
    stops = stops.sort_values("told", kind="stable")
    ended = stops[stops["kind"].isin([SCHEDULED, SKIPPED])].drop_duplicates(["call", "on"], keep="last")
    return Observed(
        _last_before(stops, near_s),
        last.loc[last["is_off"], ["trip", "on"]].reset_index(drop=True),
        ended.loc[ended["kind"] == SKIPPED, ["call", "on"]].reset_index(drop=True),
        unmatched,
    )


def _both(rows: pd.DataFrame, of_trip: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (rows["call"] != NONE).to_numpy() & (of_trip == SCHEDULED)
    return found


def _last_before(stops: pd.DataFrame, near_s: float) -> pd.DataFrame:
    """The last that was told before each arrival, where that was near enough, and was not taken back after."""
    known = stops[(stops["kind"] == SCHEDULED) & stops["delay"].notna() & (stops["told"] <= stops["expected"])]
    last = known.drop_duplicates(["call", "on"], keep="last")
    back = stops[stops["kind"] == NO_DATA].merge(last[["call", "on", "told", "expected"]], on=["call", "on"])
    back = back[(back["told_x"] > back["told_y"]) & (back["told_x"] <= back["expected_y"])]
    gone = pd.MultiIndex.from_frame(back[["call", "on"]])
    keys = pd.MultiIndex.from_frame(last[["call", "on"]])
    is_good = (last["expected"] - last["told"] <= near_s).to_numpy() & ~keys.isin(gone)
    found = last.loc[is_good, ["call", "on", "delay"]].rename(columns={"delay": "delay_s"})
    return found.sort_values(["on", "call"], ignore_index=True)


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
    planned = _planned(timetable, np.arange(len(calls.stop)))
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


def _trips(names: Names, told: pd.DataFrame, unmatched: dict[str, int]) -> Longs:
    """The trip of each row, NONE where it can't be used; counts why."""
    pairs = told[["feed_id", "trip_id"]].astype(object).where(told[["feed_id", "trip_id"]].notna(), None)
    codes, distinct = pd.factorize(pd.Series(list(pairs.itertuples(index=False, name=None))))
    known = np.array([names.trip(feed_id, trip_id) for feed_id, trip_id in distinct], np.int64)
    trip = known[codes] if len(known) else np.zeros(0, np.int64)
    is_added = told["trip_relationship"].isin(ADDED_TRIPS).to_numpy(bool)
    is_often = np.append(names.timetable.repeats.has, False)[np.maximum(trip, NONE)] & (trip >= 0)
    _count(unmatched, ADDED, told, is_added)
    _count(unmatched, UNKNOWN_TRIP, told, (trip == NONE) & ~is_added)
    _count(unmatched, SEVERAL_FEEDS, told, (trip == SEVERAL) & ~is_added)
    _count(unmatched, BY_HEADWAY, told, is_often & ~is_added)
    return np.where(is_added | is_often | (trip < 0), NONE, trip)


def _calls(names: Names, trip: Longs, told: pd.DataFrame, unmatched: dict[str, int]) -> Longs:
    """The call of each row, NONE where it names none or one that the trip does not have."""
    stop = told[["stop_sequence", "stop_id"]].astype(object).where(told[["stop_sequence", "stop_id"]].notna(), None)
    codes, distinct = pd.factorize(pd.Series(list(zip(trip, stop["stop_sequence"], stop["stop_id"], strict=True))))
    found = np.full(len(distinct), NONE, np.int64)
    for position, (at, sequence, stop_id) in enumerate(distinct):
        if at >= 0 and (sequence is not None or stop_id is not None):
            found[position] = names.call(int(at), None if sequence is None else int(sequence), stop_id)
            if found[position] == NONE:
                unmatched[UNKNOWN_STOP] = unmatched.get(UNKNOWN_STOP, 0) + 1
    return found[codes] if len(found) else np.zeros(0, np.int64)


def _days(
    timetable: Timetable, told: pd.DataFrame, trip: Longs, call: Longs, at: Floats, zone: ZoneInfo
) -> tuple[npt.NDArray[np.datetime64], Floats]:
    """The day of service of each row and the second at which it starts: as told, else the nearest on which it runs."""
    given = pd.to_datetime(told["start_date"]).to_numpy("datetime64[D]")
    near = _seconds(told["arrival_at"])
    near = np.where(np.isnan(near), at, near)
    calls = timetable.calls
    of = np.where(call != NONE, call, calls.first[np.maximum(trip, 0)])
    planned = _planned(timetable, of) if len(calls.stop) else np.zeros(len(of), np.int64)
    day = pd.to_datetime(near, unit="s").to_numpy("datetime64[D]")
    best, on, start = np.full(len(told), np.inf), np.full(len(told), "NaT", "datetime64[D]"), np.full(len(told), np.nan)
    service = timetable.trips["service"].to_numpy(np.int64)[np.maximum(trip, 0)] if len(timetable.trips) else trip
    back = timetable.last_s // 86_400 + 1
    for shift in range(-back, 2):
        candidate = np.where(np.isnat(given), day + np.timedelta64(shift, "D"), given)
        for one in np.unique(candidate[~np.isnat(candidate)]):
            here = (candidate == one) & (trip >= 0)
            here[here] = services.running(timetable, one.item())[service[here]]
            begins = day_start_s(one.item(), zone)
            away = np.abs(begins + planned - near)
            better = here & (away < best)
            best[better], on[better], start[better] = away[better], one, begins
    return on, start


def _planned(timetable: Timetable, call: Longs) -> Longs:
    """The planned second of a call: of its departure at the first one of a trip, else of its arrival."""
    calls = timetable.calls
    is_first = np.zeros(len(calls.stop), bool)
    is_first[calls.first[:-1]] = True
    found: Longs = np.where(is_first[call], calls.departure_s[call], calls.arrival_s[call]).astype(np.int64)
    return found


def _expected(
    timetable: Timetable, rows: pd.DataFrame, told: pd.DataFrame
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """When each row says that the vehicle comes (POSIX seconds), and how late that is; NaN: it does not say.

    And whether its time and its delay contradict each other by this timetable.
    """
    calls = timetable.calls
    call = np.maximum(rows["call"].to_numpy(np.int64), 0)
    is_first = np.isin(call, calls.first[:-1])
    delay = np.full(len(rows), np.nan)
    expected = np.full(len(rows), np.nan)
    is_other = np.zeros(len(rows), bool)
    for name in ("departure", "arrival"):  # the second one comes first where it is told
        planned = rows["start"].to_numpy(np.float64) + getattr(calls, f"{name}_s")[call]
        late = told[f"{name}_delay_s"].to_numpy(np.float64, na_value=np.nan)
        moment = _seconds(told[f"{name}_at"])
        is_other |= np.abs(moment - planned - late) > DISAGREE_S
        moment = np.where(np.isnan(moment), planned + late, moment)
        use = ~np.isnan(moment) & ~(is_first & (name == "arrival") & ~np.isnan(expected))
        delay = np.where(use, moment - planned, delay)
        expected = np.where(use, moment, expected)
    return expected, delay, is_other


def _told_at(told: pd.DataFrame) -> Floats:
    """When each row was true: as its trip says, else as its message does, and never after it was heard."""
    heard, message, trip = (_seconds(told[name]) for name in ("heard_at", "message_at", "trip_at"))
    said = np.where(np.isnan(trip), np.where(np.isnan(message), heard, message), trip)
    return np.minimum(said, heard)


def _seconds(times: pd.Series) -> Floats:
    moments = pd.to_datetime(times).to_numpy("datetime64[s]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64).astype(np.float64))


def _count(unmatched: dict[str, int], why: str, told: pd.DataFrame, rows: npt.NDArray[np.bool_]) -> None:
    distinct = len(told.loc[rows, ["feed_id", "trip_id", "start_date"]].drop_duplicates())
    if distinct:
        unmatched[why] = distinct
