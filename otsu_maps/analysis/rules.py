"""Limits by which the program decides, from the settings: those in force now, or those that an incident keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from otsu_maps import config
from otsu_maps.config import Setting
from otsu_maps.errors import SettingWrong
from otsu_maps.models import SHAKING


@dataclass(frozen=True)
class Rules:
    """`quake`, `aftershock`: positions in SHAKING. What each is for stands in config beside its default."""

    contact: timedelta
    hazard_level: int
    quake: int
    aftershock: int
    quake_lasts: timedelta
    count_lasts: timedelta
    silent_after: timedelta = timedelta(minutes=60)
    crowded_share: float = 0.8
    reach_m: float = 1500.0

    @classmethod
    def of(cls, settings: Mapping[str, str] | None = None) -> Rules:
        """Of settings by name (those of an incident); what is not there, or all where None, as it stands now.

        Raises SettingWrong: `setting_not_whole`, `setting_not_intensity`.
        """
        held = settings or {}

        def whole(setting: Setting, low: int, high: int) -> int:
            text = held.get(setting.name) or setting.read()
            if text.isascii() and text.isdigit() and low <= int(text) <= high:
                return int(text)
            raise SettingWrong("setting_not_whole", name=setting.name, value=text, low=low, high=high)

        def shaking(setting: Setting) -> int:
            text = held.get(setting.name) or setting.read()
            if text not in SHAKING:
                raise SettingWrong("setting_not_intensity", name=setting.name, value=text, known=", ".join(SHAKING))
            return SHAKING.index(text)

        return cls(
            contact=timedelta(minutes=whole(config.CONTACT_MIN, 1, 1440)),
            hazard_level=whole(config.HAZARD_LEVEL, 1, 4),
            quake=shaking(config.QUAKE),
            aftershock=shaking(config.AFTERSHOCK),
            quake_lasts=timedelta(hours=whole(config.QUAKE_H, 0, 8760)),
            count_lasts=timedelta(minutes=whole(config.COUNT_MIN, 1, 10080)),
            silent_after=timedelta(minutes=whole(config.SILENT_MIN, 1, 10080)),
            crowded_share=whole(config.CROWDED, 1, 100) / 100,
            reach_m=whole(config.REACH_M, 100, 20000),
        )


def intensity(code: str) -> int:
    """Position in SHAKING; a code that is no figure (none has come in) counts as stronger than all of them."""
    return SHAKING.index(code) if code in SHAKING else len(SHAKING)
