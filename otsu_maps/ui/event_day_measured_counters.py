"""Counters of passages on an event day against normal days."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from otsu_maps.event_day.normal_days import NormalDays
from otsu_maps.i18n import say
from otsu_maps.ui import data, event_day_measured_chart, movement_files
from otsu_maps.ui import event_day_measured_data as measured
from otsu_maps.ui import event_day_measured_words as words
from otsu_maps.ui import movement_data as held


def show(on: date, normal: NormalDays, lang: str, *, is_told: bool) -> None:
    """Each counter in the hour in which it counted most against what is usual, and one of them by hours.

    `is_told`: the page has said already which days are normal.
    """
    st.subheader(say("event_measured.counters", lang))
    snapshot_id, day = data.snapshot().id, on.isoformat()
    if not measured.counted_days(snapshot_id):
        st.warning(say("movement.no_counters", lang))
        return
    found = measured.passages(snapshot_id, on, normal.days)
    if not found:
        st.info(say("event_measured.not_counted", lang, day=day))
        return
    most = {site: measured.largest(table) for site, table in found.items()}
    sites = sorted(found, key=lambda site: (-(most[site] or {"times": 0.0})["times"], site))
    first = most[sites[0]]
    if first is not None:
        about = {"hour": int(first["hour"]), "times": first["times"], "event": first["event"], "usual": first["usual"]}
        st.markdown(f"**{say('event_measured.counted_most', lang, site=sites[0], **about)}**")
    if not is_told:
        words.few(normal, lang)
    if first is not None:
        _sites(sites, most, lang)
    site = held.pick(say("movement.site", lang), "m_site", sites, str, sites[0])
    event_day_measured_chart.show(found[site], on, len(normal.days), "passages", lang)
    columns = {say("event_measured.hour", lang): [held.clock_of(hour) for hour in found[site]["hour"]]}
    held.table(columns | words.figures(found[site], lang), "event_measured_passages")
    movement_files.offer(f"event_passages_{day}", found[site].assign(site_id=site, on_date=day), lang)
    if not is_told:
        words.days_taken(normal, lang)
    st.caption(say("event_measured.counted_rule", lang))
    st.caption(say("movement.counters_are", lang))


def _sites(sites: list[str], most: dict[str, dict[str, Any] | None], lang: str) -> None:
    nothing = dict.fromkeys(("event", "usual", "times"), float("nan"))
    unknown, rows = say("app.unknown", lang), [most[site] or nothing for site in sites]
    held.table(
        {
            say("movement.site", lang): sites,
            say("event_measured.hour", lang): [
                held.clock_of(int(row["hour"])) if "hour" in row else unknown for row in rows
            ],
            say("event_measured.event", lang): [words.number(row["event"], lang) for row in rows],
            say("event_measured.usual", lang): [words.number(row["usual"], lang) for row in rows],
            say("event_measured.times", lang): [words.in_times(row["times"], lang) for row in rows],
        },
        "event_measured_sites",
    )
