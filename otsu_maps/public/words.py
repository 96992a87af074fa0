"""The sentences that the public reads: one small catalogue a language, apart from the big one of the staff."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from otsu_maps import config
from otsu_maps.models import ALWAYS_TOLD, TOLD_BY_CHOICE

HERE = Path(__file__).parent / "words"
DEFAULT = ALWAYS_TOLD[0]
CODES = (*ALWAYS_TOLD, *TOLD_BY_CHOICE)

_KANA = re.compile(r"[\u3041-\u30ff]")


@dataclass(frozen=True)
class Language:
    """How a language calls itself, its tag (BCP 47) for `lang`, its direction for `dir`.

    `mark`: what every page in it must show while nobody who grew up with it has read the catalogue, None: somebody has.
    """

    code: str
    name: str
    tag: str
    direction: str
    mark: str | None


@cache
def language(code: str) -> Language:
    """The card at the head of a catalogue."""
    card = _read(code)["language"]
    mark = None if card.get("reviewed", True) else f"{card['mark']} / 未校閲"
    return Language(code, card["name"], card["tag"], card.get("direction", "ltr"), mark)


def on(city: config.City) -> tuple[str, ...]:
    """Codes of the languages of the public pages in their order: three always, the others as the city wants them."""
    return tuple(code for code in CODES if code in ALWAYS_TOLD or code in city.public_languages)


def tell(key: str, lang: str, /, **params: Any) -> str:
    """The sentence for `key` (such as `page.title`) with `params` filled in, as plain text: escape it for HTML.

    A key that a language lacks falls back to Japanese; an unknown key shows itself: a page never breaks on a word.
    """
    text = catalogue(lang).get(key) or catalogue(DEFAULT).get(key) or key
    return text.format_map(_Shown(params))


def is_read(name_ja: str, lang: str) -> bool:
    """Whether readers of a language can read a Japanese name: those who know its characters can, kana only in Japan."""
    return lang.startswith("ja") or (lang.startswith("zh") and not _KANA.search(name_ja))


@cache
def catalogue(code: str) -> dict[str, str]:
    """The sentences of one language by dotted key."""
    sections = _read(code).items()
    return {
        f"{section}.{name}": text for section, held in sections if section != "language" for name, text in held.items()
    }


@cache
def _read(code: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{code}.toml").read_text("utf-8"))


class _Shown(dict[str, Any]):
    """A parameter that a sentence wants and nobody gave shows as its name."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
