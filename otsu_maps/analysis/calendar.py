"""The weeks of a month, and what takes place on each of their days."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

SUNDAY_FIRST = calendar.Calendar(firstweekday=6)


def weeks(month: date) -> list[list[date]]:
    """Whole weeks that cover a month, Sunday first, with the days of its neighbours."""
    return SUNDAY_FIRST.monthdatescalendar(month.year, month.month)


def by_day(events: Iterable[Mapping[str, Any]], days: Iterable[date]) -> dict[date, list[Mapping[str, Any]]]:
    """The events of each day: those whose `starts_on` to `ends_on` hold it.

    An event that recurs by a pattern in words is on no day: which days it means is not known.
    """
    listed = [event for event in events if not event["recurrence_text_ja"]]
    return {day: [event for event in listed if event["starts_on"] <= day <= event["ends_on"]] for day in days}
