"""What a file is and what of it would load: the readers and the contract of a build, with no city and no build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from etl import contract
from otsu_maps import config
from otsu_maps.clock import shown
from otsu_maps.errors import OtsuMapsError, SourceMissing
from otsu_maps.formats import jma_xml
from otsu_maps.formats.jma_codes import INTENSITIES, QUAKE_KINDS
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

    def as_json(self) -> dict[str, Any]:
        """The finding as values of JSON."""
        about: dict[str, Any] = {"format": self.format}
        if self.format == jma_xml.FORMAT and self.why:  # a telegram that cannot be used: which one, and why
            about |= {"kind": self.why.params.get("kind"), "reason": self.why.sentence()}
        return about | {
            "encoding": self.encoding,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "quarantined": [
                {"file": file, "row": row.row, "reason": row.reason.sentence()} for file, row in self.quarantined
            ],
            "summary": self.summary(),
        }


@dataclass(frozen=True)
class Telegrams(Finding):
    """A file of one telegram or several. `unread` are the reasons why others in the same zip were not read."""

    telegrams: tuple[jma_xml.Telegram, ...] = ()
    unread: tuple[Reason, ...] = ()

    @property
    def exit_code(self) -> int:
        return LOOK if self.unread or any(_unknown(each) for each in self.telegrams) else GOOD

    def summary(self, lang: str | None = None) -> str:
        sentences = [
            *(_told(each, lang) for each in self.telegrams),
            *(reason.sentence(lang) for reason in self.unread),
        ]
        return "\n".join(sentences)

    def as_json(self) -> dict[str, Any]:
        """One telegram as it is; several as a list. `unknown_codes` are those whose level nobody knows."""
        read = [jma_xml.as_json(each) | {"unknown_codes": _unknown(each)} for each in self.telegrams]
        if len(read) == 1 and not self.unread:
            return read[0] | {"summary": self.summary()}
        unread = [reason.sentence() for reason in self.unread]
        return {"format": self.format, "telegrams": read, "unread": unread, "summary": self.summary()}


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
        return _refused(found.refusal.reason, found.format)
    if found.telegrams:
        unread = tuple(error.reason for error in found.unread)
        return Telegrams(
            found.format, "", len(found.telegrams), len(found.telegrams), (), None, found.telegrams, unread
        )
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


def _refused(why: Reason, format: str = UNKNOWN) -> Finding:
    return Finding(format, "", 0, 0, (), why)


def _unknown(telegram: jma_xml.Telegram) -> list[str]:
    return sorted({f"{each.code} {each.name}" for each in telegram.warnings if not each.is_known})


def _told(telegram: jma_xml.Telegram, lang: str | None) -> str:
    """What a telegram says, in a few sentences; a drill or a test says so first."""
    warned = [area for area in telegram.areas if area.warnings]
    numbers: dict[str, Any] = {"areas": len(telegram.areas), "warned": len(warned)}
    about = {
        "title": telegram.title,
        "kind": telegram.kind,
        "info_type": telegram.info_type,
        "office": telegram.office,
        "at": shown(telegram.reported_at),
    }
    sentences = [say("inspect.telegram", lang, **about)]
    if telegram.status == jma_xml.DRILL:
        sentences.insert(0, say("inspect.telegram_drill", lang))
    elif telegram.status == jma_xml.TEST:
        sentences.insert(0, say("inspect.telegram_test", lang))
    if telegram.info_type == jma_xml.CANCELLED:
        sentences.append(say("inspect.telegram_cancels", lang))
    elif not telegram.areas:
        sentences.append(say("inspect.telegram_no_areas", lang))
    elif telegram.kind in QUAKE_KINDS:
        sentences.append(say("inspect.telegram_quake", lang, name=_strongest(warned), **numbers))
    elif telegram.level is None:
        sentences.append(say("inspect.telegram_no_level", lang, **numbers))
    else:
        sentences.append(say("inspect.telegram_level", lang, level=telegram.level, **numbers))
    if unknown := _unknown(telegram):
        sentences.append(say("inspect.telegram_unknown", lang, codes="、".join(unknown)))
    return " ".join(sentences)


def _strongest(areas: Sequence[jma_xml.Area]) -> str:
    degrees = {each.code for area in areas for each in area.warnings}
    return next((name for code, name in reversed(list(INTENSITIES.items())) if code in degrees), "")


def _place(row: tuple[str, Refused]) -> tuple[str, int]:
    return row[0], row[1].row
