"""The registry of sources: one card each in geodata/sources.toml, and a TOML that says where raw files lie."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from otsu_maps.config import GEODATA, City
from otsu_maps.errors import SettingWrong, SourceMissing

REGISTRY = GEODATA / "sources.toml"
DEMO = GEODATA / "demo" / "sources.toml"


@dataclass(frozen=True)
class Card:
    """One source: who publishes it, under which licence, where it lies, and when it counts as old.

    `urls` are alternatives, best first, with the city filled in; where `is_many`, each is a file of its own. `paths`
    are local files that replace the download. `files` are the names under which its publisher offers it on `page_url`,
    for whoever has to fetch it by hand. `accept_city_codes` lists wrong city codes that a maintainer knows of and
    accepts. `hazard` and `scale` say what a map of hazards shows where its file does not; `covers_city` that it speaks
    for the whole city, so that outside its zones the hazard is absent rather than unknown.
    """

    id: str
    title_ja: str
    title_en: str
    publisher_ja: str
    publisher_en: str
    licence: str
    attribution: str
    stale_after_days: int
    page_url: str = ""
    urls: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    is_demo: bool = False
    is_many: bool = False
    kind_ja: str = ""
    hazard: str = ""
    scale: str = ""
    covers_city: bool = False
    accept_city_codes: tuple[str, ...] = field(default=())


def registry(city: City, overlay: Path | None = None) -> dict[str, Card]:
    """Every card by id; `overlay` is a TOML with a table a source: `paths` relative to that file, or fields of a card.

    Raises SettingWrong for an unknown source or field, SourceMissing for a path that is not there.
    """
    cards = {source_id: _card(source_id, table, city) for source_id, table in _tables(REGISTRY).items()}
    if overlay is None:
        return cards
    for source_id, table in _tables(overlay).items():
        if source_id not in cards:
            raise SettingWrong("source_unknown", source=source_id, file=overlay.name, known=", ".join(sorted(cards)))
        paths = _paths(source_id, table, overlay)
        for path in paths:
            if not path.is_file():
                raise SourceMissing("source_path_missing", source=source_id, path=str(path), file=overlay.name)
        cards[source_id] = replace(cards[source_id], paths=paths, **_values(source_id, table, city, overlay))
    return cards


def _paths(source_id: str, table: Any, overlay: Path) -> tuple[Path, ...]:
    named = table.pop("paths", []) if isinstance(table, dict) else None
    if not isinstance(named, list):
        raise SettingWrong("sources_file_wrong", file=overlay.name, error=f'[{source_id}] paths = ["..."]')
    return tuple(overlay.parent / str(path) for path in named)


def _card(source_id: str, table: dict[str, Any], city: City) -> Card:
    try:
        return Card(id=source_id, **_values(source_id, table, city, REGISTRY))
    except TypeError as error:
        raise SettingWrong("source_card_wrong", source=source_id, file=REGISTRY.name, error=str(error)) from error


def _values(source_id: str, table: dict[str, Any], city: City, file: Path) -> dict[str, Any]:
    known = {f.name for f in fields(Card)} - {"id", "paths"}
    for name in table:
        if name not in known:
            raise SettingWrong("source_field_unknown", source=source_id, field=name, file=file.name)
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    filled = {"code5": city.code5, "code6": city.code6, "prefecture": city.code5[:2]}
    if "files" in values:
        values["files"] = tuple(name.format(**filled) for name in values["files"])
    if "urls" in values:
        values["urls"] = tuple(
            url.format(**filled, mesh1=mesh)
            for url in values["urls"]
            for mesh in (city.first_meshes if "{mesh1}" in url else ("",))
        )
    return values


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceMissing("sources_file_missing", file=str(path), error=str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingWrong("sources_file_wrong", file=path.name, error=str(error)) from error
