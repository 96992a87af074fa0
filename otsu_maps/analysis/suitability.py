"""Whether a place is designated for a hazard, and what that makes of the premises that several places share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

YES, NO, UNKNOWN, PART = "yes", "no", "unknown", "part"


def of_place(place: Mapping[str, Any], hazard: str) -> str:
    """`yes`, `no`, or `unknown` where nobody has said so: unknown is never yes."""
    flag = place[f"is_for_{hazard}"]
    return UNKNOWN if flag is None else YES if flag else NO


def of_premises(marks: Iterable[str]) -> str:
    """One mark for premises from the marks of its places.

    `yes` only where every place is; `part` where some are (the gymnasium, not the ground); `no` only where every place
    is known not to be; else `unknown`.
    """
    found = set(marks)
    if found == {YES} or found == {NO}:
        return found.pop()
    return PART if YES in found else UNKNOWN
