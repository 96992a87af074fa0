"""Keep what the page of movement shows as a record of evidence: two times in cells known at both, trips of a zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import streamlit as st

from otsu_maps.analysis.evidence import LESS, MORE, MOST, NEITHER, OBSERVED
from otsu_maps.analysis.movement_views import Difference
from otsu_maps.i18n import say
from otsu_maps.ui import access, data, evidence_form, url
from otsu_maps.ui import movement_data as held

SOURCES = {"people": "flow_mesh", "devices": "flow_hours"}
GROUND = ("boundary", "districts", "lakes")
"""What cells are put to districts by."""


class Asked(NamedTuple):
    """Two times in words, a key of SOURCES, and a kind of day and a time of day where they are of no single day."""

    before: str
    after: str
    of: str
    day_type: str = ""
    band: str = ""


def keep(found: Sequence[Difference], asked: Asked, lang: str) -> None:
    """Two times beside each other, both observed. Parts are districts, for which a city plans."""
    title = say("movement.kept_title", lang, before=asked.before, after=asked.after)
    _keep("difference", lambda: _difference(found, asked, lang), title, lang)


def keep_trips(trips: Sequence[Mapping[str, Any]], zone: str, day_type: str, hour: str, lang: str) -> None:
    """Trips between one zone and the others, as they are now. `trips`: those of the page; `hour`: in words."""
    names = held.zone_names(data.snapshot().id, lang)
    title = say("movement.kept_trips_title", lang, name=names.get(zone, zone))
    _keep("trips", lambda: _trips(trips, zone, (day_type, hour), names, lang), title, lang)


def _keep(what: str, figures: Callable[[], dict[str, Any]], title: str, lang: str) -> None:
    """Which way is better depends on the plan, so planners say it. Others read who may keep a record."""
    found: dict[str, Any] = {}
    if access.may_do("plan"):
        label, ways = say("movement.better", lang), (NEITHER, MORE, LESS)
        better = url.one_of(label, "better", ways, lambda code: say(f"evidence.better_{code}", lang), NEITHER)
        found = figures() | {"better": better}
        if found.get("after_is") == OBSERVED:
            st.caption(say("movement.kept_what", lang, **{name: found[name] for name in ("before", "after", "unit")}))
    evidence_form.keep(what, found, title, lang)


def _difference(found: Sequence[Difference], asked: Asked, lang: str) -> dict[str, Any]:
    known = [each for each in found if each.change is not None]
    snapshot_id = data.snapshot().id
    settings: dict[str, Any] = {"before_at": asked.before, "after_at": asked.after}
    if asked.of == "people":
        day, absent = None, "flow.absent"
        settings |= {"flow_day": asked.day_type, "band": asked.band}
        about = {"day": say(f"day.{asked.day_type}", lang), "band": say(f"band.{asked.band}", lang)}
    else:
        day, absent, about = date.fromisoformat(asked.after.partition(" ")[0]), "movement.devices_are", {}
    settings |= {"compared": f"{len(known):,}", "left_out": f"{len(found) - len(known):,}"}
    sides = [[each.before or 0.0 for each in known], [each.after or 0.0 for each in known]]
    method = (f"movement.kept_method_{asked.of}", "movement.difference_rule", absent, "movement.kept_no_cause")
    return {
        "indicator": say(f"movement.kept_{asked.of}", lang, **about),
        "unit": say(f"movement.kept_unit_{asked.of}", lang),
        "before": round(sum(sides[0]), 1),
        "after": round(sum(sides[1]), 1),
        "after_is": OBSERVED,
        "parts": _districts(snapshot_id, tuple(each.mesh_code for each in known), sides, lang),
        "method": _sentences(lang, *method),
        "inputs": evidence_form.inputs(snapshot_id, day, settings, sources=(SOURCES[asked.of], *GROUND), lang=lang),
    }


def _districts(
    snapshot_id: str, codes: tuple[int, ...], sides: Sequence[Sequence[float]], lang: str
) -> list[dict[str, Any]]:
    """Districts with a part of a compared cell, and what of the cells lies in none: together they are the whole."""
    names = data.district_names(snapshot_id, lang)
    if not names:
        return []
    first, second = (held.in_districts(snapshot_id, codes, tuple(side)) for side in sides)
    rest = [sum(side) - sum(of.values()) for side, of in zip(sides, (first, second), strict=True)]
    rows = [(names[key], first[key], second[key]) for key in names if key in first]
    rows.append((say("movement.kept_outside", lang), rest[0], rest[1]))
    return [{"name": name, "before": round(before, 1), "after": round(after, 1)} for name, before, after in rows]


def _trips(
    trips: Sequence[Mapping[str, Any]], zone: str, when: tuple[str, str], names: Mapping[str, str], lang: str
) -> dict[str, Any]:
    day_type, hour = when
    between = sorted(
        (row for row in trips if zone in (row["origin"], row["destination"]) and row["origin"] != row["destination"]),
        key=lambda row: (-row["trips"], row["origin"], row["destination"]),
    )
    pairs = [
        {"name": " → ".join(names.get(row[end], row[end]) for end in ("origin", "destination")), "trips": row["trips"]}
        for row in between
    ]
    name = names.get(zone, zone)
    settings = {"flow_day": day_type, say("movement.zone", lang): name, say("movement.at", lang): hour}
    return {
        "indicator": say("movement.kept_trips", lang, name=name, day=say(f"day.{day_type}", lang), hour=hour),
        "unit": say("movement.kept_unit_trips", lang),
        "before": round(sum(float(row["trips"]) for row in between), 1) if between else None,
        "after": None,
        "parts": [
            {"name": each["name"], "before": round(float(each["trips"]), 1), "after": None} for each in pairs[:MOST]
        ],
        "method": _sentences(lang, "movement.kept_method_trips", "movement.trips_are"),
        "inputs": evidence_form.inputs(data.snapshot().id, None, settings, sources=("flow_trips",), lang=lang),
    }


def _sentences(lang: str, *keys: str) -> str:
    return ("" if lang == "ja" else " ").join(say(key, lang) for key in keys)
