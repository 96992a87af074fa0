"""Pieces of the response board: the sums, what needs a decision, every shelter of the incident."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.analysis import board, danger, forecast, offer
from otsu_maps.analysis.board import Row, Totals
from otsu_maps.i18n import say
from otsu_maps.ledger.events import read_time
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import premises as premises_layer
from otsu_maps.transit import suspensions
from otsu_maps.ui import actions, cover, data, frame, now, outlook, service_words, url, warnings
from otsu_maps.ui.now import View

REFRESH_S = 4
MOST = 12
HEIGHT, ROW = 560, 35
TABLE, MAP, SHOWN, CHOSEN = "board_table", "board_map", "board_shown", "board_chosen"
SHOW = ("all", *board.BANDS, "silent")


@st.fragment(run_every=REFRESH_S)
def live(about: dict[str, Any], lang: str) -> None:
    """The whole board, refreshed by itself; computed once for all who look."""
    _open_chosen(about)
    held = now.view(about)
    cover.watch(lang)
    show(about, held, data.snapshot().id, lang, is_live=True)


def show(about: dict[str, Any], held: View, snapshot_id: str, lang: str, *, is_live: bool) -> None:
    """The board of one moment, on the places of one snapshot. Without `is_live` there is nothing to press."""
    warnings.contact(held, lang)
    st.html(held.once(("levels", lang), lambda: _levels(held, lang)))
    _services(about, held, snapshot_id, lang, is_live)
    sums = held.once("totals", lambda: board.totals(held.rows, held.situation.outside))
    _totals(sums, len(held.rows), lang)
    st.subheader(say("board.act" if is_live else "replay.act", lang))
    ahead = outlook.of(about, held) if is_live else forecast.NOTHING
    actions.show(about, held, ahead, lang, is_live=is_live)
    st.subheader(say("board.shelters", lang))
    if is_live:
        st.caption(say("board.click", lang))
    left, right = st.columns([3, 2])
    with left:
        _table(held, lang, is_live)
    with right:
        _map(held, lang, is_live)
    if is_live:
        outlook.show(held, ahead, lang)
    st.caption(say("warnings.at" if is_live else "replay.at", lang, at=clock.shown(held.situation.at)))


def _levels(held: View, lang: str) -> str:
    """Warnings by half of the city, in the official colours with the number and the word."""
    areas, names = config.city().warning_areas, data.warning_areas(data.snapshot().id)
    chips = []
    for area in areas:
        level = danger.level_in(held.situation.alerts, area, areas)
        is_heard = held.situation.is_heard
        colour = palette.LEVELS[level] if is_heard or level else palette.PAPER
        words = warnings.level_words(level, is_heard, lang)
        look = f"background:{palette.css(colour)};color:{palette.css(palette.ink_on(colour))}"
        chips.append(
            f'<span class="otsu-chip" style="{look}">{html.escape(names.get(area, area))}　{html.escape(words)}</span>'
        )
    return f"{warnings.STYLE}<div>{''.join(chips)}</div>"


def _services(about: dict[str, Any], held: View, snapshot_id: str, lang: str, is_live: bool) -> None:
    """How much is out of service, with the way to what; nothing where nothing is recorded."""
    off = suspensions.current(held.situation.services)
    if not off:
        return
    words = say("service.on_board", lang, count=len(service_words.together(off, lang, snapshot_id)))
    if is_live:
        st.page_link("pages/service.py", label=words, query_params={"incident": about["incident_id"]})
    else:
        st.caption(words)


def _totals(sums: Totals, shelters: int, lang: str) -> None:
    unknown = say("app.unknown", lang)
    people = unknown if sums.people is None else f"{sums.people:,}"
    outside = unknown if sums.outside is None else f"{sums.outside:,}"
    oldest = clock.shown(read_time(sums.oldest_at)) if sums.oldest_at else unknown
    tiles = [
        (say("board.open", lang), f"{sums.open:,}", ""),
        (say("board.people", lang), people, say("board.covers", lang, counted=sums.counted, open=sums.open, at=oldest)),
        (say("board.outside", lang), outside, say("board.not_added", lang)),
        (say("board.silent", lang), f"{sums.silent:,}", ""),
        (say("status_of.disputed", lang), f"{sums.disputed:,}", ""),
        (say("board.closed", lang), f"{sums.closed:,}", say("board.of", lang, count=shelters)),
    ]
    frame.figures(tiles)


def _table(held: View, lang: str, is_live: bool) -> None:
    shown = url.one_of(say("offer.show", lang), "band", SHOW, lambda code: say(f"fullness.{code}", lang), SHOW[0])
    rows = [row for row in held.rows if shown in ("all", row.band) or (shown == "silent" and row.silent_since)]
    if not rows:
        st.info(say("offer.none", lang))
        return
    table, csv = held.once(("table", shown, lang), lambda: _drawn_table(rows, lang))
    st.session_state[SHOWN] = [row.place_id for row in rows]
    st.dataframe(
        table,
        column_config={say("offer.state", lang): _chips(lang)},
        hide_index=True,
        height=min(HEIGHT, ROW * (len(rows) + 1) + 3),
        **_clicks(TABLE, _picked_in_table, ["single-row", "single-cell"], is_live),
    )
    st.download_button(say("board.csv", lang), csv, "shelters.csv", "text/csv", key="board_csv")


def _drawn_table(rows: Sequence[Row], lang: str) -> tuple[pa.Table, bytes]:
    """The table as it is sent to browsers, and as a file."""
    unknown, state = say("app.unknown", lang), say("offer.state", lang)
    states = [_openness(row.openness, lang) for row in rows]
    table: dict[str, list[Any]] = {
        say("places.name", lang): [row.name for row in rows],
        state: [[word] for word in states],
        say("board.congestion", lang): [_band(row, lang) for row in rows],
        say("board.count", lang): [_number(row.people.people, unknown) for row in rows],
        say("board.room", lang): [_number(row.capacity_persons, unknown) for row in rows],
        say("board.method", lang): [_method(row, lang) for row in rows],
        say("board.counted_at", lang): [_time(row.people.at, unknown) for row in rows],
        say("incident.heard", lang): [_time(row.heard_at, unknown) for row in rows],
        say("board.valid", lang): [_validity(row, lang) for row in rows],
    }
    file = pd.DataFrame({**table, state: states})
    return pa.table(table), file.to_csv(index=False).encode("utf-8-sig")


def _map(held: View, lang: str, is_live: bool) -> None:
    theme = frame.theme()
    drawn, count = held.once(("map", theme, lang), lambda: _drawn_map(held.rows, theme, lang))
    st.pydeck_chart(
        drawn,
        height=HEIGHT,
        **_clicks(MAP, _picked_on_map, "single-object", is_live),
        alt=say("offer.map_alt", lang, count=count),
    )
    frame.legend([(f"band_{band}", say(f"fullness.{band}", lang)) for band in board.BANDS])


def _drawn_map(rows: Sequence[Row], theme: str, lang: str) -> tuple[deck.Drawn, int]:
    """The map as it is sent to browsers, and how many shelters are on it."""
    snapshot_id, unknown = data.snapshot().id, say("app.unknown", lang)
    base, bounds = data.base_map(snapshot_id, theme), data.bounds(snapshot_id)
    points = [
        {
            "premises_id": row.place_id,
            "lon": row.record.lon,
            "lat": row.record.lat,
            "state": _look(row),
            "people": row.people.people,
            "label": f"{row.name}\n{_band(row, lang)}　{_number(row.people.people, unknown)}",
        }
        for row in rows
        if row.record and row.openness in (offer.OPEN, offer.ALWAYS_OPEN)
    ]
    return deck.Drawn(deck.deck(premises_layer.layers(points), base, bounds, "{label}")), len(points)


def _clicks(key: str, picked: Callable[[], None], mode: Any, is_live: bool) -> dict[str, Any]:
    """A past board opens nothing: the page of a shelter shows how it stands now."""
    return {"key": key, "on_select": picked, "selection_mode": mode} if is_live else {}


def _picked_in_table() -> None:
    """A row is known by its number alone: in the table as it was when it was clicked, not as it is by now."""
    picked, shown = st.session_state[TABLE].selection, st.session_state.get(SHOWN, [])
    number = next(iter([*picked.rows, *(cell[0] for cell in picked.cells)]), None)
    st.session_state[CHOSEN] = shown[number] if number is not None and number < len(shown) else None


def _picked_on_map() -> None:
    objects = st.session_state[MAP].selection.objects.get(premises_layer.ID, [])
    st.session_state[CHOSEN] = objects[0]["premises_id"] if objects else None


def _open_chosen(about: dict[str, Any]) -> None:
    """The page of the shelter that was clicked."""
    if place_id := st.session_state.pop(CHOSEN, None):
        st.switch_page("pages/shelter.py", query_params={"incident": about["incident_id"], "place": place_id})


def _openness(code: str, lang: str) -> str:
    return f"{palette.MARK[f'is_{code}']} {say(f'openness.{code}', lang)}"


def _chips(lang: str) -> Any:
    """A status has a colour beside its shape and word; what is drawn hollow on a map has none."""
    states = [f"is_{code}" for code in offer.OPENNESS]
    colours = [palette.PAPER if state in palette.HOLLOW else palette.OPENNESS[state] for state in states]
    return st.column_config.MultiselectColumn(
        options=[_openness(code, lang) for code in offer.OPENNESS], color=[palette.css(colour) for colour in colours]
    )


def _look(row: Row) -> str:
    return f"band_{row.band}"


def _band(row: Row, lang: str) -> str:
    return f"{palette.MARK[_look(row)]} {say(f'fullness.{row.band}', lang)}"


def _validity(row: Row, lang: str) -> str:
    return say(f"validity.{row.record.validity}", lang) if row.record else say("app.unknown", lang)


def _method(row: Row, lang: str) -> str:
    return say(f"method.{row.people.method}", lang) if row.people.method else ""


def _number(value: int | None, unknown: str) -> str:
    return unknown if value is None else f"{value:,}"


def _time(text: str | None, unknown: str) -> str:
    return clock.shown(read_time(text)) if text else unknown
