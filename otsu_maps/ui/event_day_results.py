"""What an event comes to in words, figures, a chart by hour, and a table by station."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from otsu_maps.event_day import outcome, profile
from otsu_maps.event_day.outcome import COME, GO, WAYS, Load, Outcome, whole
from otsu_maps.event_day.plan import MODES, SHOW, Plan
from otsu_maps.event_day.queues import Queue
from otsu_maps.i18n import say
from otsu_maps.maps import palette
from otsu_maps.ui import event_day_trains, frame, movement_files, typed_rows, url
from otsu_maps.ui.event_day_inputs import Asked
from otsu_maps.ui.travel import clock_of

if TYPE_CHECKING:
    from otsu_maps.ui.event_day import Found

CHART = 260
ALL = "all"


def show(found: Found, asked: Asked, lang: str) -> None:
    """The verdict first, then the way home or the way there: figures, the chart, the table."""
    st.info(say("event_day.estimate", lang), icon=":material/calculate:")
    _verdict(found, lang)
    now = found.extra
    if not now.loads:
        return
    way = url.one_of(say("event_day.way", lang), "way", WAYS[::-1], lambda code: say(f"event_day.way_{code}", lang), GO)
    _figures(now, way, lang)
    _chart(now, way, lang)
    _table(now, way, lang)
    _add(found, lang)
    movement_files.offer(f"event_{way}", _file(now, way, lang), lang)
    st.caption(say("event_day.how", lang))


def _verdict(found: Found, lang: str) -> None:
    now = found.extra
    plan = now.plan
    if profile.is_cut(plan):
        st.warning(say("event_day.cut", lang), icon=":material/warning:")
    for mode in (each for each in MODES if now.unknown[each]):
        about = {"mode": say(f"event_day.mode_{mode}", lang), "people": whole(now.unknown[mode])}
        st.error(say("event_day.unknown", lang, **about), icon=":material/help:")
    for mode in (each for each in MODES if now.over[each]):
        words = say("event_day.shares_over", lang, mode=say(f"event_day.mode_{mode}", lang))
        st.warning(words, icon=":material/warning:")
    for mode in MODES:
        if going := now.broken(GO, mode):
            st.error(say("event_day.breaks", lang, **_about(going, GO, mode, plan, lang)), icon=":material/train:")
    if now.left:
        st.error(say("event_day.left", lang, people=whole(now.left)), icon=":material/bedtime:")
    for mode in MODES:
        if coming := now.broken(COME, mode):
            words = say("event_day.breaks_before", lang, **_about(coming, COME, mode, plan, lang))
            st.warning(words, icon=":material/train:")
    if plan.kind == SHOW and now.late:
        st.warning(say("event_day.late", lang, people=whole(now.late)), icon=":material/schedule:")
    is_in_order = not any(now.broken(way, mode) for way in WAYS for mode in MODES)
    if now.loads and is_in_order and now.is_whole:
        st.success(say("event_day.fits", lang, minutes=plan.wait_min), icon=":material/check_circle:")
    if found.has_extra:
        _effect(found.usual, now, lang)
    if now.blind:
        names = "、".join(dict.fromkeys(event_day_trains.name_of(each.key, lang) for each in now.blind))
        count = sum(each.unknown for each in now.blind)
        st.warning(say("event_day.unknown_vehicles", lang, count=count, names=names), icon=":material/help:")
    if any(each.exit.is_assumed for each in now.loads):
        st.caption(say("event_day.assumed_vehicles", lang))


def _effect(before: Outcome, after: Outcome, lang: str) -> None:
    """What the extra trips do; nothing can be said where without them it is not known who is carried."""
    if before.unknown != after.unknown:
        st.warning(say("event_day.extra_alone", lang), icon=":material/help:")
        return
    about = {"before": whole(before.left), "after": whole(after.left)}
    about |= {"most_before": whole(before.most(GO)), "most_after": whole(after.most(GO))}
    st.markdown(say("event_day.with_extra", lang, **about))


def _about(broken: Sequence[Load], way: str, mode: str, plan: Plan, lang: str) -> dict[str, Any]:
    fullest = max(broken, key=lambda each: each.queues[way].most)
    return {
        "mode": say(f"event_day.mode_{mode}", lang),
        "at": clock_of(broken[0].breaks_s(way) or 0),
        "minutes": plan.wait_min,
        "name": event_day_trains.name_of(fullest.exit.key, lang),
        "people": whole(fullest.queues[way].most),
    }


def _figures(found: Outcome, way: str, lang: str) -> None:
    people = say("event_day.people", lang, number="{}").format
    known = "" if found.is_whole else say("event_day.without_unknown", lang)
    longest, most = found.longest_min(way), found.most(way)
    if longest is None:
        wait = say("event_day.nobody" if most else "event_day.no_wait", lang)
    else:
        wait = say("travel.minutes", lang, minutes=round(longest)) if longest else say("event_day.no_wait", lang)
    rows = [
        (say("event_day.crowd", lang), people(f"{whole(found.present.max()):,}"), clock_of(found.fullest_s)),
        (say("event_day.most_waiting", lang), people(f"{whole(most):,}"), known),
        (say("event_day.longest", lang), wait, say("event_day.longest_of", lang)),
    ]
    if way == GO:
        rows.append((say("event_day.left_over", lang), people(f"{whole(found.left):,}"), known))
    elif found.plan.kind == SHOW:
        rows.append((say("event_day.late_for", lang), people(f"{whole(found.late):,}"), known))
    within = say("event_day.in_order", lang, minutes=found.plan.wait_min)
    for mode in MODES:
        if count := found.extra_trips(way, mode):
            name = say("event_day.more_of", lang, mode=say(f"event_day.mode_{mode}", lang))
            rows.append((name, say("event_day.trips_of", lang, count=count), within))
    frame.figures(rows)


def _chart(found: Outcome, way: str, lang: str) -> None:
    names = [event_day_trains.name_of(each.exit.key, lang) for each in found.loads]
    codes = [typed_rows.CELL.join(each.exit.key) for each in found.loads]
    chosen = url.choice(
        say("event_day.at", lang),
        "at",
        codes,
        lambda code: names[codes.index(code)],
        say("event_day.all", lang),
        is_long=True,
    )
    rows = outcome.by_hour(found, way)
    if chosen:
        rows = rows[rows["load"] == codes.index(chosen)]
    hours = rows.groupby("hour")[["demand", "room", "waiting", "extra"]].sum().reset_index()
    used = hours[(hours["demand"] >= 1) | (hours["waiting"] >= 1)]
    if used.empty:
        st.info(say("event_day.nobody_here", lang))
        return
    moving = hours[(hours["demand"] >= 1) | ((hours["room"] >= 1) & (hours["waiting"] >= 1))]["hour"]
    hours = hours[hours["hour"].between(used["hour"].min() - 1, moving.max() + 1)]
    words = _in_words(hours, chosen and names[codes.index(chosen)], way, lang)
    st.vega_lite_chart(hours, _spec(way, lang), alt=words, key="event_day_chart")
    st.caption(words)


def _spec(way: str, lang: str) -> dict[str, Any]:
    said = {name: say(f"event_day.{name}", lang) for name in ("demand", "room", "waiting")}
    colours = {"demand": palette.ORANGE, "room": palette.BLUE, "waiting": palette.GREY}
    scale = {"domain": [said[name] for name in colours], "range": [palette.css(each) for each in colours.values()]}
    hour = {"field": "hour", "type": "ordinal", "title": say("movement.hour", lang), "axis": {"labelAngle": 0}}
    number = {"type": "quantitative", "title": say("event_day.persons", lang), "axis": {"format": ",d"}}
    lines = [
        {
            "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 60, "filled": True, "shape": shape}},
            "encoding": {"x": hour, "y": {"field": name, **number}, "color": {"datum": said[name], "scale": scale}},
        }
        for name, shape in (("demand", "circle"), ("room", "square"))
    ]
    bars = {
        "mark": {"type": "bar", "opacity": 0.55},
        "encoding": {
            "x": hour,
            "y": {"field": "waiting", **number},
            "color": {"datum": said["waiting"], "scale": scale},
        },
    }
    tips = [{"field": name, "type": "quantitative", "format": ",.0f", "title": title} for name, title in said.items()]
    over = {
        "mark": {"type": "rule", "opacity": 0.001, "strokeWidth": 30},
        "encoding": {"x": hour, "tooltip": [{"field": "hour", "title": say("movement.hour", lang)}, *tips]},
    }
    return {
        "height": CHART,
        "layer": [bars, *lines, over],
        "config": {"legend": {"orient": "bottom", "title": None, "labelLimit": 0}},
    }


def _in_words(hours: pd.DataFrame, name: str | None, way: str, lang: str) -> str:
    most = hours.nlargest(1, "demand").iloc[0]
    about = {"hour": int(most["hour"]), "demand": whole(most["demand"]), "room": whole(most["room"])}
    waits = hours.nlargest(1, "waiting").iloc[0]
    text = say(f"event_day.words_{way}", lang, name=name or say("event_day.all", lang), **about)
    if waits["waiting"] >= 1:
        text += say("event_day.words_waiting", lang, hour=int(waits["hour"]), people=whole(waits["waiting"]))
    return text


def _table(found: Outcome, way: str, lang: str) -> None:
    rows = []
    for each in found.loads:
        held, breaks = each.queues[way], each.breaks_s(way)
        row = {
            say("event_day.place", lang): event_day_trains.name_of(each.exit.key, lang),
            say("event_day.users", lang): whole(held.demand.sum()),
            say("event_day.breaks_at", lang): say("event_day.holds", lang) if breaks is None else clock_of(breaks),
            say("event_day.most_waiting", lang): whole(held.most),
        }
        if way == GO:
            row[say("event_day.left_over", lang)] = whole(held.left)
        row[say("event_day.longest", lang)] = _wait(held, lang)
        row[say("event_day.more_trips", lang)] = each.extra_trips(way)
        if way == GO:
            row[say("event_day.last", lang)] = "" if each.exit.last_s is None else clock_of(each.exit.last_s)
        rows.append(row)
    table = pd.DataFrame(rows)
    numbers = {str(name): st.column_config.NumberColumn(format="localized") for name in table.select_dtypes("number")}
    st.dataframe(table, hide_index=True, column_config=numbers)


def _wait(held: Queue, lang: str) -> str:
    """How long people wait at most; that some are never carried goes before any time."""
    if held.left:
        return say("event_day.never", lang)
    minutes = round(held.longest_min or 0)
    return say("travel.minutes", lang, minutes=minutes) if minutes else say("event_day.no_wait", lang)


def _add(found: Found, lang: str) -> None:
    if not any(found.extra.extra_trips(way, mode) for way in WAYS for mode in MODES):
        return
    st.button(
        say("event_day.add", lang, minutes=found.extra.plan.wait_min),
        help=say("event_day.add_how", lang),
        icon=":material/add:",
        on_click=event_day_trains.add,
        args=(found.services, found.again),
        key="event_day_add",
    )


def _file(found: Outcome, way: str, lang: str) -> pd.DataFrame:
    rows = outcome.by_hour(found, way)
    names = [event_day_trains.name_of(each.exit.key, lang) for each in found.loads]
    return rows.assign(place=[names[load] for load in rows["load"]]).drop(columns="load").round(1)
