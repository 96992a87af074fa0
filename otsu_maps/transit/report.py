"""The report of one feed: what it holds, for when, what could not be read, and which rules it breaks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from otsu_maps.formats import gtfs
from otsu_maps.formats.gtfs_tables import TABLES
from otsu_maps.formats.reading import Refused
from otsu_maps.transit import tables
from otsu_maps.transit.findings import NOTICE, Finding
from otsu_maps.transit.rules import findings

HARMLESS = frozenset({"gtfs_file_unused", "gtfs_columns_unused", "gtfs_file_blank"})
"""What the reader says of files and columns that nobody needs."""


@dataclass(frozen=True)
class Report:
    """One feed. `counts`: rows of each of its files, refused ones among them; `box`: west, south, east, north of its
    stops in degrees; `calendar`: first and last day of calendar.txt; `left_out`: trips by why they carry nobody."""

    feed_id: str
    name: str
    files: tuple[str, ...]
    has_bom: bool
    counts: dict[str, int]
    box: tuple[float, float, float, float] | None
    calendar: tuple[date, date] | None
    valid_from: date | None
    valid_until: date | None
    services: int
    left_out: dict[str, int]
    refused: tuple[Refused, ...]
    warnings: tuple[Refused, ...]
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nobody needs to look at it: no row refused or in doubt, no rule broken but for notices."""
        doubts = [each for each in self.warnings if each.reason.code not in HARMLESS]
        return not self.refused and not doubts and all(each.severity == NOTICE for each in self.findings)

    def as_json(self, lang: str | None = None) -> dict[str, Any]:
        """As `otsu-maps transit report --json` gives it."""
        days = self.calendar or (None, None)
        return {
            "feed_id": self.feed_id,
            "name": self.name,
            "files": list(self.files),
            "has_bom": self.has_bom,
            "counts": self.counts,
            "box": self.box,
            "calendar": {"first": days[0], "last": days[1]},
            "valid": {"from": self.valid_from, "until": self.valid_until},
            "services": self.services,
            "left_out": self.left_out,
            "is_clean": self.is_clean,
            "refused": [_row(each, lang) for each in self.refused],
            "warnings": [_row(each, lang) for each in self.warnings],
            "findings": [
                {
                    "code": each.code,
                    "severity": each.severity,
                    "count": each.count,
                    "sentence": each.sentence(lang),
                    "examples": [vars(example) for example in each.examples],
                }
                for each in self.findings
            ],
        }


def report(feed: gtfs.Feed, today: date) -> Report:
    """What is to be said of a feed on a day."""
    made = tables.of_feeds([feed])
    [feed_id] = tables.feed_ids([feed])
    weeks, stops = feed.tables["calendar"].frame, feed.tables["stops"].frame
    lon, lat = stops["stop_lon"].dropna(), stops["stop_lat"].dropna()
    return Report(
        feed_id=feed_id,
        name=feed.name,
        files=feed.files,
        has_bom=any(reading.encoding == "utf-8-sig" for reading in feed.tables.values()),
        counts={spec.name: feed.tables[spec.name].rows_in for spec in TABLES if spec.file in feed.files},
        box=(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())) if len(lon) else None,
        calendar=(min(weeks["start_date"]), max(weeks["end_date"])) if len(weeks) else None,
        valid_from=feed.valid_from,
        valid_until=feed.valid_until,
        services=len(made.services.ids),
        left_out=dict(sorted(Counter(map(str, made.left_out["reason"])).items())),
        refused=feed.refused,
        warnings=feed.warnings,
        findings=tuple(findings(feed, today)),
    )


def _row(refused: Refused, lang: str | None) -> dict[str, Any]:
    params = refused.reason.params
    return {
        "code": refused.reason.code,
        "file": params.get("file"),
        "row": refused.row,
        "column": params.get("column"),
        "value": params.get("value"),
        "sentence": refused.reason.sentence(lang),
    }
