"""What a file is and what of it would load: the readers and the contract of a build, with no city and no build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from etl import contract
from otsu_maps import config
from otsu_maps.errors import OtsuMapsError, SourceMissing
from otsu_maps.formats.reading import Payload, Refused
from otsu_maps.formats.recognise import UNKNOWN, recognise
from otsu_maps.i18n import say
from otsu_maps.reasons import Reason

GOOD, LOOK, REFUSED = 0, 1, 2
"""Exit codes: it loads; it loads with rows in quarantine; it is refused."""

KEYS = {
    "gsi_sites": ("upstream_id",),
    "gsi_shelters": ("upstream_id",),
    "evacuation_space": ("entry_kind", "upstream_id"),
    "city_facts": ("common_id",),
}
"""Columns that no two rows of a format may share."""


@dataclass(frozen=True)
class Finding:
    """`quarantined` are rows by file; `why` is the refusal of a file that can't be used at all."""

    format: str
    encoding: str
    rows_in: int
    rows_out: int
    quarantined: tuple[tuple[str, Refused], ...]
    why: Reason | None = None

    @property
    def exit_code(self) -> int:
        if self.why or not self.rows_out:
            return REFUSED
        return LOOK if self.quarantined else GOOD

    def summary(self, lang: str | None = None) -> str:
        """What it is, how much of it loads, and what to do next, in a few sentences."""
        if self.why:
            return f"{say('inspect.refused', lang)} {self.why.sentence(lang)}"
        name = say(f"format.{self.format}", lang)
        numbers = {"rows_in": self.rows_in, "rows_out": self.rows_out, "quarantined": len(self.quarantined)}
        verdict = ("inspect.good", "inspect.look", "inspect.none")[self.exit_code]
        return say("inspect.is", lang, name=name) + " " + say(verdict, lang, **numbers)


def inspect(path: Path) -> Finding:
    """Look into a file. Raises SourceMissing where it is not there; every other trouble is part of the finding."""
    if not path.is_file():
        raise SourceMissing("file_missing", file=str(path))
    limit = config.max_file_bytes()
    try:
        if path.stat().st_size > limit:
            return _refused(Reason("file_too_large", {"file": path.name, "max_bytes": limit}))
        found = recognise(Payload(path.name, path.read_bytes()), limit)
    except OtsuMapsError as error:
        return _refused(error.reason)
    if found.refusal:
        return _refused(found.refusal.reason)
    refused: list[tuple[str, Refused]] = []
    rows_out = 0
    for file, reading in found.readings:
        kept, broken = contract.apply(reading.frame.assign(file=file), *_rules(found.format, reading.frame))
        refused += [(file, row) for row in reading.refused] + broken
        rows_out += int(kept["source_row"].nunique())
    rows_in = sum(reading.rows_in for _, reading in found.readings)
    return Finding(found.format, found.encoding, rows_in, rows_out, tuple(sorted(refused, key=_place)))


def _rules(format: str, frame: pd.DataFrame) -> list[contract.Rule]:
    """What can be asked of rows without knowing their city."""
    rules: list[contract.Rule] = []
    if {"lon", "lat"} <= set(frame.columns) and frame["lon"].notna().all() and frame["lat"].notna().all():
        rules.append(contract.real_position)
    if format in KEYS:
        rules.append(contract.unique(*KEYS[format]))
    return rules


def _refused(why: Reason) -> Finding:
    return Finding(UNKNOWN, "", 0, 0, (), why)


def _place(row: tuple[str, Refused]) -> tuple[str, int]:
    return row[0], row[1].row
