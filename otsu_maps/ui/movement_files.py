"""Files of the page of movement: tables as CSV, cells and arcs as GeoParquet, each row marked as demo or not."""

from __future__ import annotations

import io
from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from otsu_maps import geo, mesh
from otsu_maps.i18n import say
from otsu_maps.ui import data

MARK = "data_kind"
PARQUET = "application/vnd.apache.parquet"


def csv(table: pd.DataFrame, lang: str) -> bytes:
    """A table as CSV that Excel opens (UTF-8 with BOM); the first column says whether it is the demo."""
    return _marked(table, lang).to_csv(index=False).encode("utf-8-sig")


def cells(table: pd.DataFrame, lang: str) -> bytes:
    """Rows with a `mesh_code` as GeoParquet of polygons, lon/lat."""
    west, south, east, north = mesh.bounds_of(table["mesh_code"].to_numpy("int64"))
    return _geoparquet(_marked(table, lang), shapely.box(west, south, east, north))


def arcs(table: pd.DataFrame, places: dict[str, tuple[float, float]], lang: str) -> bytes:
    """Rows with `origin` and `destination` as GeoParquet of lines from place to place, lon/lat.

    A row without two different places has an empty line: it is kept, so that the file holds what the table holds.
    """
    ends = zip(table["origin"], table["destination"], strict=True)
    lines = [
        shapely.LineString([places[one], places[other]] if one != other and {one, other} <= set(places) else [])
        for one, other in ends
    ]
    return _geoparquet(_marked(table, lang), lines)


def offer(name: str, table: pd.DataFrame, lang: str, shapes: Callable[[], bytes] | None = None) -> None:
    """Buttons for `name`.csv and, where `shapes` makes it, `name`.parquet. Files are made when they are asked for."""
    with st.container(horizontal=True):
        st.download_button(
            say("board.csv", lang), lambda: csv(table, lang), f"{name}.csv", "text/csv", key=f"{name}_csv"
        )
        if shapes is not None:
            st.download_button(
                say("movement.geoparquet", lang), shapes, f"{name}.parquet", PARQUET, key=f"{name}_parquet"
            )


def _marked(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    is_demo = data.card(data.snapshot().id)["is_demo"]
    marked = table.copy()
    marked.insert(0, MARK, say("app.demo_mark" if is_demo else "app.real_mark", lang))
    return marked


def _geoparquet(table: pd.DataFrame, shapes: object) -> bytes:
    held = io.BytesIO()
    gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs=geo.LON_LAT).values).to_parquet(held, index=False)  # type: ignore[call-overload]
    return held.getvalue()
