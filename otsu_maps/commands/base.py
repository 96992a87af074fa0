"""`serve`, `inspect` and `settings`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.i18n import say
from otsu_maps.terminal import tell

MOST_ROWS = 20
"""Refused rows that `inspect` shows on a screen; `--json` gives all of them."""


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    for name, run in (("serve", _serve), ("inspect", _inspect), ("settings", _settings)):
        command = commands.add_parser(name, help=say(f"cli.{name}"), description=say(f"cli.{name}"))
        command.set_defaults(run=run)
        if name == "inspect":
            command.add_argument("file", help=say("cli.file"))
            command.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _serve(_: argparse.Namespace) -> int:
    """The staff app. Where nothing was published yet, the embedded demo is built first."""
    if snapshots.current_id() is None:
        from etl.__main__ import main as etl

        tell(say("cli.demo_first"))
        if etl(["build", "--sources", "demo"]) == 2:
            return 2
    os.chdir(config.ROOT)  # Streamlit looks for .streamlit/ here
    from otsu_maps import server

    server.refuse_open_door(config.host())
    tell(say("cli.serving", address=f"http://{config.host()}:{config.port()}"), "bold")
    # A process of its own: making machine code keeps Python busy for seconds, and no page shall wait for it.
    warming = subprocess.Popen([sys.executable, "-m", "otsu_maps.transit.warm"])
    try:
        server.run()
    finally:
        warming.terminate()
        warming.wait()
    return 0


def _inspect(asked: argparse.Namespace) -> int:
    """What a file is and what of it would load. Exit codes: 0 loads, 1 loads with quarantine, 2 refused."""
    from etl.inspect import inspect

    found = inspect(Path(asked.file))
    if asked.json:
        json.dump(found.as_json(), sys.stdout, ensure_ascii=False, indent=1)
        print()
        return found.exit_code
    tell(found.summary(), "bold")
    for file, row in found.quarantined[:MOST_ROWS]:
        tell(say("inspect.row", file=file, row=row.row, reason=row.reason.sentence()))
    if len(found.quarantined) > MOST_ROWS:
        tell(say("inspect.more", count=len(found.quarantined) - MOST_ROWS))
    return found.exit_code


def _settings(_: argparse.Namespace) -> int:
    for setting in config.SETTINGS:
        tell(f"{setting.name}={setting.read()}  # {setting.meaning}")
    return 0
