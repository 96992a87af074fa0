"""What the catalogues of the public side promise: all say the same, in their own script, and say who has read them."""

from __future__ import annotations

import re
import string
from datetime import datetime
from pathlib import Path

import pytest
import statuses

from otsu_maps import config
from otsu_maps.errors import SettingWrong
from otsu_maps.models import ALWAYS_TOLD, TOLD_BY_CHOICE
from otsu_maps.public import page, words

FOREIGN = [code for code in words.CODES if not code.startswith("ja")]
KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTSU = config.GEODATA / "cities" / "otsu.toml"
LONGEST = {"ja": 80, "ja-easy": 200, "en": 160, "zh-hans": 80, "zh-hant": 80, "ko": 120, "pt": 220, "vi": 220}
"""Characters of the longest sentence: one more line on a phone is one line less of places."""


def fields(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def test_a_catalogue_for_each_language_and_none_besides() -> None:
    assert {path.stem for path in words.HERE.glob("*.toml")} == set(words.CODES)


@pytest.mark.parametrize("code", words.CODES)
def test_all_languages_say_the_same_with_the_same_parameters(code: str) -> None:
    japanese, told = words.catalogue("ja"), words.catalogue(code)
    assert set(told) == set(japanese)
    assert {key: fields(text) for key, text in told.items()} == {key: fields(text) for key, text in japanese.items()}


@pytest.mark.parametrize("code", words.CODES)
def test_no_sentence_is_empty_loose_or_too_long_for_a_phone(code: str) -> None:
    for key, text in words.catalogue(code).items():
        assert text.strip(), key
        assert text == text.lstrip() and "  " not in text, key
        assert len(text) <= LONGEST[code], (key, len(text))


@pytest.mark.parametrize("code", FOREIGN)
def test_no_japanese_script_is_left_in_another_language(code: str) -> None:
    kept = {"page.languages"}
    assert [key for key, text in words.catalogue(code).items() if KANA.search(text) and key not in kept] == []


@pytest.mark.parametrize(("code", "script"), [("ko", HANGUL), ("zh-hans", CHINESE), ("zh-hant", CHINESE)])
def test_a_language_with_a_script_of_its_own_uses_it_everywhere(code: str, script: re.Pattern[str]) -> None:
    bare = {key for key, text in words.catalogue(code).items() if not script.search(text)}
    assert bare <= {"page.languages"} | {
        key for key in bare if not re.search(r"\w", re.sub(r"{\w+}", "", japanese(key)))
    }


def japanese(key: str) -> str:
    return words.catalogue("ja")[key]


def test_simplified_and_traditional_chinese_are_not_mixed() -> None:
    simplified, traditional = "".join(words.catalogue("zh-hans").values()), "".join(words.catalogue("zh-hant").values())
    for short, full in zip("难报这开请时间处级区", "難報這開請時間處級區", strict=True):
        assert full not in simplified and short not in traditional, (short, full)


def test_easy_japanese_has_a_reading_after_every_word_in_chinese_characters() -> None:
    for key, text in words.catalogue("ja-easy").items():
        if key == "page.languages":
            continue
        bare = re.sub(r"[\u4e00-\u9fff々]+[\u3040-\u309f]?（[\u3040-\u309f]+）", "", text)
        assert not CHINESE.search(bare), (key, CHINESE.findall(bare))


def test_easy_japanese_speaks_in_short_sentences() -> None:
    for key, text in words.catalogue("ja-easy").items():
        read = re.sub(r"（[\u3040-\u309f]+）", "", text)
        assert max(map(len, re.split(r"[。！]", read))) <= 60, key


def test_three_languages_are_on_and_the_others_wait_for_the_city(tmp_path: Path) -> None:
    assert words.on(config.read_city("otsu")) == ALWAYS_TOLD
    assert words.on(city(tmp_path, '["vi", "pt"]')) == (*ALWAYS_TOLD, "pt", "vi")


def test_a_city_cannot_turn_on_a_language_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match=r"public_languages: tlh; known: zh-hans, zh-hant, ko, pt, vi"):
        city(tmp_path, '["tlh", "pt"]')


def city(folder: Path, languages: str) -> config.City:
    path = folder / "elsewhere.toml"
    text = OTSU.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^public_languages = .*$", f"public_languages = {languages}", text), "utf-8")
    return config.read_city(str(path))


@pytest.mark.parametrize("code", words.CODES)
def test_a_catalogue_that_nobody_has_read_says_so_in_its_own_words_and_in_japanese(code: str) -> None:
    mark = words.language(code).mark
    assert (mark is None) == (code in ALWAYS_TOLD)
    if code in TOLD_BY_CHOICE:
        own, japanese_mark = mark.split(" / ") if mark else ("", "")
        assert own and own != japanese_mark == "未校閲"


def test_a_missing_word_is_japanese_an_unknown_one_shows_itself_and_a_missing_parameter_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "catalogue", {"ja": {"a.b": "避難 {where}"}, "en": {}}.__getitem__)
    assert words.tell("a.b", "en", where="大津") == "避難 大津"
    assert words.tell("a.b", "ja") == "避難 {where}"
    assert words.tell("a.c", "en") == "a.c"


@pytest.mark.parametrize("code", words.CODES)
def test_every_page_in_a_language_that_nobody_has_read_says_so(code: str) -> None:
    text = page.whole(statuses.status(datetime(2026, 11, 24)), code, "t", "own.html", {code: "own.html"}, "")
    mark = words.language(code).mark
    assert ("未校閲" in text) == (mark is not None) and (mark or "") in text
