"""Timetables and stations: GTFS feeds side by side, their keys prefixed by feed."""

from __future__ import annotations

import pandas as pd

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from etl.sources.areas import window_of
from otsu_maps import clock, config
from otsu_maps.errors import FileRefused
from otsu_maps.formats import gtfs, stations
from otsu_maps.formats.reading import Refused
from otsu_maps.transit import rules
from otsu_maps.transit.kept import KEPT
from otsu_maps.transit.tables import feed_ids, side_by_side

FEED_TABLES = (
    "feed",
    "feed_notice",
    "feed_finding",
    "agency",
    "route",
    "stop",
    "service",
    "service_date",
    "trip",
    "stop_time",
    "frequency",
    "transfer",
    "shape_point",
    "translation",
)


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


def station_list(job: Job) -> Tidy:
    """Stations in and around the city."""
    window = window_of(job)
    read = first_that_reads(job, lambda payload: stations.read(payload, window))
    return read.checked(contract.unique("station_id"))


def _together(feeds: list[tuple[str, gtfs.Feed]], refused: list[tuple[str, Refused]]) -> Tidy:
    kept_in = kept_out = 0
    cards, notices, found = [], [], []
    for feed_id, feed in feeds:
        readings = {name: feed.tables[name] for name in KEPT}
        rows_in = sum(reading.rows_in for reading in readings.values())
        kept_in += rows_in
        kept_out += sum(reading.rows_out for reading in readings.values())
        for name, reading in readings.items():
            refused += [(f"{feed.name}/{name}.txt", row) for row in reading.refused]
        cards.append(_card(feed_id, feed, rows_in))
        notices.append(_notices(feed_id, feed))
        found += _findings(feed_id, feed)
    of_feeds = {"feed_notice": pd.concat(notices, ignore_index=True), "feed_finding": pd.DataFrame(found)}
    whole = side_by_side(feeds) | of_feeds
    main = pd.concat(cards, ignore_index=True)
    files_refused = sum(1 for _, row in refused if not row.row)
    return Tidy(main, "gtfs", kept_in + files_refused, 0, refused, kept_out, whole)


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


def _findings(feed_id: str, feed: gtfs.Feed) -> list[dict[str, object]]:
    """The validation report of a feed, as of today."""
    found = rules.findings(feed, clock.today())
    return [{"feed_id": feed_id, "finding_no": number, **each.as_row()} for number, each in enumerate(found, start=1)]


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
