"""The tables of a GTFS feed as data: files, columns, keys and references.

From the GTFS Schedule Reference (https://gtfs.org/documentation/schedule/reference/) and 標準的なバス情報フォーマット
(GTFS-JP, Ministry of Land, Infrastructure, Transport and Tourism): agency_jp, routes_jp (editions 1 and 2), office_jp
and pattern_jp (edition 3), and the older translations of three columns (trans_id, lang, translation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REQUIRED = "required"
"""A row whose value is blank or cannot be read is refused."""

STRICT = "strict"
"""Blank is unknown, but a row whose value cannot be read is refused: what it says would be lost."""

OPTIONAL = "optional"
"""A value that cannot be read becomes unknown, with a warning."""


@dataclass(frozen=True)
class Column:
    """One column. `kind` is text, whole, number, lat, lon, time, day or colour; `low` and `high` bound
    a whole number. `unless` is a column and those of its values for which this one may be blank. `of` are the
    'table.column's one of which must hold the value; where none does, the row is refused if `is_firm`, else reported.
    """

    name: str
    kind: str = "text"
    need: str = OPTIONAL
    low: int = 0
    high: int = 2_000_000_000
    unless: tuple[str, tuple[str, ...]] | None = None
    of: tuple[str, ...] = ()
    is_firm: bool = False


@dataclass(frozen=True)
class Spec:
    """One table. `key` names a row once; `position` are the columns of its latitude and longitude; a table that
    `is_long` has very many rows and few different texts, which are kept as categories."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    is_long: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.txt"


def _all(names: str, kind: str = "text", need: str = OPTIONAL, **more: Any) -> tuple[Column, ...]:
    return tuple(Column(name, kind, need, **more) for name in names.split())


_NODES = ("location_type", ("3", "4"))
"""Generic nodes and boarding areas lie where their station lies, and may have no name."""

_SERVICES = ("calendar.service_id", "calendar_dates.service_id")
_AGENCY, _ROUTE, _TRIP, _STOP = ("agency.agency_id",), ("routes.route_id",), ("trips.trip_id",), ("stops.stop_id",)

TABLES = (
    Spec(
        "agency",
        _all("agency_id")
        + _all("agency_name agency_url agency_timezone", need=REQUIRED)
        + _all("agency_lang agency_phone agency_fare_url agency_email"),
        key=("agency_id",),
    ),
    Spec(
        "stops",
        _all("stop_id", need=REQUIRED)
        + _all("stop_name", need=REQUIRED, unless=_NODES)
        + _all("stop_lat", "lat", REQUIRED, unless=_NODES)
        + _all("stop_lon", "lon", REQUIRED, unless=_NODES)
        + _all("location_type", "whole", STRICT, high=4)
        + _all("parent_station", of=_STOP)
        + _all("stop_code tts_stop_name stop_desc zone_id stop_url stop_timezone level_id platform_code")
        + _all("wheelchair_boarding", "whole", high=2),
        key=("stop_id",),
        position=("stop_lat", "stop_lon"),
    ),
    Spec(
        "calendar",
        _all("service_id", need=REQUIRED)
        + _all("monday tuesday wednesday thursday friday saturday sunday", "whole", REQUIRED, high=1)
        + _all("start_date end_date", "day", REQUIRED),
        key=("service_id",),
    ),
    Spec(
        "calendar_dates",
        _all("service_id", need=REQUIRED)
        + _all("date", "day", REQUIRED)
        + _all("exception_type", "whole", REQUIRED, low=1, high=2),
        key=("service_id", "date"),
    ),
    Spec(
        "routes",
        _all("route_id", need=REQUIRED)
        + _all("agency_id", of=_AGENCY)
        + _all("route_type", "whole", REQUIRED, high=1702)
        + _all("route_short_name route_long_name route_desc route_url jp_parent_route_id")
        + _all("route_color route_text_color", "colour")
        + _all("route_sort_order", "whole")
        + _all("continuous_pickup continuous_drop_off", "whole", high=3),
        key=("route_id",),
    ),
    Spec(
        "trips",
        _all("route_id", need=REQUIRED, of=_ROUTE, is_firm=True)
        + _all("service_id", need=REQUIRED, of=_SERVICES, is_firm=True)
        + _all("trip_id", need=REQUIRED)
        + _all("trip_headsign trip_short_name block_id jp_trip_desc jp_trip_desc_symbol")
        + _all("direction_id", "whole", high=1)
        + _all("shape_id", of=("shapes.shape_id",))
        + _all("wheelchair_accessible bikes_allowed cars_allowed", "whole", high=2)
        + _all("jp_office_id", of=("office_jp.office_id",))
        + _all("jp_pattern_id", of=("pattern_jp.jp_pattern_id",)),
        key=("trip_id",),
    ),
    Spec(
        "stop_times",
        _all("trip_id", need=REQUIRED, of=_TRIP, is_firm=True)
        + _all("arrival_time departure_time", "time", STRICT)
        + _all("stop_id", need=REQUIRED, of=_STOP, is_firm=True)
        + _all("stop_sequence", "whole", REQUIRED)
        + _all("stop_headsign")
        + _all("pickup_type drop_off_type", "whole", STRICT, high=3)
        + _all("continuous_pickup continuous_drop_off", "whole", high=3)
        + _all("shape_dist_traveled", "number")
        + _all("timepoint", "whole", high=1),
        key=("trip_id", "stop_sequence"),
        is_long=True,
    ),
    Spec(
        "shapes",
        _all("shape_id", need=REQUIRED)
        + _all("shape_pt_lat", "lat", REQUIRED)
        + _all("shape_pt_lon", "lon", REQUIRED)
        + _all("shape_pt_sequence", "whole", REQUIRED)
        + _all("shape_dist_traveled", "number"),
        key=("shape_id", "shape_pt_sequence"),
        position=("shape_pt_lat", "shape_pt_lon"),
        is_long=True,
    ),
    Spec(
        "frequencies",
        _all("trip_id", need=REQUIRED, of=_TRIP)
        + _all("start_time end_time", "time", REQUIRED)
        + _all("headway_secs", "whole", REQUIRED, low=1)
        + _all("exact_times", "whole", high=1),
        key=("trip_id", "start_time"),
    ),
    Spec(
        "transfers",
        _all("from_stop_id to_stop_id", of=_STOP)
        + _all("from_route_id to_route_id", of=_ROUTE)
        + _all("from_trip_id to_trip_id", of=_TRIP)
        + _all("transfer_type", "whole", STRICT, high=5)
        + _all("min_transfer_time", "whole"),
        key=("from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id"),
    ),
    Spec(
        "feed_info",
        _all("feed_publisher_name feed_publisher_url feed_lang", need=REQUIRED)
        + _all("feed_start_date feed_end_date", "day")
        + _all("default_lang feed_version feed_contact_email feed_contact_url"),
    ),
    Spec(
        "translations",
        _all("translation", need=REQUIRED)
        + _all("trans_id lang table_name field_name language record_id record_sub_id field_value"),
        key=(
            *("trans_id", "lang", "table_name", "field_name", "language"),
            *("record_id", "record_sub_id", "field_value"),
        ),
    ),
    Spec(
        "fare_attributes",
        _all("fare_id currency_type", need=REQUIRED)
        + _all("price", "number", REQUIRED)
        + _all("payment_method", "whole", REQUIRED, high=1)
        + _all("transfers", "whole", high=2)
        + _all("agency_id", of=_AGENCY)
        + _all("transfer_duration", "whole"),
        key=("fare_id",),
    ),
    Spec(
        "fare_rules",
        _all("fare_id", need=REQUIRED, of=("fare_attributes.fare_id",))
        + _all("route_id", of=_ROUTE)
        + _all("origin_id destination_id contains_id"),
        key=("fare_id", "route_id", "origin_id", "destination_id", "contains_id"),
    ),
    Spec(
        "agency_jp",
        _all("agency_id", need=REQUIRED, of=_AGENCY)
        + _all("agency_official_name agency_zip_number agency_address agency_president_pos agency_president_name"),
        key=("agency_id",),
    ),
    Spec(
        "routes_jp",
        _all("route_id", need=REQUIRED, of=_ROUTE)
        + _all("route_update_date", "day")
        + _all("origin_stop via_stop destination_stop"),
        key=("route_id",),
    ),
    Spec(
        "office_jp",
        _all("office_id office_name", need=REQUIRED) + _all("office_url office_phone"),
        key=("office_id",),
    ),
    Spec(
        "pattern_jp",
        _all("jp_pattern_id", need=REQUIRED)
        + _all("route_update_date", "day")
        + _all("origin_stop via_stop destination_stop"),
        key=("jp_pattern_id",),
    ),
)
"""Every table that is read, each after those whose rows its own rows must have."""

NEEDED = ("agency", "stops", "routes", "trips", "stop_times")
CALENDARS = ("calendar", "calendar_dates")
"""Of these two one is enough."""
