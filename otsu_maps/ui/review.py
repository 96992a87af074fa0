"""The figures of an incident: on the page, as a table to take along, and as a report to print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.analysis.report import Report, report
from otsu_maps.analysis.rules import Rules
from otsu_maps.i18n import say
from otsu_maps.ledger import read, story
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import open_ledger
from otsu_maps.print import paper
from otsu_maps.ui import data, frame, incident, review_chart, review_sheet

PATH = "/print/report"


def show(about: dict[str, Any], lang: str) -> None:
    """Figures, charts, every shelter, and what the figures do not know."""
    found, snapshot_id = of(about)
    query = urlencode({"incident": about["incident_id"], "lang": lang})
    st.link_button(say("print.do", lang), f"{PATH}?{query}", icon=":material/print:")
    pieces = (review_sheet.head(about, found, lang), review_sheet.sums(found, lang))
    _html("".join((*pieces, review_sheet.start(found, snapshot_id, lang))))
    if not found.opened:
        st.info(say("review.none", lang))
    else:
        left, right = st.columns(2)
        with left:
            st.subheader(say("review.people", lang))
            st.vega_lite_chart(review_chart.people(found, lang, frame.theme()))
            st.caption(review_sheet.peak(found, lang))
        with right:
            st.subheader(say("review.gaps", lang))
            _gaps(found, lang)
        _table(found, lang)
    _html(review_sheet.supplies(found, lang) + review_sheet.unknown(found, lang))


def printed(query: Mapping[str, str], actor: str, may_read: bool, lang: str) -> str:
    """The report as a page to print: no free text in it. Raises EventRefused for an incident that is not here."""
    about = incident.named(query.get("incident", ""))
    found, snapshot_id = of(about)
    title = f"{say('review.title', lang)}　{about['name']}"
    return paper.sheet(title, review_sheet.body(about, found, snapshot_id, lang), lang)


def of(about: dict[str, Any]) -> tuple[Report, str]:
    """The figures of an incident and the snapshot they stand on, made once for all until something comes."""
    held, snapshot_id = open_ledger(), about["snapshot_id"]
    minute = clock.now().replace(second=0, microsecond=0)  # what goes on grows, though nothing comes
    return _of(held.url, about["incident_id"], snapshot_id, read.mark(held), minute, about), snapshot_id


@st.cache_resource(max_entries=4, show_spinner=False)
def _of(
    ledger_url: str, incident_id: str, snapshot_id: str, mark: object, minute: datetime, _about: dict[str, Any]
) -> Report:
    held, is_over = open_ledger(ledger_url), not _about["is_open"]
    end = read_time(_about["closed_at"]) if is_over else clock.now()
    world = story.of_world(held, _about["mode"], _about["opened_at"], end)
    rules = Rules.of(story.settings(held, incident_id))
    places, areas = data.judged_places(snapshot_id), config.city().warning_areas
    began_at = read_time(_about["opened_at"])
    return report(story.of_incident(held, incident_id), world, places, rules, areas, began_at, end, is_over)


def _gaps(found: Report, lang: str) -> None:
    silent = [each for each in found.opened if each.gaps.number]
    if silent:
        st.vega_lite_chart(review_chart.gaps(silent, lang))
    else:
        st.success(say("review.no_gaps", lang))
    st.caption(review_sheet.limit(found, lang))


def _table(found: Report, lang: str) -> None:
    st.subheader(say("review.shelters", lang))
    heads = review_sheet.heads(found, lang)
    st.dataframe(pd.DataFrame([review_sheet.row(each, lang) for each in found.opened], columns=heads), hide_index=True)
    table = pd.DataFrame([review_sheet.figures_of(each) for each in found.opened])
    csv = table.to_csv(index=False).encode("utf-8-sig")
    st.download_button(say("board.csv", lang), csv, "after_action.csv", "text/csv", key="review_csv")


def _html(pieces: str) -> None:
    st.html(f'<style>{paper.SHEET}</style><div class="otsu-sheet">{pieces}</div>')
