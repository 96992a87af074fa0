"""Who has a place to go to within walking distance: residents by district, measured in a straight line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from otsu_maps.analysis.nearest import metres_to_nearest
from otsu_maps.analysis.residents import ELSEWHERE, Residents


@dataclass(frozen=True)
class Reach:
    """Residents of a district, and those of them who are farther than the reach from every place."""

    residents: int
    far: int

    @property
    def share_far(self) -> float:
        return self.far / self.residents if self.residents else 0.0


def reach(people: Residents, places: Sequence[tuple[float, float]], reach_m: float) -> dict[str, Reach]:
    """By district id; a district without a known resident is not in it. `places`: lon, lat.

    A piece of a census cell lies where its middle lies; people of cells whose number is unknown are not counted.
    """
    counts = people.counts["population_persons"][people.cell] * people.share
    is_far = metres_to_nearest(people, places) > reach_m
    is_known = (people.district != ELSEWHERE) & ~np.isnan(counts)
    district, counts, is_far = people.district[is_known], counts[is_known], is_far[is_known]
    number = len(people.districts)
    total, far = (np.bincount(district, counts * each, number) for each in (1, is_far))
    ids = people.districts["district_id"]
    return {
        str(key): Reach(round(whole), round(away))
        for key, whole, away in zip(ids, total, far, strict=True)
        if round(whole)
    }
