"""An event day beside its normal days, as devices were measured: cell by cell, and around the venue hour by hour.

Cells of two days differ, for they are larger where few devices are. Within each cell of 1 km either the cell is
compared or its quarters are, whichever way more is compared: with more devices of the event day, on more days. A cell
that a day does not tell is unknown on that day, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from otsu_maps import mesh
from otsu_maps.analysis.common_cells import Cells, around, digits, outermost, quarters, told
from otsu_maps.event_day.normal_days import MOST_DAYS

Hours = Mapping[int, Cells]
"""Hour (0 to 23) to the cells of that hour."""

COLUMNS = ("hour", "event", "usual", "least", "most", "days", "times", "left_out")

STEPS = ("much_less", "less", "same", "more", "much_more")
"""Of an event day against normal days: the same is within their range, much is MUCH times usual or one of MUCH."""

MUCH = 2

_Score = tuple[float, float]
"""How much is compared: the worth of the days times devices of the event day, and times area (4 to the -digits)."""


@dataclass(frozen=True)
class Compared:
    """One cell in one hour of the event day and of normal days. None: unknown.

    `usual` is the median of the `days` normal days that tell the cell, `least` and `most` are the ends of their range.
    `is_summed`: on one of the days it is the sum of finer cells that fill it.
    """

    mesh_code: int
    size_m: int
    event: float | None
    usual: float | None
    least: float | None
    most: float | None
    days: int
    is_summed: bool

    @property
    def change(self) -> float | None:
        """The event day less what is usual; None where either is unknown."""
        return None if self.event is None or self.usual is None else self.event - self.usual

    @property
    def times(self) -> float | None:
        """How many times what is usual; None where either is unknown, or usual is nobody."""
        return self.event / self.usual if self.event is not None and self.usual else None

    @property
    def step(self) -> int | None:
        """The place in STEPS, None where either is unknown."""
        if self.event is None or self.usual is None or self.least is None or self.most is None:
            return None
        if self.least <= self.event <= self.most:
            return STEPS.index("same")
        if self.event > self.most:
            return STEPS.index("much_more" if self.event >= MUCH * self.usual else "more")
        return STEPS.index("much_less" if self.event * MUCH <= self.usual else "less")


def worth(days: Any) -> Any:
    """How much so many normal days tell, 0 for none: each further day adds less, so that a cell full of people is not
    given up for one day more. The numerator makes whole numbers of up to nine days, so that what is as good is equal.
    """
    return 2520 * days / (days + 1)


def compare(event: Cells, normals: Sequence[Cells]) -> list[Compared]:
    """The cells of one hour of the event day beside those of its normal days, by code; they overlap nowhere.

    Cells of the event day that no normal day tells have no `usual`; places that the normal days alone tell stand there
    in the largest of their cells, without `event`.
    """
    mine, usually = told(event), [told(day) for day in normals]
    shown = set(_chosen(mine, usually))
    shown |= {code for code in event if not _is_in(code, shown)}
    above = {larger for code in shown for larger in around(code)}
    elsewhere = (code for day in normals for code in day if code not in above and not _is_in(code, shown))
    shown |= set(outermost(elsewhere))
    codes = sorted(shown)
    sizes = mesh.sizes_m(codes).tolist() if codes else []
    found = []
    for code, size_m in zip(codes, sizes, strict=True):
        known = [day[code] for day in usually if code in day]
        summed = [
            code not in day for day, tell in zip((event, *normals), (mine, *usually), strict=True) if code in tell
        ]
        usual, least, most = (median(known), min(known), max(known)) if known else (None, None, None)
        found.append(Compared(code, size_m, mine.get(code), usual, least, most, len(known), any(summed)))
    return found


def ratio(event: Hours, normals: Sequence[Hours], cells: Sequence[int]) -> pd.DataFrame:
    """Devices around the venue in each hour in which the event day tells some: COLUMNS, by hour.

    `cells`: the mesh codes around the venue (1 km, say); what lies in them counts. Compared are the same cells on all
    the days that count: of all choices of days the one with which most is compared, the `worth` of the days times
    devices of the event day. `event`: devices of that day in the compared cells, or in all it tells where none
    compares. `usual`, `least`, `most`: median and range of the normal days that count (NaN: unknown), `days` how many
    those are. `times`: event for each usual. `left_out`: devices of the event day in cells that do not compare, which
    are in no other column. Raises ValueError for more than MOST_DAYS days.
    """
    if len(normals) > MOST_DAYS:
        raise ValueError(f"{len(normals)} normal days, at most {MOST_DAYS} are compared")
    venue = set(cells)
    rows = []
    for hour in sorted(event):
        mine = _inside(event[hour], venue)
        if not mine:
            continue
        usually = [told(_inside(day.get(hour, {}), venue)) for day in normals]
        compared, of_day = _totals(told(mine), usually)
        all_told = sum(mine.values())
        if not of_day:
            rows.append((hour, all_told, np.nan, np.nan, np.nan, 0, np.nan, 0.0))
            continue
        usual = median(of_day)
        times = compared / usual if usual else np.nan
        rows.append((hour, compared, usual, min(of_day), max(of_day), len(of_day), times, all_told - compared))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"hour": int, "days": int})


def counted(event: Mapping[int, float], normals: Sequence[Mapping[int, float]]) -> pd.DataFrame:
    """The same of one counter, hour to passages of each day: COLUMNS but left_out; an absent hour is unknown."""
    rows = []
    for hour in sorted(event):
        known = [day[hour] for day in normals if hour in day]
        usual = median(known) if known else np.nan
        least, most = (min(known), max(known)) if known else (np.nan, np.nan)
        times = event[hour] / usual if usual else np.nan
        rows.append((hour, event[hour], usual, least, most, len(known), times))
    return pd.DataFrame(rows, columns=list(COLUMNS[:-1])).astype({"hour": int, "days": int})


def _chosen(mine: Mapping[int, float], usually: Sequence[Mapping[int, float]]) -> list[int]:
    """Of the cells that the event day tells those in which most is compared; of two ways as good the finer one."""
    best: dict[int, tuple[_Score, list[int]]] = {}
    nothing: tuple[_Score, list[int]] = ((0.0, 0.0), [])
    lengths = sorted({digits(code) for code in mine} | ({8, 9, 10} if mine else set()), reverse=True)
    of_length: dict[int, set[int]] = {length: set() for length in lengths}
    for code in mine:
        of_length[digits(code)].add(code)
    for length in lengths:
        for code in sorted(of_length[length]):
            parts = [best.get(quarter, nothing) for quarter in quarters(code)]
            score = (sum(each[0] for each, _ in parts), sum(each[1] for each, _ in parts))
            codes = [each for _, part in parts for each in part]
            days = worth(sum(code in day for day in usually))
            whole = (days * mine[code], days * 4.0**-length) if code in mine else (0.0, 0.0)
            best[code] = (whole, [code]) if whole > score else (score, codes)
        for code in of_length[length]:
            larger = next(around(code), None)
            if larger is not None:
                of_length[length - 1].add(larger)
    return [each for code, (_, codes) in best.items() if next(around(code), None) is None for each in codes]


def _totals(mine: Mapping[int, float], usually: Sequence[Mapping[int, float]]) -> tuple[float, list[float]]:
    """Devices of the event day in the cells that compare, and those of each normal day that counts; nearest first."""
    codes = _chosen(mine, usually)
    if not codes or not usually:
        return 0.0, []
    number, m2 = np.array([mine[code] for code in codes]), mesh.sizes_m(codes).astype(float) ** 2
    tells = np.array([[code in day for code in codes] for day in usually])
    days = np.arange(1, 2 ** len(usually))[:, None] >> np.arange(len(usually)) & 1 == 1
    # [choice of days, cell]: whether all of those days tell it.
    common = (days[:, :, None] <= tells[None]).all(axis=1)
    value = worth(days.sum(axis=1))
    best = max(
        range(len(days)),
        key=lambda at: (
            float(value[at] * number[common[at]].sum()),
            float(value[at] * m2[common[at]].sum()),
            tuple(days[at]),
        ),
    )
    kept = [code for code, is_common in zip(codes, common[best], strict=True) if is_common]
    of_day = [sum(day[code] for code in kept) for day, counts in zip(usually, days[best], strict=True) if counts]
    return sum(mine[code] for code in kept), of_day


def _inside(cells: Cells, venue: set[int]) -> dict[int, float]:
    return {code: number for code, number in cells.items() if _is_in(code, venue)}


def _is_in(code: int, cells: set[int]) -> bool:
    """Whether it is one of the cells or lies in one."""
    return code in cells or any(larger in cells for larger in around(code))
