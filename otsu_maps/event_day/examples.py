"""Worked examples of a city: `geodata/events/<city>.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from otsu_maps import config
from otsu_maps.errors import SettingWrong
from otsu_maps.event_day import typed
from otsu_maps.event_day.exits import Service
from otsu_maps.event_day.plan import Plan

LANGS = ("ja", "en")


@dataclass(frozen=True)
class Example:
    """A plan with its typed services and where its numbers come from, by language. `day_type`: transit.services."""

    id: str
    names: Mapping[str, str]
    day_type: str
    plan: Plan
    services: tuple[Service, ...]
    notes: Mapping[str, tuple[str, ...]]


def examples(slug: str) -> tuple[Example, ...]:
    """Those of a city; none where it has no file. Raises SettingWrong for a file that cannot be used."""
    path = config.GEODATA / "events" / f"{slug}.toml"
    if not path.is_file():
        return ()
    try:
        return tuple(_example(row) for row in tomllib.loads(path.read_text("utf-8"))["example"])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingWrong("city_file_wrong", file=path.name, error=str(error)) from error


def _example(row: Mapping[str, Any]) -> Example:
    names = {lang: str(row[f"name_{lang}"]) for lang in LANGS}
    known = {each.name for each in fields(Plan)} - {"name", "start_s", "end_s"}
    given: dict[str, Any] = {f"{name}_s": _seconds(row[name]) for name in ("start", "end")}
    given |= {name: row[name] for name in known & set(row)}
    plan = Plan(name=names["ja"], **given)
    texts = [[*(str(cell) for cell in cells[:-1]), "1" if cells[-1] else ""] for cells in row["services"]]
    services, refused = typed.services(texts)
    if refused:
        raise ValueError(refused[0].reason.sentence("en"))
    notes = {lang: tuple(row[f"notes_{lang}"]) for lang in LANGS}
    return Example(str(row["id"]), names, str(row["day_type"]), plan, services, notes)


def _seconds(text: str) -> int:
    found = typed.seconds(text)
    if found is None:
        raise ValueError(f"{text} is no time of a day")
    return found
