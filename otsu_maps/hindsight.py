"""Incidents on which the forecast is judged: those of an exported file, or drills in memory. No ledger is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from otsu_maps.analysis import room
from otsu_maps.analysis.curves import Curves
from otsu_maps.analysis.rules import Rules
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.drill import ground
from otsu_maps.drill.play import MODE
from otsu_maps.drill.scenario import SCENARIOS, events, usual_people
from otsu_maps.drill.told import as_events
from otsu_maps.errors import SnapshotDamaged, SnapshotMissing
from otsu_maps.ledger import replay
from otsu_maps.ledger.events import Event, read_time
from otsu_maps.queries import places

START = read_time("2026-11-24T12:00:00+09:00")
"""When a drill in memory begins; any day would do."""


@dataclass(frozen=True)
class Trial:
    """One incident in which shelters were opened. `rooms`: people they take by the register, where it knows;
    `without_room`: how many of them nobody knows the room of."""

    events: Sequence[Event]
    rooms: Mapping[str, int]
    count_lasts_min: float
    shelters: int
    without_room: int


def of_events(told: Iterable[Event]) -> list[Trial]:
    """Each incident alone. Room by the register that it names if that lies here, else by the current one."""
    by_incident: dict[str, list[Event]] = {}
    for event in told:
        if event.incident_id is not None:
            by_incident.setdefault(event.incident_id, []).append(event)
    register = cache(_register)
    trials = (_of_incident(incident_id, found, register) for incident_id, found in by_incident.items())
    return [trial for trial in trials if trial.shelters]


def of_drills(seeds: Sequence[int], people: int | None = None, scenarios: Sequence[str] = SCENARIOS) -> Iterator[Trial]:
    """Each scenario with each seed, on the current snapshot. `people`: None, as many as usual.

    Raises SnapshotMissing, and EventRefused where no drill can be made of it.
    """
    with Snapshot.current() as snapshot:
        here, rooms = ground.read(snapshot), _rooms(snapshot)
    for scenario in scenarios:
        came = usual_people(scenario, here)[0] if people is None else people
        for seed in seeds:
            reports = events(scenario, seed, here.places, here.districts, came, START)
            yield _trial(list(as_events(reports, f"{MODE}-{scenario}-{seed}")), rooms, Rules.of())


def _of_incident(incident_id: str, told: list[Event], register: Callable[[str], Mapping[str, int]]) -> Trial:
    about = replay.fold("incident", replay.grouped(told).get((incident_id, "incident", ""), []))
    return _trial(told, register(about.get("snapshot_id", "")), Rules.of(about.get("settings")))


def _trial(told: list[Event], rooms: Mapping[str, int], rules: Rules) -> Trial:
    curves = Curves()
    curves.add(told)
    lines = {key: curves.line(key) for key in curves.shelters}
    opened = [key for key, line in lines.items() if line.openings[:, 1].any()]
    unknown = sum(key not in rooms and not (lines[key].rooms[:, 1] >= 0).any() for key in opened)
    return Trial(told, rooms, rules.count_lasts.total_seconds() / 60, len(opened), unknown)


def _register(snapshot_id: str) -> Mapping[str, int]:
    for path_of in (lambda: snapshots.path_of(snapshot_id), snapshots.current_path):
        try:
            with Snapshot.of_this_version(path_of()) as snapshot:
                return _rooms(snapshot)
        except (SnapshotMissing, SnapshotDamaged):
            continue
    return {}


def _rooms(snapshot: Snapshot) -> dict[str, int]:
    found = {place["place_id"]: room.capacity(place, None) for place in places.places(snapshot)}
    return {key: number for key, number in found.items() if number is not None}
