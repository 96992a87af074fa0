"""What a snapshot keeps of a feed: tables of the specification under the names of db/schema.sql."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """A table of the specification as the snapshot keeps it: its name, columns by their new names, keys, yes and no.

    `keys` (new names) take the prefix of their feed; `flags` are columns and the number that means yes.
    """

    table: str
    columns: dict[str, str]
    keys: tuple[str, ...]
    flags: tuple[tuple[str, int], ...] = ()


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

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
            **{day: day for day in WEEK},
            "start_date": "starts_on",
            "end_date": "ends_on",
        },
        ("service_id",),
        tuple((day, 1) for day in WEEK),
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
    "transfers": Kept(
        "transfer",
        {
            "from_stop_id": "from_stop_id",
            "to_stop_id": "to_stop_id",
            "from_route_id": "from_route_id",
            "to_route_id": "to_route_id",
            "from_trip_id": "from_trip_id",
            "to_trip_id": "to_trip_id",
            "transfer_type": "transfer_type",
            "min_transfer_time": "min_transfer_s",
        },
        ("from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id"),
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
