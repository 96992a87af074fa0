"""Names and titles are read however they are spelled, and never guessed."""

from __future__ import annotations

import pytest

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
