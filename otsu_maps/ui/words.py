"""Words for codes that may be of this program or of another: what has no word is shown as its code, never guessed."""

from __future__ import annotations

from otsu_maps.i18n import say
from otsu_maps.models import ITEMS


def item_name(code: str, lang: str) -> str:
    """The word for an item of supplies."""
    return say(f"item.{code}", lang) if code in ITEMS else code
