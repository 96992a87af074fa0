"""`display`: the screen in a hall."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from otsu_maps import config
from otsu_maps.i18n import say
from otsu_maps.terminal import tell


def add(commands: Any) -> None:
    """Add the command of this module to a parser."""
    command = commands.add_parser("display", help=say("cli.display"), description=say("cli.display"))
    command.add_argument("--status", metavar="FILE", help=say("cli.display_status"))
    command.add_argument("--host", default="127.0.0.1", help=say("cli.display_host"))
    command.add_argument("--port", type=int, default=8503, help=say("cli.display_port"))
    command.set_defaults(run=_display)


def _display(asked: argparse.Namespace) -> int:
    from otsu_maps.display import server, source  # Streamlit takes its second to load

    where = asked.status or str(source.standard())
    source.use(where if where.startswith(("http://", "https://")) else str(Path(where).resolve()))
    os.chdir(config.ROOT)  # Streamlit looks for .streamlit/ here
    tell(say("cli.displaying", address=f"http://{asked.host}:{asked.port}"), "bold")
    server.run(asked.host, asked.port)
    return 0
