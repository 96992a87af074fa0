"""Pieces of the page of transport gaps: what counts as served, who is not, where they live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from otsu_maps import geo
from otsu_maps.analysis.by_district import CITY, DISTRICT
from otsu_maps.analysis.residents import AGES, COUNTS, Residents
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import points, service
from otsu_maps.transit import gaps
from otsu_maps.transit.gaps import Gaps, Rule
from otsu_maps.transit.served import served
from otsu_maps.transit.services import DAY_TYPES, WEEKDAY, Day
from otsu_maps.transit.timetable import Timetable
from otsu_maps.ui import data, evidence_form, evidence_sheet, frame, timetables, url

HEIGHT, ROW = 560, 35
HOURS = range(25)
FROM, UNTIL = 7, 9
STOP_M, STATION_M, DEPARTURES = (200, 300, 400, 500, 1000), (300, 500, 800, 1000, 1500), (1, 2, 3, 4, 6, 8, 12)
GROUPS = dict(zip(evidence_sheet.GROUPS, COUNTS, strict=True))


class Asked(NamedTuple):
    """What counts as served, on which kind of day from which hour until which, and for whom (a key of GROUPS)."""

    day_type: str
    from_h: int
    until_h: int
    rule: Rule
    group: str

    @property
    def counted(self) -> str:
        return GROUPS[self.group]


def choose(lang: str) -> Asked:
    """What a person asks."""
    with st.container(horizontal=True):
        group = url.one_of(
            say("gaps.group", lang), "who", list(GROUPS), lambda code: say(f"gaps.of_{code}", lang), "all"
        )
        day_type = url.one_of(
            say("gaps.day", lang), "day", DAY_TYPES, lambda code: say(f"day_type.{code}", lang), WEEKDAY
        )
        from_h = number(say("gaps.from", lang), "from_h", HOURS[:-1], FROM, "gaps.hour", lang)
        until_h = number(say("gaps.until", lang), "until_h", HOURS[1:], UNTIL, "gaps.hour", lang)
    with st.expander(say("gaps.rule", lang)), st.container(horizontal=True):
        rule = Rule(
            stop_m=number(say("gaps.stop_m", lang), "stop", STOP_M, int(Rule.stop_m), "gaps.metres", lang),
            station_m=number(
                say("gaps.station_m", lang), "station", STATION_M, int(Rule.station_m), "gaps.metres", lang
            ),
            departures=number(say("gaps.departures", lang), "often", DEPARTURES, Rule.departures, "gaps.times", lang),
        )
        st.caption(say("gaps.rule_from", lang))
    if until_h <= from_h:
        st.warning(say("gaps.band_wrong", lang, first=from_h, last=until_h))
        until_h = from_h + 1
    return Asked(day_type, from_h, until_h, rule, group)


def number(label: str, name: str, options: Any, default: int, words: str, lang: str) -> int:
    """One of some whole numbers; the default leaves the address as it is."""
    codes = [str(each) for each in options if each != default]
    shown = partial(_words, words, lang)
    return int(url.choice(label, name, codes, shown, shown(str(default))) or default)


def show(asked: Asked, lang: str) -> None:
    """Sentence, map, table, file, record."""
    snapshot_id = data.snapshot().id
    people = data.residents(snapshot_id)
    if people is None:
        st.info(say("gaps.no_people", lang))
        return
    found = of_snapshot(snapshot_id, asked)
    _headline(found, asked, lang)
    left, right = st.columns([3, 2])
    with left:
        _map(people, found, asked, lang)
    with right:
        _table(found, asked, lang)
    _notes(found, asked, lang)
    _keep(found, asked, lang)


def of_timetable(timetable: Timetable, on: Day, people: Residents, asked: Asked, snapshot_id: str) -> Gaps:
    """The gaps of any timetable among the stations of a snapshot."""
    stops = served(timetable, on, asked.from_h * 3600, asked.until_h * 3600)
    stops["departures"] = stops["station_departures"]
    stations = [(each["lon"], each["lat"]) for each in data.stations(snapshot_id)]
    return gaps.gaps(people, stops, stations, asked.rule)


def of_snapshot(snapshot_id: str, asked: Asked) -> Gaps:
    """The gaps of the timetables of a snapshot; the same for all ages."""
    return _of_snapshot(snapshot_id, asked._replace(group="all"))


@st.cache_resource(max_entries=32, show_spinner=False)
def _of_snapshot(snapshot_id: str, asked: Asked) -> Gaps:
    people = data.residents(snapshot_id)
    if people is None:
        raise LookupError(snapshot_id)
    plan = timetables.plan(snapshot_id, asked.day_type)
    return of_timetable(timetables.timetable(snapshot_id), plan, people, asked, snapshot_id)


@st.cache_resource(max_entries=data.KEPT, show_spinner=False)
def shapes(snapshot_id: str) -> npt.NDArray[np.object_]:
    """Pieces of the residents in degrees."""
    people = data.residents(snapshot_id)
    return np.empty(0, object) if people is None else geo.in_degrees(people.shapes, people.plane_epsg)


def city(found: Gaps) -> pd.Series:
    """The row of the whole city."""
    return found.table[found.table["row"] == CITY].iloc[0]


def name_of(row: Mapping[Any, Any], lang: str) -> str:
    """Of a row by district."""
    if row["row"] == DISTRICT:
        return str(row["name_ja"] if lang == "ja" else row["name_en"] or row["name_ja"])
    return say("exposure.city" if row["row"] == CITY else "exposure.no_district", lang)


def whole(value: Any, lang: str) -> str:
    """People as a whole number, or the word for unknown."""
    return say("app.unknown", lang) if value is None or pd.isna(value) else f"{value:,.0f}"


def _headline(found: Gaps, asked: Asked, lang: str) -> None:
    row = city(found)
    share = gaps.share_in_gap(row, asked.counted)
    about = {
        "group": say(f"gaps.people_{asked.group}", lang),
        "people": whole(row[f"gap_{asked.counted}"], lang),
        "percent": say("app.unknown", lang) if share is None else f"{share:.1%}",
        "day": say(f"day_type.{asked.day_type}", lang),
        "first": asked.from_h,
        "last": asked.until_h,
        "departures": asked.rule.departures,
        "stop_m": round(asked.rule.stop_m),
        "station_m": round(asked.rule.station_m),
    }
    st.markdown(f"#### {say('gaps.headline', lang, **about)}")
    st.caption(say("gaps.is_gap", lang, **about))


def _map(people: Residents, found: Gaps, asked: Asked, lang: str) -> None:
    snapshot_id, theme = data.snapshot().id, frame.theme()
    states = gaps.states(people, found.is_served, asked.counted)
    counts = people.counts[asked.counted][people.cell] * people.share
    labels = [
        say(f"gaps.label_{state}", lang, people=whole(each, lang)) if state in service.DRAWN else ""
        for state, each in zip(states, counts, strict=True)
    ]
    rows = _stops(snapshot_id, asked)
    is_often = rows["station_departures"] >= asked.rule.departures
    drawn = [_stop(row, asked, lang) for row in rows[is_often].to_dict("records")]
    weak = [_stop(row, asked, lang) for row in rows[~is_often].to_dict("records")]
    stations = [
        {
            "lon": each["lon"],
            "lat": each["lat"],
            "label": say("transit.station", lang, name=(each["name_en"] if lang == "en" else None) or each["name_ja"]),
        }
        for each in data.stations(snapshot_id)
    ]
    layers = [
        *service.pieces(list(shapes(snapshot_id)), list(states), labels),
        *points.layers("weak_stops", weak, palette.GREY, radius_m=20, pixels=2),
        *points.layers("stops", drawn, palette.STOP, radius_m=30, pixels=3),
        *points.layers("stations", stations, palette.STATION, radius_m=80, pixels=5),
    ]
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}"),
        height=HEIGHT,
        key="gaps_map",
        alt=say("gaps.map_alt", lang, stops=len(drawn), stations=len(stations)),
    )
    frame.swatches(
        [
            *((palette.SERVICE[state], say(f"gaps.legend_{state}", lang)) for state in service.DRAWN),
            (palette.STOP, say("gaps.legend_stop", lang, departures=asked.rule.departures)),
            (palette.GREY, say("gaps.legend_weak", lang)),
            (palette.STATION, say("transit.legend_station", lang)),
        ]
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _stops(snapshot_id: str, asked: Asked) -> pd.DataFrame:
    plan = timetables.plan(snapshot_id, asked.day_type)
    rows = served(timetables.timetable(snapshot_id), plan, asked.from_h * 3600, asked.until_h * 3600)
    return rows[rows["lon"].notna()]


def _stop(row: Mapping[Any, Any], asked: Asked, lang: str) -> dict[str, Any]:
    name = (row["name_en"] if lang == "en" else None) or row["name_ja"] or say("app.unknown", lang)
    label = say(
        "gaps.stop", lang, name=name, departures=row["station_departures"], first=asked.from_h, last=asked.until_h
    )
    return {"lon": row["lon"], "lat": row["lat"], "label": label}


def _table(found: Gaps, asked: Asked, lang: str) -> None:
    rows = found.table.assign(is_part=found.table["row"] != CITY)
    rows = rows.sort_values(["is_part", f"gap_{asked.counted}"], ascending=[True, False], kind="stable")
    columns: dict[str, list[str]] = {
        say("places.district", lang): [name_of(row, lang) for row in rows.to_dict("records")]
    }
    order = [asked.counted, *(each for each in COUNTS if each != asked.counted)]
    words = {counted: code for code, counted in GROUPS.items()}
    for counted in order:
        group = say(f"gaps.of_{words[counted]}", lang)
        columns[say("gaps.column_gap", lang, group=group)] = [whole(each, lang) for each in rows[f"gap_{counted}"]]
        shares = [gaps.share_in_gap(row, counted) for _, row in rows.iterrows()]
        columns[say("gaps.column_share", lang, group=group)] = [
            say("app.unknown", lang) if each is None else f"{each:.1%}" for each in shares
        ]
        columns[say("gaps.column_all", lang, group=group)] = [whole(each, lang) for each in rows[counted]]
    unknown = "age_unknown_cell_count" if asked.counted in AGES else "unknown_cell_count"
    columns[say("gaps.unknown_cells", lang)] = [str(each) for each in rows[unknown]]
    st.dataframe(pd.DataFrame(columns), hide_index=True, height=min(HEIGHT, ROW * (len(rows) + 1) + 3))
    st.download_button(
        say("board.csv", lang), csv(found.table.drop(columns="row"), lang), "transport_gaps.csv", "text/csv"
    )


def csv(table: pd.DataFrame, lang: str) -> bytes:
    """A table as CSV that Excel opens; the first column says whether it is the demo."""
    is_demo = data.card(data.snapshot().id)["is_demo"]
    marked = table.copy()
    marked.insert(0, "data_kind", say("app.demo_mark" if is_demo else "app.real_mark", lang))
    return marked.to_csv(index=False).encode("utf-8-sig")


def _notes(found: Gaps, asked: Asked, lang: str) -> None:
    row = city(found)
    unknown = row["age_unknown_cell_count" if asked.counted in AGES else "unknown_cell_count"]
    if unknown:
        st.warning(say("gaps.unknown", lang, cells=int(unknown)), icon="⚠️")
    if len(found.unplaced):
        names = "、".join(str(each) for each in found.unplaced["name_ja"].head(20))
        st.warning(say("gaps.unplaced", lang, count=len(found.unplaced), names=names), icon="⚠️")
    day_notes(data.snapshot().id, asked.day_type, lang)
    for key in ("gaps.stations_count", "gaps.method"):
        st.caption(say(key, lang))


def day_notes(snapshot_id: str, day_type: str, lang: str) -> None:
    """Which day stands for the kind of day, by timetable."""
    days = timetables.typical_days(snapshot_id, day_type)
    nothing = say("gaps.no_service", lang)
    names = timetables.feed_names(snapshot_id)
    told = [f"{names[feed]}: {each.on or nothing}" for feed, each in days.items()]
    st.caption(say("gaps.days", lang, day=say(f"day_type.{day_type}", lang), days="、".join(told)))


def settings_of(asked: Asked) -> dict[str, Any]:
    """The conditions of a question, as they are kept with a record."""
    return {
        "day_type": asked.day_type,
        "from": f"{asked.from_h}:00",
        "until": f"{asked.until_h}:00",
        "stop_m": round(asked.rule.stop_m),
        "station_m": round(asked.rule.station_m),
        "departures": asked.rule.departures,
        "group": asked.group,
    }


def first_day(snapshot_id: str, day_type: str) -> date | None:
    """The first of the days that stand for a kind of day."""
    return min(timetables.plan(snapshot_id, day_type).values(), default=None)


def _keep(found: Gaps, asked: Asked, lang: str) -> None:
    snapshot_id = data.snapshot().id
    column = f"gap_{asked.counted}"
    parts = [
        {"name": name_of(row, lang), "before": _known(row[column]), "after": None}
        for row in found.table.to_dict("records")
        if row["row"] != CITY
    ]
    figures = {
        "indicator": say("gaps.indicator", lang, group=say(f"gaps.people_{asked.group}", lang)),
        "unit": say("gaps.unit", lang),
        "better": "less",
        "before": _known(city(found)[column]),
        "after": None,
        "method": say("gaps.method", lang) + say("gaps.stations_count", lang),
        "inputs": evidence_form.inputs(snapshot_id, first_day(snapshot_id, asked.day_type), settings_of(asked)),
        "parts": parts,
    }
    evidence_form.keep("gaps", figures, say("gaps.title", lang), lang)


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 1)


def _words(key: str, lang: str, code: str) -> str:
    return say(key, lang, number=code)
