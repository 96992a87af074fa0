"""Pieces of the people-flow page: month, day type and time band; the mesh map; the year at a glance."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import mesh
from otsu_maps.analysis.classes import class_of, quantile_edges
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import mesh as mesh_layer
from otsu_maps.ui import data, frame, url

HEIGHT = 560
DAY_TYPES, TIME_BANDS = ("weekday", "holiday", "all"), ("noon", "night", "all_day")


def choose(lang: str) -> tuple[int, int, str, str] | None:
    """Year, month, day type and time band; None where there is no people-flow data."""
    months = data.flow_months(data.snapshot().id)
    if not months:
        st.warning(say("flow.none", lang))
        return None
    named = {f"{year}-{month:02}": (year, month) for year, month in months}
    newest = say("flow.newest", lang, month=list(named)[-1])
    shown = url.choice(say("flow.month", lang), "month", list(named), lambda code: code, newest)
    day = url.one_of(say("flow.day", lang), "day", DAY_TYPES, lambda code: say(f"day.{code}", lang), "weekday")
    band = url.one_of(say("flow.band", lang), "band", TIME_BANDS, lambda code: say(f"band.{code}", lang), "noon")
    year, month = named[shown] if shown else months[-1]
    return year, month, day, band


def map_of(chosen: tuple[int, int, str, str], lang: str) -> None:
    """Cells by people present, with a legend of numbers. What is not published is left bare."""
    snapshot_id, theme = data.snapshot().id, frame.theme()
    cells = data.flow_cells(snapshot_id, *chosen)
    if not cells:
        st.warning(say("flow.no_cells", lang))
        return
    people = [cell["population_persons"] for cell in cells]
    edges = quantile_edges(people, len(palette.CROWD))
    layers = mesh_layer.layers(
        [cell["mesh_code"] for cell in cells],
        [class_of(number, edges) for number in people],
        [say("flow.cell", lang, code=cell["mesh_code"], number=cell["population_persons"]) for cell in cells],
        theme,
    )
    west, south, east, north = mesh.bounds_of([cell["mesh_code"] for cell in cells])
    around = (float(west.min()), float(south.min()), float(east.max()), float(north.max()))
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), around, "{label}"),
        height=HEIGHT,
        key="flow_map",
        alt=say("flow.map_alt", lang, count=len(cells)),
    )
    lower = [min(people), *edges[:-1]]
    frame.swatches(
        [
            (palette.crowd(i, theme), say("flow.class", lang, low=low, high=high))
            for i, (low, high) in enumerate(zip(lower, edges, strict=True))
        ]
    )
    st.caption(say("flow.absent", lang))


def table(chosen: tuple[int, int, str, str], lang: str) -> None:
    """The cells with most people, and where people come from."""
    snapshot_id = data.snapshot().id
    cells = sorted(data.flow_cells(snapshot_id, *chosen), key=lambda cell: -cell["population_persons"])
    total = sum(cell["population_persons"] for cell in cells)
    st.markdown(say("flow.total", lang, total=total, cells=len(cells)))
    st.dataframe(
        pd.DataFrame(
            {
                say("flow.mesh", lang): [str(cell["mesh_code"]) for cell in cells],
                say("flow.people", lang): [round(cell["population_persons"]) for cell in cells],
            }
        ),
        hide_index=True,
        height=250,
    )
    origins = data.flow_fromto(snapshot_id, *chosen)
    if origins:
        st.markdown(say("flow.origins", lang))
        st.dataframe(pd.DataFrame(_origins(origins, lang)), hide_index=True)


def year(chosen: tuple[int, int, str, str], lang: str) -> None:
    """All months of the same day type and time band."""
    _, _, day, band = chosen
    months = data.flow_monthly(data.snapshot().id, day, band)
    st.markdown(say("flow.year", lang, day=say(f"day.{day}", lang), band=say(f"band.{band}", lang)))
    frame_of = pd.DataFrame(
        {
            say("flow.month", lang): [f"{row['year']}-{row['month']:02}" for row in months],
            say("flow.people", lang): [row["population_persons"] for row in months],
        }
    )
    st.bar_chart(frame_of, x=say("flow.month", lang), y=say("flow.people", lang), height=220)


def _origins(origins: list[dict[str, Any]], lang: str) -> dict[str, list[Any]]:
    return {
        say("flow.from", lang): [
            say(f"from.{row['from_area']}", lang) if row["from_area"] else row["from_area_code"] for row in origins
        ],
        say("flow.people", lang): [round(row["population_persons"]) for row in origins],
    }
