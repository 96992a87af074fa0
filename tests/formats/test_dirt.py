"""Dirty values are read exactly or not at all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.formats.dirt import check_digit, city_code5, coordinate, flag, lat_lon_pair, number, whole

WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("238", 238),
        ("238.0", 238),
        ("１，１３６人", 1136),
        ("1,136 名", 1136),
        ("200㎡", 200),
        ("200m2", 200),
        ("3.2m", 3.2),
        ("-1.5", -1.5),
        ("−1.5", -1.5),
        ("", None),
        ("不明", None),
        ("\u3000", None),
    ],
)
def test_numbers_are_read_with_their_units_and_widths(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["約500人", "屋内480人／屋外3,350人(面積の1/2)", "1,2", "nan", "inf", "1e999", "-", "１２３a", "9" * 5000]
)
def test_what_is_not_a_plain_number_is_never_cut_down_to_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        number(text)


def test_whole_numbers_have_no_fraction_and_a_bound() -> None:
    assert (whole("238.0"), whole("１，０００人"), whole("")) == (238, 1000, None)
    for text in ("238.5", "1e300", "x"):
        with pytest.raises(ValueError, match=r"^"):
            whole(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("35.006639", 35.006639),
        ("１３５．８７", 135.87),
        ("東経135.87度", 135.87),
        ("北緯35度", 35.0),
        ("北緯35度0分23秒", 35 + 23 / 3600),
        ("35°00′23″", 35 + 23 / 3600),
        ("35°00'23\"N", 35 + 23 / 3600),
        ("135度52.5分", 135.875),
        ("南緯1.5度", -1.5),
        ("-1.5", -1.5),
        ("", None),
        ("不明", None),
    ],
)
def test_positions_are_read_as_degrees(text: str, value: float | None) -> None:
    assert coordinate(text) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    "text",
    [
        "大津",
        "35度61分",
        "35.5度10分",
        "181",
        "35度23秒",
        "135'",
        "35 0 23",
        "nan",
        "北緯-35",
        "1" + " " * 99_999 + "x",
    ],
)
def test_a_position_that_could_mean_anything_else_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        coordinate(text)


@pytest.mark.parametrize("text", ["1", "1.0", "○", "◯", "〇", "有", "true", "TRUE", "可", "１", " ○ "])
def test_every_way_to_write_yes(text: str) -> None:
    assert flag(text) is True


@pytest.mark.parametrize("text", ["", "0", "×", "✕", "無", "不可", "-", "−", "－", "false", "\u3000"])
def test_every_way_to_write_no(text: str) -> None:
    assert flag(text) is False


@pytest.mark.parametrize("text", ["△", "条件付き", "○（2階以上）", "一部可", "可※", "体育館のみ", "不明"])
def test_a_condition_is_neither_yes_nor_no(text: str) -> None:
    assert flag(text) is None


@pytest.mark.parametrize("text", ["2", "大津", "○×", "10", "yesno"])
def test_an_unknown_mark_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        flag(text)


def test_a_pair_is_latitude_then_longitude() -> None:
    assert lat_lon_pair("34.34753333,134.03003917") == (34.34753333, 134.03003917)
    assert lat_lon_pair("（３４．５、 １３４）") == (34.5, 134.0)
    assert lat_lon_pair("") is None
    for text in ("34.3", "a,b", "34,134,0"):
        with pytest.raises(ValueError, match=r"^"):
            lat_lon_pair(text)


@pytest.mark.parametrize(
    ("text", "code5"),
    [
        ("252018", "25201"),
        ("252018.0", "25201"),
        ("２５２０１８", "25201"),
        ("25201", "25201"),
        ("25208", "25208"),  # '0' before it happens to make a right check digit, but Ritto is Ritto
        ("011002", "01100"),
        ("11002", "01100"),
        ("32018", "03201"),
        ("1100", "01100"),
        ("221390", "22139"),  # Hamamatsu's own list: the check digit is wrong
        ("252010", "25201"),
        ("", None),
        ("大津市", None),
        ("12", None),
        ("2520100", None),
    ],
)
def test_codes_of_municipalities_are_five_digits(text: str, code5: str | None) -> None:
    assert city_code5(text) == code5


def test_a_code_that_can_be_read_both_ways_follows_what_is_expected() -> None:
    assert city_code5("12106") == "12106"
    assert city_code5("12106", "01210") == "01210"


def test_check_digits_are_those_of_the_standard() -> None:
    known = ["011002", "131016", "252018", "252069", "221309", "172022", "271004"]
    assert [check_digit(code[:5]) for code in known] == [int(code[5]) for code in known]


@given(st.integers(-999_999, 999_999), st.booleans())
def test_any_number_written_the_japanese_way_is_read_back(value: int, wide: bool) -> None:
    text = f"{value:,}"
    assert number(text.translate(WIDE) + "人" if wide else text) == value


@given(st.floats(20, 50))
def test_any_latitude_is_read_back_exactly(value: float) -> None:
    assert coordinate(f"北緯{value!r}度".translate(WIDE)) == value


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_a_value_error(text: str) -> None:
    for read in (number, whole, coordinate, flag, lat_lon_pair):
        try:
            value = read(text)
        except ValueError:
            continue
        assert value is None or all(map(math.isfinite, value if isinstance(value, tuple) else (value,)))
    assert city_code5(text) is None or len(city_code5(text) or "") == 5
