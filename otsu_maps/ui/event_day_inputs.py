"""What is asked of an event: which one, on which kind of day, and every assumption, each in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from otsu_maps import clock, config
from otsu_maps.event_day import examples, typed
from otsu_maps.event_day.exits import Service
from otsu_maps.event_day.plan import DROP_IN, KINDS, LAST_S, SHOW, STEP_S, Plan
from otsu_maps.i18n import say
from otsu_maps.transit import services
from otsu_maps.transit.services import DAY_TYPES
from otsu_maps.ui import data, gaps, travel, url

EXAMPLE, EVENT, FREE = "x", "e", "free"
WHICH, ROWS, SHARES = "event", "trains", "shares"

DEFAULT_FROM_S, DEFAULT_UNTIL_S = 10 * 3600, 16 * 3600
"""Of an event whose list names no hours: only something to begin with."""

SHORT_S = 2 * 3600
"""Of an event whose list names no end."""

LONG_S = 3 * 3600
"""An event that is longer is begun with as one where people come and go."""

PERCENT = ("rail_percent", "bus_percent", "usual_percent", "rain_fewer_percent", "rain_shift_percent")
MINUTES = {"come_min": (10, 720), "leave_min": (10, 360), "stay_min": (10, 480)}
WAITS = (10, 20, 30, 40, 60, 90)
METRES = {"radius_m": (50, 5000), "rail_m": (100, 5000), "bus_m": (100, 3000), "half_m": (50, 5000)}
NUMBERS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(PERCENT, (0, 100)),
    "rail_load_percent": (50, 300),
    **MINUTES,
    **METRES,
}
"""Assumptions that are whole numbers, and the range of each."""

NAMES = (
    *("day", "from", "until", "kind", "weather", "visitors", "wait_min"),
    *("way", "at", "cell", "hour", "indicator"),
    *(*NUMBERS, ROWS, SHARES),
    *("m_hour", "m_site"),
)
"""Everything in the address that belongs to one event."""

_SHOWN = "event_day_shown"


@dataclass(frozen=True)
class Asked:
    """A plan, the kind of day (transit.services) and the day itself (None: none is named), and what it began with.

    `code`: what it is in the address, the same in every language. `notes`: where numbers are from; `doubts`: what has
    to be said before any of them.
    """

    code: str
    plan: Plan
    day_type: str
    on: date | None
    services: tuple[Service, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def choose(lang: str) -> Asked | None:
    """The event and its assumptions; None where something that only a person can say is missing."""
    started = _which(lang)
    if started is None:
        return None
    began = started.plan
    with st.container(horizontal=True):
        visitors = url.number(say("event_day.visitors", lang), "visitors", began.visitors, 0, 2_000_000, 100)
        day_type = url.one_of(
            say("event_day.day", lang),
            "day",
            DAY_TYPES,
            lambda code: say(f"day_type.{code}", lang),
            started.day_type,
        )
        weather = url.one_of(
            say("event_day.weather", lang),
            "weather",
            ("fine", "rain"),
            lambda code: say(f"event_day.weather_{code}", lang),
            "rain" if began.is_rainy else "fine",
        )
    with st.expander(say("event_day.assumptions", lang), icon=":material/tune:"):
        st.caption(say("event_day.assumptions_how", lang))
        plan = _assumptions(replace(began, visitors=visitors, is_rainy=weather == "rain"), lang)
        if started.notes:
            st.markdown("\n".join(f"* {note}" for note in started.notes))
    if plan is None:
        return None
    return replace(started, plan=plan, day_type=day_type)


def _which(lang: str) -> Asked | None:
    """What it begins with. Another event forgets what was assumed of the one before."""
    snapshot_id = data.snapshot().id
    worked = {f"{EXAMPLE}:{each.id}": each for each in examples.examples(config.city().slug)}
    listed = {f"{EVENT}:{row['event_id']}": row for row in data.events_placed(snapshot_id)}
    today = clock.today()
    coming = [code for code, row in listed.items() if row["ends_on"] >= today]
    past = [code for code in reversed(listed) if listed[code]["ends_on"] < today]

    def shown(code: str) -> str:
        if code in worked:
            return say("event_day.example", lang, name=worked[code].names["ja" if lang == "ja" else "en"])
        return name_of(listed[code], lang) if code in listed else say("event_day.free", lang)

    codes = [*worked, *coming, *past, FREE]
    with st.container(horizontal=True):
        code = url.choice(say("event_day.which", lang), WHICH, codes[1:], shown, shown(codes[0]), is_long=True)
        code = code or codes[0]
        place = _place(lang) if code == FREE else None
    if code == FREE and place:
        code = f"{FREE}:{place[0]}"
    if st.session_state.get(_SHOWN, code) != code:
        url.forget(*NAMES)
    st.session_state[_SHOWN] = code
    if code in worked:
        found = worked[code]
        name = found.names["ja" if lang == "ja" else "en"]
        notes = found.notes["ja" if lang == "ja" else "en"]
        return Asked(code, replace(found.plan, name=name), found.day_type, None, found.services, notes)
    if code in listed:
        return _of_event(code, listed[code], lang)
    if place is None:
        st.info(say("event_day.no_place", lang))
        return None
    plan = Plan(place[1].name, place[1].lon, place[1].lat, DEFAULT_FROM_S, DEFAULT_UNTIL_S, 0, DROP_IN)
    return Asked(code, plan, services.HOLIDAY, None)


def _place(lang: str) -> tuple[str, travel.Place] | None:
    found = travel.places(data.snapshot().id, lang)
    key = url.choice(
        say("event_day.place", lang),
        "place",
        list(found),
        lambda code: found[code].name,
        say("event_day.choose", lang),
        is_long=True,
    )
    return (key, found[key]) if key else None


def _of_event(code: str, row: Mapping[str, Any], lang: str) -> Asked:
    """Of an event of the list: its place, hours and first day. How many come, no list says."""
    from_s, until_s, doubt = _hours(row)
    kind = DROP_IN if until_s - from_s > LONG_S else SHOW
    plan = Plan(name_of(row, lang), row["lon"], row["lat"], from_s, until_s, 0, kind)
    on = row["starts_on"]
    doubts = [say(f"event_day.{doubt}", lang)] if doubt else []
    if row["ends_on"] > on:
        doubts.append(say("event_day.recurs" if row["recurrence_text_ja"] else "event_day.first_day", lang, day=on))
    return Asked(code, plan, services.day_type(on), on, doubts=tuple(doubts))


def _hours(row: Mapping[str, Any]) -> tuple[int, int, str]:
    """From and until, and what has to be said of them: a code or ''. What ends before it starts ends the next day."""
    first, last = (typed.seconds(row[name] or "") for name in ("start_time", "end_time"))
    if first is None:
        return DEFAULT_FROM_S, DEFAULT_UNTIL_S, "no_hours"
    if last is not None and last <= first:
        last += 24 * 3600
    if last is None or last > LAST_S:
        return first, min(first + SHORT_S, LAST_S), "no_end"
    return first, last, ""


def name_of(row: Mapping[str, Any], lang: str) -> str:
    """What an event is called, with its first day."""
    name = (row["name_en"] if lang != "ja" else None) or row["name_ja"]
    return f"{name}（{row['starts_on']:%Y-%m-%d}）"


def _assumptions(plan: Plan, lang: str) -> Plan | None:
    with st.container(horizontal=True):
        kind = url.one_of(
            say("event_day.kind", lang), "kind", KINDS, lambda code: say(f"event_day.kind_{code}", lang), plan.kind
        )
        times = [typed.clock(at) for at in range(0, LAST_S + STEP_S, STEP_S)]
        from_s, until_s = (
            _time(say(f"event_day.{name}", lang), name, at, times)
            for name, at in (("from", plan.start_s), ("until", plan.end_s))
        )
    numbers: dict[str, int] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        numbers["wait_min"] = gaps.number(
            say("event_day.wait_min", lang), "wait_min", WAITS, plan.wait_min, "event_day.of_minutes", lang
        )
        for name in used(replace(plan, kind=kind)):
            least, most = NUMBERS[name]
            numbers[name] = url.number(
                say(f"event_day.{name}", lang), name, getattr(plan, name), least, most, 5 if name in PERCENT else 10
            )
    if from_s >= until_s:
        st.warning(say("event_day.ends_first", lang))
        return None
    if numbers["rail_percent"] + numbers["bus_percent"] > 100:
        st.warning(say("event_day.too_many", lang))
        return None
    return replace(plan, kind=kind, start_s=from_s, end_s=until_s, **numbers)  # type: ignore[arg-type]


def used(plan: Plan) -> list[str]:
    """Those of NUMBERS on which the outcome of such a plan rests."""
    unused = {"stay_min"} if plan.kind == SHOW else {"come_min", "leave_min"}
    if not plan.is_rainy:
        unused |= {"rain_fewer_percent", "rain_shift_percent"}
    return [name for name in NUMBERS if name not in unused]


def _time(label: str, name: str, default_s: int, times: list[str]) -> int:
    default = typed.clock(default_s)
    code = url.choice(label, name, [each for each in times if each != default], str, default, is_long=True)
    found = typed.seconds(code or default)
    return default_s if found is None else found
