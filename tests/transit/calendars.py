"""Days of service for the small timetables of tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from timetables import Trip

from otsu_maps.transit.timetable import Timetable

DAY = date(2026, 11, 27)


def on_days(plan: Timetable, days: Iterable[date] = (DAY,)) -> Timetable:
    """All its trips run on these days."""
    held = list(days)
    return _exceptions(plan, [(number, day) for number in range(len(plan.trips)) for day in held])


def on_own_days(plan: Timetable, trips: Sequence[Trip]) -> Timetable:
    """Each trip runs the day before DAY, on it, and the day after, as its `days` say."""
    days = [DAY + timedelta(shift) for shift in (-1, 0, 1)]
    pairs = [(number, days[at]) for number, trip in enumerate(trips) for at in range(3) if trip.days[at]]
    return _exceptions(plan, pairs)


def _exceptions(plan: Timetable, pairs: Sequence[tuple[int, date]]) -> Timetable:
    frame = pd.DataFrame(
        {
            "service": np.array([number for number, _ in pairs], np.int64),
            "on": np.array([day for _, day in pairs], "datetime64[D]"),
            "is_added": True,
        }
    )
    return replace(plan, services=replace(plan.services, exceptions=frame))
