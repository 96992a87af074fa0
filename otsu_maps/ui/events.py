"""Pieces of the events page: the month as a calendar, the map, the list, and what has no date."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import calendar
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import points
from otsu_maps.ui import data, frame, url
from otsu_maps.ui.event_day_inputs import EVENT

HEIGHT = 460
SHOWN_A_DAY = 3


def choose(lang: str) -> date | None:
    """The month that a person asks for: this month, else the next one with an event, else the last."""
    months = data.event_months(data.snapshot().id)
    if not months:
        return None
    codes = [f"{month:%Y-%m}" for month in months]
    asked = url.choice(say("events.month", lang), "month", codes, lambda code: code, say("events.next", lang))
    if asked:
        return months[codes.index(asked)]
    today = clock.today()
    return next((month for month in months if (month.year, month.month) >= (today.year, today.month)), months[-1])


def month_calendar(month: date, found: list[dict[str, Any]], lang: str) -> None:
    """The month as weeks."""
    weeks = calendar.weeks(month)
    days = calendar.by_day(found, [day for week in weeks for day in week])
    head = "".join(f"<th>{html.escape(name)}</th>" for name in say("events.weekdays", lang).split())
    body = "".join("<tr>" + "".join(_day(day, month, days[day], lang) for day in week) + "</tr>" for week in weeks)
    caption = html.escape(say("events.of_month", lang, year=month.year, month=month.month))
    st.html(f'<table class="otsu-calendar"><caption>{caption}</caption><tr>{head}</tr>{body}</table>')


def map_of(found: list[dict[str, Any]], lang: str) -> None:
    """The events that name a position."""
    snapshot_id, theme = data.snapshot().id, frame.theme()
    placed = [
        {
            "lon": event["lon"],
            "lat": event["lat"],
            "label": f"{_name(event, lang)}\n{_days(event)}\n{event['place_name_ja'] or ''}",
        }
        for event in found
        if event["lon"] is not None
    ]
    layers = points.layers("events", placed, palette.EVENT, radius_m=150, pixels=6)
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}"),
        height=HEIGHT,
        key="event_map",
        alt=say("events.map_alt", lang, count=len(placed)),
    )
    if len(placed) < len(found):
        st.caption(say("events.no_position", lang, count=len(found) - len(placed)))


def table(found: list[dict[str, Any]], lang: str) -> None:
    """The events as a table."""
    unknown = say("app.unknown", lang)
    rows = {
        say("events.day", lang): [_when(event) or unknown for event in found],
        say("events.hours", lang): [_hours(event) or unknown for event in found],
        say("events.name", lang): [_name(event, lang) for event in found],
        say("events.place", lang): [event["place_name_ja"] or unknown for event in found],
        say("places.note", lang): [event["note_ja"] or "" for event in found],
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def plans(found: list[dict[str, Any]], lang: str) -> None:
    """The way from each event that names a day and a position to what it does to the place and its transport."""
    placed = [event for event in found if event["lon"] is not None and event["starts_on"] is not None]
    if not placed:
        return
    with st.expander(say("event_day.look", lang), icon=":material/train:"):
        for event in placed:
            query = {"event": f"{EVENT}:{event['event_id']}"}
            st.page_link("pages/event.py", label=f"{_days(event)} {_name(event, lang)}", query_params=query)


def _day(day: date, month: date, events: list[Any], lang: str) -> str:
    shown = "".join(f"<li>{html.escape(_name(event, lang))}</li>" for event in events[:SHOWN_A_DAY])
    more = len(events) - SHOWN_A_DAY
    if more > 0:
        shown += f"<li>{html.escape(say('events.more', lang, count=more))}</li>"
    other = "" if day.month == month.month else ' class="otsu-other"'
    return f"<td{other}><b>{day.day}</b><ul>{shown}</ul></td>"


def _days(event: Any) -> str:
    first, last = event["starts_on"], event["ends_on"]
    if first is None:
        return ""
    return f"{first:%m/%d}" if first == last else f"{first:%m/%d}–{last:%m/%d}"


def _when(event: Any) -> str:
    return " ".join(text for text in (_days(event), event["recurrence_text_ja"], event["schedule_text_ja"]) if text)


def _hours(event: Any) -> str:
    start, end = event["start_time"], event["end_time"]
    return f"{start or ''}–{end or ''}" if start or end else ""


def _name(event: Any, lang: str) -> str:
    return str((event["name_en"] if lang != "ja" else None) or event["name_ja"])
