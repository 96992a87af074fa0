"""The limits that decide what pages say: which there are, what holds in an incident, what may be put in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from otsu_maps import config
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.supplies import Rates
from otsu_maps.config import Setting
from otsu_maps.errors import SettingWrong
from otsu_maps.ledger.events import Event
from otsu_maps.models import SHAKING
from otsu_maps.reasons import Reason


@dataclass(frozen=True)
class Limit:
    """A setting that people should know of. `code`: its words in the catalogues; `pages`: where it shows, by path;
    `choices`: what it may be, () where it is a whole number."""

    code: str
    setting: Setting
    unit: str
    pages: tuple[str, ...]
    choices: tuple[str, ...] = ()


GROUPS: dict[str, tuple[Limit, ...]] = {
    "warnings": (
        Limit("contact", config.CONTACT_MIN, "minutes", ("hazards", "board")),
        Limit("hazard_level", config.HAZARD_LEVEL, "level", ("hazards", "board")),
        Limit("quake", config.QUAKE, "intensity", ("hazards", "board"), SHAKING),
        Limit("aftershock", config.AFTERSHOCK, "intensity", ("hazards", "board"), SHAKING),
        Limit("quake_hours", config.QUAKE_H, "hours", ("hazards",)),
    ),
    "shelters": (
        Limit("silent", config.SILENT_MIN, "minutes", ("board", "handover", "review")),
        Limit("crowded", config.CROWDED, "percent", ("board", "handover", "review")),
        Limit("count", config.COUNT_MIN, "minutes", ("board", "hazards", "review")),
        Limit("reach", config.REACH_M, "metres", ("board",)),
    ),
    "supplies": (
        Limit("water", config.WATER_L, "litres", ("supplies", "handover")),
        Limit("meals", config.MEALS, "meals", ("supplies", "handover")),
        Limit("toilet", config.TOILET_USES, "uses", ("supplies", "handover")),
        Limit("blankets", config.BLANKETS, "pieces", ("supplies",)),
        Limit("ahead", config.SUPPLY_H, "hours", ("supplies",)),
    ),
}
"""By what they are about. Settings of the machine (ports, folders, addresses) are not among them."""

LIMITS = {limit.code: limit for group in GROUPS.values() for limit in group}


@dataclass(frozen=True)
class Held:
    """A limit as it holds. `value`: in the incident; `standard`: of this installation now; `opened_with`: what the
    incident was opened with, None: it kept nothing, and the standard holds; `changes`: in order."""

    limit: Limit
    value: str
    standard: str
    opened_with: str | None
    changes: tuple[Event, ...]

    @property
    def is_other(self) -> bool:
        """Whether the incident goes by another limit than the installation does now."""
        return self.value != self.standard


def held(limit: Limit, opening: Mapping[str, str], changes: Sequence[Event]) -> Held:
    """One limit of an incident, from the settings it was opened with and all changes of its settings since."""
    mine = tuple(event for event in changes if event.payload["name"] == limit.setting.name)
    opened_with = opening.get(limit.setting.name) or None
    standard = limit.setting.read()
    value = str(mine[-1].payload["value"]) if mine else opened_with
    return Held(limit, value or standard, standard, opened_with, mine)


def problem(settings: Mapping[str, str]) -> Reason | None:
    """Why nothing could be decided by these settings; None where all is well."""
    try:
        Rules.of(settings)
        Rates.of(settings)
    except SettingWrong as wrong:
        return wrong.reason
    return None
