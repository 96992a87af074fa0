"""Occupancy of shelters in past incidents, by hour: all that a snapshot takes from the ledger."""

from __future__ import annotations

import pandas as pd

from etl.derive import Context
from otsu_maps.ledger.hourly import hourly
from otsu_maps.ledger.store import is_there, open_ledger


def by_hour(context: Context) -> dict[str, pd.DataFrame]:
    """occupancy_hour, small numbers suppressed; empty where nothing was ever recorded."""
    return {"occupancy_hour": pd.DataFrame(hourly(open_ledger())) if is_there() else pd.DataFrame()}
