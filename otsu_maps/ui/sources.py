"""Pieces of the sources page: the table, a card a source with what was refused, downloads."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis.age import is_stale
from otsu_maps.i18n import say
from otsu_maps.queries.tables import EXPORTS
from otsu_maps.reasons import Reason
from otsu_maps.ui import data

SIGN = {"fresh": "○", "kept": "⚠", "stale": "⚠", "absent": "―"}


def table(lang: str) -> None:
    """Every source with state, age and rows."""
    records = data.all_sources(data.snapshot().id)
    st.dataframe(
        pd.DataFrame(
            {
                say("sources.source", lang): [_title(record, lang) for record in records],
                say("sources.state", lang): [_state(record, lang) for record in records],
                say("sources.data_at", lang): [_shown(record["data_at"], lang) for record in records],
                say("sources.rows_out", lang): pd.array([record["rows_out"] for record in records], dtype="Int64"),
                say("sources.quarantined", lang): pd.array(
                    [record["quarantined"] for record in records], dtype="Int64"
                ),
                say("sources.licence", lang): [record["licence"] for record in records],
            }
        ),
        hide_index=True,
        placeholder=say("sources.not_loaded", lang),
    )


def cards(lang: str) -> None:
    """A card a source: publisher, licence, what was read, and the rows that were refused with their reasons."""
    snapshot_id = data.snapshot().id
    for record in data.all_sources(snapshot_id):
        refused = data.quarantine(snapshot_id, record["source_id"])
        count = say("sources.card_quarantined", lang, count=len(refused)) if refused else ""
        with st.expander(f"{_title(record, lang)}　{_state(record, lang)}　{count}"):
            if record["problem_code"]:
                st.warning(Reason.stored(record["problem_code"], record["problem_params"]).sentence(lang), icon="⚠️")
            elif record["state"] == "absent":
                st.markdown(say("sources.absent_next", lang, source=record["source_id"]))
            st.markdown("  \n".join(_lines(record, lang)))
            if refused:
                _quarantine(refused, lang)


def downloads(lang: str) -> None:
    """The tables as CSV; demo rows carry their mark."""
    snapshot = data.card(data.snapshot().id)
    mark = say("app.demo_mark", lang) if snapshot["is_demo"] else say("app.real_mark", lang)
    prefix = "DEMO-" if snapshot["is_demo"] else ""
    columns = st.columns(4)
    for position, name in enumerate(EXPORTS):
        columns[position % 4].download_button(
            say(f"table.{name}", lang),
            data.export(snapshot["snapshot_id"], name, mark),
            file_name=f"{prefix}{name}-{snapshot['snapshot_id']}.csv",
            mime="text/csv",
            key=f"download_{name}",
            on_click="ignore",
            width="stretch",
        )


def _quarantine(refused: list[dict[str, Any]], lang: str) -> None:
    st.markdown(say("sources.refused", lang))
    st.dataframe(
        pd.DataFrame(
            {
                say("sources.file", lang): [row["file"] for row in refused],
                say("sources.row", lang): [row["row_no"] for row in refused],
                say("sources.reason", lang): [_reason(row, lang) for row in refused],
                say("sources.value", lang): [row["value"] for row in refused],
            }
        ),
        hide_index=True,
    )


def _lines(record: dict[str, Any], lang: str) -> list[str]:
    other = "ja" if lang == "ja" else "en"
    lines = [
        f"{say('sources.publisher', lang)}：{record[f'publisher_{other}']}",
        f"{say('sources.licence', lang)}：{record['licence']}",
        f"{say('sources.attribution', lang)}：{record['attribution']}",
    ]
    if record["page_url"]:
        lines.append(f"{say('sources.page', lang)}：{record['page_url']}")
    if record["rows_in"] is not None:
        numbers = {name: record[name] for name in ("rows_in", "rows_out", "quarantined", "rows_elsewhere")}
        lines.append(say("sources.numbers", lang, **numbers))
        read = clock.shown(record["built_at"]) if record["built_at"] else say("app.unknown", lang)
        lines.append(say("sources.read", lang, files=record["files"], format=record["format"], at=read))
    return lines


def _reason(row: dict[str, Any], lang: str) -> str:
    return Reason.stored(row["reason_code"], row["reason_params"]).sentence(lang)


def _state(record: dict[str, Any], lang: str) -> str:
    state = "stale" if record["state"] == "fresh" and is_stale(record, clock.now()) else record["state"]
    return f"{SIGN[state]} {say(f'state.{state}', lang)}"


def _shown(moment: Any, lang: str) -> str:
    if moment is None:
        return say("sources.not_loaded", lang)
    return say("sources.age", lang, at=clock.shown(moment), days=clock.age(moment).days)


def _title(record: dict[str, Any], lang: str) -> str:
    return str(record["title_ja" if lang == "ja" else "title_en"])
