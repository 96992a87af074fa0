"""Timetables: feeds, lines, stops; and railway stations."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from otsu_maps.db.reader import Snapshot


def feeds(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every feed: feed_id, publisher_ja, version, valid_from, valid_until, row_count, notices, stops, routes."""
    return snapshot.rows(
        """
        SELECT feed_id, publisher_ja, version, valid_from, valid_until, row_count,
               (SELECT count(*) FROM feed_notice AS n WHERE n.feed_id = feed.feed_id) AS notices,
               (SELECT count(*) FROM stop AS s WHERE s.feed_id = feed.feed_id AND s.location_type = 0) AS stops,
               (SELECT count(*) FROM route AS r WHERE r.feed_id = feed.feed_id) AS routes
        FROM feed ORDER BY publisher_ja, feed_id
        """
    )


def notices(snapshot: Snapshot, feed_id: str) -> list[dict[str, Any]]:
    """What the reader noticed in a feed: file, row_no, reason_code, reason_params."""
    return snapshot.rows(
        "SELECT file, row_no, reason_code, reason_params FROM feed_notice WHERE feed_id = ? ORDER BY file, row_no",
        [feed_id],
    )


def findings(snapshot: Snapshot, feed_id: str) -> list[dict[str, Any]]:
    """The validation report of a feed, the gravest first: severity, code, params, found, examples (JSON both)."""
    return snapshot.rows(
        "SELECT severity, code, params, found, examples FROM feed_finding WHERE feed_id = ? ORDER BY finding_no",
        [feed_id],
    )


def routes(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Lines: route_id, feed_id, agency_ja, short_name, long_name, name_en, route_type, color, stops, trips.

    `trips` are those in the timetable, whatever their days.
    """
    return snapshot.rows(
        """
        SELECT route.route_id, route.feed_id, agency.name_ja AS agency_ja, route.short_name, route.long_name,
               route.name_en, route_type, color, count(DISTINCT stop_id) AS stops, count(DISTINCT trip_id) AS trips
        FROM route
        LEFT JOIN agency ON agency.agency_id = route.agency_id AND agency.feed_id = route.feed_id
        LEFT JOIN trip ON trip.route_id = route.route_id
        LEFT JOIN stop_time USING (trip_id)
        GROUP BY ALL ORDER BY any_value(sort_order) NULLS LAST, route.short_name, route.long_name, route.route_id
        """
    )


def route_lines(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What to draw: route_id, feed_id, is_straight, geom (WKB)."""
    return snapshot.rows("SELECT route_id, feed_id, is_straight, geom FROM route_line ORDER BY route_id, is_straight")


def stops(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Stops with a position: stop_id, feed_id, name_ja, name_en, platform_code, lon, lat, district_id,
    district_name_ja.
    """
    return snapshot.rows(
        """
        SELECT stop_id, feed_id, stop.name_ja, stop.name_en, platform_code, lon, lat, stop.district_id,
               district.name_ja AS district_name_ja
        FROM stop LEFT JOIN district ON district.district_id = stop.district_id
        WHERE location_type = 0 AND lon IS NOT NULL ORDER BY stop_id
        """
    )


def route_stops(snapshot: Snapshot, route_id: str) -> list[dict[str, Any]]:
    """Stops of a line in their order, for each direction those of its longest trip.

    direction_id, headsign, stop_sequence, stop_id, name_ja, name_en, lon, lat, district_name_ja.
    """
    return snapshot.rows(
        """
        WITH counted AS (
            SELECT trip_id, direction_id, trip.headsign, count(*) AS calls
            FROM trip JOIN stop_time USING (trip_id) WHERE route_id = ? GROUP BY ALL
        ), longest AS (
            SELECT * FROM counted
            QUALIFY row_number() OVER (PARTITION BY direction_id ORDER BY calls DESC, trip_id) = 1
        )
        SELECT direction_id, longest.headsign, stop_sequence, stop.stop_id, stop.name_ja, stop.name_en, lon, lat,
               district.name_ja AS district_name_ja
        FROM longest JOIN stop_time USING (trip_id) JOIN stop USING (stop_id)
        LEFT JOIN district ON district.district_id = stop.district_id
        ORDER BY direction_id NULLS FIRST, stop_sequence
        """,
        [route_id],
    )


def stations(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Stations not known to be closed: station_id, name_ja, name_kana, name_en, line_ja, operator_ja, lon, lat."""
    return snapshot.rows(
        """
        SELECT station_id, name_ja, name_kana, name_en, line_ja, operator_ja, lon, lat
        FROM station WHERE is_closed IS NOT TRUE ORDER BY station_id
        """
    )


TIMETABLE = {
    "stop": "stop_id, feed_id, name_ja, name_en, platform_code, location_type, parent_stop_id, zone_id, "
    "wheelchair_boarding, lon, lat",
    "route": "route_id, feed_id, agency_id, short_name, long_name, name_en, route_type, color, sort_order",
    "agency": "agency_id, feed_id, name_ja",
    "trip": "trip_id, feed_id, route_id, service_id, headsign, short_name, direction_id, block_id, shape_id, "
    "wheelchair_accessible",
    "stop_time": "trip_id, stop_sequence, stop_id, arrival_s, departure_s, headsign, pickup_type, drop_off_type, "
    "shape_dist_traveled",
    "service": "service_id, feed_id, monday, tuesday, wednesday, thursday, friday, saturday, sunday, starts_on, "
    "ends_on",
    "service_date": "service_id, feed_id, on_date, is_added",
    "frequency": "trip_id, start_s, end_s, headway_s, is_exact",
    "transfer": "feed_id, from_stop_id, to_stop_id, from_route_id, to_route_id, from_trip_id, to_trip_id, "
    "transfer_type, min_transfer_s",
    "translation": "feed_id, table_name, field_name, language, record_id, field_value, translation",
}
"""The tables that a timetable is made of, and those of their columns that it needs."""


def timetable_tables(snapshot: Snapshot) -> dict[str, pd.DataFrame]:
    """What `otsu_maps.transit.tables.timetable` takes: tables by name, with the columns of TIMETABLE.

    Identifiers and texts of stop_time are categorical: there are millions of them and few different ones.
    """
    found = {}
    for name, columns in TIMETABLE.items():
        if name == "stop_time":
            found[name] = _few_texts(snapshot.arrow(f"SELECT {columns} FROM {name}")).to_pandas()
        else:
            rows = snapshot.arrow(f"SELECT {columns} FROM {name} ORDER BY feed_id, source_row")
            found[name] = rows.to_pandas(date_as_object=False)
    return found


def _few_texts(table: pa.Table) -> pa.Table:
    for at, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            table = table.set_column(at, column.name, table.column(at).dictionary_encode().combine_chunks())
    return table
