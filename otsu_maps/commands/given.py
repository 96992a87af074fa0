"""What commands share: which incident is meant, a time as it was typed, JSON on standard output."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from otsu_maps.errors import EventRefused, SourceMissing
from otsu_maps.ledger import read
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import open_ledger
from otsu_maps.reasons import whole_characters


def incident_of(given: str | None) -> str:
    """The incident that was named, else the only open one."""
    if given:
        return given
    open_ones = [each["incident_id"] for each in read.incidents(open_ledger()) if each["is_open"]]
    if len(open_ones) != 1:
        raise EventRefused("event_which_incident", count=len(open_ones), known=", ".join(open_ones))
    return str(open_ones[0])


def time_of(text: str) -> datetime:
    """A time with its offset as naive UTC. Raises EventRefused."""
    try:
        return read_time(text)
    except ValueError as error:
        raise EventRefused("event_bad_time", value=text) from error


def file_bytes(file: str) -> bytes:
    """What a file that was named holds. Raises SourceMissing."""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise SourceMissing("file_missing", file=file) from error


def print_json(value: Any) -> None:
    """A value as JSON, half characters replaced."""
    print(whole_characters(json.dumps(value, ensure_ascii=False, indent=1, default=str)))
