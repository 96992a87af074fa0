"""What an engine gives, whichever it is: sums without any device in them, and what became of the pings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.movement.kernels import CELL_BITS, EMPTY, LEVEL_BITS, NUMBER_BITS
from otsu_maps.movement.pings import Tally

Ints = npt.NDArray[np.int64]


@dataclass
class Passed:
    """How much of the good pings was kept, and what was found in it."""

    duplicates: int = 0
    too_fast: int = 0
    kept: int = 0
    devices: int = 0
    stays: int = 0
    silent: int = 0
    trips: int = 0

    def add(self, other: Passed) -> None:
        """Itself with what another found."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Sums:
    """Not for publication: `privacy` decides what of it may leave.

    `cells`: hour (since 1970, Tokyo), size_m, y, x, devices. `by_hour`: day_type, hour, origin, destination, trips,
    devices. `by_day`: the same without hour, over all hours. In the order of their keys.
    """

    cells: pd.DataFrame
    by_hour: pd.DataFrame
    by_day: pd.DataFrame
    tally: Tally = field(default_factory=Tally)
    passed: Passed = field(default_factory=Passed)


def in_order(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Whole numbers, by key: equal for equal sums whichever engine made them."""
    keys = [name for name in columns if name not in ("trips", "devices")]
    return frame[list(columns)].astype("int64").sort_values(keys, ignore_index=True)


def of_tables(tables: list[Ints], fine_m: int) -> pd.DataFrame:
    """Tables of the kernel `counted` added up: no device is in two of them."""
    keys = [slots[slots[:, 0] != EMPTY] for slots in tables]
    both = np.concatenate(keys) if keys else np.empty((0, 2), np.int64)
    key, which = np.unique(both[:, 0], return_inverse=True)
    devices = np.bincount(which, both[:, 1] >> NUMBER_BITS, len(key)).astype(np.int64)
    level, rest = key & ((1 << LEVEL_BITS) - 1), key >> LEVEL_BITS
    low = (1 << CELL_BITS) - 1
    columns = {"hour": rest >> 2 * CELL_BITS, "size_m": fine_m << level, "y": rest >> CELL_BITS & low, "x": rest & low}
    return pd.DataFrame({**columns, "devices": devices})
