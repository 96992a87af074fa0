"""What goes on now, for pages: which world is looked at, its situation, and what may be offered in it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any, TypeVar

import streamlit as st

from otsu_maps import clock, config, observe
from otsu_maps.analysis import board, danger, offer
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.supplies import Rates
from otsu_maps.i18n import say
from otsu_maps.ledger import read, story
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import data, frame, incident, url

NONE = "none"
STEP_S = 10
PACE_S = 2

Mark = tuple[tuple[str, int, datetime | None], ...]

Piece = TypeVar("Piece")


def choose(lang: str) -> dict[str, Any] | None:
    """An open incident, the newest at first, or none: the real world as it is."""
    held = incident.ledger()
    open_ones = [each for each in read.incidents(held) if each["is_open"]] if held else []
    if not open_ones:
        return None
    names = {each["incident_id"]: incident.label(each, lang) for each in open_ones} | {
        NONE: say("now.no_incident", lang)
    }
    newest = say("incident.newest", lang, name=open_ones[0]["name"])
    which = say("incident.which", lang)
    chosen = url.choice(which, "incident", list(names), names.__getitem__, newest, is_long=True)
    if chosen == NONE:
        return None
    return next((each for each in open_ones if each["incident_id"] == chosen), open_ones[0])


def rules_of(about: dict[str, Any] | None) -> Rules:
    """Limits that an incident was opened with, else those in force."""
    return Rules.of(about["settings"] if about else None)


@dataclass(frozen=True)
class View:
    """A situation and what follows from it: the same object for all sessions, so nothing in it is ever changed."""

    snapshot_id: str
    situation: Situation
    rules: Rules
    rates: Rates
    records: Sequence[PlaceStatus]
    dangers: Sequence[Danger]
    _pieces: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _turn: RLock = field(default_factory=RLock, init=False, repr=False, compare=False)

    def once(self, name: Hashable, make: Callable[[], Piece]) -> Piece:
        """A piece of a page that depends on this view and on what `name` says, made by the first session that shows it.

        `make` draws nothing: what it gives is shown to all, and never changed.
        """
        with self._turn:
            if name not in self._pieces:
                self._pieces[name] = make()
            piece: Piece = self._pieces[name]
            return piece

    @property
    def rows(self) -> Sequence[Row]:
        """Every shelter of the incident, as the board shows it."""
        places = data.judged_places
        return self.once("rows", lambda: board.rows(self.situation, self.records, places(self.snapshot_id), self.rules))


def view(about: dict[str, Any] | None) -> View:
    """What goes on, made once for all sessions while nothing has come, and anew at least every STEP_S: data ages.

    While events pour in, a page that refreshes itself takes what another session saw up to PACE_S ago: the work does
    not grow with events and sessions. Whoever opens a page, or has just done something on it, sees the newest.
    """
    held = incident.ledger()
    mark = _paced(held.url, read.mark(held)) if held else None
    step = int(clock.now().timestamp() / STEP_S)
    key = (about or {}).get("incident_id")
    return _view(data.snapshot().id, held.url if held else None, key, mark, step, about)


def _paced(ledger_url: str, newest: Mark) -> Mark:
    seen = _seen()
    at, mark = seen.get(ledger_url, (-math.inf, newest))
    if frame.is_whole_run() or time.monotonic() - at >= PACE_S:
        seen[ledger_url] = (time.monotonic(), newest)
        return newest
    return mark


@st.cache_resource(show_spinner=False)
def _seen() -> dict[str, tuple[float, Mark]]:
    """By ledger: the mark that pages look at, and since when."""
    return {}


def view_then(about: dict[str, Any], at: datetime, known_at: datetime | None) -> View:
    """The same at a moment of the past (naive UTC), by the snapshot of the incident and the settings of that moment.

    Raises SnapshotMissing, SnapshotDamaged where that snapshot is gone or of another version.
    """
    held = open_ledger()
    return _view_then(held.url, about["incident_id"], about["snapshot_id"], read.mark(held), at, known_at, about)


@st.cache_resource(max_entries=32, show_spinner=False)
def _view_then(
    ledger_url: str,
    incident_id: str,
    snapshot_id: str,
    mark: object,
    at: datetime,
    known_at: datetime | None,
    _about: Any,
) -> View:
    past = _past(ledger_url, incident_id, mark)
    settings = past.settings(incident_id, at, known_at)
    rules = Rules.of(settings)
    found = observe.then(past, _about, at, known_at)
    judged = records(found, rules, snapshot_id)
    return View(snapshot_id, found, rules, Rates.of(settings), judged, dangers(found, rules))


@st.cache_resource(max_entries=2, show_spinner=False)
def _past(ledger_url: str, incident_id: str, mark: object) -> read.Past:
    """All that a replay of an incident reads, so that moving through it only folds."""
    return read.Past(open_ledger(ledger_url))


@st.cache_resource(max_entries=2, show_spinner=False)
def _present(ledger_url: str, mark: object) -> read.Present:
    return read.Present(open_ledger(ledger_url))


@st.cache_resource(max_entries=8, show_spinner=False)
def _view(
    snapshot_id: str, ledger_url: str | None, incident_id: str | None, mark: object, step: int, _about: Any
) -> View:
    # Read here and not taken from `_about`: an open page holds what it was drawn with, the settings may be newer.
    settings = story.settings(open_ledger(ledger_url), incident_id) if ledger_url and incident_id else None
    rules = Rules.of(settings)
    found = observe.now(_about, rules, _present(ledger_url, mark) if ledger_url else None)
    judged = records(found, rules, snapshot_id)
    return View(snapshot_id, found, rules, Rates.of(settings), judged, dangers(found, rules))


def records(found: Situation, rules: Rules, snapshot_id: str | None = None) -> list[PlaceStatus]:
    """The record of every site and shelter, of the current snapshot where none is named."""
    snapshot_id = snapshot_id or data.snapshot().id
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
