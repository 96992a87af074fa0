"""What the kinds and codes of the Japan Meteorological Agency's telegrams mean: alert level and hazards.

* **Warnings by level** (since May 2026, telegrams titled Ｒ０６): 03, 08, 09, 10, 29, 43, 48 and 49 with their levels
  as in the official samples 15_16_* and 15_17_*, where the name says the level; 19, 33, 38 and 39 secondary: readers of
  live telegrams and lists made from the JMA's code table of warnings agree. The codes that came new (09, 29, 39, 43,
  48, 49) meant nothing before, so they are read alike in older telegrams.
* **Older warnings** (VPWW53, VPWW54): names and codes from the official samples 15_08 to 15_15. Levels: 気象庁
  「防災気象情報と警戒レベルとの対応について」 (https://www.jma.go.jp/jma/kishou/know/bosai/alertlevel.html) as it stood
  from 2021 to May 2026, by pages that quote it: 大雨警報 and 洪水警報 3, 高潮警報 and 高潮特別警報 4,
  大雨特別警報 5. It gives a level to 大雨警報 for 土砂災害 alone; that for 浸水害 is read as the same 3.
* **River forecasts** (VXKO50 to 89): code 10 ends one, the tens are the level. Official samples 16_* and the table of
  kinds in 「指定河川洪水予報」 解説資料, before and after 2026 (secondary: two readers of live telegrams agree on the
  new names). Names are kept too, for a code that no table knows.
* **Landslide alert** (VXWW50): 0 なし, 1 解除, 3 警戒, which is level 4 (official samples 17_*).
* **Intensity**: the ten degrees as telegrams spell them (official samples 32-35_*). '!5-' stands for
  震度５弱以上未入電: thought to be at least 5-, and no figure has come in.

Which hazards a warning concerns, by the names of models.HAZARDS: levelled 大雨 covers streams without a forecast of
their own besides 浸水 (sample 15_17_01 of VPWW55: 低い土地の浸水や河川の増水), so both flood and inland_flood. Wind,
waves, snow and the like concern no hazard that a site is designated for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

LANDSLIDE, SURGE, FLOOD, QUAKE = ("landslide",), ("storm_surge",), ("flood",), ("earthquake",)
RAIN = ("flood", "inland_flood")
OLD_RAIN = ("landslide", "inland_flood")
"""大雨 of a telegram without levels that does not say whether it means 土砂災害 or 浸水害: both, to be careful."""

OLD_RAIN_WORDS: Mapping[str, str] = {"土砂災害": "landslide", "浸水害": "inland_flood"}


class Meaning(NamedTuple):
    """What a code stands for. `level` is None for a kind without alert levels; `hazards` may be none."""

    name: str
    level: int | None = None
    hazards: tuple[str, ...] = ()


_WITHOUT_LEVEL = {
    "02": "暴風雪警報",
    "05": "暴風警報",
    "06": "大雪警報",
    "07": "波浪警報",
    "12": "大雪注意報",
    "13": "風雪注意報",
    "14": "雷注意報",
    "15": "強風注意報",
    "16": "波浪注意報",
    "17": "融雪注意報",
    "20": "濃霧注意報",
    "21": "乾燥注意報",
    "22": "なだれ注意報",
    "23": "低温注意報",
    "24": "霜注意報",
    "25": "着氷注意報",
    "26": "着雪注意報",
    "27": "その他の注意報",
    "32": "暴風雪特別警報",
    "35": "暴風特別警報",
    "36": "大雪特別警報",
    "37": "波浪特別警報",
}
_COMMON = {
    **{code: Meaning(name) for code, name in _WITHOUT_LEVEL.items()},
    "18": Meaning("洪水注意報", 2, FLOOD),
    "04": Meaning("洪水警報", 3, FLOOD),
    "29": Meaning("レベル２土砂災害注意報", 2, LANDSLIDE),
    "09": Meaning("レベル３土砂災害警報", 3, LANDSLIDE),
    "49": Meaning("レベル４土砂災害危険警報", 4, LANDSLIDE),
    "39": Meaning("レベル５土砂災害特別警報", 5, LANDSLIDE),
    "43": Meaning("レベル４大雨危険警報", 4, RAIN),
    "48": Meaning("レベル４高潮危険警報", 4, SURGE),
}
LEVELLED: Mapping[str, Meaning] = {
    **_COMMON,
    "10": Meaning("レベル２大雨注意報", 2, RAIN),
    "03": Meaning("レベル３大雨警報", 3, RAIN),
    "33": Meaning("レベル５大雨特別警報", 5, RAIN),
    "19": Meaning("レベル２高潮注意報", 2, SURGE),
    "08": Meaning("レベル３高潮警報", 3, SURGE),
    "38": Meaning("レベル５高潮特別警報", 5, SURGE),
}
"""Codes of the telegrams by level, VPWW55 to VPWW61."""

OLDER: Mapping[str, Meaning] = {
    **_COMMON,
    "10": Meaning("大雨注意報", 2, OLD_RAIN),
    "03": Meaning("大雨警報", 3, OLD_RAIN),
    "33": Meaning("大雨特別警報", 5, OLD_RAIN),
    "19": Meaning("高潮注意報", 2, SURGE),
    "08": Meaning("高潮警報", 4, SURGE),
    "38": Meaning("高潮特別警報", 4, SURGE),
}
"""Codes of VPWW53 and VPWW54. 08 and 38 have other levels than in LEVELLED."""

RIVER: Mapping[str, Meaning] = {
    **dict.fromkeys(("20", "21", "22"), Meaning("氾濫注意情報", 2, FLOOD)),
    **dict.fromkeys(("30", "31"), Meaning("氾濫警戒情報", 3, FLOOD)),
    **dict.fromkeys(("40", "41"), Meaning("氾濫危険情報", 4, FLOOD)),
    **dict.fromkeys(("51", "53"), Meaning("氾濫発生情報", 5, FLOOD)),
}
RIVER_NAMES: Mapping[str, int] = {
    "氾濫注意情報": 2,
    "氾濫警戒情報": 3,
    "氾濫危険情報": 4,
    "氾濫発生情報": 5,
    "氾濫注意報": 2,
    "氾濫警報": 3,
    "氾濫危険警報": 4,
    "氾濫特別警報": 5,
}
"""Names of river forecasts, without レベルＮ before and what stands in brackets behind."""

RIVER_ENDED = "10"
LANDSLIDE_ALERT: Mapping[str, Meaning] = {"3": Meaning("警戒", 4, LANDSLIDE)}
ENDED_CODES, ALERT_ENDED = ("00",), ("0", "1")
"""Codes that say that nothing is in force: 解除 of a warning; なし and 解除 of a landslide alert."""

ENDED = ("解除", "なし", "発表警報・注意報はなし")
"""Values of Kind/Status, or names, that say the same. With every other status (発表, 継続 ...) a kind is in force."""

NO_FIGURE, NO_FIGURE_TEXT = "!5-", "震度５弱以上未入電"
INTENSITIES: Mapping[str, str] = {
    "1": "震度１",
    "2": "震度２",
    "3": "震度３",
    "4": "震度４",
    NO_FIGURE: NO_FIGURE_TEXT,
    "5-": "震度５弱",
    "5+": "震度５強",
    "6-": "震度６弱",
    "6+": "震度６強",
    "7": "震度７",
}
"""Seismic intensities, the weakest first."""

OLDER_KINDS = ("VPWW53", "VPWW54")
LEVELLED_KINDS = ("VPWW55", "VPWW56", "VPWW57", "VPWW58", "VPWW59", "VPWW60", "VPWW61")
QUAKE_KINDS = ("VXSE51", "VXSE52", "VXSE53")
ALERT_KIND, RIVER_KIND = "VXWW50", "VXKO"
SUPPORTED = (*OLDER_KINDS, *LEVELLED_KINDS, *QUAKE_KINDS, ALERT_KIND, RIVER_KIND)

_TITLES = {
    "気象特別警報・警報・注意報": "VPWW53",
    "気象警報・注意報（Ｈ２７）": "VPWW54",
    "気象警報・注意報（Ｒ０６）（大雨）": "VPWW55",
    "気象警報・注意報（Ｒ０６）（土砂）": "VPWW56",
    "気象警報・注意報（Ｒ０６）（高潮）": "VPWW57",
    "気象警報・注意報（Ｒ０６）（暴風）": "VPWW58",
    "気象警報・注意報（Ｒ０６）（波浪）": "VPWW59",
    "気象警報・注意報（Ｒ０６）（大雪）": "VPWW60",
    "気象警報・注意報（Ｒ０６）（その他注意報）": "VPWW61",
    "土砂災害警戒情報": ALERT_KIND,
    "指定河川洪水予報": RIVER_KIND,
    "震度速報": "VXSE51",
    "震源に関する情報": "VXSE52",
    "震源・震度に関する情報": "VXSE53",
    # Known by name and not read here; the first has no official sample.
    "気象警報・注意報（Ｒ０６）（集約通報）": "VPWS50",
    "気象警報・注意報時系列情報（Ｒ０６）": "VPWP50",
    "気象警報・注意報": "VPWW50",
    "気象特別警報報知": "VPNO50",
    "記録的短時間大雨情報": "VPOA50",
    "府県気象防災速報": "VPBS50",
    "竜巻注意情報": "VPHW50",
    "竜巻注意情報（目撃情報付き）": "VPHW51",
    "府県天気予報（Ｒ１）": "VPFD51",
    "緊急地震速報（警報）": "VXSE43",
    "緊急地震速報（予報）": "VXSE44",
    "緊急地震速報（地震動予報）": "VXSE45",
    "顕著な地震の震源要素更新のお知らせ": "VXSE61",
    "長周期地震動に関する観測情報": "VXSE62",
    "津波警報・注意報・予報a": "VTSE41",
    "津波情報a": "VTSE51",
    "沖合の津波観測に関する情報": "VTSE52",
}


def kind_of(title: str) -> str:
    """The kind of telegram (such as 'VPWW55') by its Control/Title; a title that no table knows is its own kind."""
    return _KINDS.get(_plain(title), title)


def river_level(name: str) -> int | None:
    """The alert level of a river forecast by its name, old or new; None for a name that no table knows."""
    bare = _plain(name).split("(")[0]
    if bare.startswith("レベル"):
        bare = bare.removeprefix("レベル").lstrip("12345")
    return RIVER_NAMES.get(bare)


def _plain(title: str) -> str:
    """Full-width letters, digits and brackets as their plain forms, without spaces."""
    return "".join(unicodedata.normalize("NFKC", title).split())


_KINDS = {_plain(title): kind for title, kind in _TITLES.items()}
