"""Words of what was measured on an event day: numbers, times what is usual, and which days are normal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.event_day.normal_days import Event, NormalDays
from otsu_maps.i18n import say

FEW_DAYS = 2
"""With fewer normal days nobody knows what is usual."""


def few(normal: NormalDays, lang: str) -> None:
    """Says plainly that too few normal days are there."""
    if len(normal.days) < FEW_DAYS:
        kind = say(f"day_type.{normal.kind}", lang)
        st.warning(say("event_measured.one_day" if normal.days else "event_measured.no_day", lang, kind=kind))


def figures(table: pd.DataFrame, lang: str) -> dict[str, list[Any]]:
    """Event day, usual, range, days and times as columns to read; where nothing is usual, the event day alone."""
    event = {say("event_measured.event", lang): [number(value, lang) for value in table["event"]]}
    if not table["days"].any():
        return event
    ends = zip(table["least"], table["most"], strict=True)
    return event | {
        say("event_measured.usual", lang): [number(value, lang) for value in table["usual"]],
        say("event_measured.times", lang): [in_times(value, lang) for value in table["times"]],
        say("event_measured.range", lang): [
            say("app.unknown", lang) if pd.isna(least) else f"{number(least, lang)}–{number(most, lang)}"
            for least, most in ends
        ],
        say("event_measured.days", lang): table["days"].tolist(),
    }


def number(value: float | None, lang: str) -> str:
    """A number of devices or passages, or that it is unknown."""
    return say("app.unknown", lang) if value is None or pd.isna(value) else f"{value:,.0f}"


def in_times(value: float | None, lang: str) -> str:
    """How many times, or that it is unknown."""
    if value is None or pd.isna(value):
        return say("app.unknown", lang)
    return say("event_measured.so_many_times", lang, times=value)


def days_taken(normal: NormalDays, lang: str) -> None:
    """Which days were taken as normal, which were left out and why, and what may disturb them."""
    kind = say(f"day_type.{normal.kind}", lang)
    lines = []
    if normal.days:
        days = say("event_measured.and", lang).join(day.isoformat() for day in normal.days)
        lines.append(say("event_measured.taken", lang, kind=kind, days=days, count=len(normal.days)))
    for day, there in normal.left_out:
        lines.append(say("event_measured.left_out_day", lang, day=day.isoformat(), names=_names(there, lang)))
    if normal.doubtful:
        lines.append(say("event_measured.doubtful", lang, names=_names(normal.doubtful, lang)))
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def _names(events: Iterable[Event], lang: str) -> str:
    names = [str((event["name_en"] if lang != "ja" else None) or event["name_ja"]) for event in events]
    return say("event_measured.and", lang).join(dict.fromkeys(names))
