"""Pieces about the city's evacuation orders: the draft by district, and what headquarters issues or lifts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import config
from otsu_maps.analysis import orders
from otsu_maps.analysis.orders import Draft
from otsu_maps.analysis.situation import Situation
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access, data, told, warnings

LIFT = 0


def drafts(found: Situation) -> list[Draft]:
    """The draft of every district."""
    snapshot_id = data.snapshot().id
    districts = [row["district_id"] for row in data.districts(snapshot_id)]
    places = data.judged_places(snapshot_id)
    return orders.drafts(districts, places, found.alerts, found.orders, config.city().warning_areas)


def table(found: Sequence[Draft], is_heard: bool, lang: str) -> None:
    """Every district: warnings, the order now, the draft. In silence no level is unknown, not none."""
    names = data.district_names(data.snapshot().id, lang)
    held = sorted(found, key=lambda each: (-max(each.drafted, each.ordered), each.district_id))
    st.dataframe(
        pd.DataFrame(
            {
                say("places.district", lang): [names[each.district_id] for each in held],
                say("orders.warned", lang): [warnings.level_words(each.warned, is_heard, lang) for each in held],
                say("orders.now", lang): [say(f"order.level_{each.ordered}", lang) for each in held],
                say("orders.draft", lang): [
                    say(f"order.level_{each.drafted}", lang) if each.drafted > each.ordered else "" for each in held
                ],
            }
        ),
        hide_index=True,
    )
    st.caption(say("orders.draft_is", lang))


def form(about: dict[str, Any] | None, found: Sequence[Draft], lang: str) -> None:
    """Issue or lift, by a named authority and confirmed by a second person."""
    if not access.may_do("decide"):
        return
    if about is None:
        st.info(say("orders.needs_incident", lang))
        return
    names = data.district_names(data.snapshot().id, lang)
    level = st.radio(
        say("orders.what", lang),
        (*orders.ORDERS, LIFT),
        format_func=lambda level: say(f"order.level_{level}" if level else "orders.lift", lang),
        horizontal=True,
        key="order_level",
    )
    ready = [each for each in found if (each.ordered if level == LIFT else each.drafted == level != each.ordered)]
    with st.form("order_form"):
        districts = st.multiselect(
            say("orders.districts", lang),
            list(names),
            [] if level == LIFT else [each.district_id for each in ready],
            format_func=names.__getitem__,
            key=f"order_districts_{level}",
        )
        left, right = st.columns(2)
        authority = left.text_input(say("orders.authority", lang), say("orders.mayor", lang), max_chars=60)
        confirmed_by = right.text_input(say("orders.confirmed_by", lang), max_chars=60)
        if st.form_submit_button(say("orders.do", lang), type="primary"):
            signed = access.needs("decide")
            if not (districts and authority.strip() and confirmed_by.strip()):
                st.error(say("orders.needs", lang))
                return
            by = {"authority": authority.strip(), "confirmed_by": confirmed_by.strip()}
            _record(
                about,
                _events(level, districts, by, {each.district_id: each.ordered for each in found}),
                signed.actor,
                lang,
            )


def _events(level: int, districts: Sequence[str], by: dict[str, str], now: dict[str, int]) -> list[append.Draft]:
    if level != LIFT:
        return [append.Draft("order_issued", {"level": level, "district_id": each, **by}) for each in districts]
    return [
        append.Draft("order_lifted", {"level": now[each], "district_id": each, **by}) for each in districts if now[each]
    ]


def _record(about: dict[str, Any], events: Sequence[append.Draft], actor: str, lang: str) -> None:
    where = {"incident_id": about["incident_id"], "mode": about["mode"]}
    try:
        append.append_all(open_ledger(), [append.Draft(each.kind, each.payload, **where) for each in events], actor)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say("orders.recorded", lang, count=len(events)))
