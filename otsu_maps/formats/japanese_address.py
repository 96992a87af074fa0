"""Names and addresses in one form, so that what two offices wrote differently can be compared.

2丁目3番地の4, 2の3の4, 2―3ー4, 二丁目三番四号 are 2-3-4. Both functions only fold ways of writing: what is another
number before is another number after, and folding twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

PREFECTURES = (
    *("北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県"),
    *("千葉県", "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県"),
    *("愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県"),
    *("広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県"),
    *("宮崎県", "鹿児島県", "沖縄県"),
)

MOST_CHARS = 200
"""No address is longer; a longer text is only folded as a name is, so that a hostile cell costs nothing."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─━﹣⁃", "-"))
_LOOKALIKES: dict[int, int] = str.maketrans("ヶヵへべぺ髙﨑濵濱澤瀨德曾吞邊邉", "ケカヘベペ高崎浜浜沢瀬徳曽呑辺辺")
"""Letters that registers mix up, and old forms of characters that stand for the same."""

_DIGIT = r"[0-9]"
_KANJI = "〇一二三四五六七八九十百"
_KANJI_VALUES = {char: value for value, char in enumerate(_KANJI[:10])}
_KANJI_RUN = rf"(?<![0-9{_KANJI}])[{_KANJI}]+(?![0-9{_KANJI}])"
_KANJI_NUMBERS = re.compile(
    rf"{_KANJI_RUN}(?=丁目|番地|番(?![町丁])|号(?![線館棟]))"
    rf"|{_KANJI_RUN}(?=[のノ之ー-][0-9{_KANJI}])"
    rf"|(?<=[0-9{_KANJI}][のノ之ー-]){_KANJI_RUN}(?![町村条])"
)
_KANJI_ORDINAL = re.compile(rf"(?<=第)[{_KANJI}]+")
_BETWEEN = re.compile(rf"(?<={_DIGIT})(?:丁目|番地|番|号|[のノ之ー-])+(?={_DIGIT})")
_BEHIND = re.compile(rf"(?<={_DIGIT})(?:番地(?![先内])|番(?![町丁地])|号(?![線館棟室車]))(?!{_DIGIT})")
_WORD_FOR_PART = re.compile(rf"(?<!{_DIGIT})(?:大字|小字|(?<!文)字)(?!{_DIGIT}|$)")
_POSTCODE = re.compile(r"^〒[0-9]{3}-?[0-9]{4}(?![0-9])")
_BIG_CITIES = (
    "札幌|仙台|さいたま|千葉|横浜|川崎|相模原|新潟|静岡|浜松|名古屋|京都|大阪|堺|神戸|岡山|広島|北九州|福岡|熊本"
)
_MUNICIPALITY = re.compile(
    rf"(?:{'|'.join(PREFECTURES)})"
    rf"((?:{_BIG_CITIES})市[^0-9]{{1,3}}?区"
    # Names that hold a 市, 町 or 村 of their own come before the rule that stops at the first one.
    r"|(?:四日市|廿日市|野々市|余市|上市|下市|十日町|大町|東村山|武蔵村山|羽村|町田|市川|市原|村上|村山|田村|大村)[市町]"
    r"|[^0-9郡]{1,4}?郡(?:玉村|大町|余市|上市|下市|[^0-9]{1,6}?)[町村]"
    r"|[^0-9]{1,6}?[市区町村])(?=.)"
)


def normal_name(text: str) -> str:
    """A name without the ways in which lists write the same thing: width, case, spaces, dashes, ヶ, 第一 for 第1."""
    return _KANJI_ORDINAL.sub(_number, _folded("".join(_nfkc(text).split())).replace("ー", "-"))


def municipality(text: str) -> str:
    """The municipality of an address that begins with its prefecture, with its 郡; else ''."""
    found = _MUNICIPALITY.match(_POSTCODE.sub("", "".join(_folded(text[:MOST_CHARS]).split())))
    return found[1] if found else ""


def normal_address(text: str, municipalities: Collection[str] = ()) -> str:
    """An address from the town on, its numbers joined by '-'.

    Prefecture and municipality are left out where the text begins with a prefecture, or with one of `municipalities`
    (as `municipality` gives them): from the letters alone nobody can tell 市 of a city from 市 of a town. 大字 and 字
    are left out too. 2丁目 without a number behind it stays: it is no 2番地.
    """
    whole = re.sub(r"\s+", " ", _folded(_apart(text))).strip()
    whole = re.sub(rf"(?<={_DIGIT}) (?={_DIGIT})", "-", whole).replace(" ", "")
    if len(whole) > MOST_CHARS:
        return whole
    known = sorted(_with_short(municipalities), key=len, reverse=True)
    while (after := _once(whole, known)) != whole:
        whole = after
    return whole


def _apart(text: str) -> str:
    """①, ² and the like in brackets: they are not joined to the digits beside them."""
    return "".join(
        f"({plain})" if not char.isdecimal() and re.search(r"\d", plain := _nfkc(char)) else char for char in text
    )


def _folded(text: str) -> str:
    """NFKC, lower case, one dash, one letter of those that are mixed up."""
    return _nfkc(_nfkc(_nfkc(text).casefold()).translate(_DASHES).translate(_LOOKALIKES))


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _with_short(municipalities: Collection[str]) -> set[str]:
    """A municipality of a 郡 is written without it too."""
    folded = {"".join(_folded(each).split()) for each in municipalities if each}
    return folded | {each.partition("郡")[2] for each in folded if each.partition("郡")[2][-1:] in ("町", "村")}


def _once(text: str, municipalities: Collection[str]) -> str:
    text = _POSTCODE.sub("", _nfkc(text))  # what was left out may have stood between a letter and its accent
    if found := _MUNICIPALITY.match(text):
        text = text[found.end() :]
    for each in municipalities:
        if text.startswith(each) and len(text) > len(each):
            text = text[len(each) :]
            break
    text = _WORD_FOR_PART.sub("", text)
    text = _KANJI_NUMBERS.sub(_number, text)
    text = _BEHIND.sub("", _BETWEEN.sub("-", text))
    return text.replace("二", "ニ")  # 田鶴浜町ニ144 is also written with the kanji; as a number it is a digit by now


def _number(found: re.Match[str]) -> str:
    """A number in kanji as digits: 二十三 and 二三 are 23. What is no number stays."""
    text = found[0]
    if not set(text) & {"十", "百"}:
        return "".join(str(_KANJI_VALUES[char]) for char in text)
    parts = re.fullmatch(r"(?:([二三四五六七八九]?)(百))?(?:([二三四五六七八九]?)(十))?([一二三四五六七八九]?)", text)
    if parts is None:
        return text
    hundreds, has_hundreds, tens, has_tens, ones = parts.groups()
    value = 100 * _KANJI_VALUES[hundreds or "一"] if has_hundreds else 0
    value += 10 * _KANJI_VALUES[tens or "一"] if has_tens else 0
    return str(value + (_KANJI_VALUES[ones] if ones else 0))
