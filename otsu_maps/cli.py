"""`otsu-maps`: everything but data sources, which have `python -m etl`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module

from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.terminal import tell

COMMANDS = {
    "serve": "base",
    "inspect": "base",
    "settings": "base",
    "up": "up",
    "publish": "publish",
    "serve-public": "serve_public",
    "account": "accounts",
    "ledger": "ledger",
    "backup": "ledger",
    "restore": "ledger",
    "cards": "cards",
    "drill": "drill",
    "forecast": "forecast",
    "occupancy": "occupancy",
    "watch": "watch",
    "alerts": "alerts",
    "realtime": "realtime",
    "display": "display",
    "transit": "transit",
    "flows": "flows",
}
"""Each command and the module of otsu_maps.commands with an `add` that names it.

Only that module is loaded: a small server such as `serve-public` would otherwise keep the libraries of all of them.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 good, 2 refused."""
    given = sys.argv[1:] if argv is None else list(argv)
    asked = parser(given[:1]).parse_args(given)
    try:
        return int(asked.run(asked))
    except OtsuMapsError as error:
        tell(str(error), "bold red")
        return 2


def parser(wanted: Iterable[str] = ()) -> argparse.ArgumentParser:
    """The commands that are wanted and those beside them in their modules; all of them where one is not known."""
    known = [COMMANDS[name] for name in wanted if name in COMMANDS]
    top = argparse.ArgumentParser(prog="otsu-maps", description=say("cli.top"))
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in dict.fromkeys(known or COMMANDS.values()):
        import_module(f"otsu_maps.commands.{module}").add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
