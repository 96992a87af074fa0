"""`otsu-maps`: everything but data sources, which have `python -m etl`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.terminal import tell

MOST_ROWS = 20
"""Refused rows that `inspect` shows on a screen; `--json` gives all of them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 good, 2 refused."""
    asked = parser().parse_args(argv)
    try:
        return int(asked.run(asked))
    except OtsuMapsError as error:
        tell(str(error), "bold red")
        return 2


def parser() -> argparse.ArgumentParser:
    """The commands."""
    top = argparse.ArgumentParser(prog="otsu-maps", description=say("cli.top"))
    commands = top.add_subparsers(required=True, metavar="serve|inspect|settings")
    for name, run in (("serve", _serve), ("inspect", _inspect), ("settings", _settings)):
        command = commands.add_parser(name, help=say(f"cli.{name}"), description=say(f"cli.{name}"))
        command.set_defaults(run=run)
        if name == "inspect":
            command.add_argument("file", help=say("cli.file"))
            command.add_argument("--json", action="store_true", help=say("cli.as_json"))
    return top


def _serve(_: argparse.Namespace) -> int:
    """The staff app. Where nothing was published yet, the embedded demo is built first."""
    if snapshots.current_id() is None:
        from etl.__main__ import main as etl

        tell(say("cli.demo_first"))
        if etl(["build", "--sources", "demo"]) == 2:
            return 2
    address = f"http://{config.host()}:{config.port()}"
    tell(say("cli.serving", address=address), "bold")
    os.chdir(config.ROOT)  # Streamlit looks for .streamlit/ here
    from otsu_maps import server

    server.run()
    return 0


def _inspect(asked: argparse.Namespace) -> int:
    """What a file is and what of it would load. Exit codes: 0 loads, 1 loads with quarantine, 2 refused."""
    from etl.inspect import inspect

    found = inspect(Path(asked.file))
    if asked.json:
        rows = [{"file": file, "row": row.row, "reason": row.reason.sentence()} for file, row in found.quarantined]
        about = {
            "format": found.format,
            "encoding": found.encoding,
            "rows_in": found.rows_in,
            "rows_out": found.rows_out,
        }
        json.dump(about | {"quarantined": rows, "summary": found.summary()}, sys.stdout, ensure_ascii=False, indent=1)
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


if __name__ == "__main__":
    sys.exit(main())
