"""A timetable that somebody hands over on a page: read as any feed is, and never stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from otsu_maps import config
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload, Refused
from otsu_maps.transit import tables


@dataclass(frozen=True)
class Upload:
    """What a file holds: `tables` as those of a snapshot, rows that were refused, notices of the reader."""

    name: str
    sha256: str
    feed_ids: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    publisher: str
    version: str
    tables: Mapping[str, pd.DataFrame]
    refused: tuple[Refused, ...]
    warnings: tuple[Refused, ...]


def read(name: str, data: bytes, in_place_of: str | None, taken: frozenset[str] = frozenset()) -> Upload:
    """Read a zip of one or more feeds.

    `in_place_of`: the feed of the snapshot that a single feed replaces; it takes its id, so that ids of stops and lines
    match. `taken`: ids of feeds that stay; a new feed of such an id gets another one. Raises FileRefused and its
    children as `gtfs.read` does, SettingWrong.
    """
    feeds = gtfs.read(Payload(name, data), config.max_file_bytes())
    ids = tables.feed_ids(feeds)
    if in_place_of and len(feeds) == 1:
        ids = [in_place_of]
    ids = [feed_id if feed_id not in taken else f"{feed_id}-new" for feed_id in ids]
    first, info = feeds[0], feeds[0].tables["feed_info"].frame
    agencies = first.tables["agency"].frame
    return Upload(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        feed_ids=tuple(ids),
        valid_from=min((each.valid_from for each in feeds if each.valid_from), default=None),
        valid_until=max((each.valid_until for each in feeds if each.valid_until), default=None),
        publisher=_first(info, "feed_publisher_name") or _first(agencies, "agency_name"),
        version=_first(info, "feed_version"),
        tables=tables.side_by_side(list(zip(ids, feeds, strict=True)), tables.NEEDED),
        refused=tuple(each for feed in feeds for each in feed.refused),
        warnings=tuple(each for feed in feeds for each in feed.warnings),
    )


def _first(rows: pd.DataFrame, column: str) -> str:
    known = rows[column].dropna() if column in rows else ()
    return str(next(iter(known), ""))
