"""`otsu-maps`: everything but data sources, which have `python -m etl`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from otsu_maps.commands import (
    accounts,
    alerts,
    base,
    cards,
    display,
    drill,
    flows,
    forecast,
    ledger,
    occupancy,
    publish,
    realtime,
    serve_public,
    transit,
    up,
    watch,
)
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.terminal import tell

GROUPS = (
    *(base, up, publish, serve_public, accounts, ledger, cards, drill, forecast, occupancy, watch, alerts, realtime),
    *(display, transit, flows),
)
"""Modules with an `add` that names their commands."""


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
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
