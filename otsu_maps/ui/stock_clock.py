"""Supplies of one shelter as a clock: how much there is, how long it lasts, what is missing and what was asked for."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import supplies
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.supplies import Stock
from otsu_maps.i18n import say
from otsu_maps.ledger.events import read_time
from otsu_maps.maps import palette
from otsu_maps.ui import frame
from otsu_maps.ui.now import View
from otsu_maps.ui.words import item_name, none_left

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def show(row: Row | None, held: View, lang: str) -> None:
    """Every item that somebody recorded, the one that runs out first on top."""
    st.markdown(f"#### {say('shelter.stock', lang)}")
    found = supplies.stocks([row], held.situation, held.rates) if row else []
    if not found:
        st.info(say("shelter.stock_none", lang))
        return
    hours = int(held.rates.ahead / HOUR)
    st.caption(say("shelter.stock_bar", lang, hours=hours))
    st.html("".join(_item(stock, held.situation.at, held.rates.ahead, lang) for stock in found))


def _item(stock: Stock, at: datetime, ahead: timedelta, lang: str) -> str:
    unknown = say("app.unknown", lang)
    amount = unknown if stock.amount is None else f"{stock.amount:,}"
    colour = palette.RED if stock.short else palette.BLUE
    counted = say("shelter.stock_at", lang, at=clock.shown_near(read_time(stock.at), at)) if stock.at else ""
    title = f"<b>{html.escape(item_name(stock.item, lang))}　{amount}</b>　<small>{html.escape(counted)}</small>"
    more = "　".join(_more(stock, lang))
    bar = frame.bar(_share(stock, at, ahead), colour, lasts(stock, at, lang))
    return f'<div class="otsu-stock">{title}{bar}<small>{html.escape(more)}</small></div>'


def lasts(stock: Stock, at: datetime, lang: str) -> str:
    """How long an item lasts, in hours below two days; of what is needed once: how many it takes."""
    if gone := none_left(stock, at, lang):
        return gone
    if stock.until is not None:
        end = read_time(stock.until)
        about = {"at": clock.shown_near(end, at)}
        if end - at < 2 * DAY:
            return say(
                "shelter.lasts_hours", lang, hours=round((end - at) / HOUR, 1 if end - at < 3 * HOUR else None), **about
            )
        return say("shelter.lasts_days", lang, days=int((end - at) / DAY), **about)
    if stock.need_once is not None:
        return say("shelter.needed_once", lang, need=stock.need_once)
    return say("shelter.lasts_unknown", lang)


def _share(stock: Stock, at: datetime, ahead: timedelta) -> float | None:
    """Of the time ahead that it lasts, or of what is needed once; None: unknown."""
    if stock.until is not None:
        return max((read_time(stock.until) - at) / ahead, 0.0)
    if stock.need_once and stock.amount is not None:
        return stock.amount / stock.need_once
    return None


def _more(stock: Stock, lang: str) -> list[str]:
    told = [say("shelter.short", lang, short=stock.short)] if stock.short else []
    if stock.requested or stock.promised or stock.delivered:
        figures = {"requested": stock.requested, "promised": stock.promised, "delivered": stock.delivered}
        told.append(say("shelter.requests", lang, **figures))
    return told
