"""People as rows: one a district, one for what lies in none, one for the city."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.analysis.overlay import Floats, Ints
from otsu_maps.analysis.residents import ELSEWHERE, Residents

DISTRICT, NO_DISTRICT, CITY = "district", "no_district", "city"
"""What a row speaks of."""

NAMES = ("district_id", "name_ja", "name_en")


def labels(residents: Residents) -> dict[str, Any]:
    """Columns `row` and NAMES: each district, then no district, then the city."""
    texts = {name: [*residents.districts[name], None, None] for name in NAMES}
    named = {name: pd.Series(column, dtype=object) for name, column in texts.items()}
    return {"row": [DISTRICT] * len(residents.districts) + [NO_DISTRICT, CITY], **named}


def people(residents: Residents, counted: str, part: Floats) -> Floats:
    """Known people by row where each piece has `part` of its cell; NaN where no cell is known."""
    number = residents.counts[counted][residents.cell]
    known = ~np.isnan(number)
    row, rows = _rows(residents)[known], len(residents.districts) + 1
    sums = np.bincount(row, number[known] * part[known], rows)
    found = np.where(np.bincount(row, minlength=rows) > 0, sums, np.nan)
    return np.append(found, sums.sum() if known.any() else np.nan)


def cells(residents: Residents, which: npt.NDArray[np.bool_]) -> Ints:
    """Cells with such a piece, by row."""
    by_row = np.bincount(_rows(residents)[which], minlength=len(residents.districts) + 1)
    return np.append(by_row, len(np.unique(residents.cell[which])))


def _rows(residents: Residents) -> Ints:
    return np.where(residents.district == ELSEWHERE, len(residents.districts), residents.district)
