"""Afterwards: what was measured on an event day against normal days. A part of a page, its state begins with `m_`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.event_day.normal_days import NormalDays
from otsu_maps.i18n import say
from otsu_maps.ui import (
    data,
    event_day_measured_chart,
    event_day_measured_counters,
    event_day_measured_map,
    movement_files,
)
from otsu_maps.ui import event_day_measured_data as measured
from otsu_maps.ui import event_day_measured_words as words
from otsu_maps.ui import movement_data as held

LEAST_DAYS = 2
"""So many normal days tell what is usual; one alone is shown, and kept nowhere."""


def show(on: date, cells: Sequence[int], lang: str) -> float | None:
    """What was measured on a day around a venue, in devices and at counters.

    `cells`: mesh codes around the venue (1 km). Gives the largest ratio of an hour to what is usual then, None where
    nothing is measured, nothing compares, or one normal day alone stands for all.
    """
    venue = tuple(sorted(set(cells)))
    times = _devices(on, venue, lang)
    normal = measured.passages_normal(on, venue)
    is_told = times is not None and normal == measured.devices_normal(on, venue)
    event_day_measured_counters.show(on, normal, lang, is_told=is_told)
    return times


def _devices(on: date, venue: tuple[int, ...], lang: str) -> float | None:
    snapshot_id, day = data.snapshot().id, on.isoformat()
    if not held.days(snapshot_id):
        st.warning(say("movement.no_hours", lang))
        return None
    if day not in held.days(snapshot_id):
        st.info(say("event_measured.not_this_day", lang, day=day))
        return None
    normal = measured.devices_normal(on, venue)
    found = measured.measured(snapshot_id, on, normal.days, venue)
    if found.table.empty:
        st.warning(say("event_measured.not_here", lang, day=day))
        return None
    most = measured.largest(found.table)
    _say(most, normal, lang)
    event_day_measured_chart.show(found.table, on, len(normal.days), "devices", lang)
    if most is not None:
        event_day_measured_map.show(found, on, venue, int(most["hour"]), lang)
    _table(found.table, day, lang)
    words.days_taken(normal, lang)
    st.caption(say("movement.devices_are", lang))
    held.withheld(lang)
    return float(most["times"]) if most is not None and most["days"] >= LEAST_DAYS else None


def _say(most: dict[str, Any] | None, normal: NormalDays, lang: str) -> None:
    """What it was at its most, and how sure that is."""
    if most is not None:
        about = {"hour": int(most["hour"]), "times": most["times"], "event": most["event"], "usual": most["usual"]}
        st.markdown(f"#### {say('event_measured.most', lang, **about)}")
    words.few(normal, lang)
    if most is None and normal.days:
        st.warning(say("event_measured.nothing_compares", lang))


def _table(table: pd.DataFrame, day: str, lang: str) -> None:
    columns = {say("event_measured.hour", lang): [held.clock_of(hour) for hour in table["hour"]]}
    columns |= words.figures(table, lang)
    has_usual = bool(table["days"].any())
    if has_usual:
        columns[say("event_measured.left_out", lang)] = [words.number(value, lang) for value in table["left_out"]]
    held.table(columns, "event_measured_hours")
    movement_files.offer(f"event_hours_{day}", table.assign(on_date=day), lang)
    if has_usual:
        st.caption(say("event_measured.rule", lang))
