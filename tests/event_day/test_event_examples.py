"""Worked examples of the city, and rows as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps import config
from otsu_maps.errors import SettingWrong
from otsu_maps.event_day import examples, typed
from otsu_maps.event_day.exits import Service
from otsu_maps.event_day.plan import LAST_S, MODES

GOOD = ("大津", "rail", "京都", "20:30", "24:10", "12", "1000", "1")


def test_the_city_has_fireworks_and_a_market_in_the_rain() -> None:
    fireworks, market = examples.examples("otsu")
    assert fireworks.plan.visitors == 300_000 and any(each.is_extra for each in fireworks.services)
    assert market.plan.is_rainy and market.day_type == "holiday"
    for each in (fireworks, market):
        assert set(each.names) == set(each.notes) == {"ja", "en"}
        assert len(each.notes["ja"]) == len(each.notes["en"]) > 0, "every number says where it is from"


def test_a_city_without_examples_has_none() -> None:
    assert examples.examples("nowhere") == ()


@pytest.mark.parametrize(
    "text", ["[[example]]\nid = 1", "no toml", '[[example]]\nname_ja = "a"\nstart = "25:99"', "other = 1"]
)
def test_a_file_that_cannot_be_used_is_named(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "x.toml").write_text(text, "utf-8")
    monkeypatch.setattr(config, "GEODATA", tmp_path)
    with pytest.raises(SettingWrong, match=r"x\.toml"):
        examples.examples("x")


def test_a_row_is_read_as_it_is_typed() -> None:
    assert typed.services([GOOD]) == (
        (Service("大津", "rail", "京都", 73_800, 87_000, 12, 1000, True),),
        (),
    )


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, "", "service_no_place"),
        (1, "", "service_no_place"),
        (3, "8時", "service_bad_time"),
        (4, "31:00", "service_bad_time"),
        (4, "20:00", "service_ends_first"),
        (5, "0", "service_bad_number"),
        (5, "1.5", "service_bad_number"),
        (6, "-3", "service_bad_number"),
        (6, "たくさん", "service_bad_number"),
        (6, "9" * 5000, "service_bad_number"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_go_on(column: int, value: str, code: str) -> None:
    wrong = [*GOOD]
    wrong[column] = value
    found, refused = typed.services([GOOD, wrong, GOOD])
    assert len(found) == 2 and [(each.row, each.reason.code) for each in refused] == [(2, code)]
    for lang in ("ja", "en"):
        assert "2" in refused[0].reason.sentence(lang)


@given(
    st.builds(
        Service,
        st.sampled_from(("大津", "膳所")),
        st.sampled_from(MODES),
        st.sampled_from(("", "京都")),
        st.integers(0, LAST_S // 60 - 1).map(lambda minute: minute * 60),
        st.just(LAST_S),
        st.integers(1, 10_000),
        st.integers(1, 10_000),
        st.booleans(),
    )
)
def test_what_is_written_is_read_again(service: Service) -> None:
    assert typed.services([typed.row_of(service)]) == ((service,), ())


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = typed.seconds(text)
    assert found is None or 0 <= found <= LAST_S


def test_wide_digits_are_digits() -> None:
    assert typed.seconds("２０：３０") == 73_800
    assert typed.services([(*GOOD[:5], "１２", "１，０００", "")])[0][0].places == 1000
