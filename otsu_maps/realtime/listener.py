"""Asks operators again and again, each on a thread of its own: one that hangs, lies or breaks holds up nobody else.

What was told last is written for the pages (now), what changed is kept (archive). Warnings are no business of these
threads: the watcher of warnings goes its own way beside them, whatever happens here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from otsu_maps import clock
from otsu_maps.errors import OtsuMapsError
from otsu_maps.formats import gtfs_rt
from otsu_maps.realtime import archive, now, sources
from otsu_maps.realtime.archive import Archive
from otsu_maps.realtime.now import Heard, Latest
from otsu_maps.realtime.records import Message
from otsu_maps.realtime.sources import Answer, Held, Source
from otsu_maps.reasons import Reason

KEPT_FOR = timedelta(hours=1)
"""A record that differential messages do not repeat is forgotten after so long."""

STOP_S = 2.0


@dataclass
class _Own:
    """What is known of one source: to be shown, and to ask again."""

    source: Source
    heard: Heard
    held: Held = field(default_factory=Held)
    vehicles_at: dict[str, datetime | None] = field(default_factory=dict)


class Listener:
    """Listens to sources. `on_news` is told of each answer; it is called on the threads of the sources."""

    def __init__(
        self,
        asked: Sequence[Source],
        kept: Archive,
        file: Path,
        every_s: float,
        stop: threading.Event | None = None,
        on_news: Callable[[Heard], None] = lambda heard: None,
    ) -> None:
        self.archive, self.file, self.every_s, self.on_news = kept, file, every_s, on_news
        self.stop = stop or threading.Event()
        self.problem: Reason | None = None
        self._lock = threading.Lock()
        before = {(each.source, each.feed_id): each for each in now.latest(file).sources}
        named = {each.address: each for each in asked}.values()
        self._own = [
            _Own(each, before.get((each.name, each.feed_id)) or Heard(each.name, each.feed_id)) for each in named
        ]

    def start(self) -> None:
        """Ask all sources every `every_s` seconds, until `stop` is set; gives the hand back at once."""
        for number in range(len(self._own)):
            threading.Thread(target=self._go_on, args=(number,), name=f"realtime-{number}", daemon=True).start()

    def round(self) -> Latest:
        """Ask each source once, one after the other, and write everything."""
        for number in range(len(self._own)):
            self._ask(number)
        self.close()
        return self.told()

    def close(self) -> None:
        """Write what is still in memory. A source that hangs is not waited for."""
        if self._lock.acquire(timeout=STOP_S):
            try:
                self._flush()
            finally:
                self._lock.release()

    def told(self) -> Latest:
        """What is known now."""
        return Latest(clock.now(), tuple(each.heard for each in self._own))

    def _go_on(self, number: int) -> None:
        while not self.stop.is_set():
            with suppress(Exception):  # what could be told of it was told
                self._ask(number)
            self.stop.wait(self.every_s)

    def _ask(self, number: int) -> None:
        own, at = self._own[number], clock.now()
        try:
            answer = sources.ask(own.source, own.held)
            message = gtfs_rt.read(answer.payload) if answer.payload else None
            with self._lock:
                self._take(own, at, answer, message)
                self._write()
        except OtsuMapsError as error:
            self._fail(own, at, error.reason)
        except Exception as error:  # whatever it is, the next question may go well, and nobody else may suffer
            self._fail(own, at, Reason("rt_failed", {"error": f"{type(error).__name__}: {error}"[:300]}))
        self.on_news(own.heard)

    def _fail(self, own: _Own, at: datetime, why: Reason) -> None:
        with self._lock:
            own.heard = replace(own.heard, asked_at=at, problem=why)
            self._write()

    def _take(self, own: _Own, at: datetime, answer: Answer, message: Message | None) -> None:
        heard = replace(own.heard, asked_at=at, heard_at=answer.heard_at, problem=None)
        if message is not None:
            # Without a time of its own it is as old as its last change: a server that stands still looks alive.
            told_at = message.at or answer.heard_at
            heard = replace(heard, told_at=told_at, counts=message.counts(), refused=len(message.refused))
            heard = _merged(heard, message) if message.is_differential else _whole(heard, message)
            self._keep(own, heard, answer.heard_at, message)
        own.heard, own.held = heard, answer.held

    def _keep(self, own: _Own, heard: Heard, heard_at: datetime, message: Message) -> None:
        """Trips as told each time, since what was said last before an arrival counts; vehicles and alerts when new."""
        about: dict[str, Any] = {"heard_at": heard_at.replace(microsecond=0), "message_at": message.at}
        about |= {"source": heard.source, "feed_id": heard.feed_id}
        new = [each for each in message.vehicles if each.at is None or own.vehicles_at.get(each.entity_id) != each.at]
        own.vehicles_at = {each.entity_id: each.at for each in message.vehicles}
        self.archive.add("trips", archive.trip_rows(message.updates), about)
        self.archive.add("vehicles", archive.vehicle_rows(new), about)
        if heard.alerts != own.heard.alerts:
            self.archive.add("alerts", archive.alert_rows(heard.alerts), about)

    def _write(self) -> None:
        """The file for the pages, and the archive when it is due. A full disk is told, and stops nothing."""
        self.problem = None
        try:
            now.save(self.told(), self.file)
        except OSError as error:
            self.problem = Reason("rt_not_written", {"file": self.file.name, "error": str(error.strerror)})
        if self.archive.is_due(clock.now()):
            self._flush()

    def _flush(self) -> None:
        try:
            self.archive.flush()
        except OSError as error:
            self.problem = Reason("rt_not_written", {"file": "archive/realtime", "error": str(error.strerror)})


def _whole(heard: Heard, message: Message) -> Heard:
    return replace(heard, updates=message.updates, vehicles=message.vehicles, alerts=message.alerts)


def _merged(heard: Heard, message: Message) -> Heard:
    """A differential message changes and removes by entity id; each record keeps the time at which it was told."""
    at = heard.told_at
    found: dict[str, Any] = {}
    for name in ("updates", "vehicles", "alerts"):
        given = getattr(message, name)
        new = {each.entity_id: each for each in given}
        if name != "alerts":
            new = {key: replace(each, at=each.at or at) for key, each in new.items()}
        kept = {each.entity_id: each for each in getattr(heard, name) if each.entity_id not in message.removed}
        if name != "alerts" and at is not None:
            kept = {key: each for key, each in kept.items() if each.at is None or at - each.at <= KEPT_FOR}
        found[name] = tuple((kept | new).values())
    return replace(heard, **found)
