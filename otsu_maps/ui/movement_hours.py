"""People by mesh cell, hour after hour: a slider that also plays by itself, colours that mean the same all day."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from otsu_maps.analysis.classes import class_of, quantile_edges
from otsu_maps.analysis.movement_views import per_km2
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import mesh as mesh_layer
from otsu_maps.ui import data, frame, movement_files, url
from otsu_maps.ui import movement_data as held

STEP_S = 2.0
"""How long an hour stays while the day plays."""

FIRST, LAST = "8", held.HOURS[-1]
PLAYING, SHOWN = "movement_is_playing", "movement_shown_hour"


def show(lang: str) -> None:
    """A day by hours."""
    days = held.days(data.snapshot().id)
    if not days:
        st.warning(say("movement.no_hours", lang))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        on = held.pick(say("movement.day", lang), "day", days[::-1], str, held.whole_days(data.snapshot().id)[-1])
        is_playing = bool(st.session_state.get(PLAYING))
        words = say("movement.stop" if is_playing else "movement.play", lang)
        st.button(
            words,
            icon=":material/stop:" if is_playing else ":material/play_arrow:",
            on_click=_turn,
            key="movement_play",
        )
    st.fragment(_hour, run_every=STEP_S if is_playing else None)(on, lang)
    table = held.day(data.snapshot().id, on)
    movement_files.offer(
        f"mesh_hour_{on}",
        table.assign(on_date=on),
        lang,
        lambda: movement_files.cells(table.assign(on_date=on), lang),
    )
    held.withheld(lang)


def _turn() -> None:
    st.session_state[PLAYING] = not st.session_state.get(PLAYING)
    st.session_state[SHOWN] = None


def _hour(on: str, lang: str) -> None:
    """One hour; while the day plays, each run by itself shows the next one."""
    if st.session_state.get(PLAYING):
        _go_on()
    hour = url.slide(say("movement.hour", lang), "hour", held.HOURS, held.clock_of, FIRST)
    st.session_state[SHOWN] = hour
    _draw(held.day(data.snapshot().id, on), on, hour, lang)


def _go_on() -> None:
    """To the next hour, unless somebody has moved the slider meanwhile. At the end of the day it stops."""
    shown, now = st.session_state.get(SHOWN), st.session_state.get("choice_hour", FIRST)
    if shown is None:
        if now == LAST:
            st.query_params["hour"] = held.HOURS[0]
        return
    if now != shown:
        return
    if shown == LAST:
        st.session_state[PLAYING] = False
        st.rerun()
    st.query_params["hour"] = str(int(shown) + 1)


@st.cache_data(max_entries=16, show_spinner=False)
def _classes(snapshot_id: str, on: str) -> tuple[float, list[float]]:
    """The smallest number for each km2 of a day, and the upper edges of classes that hold for all of its hours."""
    table = held.day(snapshot_id, on)
    dense = per_km2(table["devices"], table["size_m"]).tolist()
    return min(dense), quantile_edges(dense, len(palette.CROWD))


def _draw(table: pd.DataFrame, on: str, hour: str, lang: str) -> None:
    snapshot_id, theme = data.snapshot().id, frame.theme()
    least, edges = _classes(snapshot_id, on)
    cells = table[table["hour"] == int(hour)].sort_values("devices", ascending=False, kind="stable")
    cells = cells.assign(km2=per_km2(cells["devices"], cells["size_m"]))
    about = {"day": on, "hour": held.clock_of(hour)}
    if cells.empty:
        st.warning(say("movement.no_hour", lang, **about))
        return
    left, right = st.columns([3, 2])
    with left:
        labels = [
            say("movement.cell", lang, code=row["mesh_code"], size=row["size_m"], devices=row["devices"])
            for row in cells.to_dict("records")
        ]
        steps = [class_of(number, edges) for number in cells["km2"]]
        st.pydeck_chart(
            deck.deck(
                mesh_layer.layers(cells["mesh_code"].to_numpy("int64"), steps, labels, theme),  # type: ignore[arg-type]
                data.base_map(snapshot_id, theme),
                held.around(table["mesh_code"].unique()),  # of the whole day: the view stays where a person put it
                "{label}",
            ),
            height=held.HEIGHT,
            key="movement_map",
            alt=say("movement.map_alt", lang, count=len(cells), **about),
        )
        lower = [least, *edges[:-1]]
        frame.swatches(
            [
                (palette.crowd(step, theme), say("movement.class", lang, low=low, high=high))
                for step, (low, high) in enumerate(zip(lower, edges, strict=True))
            ]
        )
        st.caption(say("movement.absent", lang))
    with right:
        sizes = cells["size_m"].value_counts().sort_index()
        told = "、".join(say("movement.of_size", lang, size=size, count=count) for size, count in sizes.items())
        st.markdown(say("movement.now", lang, sizes=told, count=len(cells), **about))
        held.table(
            {
                say("movement.mesh", lang): [str(code) for code in cells["mesh_code"]],
                say("movement.size", lang): cells["size_m"].tolist(),
                say("movement.devices", lang): cells["devices"].tolist(),
                say("movement.devices_km2", lang): cells["km2"].round().astype(int).tolist(),
            },
            "movement_table",
        )
