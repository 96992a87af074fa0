"""A timetable that does not speak for today is told apart, and an unknown kind of line stays unknown."""

from __future__ import annotations

from datetime import date

import pytest

from otsu_maps.analysis import transit

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [
        (date(2026, 4, 1), date(2027, 3, 31), "valid"),
        (DAY, DAY, "valid"),
        (date(2025, 4, 1), date(2026, 11, 23), "expired"),
        (date(2026, 11, 25), date(2027, 3, 31), "not_yet"),
        (None, date(2026, 11, 23), "expired"),
        (None, DAY, "valid"),
        (None, None, "unknown"),
    ],
)
def test_the_last_day_still_counts_and_the_next_does_not(first: date | None, last: date | None, state: str) -> None:
    assert transit.validity(first, last, DAY) == state


@pytest.mark.parametrize(
    ("route_type", "kind"),
    [(0, "tram"), (3, "bus"), (4, "ferry"), (700, "bus"), (109, "rail"), (900, "tram"), (99, None), (1700, None)],
)
def test_kinds_of_lines_basic_and_extended(route_type: int, kind: str | None) -> None:
    assert transit.kind(route_type) == kind
