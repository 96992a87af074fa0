"""What may leave: figures of at least k devices, chosen so that no sums or differences tell a smaller one.

People present. Each hour of each date is a quadtree of mesh cells (1 km, 500 m, 250 m). A cell is divided into its
quarters where every quarter with anybody in it has k devices; else it is published whole where it has k, and left out
where it has not. Source: M. Gruteser and D. Grunwald, Anonymous usage of location-based services through spatial and
temporal cloaking (MobiSys 2003), for the division; R. Lagonigro, R. Oller and J. C. Martori, AQuadtree: an R package
for quadtree anonymization of point data (The R Journal 13, 2021), for statistics. What is published of an hour are
disjoint cells without any total, so there is nothing to subtract. That a quarter is empty can be learned where its
cell is divided; a number from 1 to k - 1 cannot.

Trips. Of a pair of zones and a day type the hours with k devices are published. Only where no hour has k is there one
figure for all hours, if it has k and leaves each hour any number below k: at most (hours - 1)(k - 1) devices. This is
cell suppression without the marginal totals that would need secondary suppression (L. Willenborg and T. de Waal,
Elements of Statistical Disclosure Control, Springer 2001, chapter 4).

Sums of what is published are made from what is published alone: they tell nothing new. Devices are distinct within a
figure and not additive: a sum over cells or hours counts a device where and when it was. Not covered: what somebody
knows from elsewhere, for instance about k - 1 of the devices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.movement.kernels import CELL_BITS

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HOURS = 24


@dataclass(frozen=True)
class Left:
    """What may be published, and how many figures may not."""

    published: pd.DataFrame
    suppressed: int
    coarsened: int


def cells(counts: pd.DataFrame, k: int) -> Left:
    """Hour, size_m, y, x, devices of all cells of all sizes -> those that are published.

    `suppressed`: largest cells and hours under k; `coarsened`: cells published larger than the finest.
    """
    sizes = sorted(counts["size_m"].unique().tolist(), reverse=True)
    levels = [counts[counts["size_m"] == size] for size in sizes]
    kept: list[pd.DataFrame] = []
    reached = np.ones(len(levels[0]), np.bool_) if levels else np.empty(0, np.bool_)
    suppressed = coarsened = 0
    for at, level in enumerate(levels):
        enough = level["devices"].to_numpy() >= k
        is_divided = np.zeros(len(level), np.bool_)
        if at + 1 < len(levels):
            finer = levels[at + 1]
            key, parent = _key(level, 0), _key(finer, 1)
            order = np.argsort(key, kind="stable")
            mine = order[np.searchsorted(key[order], parent)]
            least = np.full(len(level), np.iinfo(np.int64).max)
            np.minimum.at(least, mine, finer["devices"].to_numpy())
            is_divided = reached & enough & (least >= k)
        shown = reached & enough & ~is_divided
        kept.append(level[shown])
        suppressed += int((reached & ~enough).sum())
        if at + 1 < len(levels):
            coarsened += int(shown.sum())
            reached = is_divided[mine]
    published = pd.concat(kept, ignore_index=True) if kept else counts
    return Left(published.sort_values(["hour", "y", "x", "size_m"], ignore_index=True), suppressed, coarsened)


def _key(level: pd.DataFrame, shift: int) -> Ints:
    """Hour, row and column of the cells that are `shift` sizes larger, in one number."""
    y, x = level["y"].to_numpy(np.int64) >> shift, level["x"].to_numpy(np.int64) >> shift
    key: Ints = (level["hour"].to_numpy(np.int64) << CELL_BITS | y) << CELL_BITS | x
    return key


def pairs(by_hour: pd.DataFrame, by_day: pd.DataFrame, k: int, hours: int = HOURS) -> Left:
    """Day_type, hour, origin, destination, trips, devices of each hour, and of all hours -> those that are published.

    `hour` is NULL where the figure is for all hours. `suppressed`: hours that are not published by themselves nor in a
    figure for all hours; `coarsened`: figures for all hours.
    """
    names = ["day_type", "origin", "destination"]
    shown = by_hour[by_hour["devices"] >= k]
    has_hours = _in(by_day, shown, names)
    may_be = (by_day["devices"] >= k) & (by_day["devices"] <= (hours - 1) * (k - 1)) & ~has_hours
    whole = by_day[may_be].assign(hour=None)
    together = [part.astype({"hour": "Int64"}) for part in (shown, whole) if len(part)]
    columns = ["day_type", "hour", "origin", "destination", "trips", "devices"]
    published = (
        pd.concat(together, ignore_index=True)[columns] if together else by_hour.head(0).astype({"hour": "Int64"})
    )
    hidden = int((~_in(by_hour, whole, names) & (by_hour["devices"] < k)).sum())
    return Left(published.sort_values([*names, "hour"], ignore_index=True), hidden, len(whole))


def _in(frame: pd.DataFrame, other: pd.DataFrame, names: list[str]) -> Flags:
    if not len(frame):
        return np.empty(0, np.bool_)
    known = other[names].drop_duplicates().assign(is_known=True)
    merged = frame[names].merge(known, on=names, how="left", validate="many_to_one")
    return merged["is_known"].notna().to_numpy()
