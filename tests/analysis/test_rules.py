"""Limits come from the incident, else from the environment, else from the defaults; what is no limit is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from otsu_maps import config
from otsu_maps.analysis.rules import Rules, intensity
from otsu_maps.errors import SettingWrong
from otsu_maps.models import SHAKING

WHOLE = [
    (config.CONTACT_MIN, "contact", 1, 1440, "minutes"),
    (config.HAZARD_LEVEL, "hazard_level", 1, 4, ""),
    (config.QUAKE_H, "quake_lasts", 0, 8760, "hours"),
    (config.COUNT_MIN, "count_lasts", 1, 10080, "minutes"),
    (config.SILENT_MIN, "silent_after", 1, 10080, "minutes"),
    (config.CROWDED, "crowded_share", 1, 100, "percent"),
]
DEGREES = [(config.QUAKE, "quake"), (config.AFTERSHOCK, "aftershock")]
SETTINGS = [each[0] for each in (*WHOLE, *DEGREES)]


def test_the_limits_without_any_setting() -> None:
    assert (
        Rules.of()
        == Rules.of({})
        == Rules(
            contact=timedelta(minutes=10),
            hazard_level=3,
            quake=4,
            aftershock=3,
            quake_lasts=timedelta(hours=168),
            count_lasts=timedelta(minutes=180),
            silent_after=timedelta(minutes=60),
            crowded_share=0.8,
        )
    )


@pytest.mark.parametrize(("setting", "name", "low", "high", "unit"), WHOLE)
def test_a_whole_number_within_its_bounds_holds(
    setting: config.Setting, name: str, low: int, high: int, unit: str
) -> None:
    for number in (low, high):
        value = getattr(Rules.of({setting.name: str(number)}), name)
        assert value == (number / 100 if unit == "percent" else timedelta(**{unit: number}) if unit else number)


@pytest.mark.parametrize(("setting", "name", "low", "high", "unit"), WHOLE)
def test_any_other_value_is_refused_with_its_bounds(
    setting: config.Setting, name: str, low: int, high: int, unit: str
) -> None:
    for value in (str(low - 1), str(high + 1), "３", "1.5", "x", " 3"):
        with pytest.raises(SettingWrong) as refused:
            Rules.of({setting.name: value})
        assert refused.value.reason.code == "setting_not_whole"
        assert refused.value.reason.params == {"name": setting.name, "value": value, "low": low, "high": high}
        assert value in str(refused.value)


@pytest.mark.parametrize(("setting", "name"), DEGREES)
def test_an_intensity_is_one_of_jma(setting: config.Setting, name: str) -> None:
    for position, degree in enumerate(SHAKING):
        assert getattr(Rules.of({setting.name: degree}), name) == position
    for value in ("5", "0", "!5-", "５弱"):
        with pytest.raises(SettingWrong) as refused:
            Rules.of({setting.name: value})
        assert refused.value.reason.code == "setting_not_intensity"
        known = "1, 2, 3, 4, 5-, 5+, 6-, 6+, 7"
        assert refused.value.reason.params == {"name": setting.name, "value": value, "known": known}
        assert value in str(refused.value)


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_the_incident_keeps_comes_before_what_is_set_now(
    setting: config.Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a replay judges as it was judged; a setting that an old incident does not know is as it is now."""
    kept, now = ("6-", "4") if setting in (config.QUAKE, config.AFTERSHOCK) else ("4", "2")
    expected = [Rules.of({setting.name: value}) for value in (kept, now)]
    assert expected[0] != expected[1]
    monkeypatch.setenv(setting.name, now)
    assert Rules.of({setting.name: kept}) == expected[0]
    assert Rules.of({}) == Rules.of({setting.name: ""}) == Rules.of(None) == expected[1]


def test_intensities_stand_in_their_order_and_no_figure_counts_as_the_strongest() -> None:
    assert [intensity(degree) for degree in SHAKING] == list(range(9))
    assert intensity("!5-") == intensity("x") == 9


def test_limits_of_the_board_that_nobody_gives_are_the_default_ones() -> None:
    given = {name: getattr(Rules.of(), name) for name in (each[1] for each in (*WHOLE[:4], *DEGREES))}
    assert {*given} == {"contact", "hazard_level", "quake_lasts", "count_lasts", "quake", "aftershock"}
    assert Rules(**given) == Rules.of()
