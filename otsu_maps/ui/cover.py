"""A cover in the browser over a page that gets nothing new: an old screen never looks alive."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from otsu_maps import clock
from otsu_maps.i18n import say
from otsu_maps.maps import palette

LIMIT_S = 15
"""Without news for so long the page covers itself."""


def watch(lang: str) -> None:
    """Call it in each run of what refreshes itself: the cover comes when no run has come for LIMIT_S."""
    at = clock.now()
    st.components.v2.component("otsu_cover", js=(Path(__file__).parent / "cover.js").read_text("utf-8"))(
        key="cover",
        data={
            "at": at.isoformat(),
            "limit_ms": LIMIT_S * 1000,
            "style": style(),
            "title": say("desk.cover_title", lang),
            "since": say("cover.since", lang, at=clock.shown(at)),
            "next": say("cover.next", lang),
            "back": say("desk.cover_back", lang),
        },
    )


def style() -> str:
    """The look of a cover."""
    look = f"background:{palette.css(palette.RED)};color:{palette.css(palette.PAPER)}"
    place = "position:fixed;inset:0;z-index:2147483647;display:flex;flex-direction:column;align-items:center"
    return f"{place};justify-content:center;text-align:center;overflow:auto;{look}"
