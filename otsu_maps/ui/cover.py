"""The cover of pages that people trust: what it says while nothing new comes."""

from __future__ import annotations

from otsu_maps import clock, cover
from otsu_maps.i18n import say


def watch(lang: str) -> None:
    """Call it in each run of what refreshes itself: the cover comes when no run has come for a while."""
    since = say("cover.since", lang, at=clock.shown(clock.now()))
    others = (say("cover.next", lang), say("desk.cover_back", lang))
    cover.watch([cover.Sheet(lang, (say("desk.cover_title", lang), since, *others))])
