"""Charts of the figures after an incident: people against room, and where nobody was heard for how long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from otsu_maps import clock
from otsu_maps.analysis import review
from otsu_maps.analysis.report import Report
from otsu_maps.analysis.review import ShelterFigures
from otsu_maps.i18n import say
from otsu_maps.maps import palette
from otsu_maps.ui import people_chart

POINTS, SHELTERS, HEIGHT = 600, 15, 300


def people(found: Report, lang: str, theme: str) -> dict[str, Any]:
    """All people in shelters and the known room of those open, as steps over time."""
    names = {"people": say("review.line_people", lang), "capacity": say("review.line_room", lang)}
    last = found.totals[-1:] if found.totals else []
    moments = [(clock.to_shown(total.at), total) for total in review.thinned(found.totals, POINTS)]
    moments += [(clock.to_shown(found.end), total) for total in last]
    values = [
        {"at": at.isoformat(timespec="seconds") + "Z", "line": words, "persons": number}
        for at, total in moments
        for words, number in ((names["people"], total.people), (names["capacity"], total.capacity))
        if number is not None
    ]
    colours = [palette.css(palette.BLUE), palette.css(palette.LABEL[theme])]
    line = {"field": "line", "type": "nominal", "scale": {"domain": list(names.values())}, "title": None}
    return {
        "height": HEIGHT,
        "data": {"values": values},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": people_chart.clock_axis()},
            "y": {"field": "persons", "type": "quantitative", "title": say("review.persons", lang)},
            "color": {**line, "scale": {"domain": list(names.values()), "range": colours}},
            "strokeDash": {**line, "scale": {"domain": list(names.values()), "range": [[1, 0], [6, 4]]}},
        },
        "config": {"legend": {"orient": "bottom", "title": None, "columns": 1, "labelLimit": 320}},
    }


def gaps(silent: Sequence[ShelterFigures], lang: str) -> dict[str, Any]:
    """The shelters that were silent longest, one bar each."""
    worst = sorted(silent, key=lambda each: -each.gaps.total_min)[:SHELTERS]
    values = [{"name": each.course.name, "minutes": round(each.gaps.total_min)} for each in worst]
    return {
        "height": {"step": 22},
        "data": {"values": values},
        "mark": {"type": "bar", "color": palette.css(palette.ORANGE)},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 220}},
            "x": {"field": "minutes", "type": "quantitative", "title": say("review.gap_minutes", lang)},
        },
    }
