"""What a telegram of the Japan Meteorological Agency says, as records and as JSON. `jma_xml` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from otsu_maps.formats.jma_codes import QUAKE_KINDS

FORMAT = "jma_xml"
_JST = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Warned:
    """One warning in one area: `code` and `name` as in the telegram.

    `level` is the alert level, None where this kind has none or the code is unknown; `hazards` are those of
    models.HAZARDS that it concerns, () for wind, waves, snow and the like; `is_known` is whether the table has it.
    """

    code: str
    name: str
    level: int | None
    hazards: tuple[str, ...]
    is_known: bool


@dataclass(frozen=True)
class Area:
    """An area and what is in force there: () where nothing is."""

    code: str
    name: str
    warnings: tuple[Warned, ...]


@dataclass(frozen=True)
class Telegram:
    """One telegram. `status` is 通常, 訓練 or 試験; `info_type` 発表, 訂正, 遅延 or 取消; `reported_at` naive UTC.

    `areas` are warning areas of municipalities (二次細分区域, seven digits), also those where nothing is in force;
    for earthquakes municipalities or, in VXSE51, regions; for a river its forecast area. A 取消 has none.
    `cities` and `offices` are codes of municipalities (浸水想定地区) and 府県予報区 that a river forecast names.
    """

    kind: str
    title: str
    info_type: str
    status: str
    event_id: str
    serial: str
    office: str
    reported_at: datetime
    headline: str
    areas: tuple[Area, ...]
    cities: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    issued_for: str = ""

    @property
    def series(self) -> str:
        """What a later telegram replaces: 'VPWW55|250000', 'VXWW50|250000', 'VXKO|890904000100', 'VXSE|20240101161010'.

        A 取消 that names no area has the event id, or else the office's name, in place of the area's code.
        """
        kind = "VXSE" if self.kind in QUAKE_KINDS else self.kind
        return f"{kind}|{self.issued_for or self.event_id or self.office}"

    @property
    def level(self) -> int | None:
        """The highest alert level in any area; None where no warning has one."""
        return max((warned.level for warned in self.warnings if warned.level is not None), default=None)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """The warnings of all areas, one after the other."""
        return tuple(warned for area in self.areas for warned in area.warnings)


def as_json(telegram: Telegram) -> dict[str, Any]:
    """A telegram as values of JSON; `reported_at` is ISO 8601 in Japan time."""
    return {
        "format": FORMAT,
        "kind": telegram.kind,
        "title": telegram.title,
        "info_type": telegram.info_type,
        "status": telegram.status,
        "event_id": telegram.event_id,
        "serial": telegram.serial,
        "reported_at": telegram.reported_at.replace(tzinfo=UTC).astimezone(_JST).isoformat(),
        "headline": telegram.headline,
        "areas": [
            {
                "code": area.code,
                "name": area.name,
                "warnings": [{"code": each.code, "name": each.name, "level": each.level} for each in area.warnings],
            }
            for area in telegram.areas
        ],
    }
