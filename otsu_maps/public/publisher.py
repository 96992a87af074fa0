"""The publisher: what goes on, as pages and feeds in a folder. It asks the ledger for states, never for a person.

Each round makes the status of the real world, and that of the newest drill or test where one is open. Where it cannot,
it writes nothing: what lies there says until when it holds, and covers itself then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from otsu_maps import config, observe
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import REAL, Situation
from otsu_maps.config import City
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.ledger import read, story
from otsu_maps.ledger.store import is_there, open_ledger
from otsu_maps.public import boards, folder, here, landmark, register, status
from otsu_maps.public.folder import Written
from otsu_maps.public.packed import packed
from otsu_maps.public.record import Board
from otsu_maps.public.register import Register
from otsu_maps.public.site import Site
from otsu_maps.public.words import on
from otsu_maps.realtime import now as realtime


class Publisher:
    """Writes into `root`. What it holds of a snapshot is read again only when another one is current.

    Raises SettingWrong.
    """

    def __init__(self, root: Path, city: City, address: str = "") -> None:
        self._root, self._city, self._address = root, city, address
        self._limit = config.realtime_limit()
        self._held: tuple[str | None, Register, Site] | None = None

    def mark(self) -> object:
        """Changes whenever there is something new to publish. Raises LedgerMissing."""
        return snapshots.current_id(), read.mark(open_ledger()) if is_there() else None

    def round(self) -> list[Written]:
        """Publish what goes on now. Raises SnapshotMissing, LedgerMissing and their like, PublicRefused, OSError."""
        known, site = self._of_snapshot()
        return [self._publish(incident, known, site) for incident in self._worlds(known.is_demo)]

    def _publish(self, incident: Mapping[str, Any] | None, known: Register, site: Site) -> Written:
        settings = story.settings(open_ledger(), incident["incident_id"]) if incident else None
        rules = Rules.of(settings)
        situation = observe.now(incident, rules)
        judged = status.judged(known, situation, rules, self._city)
        told = status.status(
            known, judged, self._city, incident["name"] if incident else None, self._departures(known, situation)
        )
        about = (known.ground, situation, judged.records, judged.dangers, self._city.warning_areas)
        near = here.around(known.starts, *about)
        marks = landmark.sheets(known.landmarks, here.around([each.start for each in known.landmarks], *about))
        return folder.write(self._root, packed(site.files(told, near, folder.news(self._root, told), marks)))

    def _departures(self, known: Register, situation: Situation) -> tuple[Board, ...]:
        if known.timetable is None:
            return ()
        return boards.boards(known.timetable, situation.at, situation.services, realtime.latest(), self._limit)

    def _worlds(self, is_demo: bool) -> Iterator[Mapping[str, Any] | None]:
        """The newest open incident of the real world (None: there is none); then the newest drill or test.

        On the demo nothing is for the public: a drill and the world as it is would share a folder, so the drill stands.
        """
        open_ones = [each for each in read.incidents(open_ledger()) if each["is_open"]] if is_there() else []
        drill = next((each for each in open_ones if each["mode"] != REAL), None)
        if not (is_demo and drill):
            yield next((each for each in open_ones if each["mode"] == REAL), None)
        if drill:
            yield drill

    def _of_snapshot(self) -> tuple[Register, Site]:
        current = snapshots.current_id()
        if self._held is None or self._held[0] != current:
            with Snapshot.current() as snapshot:
                known = register.read(snapshot, self._city)
            self._held = current, known, Site(known, self._city, on(self._city), self._address)
        return self._held[1:]
