"""The page of the display: one picture that draws itself anew, and the cover that comes when it no longer does."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from otsu_maps import clock, config, cover
from otsu_maps.display import page, source
from otsu_maps.public import words
from otsu_maps.public.words import tell

REFRESH_S = 1.0


def draw() -> None:
    """The whole page. Its address may name districts: `?district=...&district=...`."""
    st.set_page_config(page_title=tell("page.where", words.DEFAULT), layout="wide")
    looks = (Path(__file__).parent / "display.css").read_text("utf-8")
    st.html(f"<style>{page.style()}{looks}</style>")
    _live(tuple(st.query_params.get_all("district")))


@st.fragment(run_every=REFRESH_S)
def _live(districts: tuple[str, ...]) -> None:
    langs = words.on(config.city())
    st.html(page.html(source.current().seen, clock.now(), langs, districts))
    since = clock.to_shown(clock.now()).strftime("%H:%M")
    sheets = [
        cover.Sheet(
            words.language(lang).tag,
            (tell("display.stopped", lang), tell("display.stopped_since", lang, at=since), tell("display.old", lang)),
        )
        for lang in langs
    ]
    cover.watch(sheets, "max(2rem, 7vmin)", "max(1.25rem, 4.5vmin)")
