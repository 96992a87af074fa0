"""Pieces of the page of measures: the list, one record, what was measured afterwards."""

from __future__ import annotations

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from otsu_maps import clock, evidence
from otsu_maps.analysis.evidence import LONGEST_TEXT, STATUSES, Record
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.print import paper
from otsu_maps.ui import access, evidence_form, evidence_sheet, url

PATH = "/print/evidence"
TOLD = "evidence_told"


def show(lang: str) -> None:
    """Filters, the list, and the record that is opened."""
    shelf = evidence.read_all()
    if shelf.broken:
        files = "、".join(each.file for each in shelf.broken)
        st.warning(say("evidence.broken", lang, count=len(shelf.broken), files=files), icon="⚠️")
    if not shelf.records:
        st.info(say("evidence.none", lang))
        return
    found = _filtered(shelf.records, lang)
    if not found:
        st.info(say("evidence.none_like", lang))
        return
    _list(found, lang)
    titles = {record.evidence_id: f"{record.title}（{clock.shown(record.made_at)}）" for record in found}
    chosen = url.choice(
        say("evidence.chosen", lang),
        "record",
        list(titles),
        titles.__getitem__,
        say("evidence.choose", lang),
        is_long=True,
    )
    if chosen:
        _record(next(record for record in found if record.evidence_id == chosen), lang)


def _filtered(records: tuple[Record, ...], lang: str) -> list[Record]:
    with st.container(horizontal=True):
        status = url.choice(
            say("evidence.status", lang),
            "status",
            STATUSES,
            lambda code: say(f"evidence.status_{code}", lang),
            say("evidence.any", lang),
        )
        authors = sorted({record.author for record in records})
        author = url.choice(say("evidence.author", lang), "author", authors, str, say("evidence.any", lang))
        words = url.text(say("evidence.search", lang), "words", say("evidence.search_hint", lang)).casefold().split()
    return [
        record
        for record in records
        if status in (None, record.status)
        and author in (None, record.author)
        and all(word in f"{record.title} {record.goal} {record.indicator}".casefold() for word in words)
    ]


def _list(records: list[Record], lang: str) -> None:
    st.markdown(say("evidence.count", lang, count=len(records)))
    last = [record.last_measured for record in records]
    columns = {
        say("evidence.list_title", lang): [record.title for record in records],
        say("evidence.status", lang): [say(f"evidence.status_{record.status}", lang) for record in records],
        say("evidence.indicator", lang): [record.indicator for record in records],
        say("evidence.before", lang): [evidence_sheet.amount(record.before, record, lang) for record in records],
        say("evidence.after", lang): [evidence_sheet.amount(record.expected, record, lang) for record in records],
        say("evidence.target_is", lang): [evidence_sheet.amount(record.target, record, lang) for record in records],
        say("evidence.measured", lang): [
            evidence_sheet.amount(each.value if each else record.observed, record, lang)
            for record, each in zip(records, last, strict=True)
        ],
        say("evidence.author", lang): [record.author for record in records],
        say("evidence.list_made", lang): [clock.shown(record.made_at) for record in records],
    }
    st.dataframe(pd.DataFrame(columns), hide_index=True)


def _record(record: Record, lang: str) -> None:
    st.header(record.title)
    if told := st.session_state.pop(TOLD, None):
        st.success(told)
    query = urlencode({"record": record.evidence_id, "lang": lang})
    st.link_button(say("print.do", lang), f"{PATH}?{query}", icon=":material/print:")
    style = f"<style>{paper.SHEET}{evidence_sheet.STYLE}</style>"
    st.html(f'{style}<div class="otsu-sheet">{evidence_sheet.body(record, lang)}</div>')
    if access.may_do("plan"):
        left, right = st.columns(2)
        with left:
            _measure(record, lang)
        with right:
            _status(record, lang)
    else:
        st.caption(say("evidence.not_yours", lang))
    _history(record, lang)


def _measure(record: Record, lang: str) -> None:
    with st.form("measure"):
        st.markdown(f"**{say('evidence.add', lang)}**")
        typed = st.text_input(say("evidence.value", lang, unit=record.unit), max_chars=30)
        on = st.date_input(say("evidence.on", lang), value=clock.today(), max_value=clock.today())
        note = st.text_area(say("evidence.note", lang), max_chars=LONGEST_TEXT, height=80)
        if not st.form_submit_button(say("evidence.add_do", lang), icon=":material/save:"):
            return
    value = evidence_form.number(typed)
    if not isinstance(value, float):
        st.error(say("evidence.no_number", lang, value=typed))
        return
    signed = access.needs("plan", is_alive=True)
    try:
        evidence.measure(record.evidence_id, value, on, note.strip(), signed.actor, clock.now())
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
    except OSError as error:
        st.error(say("evidence.not_written", lang, error=error))
    else:
        _again(say("evidence.added", lang))


def _status(record: Record, lang: str) -> None:
    with st.form("status"):
        st.markdown(f"**{say('evidence.status_do', lang)}**")
        status = st.selectbox(
            say("evidence.status", lang),
            STATUSES,
            index=STATUSES.index(record.status),
            format_func=lambda code: say(f"evidence.status_{code}", lang),
        )
        if not st.form_submit_button(say("evidence.status_do", lang), icon=":material/flag:"):
            return
    signed = access.needs("plan", is_alive=True)
    try:
        evidence.set_status(record.evidence_id, status, signed.actor, clock.now())
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
    except OSError as error:
        st.error(say("evidence.not_written", lang, error=error))
    else:
        _again(say("evidence.status_done", lang, status=say(f"evidence.status_{status}", lang)))


def _again(told: str) -> None:
    st.session_state[TOLD] = told
    st.rerun()


def _history(record: Record, lang: str) -> None:
    if record.revision == 1:
        return
    with st.expander(say("evidence.history", lang)):
        states = evidence.history(record.evidence_id)
        columns = {
            say("evidence.revision", lang): [each.revision for each in states],
            say("evidence.status", lang): [say(f"evidence.status_{each.status}", lang) for each in states],
            say("evidence.measured", lang): [
                evidence_sheet.amount(each.last_measured.value if each.last_measured else None, each, lang)
                for each in states
            ],
            say("evidence.by", lang): [each.changed_by for each in states],
            say("evidence.at", lang): [clock.shown(each.changed_at) for each in states],
        }
        st.dataframe(pd.DataFrame(columns), hide_index=True)
