"""Words for codes that may be of this program or of another: what has no word is shown as its code, never guessed."""

from __future__ import annotations

from datetime import datetime

from otsu_maps.analysis.supplies import Stock
from otsu_maps.i18n import say
from otsu_maps.ledger.events import read_time
from otsu_maps.models import ITEMS


def item_name(code: str, lang: str) -> str:
    """The word for an item of supplies."""
    return say(f"item.{code}", lang) if code in ITEMS else code


def none_left(stock: Stock, at: datetime, lang: str) -> str | None:
    """That nothing is left: as somebody counted, or by calculation since; None: there should be some."""
    if stock.amount == 0:
        return say("supplies.used_up", lang)
    is_due = stock.until is not None and read_time(stock.until) <= at
    return say("supplies.due", lang) if is_due else None
