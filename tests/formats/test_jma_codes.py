"""The tables entry by entry, a second time; names and titles are read however they are spelled, and never guessed."""

from __future__ import annotations

import pytest

from otsu_maps.formats import jma_codes
from otsu_maps.formats.jma_codes import kind_of, river_level


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("氾濫注意情報", 2),
        ("氾濫警戒情報", 3),
        ("氾濫危険情報", 4),
        ("氾濫発生情報", 5),
        ("氾濫注意報", 2),
        ("氾濫警報", 3),
        ("氾濫危険警報", 4),
        ("氾濫特別警報", 5),
        ("レベル４氾濫危険警報", 4),
        ("レベル4氾濫危険警報", 4),
        ("氾濫警戒情報（警戒レベル３相当情報［洪水］）", 3),
        ("氾濫警戒情報(臨時)", 3),
        ("氾濫　警報", 3),
        ("レベル３Ｘ氾濫警報", None),
        ("レベル３", None),
        ("氾濫", None),
        ("", None),
    ],
)
def test_the_level_of_a_river_forecast_by_its_name(name: str, level: int | None) -> None:
    assert river_level(name) == level


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("震度速報", "VXSE51"),
        ("気象特別警報・警報・注意報", "VPWW53"),
        ("気象警報・注意報（Ｒ０６）（土砂）", "VPWW56"),
        ("気象警報・注意報（Ｒ０６）（高潮）", "VPWW57"),
        ("気象警報・注意報（Ｒ０６）（暴風）", "VPWW58"),
        ("気象警報・注意報（Ｒ０６）（波浪）", "VPWW59"),
        ("気象警報・注意報（Ｒ０６）（大雪）", "VPWW60"),
        ("気象警報・注意報（Ｒ０６）（その他注意報）", "VPWW61"),
        ("土砂災害警戒情報", "VXWW50"),
        ("指定河川洪水予報", "VXKO"),
        ("震源に関する情報", "VXSE52"),
        ("震源・震度に関する情報", "VXSE53"),
        ("気象警報・注意報（Ｒ０６）（集約通報）", "VPWS50"),
        ("気象警報・注意報時系列情報（Ｒ０６）", "VPWP50"),
        ("気象特別警報報知", "VPNO50"),
        ("記録的短時間大雨情報", "VPOA50"),
        ("府県気象防災速報", "VPBS50"),
        ("竜巻注意情報", "VPHW50"),
        ("竜巻注意情報（目撃情報付き）", "VPHW51"),
        ("府県天気予報（Ｒ１）", "VPFD51"),
        ("緊急地震速報（警報）", "VXSE43"),
        ("緊急地震速報（予報）", "VXSE44"),
        ("緊急地震速報（地震動予報）", "VXSE45"),
        ("顕著な地震の震源要素更新のお知らせ", "VXSE61"),
        ("長周期地震動に関する観測情報", "VXSE62"),
        ("津波警報・注意報・予報a", "VTSE41"),
        ("津波情報a", "VTSE51"),
        ("沖合の津波観測に関する情報", "VTSE52"),
        ("震度 速報", "VXSE51"),
        ("気象警報・注意報（Ｒ０６）（大雨）", "VPWW55"),
        ("気象警報・注意報(R06)(大雨)", "VPWW55"),
        ("気象警報・注意報（Ｈ２７）", "VPWW54"),
        ("気象警報・注意報", "VPWW50"),
        ("謎の電文　１", "謎の電文　１"),
    ],
)
def test_the_kind_of_a_telegram_by_its_title(title: str, kind: str) -> None:
    assert kind_of(title) == kind


RAIN, OLD_RAIN = ("flood", "inland_flood"), ("landslide", "inland_flood")
SLOPE, SURGE, FLOOD = ("landslide",), ("storm_surge",), ("flood",)

BOTH = {
    "29": ("レベル２土砂災害注意報", 2, SLOPE),
    "09": ("レベル３土砂災害警報", 3, SLOPE),
    "49": ("レベル４土砂災害危険警報", 4, SLOPE),
    "39": ("レベル５土砂災害特別警報", 5, SLOPE),
    "43": ("レベル４大雨危険警報", 4, RAIN),
    "48": ("レベル４高潮危険警報", 4, SURGE),
    "18": ("洪水注意報", 2, FLOOD),
    "04": ("洪水警報", 3, FLOOD),
}
LEVELLED = {
    "10": ("レベル２大雨注意報", 2, RAIN),
    "03": ("レベル３大雨警報", 3, RAIN),
    "33": ("レベル５大雨特別警報", 5, RAIN),
    "19": ("レベル２高潮注意報", 2, SURGE),
    "08": ("レベル３高潮警報", 3, SURGE),
    "38": ("レベル５高潮特別警報", 5, SURGE),
}
OLDER = {
    "10": ("大雨注意報", 2, OLD_RAIN),
    "03": ("大雨警報", 3, OLD_RAIN),
    "33": ("大雨特別警報", 5, OLD_RAIN),
    "19": ("高潮注意報", 2, SURGE),
    "08": ("高潮警報", 4, SURGE),
    "38": ("高潮特別警報", 4, SURGE),
}
WITHOUT = {
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
NO_LEVEL = {code: (name, None, ()) for code, name in WITHOUT.items()}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (jma_codes.LEVELLED, NO_LEVEL | BOTH | LEVELLED),
        (jma_codes.OLDER, NO_LEVEL | BOTH | OLDER),
        (jma_codes.LANDSLIDE_ALERT, {"3": ("警戒", 4, SLOPE)}),
    ],
)
def test_what_each_code_means(table: dict[str, jma_codes.Meaning], expected: dict[str, tuple[object, ...]]) -> None:
    assert {code: tuple(meaning) for code, meaning in table.items()} == expected


def test_what_the_codes_of_river_forecasts_mean() -> None:
    tens = {"2": "氾濫注意情報", "3": "氾濫警戒情報", "4": "氾濫危険情報", "5": "氾濫発生情報"}
    assert {code: tuple(meaning) for code, meaning in jma_codes.RIVER.items()} == {
        code: (tens[code[0]], int(code[0]), FLOOD) for code in ("20", "21", "22", "30", "31", "40", "41", "51", "53")
    }
    assert jma_codes.RIVER_ENDED == "10" and {*jma_codes.RIVER_NAMES.values()} == {2, 3, 4, 5}


def test_what_says_that_nothing_is_in_force() -> None:
    assert (jma_codes.ENDED_CODES, jma_codes.ALERT_ENDED) == (("00",), ("0", "1"))
    assert jma_codes.ENDED == ("解除", "なし", "発表警報・注意報はなし")
    assert jma_codes.OLD_RAIN_WORDS == {"土砂災害": "landslide", "浸水害": "inland_flood"}


def test_the_intensities_and_the_one_that_did_not_come_in() -> None:
    assert jma_codes.NO_FIGURE == "!5-"
    assert [*jma_codes.INTENSITIES.items()] == [
        ("1", "震度１"),
        ("2", "震度２"),
        ("3", "震度３"),
        ("4", "震度４"),
        ("!5-", "震度５弱以上未入電"),
        ("5-", "震度５弱"),
        ("5+", "震度５強"),
        ("6-", "震度６弱"),
        ("6+", "震度６強"),
        ("7", "震度７"),
    ]


def test_which_kinds_are_read() -> None:
    quakes, levelled = ("VXSE51", "VXSE52", "VXSE53"), tuple(f"VPWW{number}" for number in range(55, 62))
    assert (("VPWW53", "VPWW54"), levelled) == (jma_codes.OLDER_KINDS, jma_codes.LEVELLED_KINDS)
    assert (quakes, "VXWW50", "VXKO") == (jma_codes.QUAKE_KINDS, jma_codes.ALERT_KIND, jma_codes.RIVER_KIND)
    assert {*jma_codes.SUPPORTED} == {"VPWW53", "VPWW54", *levelled, *quakes, "VXWW50", "VXKO"}
