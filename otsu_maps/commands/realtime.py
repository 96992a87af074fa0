"""`otsu-maps realtime`: what a message says, how late vehicles were; and the listener that runs beside `watch`."""

from __future__ import annotations

import argparse
import threading
from datetime import timedelta
from typing import Any

from otsu_maps import clock, config
from otsu_maps.commands import punctuality
from otsu_maps.commands.given import print_json
from otsu_maps.formats import gtfs_rt
from otsu_maps.i18n import say
from otsu_maps.realtime import archive, now, sources
from otsu_maps.realtime.archive import Archive
from otsu_maps.realtime.listener import Listener
from otsu_maps.realtime.now import FRESH, Heard
from otsu_maps.realtime.plain import plain
from otsu_maps.realtime.records import Message
from otsu_maps.terminal import figures, tell

GOOD, LOOK = 0, 1

MOST_ROWS = 20
"""Refused parts shown on a screen; `--json` gives all of them."""


def add(commands: Any) -> None:
    """Add the command of this module to a parser."""
    about = say("cli.realtime")
    group = commands.add_parser("realtime", help=about, description=about)
    inner = group.add_subparsers(required=True, metavar="COMMAND", help=about)
    punctuality.add(inner)
    one = inner.add_parser("read", help=say("cli.realtime_read"), description=say("cli.realtime_read"))
    one.add_argument("source", metavar="FILE|URL", help=say("cli.realtime_source"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))
    one.set_defaults(run=_read)


def _read(asked: argparse.Namespace) -> int:
    """Exit codes: 0 read, 1 parts of it were refused, 2 it is no message."""
    payload = sources.fetch(sources.source(asked.source))
    message = gtfs_rt.read(payload)
    if asked.json:
        print_json(plain(message))
    else:
        _show(payload.name, message)
    return LOOK if message.refused else GOOD


def _show(name: str, message: Message) -> None:
    at = clock.shown(message.at) if message.at else say("app.unknown")
    kind = say("realtime.differential" if message.is_differential else "realtime.whole")
    rows = [
        (say("realtime.version"), message.version or say("app.unknown")),
        (say("realtime.message_at"), at),
        (say("realtime.kind"), kind),
        (say("realtime.entities"), f"{message.entities:,}"),
        *((each, f"{count:,}") for each, count in message.counts().items()),
        (say("realtime.refused"), f"{len(message.refused):,}"),
    ]
    figures(name, rows)
    for refused in message.refused[:MOST_ROWS]:
        tell(say("inspect.row", file=name, row=refused.row, reason=refused.reason.sentence()))
    if len(message.refused) > MOST_ROWS:
        tell(say("inspect.more", count=len(message.refused) - MOST_ROWS))


def listener(stop: threading.Event) -> Listener | None:
    """A listener to what the settings name, None where they name nothing. Raises SettingWrong."""
    every_s, limit, keep_days = config.realtime_seconds(), config.realtime_limit(), config.realtime_days()
    asked = [sources.source(text) for text in config.realtime()]
    if not asked:
        return None
    teller = _Teller(limit)
    teller.listener = Listener(asked, Archive(archive.folder(), keep_days), now.path(), every_s, stop, teller.tell)
    return teller.listener


class _Teller:
    """Speaks where a source is lost, old, or back; else it is quiet."""

    def __init__(self, limit: timedelta) -> None:
        self.limit = limit
        self.listener: Listener | None = None
        self.before: dict[str, str] = {}
        self.not_written = ""

    def tell(self, heard: Heard) -> None:
        at = clock.now()
        state = heard.state(at, self.limit)
        is_good = state == FRESH and heard.problem is None
        here = state if heard.problem is None else heard.problem.code
        if self.before.get(heard.source) != here:
            about = {"at": clock.shown(at), "source": heard.source}
            if is_good:
                tell(say("realtime.contact", **about), "green")
            elif heard.problem:
                tell(say("realtime.no_contact", **about, reason=heard.problem.sentence()), "bold red")
            else:
                told_at = clock.shown(heard.told_at) if heard.told_at else say("app.unknown")
                tell(say("realtime.old", **about, told_at=told_at), "bold red")
        self.before[heard.source] = here
        problem = self.listener.problem if self.listener else None
        if problem and self.not_written != problem.code:
            tell(problem.sentence(), "bold red")
        self.not_written = problem.code if problem else ""
