"""Which hazards count now, where, and why: from warnings, from what headquarters declared, from silence.

A warning that was lifted is not safety: its hazard counts until headquarters confirms that it is over. Without contact
to the source of warnings every hazard that JMA warns of may be on: unknown, never none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from otsu_maps.analysis.rules import Rules, intensity
from otsu_maps.ledger.events import read_time, written
from otsu_maps.models import WARNED_OF

State = Mapping[str, Any]

EARTHQUAKE = "earthquake"

IN_FORCE, LIFTED, SHAKEN, DECLARED = "in_force", "lifted", "shaken", "declared"
UNKNOWN_CODE, SILENT = "unknown_code", "silent"
WHY = (IN_FORCE, LIFTED, SHAKEN, DECLARED, UNKNOWN_CODE, SILENT)
"""Why a hazard counts. With the last two nobody knows whether it is on."""


@dataclass(frozen=True)
class Danger:
    """A hazard that counts in a JMA warning area, in a district, or, with neither, in the whole city.

    `since` is a time of the ledger; `level` the alert level of the warning, `name` its name; `shaken_at`: when
    buildings were last shaken so strongly that an earlier check says nothing.
    """

    hazard: str
    why: str
    area: str | None = None
    district_id: str | None = None
    since: str = ""
    level: int | None = None
    name: str = ""
    shaken_at: str = ""

    @property
    def is_certain(self) -> bool:
        """False where nobody knows whether it is on."""
        return self.why not in (UNKNOWN_CODE, SILENT)

    def concerns(self, area: str | None, district_id: str | None) -> bool:
        """Whether it reaches a place there. Where a place lies in an unknown area, everything reaches it."""
        return (self.area is None or area in (None, self.area)) and (
            self.district_id is None or district_id in (None, self.district_id)
        )


def dangers(
    alerts: Iterable[State],
    hazards: Iterable[State],
    is_heard: bool,
    rules: Rules,
    areas: Sequence[str],
    warned_of: Sequence[str] = WARNED_OF,
) -> tuple[Danger, ...]:
    """All that counts, by hazard and area.

    `alerts`, `hazards`: states of the ledger (read.state); `is_heard`: the source of warnings is in contact; `areas`:
    the warning areas of the city. An area of a message that is none of them (a river, a region) means all of it.
    """
    told, known = list(alerts), list(hazards)
    quakes = [one for alert in told for one in _warnings(alert, areas) if EARTHQUAKE in one[2]["hazards"]]
    found = [
        *(danger for alert in told for danger in _of_alert(alert, known, rules, areas, warned_of)),
        *_of_quakes(quakes, known, rules),
        *_declared(known, quakes, rules, areas),
    ]
    if not is_heard:
        found += [Danger(hazard, SILENT) for hazard in warned_of]
    return tuple(sorted(set(found), key=str))


def level_in(alerts: Iterable[State], area: str | None, areas: Sequence[str]) -> int:
    """The highest alert level of the warnings in force that reach an area, None: any area. 0: none has a level."""
    levels = [
        warned["level"]
        for alert in alerts
        for where, _, warned in _warnings(alert, areas)
        if warned["until"] is None and warned["level"] is not None and (area is None or where in (None, area))
    ]
    return max(levels, default=0)


def in_force(alerts: Iterable[State], areas: Sequence[str]) -> list[tuple[str | None, str, State]]:
    """Warnings in force: area (None: the whole city), code, and what stands in the ledger. Earthquakes are not among
    them: shaking is over when it is reported."""
    return [
        (where, code, warned)
        for alert in alerts
        for where, code, warned in _warnings(alert, areas)
        if warned["until"] is None and EARTHQUAKE not in warned["hazards"]
    ]


def _warnings(alert: State, areas: Sequence[str]) -> Iterator[tuple[str | None, str, State]]:
    for area, about in alert["areas"].items():
        for code, warned in about["warnings"].items():
            yield (area if area in areas else None), code, warned


def _of_alert(
    alert: State, hazards: Sequence[State], rules: Rules, areas: Sequence[str], warned_of: Sequence[str]
) -> Iterator[Danger]:
    for area, code, warned in _warnings(alert, areas):
        is_on = warned["until"] is None
        if not warned["is_known"]:
            if is_on:
                for hazard in warned_of:
                    yield Danger(hazard, UNKNOWN_CODE, area, None, warned["since"], None, warned["name"] or code)
        elif warned["level"] is not None and warned["level"] >= rules.hazard_level:
            about = (warned["since"], warned["level"], warned["name"])
            for hazard in warned["hazards"]:
                if is_on:
                    yield Danger(hazard, IN_FORCE, area, None, *about)
                elif not _is_ended(hazards, hazard, area, warned["until"]):
                    yield Danger(hazard, LIFTED, area, None, *about)


def _of_quakes(quakes: Sequence[Any], hazards: Sequence[State], rules: Rules) -> Iterator[Danger]:
    """The strong ones that headquarters has not ended, each with the last shaking since."""
    for area, code, quake in quakes:
        over = quake["until"] or _later(quake["since"], rules.quake_lasts)  # one that was taken back can end at once
        if intensity(code) >= rules.quake and not _is_ended(hazards, EARTHQUAKE, area, over):
            shaken_at = _shaken_at(quakes, area, quake["since"], rules)
            yield Danger(EARTHQUAKE, SHAKEN, area, None, quake["since"], None, quake["name"], shaken_at)


def _declared(hazards: Sequence[State], quakes: Sequence[Any], rules: Rules, areas: Sequence[str]) -> Iterator[Danger]:
    for state in hazards:
        hazard, where, since = state["hazard"], state["area"], state["since"]
        if state["is_on"] and not any(
            each["hazard"] == hazard and each["area"] in (None, where) and each.get("ended_at", "") > since
            for each in hazards
        ):
            area, district_id = (where, None) if where in areas else (None, where)
            shaken_at = _shaken_at(quakes, area, since, rules) if hazard == EARTHQUAKE else ""
            yield Danger(hazard, DECLARED, area, district_id, since, None, "", shaken_at)


def _shaken_at(quakes: Sequence[Any], area: str | None, since: str, rules: Rules) -> str:
    """The last shaking from `since` on that calls for a new check; `since` itself where none was reported."""
    strong = (
        quake["since"]
        for where, code, quake in quakes
        if intensity(code) >= rules.aftershock and (area is None or where in (None, area))
    )
    return max((at for at in strong if at >= since), default=since)


def _is_ended(hazards: Sequence[State], hazard: str, area: str | None, after: str) -> bool:
    """Whether headquarters said, not before `after`, that it is over: here, or in the whole city."""
    return any(
        state["hazard"] == hazard and state["area"] in (None, area) and state.get("ended_at", "") >= after
        for state in hazards
    )


def _later(at: str, by: timedelta) -> str:
    return written(read_time(at) + by)
