"""One hour of an event day on the map: where were more devices than usual, where fewer, and where nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from otsu_maps.event_day.usual import MUCH, STEPS, Compared
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import mesh_difference
from otsu_maps.ui import data, frame, movement_files, url
from otsu_maps.ui import event_day_measured_data as measured
from otsu_maps.ui import event_day_measured_words as words
from otsu_maps.ui import movement_data as held

VIEW_M = 1500
"""How far beyond the cells of the venue the map looks at first, metres."""

HEIGHT = 460
FIELDS = ("mesh_code", "size_m", "event", "usual", "least", "most", "days", "change", "times", "is_summed")


def show(found: measured.Measured, on: date, venue: Sequence[int], first: int, lang: str) -> None:
    """A slider over the hours, at first on hour `first`; the map of one, and its cells as a table and as files."""
    st.fragment(_hour)(found, on, tuple(venue), first, lang)


def _hour(found: measured.Measured, on: date, venue: Sequence[int], first: int, lang: str) -> None:
    hours = [str(hour) for hour in sorted(found.cells)]
    hour = str(first)
    if len(hours) > 1:  # a slider has two ends
        hour = url.slide(say("event_measured.hour", lang), "m_hour", hours, held.clock_of, hour)
    cells = sorted(found.cells[int(hour)], key=lambda each: (each.change is None, -abs(each.change or 0)))
    steps = Counter("unknown" if each.step is None else STEPS[each.step] for each in cells)
    counts = {
        "more": steps["more"] + steps["much_more"],
        "less": steps["less"] + steps["much_less"],
        "same": steps["same"],
        "unknown": steps["unknown"],
    }
    st.markdown(say("event_measured.cells", lang, hour=held.clock_of(hour), **counts))
    left, right = st.columns([3, 2])
    with left:
        _map(cells, venue, hour, lang)
    with right:
        _table(cells, f"event_cells_{on}_{hour}", lang)
    st.caption(say("event_measured.cells_rule", lang, km=measured.AROUND_M / 1000))


def _map(cells: Sequence[Compared], venue: Sequence[int], hour: str, lang: str) -> None:
    theme = frame.theme()
    codes, labels = [each.mesh_code for each in cells], [_label(each, lang) for each in cells]
    st.pydeck_chart(
        deck.deck(
            mesh_difference.layers(codes, [each.step for each in cells], labels, theme),
            data.base_map(data.snapshot().id, theme),
            measured.beyond(venue, VIEW_M),
            "{label}",
        ),
        height=HEIGHT,
        key="event_measured_map",
        alt=say("event_measured.map_alt", lang, count=len(cells), hour=held.clock_of(hour)),
    )
    legend = [
        (
            palette.MORE_OR_LESS[step],
            f"{palette.MORE_OR_LESS_SIGN[step]} {say(f'event_measured_change.{name}', lang, times=MUCH)}",
        )
        for step, name in enumerate(STEPS)
    ]
    frame.swatches([*legend, (palette.GREY, f"{palette.SIGN_UNKNOWN} {say('movement_change.unknown', lang)}")])


def _table(cells: Sequence[Compared], name: str, lang: str) -> None:
    number = words.number
    held.table(
        {
            say("movement.mesh", lang): [str(each.mesh_code) for each in cells],
            say("event_measured.event", lang): [number(each.event, lang) for each in cells],
            say("event_measured.usual", lang): [number(each.usual, lang) for each in cells],
            say("event_measured.times", lang): [words.in_times(each.times, lang) for each in cells],
            say("event_measured.days", lang): [each.days for each in cells],
            say("movement.size", lang): [each.size_m for each in cells],
            say("movement.summed", lang): [say("movement.yes", lang) if each.is_summed else "" for each in cells],
        },
        "event_measured_cells",
        HEIGHT,
    )
    table = pd.DataFrame({field: [getattr(each, field) for each in cells] for field in FIELDS})
    movement_files.offer(name, table, lang, lambda: movement_files.cells(table, lang))


def _label(each: Compared, lang: str) -> str:
    about = {"code": each.mesh_code, "size": each.size_m, "days": each.days}
    told = {"event": words.number(each.event, lang), "usual": words.number(each.usual, lang)}
    return say("event_measured.cell", lang, times=words.in_times(each.times, lang), **about, **told)
