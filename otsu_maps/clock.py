"""The only clock. Times are stored as naive UTC and shown in Asia/Tokyo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """This moment as naive UTC, as the schema stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """The day that it is here."""
    return datetime.now(TOKYO).date()


def stamp(moment: datetime) -> str:
    """A file-name stamp in UTC that sorts by time: `20261124T132322.123456Z`."""
    return moment.strftime("%Y%m%dT%H%M%S.%fZ")


def shown(moment: datetime) -> str:
    """A stored UTC time as people here read it: `2026-11-24 22:23`."""
    return moment.replace(tzinfo=UTC).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")


def shown_near(moment: datetime, at: datetime) -> str:
    """As `shown`, for a time near `at` (both stored UTC): `22:23` on the same day, else `11-24 22:23`."""
    then, now_here = to_shown(moment), to_shown(at)
    return then.strftime("%H:%M" if then.date() == now_here.date() else "%m-%d %H:%M")


def to_shown(moment: datetime) -> datetime:
    """A stored UTC time as the naive time here."""
    return moment.replace(tzinfo=UTC).astimezone(TOKYO).replace(tzinfo=None)


def shown_hour(moment: datetime) -> int:
    """The hour of the day here at a stored UTC time."""
    return moment.replace(tzinfo=UTC).astimezone(TOKYO).hour


def from_shown(moment: datetime) -> datetime:
    """A naive time as people here read it as naive UTC."""
    return moment.replace(tzinfo=TOKYO).astimezone(UTC).replace(tzinfo=None)


def age(moment: datetime, at: datetime | None = None) -> timedelta:
    """How old a stored UTC time is; never negative: a skewed clock must not make data look new from the future."""
    return max((at or now()) - moment, timedelta(0))


def from_timestamp(seconds: float) -> datetime:
    """A POSIX time stamp as naive UTC."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
