"""Look up a sentence by its key. A new language is a new `<code>.toml` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from otsu_maps import config

HERE = Path(__file__).parent
DEFAULT = "ja"


@cache
def catalogue(lang: str) -> dict[str, str]:
    """The sentences of one language by dotted key, such as `shelters.title`."""
    return dict(_flat(tomllib.loads((HERE / f"{lang}.toml").read_text("utf-8"))))


@cache
def languages() -> dict[str, str]:
    """The languages that have a catalogue: code to its own name, Japanese first."""
    codes = sorted((path.stem for path in HERE.glob("*.toml")), key=lambda code: (code != DEFAULT, code))
    return {code: catalogue(code)["language.name"] for code in codes}


def say(key: str, lang: str | None = None, /, **params: Any) -> str:
    """The sentence for `key` with `params` filled in.

    A key that a language lacks falls back to Japanese; an unknown key shows itself: a page never breaks on a word.
    """
    lang = lang or config.terminal_language()
    sentences = catalogue(lang if lang in languages() else DEFAULT)
    text = sentences.get(key) or catalogue(DEFAULT).get(key)
    if text is None:
        return f"{key} {params}" if params else key
    return text.format_map(_Shown(params))


class _Shown(dict[str, Any]):
    """A parameter that a sentence wants and nobody gave shows as its name."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        pairs += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return pairs
