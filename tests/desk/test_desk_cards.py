"""Codes of cards: told apart however close they follow, a damaged one is refused, and none is guessed."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import pytest
import segno
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from otsu_maps import cli
from otsu_maps.desk import cards, picture, sheets
from otsu_maps.errors import FileRefused

codes = st.builds(lambda seed: made(seed), st.integers(0, 2**32))


def made(seed: int) -> str:
    """A code from a seed, by the rule that the module describes."""
    dice = random.Random(seed)
    while True:
        body = cards.MARK + "".join(dice.choice(cards.BODY) for _ in range(10))
        check = cards.check_character(body)
        if check != cards.MARK:
            return body + check


def test_new_codes_are_valid_and_never_the_same() -> None:
    found = [cards.new_code() for _ in range(2000)]
    assert len(set(found)) == 2000 and all(cards.is_code(code) for code in found)
    assert all(code.count(cards.MARK) == 1 and len(code) == cards.LENGTH for code in found)


def test_the_check_character_is_that_of_the_standard() -> None:
    assert cards.check_character("A12425GABC1234002") == "M", "the example of ISO 7064 for GRid"


@given(held=st.lists(codes, min_size=1, max_size=30), gap=st.sampled_from(["", "\n", "\r\n", " ", "\t"]))
def test_any_number_of_cards_run_together_is_read_in_order(held: list[str], gap: str) -> None:
    assert [piece.code for piece in cards.read(gap.join(held))] == held


@given(code=codes)
def test_full_width_and_lower_case_are_the_same_card(code: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert [p.code for p in cards.read(wide)] == [p.code for p in cards.read(code.lower())] == [code]


@settings(max_examples=300)
@given(code=codes, at=st.integers(0, 11), letter=st.sampled_from(cards.BODY))
def test_one_wrong_character_is_never_taken_for_a_card(code: str, at: int, letter: str) -> None:
    bent = code[:at] + letter + code[at + 1 :]
    assert [piece.code for piece in cards.read(bent)] == ([code] if bent == code else [None])


@settings(max_examples=300)
@given(before=codes, bent=codes, after=codes, at=st.integers(0, 11))
def test_a_lost_character_damages_one_card_and_no_other(before: str, bent: str, after: str, at: int) -> None:
    assume(len({before, bent, after}) == 3)
    read = [piece.code for piece in cards.read(before + bent[:at] + bent[at + 1 :] + after)]
    assert read[0] == before and read[-1] == after
    assert bent not in read and read.count(None) >= 1


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_only_whole_cards(text: str) -> None:
    for piece in cards.read(text):
        assert piece.code is None or cards.is_code(piece.code)


def test_a_picture_of_several_cards_gives_their_codes() -> None:
    from PIL import Image

    held = [made(seed) for seed in range(3)]
    sheet = Image.new("L", (900, 320), 255)
    for number, code in enumerate(held):
        buffer = io.BytesIO()
        segno.make(code, error="q", micro=False).save(buffer, kind="png", scale=8)
        sheet.paste(Image.open(buffer).convert("L"), (20 + number * 290, 20))
    buffer = io.BytesIO()
    sheet.rotate(3, expand=True, fillcolor=255).save(buffer, "jpeg", quality=70)
    assert sorted(picture.codes_in(buffer.getvalue(), "a.jpg")) == sorted(held)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", bytes(range(256))])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        picture.codes_in(data, "a.jpg")


def test_a_sheet_of_cards_prints_each_code_once_and_asks_nobody(tmp_path: Path) -> None:
    file = tmp_path / "cards.html"
    assert cli.main(["cards", str(file), "--count", "30"]) == 0
    text = file.read_text("utf-8")
    found = re.findall(r"<code>(\w+)</code>", text)
    assert len(set(found)) == 30 and all(cards.is_code(code) for code in found)
    assert text.count("<svg") == 30 and "http" not in re.sub(r'xmlns="[^"]+"', "", text)
    assert cli.main(["cards", str(file)]) == 2, "cards that were printed are never overwritten"
    assert cli.main(["cards", str(tmp_path / "x.html"), "--count", "0"]) == 2


def test_the_paper_sheet_names_the_place_and_escapes_it() -> None:
    text = sheets.paper("<b>瀬田小学校</b>", "ja")
    assert "&lt;b&gt;瀬田小学校" in text and "<b>瀬田" not in text
