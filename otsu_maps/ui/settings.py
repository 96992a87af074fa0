"""Pieces of the page of settings: every limit with what it means, what holds in the incident, and a change of one."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import limits
from otsu_maps.analysis.limits import GROUPS, LIMITS, Held, Limit
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append, story
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access, told

STYLE = """
<style>
.otsu-limits {display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .6rem}
.otsu-limit {border: 1px solid currentColor; border-radius: .4rem; padding: .5rem .8rem; overflow-wrap: anywhere}
.otsu-limit.is-other {border-left-width: .6rem}
.otsu-limit p {margin: .25rem 0 0; font-size: .9rem}
.otsu-limit b {display: block; font-size: 1.6rem; line-height: 1.3}
.otsu-limit .otsu-small {opacity: .8}
</style>
"""


def show(about: dict[str, Any] | None, lang: str) -> None:
    """Every limit, group by group."""
    opening, changes = _kept(about)
    reasons = story.notes(open_ledger(), changes) if changes and access.may_do("record") else {}
    wrong = limits.problem(opening | {event.payload["name"]: event.payload["value"] for event in changes})
    if wrong:
        st.error(wrong.sentence(lang))
    for group, members in GROUPS.items():
        st.subheader(say(f"limits.{group}", lang))
        cards = "".join(
            _card(limits.held(limit, opening, changes), reasons, about is not None, lang) for limit in members
        )
        st.html(f'{STYLE}<div class="otsu-limits">{cards}</div>')


def change(about: dict[str, Any], lang: str) -> None:
    """Put another limit in the place of one, for this incident alone, for those who may."""
    if not (about["is_open"] and access.may_do("manage_incident")):
        return
    with st.expander(say("settings.change", lang)):
        st.caption(say("settings.change_is", lang))
        which, value, why = st.columns([3, 1, 2])
        code = which.selectbox(
            say("settings.which", lang), list(LIMITS), format_func=lambda code: say(f"limit.{code}", lang)
        )
        limit = LIMITS[code]
        opening, changes = _kept(about)
        before = limits.held(limit, opening, changes).value
        wanted = _asked(value, limit, before, lang)
        note = why.text_input(say("settings.why", lang), max_chars=200, key="limit_why").strip()
        if wanted == before:
            st.caption(say("settings.same", lang, value=_valued(before, limit, lang)))
            return
        wrong = limits.problem(story.settings(open_ledger(), about["incident_id"]) | {limit.setting.name: wanted})
        if wrong:
            st.error(wrong.sentence(lang))
            return
        with st.popover(say("settings.check", lang)):
            steps = {"before": _valued(before, limit, lang), "after": _valued(wanted, limit, lang)}
            st.write(say("settings.sure", lang, what=say(f"limit.{code}", lang), name=about["name"], **steps))
            if st.button(say("settings.do", lang), type="primary", key="change_limit"):
                _record(about, limit, wanted, note, lang)


def _asked(column: Any, limit: Limit, before: str, lang: str) -> str:
    label, key = say("settings.value", lang), f"limit_{limit.code}"
    if limit.choices:
        at = limit.choices.index(before) if before in limit.choices else 0
        return str(column.selectbox(label, limit.choices, at, format_func=lambda c: _valued(c, limit, lang), key=key))
    return str(column.text_input(label, before, max_chars=6, key=key)).strip()


def _record(about: dict[str, Any], limit: Limit, value: str, note: str, lang: str) -> None:
    signed = access.needs("manage_incident")
    where = {"incident_id": about["incident_id"], "mode": about["mode"], "note": note or None}
    payload = {"name": limit.setting.name, "value": value}
    try:
        append.append(open_ledger(), "setting_changed", payload, actor=signed.actor, **where)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    did = {"what": say(f"limit.{limit.code}", lang), "value": _valued(value, limit, lang)}
    told.later(say("settings.changed", lang, **did))


def _kept(about: dict[str, Any] | None) -> tuple[dict[str, str], list[Event]]:
    """What an incident was opened with, and what was changed since."""
    if about is None:
        return {}, []
    held = open_ledger()
    return story.opening_settings(held, about["incident_id"]), story.changes(held, about["incident_id"])


def _card(held: Held, reasons: Mapping[str, str], has_incident: bool, lang: str) -> str:
    limit = held.limit
    lines = [say(f"limit_source.{limit.code}", lang)]
    if has_incident:
        standard = _valued(held.standard, limit, lang)
        lines.append(say("settings.standard" if held.is_other else "settings.as_standard", lang, value=standard))
        if held.opened_with is None:
            lines.append(say("settings.not_kept", lang))
    lines += [_changed(event, limit, reasons.get(event.event_id, ""), lang) for event in held.changes]
    names = say("settings.and", lang).join(say(f"nav.{page}", lang) for page in limit.pages)
    small = "".join(
        f'<p class="otsu-small">{escape(line)}</p>' for line in [*lines, say("settings.on", lang, pages=names)]
    )
    value = escape(_valued(held.value, limit, lang))
    look = " is-other" if has_incident and held.is_other else ""
    return f'<div class="otsu-limit{look}">{escape(say(f"limit.{limit.code}", lang))}<b>{value}</b>{small}</div>'


def _changed(event: Event, limit: Limit, why: str, lang: str) -> str:
    value = _valued(str(event.payload["value"]), limit, lang)
    did = say("settings.was_changed", lang, at=clock.shown(event.occurred_at), by=event.actor, value=value)
    return f"{did}　{why}".strip()


def _valued(value: str, limit: Limit, lang: str) -> str:
    """A value with its unit, as people say it."""
    if limit.choices:
        value = value.replace("-", say("settings.lower", lang)).replace("+", say("settings.upper", lang))
    return say(f"unit.{limit.unit}", lang, value=value)
