"""Old data says that it is old."""

from __future__ import annotations

from datetime import datetime, timedelta

from otsu_maps.analysis.age import is_stale

NOW = datetime(2026, 11, 24, 12)
SOURCE = {"state": "fresh", "data_at": NOW - timedelta(days=10), "stale_after_days": 10}


def test_data_is_fresh_up_to_its_limit_and_old_after_it() -> None:
    assert is_stale(SOURCE, NOW) is False
    assert is_stale(SOURCE, NOW + timedelta(seconds=1)) is True


def test_rows_kept_from_an_earlier_build_are_old_whatever_their_age() -> None:
    assert is_stale(SOURCE | {"state": "kept", "data_at": NOW}, NOW) is True


def test_what_was_never_loaded_is_neither() -> None:
    assert is_stale(SOURCE | {"state": "absent", "data_at": None}, NOW) is None


def test_a_clock_that_runs_behind_does_not_make_data_old() -> None:
    assert is_stale(SOURCE | {"data_at": NOW + timedelta(hours=1)}, NOW) is False
