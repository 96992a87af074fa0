"""Tables that people type into: their rows as texts in the address of the page, so that a link shows them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

Rows = tuple[tuple[str, ...], ...]

BETWEEN, CELL = "~", "|"
MOST = 100
"""Rows that an address and a table hold."""


def read(text: str, width: int) -> Rows:
    """Rows of so many cells from an address."""
    cells = [each.split(CELL)[:width] for each in text.split(BETWEEN)[:MOST] if each.strip(CELL)]
    return tuple((*row, *[""] * (width - len(row))) for row in cells)


def written(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as they stand in an address."""
    return BETWEEN.join(CELL.join(row) for row in rows)


def typed(frame: pd.DataFrame) -> Rows:
    """What a table holds, as texts without the two marks of an address; rows without any text are left out."""
    texts = frame.astype(object).where(frame.notna(), "").astype(str)
    texts = texts.map(lambda cell: cell.replace(CELL, " ").replace(BETWEEN, " ").strip())
    return tuple(tuple(row) for row in texts.itertuples(index=False, name=None) if any(row))[:MOST]
