"""Pieces of the chronology: a moment of an incident, the board as it was then, and what happened until then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from otsu_maps import clock
from otsu_maps.errors import SnapshotDamaged, SnapshotMissing
from otsu_maps.i18n import say
from otsu_maps.ledger import read, tables
from otsu_maps.ledger.events import STANDING, read_time
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import board, history, now, url

MOST = 2000


def moment(about: dict[str, Any], lang: str) -> tuple[datetime, bool]:
    """The moment that a person looks at (naive UTC), and whether only what was known then counts."""
    # Bounds that change draw a new slider, which forgets where it stood: whole hours, and what has not come yet is now.
    first = clock.to_shown(read_time(about["opened_at"])).replace(minute=0, second=0, microsecond=0)
    end = clock.to_shown(read_time(about["closed_at"]) if about["closed_at"] else clock.now())
    last = end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    shown = st.slider(
        say("replay.moment", lang),
        first,
        last,
        last,
        step=timedelta(minutes=1),
        format="YYYY-MM-DD HH:mm",
        key=f"moment_{about['incident_id']}",
    )
    is_known = st.toggle(say("replay.known", lang), key="known_then", help=say("replay.known_means", lang))
    return max(clock.from_shown(min(shown, end)), read_time(about["opened_at"])), is_known


def show(about: dict[str, Any], at: datetime, is_known: bool, lang: str) -> None:
    """The board of that moment."""
    st.info(say("replay.past", lang, at=clock.shown(at)), icon="ℹ️")
    try:
        held = now.view_then(about, at, at if is_known else None)
        board.show(about, held, about["snapshot_id"], lang, is_live=False)
    except (SnapshotMissing, SnapshotDamaged) as error:
        st.error(error.reason.sentence(lang))


def timeline(about: dict[str, Any], at: datetime, is_known: bool, lang: str) -> None:
    """Every event until then, newest first, by group and words."""
    st.subheader(say("replay.timeline", lang))
    with st.container(horizontal=True):
        group = history.choose_group(lang)
        words = url.text(say("replay.search", lang), "words", "")
    column = tables.event.c
    when = column.received_at if is_known else column.occurred_at
    world = STANDING[about["mode"]]  # warnings belong to it, from the opening of the incident on
    mine = column.incident_id.in_([about["incident_id"], world])
    since = column.occurred_at >= read_time(about["opened_at"])
    found = read.events(open_ledger(), when <= at, since, mine, *history.of_group(group), most=MOST)
    table = history.table(found, lang)
    if words:
        table = table[table.apply(lambda row: all(word in " ".join(map(str, row)) for word in words.split()), axis=1)]
    st.caption(
        say("replay.count", lang, count=len(table)) + (say("replay.cut", lang, most=MOST) if len(found) == MOST else "")
    )
    st.dataframe(table, hide_index=True)
    csv = table.to_csv(index=False).encode("utf-8-sig")
    st.download_button(say("board.csv", lang), csv, "chronology.csv", "text/csv", key="timeline_csv")
