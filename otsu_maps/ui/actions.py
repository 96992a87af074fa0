"""Pieces of the board: what needs a decision, taken and done by people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import offer, reach, supplies
from otsu_maps.analysis.actions import Action, actions
from otsu_maps.analysis.forecast import NOTHING, Outlook
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import open_ledger
from otsu_maps.reasons import Reason
from otsu_maps.ui import access, data
from otsu_maps.ui.now import View
from otsu_maps.ui.words import item_name

MOST = 12
LASTING = ("silent", "no_place")
"""What is told with when it began; of all else the newest word counts."""


def show(about: dict[str, Any], held: View, ahead: Outlook, lang: str, *, is_live: bool) -> None:
    """The list, the most urgent first. Without `is_live` there is nothing to press."""
    found = to_do(held, ahead)
    said = held.once(("words", ahead.made_min, lang), lambda: {each.key: _words(each, held, lang) for each in found})
    open_ones = [action for action in found if not action.is_done]
    if not open_ones:
        st.success(say("board.nothing", lang))
    may_decide, may_record = is_live and access.may_do("decide"), is_live and access.may_do("record")
    is_all = len(open_ones) > MOST and st.toggle(say("board.all", lang, count=len(open_ones)), key="board_all")
    for action in open_ones if is_all else open_ones[:MOST]:
        words, taken, done = st.columns([8, 2, 2], vertical_alignment="center")
        words.markdown(f"{said[action.key]}　{_link(about, action, lang) if is_live else ''}")
        if action.taken_by:
            taken.caption(say("board.taken", lang, by=action.taken_by))
        elif may_decide and taken.button(say("board.take", lang), key=f"take_{action.key}"):
            _take(about, action, lang)
        if may_record and done.button(say("board.done", lang), key=f"done_{action.key}"):
            _done(about, action, lang)
    if len(open_ones) > MOST and not is_all:
        st.caption(say("board.more", lang, count=len(open_ones) - MOST))
    dealt_with = len(found) - len(open_ones)
    if dealt_with:
        st.caption(say("board.dealt_with", lang, count=dealt_with))


def to_do(held: View, ahead: Outlook = NOTHING) -> list[Action]:
    """The list of a view; without forecasts where a past must look the same whenever it is asked for."""
    return held.once(("actions", ahead.made_min), lambda: _to_do(held, ahead))


def _to_do(held: View, ahead: Outlook) -> list[Action]:
    people = data.residents(held.snapshot_id)
    offered = [(record.lon, record.lat) for record in offer.offered(held.records)]
    reaches = reach.reach(people, offered, held.rules.reach_m) if people and held.situation.orders else None
    stocks = supplies.stocks(held.rows, held.situation, held.rates)
    return actions(held.rows, held.situation, held.records, stocks, ahead, reaches)


def _words(action: Action, held: View, lang: str) -> str:
    lasts = action.key.partition("|")[0] in LASTING
    at = clock.shown_near(read_time(action.since), held.situation.at) if action.since else ""
    since = say("board.since" if lasts else "board.as_of", lang, at=at) if at else ""
    return f"{_mark(action, lang)} **{sentence(action, held.situation.at, lang)}**　{since}"


def _mark(action: Action, lang: str) -> str:
    word = urgency_word(action)
    colour = {"now": "red", "soon": "orange", "look": "blue"}[word]
    return f":{colour}-badge[{say(f'board.{word}', lang)}]"


def urgency_word(action: Action) -> str:
    """How soon somebody must decide: now, soon, or look."""
    return "now" if action.urgency >= 90 else "soon" if action.urgency >= 60 else "look"


def sentence(action: Action, at: datetime, lang: str) -> str:
    """What needs a decision, with districts and items by name and times as they are read at `at`."""
    names = data.district_names(data.snapshot().id, lang)
    words: dict[str, Callable[[Any], str]] = {
        "district": lambda code: names.get(code, code),
        "item": lambda code: item_name(code, lang),
        "when": lambda moment: clock.shown_near(moment, at),
    }
    params = {name: words.get(name, lambda same: same)(value) for name, value in action.reason.params.items()}
    return Reason(action.reason.code, params).sentence(lang)


def _link(about: dict[str, Any], action: Action, lang: str) -> str:
    """Where one acts: supplies, the shelter, the orders."""
    more = f"incident={about['incident_id']}&lang={lang}"
    if action.key.startswith("stock|"):
        return f"[{say('nav.supplies', lang)}](/supplies?{more})"
    if action.place_id:
        return f"[{say('board.to_shelter', lang)}](/shelter?place={action.place_id}&{more})"
    return f"[{say('view.orders', lang)}](/hazards?view=orders&{more})" if action.district_id else ""


def _take(about: dict[str, Any], action: Action, lang: str) -> None:
    signed = access.needs("decide", is_alive=True)
    _record(
        about,
        [*_raised(action, lang), ("task_assigned", {"task_id": action.key, "to": signed.actor})],
        signed.actor,
        lang,
    )


def _done(about: dict[str, Any], action: Action, lang: str) -> None:
    signed = access.needs("record", is_alive=True)
    _record(about, [*_raised(action, lang), ("task_done", {"task_id": action.key})], signed.actor, lang)


def _raised(action: Action, lang: str) -> list[tuple[str, dict[str, str]]]:
    if action.is_known:
        return []
    return [("task_raised", {"task_id": action.key, "title": sentence(action, clock.now(), lang)[:200]})]


def _record(about: dict[str, Any], told: Sequence[tuple[str, dict[str, str]]], actor: str, lang: str) -> None:
    where = {"incident_id": about["incident_id"], "mode": about["mode"]}
    try:
        append.append_all(open_ledger(), [Draft(kind, payload, **where) for kind, payload in told], actor)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    st.rerun()
