"""Where the crowd of an event is, hour by hour, beside how many are usually there."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from otsu_maps import config, mesh
from otsu_maps.analysis.classes import class_of, quantile_edges
from otsu_maps.event_day import crowd
from otsu_maps.event_day.crowd import Cells
from otsu_maps.event_day.outcome import GO, Outcome, whole
from otsu_maps.event_day.plan import STEPS_H, Plan
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import mesh as mesh_layer
from otsu_maps.maps.layers import points
from otsu_maps.queries import areas
from otsu_maps.transit.services import WEEKDAY
from otsu_maps.ui import data, event_day_trains, frame, movement_files, url
from otsu_maps.ui import movement_data as held

SIZES = ("250", "500", "1000")
SMALL_M = 400
"""The crowd within such a radius is looked at in the finest cells first."""

USUAL_M = 1000
"""The size of the cells in which MLIT tells how many people are present."""


def cells(snapshot_id: str, plan: Plan, size_m: int) -> Cells:
    """The cells in which the crowd stands."""
    return _cells(snapshot_id, plan.lon, plan.lat, plan.radius_m, size_m)


@st.cache_data(max_entries=32, show_spinner=False)
def _cells(snapshot_id: str, lon: float, lat: float, radius_m: int, size_m: int) -> dict[int, float]:
    water, plane = areas.water(data.opened(snapshot_id)), config.city().plane_epsg
    return dict(crowd.cells(lon, lat, radius_m, water, plane, size_m))


def times_usual(found: Outcome, day_type: str) -> float | None:
    """How many times as many people as usual are in the cells around the place when most are there; None: unknown.

    In those cells of 1 km alone of which it is known how many are usually there.
    """
    where = cells(data.snapshot().id, found.plan, USUAL_M)
    hour = found.fullest_s // 3600
    usual = {code: number for code, number in _usual(hour, day_type).items() if code in where}
    table = crowd.by_hour(found, where, USUAL_M)
    there = table[(table["hour"] == hour) & table["mesh_code"].isin(list(usual))]["persons"].sum()
    total = sum(usual.values())
    return (total + float(there)) / total if total else None


def show(found: Outcome, day_type: str, lang: str) -> None:
    """A slider over the hours in which anybody is there, the map, the table."""
    st.header(say("event_day.where", lang))
    size_m = int(
        url.one_of(
            say("event_day.cell_size", lang),
            "cell",
            SIZES,
            lambda code: say("event_day.size", lang, size=code),
            "250" if found.plan.radius_m < SMALL_M else "500",
        )
    )
    where = cells(data.snapshot().id, found.plan, size_m)
    if not where:
        st.warning(say("event_day.no_land", lang))
        return
    table = crowd.by_hour(found, where, size_m)
    if table.empty:
        return
    times = times_usual(found, day_type)
    st.markdown(
        say("event_day.usual_none", lang) if times is None else say("event_day.times_usual", lang, times=f"{times:.1f}")
    )
    _hour(found, table, size_m, day_type, lang)
    movement_files.offer("event_crowd", table.round(1), lang, lambda: movement_files.cells(table.round(1), lang))


@st.fragment
def _hour(found: Outcome, table: pd.DataFrame, size_m: int, day_type: str, lang: str) -> None:
    hours = [str(hour) for hour in sorted(table["hour"].unique())]
    fullest = str(found.fullest_s // 3600)
    hour = (
        url.slide(say("movement.hour", lang), "hour", hours, held.clock_of, fullest if fullest in hours else hours[0])
        if len(hours) > 1
        else hours[0]
    )
    now = table[table["hour"] == int(hour)].sort_values("persons", ascending=False, kind="stable")
    usual = _usual(int(hour), day_type) if size_m == USUAL_M else {}
    left, right = st.columns([3, 2])
    with left:
        _map(found, table, now, int(hour), lang)
    with right:
        st.markdown(say("event_day.now", lang, hour=held.clock_of(hour), people=whole(now["persons"].sum())))
        held.table(_columns(now, size_m, usual, lang), "event_day_cells")
        st.caption(say("event_day.crowd_how", lang))
        if usual:
            st.caption(say("event_day.usual_how", lang))


def _columns(now: pd.DataFrame, size_m: int, usual: dict[int, float], lang: str) -> dict[str, list[str]]:
    unknown = say("app.unknown", lang)
    columns = {
        say("movement.mesh", lang): [str(code) for code in now["mesh_code"]],
        say("event_day.persons", lang): [f"{whole(each):,}" for each in now["persons"]],
        say("event_day.density", lang): [
            "" if pd.isna(m2) else f"{persons / m2:.2f}" for persons, m2 in zip(now["persons"], now["m2"], strict=True)
        ],
    }
    if size_m == USUAL_M:
        there = [usual.get(int(code)) for code in now["mesh_code"]]
        columns[say("event_day.usual", lang)] = [unknown if each is None else f"{whole(each):,}" for each in there]
        columns[say("event_day.times", lang)] = [
            unknown if not each else say("event_day.times_of", lang, times=f"{(persons + each) / each:.1f}")
            for persons, each in zip(now["persons"], there, strict=True)
        ]
    return columns


def _map(found: Outcome, table: pd.DataFrame, now: pd.DataFrame, hour: int, lang: str) -> None:
    snapshot_id, theme = data.snapshot().id, frame.theme()
    edges = quantile_edges(table["persons"].tolist(), len(palette.CROWD))
    labels = [
        say("event_day.cell", lang, code=row["mesh_code"], people=whole(row["persons"]))
        for row in now.to_dict("records")
    ]
    waiting = [
        {
            "lon": each.exit.lon,
            "lat": each.exit.lat,
            "label": say(
                "event_day.exit_label",
                lang,
                name=event_day_trains.name_of(each.exit.key, lang),
                people=whole(float(each.queues[GO].waiting[hour * STEPS_H : (hour + 1) * STEPS_H].max())),
            ),
        }
        for each in found.loads
    ]
    steps = [class_of(number, edges) for number in now["persons"]]
    st.pydeck_chart(
        deck.deck(
            [
                *mesh_layer.layers(now["mesh_code"].to_numpy("int64"), steps, labels, theme),  # type: ignore[arg-type]
                *points.layers("exits", waiting, palette.STATION, radius_m=60, pixels=6),
            ],
            data.base_map(snapshot_id, theme),
            held.around(table["mesh_code"].unique()),
            "{label}",
        ),
        height=held.HEIGHT,
        key="event_day_map",
        alt=say("event_day.map_alt", lang, hour=held.clock_of(hour), count=len(now)),
    )
    lower = [float(table["persons"].min()), *edges[:-1]]
    frame.swatches(
        [
            *(
                (palette.crowd(step, theme), say("event_day.class", lang, low=whole(low), high=whole(high)))
                for step, (low, high) in enumerate(zip(lower, edges, strict=True))
            ),
            (palette.STATION, say("event_day.exits", lang)),
        ]
    )


def _usual(hour: int, day_type: str) -> dict[int, float]:
    """People usually present by cell of 1 km in the newest month: by noon, by night or over the day."""
    snapshot_id = data.snapshot().id
    months = data.flow_months(snapshot_id)
    if not months:
        return {}
    band = "noon" if 11 <= hour < 14 else "night" if hour % 24 in (1, 2, 3) else "all_day"
    kind = "weekday" if day_type == WEEKDAY else "holiday"
    rows = data.flow_cells(snapshot_id, *months[-1], kind, band)
    found = {row["mesh_code"]: row["population_persons"] for row in rows}
    return found if found and set(mesh.sizes_m(list(found)).tolist()) == {USUAL_M} else {}
