"""Pieces about warnings: the ladder of levels by half of the city, what is in force, what counts and why."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.analysis import danger
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import open_ledger
from otsu_maps.maps import palette
from otsu_maps.models import HAZARDS
from otsu_maps.ui import access, data, now, offers, told
from otsu_maps.ui.now import View

LEVELS = (5, 4, 3, 2, 0)
REFRESH_S = 20

STYLE = """
<style>
.otsu-ladder {display: grid; grid-template-columns: auto 1fr; gap: .15rem .8rem; align-items: center; margin: .3rem 0}
.otsu-rung {min-width: 8.5rem; padding: .25rem .7rem; font-weight: 700; border: 1px solid currentColor}
.otsu-divider {grid-column: 1 / -1; text-align: center; font-weight: 700; padding: .2rem; margin: .1rem 0;
  border-top: 3px solid currentColor; border-bottom: 3px solid currentColor}
.otsu-chip {display: inline-block; padding: .15rem .7rem; margin: .1rem .4rem .1rem 0; font-weight: 700;
  border: 2px solid currentColor; border-radius: 1rem}
.otsu-words {display: inline-block; opacity: .8; font-size: .9rem}
</style>
"""


@st.fragment(run_every=REFRESH_S)
def live(about: dict[str, Any] | None, lang: str) -> None:
    """Levels and warnings, what they mean for places, and the places; drawn anew by itself."""
    held = now.view(about)
    contact(held, lang)
    left, right = st.columns(2)
    with left:
        ladder(held.situation, lang)
        in_force(held.situation, lang)
    with right:
        st.subheader(say("warnings.counts", lang))
        dangers(held.dangers, lang)
        decide(about, held, lang)
    st.caption(say("warnings.at", lang, at=clock.shown(held.situation.at)))
    offers.overview(held.records, lang)


def contact(held: View, lang: str) -> None:
    """Silence is said first: what is not heard is unknown."""
    if not held.situation.is_heard:
        st.warning(silence(held, lang), icon="⚠️")


def silence(held: View, lang: str) -> str:
    """Since when nothing was heard, and what that means."""
    heard_at = held.situation.heard_at
    if heard_at is None:
        return say("warnings.never_heard", lang)
    minutes = int(held.rules.contact.total_seconds() // 60)
    return say("warnings.silent", lang, since=clock.shown(heard_at), minutes=minutes)


def ladder(found: Situation, lang: str) -> None:
    """Each half of the city on the rung of its level; the divider between 5 and 4."""
    areas = config.city().warning_areas
    names = data.warning_areas(data.snapshot().id)
    level_of = {area: danger.level_in(found.alerts, area, areas) for area in areas}
    rungs = [] if found.is_heard else [_rung(None, [names.get(area, area) for area in areas], True, lang)]
    for level in LEVELS:
        here = [names.get(area, area) for area in areas if _is_on(level_of[area], level, found.is_heard)]
        rungs.append(_rung(level, here, found.is_heard, lang))
        if level == 5:
            rungs.append(f'<div class="otsu-divider">{html.escape(say("warnings.divider", lang))}</div>')
    st.html(f'{STYLE}<div class="otsu-ladder" role="list">{"".join(rungs)}</div>')
    st.caption(say("warnings.not_an_order", lang))


def in_force(found: Situation, lang: str) -> None:
    """What JMA has issued, by area."""
    names = data.warning_areas(data.snapshot().id)
    held = danger.in_force(found.alerts, config.city().warning_areas)
    if not held:
        if found.is_heard:
            st.markdown(say("warnings.none", lang))
        return
    held = sorted(held, key=lambda each: (-(each[2]["level"] or 0), str(each[0]), each[1]))
    st.dataframe(
        pd.DataFrame(
            {
                say("warnings.name", lang): [warned["name"] or code for _, code, warned in held],
                say("warnings.area", lang): [area_name(area, names, lang) for area, _, _ in held],
                say("warnings.since", lang): [clock.shown(read_time(warned["since"])) for _, _, warned in held],
            }
        ),
        hide_index=True,
    )


def dangers(found: Sequence[Danger], lang: str) -> None:
    """Hazards that decide what is valid, where and why."""
    if not found:
        st.info(say("warnings.no_danger", lang), icon="ℹ️")
        return
    st.dataframe(
        pd.DataFrame(
            {
                say("warnings.hazard", lang): [say(f"hazard.{each.hazard}", lang) for each in found],
                say("warnings.area", lang): [_where(each, lang) for each in found],
                say("warnings.why", lang): [say(f"why.{each.why}", lang, name=each.name) for each in found],
                say("warnings.since", lang): [
                    clock.shown(read_time(each.since)) if each.since else "" for each in found
                ],
            }
        ),
        hide_index=True,
    )


def decide(about: dict[str, Any] | None, held: View, lang: str) -> None:
    """Headquarters declares a hazard that no telegram tells, or confirms that one is over."""
    if not access.may_do("decide"):
        return
    names = data.warning_areas(data.snapshot().id) | data.district_names(data.snapshot().id, lang)
    with st.expander(say("warnings.decide", lang)), st.form("hazard_form", border=False):
        left, right = st.columns(2)
        hazard = left.selectbox(
            say("warnings.hazard", lang), HAZARDS, format_func=lambda code: say(f"hazard.{code}", lang)
        )
        area = right.selectbox(
            say("warnings.area", lang), ["", *names], format_func=lambda code: area_name(code or None, names, lang)
        )
        st.caption(say("warnings.over_means", lang))
        is_on = st.form_submit_button(say("warnings.declare", lang))
        is_over = st.form_submit_button(say("warnings.over", lang))
        if is_on or is_over:
            until = max(
                (_quake_until(each, held.rules) for each in held.dangers if each.why == danger.SHAKEN), default=None
            )
            if is_over and hazard == danger.EARTHQUAKE and until and until > clock.shown(clock.now()):
                st.error(say("warnings.quake_goes_on", lang, until=until))
                return
            _record(about, "hazard_declared" if is_on else "hazard_ended", hazard, area or None, lang)


def level_words(level: int, is_heard: bool, lang: str) -> str:
    """The level of warnings somewhere. In silence no level is unknown, and a level is the last that was known."""
    if not level:
        return say("warnings.no_level" if is_heard else "app.unknown", lang)
    return say("warnings.level", lang, level=level) + ("" if is_heard else f" {say('warnings.last_known', lang)}")


def area_name(area: str | None, names: dict[str, str], lang: str) -> str:
    """The name of an area or district; None: the whole city."""
    return say("warnings.whole_city", lang) if area is None else names.get(area, area)


def _is_on(level_of: int, level: int, is_heard: bool) -> bool:
    """Whether an area stands on a rung. The lowest holds level 1 too; in silence "none" is not known."""
    if level == 0:
        return is_heard and level_of < 2
    return level_of == level


def _rung(level: int | None, here: list[str], is_heard: bool, lang: str) -> str:
    """`level` None: nobody knows."""
    colour = palette.PAPER if level is None else palette.LEVELS[level]
    look = f"background:{palette.css(colour)};color:{palette.css(palette.ink_on(colour))}"
    chips = "".join(f'<span class="otsu-chip">{html.escape(name)}</span>' for name in here)
    words = "" if level is None else say(f"level.level_{level}", lang)
    if here and not is_heard:
        words += " " + say("warnings.last_known", lang)
    title = (
        say("app.unknown", lang)
        if level is None
        else say("warnings.level", lang, level=level)
        if level
        else say("warnings.no_level", lang)
    )
    return (
        f'<div class="otsu-rung" style="{look}" role="listitem">{html.escape(title)}</div>'
        f'<div>{chips}<span class="otsu-words">{html.escape(words)}</span></div>'
    )


def _where(each: Danger, lang: str) -> str:
    names = data.warning_areas(data.snapshot().id) | data.district_names(data.snapshot().id, lang)
    return area_name(each.area or each.district_id, names, lang)


def _quake_until(each: Danger, rules: Rules) -> str:
    return clock.shown(read_time(each.since) + rules.quake_lasts)


def _record(about: dict[str, Any] | None, kind: str, hazard: str, area: str | None, lang: str) -> None:
    signed = access.needs("decide")
    payload = {"hazard": hazard} | ({"area": area} if area else {})
    try:
        append.append(open_ledger(), kind, payload, actor=signed.actor, **now.home_of(about))
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say(f"did.{kind}", lang) + "　" + say(f"hazard.{hazard}", lang))
