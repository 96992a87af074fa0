"""The table in which a planner writes changes of lines. The address of the page holds it, so that a link shows it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.transit import edits
from otsu_maps.transit.timetable import Timetable
from otsu_maps.ui import compare_sides, data, timetables, transit, typed_rows, url
from otsu_maps.ui.typed_rows import Rows

NAME, START = "edits", "compare_start"
ANY = "-"
"""In the table, in place of a blank cell: a column of choices would show None there."""

CHOSEN = ("route", "direction")


def table(day_type: str, lang: str) -> Rows:
    """The rows that a person typed, without blank ones; says which could not be made."""
    snapshot_id = data.snapshot().id
    held = timetables.timetable(snapshot_id)
    names = route_names(held, lang)
    if START not in st.session_state:  # what the editor starts from must stay, or it forgets what was typed
        st.session_state[START] = _frame(typed_rows.read(url.get(NAME) or "", len(edits.COLUMNS)))
    start: pd.DataFrame = st.session_state[START]
    st.markdown(say("compare.edits_how", lang))
    typed: pd.DataFrame = st.data_editor(
        start,
        key="compare_edits",
        num_rows="dynamic",
        hide_index=True,
        column_config={
            "change": st.column_config.SelectboxColumn(
                say("compare.column_change", lang),
                options=list(edits.CHANGES),
                format_func=lambda code: say(f"compare.change_{code}", lang) if code in edits.CHANGES else str(code),
                width="medium",
            ),
            "route": st.column_config.SelectboxColumn(
                say("compare.column_route", lang),
                options=[ANY, *names],
                format_func=lambda code: names.get(str(code), say("compare.every_route", lang)),
                default=ANY,
                width="medium",
            ),
            "direction": st.column_config.SelectboxColumn(
                say("compare.column_direction", lang),
                options=[ANY, "0", "1"],
                format_func=lambda code: say("compare.both", lang) if code == ANY else str(code),
                default=ANY,
                width="small",
            ),
            "from": st.column_config.TextColumn(
                say("compare.column_from", lang), default="", max_chars=8, width="small"
            ),
            "until": st.column_config.TextColumn(
                say("compare.column_until", lang), default="", max_chars=8, width="small"
            ),
            "value": st.column_config.TextColumn(
                say("compare.column_value", lang), default="", max_chars=200, width="medium"
            ),
        },
    )
    rows = _rows(typed)
    url.put(NAME, typed_rows.written(rows))
    _directions(held, day_type, lang)
    found = compare_sides.edited(snapshot_id, day_type, rows)
    for refused in found.refused:
        st.warning(refused.reason.sentence(lang), icon="⚠️")
    if rows:
        st.caption(say("compare.edits_done", lang, done=len(found.done), refused=len(found.refused)))
    return rows


def route_names(held: Timetable, lang: str) -> dict[str, str]:
    """What people call each line, by its id; the id stands beside a name that two have."""
    rows = held.routes.to_dict("records")
    names = {str(row["route_id"]): transit.name({str(key): value for key, value in row.items()}, lang) for row in rows}
    seen = list(names.values())
    return {key: name if seen.count(name) == 1 else f"{name}（{key}）" for key, name in names.items()}


def as_records(rows: Rows, held: Timetable, lang: str) -> list[dict[str, str]]:
    """The rows with the names of lines, as they are kept with a record."""
    names = route_names(held, lang)
    records = [dict(zip(edits.COLUMNS, row, strict=True)) for row in rows]
    return [{**record, "route": names.get(record["route"], record["route"])} for record in records]


def _directions(held: Timetable, day_type: str, lang: str) -> None:
    """Which direction of a line is which."""
    with st.expander(say("compare.directions", lang)):
        names = route_names(held, lang)
        ids = held.routes["route_id"].to_numpy(object)
        found = held.trips.assign(line=ids[held.trips["route"].to_numpy()])[["line", "direction_id", "headsign"]]
        usual = found.groupby(["line", "direction_id"], dropna=False)["headsign"].agg(
            lambda each: "、".join(dict.fromkeys(str(word) for word in each.dropna()))[:100]
        )
        rows = usual.reset_index()
        columns: dict[str, Any] = {
            say("compare.column_route", lang): [names[line] for line in rows["line"]],
            say("compare.column_direction", lang): [
                say("app.unknown", lang) if pd.isna(way) else str(way) for way in rows["direction_id"]
            ],
            say("compare.headsign", lang): rows["headsign"],
        }
        st.dataframe(pd.DataFrame(columns), hide_index=True)


def _frame(rows: Rows) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(edits.COLUMNS), dtype="str")
    for name in CHOSEN:
        table[name] = table[name].replace("", ANY)
    return table


def _rows(table: pd.DataFrame) -> Rows:
    return typed_rows.typed(table.assign(**{name: table[name].replace(ANY, "") for name in CHOSEN}))
