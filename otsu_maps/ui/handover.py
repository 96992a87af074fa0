"""The sheet for the next shift: on the page, on paper, now and as it was; and the words that hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import board, handover, supplies
from otsu_maps.analysis.handover import Period, Shift
from otsu_maps.errors import EventRefused, OtsuMapsError, SnapshotDamaged, SnapshotMissing
from otsu_maps.i18n import say
from otsu_maps.ledger import append, story
from otsu_maps.ledger.events import Event, read_time, written
from otsu_maps.ledger.store import open_ledger
from otsu_maps.print import paper
from otsu_maps.ui import access, actions, cover, data, handover_sheet, incident, now, replay, told, url
from otsu_maps.ui.now import View

REFRESH_S = 20
NOW, MOMENT = "now", "moment"
PATH = "/print/handover"


@dataclass(frozen=True)
class Asked:
    """Which sheet: that of now (both None), of a handover, or of another moment, as it was known then or is now."""

    written: Event | None = None
    at: datetime | None = None
    is_known: bool = False

    @property
    def is_now(self) -> bool:
        return self.written is None and self.at is None


def choose(about: dict[str, Any], lang: str) -> Asked:
    """The sheet that a person looks at: now at first, each handover that was written, or any moment."""
    held = {event.event_id: event for event in reversed(story.handovers(open_ledger(), about["incident_id"]))}
    names = {key: say("handover.of", lang, at=_at(event), by=event.actor) for key, event in held.items()}
    names[MOMENT] = say("handover.moment", lang)
    chosen = url.choice(say("handover.which", lang), "sheet", list(names), names.__getitem__, say("handover.now", lang))
    if chosen in held:
        return Asked(written=held[chosen])
    if chosen == MOMENT or not about["is_open"]:
        at, is_known = replay.moment(about, lang)
        return Asked(at=at, is_known=is_known)
    return Asked()


def print_link(about: dict[str, Any], asked: Asked, lang: str) -> None:
    """Opens the sheet as a page to print, in a tab of its own."""
    query = {"incident": about["incident_id"], "lang": lang}
    if asked.written:
        query["handover"] = asked.written.event_id
    elif asked.at:
        query |= {"at": written(asked.at)} | ({"known": "1"} if asked.is_known else {})
    st.link_button(say("print.do", lang), f"{PATH}?{urlencode(query)}", icon=":material/print:")


@st.fragment(run_every=REFRESH_S)
def live(about: dict[str, Any], lang: str) -> None:
    """The sheet of now, refreshed by itself."""
    cover.watch(lang)
    signed = access.current()
    _show(about, Asked(), signed.actor if signed else "", lang)


def past(about: dict[str, Any], asked: Asked, lang: str) -> None:
    """The sheet of a handover or of a moment."""
    signed = access.current()
    try:
        _show(about, asked, signed.actor if signed else "", lang)
    except (SnapshotMissing, SnapshotDamaged) as error:
        st.error(error.reason.sentence(lang))


def write(about: dict[str, Any], lang: str) -> None:
    """The writer's own words. Handing over ends the period: the next sheet begins here."""
    if not access.may_do("record"):
        return
    with (
        st.expander(say("handover.write", lang)),
        st.form("handover_form", clear_on_submit=True, border=False),
    ):
        words = st.text_area(
            say("handover.words", lang), max_chars=2000, placeholder=say("handover.hint", lang), key="handover_words"
        )
        st.caption(say("handover.means", lang))
        if st.form_submit_button(say("handover.do", lang), type="primary"):
            _record(about, words.strip(), lang)


def printed(query: Mapping[str, str], actor: str, may_read: bool, lang: str) -> str:
    """The sheet as a page to print. Raises EventRefused for an incident or a handover that is not here."""
    about = incident.named(query.get("incident", ""))
    asked = _asked(about, query)
    body = paper.marks(about["mode"], about["is_demo"], lang) + _body(about, asked, actor, may_read, lang)
    return paper.sheet(f"{say('handover.title', lang)}　{about['name']}", body, lang)


def _asked(about: Mapping[str, Any], query: Mapping[str, str]) -> Asked:
    if wanted := query.get("handover"):
        found = [e for e in story.handovers(open_ledger(), about["incident_id"]) if e.event_id == wanted]
        if not found:
            raise EventRefused("event_no_target")
        return Asked(written=found[0])
    if "at" not in query:
        return Asked() if about["is_open"] else Asked(at=read_time(about["closed_at"]))
    try:
        at = read_time(query["at"])
    except ValueError as error:
        raise EventRefused("event_bad_time", value=query["at"][:40]) from error
    return Asked(at=max(min(at, clock.now()), read_time(about["opened_at"])), is_known=query.get("known") == "1")


def _show(about: dict[str, Any], asked: Asked, actor: str, lang: str) -> None:
    body = _body(about, asked, actor, access.may_do("record"), lang)
    st.html(f'<style>{paper.SHEET}</style><div class="otsu-sheet">{body}</div>')


def _body(about: dict[str, Any], asked: Asked, actor: str, may_read: bool, lang: str) -> str:
    held, snapshot_id = _view(about, asked)
    found = _shift(about, asked, held)
    texts: dict[str, str] | None = None
    if may_read:
        wrote = [event for event in (found.period.before, found.period.written) if event]
        texts = story.notes(open_ledger(), [*found.remarks, *wrote])
    by = asked.written.actor if asked.written else actor
    return handover_sheet.body(about, held, found, texts, snapshot_id, by, lang)


def _view(about: dict[str, Any], asked: Asked) -> tuple[View, str]:
    """What went on at that moment, and the snapshot it stands on."""
    if asked.is_now:
        return now.view(about), data.snapshot().id
    if asked.written is None:
        at = asked.at or clock.now()
        return now.view_then(about, at, at if asked.is_known else None), about["snapshot_id"]
    event = asked.written
    held = now.view_then(about, event.occurred_at, event.received_at)
    if event.payload.get("is_heard") is False and held.situation.is_heard:
        heard_at = event.payload.get("heard_at")
        found = replace(held.situation, is_heard=False, heard_at=read_time(heard_at) if heard_at else None)
        records = now.records(found, held.rules, about["snapshot_id"])
        held = replace(held, situation=found, records=records, dangers=now.dangers(found, held.rules))
    return held, about["snapshot_id"]


def _shift(about: dict[str, Any], asked: Asked, held: View) -> Shift:
    period = _period(about, asked, held)
    rows_before: Sequence[board.Row] = []
    with suppress(SnapshotMissing, SnapshotDamaged):  # then all that are full now are news
        rows_before = now.view_then(about, period.since, period.known_at).rows
    told = (period.since, period.at, period.known_at)
    news = story.news(open_ledger(), about["incident_id"], handover.KINDS, *told, with_late=period.before is not None)
    stocks = supplies.stocks(held.rows, held.situation, held.rates)
    return handover.shift(period, held.situation, actions.to_do(held), held.rows, rows_before, stocks, news)


def _period(about: dict[str, Any], asked: Asked, held: View) -> Period:
    at = held.situation.at
    known_at = asked.written.received_at if asked.written else at if asked.is_known else None
    handovers = story.handovers(open_ledger(), about["incident_id"])
    return handover.period(handovers, read_time(about["opened_at"]), at, known_at, asked.written)


def _record(about: dict[str, Any], words: str, lang: str) -> None:
    signed = access.needs("record")
    if not words:
        st.error(say("handover.needs", lang))
        return
    found = now.view(about).situation
    heard_at = {"heard_at": written(found.heard_at)} if found.heard_at else {}
    where = {"incident_id": about["incident_id"], "mode": about["mode"], "note": words}
    try:
        append.append(open_ledger(), "handover", {"is_heard": found.is_heard, **heard_at}, actor=signed.actor, **where)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say("handover.done", lang))


def _at(event: Event) -> str:
    return clock.shown(event.occurred_at)
