"""People present by day and by night against the room of the valid places of each district."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from otsu_maps.analysis.movement_views import Room, largest_lack
from otsu_maps.i18n import say
from otsu_maps.ui import data, exposure, flow, frame, movement_files, url
from otsu_maps.ui import movement_data as held

LABELS = {
    "residents": "movement.residents",
    "night": "movement.night",
    "day": "movement.day_people",
    "capacity": "movement.capacity",
}
SPARE = {"day": "movement.spare_day", "night": "movement.spare_night"}


def show(lang: str) -> None:
    """Choices, the largest lack in a sentence, the table."""
    snapshot_id = data.snapshot().id
    months, hazards = data.flow_months(snapshot_id), data.hazards(snapshot_id)
    if not months:
        st.warning(say("flow.none", lang))
        return
    if not hazards:
        st.warning(say("movement.no_hazard", lang))
        return
    named = {f"{year}-{month:02}": (year, month) for year, month in months}
    hazard = url.one_of(
        say("movement.hazard", lang), "hazard", hazards, lambda code: say(f"hazard.{code}", lang), hazards[0]
    )
    with st.container(horizontal=True):
        month = held.pick(say("flow.month", lang), "month", list(named)[::-1], str, list(named)[-1])
        day_type = url.one_of(
            say("flow.day", lang), "day_type", flow.DAY_TYPES, lambda code: say(f"day.{code}", lang), "weekday"
        )
    rooms = rooms_of(hazard, *named[month], day_type)
    if rooms is None:
        st.warning(say("flow.no_cells", lang))
        return
    about = {"month": month, "day_type": say(f"day.{day_type}", lang), "hazard": say(f"hazard.{hazard}", lang)}
    _sentence(rooms, about, lang)
    if data.card(snapshot_id)["is_demo"]:
        st.warning(say("exposure.synthetic", lang), icon="⚠️")
    frame.figures(
        (say(label, lang), _whole(_sum(rooms, name), lang), say("movement.sum_of_known", lang))
        for name, label in LABELS.items()
    )
    _table(rooms, lang)
    st.caption(say("movement.who_counts", lang))
    st.caption(say("movement.rooms_method", lang))


def rooms_of(hazard: str, year: int, month: int, day_type: str) -> list[Room] | None:
    """Every district in the order of their ids; None: nothing was published for this month and kind of day."""
    snapshot_id = data.snapshot().id
    day, night = (held.people_by_district(snapshot_id, year, month, day_type, band) for band in ("noon", "night"))
    if day is None and night is None:
        return None
    living, room = held.residents_by_district(snapshot_id), exposure.room_against(hazard)
    found = []
    for each in data.districts(snapshot_id):
        key = each["district_id"]
        own = room.get(key)
        found.append(
            Room(
                key,
                living.get(key),
                (night or {}).get(key),
                (day or {}).get(key),
                own.persons if own else None,
                own.unknown_premises if own else 0,
            )
        )
    return found


def _sentence(rooms: list[Room], about: dict[str, str], lang: str) -> None:
    lack = largest_lack(rooms)
    if all(room.spare(time) is None for room in rooms for time in ("day", "night")):
        st.warning(say("movement.nothing_known", lang, **about))
        return
    if lack is None:
        st.markdown(f"#### {say('movement.no_lack', lang, **about)}")
        return
    room, time = lack
    names = data.district_names(data.snapshot().id, lang)
    numbers = {
        "name": names[room.district_id],
        "time": say(f"movement_time.{time}", lang),
        "people": room.day if time == "day" else room.night,
        "capacity": room.capacity,
        "lack": -(room.spare(time) or 0),
    }
    st.markdown(f"#### {say('movement.largest_lack', lang, **numbers, **about)}")


def _table(rooms: list[Room], lang: str) -> None:
    names = data.district_names(data.snapshot().id, lang)
    worst = sorted(
        rooms,
        key=lambda room: min((s for t in ("day", "night") if (s := room.spare(t)) is not None), default=float("inf")),
    )
    columns = {say("places.district", lang): [names[room.district_id] for room in worst]}
    for name, label in LABELS.items():
        columns[say(label, lang)] = [_whole(getattr(room, name), lang) for room in worst]
    for time, label in SPARE.items():
        columns[say(label, lang)] = [_spare(room.spare(time), lang) for room in worst]
    columns[say("exposure.unknown_room", lang)] = [f"{room.unknown_premises:,}" for room in worst]
    held.table(columns, "rooms_table", height=held.ROW * 20)
    table = pd.DataFrame(
        {
            "district_id": [room.district_id for room in rooms],
            "name": [names[room.district_id] for room in rooms],
            "residents_persons": [room.residents for room in rooms],
            "night_persons": [room.night for room in rooms],
            "day_persons": [room.day for room in rooms],
            "capacity_persons": pd.array([room.capacity for room in rooms], dtype="Int64"),
            "spare_day_persons": [room.spare("day") for room in rooms],
            "spare_night_persons": [room.spare("night") for room in rooms],
            "unknown_room_places": [room.unknown_premises for room in rooms],
        }
    )
    movement_files.offer("day_and_night", table.round(1), lang)


def _sum(rooms: list[Room], name: str) -> float | None:
    known = [number for room in rooms if (number := getattr(room, name)) is not None]
    return sum(known) if known else None


def _whole(value: float | None, lang: str) -> str:
    return say("app.unknown", lang) if value is None else f"{value:,.0f}"


def _spare(value: float | None, lang: str) -> str:
    if value is None:
        return say("app.unknown", lang)
    return say("movement.lacking" if round(value) < 0 else "movement.spare", lang, number=abs(value))
