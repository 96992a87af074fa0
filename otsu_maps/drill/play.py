"""Play a scenario into the ledger: at once, or so that simulated time passes faster than real time by a factor.

A drill is an incident of mode `drill`, nothing else. What the ledger refuses is a fault of the scenario and stops it;
unless somebody else has recorded in the same incident: then the report no longer fits, and is passed over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from uuid_utils import uuid7

from otsu_maps import clock, incidents
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.drill import ground, rates, words
from otsu_maps.drill.book import Report
from otsu_maps.drill.ground import Ground
from otsu_maps.drill.tally import Tally
from otsu_maps.errors import EventRefused
from otsu_maps.ledger import append, read, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger

MODE = "drill"
BATCH = 400
"""Events in one transaction."""

LOOK_S = 1.0
"""Longest sleep of a paced drill, in seconds."""

sleep = time.sleep  # a name of this module, so that tests need not wait


@dataclass(frozen=True)
class Played:
    """What became of a drill: events recorded, and reports passed over because others had recorded too.

    `arrived` and `left`: people who ever came to a shelter, and those of them who left for good, in the scenario.
    """

    events: int
    passed_over: int
    arrived: int
    left: int


def prepared(name: str) -> tuple[dict[str, Any], Ground]:
    """What the opening of a drill holds, and the ground of the snapshot that it names. Raises SnapshotMissing."""
    about = incidents.opening(name)
    with Snapshot.of_this_version(snapshots.path_of(about["snapshot_id"])) as snapshot:
        return about, ground.read(snapshot)


def start_of(scenario: str, speed: float, now: datetime) -> datetime:
    """When a scenario begins, so that it ends when its playing ends, and no event lies in the future.

    At once (speed 0): all of it has just happened. At speed 1 and slower: it begins now.
    """
    hours = timedelta(hours=rates.HOURS[scenario])
    lasts = hours / speed if speed > 1 else hours if speed else timedelta(0)
    return (now - hours + lasts).replace(microsecond=0)


def open_drill(ledger: Ledger, about: dict[str, Any], start: datetime, **settings: str) -> Event:
    """Open the incident of a drill, as of its beginning, so that each of its moments can be asked for."""
    payload = {**about, "settings": {**about["settings"], **settings}}
    return append.append(
        ledger,
        "incident_opened",
        payload,
        actor=words.HEADQUARTERS,
        incident_id=append.new_incident_id(MODE),
        mode=MODE,
        occurred_at=start,
    )


def play(
    ledger: Ledger,
    incident: Event,
    reports: Iterable[Report],
    speed: float = 0.0,
    progress: Callable[[int], None] = lambda _: None,
) -> Played:
    """Record all reports in an open drill; `speed`: simulated seconds a real second, 0: at once.

    `progress` is told how many reports were dealt with. Raises EventRefused: `drill_other_mode`, `drill_impossible`.
    """
    if incident.mode != MODE:
        raise EventRefused("drill_other_mode", mode=incident.mode)
    player, tally = _Player(ledger, incident), Tally()
    for batch in _batches(reports, incident.occurred_at, speed):
        player.record(batch)
        for report in batch:
            tally.follow(report)
        progress(len(batch))
    return Played(len(player.ids), player.passed_over, tally.arrived, tally.left)


def figures(ledger: Ledger, incident_id: str) -> dict[str, Any]:
    """People of an incident as the ledger has them now.

    inside, away (by check-ins: present, and out for a while), outside (the last report of each place, added), open
    (shelters), provisional (places that no register knows and that were not merged). None: nobody has said so.
    """
    state = read.state(ledger, incident_id)
    shelters = state["shelters"].values()
    inside = [shelter["checked_in"] for shelter in shelters if shelter["checked_in"]]
    found = [shelter["provisional"] for shelter in shelters if shelter["provisional"]]
    return {
        "inside": sum(row["people"] for row in inside) if inside else None,
        "away": sum(row["away"] for row in inside) if inside else None,
        "outside": sum(place["people"] for place in state["outside"]) if state["outside"] else None,
        "provisional": sum("merged_into" not in place for place in found),
        "open": sum(shelter["status"] == "open" for shelter in shelters),
    }


class _Player:
    """Knows which event became of which report."""

    def __init__(self, ledger: Ledger, incident: Event) -> None:
        self._ledger, self._incident = ledger, incident
        self.ids: dict[int, str] = {}
        self.passed_over = 0

    def record(self, batch: Sequence[Report]) -> None:
        """One transaction; where it is refused because of others, one report at a time."""
        try:
            self.ids |= self._recorded(batch)
        except EventRefused as refused:
            if len(batch) > 1:
                for report in batch:
                    self.record([report])
            elif self._is_alone():
                about = batch[0]
                at = clock.shown(about.occurred_at)
                raise EventRefused("drill_impossible", kind=about.kind, at=at, why=str(refused)) from refused
            else:
                self.passed_over += 1

    def _recorded(self, batch: Sequence[Report]) -> dict[int, str]:
        done = {report.key: str(uuid7()) for report in batch}
        append.append_all(self._ledger, [self._draft(report, done) for report in batch], words.HEADQUARTERS)
        return done

    def _draft(self, report: Report, done: dict[int, str]) -> Draft:
        corrects = None
        if report.corrects is not None:
            corrects = done.get(report.corrects) or self.ids.get(report.corrects, "passed-over")
        return Draft(
            kind=report.kind,
            payload=report.payload,
            incident_id=self._incident.incident_id,
            mode=MODE,
            shelter_id=report.shelter_id,
            place_name=report.place_name,
            occurred_at=report.occurred_at,
            corrects=corrects,
            note=report.note,
            event_id=done[report.key],
            actor=report.actor,
        )

    def _is_alone(self) -> bool:
        stranger = tables.event.c.actor.not_in(words.ACTORS)
        return not read.events(self._ledger, stranger, incident_id=self._incident.incident_id, most=1)


def _batches(reports: Iterable[Report], start: datetime, speed: float) -> Iterator[list[Report]]:
    """Reports as they come due, a transaction's worth at a time."""
    began = clock.now()
    batch: list[Report] = []
    for report in reports:
        if speed:
            if batch and _wait_s(report, start, speed, began) > 0:
                yield batch
                batch = []
            while (wait_s := _wait_s(report, start, speed, began)) > 0:
                sleep(min(wait_s, LOOK_S))
        batch.append(report)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _wait_s(report: Report, start: datetime, speed: float, began: datetime) -> float:
    """Real seconds until a report is due."""
    due_s = (report.recorded_at - start).total_seconds() / speed
    return due_s - (clock.now() - began).total_seconds()
