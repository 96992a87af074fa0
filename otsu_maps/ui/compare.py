"""Pieces of the page that compares timetables: which two, who loses and who gains, where, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.analysis.residents import COUNTS
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import service
from otsu_maps.timetable_upload import Upload, read
from otsu_maps.transit.compare import AFTER_ONLY, BEFORE_ONLY
from otsu_maps.transit.reached import LIMITS_MIN
from otsu_maps.ui import compare_edits, compare_keep, compare_sides, data, frame, gaps, timetables, transit, url
from otsu_maps.ui.compare_sides import EDITS, FEEDS, FILE, Change, Compared
from otsu_maps.ui.gaps import Asked

HEIGHT, ROW = 560, 35
MOST_MB = 50
TABS = ("stops", "routes", "districts")
WITHIN = tuple(f"within_{minutes}_persons" for minutes in LIMITS_MIN)
IN_GAP = (f"gap_{COUNTS[0]}", f"gap_{COUNTS[2]}")
PAIRS = ("departures", "first_s", "last_s", "gap", "headway", "peak_departures", *IN_GAP, *WITHIN)
"""Figures that tables show before and after."""


def choose(lang: str) -> tuple[Asked, Change, Upload | None] | None:
    """What is compared; None: nothing yet."""
    asked = gaps.choose(lang)
    feeds = timetables.feed_names(data.snapshot().id)
    ways = [EDITS, FILE, *([FEEDS] if len(feeds) > 1 else [])]
    way = url.one_of(say("compare.way", lang), "against", ways, lambda code: say(f"compare.way_{code}", lang), EDITS)
    if way == EDITS:
        rows = compare_edits.table(asked.day_type, lang)
        if rows:
            return asked, Change(EDITS, rows), None
        st.info(say("compare.no_edits", lang))
        return None
    if way == FILE:
        return _file(asked, feeds, lang)
    with st.container(horizontal=True):
        empty = say("evidence.choose", lang)
        before = url.choice(say("compare.feed_before", lang), "before", list(feeds), feeds.__getitem__, empty)
        after = url.choice(say("compare.feed_after", lang), "after", list(feeds), feeds.__getitem__, empty)
    if not before or not after or before == after:
        st.info(say("compare.no_feeds", lang))
        return None
    return asked, Change(FEEDS, replaced=before, feed=after), None


def show(asked: Asked, change: Change, upload: Upload | None, lang: str) -> None:
    """Sentences, map, tables, file, record."""
    snapshot_id = data.snapshot().id
    found = compare_sides.compared(snapshot_id, asked, change, upload)
    reached = compare_sides.residents_reached(snapshot_id, asked, change, upload)
    _headline(found, reached, asked, lang)
    _map(found, lang)
    names = [say(f"compare.tab_{name}", lang) for name in TABS]
    stops, routes, districts = st.tabs(names)
    with stops:
        _stops(found.stops, lang)
    with routes:
        _routes(found.routes, lang)
    with districts:
        _districts(found, reached, lang)
    gaps.day_notes(snapshot_id, asked.day_type, lang)
    st.caption(say("compare.method", lang))
    compare_keep.keep(found, reached, asked, change, upload, lang)


def _file(asked: Asked, feeds: Mapping[str, str], lang: str) -> tuple[Asked, Change, Upload | None] | None:
    left, right = st.columns([1, 2])
    with left:
        first = next(iter(feeds))
        others = [*list(feeds)[1:], "-"]
        shown = {**feeds, "-": say("compare.adds", lang)}
        replaced = url.choice(
            say("compare.replaces", lang), "replaces", others, shown.__getitem__, feeds[first], is_long=True
        )
    with right:
        given = st.file_uploader(say("compare.file", lang), type="zip", max_upload_size=MOST_MB, key="compare_file")
    st.caption(say("compare.file_how", lang))
    if given is None:
        st.info(say("compare.no_file", lang))
        return None
    place = None if replaced == "-" else replaced or first
    try:
        upload = _read(given.name, given.getvalue(), place, frozenset(feeds) - {place or ""})
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return None
    _refused(upload, lang)
    return asked, Change(FILE, sha256=upload.sha256, replaced=place or ""), upload


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(name: str, content: bytes, place: str | None, taken: frozenset[str]) -> Upload:
    return read(name, content, place, taken)


def _refused(upload: Upload, lang: str) -> None:
    period = {
        "first": upload.valid_from or say("app.unknown", lang),
        "last": upload.valid_until or say("app.unknown", lang),
    }
    st.caption(say("compare.read", lang, name=upload.publisher or upload.name, **period))
    rows = [*upload.refused, *upload.warnings]
    if rows:
        with st.expander(say("compare.refused", lang, refused=len(upload.refused), notices=len(upload.warnings))):
            words = [each.reason.sentence(lang) for each in rows[:200]]
            st.dataframe(pd.DataFrame({say("transit.notice", lang): words}), hide_index=True)


def _headline(found: Compared, reached: pd.DataFrame | None, asked: Asked, lang: str) -> None:
    change = found.stops["change"]
    sums = [found.stops[f"departures_{side}"].sum() for side in ("before", "after")]
    about = {
        "day": say(f"day_type.{asked.day_type}", lang),
        "first": asked.from_h,
        "last": asked.until_h,
        "before": f"{sums[0]:,.0f}",
        "after": f"{sums[1]:,.0f}",
        "loses": int((change < 0).sum()),
        "gains": int((change > 0).sum()),
    }
    lines = [say("compare.headline_stops", lang, **about)]
    if found.gaps:
        one, other = (gaps.city(each)[f"gap_{asked.counted}"] for each in found.gaps)
        group = say(f"gaps.people_{asked.group}", lang)
        more = _signed(other - one, lang)
        people = {"before": gaps.whole(one, lang), "after": gaps.whole(other, lang), "more": more}
        lines.append(say("compare.headline_gaps", lang, group=group, **people))
    if reached is not None and len(reached):
        minutes = LIMITS_MIN[1]
        one, other = (reached[f"within_{minutes}_persons_{side}"].mean() for side in ("before", "after"))
        more = _signed(other - one, lang)
        people = {"before": gaps.whole(one, lang), "after": gaps.whole(other, lang), "more": more}
        lines.append(say("compare.headline_reached", lang, minutes=minutes, **people))
    st.markdown("\n".join(f"- {line}" for line in lines))
    alone = found.stops["matched"].isin([BEFORE_ONLY, AFTER_ONLY])
    if alone.any():
        olds, news = ((found.stops["matched"] == side).sum() for side in (BEFORE_ONLY, AFTER_ONLY))
        st.warning(say("compare.unmatched", lang, before=int(olds), after=int(news)), icon="⚠️")


def _map(found: Compared, lang: str) -> None:
    snapshot_id, theme = data.snapshot().id, frame.theme()
    rows = found.stops[found.stops["lon"].notna()].iloc[::-1]
    stops = [
        {"lon": row["lon"], "lat": row["lat"], "state": _state(row), "label": _label(row, lang)}
        for row in rows.to_dict("records")
    ]
    stops.sort(key=lambda stop: stop["state"] != "stays")
    st.pydeck_chart(
        deck.deck(service.changes(stops), data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}"),
        height=HEIGHT,
        key="compare_map",
        alt=say("compare.map_alt", lang, count=len(stops)),
    )
    frame.legend([(state, say(f"compare.legend_{state}", lang)) for state in palette.CHANGES])


def _state(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["change"]):
        return "one_side"
    return "stays" if row["change"] == 0 else "loses" if row["change"] < 0 else "gains"


def _label(row: Mapping[Any, Any], lang: str) -> str:
    before, after = (gaps.whole(row[f"departures_{side}"], lang) for side in ("before", "after"))
    return say("compare.label", lang, name=_name(row, lang), before=before, after=after)


def _stops(table: pd.DataFrame, lang: str) -> None:
    columns = {say("compare.stop", lang): [_name(row, lang) for row in table.to_dict("records")]}
    columns |= _pair(table, "departures", lang)
    columns[say("compare.change", lang)] = [_signed(each, lang) for each in table["change"]]
    for figure in ("first_s", "last_s"):
        columns |= {
            say(f"compare.{figure}_{side}", lang): [_clock(each) for each in table[f"{figure}_{side}"]]
            for side in ("before", "after")
        }
    columns |= _pair(
        table.assign(gap_before=table["longest_gap_s_before"] / 60, gap_after=table["longest_gap_s_after"] / 60),
        "gap",
        lang,
        "",
    )
    columns[say("compare.matched", lang)] = [say(f"compare.matched_{each}", lang) for each in table["matched"]]
    _shown(columns, table, "stops", lang)


def _routes(table: pd.DataFrame, lang: str) -> None:
    records = [
        {str(key): value if not pd.isna(value) else None for key, value in row.items()}
        for row in table.to_dict("records")
    ]
    columns = {say("compare.column_route", lang): [transit.name(row, lang) for row in records]}
    columns |= _pair(table, "departures", lang)
    columns[say("compare.change", lang)] = [_signed(each, lang) for each in table["change"]]
    columns |= _pair(
        table.assign(headway_before=table["headway_s_before"] / 60, headway_after=table["headway_s_after"] / 60),
        "headway",
        lang,
        "",
    )
    columns |= _pair(table, "peak_departures", lang)
    columns[say("compare.matched", lang)] = [say(f"compare.matched_{each}", lang) for each in table["matched"]]
    _shown(columns, table, "routes", lang)


def _districts(found: Compared, reached: pd.DataFrame | None, lang: str) -> None:
    if found.districts is None:
        st.info(say("gaps.no_people", lang))
        return
    table = found.districts if reached is None else found.districts.merge(reached, on="district_id", how="left")
    columns = {say("places.district", lang): [gaps.name_of(row, lang) for row in table.to_dict("records")]}
    columns |= _pair(table, "departures", lang)
    columns[say("compare.change", lang)] = [_signed(each, lang) for each in table["change"]]
    for figure in (*IN_GAP, *(WITHIN if reached is not None else ())):
        columns |= _pair(table, figure, lang)
    _shown(columns, table.drop(columns="row"), "districts", lang)


def _pair(table: pd.DataFrame, figure: str, lang: str, none: str | None = None) -> dict[str, list[str]]:
    words = say("app.unknown", lang) if none is None else none
    return {
        say(f"compare.{figure}_{side}", lang): [
            words if pd.isna(each) else f"{each:,.0f}" for each in table[f"{figure}_{side}"]
        ]
        for side in ("before", "after")
    }


def _shown(columns: Mapping[str, list[str]], table: pd.DataFrame, name: str, lang: str) -> None:
    shown = pd.DataFrame(columns)
    st.dataframe(shown, hide_index=True, height=min(HEIGHT, ROW * (len(shown) + 1) + 3), key=f"compare_{name}")
    st.download_button(
        say("board.csv", lang), gaps.csv(table, lang), f"compare_{name}.csv", "text/csv", key=f"compare_csv_{name}"
    )


def _name(row: Mapping[Any, Any], lang: str) -> str:
    english = row["name_en"] if lang == "en" and isinstance(row["name_en"], str) else None
    return str(english or row["name_ja"] or row["stop_id"])


def _signed(value: Any, lang: str) -> str:
    return say("app.unknown", lang) if pd.isna(value) else f"{round(value):+,}" if round(value) else "0"


def _clock(value: Any) -> str:
    return "" if pd.isna(value) else f"{int(value) // 3600}:{int(value) // 60 % 60:02}"
