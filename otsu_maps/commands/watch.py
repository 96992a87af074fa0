"""`otsu-maps watch`: the feeds of warnings into the ledger, round after round, until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import Any

from otsu_maps import clock, config, watch
from otsu_maps.commands import realtime
from otsu_maps.errors import OtsuMapsError, SettingWrong
from otsu_maps.i18n import say
from otsu_maps.ledger.store import open_ledger
from otsu_maps.realtime.listener import Listener
from otsu_maps.terminal import tell
from otsu_maps.watch import Round, Watcher
from otsu_maps.watch_state import Missed

GOOD, LOOK = 0, 1


def add(commands: Any) -> None:
    """Add the command of this module to a parser."""
    one = commands.add_parser("watch", help=say("cli.watch"), description=say("cli.watch"))
    one.add_argument("--once", action="store_true", help=say("cli.watch_once"))
    one.set_defaults(run=_watch)


def _watch(asked: argparse.Namespace) -> int:
    """Exit codes: 0 stopped, or one whole round; 1 with --once: contact does not count, or something was given up."""
    ledger, city, feeds, every_s = open_ledger(), config.city(), config.feeds(), config.watch_seconds()
    stop = threading.Event()
    _until_told(stop)
    watcher = Watcher(ledger, city, feeds, config.contact_limit(), stop)
    for each in watch.missed(ledger, city):
        _tell_missed(each)
    teller = _Teller()
    beside, is_beside = _beside(stop)
    if asked.once:
        done = watcher.round()
        teller.tell(done)
        is_told = is_beside and not (beside and any(each.problem for each in beside.round().sources))
        return GOOD if done.is_whole and not done.missed and is_told else LOOK
    if beside:
        tell(say("realtime.start", count=len(beside.told().sources), seconds=beside.every_s), "bold")
        beside.start()
    tell(say("watch.start", count=len(feeds), seconds=every_s), "bold")
    while not stop.is_set():
        has_more = False
        try:
            done = watcher.round()
            has_more = done.has_more
            teller.tell(done)
        except OtsuMapsError as error:
            teller.fail(error)
        if not has_more:
            stop.wait(every_s)
    if beside:
        beside.close()
    tell(say("watch.stopped"))
    return GOOD


def _beside(stop: threading.Event) -> tuple[Listener | None, bool]:
    """What listens to operators beside. A setting of it that is wrong is told; warnings are watched all the same."""
    try:
        return realtime.listener(stop), True
    except SettingWrong as error:
        tell(str(error), "bold red")
        return None, False


def _until_told(stop: threading.Event) -> None:
    """The first SIGTERM or Ctrl+C ends the round that goes on, the second ends it at once."""

    def told(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)


class _Teller:
    """Speaks where there is news, or where contact was lost or is back; else it is quiet."""

    def __init__(self) -> None:
        self.before: str | None = None

    def tell(self, done: Round) -> None:
        for event in done.events:
            tell(say("watch.news", at=clock.shown(event.occurred_at), title=_titled(event.payload, event.mode)), "bold")
        for missed in done.missed:
            _tell_missed(missed)
        now = "" if done.is_whole else done.problems[0].code
        if now != self.before:
            if done.is_whole:
                tell(say("watch.contact", at=clock.shown(done.at)), "green")
            else:
                tell(say("watch.no_contact", at=clock.shown(done.at), reason=done.problems[0].sentence()), "bold red")
        self.before = now

    def fail(self, error: OtsuMapsError) -> None:
        if self.before != error.reason.code:
            tell(str(error), "bold red")
        self.before = error.reason.code


def _titled(payload: Any, mode: str) -> str:
    """Title with what it says of the city; a drill or a test says so first."""
    title = payload["title"] if mode == "real" else f"[{say(f'mode.{mode}')}] {payload['title']}"
    names = dict.fromkeys(warned["name"] for area in payload["areas"] for warned in area["warnings"])
    return f"{title} ({', '.join(names)})" if names else str(title)


def _tell_missed(missed: Missed) -> None:
    about = {"title": missed.title, "url": missed.url or "-", "at": clock.shown(missed.at)}
    tell(say("watch.missed", **about, reason=missed.why.sentence()), "bold red")
