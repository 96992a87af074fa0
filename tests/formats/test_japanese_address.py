"""Names and addresses: every way of writing one thing comes to one form, and no two things come to the same."""

from __future__ import annotations

import csv
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.formats.japanese_address import MOST_CHARS, municipality, normal_address, normal_name

KANJI = "〇一二三四五六七八九"


def in_kanji(number: int) -> str:
    """23 as 二十三."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    word = ""
    for digit, unit in ((hundreds, "百"), (tens, "十")):
        if digit:
            word += (KANJI[digit] if digit > 1 else "") + unit
    return word + (KANJI[ones] if ones else "")


def wide(number: int) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in str(number))


def dashed(dash: str) -> object:
    return lambda numbers: dash.join(map(str, numbers))


def counted(numbers: list[int], write: object = str, joint: str = "") -> str:
    """2丁目3番4号, in whatever digits."""
    words = [write(number) for number in numbers]  # type: ignore[operator]
    units = {1: ["番地"], 2: ["丁目", "番"], 3: ["丁目", "番", "号"]}[len(numbers)]
    return joint.join(word + unit for word, unit in zip(words, units, strict=True))


STYLES = [
    *(dashed(dash) for dash in ("-", "－", "ー", "―", "‐", "−", "–", "の", "ノ", " ", "　")),
    lambda numbers: "-".join(wide(number) for number in numbers),
    lambda numbers: "ー".join(wide(number) for number in numbers),
    lambda numbers: counted(numbers),
    lambda numbers: counted(numbers, wide),
    lambda numbers: counted(numbers, in_kanji),
    lambda numbers: counted(numbers, joint=" "),
    lambda numbers: "番地の".join(map(str, numbers)),
    lambda numbers: "の".join(in_kanji(number) for number in numbers) if len(numbers) > 1 else str(numbers[0]),
    lambda numbers: dashed("-")(numbers) + ("号" if len(numbers) == 3 else "番地" if len(numbers) == 1 else ""),
]
TOWNS = ["瀬田", "一番町", "三番丁", "馬出町ツ部", "二本松", "十文字", "今市町", "本府中町ヲ", "つつじが浜", "桜が丘A"]
BEFORE = ["", "滋賀県大津市", "滋賀県 大津市 ", "大津市", "滋賀県大津市大字", "滋賀県大津市字"]
numbers_of_a_house = st.lists(st.integers(1, 999), min_size=1, max_size=3)


@given(
    *(st.sampled_from(TOWNS),) * 2,
    *(numbers_of_a_house,) * 2,
    *(st.sampled_from(STYLES),) * 2,
    *(st.sampled_from(BEFORE),) * 2,
)
def test_two_addresses_are_equal_where_town_and_numbers_are_and_nowhere_else(
    town: str,
    town2: str,
    numbers: list[int],
    numbers2: list[int],
    style: object,
    style2: object,
    start: str,
    start2: str,
) -> None:
    one = normal_address(start + town + style(numbers), {"大津市"})  # type: ignore[operator]
    same = normal_address(start2 + town + style2(numbers), {"大津市"})  # type: ignore[operator]
    other = normal_address(start2 + town2 + style2(numbers2), {"大津市"})  # type: ignore[operator]
    assert one == same
    assert (one == other) == ((town, numbers) == (town2, numbers2))


hard = st.text(
    st.sampled_from(
        "0123456789０９一二三十百〇①²½丁目番地号大字のノ之ー-―− 　町市県郡石川七尾能登ヶへ第〒\0\u3099\u200d館室"
    )
    | st.characters(exclude_categories=("Cs",)),
    max_size=40,
)


@given(hard)
@example("二百二百の3")
@example("大大字字1")
@example("石川県七尾市石川県七尾市1")
@example("3" * (MOST_CHARS + 1) + "番地")
@example("二十の" * 66)
@example("ヶ\u3099")
@example("T¨1")
def test_folding_twice_changes_nothing(text: str) -> None:
    address = normal_address(text, {"七尾市", "鹿島郡中能登町"})
    assert normal_address(address, {"七尾市", "鹿島郡中能登町"}) == address
    assert normal_name(normal_name(text)) == normal_name(text)


@given(hard.filter(lambda text: not re.search("[一二三四五六七八九十百〇〒]", unicodedata.normalize("NFKC", text))))
def test_no_number_of_an_address_is_lost_changed_or_joined_to_another(text: str) -> None:
    apart = "".join(char if char.isdecimal() else " " + unicodedata.normalize("NFKC", char) + " " for char in text)
    numbers = re.findall("[0-9]+", unicodedata.normalize("NFKC", apart))
    assert re.findall("[0-9]+", normal_address(text)) == numbers


names = st.text(st.characters(categories=("Lo", "Lm", "Lu", "Nd", "No", "Pd", "Zs"), codec="euc-jp"), max_size=20)


@given(names)
def test_a_name_that_was_folded_more_simply_before_is_still_the_same(text: str) -> None:
    """Aliases of earlier snapshots hold names in NFKC without spaces."""
    assert normal_name("".join(unicodedata.normalize("NFKC", text).split())) == normal_name(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("瀬田2丁目3番", "瀬田2の3"),
        ("瀬田2丁目3番", "瀬田2―3"),
        ("瀬田2丁目3番地の4", "瀬田２－３－４"),
        ("石川県七尾市袖ヶ江町イ25番地", "石川県七尾市袖ケ江町イ２５"),
        ("石川県七尾市田鶴浜町二１４４", "石川県七尾市田鶴浜町ニ144番地"),
        ("石川県七尾市垣吉町へ２４", "石川県七尾市垣吉町ヘ24"),
        ("〒926-8611 石川県七尾市袖ケ江町イ25", "石川県七尾市袖ケ江町イ25"),
        ("石川県鹿島郡中能登町字井田2番地1", "石川県中能登町井田2-1"),
    ],
)
def test_what_offices_write_differently_is_one_address(one: str, other: str) -> None:
    assert normal_address(one) == normal_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("瀬田2丁目", "瀬田2番地"),
        ("瀬田2-3", "瀬田23"),
        ("瀬田2 3", "瀬田23"),
        ("瀬田2①", "瀬田21"),
        ("一番町5", "二番町5"),
        ("田鶴浜町二144", "田鶴浜町2144"),
        ("国分町2番地先", "国分町2番地"),
        ("本町3号館", "本町3"),
        ("大津市今市町5", "大津市古市町5"),
        ("瀬田3字5", "瀬田35"),
        ("三日市北1", "五日市北1"),
    ],
)
def test_what_is_not_one_address_stays_two(one: str, other: str) -> None:
    assert normal_address(one, {"大津市"}) != normal_address(other, {"大津市"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("滋賀県大津市御陵町3-1", "大津市"),
        ("三重県四日市市諏訪町1-5", "四日市市"),
        ("千葉県市川市八幡1-1-1", "市川市"),
        ("千葉県市原市国分寺台中央1-1-1", "市原市"),
        ("東京都町田市森野2-2-22", "町田市"),
        ("東京都武蔵村山市本町1-1-1", "武蔵村山市"),
        ("東京都千代田区霞が関1-1", "千代田区"),
        ("京都府京都市左京区吉田本町36番地1", "京都市左京区"),
        ("石川県鹿島郡中能登町末坂9部46", "鹿島郡中能登町"),
        ("石川県野々市市三納1-1", "野々市市"),
        ("北海道余市郡余市町朝日町26", "余市郡余市町"),
        ("富山県中新川郡上市町法音寺1", "中新川郡上市町"),
        ("長崎県大村市玖島1-25", "大村市"),
        ("山梨県山梨市小原西843", "山梨市"),
        ("大津市御陵町3-1", ""),
        ("", ""),
    ],
)
def test_the_municipality_is_what_stands_behind_the_prefecture(text: str, found: str) -> None:
    assert municipality(text) == found


def test_names_are_compared_without_width_spaces_case_and_kinds_of_dashes() -> None:
    assert normal_name(" ＡＢＣ　第１ ") == normal_name("abc第1") == normal_name("ABC 第一")
    assert normal_name("南大吞地区ｺﾐｭﾆﾃｨｾﾝﾀｰ") == normal_name("南大呑地区コミュニティセンタ―")
    assert normal_name("第一小学校") != normal_name("第二小学校")
    assert normal_name("瀬田小学校") != normal_name("瀬田北小学校")


def test_a_giant_cell_costs_nothing() -> None:
    assert normal_address("大" * 50_000 + "字" * 50_000)
    assert municipality("石川県" + "七" * 100_000) == ""


@needs_real
@pytest.mark.real
def test_the_two_writings_of_an_address_in_the_register_of_nanao_come_to_one() -> None:
    """所在地_連結表記 (一本杉町１２４) and 所在地_町字 with 所在地_番地以下 (一本杉町, 124番地)."""
    path = REAL / "shelters" / "open_status" / "nanao_reference_data.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        whole, parts = row["所在地_連結表記"], row["所在地_町字"] + row["所在地_番地以下"]
        digits = [re.findall("[0-9]+", unicodedata.normalize("NFKC", text)) for text in (whole, parts)]
        if row["所在地_番地以下"] and digits[0] == digits[1]:
            assert normal_address(whole) == normal_address(parts), (whole, parts)
            compared += 1
    assert compared > len(rows) / 2
