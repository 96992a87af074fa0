"""`otsu-maps`: everything but data sources, which have `python -m etl`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.terminal import tell


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
    commands = top.add_subparsers(required=True, metavar="serve|settings")
    for name, run in (("serve", _serve), ("settings", _settings)):
        command = commands.add_parser(name, help=say(f"cli.{name}"), description=say(f"cli.{name}"))
        command.set_defaults(run=run)
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


def _settings(_: argparse.Namespace) -> int:
    for setting in config.SETTINGS:
        tell(f"{setting.name}={setting.read()}  # {setting.meaning}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
