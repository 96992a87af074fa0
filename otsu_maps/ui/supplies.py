"""Pieces of the page of supplies: what runs out when, what is asked for, what could be sent from where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import streamlit as st

from otsu_maps import clock, config, geo
from otsu_maps.analysis import supplies
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.supplies import Rates, Stock, Transfer
from otsu_maps.i18n import say
from otsu_maps.ledger.events import read_time
from otsu_maps.ui import cover, now, url
from otsu_maps.ui.now import View
from otsu_maps.ui.words import item_name, none_left

HEIGHT, ROW = 560, 35
REFRESH_S = 10


@st.fragment(run_every=REFRESH_S)
def live(about: dict[str, Any], lang: str) -> None:
    """Stocks and a plan, refreshed by themselves."""
    cover.watch(lang)
    held = now.view(about)
    found = held.once("stocks", lambda: supplies.stocks(held.rows, held.situation, held.rates))
    st.caption(_rates(held.rates, lang))
    if not found:
        st.info(say("supplies.none", lang))
        return
    left, right = st.columns([3, 2])
    with left:
        st.subheader(say("supplies.stocks", lang))
        _stocks(held, found, lang)
    with right:
        st.subheader(say("supplies.plan", lang))
        _plan(held.once("plan", lambda: supplies.transfers(found, _distances(held.rows))), lang)
    st.caption(say("warnings.at", lang, at=clock.shown(held.situation.at)))


def _stocks(view: View, found: Sequence[Stock], lang: str) -> None:
    items = list(dict.fromkeys(stock.item for stock in found))
    item = url.choice(
        say("desk.item", lang), "item", items, lambda code: item_name(code, lang), say("places.all", lang)
    )
    table = view.once(
        ("stocks", item, lang), lambda: _table([s for s in found if item in (None, s.item)], view.situation.at, lang)
    )
    st.dataframe(table, hide_index=True, height=min(HEIGHT, ROW * (len(table) + 1) + 3))


def _table(held: Sequence[Stock], at: datetime, lang: str) -> pa.Table:
    unknown = say("app.unknown", lang)
    return pa.table(
        {
            say("places.name", lang): [stock.name for stock in held],
            say("desk.item", lang): [item_name(stock.item, lang) for stock in held],
            say("supplies.amount", lang): [_number(stock.amount, unknown) for stock in held],
            say("supplies.until", lang): [_until(stock, at, lang) for stock in held],
            say("supplies.short", lang): [_number(stock.short, unknown) for stock in held],
            say("supplies.need", lang): [_need(stock, unknown) for stock in held],
            say("supplies.open_request", lang): [_number(stock.open_request or None, "") for stock in held],
            say("supplies.at", lang): [clock.shown(read_time(stock.at)) if stock.at else unknown for stock in held],
        }
    )


def _plan(plan: Sequence[Transfer], lang: str) -> None:
    if not plan:
        st.info(say("supplies.no_plan", lang))
        return
    st.markdown("\n".join(f"- {_sentence(each, lang)}" for each in plan[:20]))
    st.caption(say("supplies.plan_is", lang))


def _sentence(each: Transfer, lang: str) -> str:
    return say(
        "supplies.send",
        lang,
        item=item_name(each.item, lang),
        amount=each.amount,
        giver=each.giver,
        keeps=each.giver_keeps,
        taker=each.taker,
        lacks=each.taker_lacks,
        km=f"{(each.distance_m or 0) / 1000:.1f}",
    )


def _distances(rows: Sequence[Row]) -> dict[tuple[str, str], float]:
    """Straight metres between all pairs of shelters whose position is known."""
    held = [(row.place_id, row.record) for row in rows if row.record]
    if not held:
        return {}
    lon, lat = [record.lon for _, record in held], [record.lat for _, record in held]
    at = np.array(geo.to_metres(lon, lat, config.city().plane_epsg))
    metres = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    ids = [place_id for place_id, _ in held]
    return {(a, b): float(metres[i, j]) for i, a in enumerate(ids) for j, b in enumerate(ids) if i != j}


def _rates(rates: Rates, lang: str) -> str:
    hours = int(rates.ahead.total_seconds() // 3600)
    return say("supplies.rates", lang, **rates.per_day, **rates.once, hours=hours)


def _until(stock: Stock, at: datetime, lang: str) -> str:
    """When it runs out; nothing for what is needed once, and where nobody uses it."""
    if gone := none_left(stock, at, lang):
        return gone
    if stock.until is not None:
        return clock.shown(read_time(stock.until))
    return say("app.unknown", lang) if stock.short is None else ""


def _need(stock: Stock, unknown: str) -> str:
    return unknown if stock.need_ahead is None else f"{stock.need_ahead:,}"


def _number(value: int | None, unknown: str) -> str:
    return unknown if value is None else f"{value:,}"
