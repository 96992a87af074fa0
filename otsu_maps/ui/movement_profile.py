"""A day by hours: devices, trips and counters, each as a chart with its words. An hour without a figure is bare."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.maps import palette
from otsu_maps.ui import data, movement_files, url
from otsu_maps.ui import movement_data as held

CHART, LEGEND_COLUMNS, LEGEND_ROW = 290, 2, 32
SERIES: tuple[palette.RGB, ...] = (palette.BLUE, palette.ORANGE, palette.STATION, palette.GREEN)
SHAPES = ("circle", "square", "triangle-up", "diamond")
"""One a series: colour alone does not tell them apart."""

DASHES = ([1, 0], [6, 4])
"""Of lines: where colours begin anew, lines are broken, and shapes move on by one, which the legend shows too."""

MOST_DAYS = len(SERIES) * len(DASHES)
"""More lines in one chart are not told apart."""


def show(lang: str) -> None:
    """Three charts, or what is missing for each."""
    _devices(lang)
    _trips(lang)
    _counters(lang)
    held.withheld(lang)


def _devices(lang: str) -> None:
    st.subheader(say("movement.devices_by_hour", lang))
    snapshot_id = data.snapshot().id
    days = held.days(snapshot_id)
    if not days:
        st.warning(say("movement.no_hours", lang))
        return
    usual = _shown(days, held.whole_days(snapshot_id))
    chosen = url.several(
        say("movement.days_shown", lang, most=MOST_DAYS),
        "days",
        days[::-1],
        str,
        say("movement.days_usual", lang, count=len(usual)),
        most=MOST_DAYS,
    )
    rows = [
        {"series": on, "hour": row["hour"], "number": row["devices"]}
        for on in sorted(chosen) or usual
        for row in held.hours(snapshot_id, on)
    ]
    _chart(rows, "devices", lang)
    st.caption(say("movement.devices_are", lang))


def _shown(days: Sequence[str], whole: Sequence[str]) -> list[str]:
    """As many days as there are colours: the last ones, those with all their hours before the others."""
    return sorted(sorted(days, key=lambda on: (on in whole, on))[-len(SERIES) :])


def _trips(lang: str) -> None:
    st.subheader(say("movement.trips_by_hour", lang))
    snapshot_id = data.snapshot().id
    kinds = held.kinds(snapshot_id)
    if not kinds:
        st.warning(say("movement.no_trips", lang))
        return
    found = held.trips_by_hour(snapshot_id, held.pick_zones(kinds, lang))
    rows = [
        {"series": say(f"day.{row['day_type']}", lang), "hour": row["hour"], "number": _a_day(row)}
        for row in found
        if row["hour"] is not None
    ]
    _chart(rows, "trips", lang)
    for row in found:
        if row["hour"] is None:
            about = {"day": say(f"day.{row['day_type']}", lang), "trips": _a_day(row)}
            st.caption(say("movement.trips_without_hour", lang, **about))
    if any(row["days"] is None for row in found):
        st.caption(say("movement.days_unknown", lang))


def _a_day(row: dict[str, Any]) -> float:
    """Trips a day; of all days together where nobody said how many they are, which the page then says."""
    return float(row["trips"]) / (row["days"] or 1)


def _counters(lang: str) -> None:
    st.subheader(say("movement.counters", lang))
    snapshot_id = data.snapshot().id
    sites = [row["site_id"] for row in held.counters(snapshot_id)]
    if not sites:
        st.warning(say("movement.no_counters", lang))
        return
    with st.container(horizontal=True):
        site = held.pick(say("movement.site", lang), "site", sites, str, sites[0])
        found = held.passages(snapshot_id, site)
        by_day = Counter(row["on_date"].isoformat() for row in found)
        days = sorted(by_day)
        on = held.pick(say("movement.day", lang), "counted_on", days[::-1], str, held.nearly_whole(by_day)[-1])
    of_day = [row for row in found if row["on_date"].isoformat() == on]
    either = say("movement.either_way", lang)
    rows = [{"series": row["direction"] or either, "hour": row["hour"], "number": row["passages"]} for row in of_day]
    _chart(rows, "passages", lang)
    usual = max(row["readings"] for row in of_day)
    part = sorted({row["hour"] for row in of_day if row["readings"] < usual})
    if part:
        hours = "、".join(held.clock_of(hour) for hour in part)
        st.caption(say("movement.not_whole", lang, hours=hours))
    st.caption(say("movement.counters_are", lang))


def _chart(rows: Sequence[dict[str, Any]], of: str, lang: str) -> None:
    if not rows:
        st.info(say("movement.only_without_hour", lang))
        return
    words = in_words(rows, lang)
    st.vega_lite_chart(pd.DataFrame(rows), spec(rows, of, lang), alt=words, key=f"chart_{of}")
    st.caption(words.replace("\n", "  \n"))
    movement_files.offer(f"hourly_{of}", pd.DataFrame(rows), lang)


def spec(rows: Iterable[dict[str, Any]], of: str, lang: str) -> dict[str, Any]:
    """The chart of `rows` (series, hour, number). A line breaks where an hour has no figure."""
    names = list(dict.fromkeys(row["series"] for row in rows))
    turns = [divmod(i, len(SERIES)) for i in range(len(names))]
    colours = [palette.css(SERIES[i]) for _, i in turns]
    shapes = [SHAPES[(i + turn) % len(SHAPES)] for turn, i in turns]
    is_again = f"indexof({json.dumps(names, ensure_ascii=False)}, datum.series) >= {len(SERIES)}"
    title = say(f"movement.{of}", lang)
    hour = {"field": "hour", "type": "quantitative", "title": say("movement.hour", lang)}
    return {
        "height": CHART + LEGEND_ROW * -(-len(names) // LEGEND_COLUMNS),
        # Absent hours become null, at which the line breaks.
        "transform": [
            {"calculate": is_again, "as": "is_again"},
            {
                "impute": "number",
                "key": "hour",
                "keyvals": {"start": 0, "stop": 24},
                "groupby": ["series", "is_again"],
                "value": None,
            },
        ],
        "mark": {"type": "line", "point": {"size": 55, "filled": True}, "strokeWidth": 2},
        "encoding": {
            "x": {**hour, "scale": {"domain": [0, 23]}, "axis": {"tickCount": 12, "format": "d"}},
            "y": {"field": "number", "type": "quantitative", "title": title, "axis": {"format": ",d"}},
            "color": {"field": "series", "scale": {"domain": names, "range": colours}},
            "shape": {"field": "series", "scale": {"domain": names, "range": shapes}},
            "strokeDash": {
                "field": "is_again",
                "type": "nominal",
                "scale": {"domain": [False, True], "range": DASHES},
                "legend": None,
            },
            "tooltip": [
                {"field": "series", "type": "nominal", "title": say("movement.series", lang)},
                hour,
                {"field": "number", "type": "quantitative", "format": ",.0f", "title": title},
            ],
        },
        "config": {"legend": {"orient": "bottom", "title": None, "columns": LEGEND_COLUMNS, "symbolSize": 120}},
    }


def in_words(rows: Sequence[dict[str, Any]], lang: str) -> str:
    """Of each series, a line each, when it is most and when it is least, for those who do not see the chart."""
    told = []
    for name in dict.fromkeys(row["series"] for row in rows):
        mine = [row for row in rows if row["series"] == name]
        most, least = (one(mine, key=lambda row: row["number"]) for one in (max, min))
        about = {"most": most["number"], "least": least["number"], "hours": len(mine)}
        at = {"most_at": held.clock_of(most["hour"]), "least_at": held.clock_of(least["hour"])}
        told.append(say("movement.profile_words", lang, name=name, **about, **at))
    return "\n".join(told)
