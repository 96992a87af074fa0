"""What every reader returns: the rows that can be used, and the rows that cannot with the reason why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from otsu_maps.reasons import Reason, whole_characters


@dataclass(frozen=True)
class Payload:
    """One file in memory: its name (for messages and endings, never trusted as a path) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Refused:
    """A row that cannot be used. `row` counts as the person who opens the file does; `value` is the row as it came."""

    row: int
    reason: Reason
    value: str


@dataclass(frozen=True)
class Reading:
    """A file as a table.

    `frame` has one line a usable entry and always a column `source_row`; a source row may give several entries.
    Every row of the file is in exactly one of: `frame`, `refused`, or `rows_elsewhere` (it speaks of another city).
    """

    format: str
    encoding: str
    rows_in: int
    frame: pd.DataFrame
    refused: tuple[Refused, ...] = ()
    rows_elsewhere: int = 0

    @property
    def rows_out(self) -> int:
        return int(self.frame["source_row"].nunique()) if len(self.frame) else 0


@dataclass
class Rows:
    """Collects entries and refusals while a reader walks a file."""

    columns: tuple[str, ...]
    entries: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def take(self, source_row: int, **entry: Any) -> None:
        self.entries.append({"source_row": source_row, **entry})

    def refuse(self, source_row: int, value: object, code: str, /, **params: Any) -> None:
        self.refused.append(Refused(source_row, Reason(code, params), whole_characters(str(value))[:2000]))

    def reading(self, format: str, encoding: str, rows_in: int, elsewhere: int = 0) -> Reading:
        frame = pd.DataFrame(self.entries, columns=["source_row", *self.columns])
        return Reading(format, encoding, rows_in, frame, tuple(self.refused), elsewhere)
