"""Events that draw people."""

from __future__ import annotations

from datetime import date
from typing import Any

from otsu_maps.db.reader import Snapshot


def months(snapshot: Snapshot) -> list[date]:
    """First days of the months in which a dated event takes place, in order."""
    found = snapshot.rows(
        """
        SELECT DISTINCT unnest(generate_series(date_trunc('month', starts_on), ends_on, INTERVAL 1 MONTH))::DATE AS m
        FROM event WHERE starts_on IS NOT NULL AND ends_on < starts_on + INTERVAL 3 YEAR ORDER BY 1
        """
    )
    return [row["m"] for row in found]


def between(snapshot: Snapshot, first: date, last: date) -> list[dict[str, Any]]:
    """Events that take place on a day from `first` to `last`: rows of table `event` by day and hour."""
    return snapshot.rows(
        "SELECT * FROM event WHERE starts_on <= ? AND ends_on >= ? ORDER BY starts_on, start_time, name_ja",
        [last, first],
    )


def placed(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Events with a first day and a position: event_id, name_ja, name_en, starts_on, ends_on, recurrence_text_ja,
    start_time, end_time, lon, lat; in order."""
    return snapshot.rows(
        """
        SELECT event_id, name_ja, name_en, starts_on, ends_on, recurrence_text_ja, start_time, end_time, lon, lat
        FROM event
        WHERE starts_on IS NOT NULL AND lon IS NOT NULL ORDER BY starts_on, start_time, event_id
        """
    )


def undated(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Events whose list gives no full date."""
    return snapshot.rows("SELECT * FROM event WHERE starts_on IS NULL ORDER BY source_row")
