"""Feeds side by side as tables of a snapshot, and the timetable as arrays that is made of such tables.

A feed that was just read and a snapshot give the same tables, so a question has one answer, wherever it is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import union_categoricals

from otsu_maps.formats import gtfs
from otsu_maps.transit.calls import calls
from otsu_maps.transit.kept import KEPT, WEEK, Kept
from otsu_maps.transit.names import named
from otsu_maps.transit.timetable import NONE, Positions, Services, Timetable

NEEDED = (
    *("stop", "route", "agency", "trip", "stop_time", "service", "service_date", "frequency", "transfer"),
    "translation",
)
"""The tables of which a timetable is made."""


def feed_ids(feeds: Sequence[gtfs.Feed]) -> list[str]:
    """An identifier a feed: its file's name, and its first operator where files are named alike.

    The same however the files are ordered, and the same when a newer edition comes.
    """
    names = [_plain(re.sub(r"^[0-9a-f]{12}-", "", feed.name.rpartition(".zip")[0] or feed.name)) for feed in feeds]
    shared = Counter(names)
    named_ = [
        name if shared[name] == 1 else f"{name}-{_operator(feed)}" for name, feed in zip(names, feeds, strict=True)
    ]
    seen: Counter[str] = Counter()
    ids = []
    for name in named_:
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


def side_by_side(feeds: Sequence[tuple[str, gtfs.Feed]], only: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
    """Tables by their names in a snapshot (KEPT), of all feeds, their keys prefixed by feed; with `source_row`.

    `feeds`: feed_id and feed; `only`: names of the tables that are wanted, None: all. The names of stops and routes in
    English (`name_en`) are not in them; `timetable` finds them.
    """
    wanted = None if only is None else set(only)
    parts: dict[str, list[pd.DataFrame]] = {
        kept.table: [] for kept in KEPT.values() if wanted is None or kept.table in wanted
    }
    for feed_id, feed in feeds:
        for name, kept in KEPT.items():
            if kept.table in parts:
                parts[kept.table].append(_kept(feed_id, kept, feed.tables[name].frame, feed))
    return {name: _stacked(frames) for name, frames in parts.items() if frames}


def of_feeds(feeds: Sequence[gtfs.Feed]) -> Timetable:
    """The timetable of feeds that were just read; their ids are those of `feed_ids`."""
    return timetable(side_by_side(list(zip(feed_ids(feeds), feeds, strict=True)), NEEDED))


def timetable(tables: Mapping[str, pd.DataFrame]) -> Timetable:
    """The timetable that tables of a snapshot or of `side_by_side` hold; NEEDED names them, see Timetable.

    Texts that are not there are None, whole numbers that are not there NA (Int32). Trips that are left out are in
    `left_out` alone; their reasons are those of `calls`: no_calls, one_call, no_times (the first or the last one is
    unknown) and times_decrease.
    """
    stops, routes = _stops(tables), _routes(tables)
    services = _services(tables["service"], tables["service_date"])
    rows = tables["trip"]
    times = tables["stop_time"]
    of_trip, of_stop = positions(times["trip_id"], rows["trip_id"]), positions(times["stop_id"], stops["stop_id"])
    of_headsign, headsigns = _headsigns(times["headsign"])
    made, why = calls(times, of_trip, of_stop, of_headsign, len(rows))
    reason = pd.Series(why, dtype=object)
    is_kept = (reason == "").to_numpy(bool)
    trips = pd.DataFrame(
        {
            "trip_id": _texts(rows["trip_id"]),
            "feed_id": _texts(rows["feed_id"]),
            "route": positions(rows["route_id"], routes["route_id"]),
            "service": positions(rows["service_id"], pd.Series(services.ids)),
            "headsign": _texts(rows["headsign"]),
            "short_name": _texts(rows["short_name"]),
            "direction_id": _wholes(rows["direction_id"]),
            "block_id": _texts(rows["block_id"]),
            "shape_id": _texts(rows["shape_id"]),
            "wheelchair_accessible": _wholes(rows["wheelchair_accessible"]),
        }
    )
    left_out = pd.DataFrame({"trip_id": trips["trip_id"], "reason": reason})[~is_kept].reset_index(drop=True)
    trips = trips[is_kept].reset_index(drop=True)
    often = _frequencies(tables["frequency"], trips)
    between = _transfers(tables["transfer"], stops)
    return Timetable(stops, routes, trips, services, made, often, left_out, headsigns, between)


def positions(values: pd.Series, among: pd.Series) -> Positions:
    """Where each value stands in `among`, NONE where it does not."""
    keys = pd.Index(_texts(among))
    if isinstance(values.dtype, pd.CategoricalDtype):
        found = np.append(keys.get_indexer(pd.Index(_texts(values.cat.categories.to_series()))), NONE)
        return found[values.cat.codes.to_numpy()].astype(np.int32)
    return keys.get_indexer(pd.Index(_texts(values))).astype(np.int32)


def _transfers(rows: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """Rows about single routes or trips are not in it: they say nothing of others."""
    others = rows[["from_route_id", "to_route_id", "from_trip_id", "to_trip_id"]]
    rows = rows[others.isna().all(axis=1)]
    return pd.DataFrame(
        {
            "from_stop": positions(rows["from_stop_id"], stops["stop_id"]),
            "to_stop": positions(rows["to_stop_id"], stops["stop_id"]),
            "transfer_type": rows["transfer_type"].fillna(0).astype("Int64").array,
            "min_transfer_s": rows["min_transfer_s"].astype("Int64").array,
        }
    )


def _stops(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    rows = tables["stop"]
    return pd.DataFrame(
        {
            "stop_id": _texts(rows["stop_id"]),
            "feed_id": _texts(rows["feed_id"]),
            "name_ja": _texts(rows["name_ja"]),
            "name_en": _english(rows, tables, "stops", "stop_id", ("name_ja",)),
            "platform_code": _texts(rows["platform_code"]),
            "location_type": rows["location_type"].to_numpy(np.int32, na_value=0),
            "parent": positions(rows["parent_stop_id"], rows["stop_id"]),
            "zone_id": _texts(rows["zone_id"]),
            "wheelchair_boarding": _wholes(rows["wheelchair_boarding"]),
            "lon": rows["lon"].to_numpy(np.float64, na_value=np.nan),
            "lat": rows["lat"].to_numpy(np.float64, na_value=np.nan),
        }
    )


def _routes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    rows, agencies = tables["route"], tables["agency"]
    agency = positions(rows["agency_id"], agencies["agency_id"])
    names = np.array([*_texts(agencies["name_ja"]), None], object)
    return pd.DataFrame(
        {
            "route_id": _texts(rows["route_id"]),
            "feed_id": _texts(rows["feed_id"]),
            "agency_ja": pd.Series(names[agency], dtype=object),
            "short_name": _texts(rows["short_name"]),
            "long_name": _texts(rows["long_name"]),
            "name_en": _english(rows, tables, "routes", "route_id", ("long_name", "short_name")),
            "route_type": rows["route_type"].to_numpy(np.int32),
            "color": _texts(rows["color"]),
            "sort_order": _wholes(rows["sort_order"]),
        }
    )


def _english(
    rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], table: str, key: str, fields: Sequence[str]
) -> pd.Series:
    """A snapshot has them already."""
    return _texts(rows["name_en"] if "name_en" in rows else named(rows, tables["translation"], table, key, fields))


def _services(weeks: pd.DataFrame, days: pd.DataFrame) -> Services:
    in_week = _texts(weeks["service_id"])
    ids = pd.Series(pd.unique(pd.concat([in_week, _texts(days["service_id"])])), dtype=object)
    week = np.zeros((len(ids), len(WEEK)), bool)
    starts = np.full(len(ids), "NaT", "datetime64[D]")
    ends = starts.copy()
    at = positions(in_week, ids)
    week[at] = np.column_stack([weeks[day].to_numpy(bool, na_value=False) for day in WEEK])
    starts[at], ends[at] = _days(weeks["starts_on"]), _days(weeks["ends_on"])
    exceptions = pd.DataFrame(
        {
            "service": positions(days["service_id"], ids),
            "on": _days(days["on_date"]),
            "is_added": days["is_added"].to_numpy(bool, na_value=False),
        }
    )
    return Services(ids.to_numpy(object), week, starts, ends, exceptions)


def _headsigns(values: pd.Series) -> tuple[Positions, npt.NDArray[np.object_]]:
    """Positions of the texts at calls, and the texts; both empty where there is none."""
    if not values.notna().any():
        return np.zeros(0, np.int32), np.zeros(0, object)
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int32), np.asarray(distinct, object)


def _frequencies(rows: pd.DataFrame, trips: pd.DataFrame) -> pd.DataFrame:
    """Those of trips that are there, by trip and start."""
    frame = pd.DataFrame(
        {
            "trip": positions(rows["trip_id"], trips["trip_id"]),
            **{name: rows[name].to_numpy(np.int32, na_value=0) for name in ("start_s", "end_s", "headway_s")},
            "is_exact": rows["is_exact"].to_numpy(bool, na_value=False),
        }
    )
    return frame[frame["trip"] != NONE].sort_values(["trip", "start_s"], ignore_index=True)


def _texts(values: pd.Series) -> pd.Series:
    """As Python texts, None where there is none."""
    plain = values.astype(object)
    return plain.where(plain.notna(), None).reset_index(drop=True)


def _wholes(values: pd.Series) -> pd.Series:
    return values.astype("Int32").reset_index(drop=True)


def _days(values: pd.Series) -> npt.NDArray[np.datetime64]:
    return pd.to_datetime(values).to_numpy().astype("datetime64[D]")


def _kept(feed_id: str, kept: Kept, frame: pd.DataFrame, feed: gtfs.Feed) -> pd.DataFrame:
    frame = _new_form(frame) if kept.table == "translation" else frame
    rows = frame[["source_row", *kept.columns]].rename(columns=kept.columns)
    for key in kept.keys:
        rows[key] = _prefixed(rows[key], f"{feed_id}:")
    for flag, yes in kept.flags:
        rows[flag] = (rows[flag] == yes).astype("boolean").where(rows[flag].notna(), None)
    if kept.table == "stop":
        rows["location_type"] = rows["location_type"].fillna(0)
    if kept.table == "agency":
        rows["agency_id"] = rows["agency_id"].fillna(f"{feed_id}:")
    if kept.table == "route" and len(feed.tables["agency"].frame) == 1:
        only = feed.tables["agency"].frame["agency_id"].iloc[0]
        rows["agency_id"] = rows["agency_id"].fillna(f"{feed_id}:{'' if pd.isna(only) else only}")
    return rows.assign(feed_id=feed_id)


def _prefixed(values: pd.Series, prefix: str) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype):
        texts = pd.Index([prefix + str(one) for one in values.cat.categories], dtype="str")
        return pd.Series(pd.Categorical.from_codes(values.cat.codes, texts, validate=False), values.index)
    return (prefix + values.astype("str")).where(values.notna(), None)


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One below the other; what is categorical stays so."""
    if len(parts) == 1:
        return parts[0].reset_index(drop=True)
    whole = {}
    for name in parts[0]:
        columns = [part[name] for part in parts]
        if all(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
            whole[name] = pd.Series(union_categoricals(columns))
        else:
            whole[name] = pd.concat(columns, ignore_index=True)
    return pd.DataFrame(whole)


def _new_form(translations: pd.DataFrame) -> pd.DataFrame:
    """The old form (trans_id is the text itself) as the present one says it. What names no language is left out."""
    frame = translations.copy()
    frame["language"] = frame["language"].where(frame["language"].notna(), frame["lang"])
    frame["field_value"] = frame["field_value"].where(frame["field_value"].notna(), frame["trans_id"])
    return frame[frame["language"].notna()]


def _operator(feed: gtfs.Feed) -> str:
    agencies = feed.tables["agency"].frame
    named_ = [*agencies["agency_id"].dropna(), *agencies["agency_name"].dropna()]
    return _plain(str(next(iter(named_), "")))


def _plain(name: str) -> str:
    """Letters, digits and hyphens: an identifier that needs no quoting anywhere."""
    return re.sub(r"[^\w]+", "-", name).strip("-").lower() or "feed"
