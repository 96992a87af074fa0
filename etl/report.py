"""The state of the data in a form for scripts: one record a source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from otsu_maps import clock
from otsu_maps.analysis.age import is_stale


def status(records: list[dict[str, Any]], at: datetime | None = None) -> list[dict[str, Any]]:
    """From rows of table `source`: id, rows_in, rows_out, quarantined, built_at (ISO, UTC), age_s, is_stale, licence,
    attribution, state, rows_elsewhere, problem_code.

    `age_s` counts from the moment when the data was last known to be current; None where nothing was loaded.
    """
    at = at or clock.now()
    return [_record(record, at) for record in records]


def _record(record: dict[str, Any], at: datetime) -> dict[str, Any]:
    age: timedelta | None = clock.age(record["data_at"], at) if record["data_at"] else None
    return {
        "id": record["source_id"],
        "rows_in": record["rows_in"],
        "rows_out": record["rows_out"],
        "quarantined": record["quarantined"],
        "built_at": record["built_at"].isoformat() + "Z" if record["built_at"] else None,
        "age_s": int(age.total_seconds()) if age is not None else None,
        "is_stale": is_stale(record, at),
        "licence": record["licence"],
        "attribution": record["attribution"],
        "state": record["state"],
        "rows_elsewhere": record["rows_elsewhere"],
        "problem_code": record["problem_code"],
    }
