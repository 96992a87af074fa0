"""Whether a site or shelter is valid for the hazards that count now, and why not.

Designation (災害対策基本法 49条の4, by kind of disaster) decides; a zone of a hazard map, damage, and an unchecked
building after shaking take validity away and never give it. Where no map speaks, designation alone decides. Every rule
can only lower: more hazards, a higher level, or less knowledge never makes a place valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from otsu_maps.analysis.danger import EARTHQUAKE, SILENT, Danger
from otsu_maps.reasons import Reason

VALID, UNKNOWN, INVALID = "valid", "unknown", "invalid"
VALIDITIES = (VALID, UNKNOWN, INVALID)
"""適, 適否不明, 不適: the worst that any reason says holds. Unknown is never offered, and never called unfit."""

SPECIAL = "special"
"""Class of a landslide zone where buildings are crushed (土砂災害特別警戒区域)."""

BROKEN = ("heavy", "unusable")
SOUND = "none"


@dataclass(frozen=True)
class Zone:
    """A place inside the zones of a hazard map: the gravest class, and the step of the depth (analysis.depth)."""

    zone_class: str | None = None
    depth_step: int = -1


@dataclass(frozen=True)
class Place:
    """What the snapshot knows of a site or shelter.

    `suits`: designated or not, by hazard; None and absent: unknown. `zones`: by hazard, where it lies inside one.
    `needs_opening` False: grounds that stand open at any time.
    """

    place_id: str
    suits: Mapping[str, bool | None] = field(default_factory=dict)
    zones: Mapping[str, Zone] = field(default_factory=dict)
    area: str | None = None
    district_id: str | None = None
    needs_opening: bool | None = None


@dataclass(frozen=True)
class Building:
    """What people said about it in this incident, times of the ledger. `checked_at` None: nobody checked it."""

    checked_at: str | None = None
    damage: str | None = None
    damaged_at: str | None = None


@dataclass(frozen=True)
class Verdict:
    """`validity` and every reason that speaks against it."""

    validity: str
    reasons: tuple[Reason, ...] = ()


def verdict(place: Place, building: Building, dangers: Iterable[Danger]) -> Verdict:
    """The worst of what each hazard that reaches the place, and the state of its building, say."""
    here = [danger for danger in dangers if danger.concerns(place.area, place.district_id)]
    found: dict[str, tuple[str, Reason]] = {}
    for validity, reason in (*_by_hazards(place, here), *_by_building(place, building, here)):
        key = f"{validity} {reason.code} {reason.params_json()}"
        found.setdefault(key, (validity, reason))
    ordered = sorted(found.items(), key=lambda pair: (-VALIDITIES.index(pair[1][0]), pair[0]))
    worst = ordered[0][1][0] if ordered else VALID
    return Verdict(worst, tuple(reason for _, (_, reason) in ordered))


def _by_hazards(place: Place, here: Iterable[Danger]) -> Iterator[tuple[str, Reason]]:
    for danger in here:
        against = _against(place, danger.hazard)
        if against is None:
            continue
        if danger.is_certain:
            yield against
        elif danger.why == SILENT:
            yield UNKNOWN, Reason("validity_silent", {"hazard": danger.hazard})
        else:
            yield UNKNOWN, Reason("validity_unknown_code", {"hazard": danger.hazard, "name": danger.name})


def _against(place: Place, hazard: str) -> tuple[str, Reason] | None:
    """What speaks against a place while a hazard is on; None: nothing."""
    suits, zone = place.suits.get(hazard), place.zones.get(hazard)
    about = {"hazard": hazard}
    if suits is False:
        return INVALID, Reason("validity_not_designated", about)
    if zone is None:
        return None if suits else (UNKNOWN, Reason("validity_not_known", about))
    if zone.zone_class == SPECIAL:
        return INVALID, Reason("validity_special_zone", about)
    if suits is None:
        return INVALID, Reason("validity_in_zone", about)
    return UNKNOWN, Reason("validity_designated_in_zone", about)


def _by_building(place: Place, building: Building, here: Iterable[Danger]) -> Iterator[tuple[str, Reason]]:
    checked_at = building.checked_at or ""
    is_unchecked = building.damaged_at is None or checked_at <= building.damaged_at
    if building.damage in BROKEN and is_unchecked:
        yield INVALID, Reason("validity_damaged")
    elif building.damage not in (None, SOUND, *BROKEN) and is_unchecked:
        yield UNKNOWN, Reason("validity_damage_unclear")
    shaken = [danger.shaken_at for danger in here if danger.hazard == EARTHQUAKE and danger.is_certain]
    if shaken and place.needs_opening is not False and checked_at <= max(shaken):
        yield UNKNOWN, Reason("validity_unchecked")
