"""People of one shelter over time: check-ins as a line of steps, head-counts as points, never joined into one.

The chart is plain Vega-Lite. Times in it are those of the wall clock here, written as if they were UTC, so that they
read the same in every browser.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from otsu_maps import clock
from otsu_maps.i18n import say
from otsu_maps.ledger.events import read_time
from otsu_maps.maps import palette

Forecast = Sequence[tuple[datetime, float, float, float]]
"""When (naive UTC), and how many people at the least, in the middle and at the most."""

HEIGHT = 340
CHECK_INS, COUNTS, FORECAST = "check_ins", "counts", "forecast"
METHODS = ("counted", "estimated", "reported", "cards", "imported", "tally")
SHAPES = ("circle", "triangle-up", "square", "cross", "diamond", "triangle-down")
"""One a method, so that an estimate is never taken for a count."""

BELOW = {"direction": "vertical", "anchor": "start"}
"""Legends below each other: beside each other the second one would leave a phone."""

EDGE_MS = 600_000
"""The right edge moves so often: a chart that changes with each refresh would flicker."""


def rows(steps: Iterable[Mapping[str, Any]], lang: str, band: Forecast | None = None) -> pd.DataFrame:
    """Steps (ledger.read.series) as the chart takes them, check-ins thinned to the last one of each minute."""
    check_ins: dict[str, dict[str, Any]] = {}
    counts = []
    for step in steps:
        at = read_time(step["at"])
        if "checked_in" in step:
            about = {"series": CHECK_INS, "method": say("method.check_in", lang), "people": step["checked_in"]}
            check_ins[step["at"][:16]] = _at(at) | about
        elif step["head_count"]["people"] is not None:
            count = step["head_count"]
            about = {"series": COUNTS, "method": say(f"method.{count['method']}", lang), "people": count["people"]}
            counts.append(_at(at) | about)
    ahead = [
        _at(at)
        | {"series": FORECAST, "method": say("shelter.forecast", lang), "people": middle, "low": low, "high": high}
        for at, low, middle, high in band or ()
    ]
    return pd.DataFrame([*check_ins.values(), *counts, *ahead])


def spec(
    found: pd.DataFrame, capacity: int | None, crowded_share: float, at: datetime, lang: str, theme: str
) -> dict[str, Any]:
    """The chart of `rows`, with lines where the shelter is full and crowded, up to now (`at`, naive UTC)."""
    limits = []
    if capacity:
        crowded = say("shelter.crowded_line", lang, percent=round(crowded_share * 100))
        limits = [
            (math.floor(capacity * crowded_share), palette.ORANGE, crowded, "right"),
            (capacity, palette.RED, say("shelter.full_line", lang, number=capacity), "left"),
        ]
    layers = [
        *(_forecast(lang) if FORECAST in set(found["series"]) else ()),
        _check_ins(lang),
        _counts(found, lang, theme),
    ]
    return {
        "height": HEIGHT,
        "layer": [
            {
                "encoding": {
                    "x": _time(found, at),
                    "y": {"field": "people", "type": "quantitative", "axis": _people(lang)},
                },
                "layer": layers,
            },
            *(layer for limit in limits for layer in _limit(*limit)),
        ],
        "resolve": {"legend": {"color": "independent", "shape": "independent"}},
        "config": {"legend": {"orient": "bottom", "title": None, "columns": 2, "layout": {"bottom": BELOW}}},
    }


def in_words(steps: Sequence[Mapping[str, Any]], capacity: int | None, at: datetime, lang: str) -> str:
    """What the chart ends with, for those who do not see it."""
    unknown = say("app.unknown", lang)
    room = unknown if capacity is None else say("places.persons", lang, number=capacity)
    told = [say("shelter.room_is", lang, room=room)]
    came = [step for step in steps if "checked_in" in step][-1:]
    counted = [step for step in steps if step.get("head_count", {}).get("people") is not None][-1:]
    for step in counted:
        about = {"people": step["head_count"]["people"], "at": clock.shown_near(read_time(step["at"]), at)}
        told.insert(
            0, say("shelter.last_count", lang, method=say(f"method.{step['head_count']['method']}", lang), **about)
        )
    for step in came:
        about = {"people": step["checked_in"], "at": clock.shown_near(read_time(step["at"]), at)}
        told.insert(0, say("shelter.last_check_in", lang, away=step["away"], **about))
    return "　".join(told)


def _at(at: datetime) -> dict[str, Any]:
    return {"at": _wall_ms(at), "shown": clock.shown(at)}


def _wall_ms(at: datetime) -> int:
    """Milliseconds of the wall clock here, as if it were UTC."""
    return round(clock.to_shown(at).replace(tzinfo=UTC).timestamp() * 1000)


def _time(found: pd.DataFrame, at: datetime) -> dict[str, Any]:
    now = _wall_ms(at)
    end = math.ceil(max(now, int(found["at"].max())) / EDGE_MS) * EDGE_MS
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_date_time(min(now, int(found["at"].min()))), _date_time(end)]},
        "axis": clock_axis(),
    }


def clock_axis() -> dict[str, Any]:
    """A time axis of wall-clock times that are written as UTC: hours by 24, the day at midnight."""
    midnight = "utchours(datum.value) == 0 && utcminutes(datum.value) == 0"
    label = f"{midnight} ? utcFormat(datum.value, '%-m/%-d') : utcFormat(datum.value, '%H:%M')"
    return {"title": None, "labelExpr": label, "tickCount": 6, "labelOverlap": True}


def _date_time(milliseconds: int) -> dict[str, Any]:
    """A moment as a domain of Vega-Lite takes it: a bare number there would be read as a year."""
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    names = {"year": at.year, "month": at.month, "date": at.day, "hours": at.hour, "minutes": at.minute}
    return names | {"utc": True}


def _people(lang: str) -> dict[str, Any]:
    return {"title": say("shelter.people_axis", lang), "tickMinStep": 1, "format": ",d"}


def _check_ins(lang: str) -> dict[str, Any]:
    words = say("method.check_in", lang)
    return {
        "transform": [{"filter": f"datum.series == '{CHECK_INS}'"}],
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5, "point": {"size": 8}},
        "encoding": {
            "color": {"datum": words, "scale": {"domain": [words], "range": [palette.css(palette.BLUE)]}},
            "tooltip": _tooltip(lang),
        },
    }


def _counts(found: pd.DataFrame, lang: str, theme: str) -> dict[str, Any]:
    used = set(found["method"])
    shapes = {words: SHAPES[i] for i, code in enumerate(METHODS) if (words := say(f"method.{code}", lang)) in used}
    return {
        "transform": [{"filter": f"datum.series == '{COUNTS}'"}],
        "mark": {
            "type": "point",
            "filled": True,
            "size": 110,
            "opacity": 1,
            "color": palette.css(palette.LABEL[theme]),
        },
        "encoding": {
            "shape": {
                "field": "method",
                "scale": {"domain": list(shapes), "range": list(shapes.values())},
            },
            "tooltip": _tooltip(lang),
        },
    }


def _forecast(lang: str) -> list[dict[str, Any]]:
    mine, colour = [{"filter": f"datum.series == '{FORECAST}'"}], palette.css(palette.BLUE)
    high = {"field": "high", "type": "quantitative"}
    return [
        {
            "transform": mine,
            "mark": {"type": "area", "opacity": 0.2, "color": colour},
            "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
        },
        {
            "transform": mine,
            "mark": {"type": "line", "strokeDash": [5, 4], "color": colour},
            "encoding": {"tooltip": [*_tooltip(lang), {**high, "title": say("shelter.forecast_high", lang)}]},
        },
    ]


def _limit(number: int, colour: palette.RGB, words: str, side: str) -> list[dict[str, Any]]:
    """A line across the chart with its words at one side of it."""
    once: dict[str, Any] = {"values": [{}]}
    at, ink = {"datum": number, "type": "quantitative"}, palette.css(colour)
    text = {"type": "text", "text": words, "align": side, "dx": 4 if side == "left" else -4, "dy": -7, "fontSize": 12}
    return [
        {"data": once, "mark": {"type": "rule", "strokeWidth": 1.5, "color": ink}, "encoding": {"y": at}},
        {
            "data": once,
            "mark": text | {"color": ink, "fontWeight": "bold"},
            "encoding": {"x": {"value": 0 if side == "left" else "width"}, "y": at},
        },
    ]


def _tooltip(lang: str) -> list[dict[str, str]]:
    return [
        {"field": "shown", "type": "nominal", "title": say("incident.at", lang)},
        {"field": "people", "type": "quantitative", "format": ",d", "title": say("shelter.people_axis", lang)},
        {"field": "method", "type": "nominal", "title": say("board.method", lang)},
    ]
