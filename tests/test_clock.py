"""Times are read as people here read them."""

from __future__ import annotations

from datetime import datetime

from otsu_maps import clock


def test_a_near_time_leaves_out_the_day_that_is_today_here() -> None:
    at = datetime(2026, 11, 24, 16, 0)  # 01:00 of the 25th here
    assert clock.shown_near(datetime(2026, 11, 24, 15, 30), at) == "00:30"
    assert clock.shown_near(datetime(2026, 11, 24, 14, 30), at) == "11-24 23:30"
    assert clock.shown_near(datetime(2026, 11, 25, 15, 0), at) == "11-26 00:00"
