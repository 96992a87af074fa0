"""When data counts as old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from otsu_maps import clock


def is_stale(source: Mapping[str, Any], at: datetime) -> bool | None:
    """Whether a source (a row of table `source`) must be shown as old at `at`; None where nothing was loaded.

    Old: its last reading failed and earlier rows stand in (`kept`), or `data_at` is over `stale_after_days` ago.
    """
    if source["state"] == "absent" or source["data_at"] is None:
        return None
    limit = timedelta(days=source["stale_after_days"])
    return source["state"] == "kept" or clock.age(source["data_at"], at) > limit
