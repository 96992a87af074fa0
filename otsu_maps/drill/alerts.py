"""Warnings of a drill, as the real ones are since 2026-05-29: rain and slopes by level, an earthquake by intensity."""

from __future__ import annotations

from typing import Any

from otsu_maps.drill import words
from otsu_maps.drill.world import World

RAIN = {2: "10", 3: "03", 4: "43"}
SLOPES = {2: "29", 3: "09", 4: "49"}
"""Codes by alert level (formats.jma_codes says where they are from); level 0: nothing is in force."""


def rain(minute: float, world: World, level: int) -> None:
    """Heavy rain and landslides at one level, or lifted."""
    for series, codes, names, hazards in (
        ("rain", RAIN, words.RAIN, ["inland_flood", "flood"]),
        ("slopes", SLOPES, words.SLOPES, ["landslide"]),
    ):
        warned = {"code": codes[level], "name": names[level], "level": level, "hazards": hazards} if level else None
        _write(minute, world, series, warned, names[level])


def quake(minute: float, world: World, code: str, name: str) -> None:
    """Shaking, with its intensity as the code."""
    _write(minute, world, "quake", {"code": code, "name": name, "hazards": ["earthquake"]}, name)


def _write(minute: float, world: World, series: str, warned: dict[str, Any] | None, name: str) -> None:
    codes = sorted({shelter.place.warning_area for shelter in world.shelters if shelter.place.warning_area})
    areas = [{"code": code, "name": code, "warnings": [warned] if warned else []} for code in codes or [words.NOWHERE]]
    alert_id = f"drill-{world.new_ref()}"
    alert = {
        "alert_id": alert_id,
        "series": f"quake-{alert_id}" if series == "quake" else series,
        "source": words.SOURCE,
        "kind": series,
        "title": words.ALERT.format(name=name),
        "areas": areas,
    }
    world.book.write(minute, "alert_received", alert)
