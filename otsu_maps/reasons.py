"""Why something was refused: a code with parameters. The sentences live in the catalogues, one a language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from otsu_maps.i18n import say

CODES = ("hazard",)
"""Parameters that are codes, each of the section of its name."""


@dataclass(frozen=True)
class Reason:
    """A code of the catalogues' `reason.` section and the values that its sentence needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, lang: str | None = None) -> str:
        """One clear sentence in `lang` (the set language where None)."""
        return say(
            f"reason.{self.code}", lang, **{name: _said(name, value, lang) for name, value in self.params.items()}
        )

    def params_json(self) -> str:
        return whole_characters(json.dumps(dict(self.params), ensure_ascii=False, default=str))

    @classmethod
    def stored(cls, code: str, params_json: str) -> Reason:
        """The reason that a table keeps as a code and a JSON text."""
        return cls(code, json.loads(params_json))


def _said(name: str, value: Any, lang: str | None) -> Any:
    """A parameter that is itself a code of the catalogues becomes its word, a reason its sentence."""
    if isinstance(value, Reason):
        return value.sentence(lang)
    return say(f"{name}.{value}", lang) if name in CODES else value


def whole_characters(text: str) -> str:
    """`text` with a question mark for each half of a character, which JSON can spell and no database takes."""
    return text.encode("utf-8", "replace").decode()
