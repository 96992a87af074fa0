"""What operators tell in real time: how much of it is of now, and their notices with their age."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.i18n import say
from otsu_maps.realtime import now as realtime
from otsu_maps.realtime.now import FRESH, SILENT, Heard, Latest


def show(lang: str, *, is_drill: bool) -> None:
    """A row a source; what is not heard is said and never counted as running."""
    st.subheader(say("service.told", lang))
    told, at = realtime.latest(), clock.now()
    if not told.sources:
        st.info(say("service.told_unwritten" if config.realtime() else "service.told_none", lang), icon="ℹ️")
        return
    if is_drill:
        st.warning(say("service.told_real", lang), icon="⚠️")
    st.dataframe(_sources(told, at, lang), hide_index=True)
    notices = _notices(told, at, lang)
    st.markdown(f"**{say('service.told_alerts', lang)}**")
    if notices.empty:
        st.caption(say("service.told_no_alerts", lang))
    else:
        st.dataframe(notices, hide_index=True)


def _sources(told: Latest, at: datetime, lang: str) -> pd.DataFrame:
    limit, unknown = config.realtime_limit(), say("app.unknown", lang)
    known = [id(heard) for heard, _ in told.trips(at, limit)]
    rows = []
    for heard in told.sources:
        is_heard = heard.state(at, limit) != SILENT
        now = known.count(id(heard))
        rows.append(
            {
                say("service.told_source", lang): heard.feed_id or heard.source,
                say("service.told_state", lang): say(f"service.told_{heard.state(at, limit)}", lang),
                say("service.told_at", lang): _age(heard, at, lang),
                say("service.told_known", lang): str(now) if heard.state(at, limit) == FRESH else unknown,
                say("service.told_old", lang): str(len(heard.updates) - now) if is_heard else unknown,
            }
        )
    return pd.DataFrame(rows)


def _notices(told: Latest, at: datetime, lang: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                say("service.told_text", lang): _text(alert.header, lang) or _text(alert.description, lang),
                say("service.told_source", lang): heard.feed_id or heard.source,
                say("service.told_at", lang): _age(heard, at, lang),
                say("service.told_state", lang): say(f"service.told_{heard.state(at, config.realtime_limit())}", lang),
            }
            for heard, alert in told.alerts(at)
        ]
    )


def _age(heard: Heard, at: datetime, lang: str) -> str:
    if heard.told_at is None:
        return say("app.unknown", lang)
    minutes = int(clock.age(heard.told_at, at).total_seconds() // 60)
    return f"{clock.shown_near(heard.told_at, at)}　{say('service.minutes_ago', lang, minutes=minutes)}"


def _text(texts: Mapping[str, str], lang: str) -> str:
    """In this language, else as the operator wrote it first."""
    return texts.get(lang) or texts.get("") or texts.get("ja") or next(iter(texts.values()), "")
