"""`otsu-maps publish`: the public pages and feeds, written whenever something has changed, until it is told to stop."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from otsu_maps import clock, config
from otsu_maps.errors import OtsuMapsError, PublicRefused
from otsu_maps.i18n import say
from otsu_maps.public.folder import Written
from otsu_maps.public.publisher import Publisher
from otsu_maps.supervise import stopped_by_signals
from otsu_maps.terminal import tell

MOST_S = 60
"""A status is good for three minutes: a round may fail twice before a page covers itself."""


def add(commands: Any) -> None:
    """Add the command of this module to a parser."""
    one = commands.add_parser("publish", help=say("cli.publish"), description=say("cli.publish"))
    one.add_argument("--once", action="store_true", help=say("cli.publish_once"))
    one.add_argument("--out", type=Path, default=None, help=say("cli.publish_out"))
    one.set_defaults(run=_publish)


def _publish(asked: argparse.Namespace) -> int:
    """Exit codes: 0 stopped, or written once; 2 with --once: nothing could be written."""
    root = asked.out or config.data_dir()
    publisher = Publisher(root, config.city(), config.public_url())
    if asked.once:
        for each in _round(publisher):
            _tell_written(each)
        return 0
    every_s, stop = config.publish_seconds(), stopped_by_signals()
    tell(say("publish.start", root=root, seconds=every_s, most=MOST_S), "bold")
    rounds = _Rounds(publisher, every_s)
    while not stop.is_set():
        rounds.look()
        stop.wait(every_s)
    tell(say("publish.stopped"))
    return 0


class _Rounds:
    """One round where something is new or the last one grows old. Says when it cannot, and when it can again."""

    def __init__(self, publisher: Publisher, every_s: int) -> None:
        self._publisher, self._every_s = publisher, every_s
        self._mark: object = None
        self._done_s: float | None = None
        self._problem: str | None = None

    def look(self) -> None:
        """Publish if it is time to."""
        try:
            mark = self._publisher.mark()
            is_old = self._done_s is None or time.monotonic() - self._done_s > MOST_S - self._every_s
            if mark == self._mark and not is_old and self._problem is None:
                return
            written = _round(self._publisher)
        except OtsuMapsError as error:
            self._fail(error)
            return
        if self._problem is not None:
            tell(say("publish.back", at=clock.shown(clock.now())), "green")
        for each in written if mark != self._mark or self._problem is not None else ():
            _tell_written(each)
        self._mark, self._done_s, self._problem = mark, time.monotonic(), None

    def _fail(self, error: OtsuMapsError) -> None:
        if self._problem != error.reason.code:
            tell(say("publish.failed", at=clock.shown(clock.now()), reason=str(error)), "bold red")
        self._problem = error.reason.code


def _round(publisher: Publisher) -> Iterable[Written]:
    try:
        return publisher.round()
    except OtsuMapsError:
        raise
    except OSError as error:
        raise PublicRefused("publish_disk", error=error.strerror or str(error)) from error


def _tell_written(done: Written) -> None:
    tell(say("publish.wrote", at=clock.shown(clock.now()), folder=done.folder, files=done.files, changed=done.changed))
