"""Keep figures of a page as a record of evidence: what they are for, what is hoped for, what is assumed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from otsu_maps import clock, evidence
from otsu_maps.analysis.evidence import LONGEST_LINE, LONGEST_TEXT
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ui import access, data

SOURCE = "timetables"


def inputs(
    snapshot_id: str,
    day: date | None,
    settings: Mapping[str, Any],
    edits: Sequence[Mapping[str, str]] = (),
    more_feeds: Sequence[Mapping[str, Any]] = (),
    sources: Sequence[str] = (SOURCE,),
    lang: str = "ja",
) -> dict[str, Any]:
    """What figures were computed from: `sources` of this snapshot, and timetables that came by hand.

    Timetables are told feed by feed, any other source with its files and their checksum; one that has no rows is left
    out. `day` is the one that was asked for, None where figures are of no one day.
    """
    card = data.card(snapshot_id)
    records = {row["source_id"]: row for row in data.all_sources(snapshot_id)}
    return {
        "snapshot_id": snapshot_id,
        "is_demo": card["is_demo"],
        "program_version": card["program_version"],
        "day": day,
        "feeds": [*(_feeds(snapshot_id, records) if SOURCE in sources else ()), *more_feeds],
        "sources": [
            _source(records[name], lang)
            for name in sources
            if name != SOURCE and name in records and records[name]["rows_out"]
        ],
        "settings": {name: str(value) for name, value in settings.items()},
        "edits": list(edits),
    }


def _feeds(snapshot_id: str, records: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "feed_id": feed["feed_id"],
            "publisher": feed["publisher_ja"] or "",
            "version": feed["version"] or "",
            "sha256": records[SOURCE]["sha256"] if SOURCE in records else None,
            "valid_from": feed["valid_from"],
            "valid_until": feed["valid_until"],
        }
        for feed in data.feeds(snapshot_id)
    ]


def _source(record: Mapping[str, Any], lang: str) -> dict[str, Any]:
    of = "ja" if lang == "ja" else "en"
    return {
        "source_id": record["source_id"],
        "title": record[f"title_{of}"],
        "publisher": record[f"publisher_{of}"],
        "files": (record["files"] or "")[:LONGEST_TEXT],
        "sha256": record["sha256"],
        "data_at": record["data_at"],
    }


def keep(name: str, figures: Mapping[str, Any], title: str, lang: str) -> None:
    """A form for those who may plan; what others see is who may. `figures`: fields of evidence.Draft but the words."""
    with st.expander(say("evidence.keep", lang), icon=":material/bookmark_add:"):
        if not access.may_do("plan"):
            st.caption(say("evidence.not_yours", lang))
            return
        with st.form(f"keep_{name}", border=False):
            left, right = st.columns(2)
            with left:
                headline = st.text_input(say("evidence.title_of", lang), value=title, max_chars=LONGEST_LINE)
                goal = st.text_area(say("evidence.goal", lang), max_chars=LONGEST_TEXT, height=100)
            with right:
                target = st.text_input(
                    say("evidence.target", lang, indicator=figures["indicator"], unit=figures["unit"]), max_chars=30
                )
                assumed = st.text_area(say("evidence.assumptions_one", lang), max_chars=LONGEST_TEXT, height=100)
            if st.form_submit_button(say("evidence.save", lang), icon=":material/save:"):
                _save(figures, headline, goal, target, assumed, lang)


def number(text: str) -> float | str | None:
    """A number as people type it, None: nothing; what is no number comes back as it was, to be refused by name."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("%", "").strip()
    try:
        return float(plain) if plain else None
    except ValueError:
        return text


def _save(figures: Mapping[str, Any], title: str, goal: str, target: str, assumed: str, lang: str) -> None:
    signed = access.needs("plan", is_alive=True)
    words = {"title": title.strip(), "goal": goal.strip(), "target": number(target)}
    assumptions = [each.strip() for each in assumed.splitlines() if each.strip()]
    try:
        record = evidence.save(
            evidence.draft(**{**figures, **words, "assumptions": assumptions}), signed.actor, clock.now()
        )
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    except OSError as error:
        st.error(say("evidence.not_written", lang, error=error))
        return
    st.success(say("evidence.saved", lang, title=record.title))
    st.page_link(
        "pages/evidence.py", label=say("evidence.look", lang), query_params={"record": record.evidence_id}, icon="📌"
    )
