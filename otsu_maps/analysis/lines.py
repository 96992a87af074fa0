"""What is known of one shelter over time, as arrays, and how many people were there by it.

One number of people: check-ins, moved onto the newest head-count that is not old; head-counts alone where nobody checks
in. A board shows a head-count until it is old; here people who came since are on top, for a forecast needs the flow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
NONE: Numbers = np.empty((0, 2))
NO_MOVES: Numbers = np.empty((0, 3))


def minute(moment: datetime) -> float:
    """Minutes since 1970 of a naive UTC time."""
    return moment.replace(tzinfo=UTC).timestamp() / 60


def moment(minutes: float) -> datetime:
    """The naive UTC time of a minute since 1970, to the second."""
    return datetime.fromtimestamp(round(minutes * 60), UTC).replace(tzinfo=None)


@dataclass
class Line:
    """One shelter, rows sorted by minute. `moves`: minute, minute known, people who came (+) or went (-); `counts`:
    minute, people; `openings`: minute, 1 opened or 0 closed or paused; `rooms`: minute, people it takes since (NaN:
    unknown)."""

    moves: Numbers = field(default_factory=lambda: NO_MOVES)
    counts: Numbers = field(default_factory=lambda: NONE)
    openings: Numbers = field(default_factory=lambda: NONE)
    rooms: Numbers = field(default_factory=lambda: NONE)

    @property
    def is_open(self) -> bool:
        return bool(len(self.openings) and self.openings[-1, 1])

    def closes_after(self, minutes: float) -> float:
        """The minute in which it was closed or paused next, inf: never."""
        later = self.openings[(self.openings[:, 0] > minutes) & (self.openings[:, 1] == 0), 0]
        return float(later[0]) if len(later) else math.inf


def people_at(line: Line, at_min: float, count_lasts_min: float) -> float:
    """People there by what the line knows."""
    minutes, people = people_line(line, count_lasts_min)
    position = int(np.searchsorted(minutes, at_min, "right")) - 1
    return float(people[position]) if position >= 0 else 0.0


def people_line(line: Line, count_lasts_min: float) -> tuple[Numbers, Numbers]:
    """Minutes and people from each of them on."""
    counted_at, counted = line.counts[:, 0], line.counts[:, 1]
    if not len(line.moves):
        return counted_at, counted
    moved_at, inside = line.moves[:, 0], np.append(0.0, line.moves[:, 2].cumsum())
    minutes = np.unique(np.concatenate([moved_at, counted_at, counted_at + count_lasts_min]))
    people = inside[np.searchsorted(moved_at, minutes, "right")]
    if not len(counted):
        return minutes, people
    newest = np.searchsorted(counted_at, minutes, "right") - 1
    then = counted[newest] - inside[np.searchsorted(moved_at, counted_at[newest], "right")]
    is_anchored = (newest >= 0) & (minutes - counted_at[newest] < count_lasts_min)
    return minutes, np.where(is_anchored, people + then, people)


def reached_at(line: Line, persons: float, after_min: float, count_lasts_min: float) -> float:
    """The minute from `after_min` on in which so many people are there, inf: never.

    Between two head-counts people come evenly.
    """
    minutes, people = people_line(line, count_lasts_min)
    now = int(np.searchsorted(minutes, after_min, "right"))
    if now and people[now - 1] >= persons:
        return after_min
    later = np.nonzero(people[now:] >= persons)[0]
    if not len(later):
        return math.inf
    there = now + int(later[0])
    if len(line.moves) or not there:
        return float(minutes[there])
    part = (persons - people[there - 1]) / (people[there] - people[there - 1])
    return max(after_min, float(minutes[there - 1] + part * (minutes[there] - minutes[there - 1])))
