"""What goes on now, for pages: which world is looked at, its situation, and what may be offered in it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from otsu_maps import config, observe
from otsu_maps.analysis import danger, offer
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.i18n import say
from otsu_maps.ledger import read
from otsu_maps.ledger.events import STANDING
from otsu_maps.ui import data, incident, url

NONE = "none"


def choose(lang: str) -> dict[str, Any] | None:
    """An open incident, the newest at first, or none: the real world as it is."""
    held = incident.ledger()
    open_ones = [each for each in read.incidents(held) if each["is_open"]] if held else []
    if not open_ones:
        return None
    names = {each["incident_id"]: incident.label(each, lang) for each in open_ones} | {
        NONE: say("now.no_incident", lang)
    }
    chosen = url.choice(
        say("incident.which", lang), "incident", list(names), names.__getitem__, say("incident.newest", lang)
    )
    if chosen == NONE:
        return None
    return next((each for each in open_ones if each["incident_id"] == chosen), open_ones[0])


def rules_of(about: dict[str, Any] | None) -> Rules:
    """Limits that an incident was opened with, else those in force."""
    return Rules.of(about["settings"] if about else None)


def situation(about: dict[str, Any] | None) -> Situation:
    """At this moment."""
    return observe.now(about, rules_of(about))


def records(found: Situation, rules: Rules) -> list[PlaceStatus]:
    """The record of every site and shelter."""
    snapshot_id = data.snapshot().id
    city = config.city()
    places, zones = data.judged_places(snapshot_id), data.judged_zones(snapshot_id)
    return offer.statuses(places, zones, found, rules, city.warning_areas, city.warned_of)


def dangers(found: Situation, rules: Rules) -> tuple[Danger, ...]:
    """All that counts in a situation."""
    city = config.city()
    return danger.dangers(found.alerts, found.hazards, found.is_heard, rules, city.warning_areas, city.warned_of)


def home_of(about: dict[str, Any] | None) -> dict[str, str]:
    """Where a decision about the world is recorded: in a drill the drill, else the standing incident."""
    if about and about["mode"] != "real":
        return {"incident_id": about["incident_id"], "mode": about["mode"]}
    return {"incident_id": STANDING["real"], "mode": "real"}


def mark(about: dict[str, Any] | None, lang: str) -> None:
    """Drill or test, where it is one; that no incident is open, where none is."""
    if about:
        incident.mark(about, lang)
    else:
        st.caption(say("now.real_world", lang))
