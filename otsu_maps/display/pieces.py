"""Small pieces of HTML in the languages whose turn it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from otsu_maps.public import words
from otsu_maps.public.record import District, Place, Status

JAPANESE = ("ja", "ja-easy")
MARKS = {"yes": "", "unknown": "？", "full": "×", "closed": "×", "unsuitable": "×"}
"""In a ring. With room the ring is full: as on the map, and the words stand beside it."""

_READING = re.compile(r"([\u4e00-\u9fff々]+)（([\u3040-\u309f]+)）")


def said(key: str, langs: Sequence[str], **params: Any) -> str:
    """A sentence, one line a language."""
    return each(lambda lang: words.tell(key, lang, **params), langs)


def each(tell: Callable[[str], str], langs: Sequence[str]) -> str:
    """What `tell` says, one line a language; what two say alike stands once."""
    lines: dict[str, str] = {}
    for lang in langs:
        lines.setdefault(tell(lang), lang)
    cards = {line: words.language(lang) for line, lang in lines.items()}
    return "".join(
        f'<span class="said" lang="{card.tag}" dir="{card.direction}">{_ruby(escape(line))}</span>'
        for line, card in cards.items()
    )


def place_name(place: Place, langs: Sequence[str]) -> str:
    """As the sign at the gate says; below it how to read it, where the register knows."""
    small = _reading(place, langs)
    reading = f'<span class="reading">{escape(small)}</span>' if small else ""
    return f'<span class="name" lang="ja">{escape(place.name_ja)}</span>{reading}'


def district_name(district: District, langs: Sequence[str]) -> str:
    """In Latin letters where nobody of the turn can read the Japanese ones, if they are known."""
    is_foreign = not any(words.is_read(district.name_ja, lang) for lang in langs)
    return (district.name_en if is_foreign else None) or district.name_ja


def city_name(status: Status, lang: str) -> str:
    """The name of the city."""
    return status.city.name_ja if words.is_read(status.city.name_ja, lang) else status.city.name_en


def _ruby(text: str) -> str:
    """Readings in brackets go over their characters, as in a book: half as long, so that the letters can be larger."""
    return _READING.sub(r"<ruby>\1<rt>\2</rt></ruby>", text)


def _reading(place: Place, langs: Sequence[str]) -> str:
    kana = place.kana if set(langs) & set(JAPANESE) else None
    latin = place.name_en if set(langs) - set(JAPANESE) else None
    return "　".join(text for text in (kana, latin) if text)
