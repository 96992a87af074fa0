"""What every page stands in: language, the mark of demo data, the age of the data, the sources."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from otsu_maps import clock, config
from otsu_maps.analysis.age import is_stale
from otsu_maps.errors import OtsuMapsError, SnapshotDamaged, SnapshotMissing
from otsu_maps.i18n import languages, say
from otsu_maps.maps import palette
from otsu_maps.ui import access, data, provider, url

SIDEBAR = 220
"""Width of the menu on a desktop, in pixels."""

POLL_S = 20
"""How soon an open page notices a new snapshot, or that nobody is signed in any more, in seconds."""

_log = logging.getLogger(__name__)
_inside: ContextVar[bool] = ContextVar("inside the frame", default=False)
_BY_ITSELF = "run_by_itself"

STYLE = f"""
<style>
.block-container {{padding-top: 4rem; padding-bottom: 2rem; max-width: 1600px; padding-left: 2rem;
  padding-right: 2rem}}
.otsu-demo {{background: {palette.css(palette.YELLOW)}; color: {palette.css(palette.INK)}; padding: .45rem .8rem;
  border-left: .6rem solid {palette.css(palette.INK)}; font-weight: 700; margin-bottom: .6rem}}
.otsu-mark {{display: inline-block; min-width: 1.5em; text-align: center; border-radius: 1em;
  font-weight: 700; padding: 0 .3em; margin-right: .25em}}
.otsu-swatch {{display: inline-block; width: 1.4em; height: 1em; margin-right: .3em; vertical-align: -.1em;
  border: 1px solid {palette.css(palette.GREY)}}}
.otsu-calendar {{width: 100%; table-layout: fixed; border-collapse: collapse; font-size: .85rem}}
.otsu-calendar caption {{text-align: left; font-weight: 700; padding-bottom: .3rem}}
.otsu-calendar td, .otsu-calendar th {{border: 1px solid {palette.css(palette.GREY)}; vertical-align: top;
  padding: .2rem .3rem; overflow-wrap: anywhere}}
.otsu-calendar td {{height: 3.6rem}}
.otsu-calendar ul {{margin: 0; padding: 0; list-style: none}}
.otsu-calendar li {{font-size: .78rem; line-height: 1.25; margin-top: .2rem}}
.otsu-calendar .otsu-other {{opacity: .45}}
.otsu-tiles {{display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .5rem; margin: .4rem 0}}
.otsu-tile {{border: 1px solid {palette.css(palette.GREY)}; border-radius: .4rem; padding: .4rem .7rem}}
.otsu-tile b {{display: block; font-size: 1.9rem; line-height: 1.25}}
.otsu-load {{display: flex; align-items: center; gap: .6rem; flex-wrap: wrap}}
.otsu-bar {{flex: 0 0 40%; max-width: 30rem; height: 1rem; border: 1px solid {palette.css(palette.GREY)};
  border-radius: .2rem; overflow: hidden}}
.otsu-bar i {{display: block; height: 100%}}
.otsu-bar.otsu-unknown {{border-style: dashed}}
.otsu-stock {{margin-bottom: .7rem}}
.otsu-legend span.otsu-item {{margin-right: 1.1em; white-space: nowrap}}
@media (max-width: 640px) {{
  .block-container {{padding-left: .8rem; padding-right: .8rem}}
  [data-testid="stHeading"] h1 {{font-size: 1.5rem !important}}
  .otsu-demo {{font-size: .9rem}}
  .otsu-legend span.otsu-item {{white-space: normal}}
}}
</style>
"""


def language() -> str:
    """The language of this page: the address, else what was chosen before, else the setting."""
    asked = st.session_state.get("language_picker") or url.get("lang") or st.session_state.get("language")
    return asked if asked in languages() else config.terminal_language()


def enter() -> str:
    """What every page calls first; gives the language.

    Until `st.navigation` was called once in a process, Streamlit takes files in pages/ for pages of their own and runs
    them without app.py: without the mark of demo data, and for everybody. Such a run is stopped here and started again
    with the frame.
    """
    if not _inside.get():
        PagesManager.uses_pages_directory = False
        st.rerun()
    return language()


def is_whole_run() -> bool:
    """Whether the whole page runs: it was opened, or somebody did something; not a part that refreshes itself."""
    return _inside.get()


def theme() -> str:
    """Light or dark, as the browser shows the page now."""
    return "dark" if st.context.theme.type == "dark" else "light"


def begin() -> str:
    """Page settings; gives the language."""
    lang = language()
    st.set_page_config(page_title=say("app.title", lang), page_icon="🏫", layout="wide", initial_sidebar_state=SIDEBAR)
    st.html(STYLE)
    st.html(access.STYLE)
    return lang


def menu(pages: Mapping[str, Sequence[StreamlitPage]], shown: StreamlitPage, lang: str) -> None:
    """Links to the pages that this role opens, by group, the language picker, who is signed in.

    The language stays over pages, and stands in the address.
    """
    names = languages()
    st.session_state["language"] = lang
    url.put("lang", None if lang == config.terminal_language() else lang)
    signed = _signed()
    with st.sidebar:
        for group, members in pages.items():
            seen = [page for page in members if access.may_see_page(signed, page.url_path)]
            if seen:
                st.caption(group)
            for page in seen:
                st.page_link(page)
        st.segmented_control(
            say("app.language", lang),
            list(names),
            default=lang,
            format_func=names.__getitem__,
            key="language_picker",
            required=True,
        )
        if signed:
            access.desk(signed, shown.url_path, lang)


def show(page: StreamlitPage, lang: str) -> None:
    """Run a page between header and footer, for whom it may be. Trouble becomes a sentence, never a blank page."""
    try:
        signed = access.current(is_alive=not st.session_state.pop(_BY_ITSELF, False))
    except OtsuMapsError as error:
        st.title(say("app.title", lang))
        st.error(error.reason.sentence(lang))
        if provider.has_provider():
            st.button(say("access.sign_out", lang), on_click=st.logout)
        return
    if signed is None:
        access.ask_to_sign_in(page.url_path, lang)
        return
    snapshot_id = data.current_id()
    _reload_when_over(snapshot_id, signed)
    if not access.refuse_page(signed, page.url_path, lang):
        _between(page, lang)


def _between(page: StreamlitPage, lang: str) -> None:
    try:
        card = data.card(data.snapshot().id)
    except (SnapshotMissing, SnapshotDamaged) as error:
        st.title(say("app.title", lang))
        st.error(f"{error.reason.sentence(lang)}\n\n{say('app.no_snapshot_next', lang)}")
        return
    if card["is_demo"]:
        st.html(f'<div class="otsu-demo" role="alert">{html.escape(say("app.demo", lang))}</div>')
    mark = _inside.set(True)
    try:
        page.run()
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
    except Exception:
        _log.exception("a page failed")
        st.error(say("app.page_failed", lang, at=clock.shown(clock.now())))
    finally:
        _inside.reset(mark)
    _footer(card, lang)


def _signed() -> access.Signed | None:
    """For the menu alone: where it cannot be told, `show` says why."""
    try:
        return access.current()
    except OtsuMapsError:
        return None


@st.fragment(run_every=POLL_S)
def _reload_when_over(snapshot_id: str | None, shown_to: access.Signed) -> None:
    """Run the page again for a new snapshot, or where it was drawn for somebody who may be nobody by now."""
    if data.current_id() != snapshot_id or _signed() != shown_to:
        st.session_state[_BY_ITSELF] = True
        st.rerun()


def stale_notes(source_ids: tuple[str, ...], lang: str, at: datetime | None = None) -> None:
    """A warning for each of these sources that is old or could not be read anew."""
    at = at or clock.now()
    for source in data.all_sources(data.snapshot().id):
        if source["source_id"] in source_ids and is_stale(source, at):
            days = clock.age(source["data_at"], at).days
            title = source["title_ja" if lang == "ja" else "title_en"]
            st.warning(say("app.stale", lang, title=title, days=days, since=clock.shown(source["data_at"])), icon="⚠️")


def legend(items: list[tuple[str, str]]) -> None:
    """Each state (a key of palette.MARK) as on the map, with its words."""
    spans = (f'<span class="otsu-item">{_badge(state)}{html.escape(words)}</span>' for state, words in items)
    st.html(f'<div class="otsu-legend">{"".join(spans)}</div>')


def tiles(items: list[tuple[str, str, int]]) -> None:
    """A number a state (a key of palette.MARK), side by side on a desktop, two and two on a phone."""
    boxes = (
        f'<div class="otsu-tile">{_badge(state)}{html.escape(words)}<b>{number:,}</b></div>'
        for state, words, number in items
    )
    st.html(f'<div class="otsu-tiles">{"".join(boxes)}</div>')


def figures(items: Iterable[tuple[str, str, str]]) -> None:
    """Name, value and a small line below it, side by side on a desktop, two and two on a phone."""
    boxes = (
        f'<div class="otsu-tile">{html.escape(name)}<b>{html.escape(value)}</b><small>{html.escape(more)}</small></div>'
        for name, value, more in items
    )
    st.html(f'<div class="otsu-tiles">{"".join(boxes)}</div>')


def bar(share: float | None, colour: palette.RGB, words: str) -> str:
    """HTML of a bar filled to a share of 1 with its words beside it; None: unknown, an empty bar with a broken edge."""
    filled = "" if share is None else f'<i style="width:{min(share, 1):.0%};background:{palette.css(colour)}"></i>'
    look = "otsu-bar" if share is not None else "otsu-bar otsu-unknown"
    return f'<div class="otsu-load"><span class="{look}">{filled}</span><span>{html.escape(words)}</span></div>'


def swatches(items: list[tuple[palette.RGB, str]]) -> None:
    """Colours of areas on a map with their words."""
    spans = (
        f'<span class="otsu-item"><span class="otsu-swatch" style="background:{palette.css(colour)}"></span>'
        f"{html.escape(words)}</span>"
        for colour, words in items
    )
    st.html(f'<div class="otsu-legend">{"".join(spans)}</div>')


def _badge(state: str) -> str:
    colour = palette.css(palette.STATES[state])
    paper = palette.css(palette.PAPER)
    ink, fill = (colour, paper) if state in palette.HOLLOW else (paper, colour)
    look = f"background:{fill};color:{ink};border:2px solid {colour}"
    return f'<span class="otsu-mark" style="{look}">{palette.MARK[state]}</span>'


def _footer(card: dict[str, Any], lang: str) -> None:
    st.divider()
    built = clock.shown(card["built_at"])
    st.caption(say("app.built", lang, city=card["city_name_ja" if lang == "ja" else "city_name_en"], built=built))
    used = [source for source in data.all_sources(card["snapshot_id"]) if source["rows_out"]]
    st.caption(say("app.credits", lang) + " " + " ／ ".join(dict.fromkeys(source["attribution"] for source in used)))
