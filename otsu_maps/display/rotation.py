"""Whose turn it is, from the clock alone: every screen of a city shows the same, and nothing has to be remembered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

SLOT_S = 6
"""So long one picture stands."""

MOST_GROUPS = 3
"""After so many slots the first language is back, within 20 seconds. More languages share a picture."""

_START = datetime(2020, 1, 1)  # noqa: DTZ001  # stored times are naive UTC


def groups(langs: Sequence[str]) -> list[tuple[str, ...]]:
    """The languages of each slot, in their order."""
    size = math.ceil(len(langs) / MOST_GROUPS)
    return [tuple(langs[first : first + size]) for first in range(0, len(langs), size)]


def turn(at: datetime, langs: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Number of the view, and the languages that it speaks now: a view stands until each had its turn."""
    slot = int((at - _START).total_seconds() // SLOT_S)
    shared = groups(langs)
    return slot // len(shared), shared[slot % len(shared)]
