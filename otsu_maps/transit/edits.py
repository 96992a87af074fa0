"""What if a line ran less, more, or not at all: a small table of changes makes a new timetable.

A change speaks of the trips that run on the day that is asked about, and of no others; what it makes is meant for that
day. Changes are made one after the other, from the first row to the last. A row that cannot be made is refused with
its reason and the rest goes on.

remove_route: no trip of the route (of one direction, where it is named) runs any more.
remove_trips: nor those that depart from their first stop in a band of time: `from` is in it, `until` is not.
set_headway: trips that depart in the band run every `value` minutes, a direction at a time. The first and the last
    departure of the band stay; between them they follow in even steps, the last step may be shorter. Each runs as the
    trip that departed at its time or last before it: with its stops, run times and service. A trip that runs by
    headway keeps its first departure in the band.
add_departures: one trip more for each time in `value`, as the trip of route and direction that departs nearest to it.
close_stop: nobody stops at the stop `value` (an id or a name; a station means its platforms); trips pass it at their
    old times. With a route: only its trips.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from otsu_maps.formats.reading import Refused
from otsu_maps.reasons import Reason
from otsu_maps.transit import trips
from otsu_maps.transit.services import Day, runs_on
from otsu_maps.transit.timetable import NONE, Flags, Timetable

REMOVE_ROUTE, REMOVE_TRIPS, SET_HEADWAY, ADD_DEPARTURES, CLOSE_STOP = CHANGES = (
    "remove_route",
    "remove_trips",
    "set_headway",
    "add_departures",
    "close_stop",
)

COLUMNS = ("change", "route", "direction", "from", "until", "value")

MOST_HOURS = 48
MOST_MINUTES = 24 * 60
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class Change:
    """One row that can be understood. `route`: position, None: all; `direction`: 0 or 1, None: both; times in seconds
    of the service day; `headway_s` for SET_HEADWAY, `times_s` for ADD_DEPARTURES, `stops` (positions) for CLOSE_STOP.
    """

    row: int
    kind: str
    route: int | None = None
    direction: int | None = None
    from_s: int = 0
    until_s: int = MOST_HOURS * 3600
    headway_s: int = 0
    times_s: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()


@dataclass(frozen=True)
class Edited:
    """The new timetable, what was changed, and the rows that were refused (`row` counts from 1, without a header)."""

    timetable: Timetable
    done: tuple[Change, ...]
    refused: tuple[Refused, ...]


class _Wrong(Exception):
    """A row that cannot be made, by its reason."""

    def __init__(self, code: str, column: str, value: object, **more: object) -> None:
        self.code, self.about = code, {"column": column, "value": str(value)[:100], **more}
        super().__init__(code)


def edited(timetable: Timetable, table: pd.DataFrame, on: Day) -> Edited:
    """The timetable after the rows of `table`.

    `table`: COLUMNS, texts as a person types them (blank or missing: not given; full-width digits are digits). `route`
    is an id or a name, `direction` 0 or 1, `from` and `until` H:MM up to 48:00, `value` minutes, times with a space or
    comma between, or a stop. `on`: the day that is meant. Rows that are wholly blank are passed over. Refusals:
    `edit_...` of the catalogue, with row, column, value and the next step.
    """
    done, refused = [], []
    for row, cells in enumerate(table.reindex(columns=list(COLUMNS)).to_dict("records"), start=1):
        given = {str(name): _text(value) for name, value in cells.items()}
        if not any(given.values()):
            continue
        try:
            change = _read(row, given, timetable)
            timetable = _made(timetable, change, given, on)
            done.append(change)
        except _Wrong as wrong:
            about = {"row": row, **wrong.about}
            refused.append(Refused(row, Reason(wrong.code, about), ",".join(given.values())[:2000]))
    return Edited(timetable, tuple(done), tuple(refused))


def _read(row: int, given: Mapping[str, str], timetable: Timetable) -> Change:
    kind = given["change"]
    if kind not in CHANGES:
        raise _Wrong("edit_change", "change", kind, known=", ".join(CHANGES))
    route = _route(given["route"], timetable) if given["route"] or kind != CLOSE_STOP else None
    change = Change(row, kind, route, _direction(given["direction"]))
    if kind in (REMOVE_TRIPS, SET_HEADWAY):
        from_s, until_s = _time(given["from"], "from"), _time(given["until"], "until")
        if from_s >= until_s:
            raise _Wrong("edit_band", "until", given["until"], since=given["from"])
        change = replace(change, from_s=from_s, until_s=until_s)
    if kind == SET_HEADWAY:
        return replace(change, headway_s=_minutes(given["value"]) * 60)
    if kind == ADD_DEPARTURES:
        times = [_time(each, "value") for each in re.split(r"[\s,、]+", given["value"])]
        return replace(change, times_s=tuple(sorted(times)))
    if kind == CLOSE_STOP:
        return replace(change, stops=_stops(given["value"], timetable))
    return change


def _made(timetable: Timetable, change: Change, given: Mapping[str, str], on: Day) -> Timetable:
    rows = timetable.trips
    meant = runs_on(timetable, on)
    if change.route is not None:
        meant &= (rows["route"] == change.route).to_numpy(bool)
    if change.direction is not None:
        meant &= (rows["direction_id"] == change.direction).to_numpy(bool, na_value=False)
    if not meant.any():
        raise _Wrong("edit_no_trips", "route", given["route"])
    if change.kind == REMOVE_ROUTE:
        return trips.only(timetable, ~meant)
    if change.kind == CLOSE_STOP:
        calls = timetable.calls
        dropped = meant[calls.trip] & np.isin(calls.stop, change.stops)
        if not dropped.any():
            raise _Wrong("edit_no_calls", "value", given["value"])
        return trips.without_calls(timetable, dropped)
    if change.kind == ADD_DEPARTURES:
        return _with_departures(timetable, change, np.flatnonzero(meant))
    return _in_band(timetable, change, meant, given)


def _with_departures(timetable: Timetable, change: Change, among: trips.Places) -> Timetable:
    at = trips.starts(timetable)[among]
    like = [int(among[np.abs(at - time_s).argmin()]) for time_s in change.times_s]
    return trips.with_copies(timetable, like, change.times_s)


def _in_band(timetable: Timetable, change: Change, meant: Flags, given: Mapping[str, str]) -> Timetable:
    """Trips of the band removed, or run at another headway."""
    at = trips.starts(timetable)
    in_band = meant & ~trips.repeats(timetable) & (change.from_s <= at) & (at < change.until_s)
    headways, is_met = _headways(timetable.frequencies, change, meant)
    if not in_band.any() and not is_met:
        raise _Wrong("edit_no_trips", "from", f"{given['from']}-{given['until']}")
    like, times = ([], []) if change.kind == REMOVE_TRIPS else _even(timetable, change, in_band)
    is_new = [bool(at[trip] != time_s) for trip, time_s in zip(like, times, strict=True)]
    new = replace(timetable, frequencies=headways)
    made = trips.with_copies(
        new,
        [trip for trip, is_copy in zip(like, is_new, strict=True) if is_copy],
        [time_s for time_s, is_copy in zip(times, is_new, strict=True) if is_copy],
    )
    is_ended = trips.repeats(timetable) & ~trips.repeats(new)  # no headway is left of it
    stays = ~in_band & ~is_ended
    stays[[trip for trip, is_copy in zip(like, is_new, strict=True) if not is_copy]] = True
    return trips.only(made, np.concatenate([stays, np.ones(sum(is_new), bool)]))


def _even(timetable: Timetable, change: Change, in_band: Flags) -> tuple[list[int], list[int]]:
    """Which trips are copied to which times, a direction at a time."""
    at, like, times = trips.starts(timetable), [], []
    way = timetable.trips["direction_id"].fillna(NONE).to_numpy(np.int64)
    for direction in np.unique(way[in_band]):
        old = np.flatnonzero(in_band & (way == direction))
        old = old[np.argsort(at[old], kind="stable")]
        first, last = int(at[old[0]]), int(at[old[-1]])
        new = [*range(first, last, change.headway_s), last]
        like += [int(old[np.searchsorted(at[old], time_s, side="right") - 1]) for time_s in new]
        times += new
    return like, times


def _headways(rows: pd.DataFrame, change: Change, meant: Flags) -> tuple[pd.DataFrame, bool]:
    """The headways after the change, and whether any of them has a departure in the band."""
    made, is_met = [], False
    for row in rows.to_dict("records"):
        start, end, step = int(row["start_s"]), int(row["end_s"]), int(row["headway_s"])
        inside = start + max(0, -(-(change.from_s - start) // step)) * step
        after = start + max(0, -(-(change.until_s - start) // step)) * step
        if not meant[row["trip"]] or inside >= min(end, change.until_s):
            made.append(row)
            continue
        is_met = True
        pieces = [(start, inside, step), (after, end, step)]
        if change.kind == SET_HEADWAY:
            pieces.insert(1, (inside, min(end, change.until_s), change.headway_s))
        made += [{**row, "start_s": low, "end_s": high, "headway_s": each} for low, high, each in pieces if low < high]
    return pd.DataFrame(made, columns=rows.columns).astype(rows.dtypes.to_dict()), is_met


def _route(text: str, timetable: Timetable) -> int:
    routes = timetable.routes
    if not text:
        raise _Wrong("edit_no_route", "route", text)
    for columns in (("route_id",), ("short_name", "long_name", "name_en")):
        found = np.flatnonzero(_are(routes, columns, text))
        if len(found) > 1:
            ids = ", ".join(routes["route_id"].iloc[found[:5]])
            raise _Wrong("edit_several_routes", "route", text, known=ids)
        if len(found):
            return int(found[0])
    raise _Wrong("edit_route", "route", text)


def _stops(text: str, timetable: Timetable) -> tuple[int, ...]:
    stops = timetable.stops
    found = _are(stops, ("stop_id",), text)
    if not found.any():
        found = _are(stops, ("name_ja", "name_en"), text)
    if not found.any():
        raise _Wrong("edit_stop", "value", text)
    parent = stops["parent"].to_numpy()
    return tuple(np.flatnonzero(found | ((parent != NONE) & found[parent])).tolist())


def _are(rows: pd.DataFrame, columns: Sequence[str], text: str) -> Flags:
    """Rows of which one of these columns is a text; feeds write full-width letters in ids and names too."""
    found = np.zeros(len(rows), bool)
    for name in columns:
        found |= (rows[name].map(_text) == text).to_numpy(bool) & bool(text)
    return found


def _direction(text: str) -> int | None:
    if text in ("", "0", "1"):
        return int(text) if text else None
    raise _Wrong("edit_direction", "direction", text)


def _time(text: str, column: str) -> int:
    found = _TIME.fullmatch(text.removesuffix(":00") if text.count(":") == 2 else text)
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 if found and int(found[2]) < 60 else NONE
    if not 0 <= seconds <= MOST_HOURS * 3600:
        raise _Wrong("edit_time", column, text)
    return seconds


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_MINUTES):
        raise _Wrong("edit_minutes", "value", text)
    return int(text)


def _text(value: object) -> str:
    """As typed, with plain digits and without blanks around; a whole number that a table made a float is whole."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value)).strip()
