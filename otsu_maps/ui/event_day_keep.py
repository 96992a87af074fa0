"""An event as a record of evidence: one indicator without and with the extra trips, all assumptions beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from otsu_maps import clock, evidence
from otsu_maps.errors import OtsuMapsError
from otsu_maps.event_day import typed
from otsu_maps.event_day.exits import Service
from otsu_maps.event_day.outcome import COME, GO, Load, Outcome, whole
from otsu_maps.event_day.plan import SHOW
from otsu_maps.i18n import say
from otsu_maps.ui import access, data, event_day_inputs, event_day_map, event_day_trains, evidence_form, url
from otsu_maps.ui.event_day_inputs import Asked

if TYPE_CHECKING:
    from otsu_maps.ui.event_day import Found

LEFT, MOST, LATE, PRESENT, TIMES = KINDS = ("left", "most", "late", "present", "times")
"""Persons for whom nothing is left, who wait when most do, who are late for the start, who are there when most are; and
how many times as many as usual are around the place."""

SOURCES = ("timetables", "stations", "events", "flow_mesh")
LANGS = ("ja", "en")

_WHOLE: dict[str, Callable[[Outcome], float]] = {
    LEFT: lambda found: found.left,
    MOST: lambda found: found.most(GO),
    LATE: lambda found: found.late,
    PRESENT: lambda found: float(found.present.max()),
}
_PART: dict[str, Callable[[Load, Outcome], float]] = {
    LEFT: lambda load, _: load.queues[GO].left,
    MOST: lambda load, _: load.queues[GO].most,
    LATE: lambda load, found: load.late(found.plan.start_s),
}


def keep(found: Found, asked: Asked, lang: str) -> None:
    """Choose the indicator, then the form of `evidence_form`."""
    kinds = [kind for kind in KINDS if kind != LATE or found.extra.plan.kind == SHOW]
    kind = url.one_of(
        say("compare.indicator", lang), "indicator", kinds, lambda code: say(f"event_day.indicator_{code}", lang), LEFT
    )
    evidence_form.keep("event", figures(found, asked, kind, lang), found.extra.plan.name, lang)


def figures(found: Found, asked: Asked, kind: str, lang: str) -> dict[str, Any]:
    """Fields of evidence.Draft. `after` is unknown where no extra trip was typed; how many times usual needs none."""
    before, after = _before_and_after(found, asked, kind)
    return {
        "indicator": say(f"event_day.indicator_{kind}", lang),
        "unit": say("event_day.unit_times" if kind == TIMES else "gaps.unit", lang),
        "better": "neither" if kind in (PRESENT, TIMES) else "less",
        "before": before,
        "after": after,
        "parts": _parts(found, kind, lang),
        "method": say("event_day.how", lang),
        "inputs": evidence_form.inputs(
            data.snapshot().id,
            asked.on,
            _settings(found, asked, lang),
            _rows(found.services, lang),
            sources=SOURCES,
            lang=lang,
        ),
    }


def _before_and_after(found: Found, asked: Asked, kind: str) -> tuple[float | None, float | None]:
    if kind == TIMES:
        times = event_day_map.times_usual(found.extra, asked.day_type)
        return 1.0, None if times is None else round(times, 1)
    return _known(found.usual, kind), _known(found.extra, kind) if found.has_extra else None


def _known(found: Outcome, kind: str) -> int | None:
    """The figure, None where of some people it is not known by what they come and go."""
    return whole(_WHOLE[kind](found)) if found.is_whole or kind == PRESENT else None


def measured(asked: Asked, times: float | None, lang: str) -> None:
    """Add what was measured to the records of how crowded this event was to be, for those who may plan."""
    if times is None or asked.on is None or not access.may_do("plan"):
        return
    names = {say(f"event_day.indicator_{TIMES}", each) for each in LANGS}
    kept = [
        record
        for record in evidence.read_all().records
        if record.indicator in names and asked.code in record.inputs.settings.values()
    ]
    if not kept:
        st.caption(say("event_day.keep_first", lang, indicator=say(f"event_day.indicator_{TIMES}", lang)))
    for record in kept:
        expected = say("app.unknown", lang) if record.after is None else f"{record.after:.1f}"
        about = {"title": record.title, "times": f"{times:.1f}", "expected": expected}
        st.markdown(say("event_day.expected_was", lang, **about))
        if st.button(
            say("event_day.add_measured", lang, **about), key=f"measure_{record.evidence_id}", icon=":material/save:"
        ):
            _add(record.evidence_id, times, asked.on, lang)


def _settings(found: Found, asked: Asked, lang: str) -> dict[str, Any]:
    """Every assumption by its name on the page, and how people are shared among stations."""
    plan = found.extra.plan
    names = ("visitors", *event_day_inputs.used(plan))
    named: dict[str, Any] = {say(f"event_day.{name}", lang): getattr(plan, name) for name in names}
    named |= {
        say("event_day.code", lang): asked.code,
        say("event_day.position", lang): f"{plan.lon:.5f}, {plan.lat:.5f}",
        say("event_day.kind", lang): say(f"event_day.kind_{plan.kind}", lang),
        say("event_day.from", lang): typed.clock(plan.start_s),
        say("event_day.until", lang): typed.clock(plan.end_s),
        say("event_day.day", lang): say(f"day_type.{asked.day_type}", lang),
        say("event_day.weather", lang): say(f"event_day.weather_{'rain' if plan.is_rainy else 'fine'}", lang),
    }
    for mode, people in found.extra.unknown.items():
        if people:
            named[say("event_day.unknown_of", lang, mode=say(f"event_day.mode_{mode}", lang))] = whole(people)
    for each in found.extra.loads:
        come, go = (f"{100 * each.share[way]:.0f}" for way in (COME, GO))
        named[event_day_trains.name_of(each.exit.key, lang)] = say("event_day.shared", lang, come=come, go=go)
    return named


def _rows(services: Sequence[Service], lang: str) -> list[dict[str, str]]:
    """Typed services under the column names that a record's table has."""
    return [
        {
            "change": say("event_day.extra" if each.is_extra else "event_day.ordinary", lang),
            "route": event_day_trains.place_name(each.mode, each.place, lang),
            "direction": each.toward,
            "from": typed.clock(each.from_s),
            "until": typed.clock(each.until_s),
            "value": say("event_day.trips_and_places", lang, trips=each.trips, places=each.places),
        }
        for each in services
    ]


def _parts(found: Found, kind: str, lang: str) -> list[dict[str, Any]]:
    if kind not in _PART:
        return []
    before = {each.exit.key: _PART[kind](each, found.usual) for each in found.usual.loads}
    return [
        {
            "name": event_day_trains.name_of(each.exit.key, lang),
            "before": whole(before[each.exit.key]) if each.exit.key in before else None,
            "after": whole(_PART[kind](each, found.extra)) if found.has_extra else None,
        }
        for each in found.extra.loads
    ]


def _add(evidence_id: str, times: float, on: date, lang: str) -> None:
    signed = access.needs("plan", is_alive=True)
    try:
        note = say("event_day.measured_note", lang)
        evidence.measure(evidence_id, round(times, 1), on, note, signed.actor, clock.now())
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
    except OSError as error:
        st.error(say("evidence.not_written", lang, error=error))
    else:
        st.success(say("evidence.added", lang))
