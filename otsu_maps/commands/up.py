"""`otsu-maps up`: the staff server, the watcher and the publisher, started and kept alive together."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from otsu_maps.i18n import say
from otsu_maps.supervise import Child, Supervisor, stopped_by_signals
from otsu_maps.terminal import tell

NAMES = {"serve": "up.serve", "watch": "up.watch", "publish": "up.publish", "serve-public": "up.serve_public"}
"""Command to what people call it."""

TOLD = {
    "started": ("up.started", None),
    "ended": ("up.ended", "bold red"),
    "stopping": ("up.stopping", None),
    "killed": ("up.killed", "bold red"),
    "stopped": ("up.stopped", "bold"),
}


def add(commands: Any) -> None:
    """Add the command of this module to a parser."""
    one = commands.add_parser("up", help=say("cli.up"), description=say("cli.up"))
    one.add_argument("--public", action="store_true", help=say("cli.up_public"))
    one.set_defaults(run=_up)


def _up(asked: argparse.Namespace) -> int:
    """Exit codes: 0 stopped, all ended by themselves; 1 one had to be killed."""
    names = [name for name in NAMES if name != "serve-public" or asked.public]
    children = [Child(name, (sys.executable, "-m", "otsu_maps.cli", name)) for name in names]
    return Supervisor(children, _tell, stopped_by_signals()).run()


def _tell(code: str, /, **params: Any) -> None:
    key, style = TOLD[code]
    if "name" in params:
        params["name"] = say(NAMES[params["name"]])
    tell(say(key, **params), style)
