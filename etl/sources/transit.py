"""Timetables and stations: GTFS feeds side by side, their keys prefixed by feed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from etl.sources.areas import window_of
from otsu_maps import config
from otsu_maps.errors import FileRefused
from otsu_maps.formats import gtfs, stations
from otsu_maps.formats.reading import Refused

FEED_TABLES = (
    "feed",
    "feed_notice",
    "agency",
    "route",
    "stop",
    "service",
    "service_date",
    "trip",
    "stop_time",
    "frequency",
    "shape_point",
    "translation",
)


@dataclass(frozen=True)
class Kept:
    """A table of the specification as the snapshot keeps it: its name, columns by their new names, keys, yes and no.

    `keys` (new names) take the prefix of their feed; `flags` are columns and the number that means yes.
    """

    table: str
    columns: dict[str, str]
    keys: tuple[str, ...]
    flags: tuple[tuple[str, int], ...] = ()


_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

KEPT = {
    "agency": Kept(
        "agency",
        {
            "agency_id": "agency_id",
            "agency_name": "name_ja",
            "agency_url": "url",
            "agency_timezone": "timezone",
            "agency_phone": "phone",
        },
        ("agency_id",),
    ),
    "routes": Kept(
        "route",
        {
            "route_id": "route_id",
            "agency_id": "agency_id",
            "route_short_name": "short_name",
            "route_long_name": "long_name",
            "route_type": "route_type",
            "route_color": "color",
            "route_sort_order": "sort_order",
        },
        ("route_id", "agency_id"),
    ),
    "stops": Kept(
        "stop",
        {
            "stop_id": "stop_id",
            "stop_name": "name_ja",
            "stop_code": "code",
            "platform_code": "platform_code",
            "location_type": "location_type",
            "parent_station": "parent_stop_id",
            "zone_id": "zone_id",
            "wheelchair_boarding": "wheelchair_boarding",
            "stop_lon": "lon",
            "stop_lat": "lat",
        },
        ("stop_id", "parent_stop_id"),
    ),
    "calendar": Kept(
        "service",
        {
            "service_id": "service_id",
            **{day: day for day in _WEEK},
            "start_date": "starts_on",
            "end_date": "ends_on",
        },
        ("service_id",),
        tuple((day, 1) for day in _WEEK),
    ),
    "calendar_dates": Kept(
        "service_date",
        {"service_id": "service_id", "date": "on_date", "exception_type": "is_added"},
        ("service_id",),
        (("is_added", 1),),
    ),
    "trips": Kept(
        "trip",
        {
            "trip_id": "trip_id",
            "route_id": "route_id",
            "service_id": "service_id",
            "trip_headsign": "headsign",
            "trip_short_name": "short_name",
            "direction_id": "direction_id",
            "block_id": "block_id",
            "shape_id": "shape_id",
            "wheelchair_accessible": "wheelchair_accessible",
        },
        ("trip_id", "route_id", "service_id", "block_id", "shape_id"),
    ),
    "stop_times": Kept(
        "stop_time",
        {
            "trip_id": "trip_id",
            "stop_sequence": "stop_sequence",
            "stop_id": "stop_id",
            "arrival_time": "arrival_s",
            "departure_time": "departure_s",
            "stop_headsign": "headsign",
            "pickup_type": "pickup_type",
            "drop_off_type": "drop_off_type",
            "shape_dist_traveled": "shape_dist_traveled",
            "timepoint": "is_timepoint",
        },
        ("trip_id", "stop_id"),
        (("is_timepoint", 1),),
    ),
    "frequencies": Kept(
        "frequency",
        {
            "trip_id": "trip_id",
            "start_time": "start_s",
            "end_time": "end_s",
            "headway_secs": "headway_s",
            "exact_times": "is_exact",
        },
        ("trip_id",),
        (("is_exact", 1),),
    ),
    "shapes": Kept(
        "shape_point",
        {
            "shape_id": "shape_id",
            "shape_pt_sequence": "point_sequence",
            "shape_pt_lon": "lon",
            "shape_pt_lat": "lat",
            "shape_dist_traveled": "dist_traveled",
        },
        ("shape_id",),
    ),
    "translations": Kept(
        "translation",
        {
            "table_name": "table_name",
            "field_name": "field_name",
            "language": "language",
            "record_id": "record_id",
            "record_sub_id": "record_sub_id",
            "field_value": "field_value",
            "translation": "translation",
        },
        ("record_id",),
    ),
}


def timetables(job: Job) -> Tidy:
    """Every feed in every file. A file that holds none is one row in quarantine, and the others go on.

    Raises FileRefused where no file holds one.
    """
    feeds: list[gtfs.Feed] = []
    refused: list[tuple[str, Refused]] = []
    for payload in job.inputs.payloads:
        try:
            feeds += gtfs.read(payload, config.max_file_bytes())
        except FileRefused as error:
            if len(job.inputs.payloads) == 1:
                raise
            refused.append((payload.name, Refused(0, error.reason, "")))
    if not feeds:
        raise FileRefused("source_no_rows", source=job.card.id, rows=0, example=refused[0][1].reason.sentence())
    return _together(list(zip(feed_ids(feeds), feeds, strict=True)), refused)


def feed_ids(feeds: list[gtfs.Feed]) -> list[str]:
    """An identifier a feed: its file's name, and its first operator where files are named alike.

    The same however the files are ordered, and the same when a newer edition comes.
    """
    names = [_plain(re.sub(r"^[0-9a-f]{12}-", "", feed.name.rpartition(".zip")[0] or feed.name)) for feed in feeds]
    shared = Counter(names)
    named = [
        name if shared[name] == 1 else f"{name}-{_operator(feed)}" for name, feed in zip(names, feeds, strict=True)
    ]
    seen: Counter[str] = Counter()
    ids = []
    for name in named:
        seen[name] += 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


def station_list(job: Job) -> Tidy:
    """Stations in and around the city."""
    window = window_of(job)
    read = first_that_reads(job, lambda payload: stations.read(payload, window))
    return read.checked(contract.unique("station_id"))


def _together(feeds: list[tuple[str, gtfs.Feed]], refused: list[tuple[str, Refused]]) -> Tidy:
    tables: dict[str, list[pd.DataFrame]] = {table: [] for table in FEED_TABLES}
    kept_in = kept_out = 0
    for feed_id, feed in feeds:
        readings = {name: feed.tables[name] for name in KEPT}
        rows_in = sum(reading.rows_in for reading in readings.values())
        kept_in += rows_in
        kept_out += sum(reading.rows_out for reading in readings.values())
        for name, reading in readings.items():
            tables[KEPT[name].table].append(_kept(feed_id, KEPT[name], reading.frame, feed))
            refused += [(f"{feed.name}/{name}.txt", row) for row in reading.refused]
        tables["feed"].append(_card(feed_id, feed, rows_in))
        tables["feed_notice"].append(_notices(feed_id, feed))
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    files_refused = sum(1 for _, row in refused if not row.row)
    main = whole.pop("feed")
    return Tidy(main, "gtfs", kept_in + files_refused, 0, refused, kept_out, whole)


def _kept(feed_id: str, kept: Kept, frame: pd.DataFrame, feed: gtfs.Feed) -> pd.DataFrame:
    frame = _new_form(frame) if kept.table == "translation" else frame
    rows = frame[["source_row", *kept.columns]].rename(columns=kept.columns)
    for key in kept.keys:
        rows[key] = (feed_id + ":" + rows[key].astype("str")).where(rows[key].notna(), None)
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


def _new_form(translations: pd.DataFrame) -> pd.DataFrame:
    """The old form (trans_id is the text itself) as the present one says it. What names no language is left out."""
    frame = translations.copy()
    frame["language"] = frame["language"].where(frame["language"].notna(), frame["lang"])
    frame["field_value"] = frame["field_value"].where(frame["field_value"].notna(), frame["trans_id"])
    return frame[frame["language"].notna()]


def _card(feed_id: str, feed: gtfs.Feed, rows: int) -> pd.DataFrame:
    info, agencies = feed.tables["feed_info"].frame, feed.tables["agency"].frame
    said = list(info["feed_publisher_name"].dropna()) + list(agencies["agency_name"].dropna())
    card = {
        "file": feed.name,
        "source_row": 1,
        "feed_id": feed_id,
        "publisher_ja": next(iter(said), None),
        "version": next(iter(info["feed_version"].dropna()), None),
        "valid_from": feed.valid_from,
        "valid_until": feed.valid_until,
        "row_count": rows,
    }
    return pd.DataFrame([card])


def _notices(feed_id: str, feed: gtfs.Feed) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "feed_id": feed_id,
                "file": str(notice.reason.params["file"]),
                "row_no": notice.row,
                "reason_code": notice.reason.code,
                "reason_params": notice.reason.params_json(),
            }
            for notice in feed.warnings
        ],
        columns=["feed_id", "file", "row_no", "reason_code", "reason_params"],
    )


def _operator(feed: gtfs.Feed) -> str:
    agencies = feed.tables["agency"].frame
    named = [*agencies["agency_id"].dropna(), *agencies["agency_name"].dropna()]
    return _plain(str(next(iter(named), "")))


def _plain(name: str) -> str:
    """Letters, digits and hyphens: an identifier that needs no quoting anywhere."""
    return re.sub(r"[^\w]+", "-", name).strip("-").lower() or "feed"
