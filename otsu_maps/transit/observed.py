"""What operators told of arrivals (GTFS Realtime, as the archive keeps it), call by call of the timetable.

An arrival counts as observed where the last thing that was told of it before it came, came at most NEAR_S before it.
What was told earlier and never again is a forecast that nobody confirmed: unknown, like all that was never told of.
Only what is said of the stop itself counts, no delay carried on from another one. At the first call of a trip the
departure counts, elsewhere the arrival (the departure where no arrival is told).

Trips by headway have no times that one could be late for, and added ones stand in no timetable: both are counted apart.
So are trips whose told times and delays contradict this timetable: their operator speaks of another edition of it.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def observed(
    timetable: Timetable,
    told: pd.DataFrame,
    zone: ZoneInfo = TOKYO,
    near_s: float = NEAR_S,
    names: Names | None = None,
) -> Observed:
    """What rows of the archive (realtime.archive.SCHEMAS["trips"], times as datetime64) say of the timetable.

    `names`: those of this timetable, where they are at hand.
    """
    names = names or Names(timetable)
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


def of_day(seen: Observed, on: date) -> Observed:
    """What of it is of one day of service; `unmatched` stays as it is."""
    day = np.datetime64(on, "D")
    calls, cancelled, skipped = (
        each[each["on"] == day].reset_index(drop=True) for each in (seen.calls, seen.cancelled, seen.skipped)
    )
    return Observed(calls, cancelled, skipped, seen.unmatched)


def together(parts: Sequence[Observed]) -> Observed:
    """Several of them, of different days; trips that could not be used are added up."""
    unmatched: dict[str, int] = {}
    for part in parts:
        for why, count in part.unmatched.items():
            unmatched[why] = unmatched.get(why, 0) + count
    calls, cancelled, skipped = (
        pd.concat([getattr(part, name) for part in parts], ignore_index=True)
        for name in ("calls", "cancelled", "skipped")
    )
    return Observed(calls, cancelled, skipped, unmatched)


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
    planned = planned_s(timetable, of) if len(calls.stop) else np.zeros(len(of), np.int64)
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


def planned_s(timetable: Timetable, call: Longs) -> Longs:
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
