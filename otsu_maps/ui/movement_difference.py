"""Two times beside each other: where are more people, where fewer, and where nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from otsu_maps.analysis import movement_views
from otsu_maps.analysis.movement_views import SAME, STEPS, Difference
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import mesh_difference
from otsu_maps.ui import data, flow, frame, movement_files, movement_keep, url
from otsu_maps.ui import movement_data as held

OF = ("devices", "people")


class _Sides(NamedTuple):
    """Two times in words, their numbers by cell, what the numbers are: a key of OF, and of which kind of day and time
    of day, where they are of no single day."""

    before: str
    after: str
    cells: tuple[dict[int, float], dict[int, float]]
    of: str
    day_type: str = ""
    band: str = ""


def show(lang: str) -> None:
    """The difference of two hours of days, or of two months."""
    snapshot_id = data.snapshot().id
    days, months = held.days(snapshot_id), data.flow_months(snapshot_id)
    there = [of for of, is_there in zip(OF, (days, months), strict=True) if is_there]
    if not there:
        st.warning(say("movement.no_difference", lang))
        return
    of = url.one_of(say("movement.of", lang), "of", there, lambda code: say(f"movement_of.{code}", lang), there[0])
    sides = _hours(days, lang) if of == "devices" else _months(months, lang)
    found = movement_views.differences(*sides.cells)
    if not any(each.change is not None for each in found):
        st.warning(say("movement.nothing_compares", lang, before=sides.before, after=sides.after))
        return
    _draw(found, sides, lang)


def _hours(days: Sequence[str], lang: str) -> _Sides:
    chosen = []
    opens_on = held.whole_days(data.snapshot().id)[0]
    for side, default in (("before", "3"), ("after", "13")):
        with st.container(horizontal=True):
            label = say(f"movement.{side}", lang)
            on = held.pick(say("movement.side_day", lang, side=label), f"{side}_day", days, str, opens_on)
            hour = held.pick(
                say("movement.side_hour", lang, side=label), f"{side}_hour", held.HOURS, held.clock_of, default
            )
        chosen.append((on, hour))
    words = [f"{on} {held.clock_of(hour)}" for on, hour in chosen]
    first, second = (_devices(on, int(hour)) for on, hour in chosen)
    return _Sides(words[0], words[1], (first, second), "devices")


def _devices(on: str, hour: int) -> dict[int, float]:
    table = held.day(data.snapshot().id, on)
    of_hour = table[table["hour"] == hour]
    return dict(zip(of_hour["mesh_code"].tolist(), of_hour["devices"].astype(float).tolist(), strict=True))


def _months(months: Sequence[tuple[int, int]], lang: str) -> _Sides:
    named = {f"{year}-{month:02}": (year, month) for year, month in months}
    codes = list(named)
    with st.container(horizontal=True):
        day_type = url.one_of(
            say("flow.day", lang), "day_type", flow.DAY_TYPES, lambda code: say(f"day.{code}", lang), "weekday"
        )
        band = url.one_of(
            say("flow.band", lang), "band", flow.TIME_BANDS, lambda code: say(f"band.{code}", lang), "noon"
        )
    with st.container(horizontal=True):
        before = held.pick(say("movement.before", lang), "before", codes, str, codes[0])
        after = held.pick(say("movement.after", lang), "after", codes, str, codes[-1])
    first, second = (_people(*named[month], day_type, band) for month in (before, after))
    return _Sides(before, after, (first, second), "people", day_type, band)


def _people(year: int, month: int, day_type: str, band: str) -> dict[int, float]:
    rows = data.flow_cells(data.snapshot().id, year, month, day_type, band)
    return {row["mesh_code"]: row["population_persons"] for row in rows}


def _draw(found: Sequence[Difference], sides: _Sides, lang: str) -> None:
    known = sorted(
        (each for each in found if each.change is not None), key=lambda each: (-abs(each.change or 0), each.mesh_code)
    )
    counts = {
        "more": sum((each.change or 0) > 0 for each in known),
        "less": sum((each.change or 0) < 0 for each in known),
        "unknown": len(found) - len(known),
    }
    st.markdown(f"#### {say('movement.difference', lang, before=sides.before, after=sides.after, **counts)}")
    left, right = st.columns([3, 2])
    with left:
        _map(found, sides, lang)
    with right:
        unknown, number = say("app.unknown", lang), partial(_number, lang=lang)
        rows = [*known, *(each for each in found if each.change is None)]
        held.table(
            {
                say("movement.mesh", lang): [str(each.mesh_code) for each in rows],
                say("movement.change", lang): [
                    unknown if each.change is None else _signed(each.change) for each in rows
                ],
                say("movement.size", lang): [each.size_m for each in rows],
                sides.before + _spaces(sides, 0): [number(each.before) for each in rows],
                sides.after + _spaces(sides, 1): [number(each.after) for each in rows],
                say("movement.summed", lang): [say("movement.yes", lang) if each.is_summed else "" for each in rows],
            },
            "difference_table",
        )
        table = _frame(found)
        movement_files.offer("mesh_difference", table, lang, lambda: movement_files.cells(table, lang))
    st.caption(say("movement.difference_rule", lang))
    if sides.of == "devices":
        st.caption(say("movement.devices_are", lang))
        held.withheld(lang)
    else:
        st.caption(say("flow.absent", lang))
    asked = movement_keep.Asked(sides.before, sides.after, sides.of, sides.day_type, sides.band)
    movement_keep.keep(found, asked, lang)


def _map(found: Sequence[Difference], sides: _Sides, lang: str) -> None:
    snapshot_id, theme = data.snapshot().id, frame.theme()
    edge = movement_views.half_way(found) or 1.0
    steps = [None if each.change_km2 is None else movement_views.step_of(each.change_km2, edge) for each in found]
    codes = [each.mesh_code for each in found]
    st.pydeck_chart(
        deck.deck(
            mesh_difference.layers(codes, steps, [_label(each, sides, lang) for each in found], theme),
            data.base_map(snapshot_id, theme),
            held.around(codes),
            "{label}",
        ),
        height=held.HEIGHT,
        key="difference_map",
        alt=say("movement.difference_alt", lang, count=len(found), before=sides.before, after=sides.after),
    )
    names = ("much_less", "less", "same", "more", "much_more")
    legend = [
        (
            palette.MORE_OR_LESS[step],
            f"{palette.MORE_OR_LESS_SIGN[step]} {say(f'movement_change.{name}', lang, edge=edge)}",
        )
        for step, name in zip(range(STEPS), names, strict=True)
        if step != SAME or SAME in steps
    ]
    frame.swatches([*legend, (palette.GREY, f"{palette.SIGN_UNKNOWN} {say('movement_change.unknown', lang)}")])


def _label(each: Difference, sides: _Sides, lang: str) -> str:
    change = say("app.unknown", lang) if each.change is None else _signed(each.change)
    about = {"before": _number(each.before, lang), "after": _number(each.after, lang), "change": change}
    words = {"first": sides.before, "second": sides.after, "code": each.mesh_code, "size": each.size_m}
    return say("movement.difference_cell", lang, **about, **words)


def _frame(found: Sequence[Difference]) -> pd.DataFrame:
    names = ("mesh_code", "size_m", "before", "after", "change", "is_summed")
    return pd.DataFrame({name: [getattr(each, name) for each in found] for name in names})


def _spaces(sides: _Sides, side: int) -> str:
    """Twice the same time asked for: two columns need two names."""
    return " " * side if sides.before == sides.after else ""


def _number(value: float | None, lang: str) -> str:
    return say("app.unknown", lang) if value is None else f"{value:,.0f}"


def _signed(change: float) -> str:
    return f"{change:+,.0f}" if round(change) else "0"
