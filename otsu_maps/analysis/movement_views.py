"""What the page of movement compares and draws: cells of two times, pairs of zones, people present against room."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from otsu_maps import mesh
from otsu_maps.analysis.common_cells import outermost, told

STEPS = 5
"""Classes of a difference: much less, less, the same, more, much more."""

SAME = STEPS // 2


@dataclass(frozen=True)
class Difference:
    """One cell at two times. None: unknown then. `is_summed`: one side is the sum of finer cells that fill it."""

    mesh_code: int
    size_m: int
    before: float | None
    after: float | None
    is_summed: bool

    @property
    def change(self) -> float | None:
        """After less before; None where either is unknown."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def change_km2(self) -> float | None:
        """The same for each square kilometre of nominal size, so that cells of two sizes compare."""
        return None if self.change is None else per_km2(self.change, self.size_m)


def per_km2(number: Any, size_m: Any) -> Any:
    """A number of a cell (or a column of them) for each square kilometre of its nominal size."""
    return number / (size_m / 1000) ** 2


def differences(before: Mapping[int, float], after: Mapping[int, float]) -> list[Difference]:
    """Cells of two times by code (mesh code -> number, cells of one time do not overlap).

    Where one time has a larger cell and the other finer ones in it, the larger one is compared: with the sum of the
    finer ones if they fill it, else the finer side is unknown. A cell that is absent is unknown, never zero.
    """
    sides, tells = (before, after), (told(before), told(after))
    codes = outermost([*before, *after])
    sizes = mesh.sizes_m(codes).tolist() if codes else []
    found = []
    for code, size_m in zip(codes, sizes, strict=True):
        first, second = (side.get(code) for side in tells)
        is_summed = any(code in tell and code not in side for side, tell in zip(sides, tells, strict=True))
        found.append(Difference(code, size_m, first, second, is_summed))
    return found


def half_way(found: Iterable[Difference]) -> float | None:
    """The size of change (for each km2) that half of the cells with a change reach; None where nothing changed."""
    sizes = [abs(each.change_km2) for each in found if each.change_km2]
    return median(sizes) if sizes else None


def step_of(change: float, edge: float) -> int:
    """The class of a change, 0 (less by at least `edge`) to STEPS - 1 (more by at least `edge`); SAME: none at all."""
    if not change:
        return SAME
    size = 1 + bisect.bisect_right([edge], abs(change))
    return SAME + size if change > 0 else SAME - size


@dataclass(frozen=True)
class Pairs:
    """Pairs of zones as the map and the table show them.

    `drawn`: the largest pairs between two zones with a place on the map, most first. `left`: how many more there are.
    `within`: trips that end in the zone where they begin. `unplaced`: trips from or to a zone without a place.
    """

    drawn: list[Mapping[str, Any]]
    left: int
    within: float
    unplaced: float


def pairs(trips: Iterable[Mapping[str, Any]], placed: Iterable[str], most: int, chosen: str | None = None) -> Pairs:
    """The `most` largest pairs of `trips` (origin, destination, trips), of all or of those of one zone."""
    known = set(placed)
    mine = [row for row in trips if chosen in (None, row["origin"], row["destination"])]
    between = [row for row in mine if row["origin"] != row["destination"]]
    lines = sorted(
        (row for row in between if {row["origin"], row["destination"]} <= known),
        key=lambda row: (-row["trips"], row["origin"], row["destination"]),
    )
    return Pairs(
        drawn=lines[:most],
        left=max(len(lines) - most, 0),
        within=sum(row["trips"] for row in mine if row["origin"] == row["destination"]),
        unplaced=sum(row["trips"] for row in between if not {row["origin"], row["destination"]} <= known),
    )


def into_and_out_of(trips: Iterable[Mapping[str, Any]], zone: str) -> tuple[float, float]:
    """Trips into a zone and out of it, those within it left out."""
    rows = [row for row in trips if row["origin"] != row["destination"]]
    return (
        sum(row["trips"] for row in rows if row["destination"] == zone),
        sum(row["trips"] for row in rows if row["origin"] == zone),
    )


@dataclass(frozen=True)
class Room:
    """People of a district by day and by night against the room of its valid places. None: unknown."""

    district_id: str
    residents: float | None
    night: float | None
    day: float | None
    capacity: int | None
    unknown_premises: int

    def spare(self, time: str) -> float | None:
        """Room that is left (less than zero: people without room) by "day" or by "night"."""
        people = self.day if time == "day" else self.night
        return None if people is None or self.capacity is None else self.capacity - people


def largest_lack(rooms: Sequence[Room]) -> tuple[Room, str] | None:
    """The district and the time ("day" or "night") with most people without room; None where nowhere is a lack."""
    known = [
        (spare, room, time) for room in rooms for time in ("day", "night") if (spare := room.spare(time)) is not None
    ]
    lacks = [each for each in known if each[0] < 0]
    if not lacks:
        return None
    _, room, time = min(lacks, key=lambda each: each[0])
    return room, time
