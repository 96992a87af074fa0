"""How long to wait after failed sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
"""Failures older than this are forgiven."""

OF_NAME, OF_ADDRESS = 5, 20
"""Failures that are free: for one name from one address, and from one address for all names together."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


def wait(failures: Sequence[datetime], free: int, at: datetime) -> timedelta:
    """How long until the next try is heard; zero where it may be made now. The wait doubles with each failure."""
    held = sorted(moment for moment in failures if at - WINDOW < moment <= at)
    if len(held) < free:
        return timedelta(0)
    doubled = FIRST_WAIT * 2 ** min(len(held) - free, 10)
    return max(held[-1] + min(doubled, LONGEST_WAIT) - at, timedelta(0))
