"""Every rule that a feed is held against, by code and severity; the sentences are in the catalogues (gtfs_rule).

What a row must be to be read at all, the reader itself checks; these rules are about what can be read and is still
wrong, doubtful or missing. They follow the GTFS Schedule Reference, GTFS-JP, and those rules of the canonical validator
(https://gtfs-validator.mobilitydata.org/rules.html) that matter to somebody who plans by the feed.
"""

from __future__ import annotations

from datetime import date

from otsu_maps.formats import gtfs
from otsu_maps.transit import rules_jp as jp
from otsu_maps.transit import rules_places as places
from otsu_maps.transit import rules_times as times
from otsu_maps.transit.findings import ERROR, NOTICE, SEVERITIES, WARNING, Finding, Looked, Rule

RULES: dict[str, tuple[str, Rule]] = {
    "times_decrease": (ERROR, times.times_decrease),
    "time_missing": (ERROR, times.time_missing),
    "frequencies_overlap": (ERROR, times.frequencies_overlap),
    "feed_expired": (ERROR, times.feed_expired),
    "parent_missing": (ERROR, places.parent_missing),
    "parent_wrong": (ERROR, places.parent_wrong),
    "route_without_name": (ERROR, places.route_without_name),
    "route_without_agency": (ERROR, places.route_without_agency),
    "timezones_differ": (ERROR, places.timezones_differ),
    "too_fast": (WARNING, times.too_fast),
    "trip_without_calls": (WARNING, times.trip_without_calls),
    "trip_with_one_call": (WARNING, times.trip_with_one_call),
    "trips_same": (WARNING, times.trips_same),
    "service_without_days": (WARNING, times.service_without_days),
    "feed_ends_soon": (WARNING, times.feed_ends_soon),
    "feed_dates_unknown": (WARNING, times.feed_dates_unknown),
    "stop_far": (WARNING, places.stop_far),
    "shape_far": (WARNING, places.shape_far),
    "fare_zone_unknown": (WARNING, places.fare_zone_unknown),
    "feed_not_yet": (NOTICE, times.feed_not_yet),
    "headsign_missing": (NOTICE, times.headsign_missing),
    "service_unused": (NOTICE, times.service_unused),
    "route_unused": (NOTICE, times.route_unused),
    "stop_unused": (NOTICE, places.stop_unused),
    "stops_same": (NOTICE, places.stops_same),
    "jp_feed_info": (ERROR, jp.jp_feed_info),
    "jp_timezone": (ERROR, jp.jp_timezone),
    "jp_kana": (ERROR, jp.jp_kana),
    "jp_no_fares": (ERROR, jp.jp_no_fares),
    "jp_currency": (ERROR, jp.jp_currency),
    "jp_feed_dates": (WARNING, jp.jp_feed_dates),
    "jp_language": (WARNING, jp.jp_language),
    "jp_fare_rules": (WARNING, jp.jp_fare_rules),
    "jp_agency_id": (NOTICE, jp.jp_agency_id),
    "jp_english": (NOTICE, jp.jp_english),
    "jp_platform_in_name": (NOTICE, jp.jp_platform_in_name),
    "jp_agency_file": (NOTICE, jp.jp_agency_file),
    "jp_route_file": (NOTICE, jp.jp_route_file),
    "jp_office_file": (NOTICE, jp.jp_office_file),
}
"""By code: how grave it is, and what looks for it."""


def findings(feed: gtfs.Feed, today: date) -> list[Finding]:
    """Every rule that a feed breaks on a day, the gravest first."""
    look = Looked(feed, today)
    broken = [
        Finding(code, severity, what.count, what.examples, what.params)
        for code, (severity, rule) in RULES.items()
        if (what := rule(look)) is not None
    ]
    return sorted(broken, key=lambda one: SEVERITIES.index(one.severity))
