"""An event day by hours as a line beside what is usual then, with the range of the normal days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.maps import palette
from otsu_maps.ui import event_day_measured_words as words
from otsu_maps.ui import movement_data as held

CHART = 340
HOURS = range(24)
SERIES = ("event", "usual")
COLOURS, SHAPES, DASHES = (palette.RED, palette.BLUE), ("circle", "square"), ([1, 0], [5, 3])
"""One a series: colour alone does not tell them apart."""


def show(table: pd.DataFrame, on: date, days: int, of: str, lang: str) -> None:
    """The chart of a table by hour (hour, event, usual, least, most), `of` "devices" or "passages", and its words."""
    told = in_words(table, lang)
    if days:
        told = f"{told} {say('event_measured.band', lang)}"
    st.vega_lite_chart(rows(table, on, days, lang), spec(on, days, of, lang), alt=told, key=f"event_chart_{of}")
    st.caption(told)


def rows(table: pd.DataFrame, on: date, days: int, lang: str) -> pd.DataFrame:
    """One row for each series and hour of the day: series, hour, number, least, most; unknown ones are empty, at which
    the line breaks."""
    whole = table.set_index("hour").reindex(HOURS).rename_axis("hour").reset_index()
    parts = []
    for name, label in zip(SERIES, _names(on, days, lang), strict=False):
        part = whole[["hour"]].assign(series=label, number=whole[name], least=float("nan"), most=float("nan"))
        if name == "usual":
            part = part.assign(least=whole["least"], most=whole["most"])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def spec(on: date, days: int, of: str, lang: str) -> dict[str, Any]:
    """The chart of `rows`."""
    names, title = _names(on, days, lang), say(f"movement.{of}", lang)
    hour = {
        "field": "hour",
        "type": "quantitative",
        "title": say("event_measured.hour", lang),
        "scale": {"domain": [0, 23]},
        "axis": {"tickCount": 12, "format": "d"},
    }
    up: dict[str, Any] = {"type": "quantitative", "title": title, "axis": {"format": ",d"}}
    series: dict[str, Any] = {"field": "series", "type": "nominal"}
    tooltip = [
        {**series, "title": say("movement.series", lang)},
        {"field": "hour", "type": "quantitative", "title": say("event_measured.hour", lang)},
        {"field": "number", "type": "quantitative", "format": ",.0f", "title": title},
    ]
    colour = {**series, "scale": {"domain": names, "range": [palette.css(c) for c in COLOURS[: len(names)]]}}
    shape = {**series, "scale": {"domain": names, "range": list(SHAPES[: len(names)])}}
    # Bars, for a band through hours would fill those between that nobody knows, or miss an hour that stands alone.
    layers: list[dict[str, Any]] = [
        {
            "transform": [{"filter": {"field": "series", "equal": names[-1]}}],
            "mark": {"type": "bar", "color": palette.css(palette.BLUE), "opacity": 0.25, "width": {"band": 1}},
            "encoding": {"x": hour, "y": {"field": "least", **up}, "y2": {"field": "most"}},
        }
    ]
    for name, dashes in zip(names, DASHES, strict=False):
        points = {"size": 55, "filled": True}
        layers.append(
            {
                "transform": [{"filter": {"field": "series", "equal": name}}],
                "mark": {"type": "line", "point": points, "strokeWidth": 2, "strokeDash": dashes},
                "encoding": {
                    "x": hour,
                    "y": {"field": "number", **up},
                    "color": colour,
                    "shape": shape,
                    "tooltip": tooltip,
                },
            }
        )
    legend = {"orient": "bottom", "title": None, "columns": 1, "labelLimit": 320}
    return {"height": CHART, "layer": layers if len(names) > 1 else layers[1:], "config": {"legend": legend}}


def in_words(table: pd.DataFrame, lang: str) -> str:
    """When the event day was at its most and what is usual then, for those who do not see the chart."""
    most = max(table.to_dict("records"), key=lambda row: row["event"])
    about = {"event": most["event"], "usual": words.number(most["usual"], lang), "hours": len(table)}
    return say("event_measured.chart_words", lang, hour=held.clock_of(most["hour"]), **about)


def _names(on: date, days: int, lang: str) -> list[str]:
    """Of the series that there are: without a normal day there is nothing usual."""
    names = [say("event_measured.series_event", lang, day=on.isoformat())]
    return [*names, say("event_measured.series_usual", lang, count=days)] if days else names
