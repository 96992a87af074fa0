"""A cover in the browser over a page that gets nothing new: an old screen never looks alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from otsu_maps import clock
from otsu_maps.maps import palette

LIMIT_S = 15
"""Without news for so long the page covers itself."""

TURN_S = 6
"""Where there are several sheets, each stands so long."""


@dataclass(frozen=True)
class Sheet:
    """What a cover says in one language: its tag, a title and lines under it."""

    lang: str
    lines: tuple[str, ...]


def watch(sheets: Sequence[Sheet], title_size: str = "2rem", text_size: str = "1.25rem") -> None:
    """Call it in each run of what refreshes itself: the cover comes when no run has come for LIMIT_S."""
    st.components.v2.component("otsu_cover", js=(Path(__file__).parent / "cover.js").read_text("utf-8"))(
        key="cover",
        data={
            "at": clock.now().isoformat(),
            "limit_ms": LIMIT_S * 1000,
            "turn_ms": TURN_S * 1000,
            "style": style(),
            "title_size": title_size,
            "text_size": text_size,
            "sheets": [asdict(sheet) for sheet in sheets],
        },
    )


def style() -> str:
    """The look of a cover."""
    look = f"background:{palette.css(palette.RED)};color:{palette.css(palette.PAPER)}"
    place = "position:fixed;inset:0;z-index:2147483647;display:flex;flex-direction:column;align-items:center"
    return f"{place};justify-content:center;text-align:center;overflow:auto;{look}"
