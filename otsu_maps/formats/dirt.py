"""Values as people type them, read strictly: full-width digits, units, ○ and ×, degrees in kanji, lost leading zeros.

Each function answers one value, or None where the text says nothing, or raises ValueError. None of them guesses.
"""

from __future__ import annotations

import math
import re
import unicodedata

_NUMBER = re.compile(
    r"([+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?(?:e[+-]?[0-9]{1,3})?)\s*(?:人|名|m2|m|平米|平方メートル|メートル)?",
    re.IGNORECASE,
)
_UNKNOWN = ("", "不明")

_TRUE = frozenset(["1", "1.0", "○", "◯", "〇", "有", "有り", "あり", "true", "yes", "可", "可能", "はい", "該当"])
_FALSE = frozenset(
    ["", "0", "0.0", "×", "✕", "✖", "☓", "x", "無", "無し", "なし", "false", "no", "不可", "いいえ", "非該当"]
)
_DASHES = frozenset(["-", "ー", "―", "–", "—"])
_CONDITIONAL = re.compile(
    r"[△▲]|条件|一部|のみ|限る|以上|除く|相談|不明|未定|要確認|未確認|検討|^(?:[○◯〇×✕]|有|可|1)\s*[(※]"
)

_HEMISPHERES = {"北緯": 1, "南緯": -1, "東経": 1, "西経": -1, "N": 1, "S": -1, "E": 1, "W": -1}
_DEGREES = re.compile(
    r"(?P<head>北緯|南緯|東経|西経|[NSEW])?\s*"
    r"(?P<sign>[+-]?)(?P<degrees>[0-9]+(?:\.[0-9]*)?)\s*(?P<mark>[度°])?\s*"
    r"(?:(?P<minutes>[0-9]+(?:\.[0-9]*)?)\s*[分′']\s*)?"
    r"(?:(?P<seconds>[0-9]+(?:\.[0-9]*)?)\s*(?:秒|′′|''|\"|”)\s*)?"
    r"(?P<tail>[NSEW])?"
)
_MAX_CHARS = 60
"""No number or position is longer, and a pattern must not be made to search a whole page."""

_MAX_WHOLE = 10**9
_CHECK_WEIGHTS = (6, 5, 4, 3, 2)
_LAST_PREFECTURE = 47


def folded(text: str) -> str:
    """NFKC without outer spaces; the minus signs that NFKC leaves alone become '-'."""
    return unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("\u2010", "-").replace("\u2011", "-")


def number(text: str) -> float | None:
    """'１，１３６人' is 1136.0; '' and '不明' are None. May end in 人, 名, m, m2 (㎡). Else ValueError."""
    plain = folded(text)
    if plain in _UNKNOWN:
        return None
    match = _NUMBER.fullmatch(plain) if len(plain) <= _MAX_CHARS else None
    value = float(match[1].replace(",", "")) if match else math.nan
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def whole(text: str) -> int | None:
    """As `number`, for counts: '238.0' is 238; '238.5' and more than a thousand million raise ValueError."""
    value = number(text)
    if value is None:
        return None
    if not value.is_integer() or abs(value) > _MAX_WHOLE:
        raise ValueError(text)
    return int(value)


def coordinate(text: str) -> float | None:
    """Degrees as a decimal: '135.87', '東経135.87度', '北緯35度0分23秒', '35°00′23″'. None for '' and '不明'.

    South and west are negative. Raises ValueError for other text, 60 minutes or more, and beyond 180 degrees.
    """
    plain = folded(text)
    if plain in _UNKNOWN:
        return None
    match = _DEGREES.fullmatch(plain) if len(plain) <= _MAX_CHARS else None
    if match is None:
        raise ValueError(text)
    degrees, minutes, seconds = match["degrees"], match["minutes"], match["seconds"]
    is_split = minutes is not None or seconds is not None
    if (is_split and (not match["mark"] or "." in degrees)) or (
        seconds is not None and (minutes is None or "." in minutes)
    ):
        raise ValueError(text)
    signs = [_HEMISPHERES[side] for side in (match["head"], match["tail"]) if side]
    if len(signs) > 1 or (signs and match["sign"]):
        raise ValueError(text)
    parts = float(minutes or 0), float(seconds or 0)
    value = float(degrees) + parts[0] / 60 + parts[1] / 3600
    if value > 180 or max(parts) >= 60:
        raise ValueError(text)
    return -value if match["sign"] == "-" or -1 in signs else value


def lat_lon_pair(text: str) -> tuple[float, float] | None:
    """'34.34,134.03' as (latitude, longitude). None for '' and '不明'; anything but two coordinates: ValueError."""
    plain = folded(text).strip("()[]")
    if plain in _UNKNOWN:
        return None
    parts = [part for part in re.split(r"[,、;\s]+", plain) if part]
    if len(parts) != 2:
        raise ValueError(text)
    lat, lon = (coordinate(part) for part in parts)
    if lat is None or lon is None:
        raise ValueError(text)
    return lat, lon


def flag(text: str) -> bool | None:
    """○, 1, 有, 可 are True; '', 0, ×, 無, 不可, '-' are False; △ and any condition are None. Else ValueError."""
    plain = folded(text).lower()
    if plain in _TRUE:
        return True
    if plain in _FALSE or plain in _DASHES:
        return False
    if _CONDITIONAL.search(plain):
        return None
    raise ValueError(text)


def check_digit(code5: str) -> int:
    """The sixth digit of a local government code (JIS X 0402, as the Ministry of Internal Affairs computes it)."""
    total = sum(weight * int(digit) for weight, digit in zip(_CHECK_WEIGHTS, code5, strict=True))
    return (11 - total % 11) % 10


def city_code5(text: str, expected: str | None = None) -> str | None:
    """The five-digit code of a municipality from its five or six digits, or None where the text is no such code.

    Six digits give their first five, even where the check digit is wrong (real files have it so). Five digits may be a
    six-digit code whose leading zero a spreadsheet ate: they are read so where '0' before them makes the check digit
    right and they are no possible five-digit code themselves ('11002' is Sapporo, 01100). Some are possible both ways
    (12106 is a ward of Chiba and, as 012106, Iwamizawa): these stay five digits, unless the other reading is
    `expected`. Four digits are a five-digit code without its zero.
    """
    plain = re.sub(r"\.0+\Z", "", folded(text))
    if not re.fullmatch(r"[0-9]{4,6}", plain):
        return None
    if len(plain) == 6:
        return plain[:5]
    if len(plain) == 4:
        return "0" + plain if _is_possible("0" + plain) else None
    restored = "0" + plain[:4]
    can_restore = check_digit(restored) == int(plain[4])
    if can_restore and (restored == expected or not _is_possible(plain)):
        return restored
    return plain


def _is_possible(code5: str) -> bool:
    """Prefectures run from 01 to 47, and municipalities begin at 100 (000 is the prefecture itself)."""
    return 1 <= int(code5[:2]) <= _LAST_PREFECTURE and (code5[2] != "0" or code5[2:] == "000")
